/* Panels made from CSV text. */
#ifndef LC_TESTS_PANELS_H
#define LC_TESTS_PANELS_H

#include "data/panel.h"

/* Settings from "name=value" words, ended by NULL; fails the test when one is refused. Free with lc_settings_free. */
lc_settings *settings_of(const char *word, ...);

/* The text as a panel; fails the test when it is refused. */
lc_panel *panel_of(const char *csv, const lc_settings *s);

/* One column "y" of n values without time; NaN is an empty cell. */
lc_panel *panel_of_values(const double *y, size_t n);

#endif
