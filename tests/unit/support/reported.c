#include "unit/support/reported.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "report/result.h"
#include "unit/support/unit.h"

lc_result *reported_flags(const char *const *ids, size_t n)
{
    static const lc_column columns[] = {
        {"unique_id", LC_COLUMN_TEXT, 0}, {"ds", LC_COLUMN_TEXT, 0},     {"y", LC_COLUMN_REAL, 0},
        {"expected", LC_COLUMN_REAL, 0},  {"lo", LC_COLUMN_REAL, 0},     {"hi", LC_COLUMN_REAL, 0},
        {"score", LC_COLUMN_REAL, 0},     {"anomaly", LC_COLUMN_INT, 0}, {"p", LC_COLUMN_REAL, 0},
        {"statistic", LC_COLUMN_TEXT, 0}, {"column", LC_COLUMN_TEXT, 0}};
    lc_result *r = NULL;
    ck_assert_int_eq(lc_result_create_with(&r, columns, sizeof columns / sizeof columns[0], NULL), LC_OK);
    for (size_t k = 0; k < n; k++) {
        for (int i = 0; i < REPORTED_ROWS; i++) {
            const bool flag = i == 30;
            lc_result_add_row(r, NULL);
            lc_result_set_text(r, 0, ids[k], NULL);
            lc_result_set_text(r, 1, ids[k], NULL);
            for (size_t c = 2; c < 6; c++) lc_result_set_real(r, c, sin(i) + (double)c + (flag ? 9 : 0));
            lc_result_set_real(r, 6, flag ? .7 - .001 * (double)k : .1);
            lc_result_set_int(r, 7, flag);
            lc_result_set_real(r, 8, .001);
            lc_result_set_text(r, 9, flag ? ids[k] : "", NULL);
            lc_result_set_text(r, 10, flag ? ids[k] : "", NULL);
        }
    }
    return r;
}

lc_code reported_row(void *table, size_t i, lc_result *row, lc_status *st)
{
    const lc_result *r = table;
    lc_code code = LC_OK;
    for (size_t c = 0; c < lc_result_columns(row) && code == LC_OK; c++) {
        switch (lc_result_column_type(r, c)) {
        case LC_COLUMN_TEXT: code = lc_result_set_text(row, c, lc_result_text(r, i, c), st); break;
        case LC_COLUMN_REAL: lc_result_set_real(row, c, lc_result_real(r, i, c)); break;
        case LC_COLUMN_INT: lc_result_set_int(row, c, (int64_t)lc_result_real(r, i, c)); break;
        }
    }
    return code;
}

char *reported_tags(const char *page)
{
    lc_buf b = {0};
    for (const char *p = page; (p = strchr(p, '<'));) {
        p++;
        const size_t name = strcspn(p, " \t\r\n/>");
        const bool raw = (name == 6 && memcmp(p, "script", 6) == 0) || (name == 5 && memcmp(p, "style", 5) == 0);
        lc_buf_puts(&b, "<");
        lc_buf_append(&b, p, name);
        char end[16];
        snprintf(end, sizeof end, "</%.*s>", (int)name, p);
        while (*p && *p != '>') {
            p += strcspn(p, " \t\r\n>");
            p += strspn(p, " \t\r\n");
            const size_t attribute = strcspn(p, "= \t\r\n/>");
            if (p[attribute] != '=') continue;
            lc_buf_puts(&b, " ");
            lc_buf_append(&b, p, attribute);
            p += attribute + 1;
            ck_assert_msg(*p == '"', "an attribute without quotes: %.40s", p - attribute);
            p++;
            p += strcspn(p, "\"");
        }
        if (raw) p = strstr(p, end);
        ck_assert_ptr_nonnull(p);
        lc_buf_puts(&b, "\n");
    }
    return b.data;
}
