#define _GNU_SOURCE
#include "unit/support/panels.h"

#include <check.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

lc_panel *panel_of(const char *csv, const lc_settings *s)
{
    lc_panel *p = NULL;
    lc_status st = {0};
    lc_code code = lc_panel_read_memory(&p, "made.csv", csv, strlen(csv), s, &st);
    ck_assert_msg(code == LC_OK, "%s:%zu:%zu: %s", st.file, st.line, st.column, st.text);
    return p;
}

lc_panel *panel_of_values(const double *y, size_t n)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(f);
    fputs("i,y\n", f);
    for (size_t i = 0; i < n; i++) {
        if (isnan(y[i])) fprintf(f, "k,\n");
        else fprintf(f, "k,%.17g\n", y[i]);
    }
    fclose(f);
    lc_settings *s = settings_of("target=y", NULL);
    lc_panel *p = panel_of(text, s);
    lc_settings_free(s);
    free(text);
    ck_assert_uint_eq(p->n_series, 1);
    ck_assert_uint_eq(p->series[0].steps, n);
    return p;
}
