#include "unit/support/panel_text.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

lc_settings *panel_settings(const char *text)
{
    lc_settings *s = lc_settings_create();
    char *copy = lc_strdup(text), *save = NULL;
    for (char *p = strtok_r(copy, ";", &save); p; p = strtok_r(NULL, ";", &save)) {
        char *value = strchr(p, '=');
        *value++ = '\0';
        lc_status st = {0};
        ck_assert_msg(lc_settings_set(s, p, value, &st) == LC_OK, "%s", st.text);
    }
    free(copy);
    return s;
}

lc_settings *settings_of(const char *word, ...)
{
    lc_settings *s = lc_settings_create();
    ck_assert_ptr_nonnull(s);
    va_list ap;
    va_start(ap, word);
    for (; word; word = va_arg(ap, const char *)) {
        char name[32];
        const char *equals = strchr(word, '=');
        ck_assert(equals && (size_t)(equals - word) < sizeof name);
        snprintf(name, sizeof name, "%.*s", (int)(equals - word), word);
        lc_status st = {0};
        ck_assert_msg(lc_settings_set(s, name, equals + 1, &st) == LC_OK, "%s: %s", word, st.text);
    }
    va_end(ap);
    return s;
}

lc_panel *panel_of(const char *text, const char *options)
{
    lc_settings *s = panel_settings(options);
    lc_status st = {0};
    lc_panel *p = NULL;
    lc_code code = lc_panel_read_memory(&p, "f.csv", text, strlen(text), s, &st);
    ck_assert_msg(code == LC_OK, "%s:%zu:%zu: %s (%s)", st.file, st.line, st.column, st.text, st.hint);
    ck_assert_ptr_nonnull(p);
    lc_settings_free(s);
    return p;
}

void expect_panel_error_n(const char *text, size_t n, const char *options, lc_code code, const char *want,
                          const char *hint)
{
    lc_settings *s = panel_settings(options);
    lc_status st = {0};
    lc_panel *p = NULL;
    char got[1024];
    lc_code returned = lc_panel_read_memory(&p, "f.csv", text, n, s, &st);
    snprintf(got, sizeof got, "%s:%zu:%zu: %s", st.file, st.line, st.column, st.text);
    ck_assert_str_eq(got, want);
    ck_assert_int_eq(returned, code);
    ck_assert_int_eq(st.code, code);
    ck_assert_ptr_null(p);
    ck_assert_msg(strstr(st.hint, hint) != NULL, "hint \"%s\" lacks \"%s\"", st.hint, hint);
    lc_settings_free(s);
}

void expect_panel_error(const char *text, const char *options, lc_code code, const char *want, const char *hint)
{
    expect_panel_error_n(text, strlen(text), options, code, want, hint);
}

bool panel_has_notice(const lc_panel *p, const char *text)
{
    for (size_t i = 0; i < p->n_notices; i++)
        if (strcmp(p->notices[i], text) == 0) return true;
    return false;
}
