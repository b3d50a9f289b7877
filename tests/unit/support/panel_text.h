/* Panels from CSV text, for tests. Options are settings as "name=value;name=value". */
#ifndef LC_TESTS_PANEL_TEXT_H
#define LC_TESTS_PANEL_TEXT_H

#include "data/panel.h"

lc_settings *panel_settings(const char *options);
/* The same from "name=value" words, ended by NULL. */
lc_settings *settings_of(const char *word, ...);

/* The panel of a text that must read; the file is called f.csv. */
lc_panel *panel_of(const char *text, const char *options);

/* The text must fail with this code, "file:line:column: text", and a hint that contains `hint`. */
void expect_panel_error(const char *text, const char *options, lc_code code, const char *want, const char *hint);
void expect_panel_error_n(const char *text, size_t n, const char *options, lc_code code, const char *want,
                          const char *hint);
bool panel_has_notice(const lc_panel *p, const char *text);

#endif
