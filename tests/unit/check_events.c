#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "loomcast.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

enum { ID, START, END, ROWS, FLAGS, PEAK, Y, EXPECTED, LO, HI, SCORE, P, STATISTIC, COLUMN, COLUMNS };

/* White noise with what is told below, every hour of a few weeks; with gaps=fill row 310 is not there. */
static lc_panel *panel_with_events(double *y, size_t n, const char *options)
{
    lc_buf b = {0};
    lc_rng r = lc_rng_make(41, LC_STREAM_TEST, 0);
    lc_buf_puts(&b, "ds,y\n");
    for (size_t i = 0; i < n; i++) {
        y[i] = 10 + lc_rng_normal(&r);
        if (i == 200) y[i] = 60;             /* one row */
        if (i >= 300 && i < 320) y[i] = -70; /* a run */
        if (i == 305) y[i] = -200;           /* its peak */
        if (i == 330) y[i] = 130;            /* another flag of the same event */
        if (i == 310) continue;
        lc_buf_printf(&b, "2024-01-%02zu %02zu:00,%.17g\n", 1 + i / 24, i % 24, y[i]);
    }
    lc_panel *p = panel_of(b.data, options);
    lc_buf_free(&b);
    return p;
}

static lc_result *events_of(const lc_panel *p, lc_result **rows, const char *options)
{
    lc_settings *s = panel_settings(options);
    lc_result *events = NULL;
    lc_status st = {0};
    ck_assert_msg(lc_detect_events(rows, &events, NULL, NULL, p, s, NULL, NULL, &st) == LC_OK, "%s", st.text);
    lc_settings_free(s);
    return events;
}

START_TEST(events_are_told_as_they_are)
{
    enum { N = 500 };
    static const char *const names[COLUMNS] = {"unique_id", "start", "end", "rows",  "flags", "peak",      "y",
                                               "expected",  "lo",    "hi",  "score", "p",     "statistic", "column"};
    double y[N];
    lc_result *rows;
    lc_panel *p = panel_with_events(y, N, _i ? "gaps=keep" : "gaps=fill");
    lc_result *e = events_of(p, &rows, "");
    ck_assert_uint_eq(lc_result_columns(e), COLUMNS);
    for (size_t c = 0; c < COLUMNS; c++) ck_assert_str_eq(lc_result_column_name(e, c), names[c]);
    ck_assert_uint_ge(lc_result_rows(e), 2);
    ck_assert_str_eq(lc_result_text(e, 0, ID), "y");
    ck_assert_str_eq(lc_result_text(e, 0, START), "2024-01-09 08:00");
    ck_assert_str_eq(lc_result_text(e, 0, PEAK), "2024-01-09 08:00");
    ck_assert_double_eq(lc_result_real(e, 0, Y), 60);
    ck_assert(lc_result_real(e, 0, HI) < 60 && fabs(lc_result_real(e, 0, EXPECTED) - 10) < 5);
    ck_assert(lc_result_real(e, 0, SCORE) >= .5 && lc_result_real(e, 0, P) < 1e-4);
    ck_assert_str_eq(lc_result_text(e, 0, STATISTIC), "value");
    ck_assert_str_eq(lc_result_text(e, 0, COLUMN), "");
    ck_assert_str_eq(lc_result_text(e, 1, START), "2024-01-13 12:00");
    lc_result_free(e);
    lc_result_free(rows);
    lc_panel_free(p);
}
END_TEST

/* Every flag and every row that reaches the threshold lies in exactly one event of its series, which begins and ends
 * with such a row or where its scores rose. */
START_TEST(events_hold_all_flags_and_nothing_else)
{
    enum { N = 700 };
    double y[N];
    lc_result *rows;
    lc_panel *p = panel_with_events(y, N, "gaps=keep");
    lc_result *e = events_of(p, &rows, _i ? "alarms-per=300" : "alarms-per=10");
    size_t flags = 0, told = 0, row = 0;
    for (size_t k = 0; k < lc_result_rows(e); k++) {
        size_t inside = 0;
        double best = 0;
        while (strcmp(lc_result_text(rows, row, 1), lc_result_text(e, k, START)) != 0) {
            UNIT_MUST(lc_result_real(rows, row, 6) < .5, "row %zu is raised and in no event", row);
            row++;
        }
        for (bool last = false; !last; row++) {
            last = strcmp(lc_result_text(rows, row, 1), lc_result_text(e, k, END)) == 0;
            flags += lc_result_real(rows, row, 7) == 1;
            best = fmax(best, lc_result_real(rows, row, 6));
            if (last) UNIT_MUST(lc_result_real(rows, row, 6) >= .5, "event %zu ends with a usual row", k);
            inside++;
        }
        ck_assert(lc_result_real(e, k, ROWS) == (double)inside);
        ck_assert(lc_result_real(e, k, SCORE) == best);
        told += (size_t)lc_result_real(e, k, FLAGS);
        ck_assert(k == 0 || lc_result_real(e, k, FLAGS) >= 0);
    }
    for (; row < lc_result_rows(rows); row++) ck_assert(lc_result_real(rows, row, 6) < .5);
    ck_assert(flags > 1 && flags == told);
    lc_result_free(e);
    lc_result_free(rows);
    lc_panel_free(p);
}
END_TEST

START_TEST(a_quiet_series_has_none)
{
    lc_panel *p = panel_of("y\n1\n2\n3\n", "");
    lc_result *rows, *e = events_of(p, &rows, "");
    ck_assert_uint_eq(lc_result_rows(e), 0);
    ck_assert_uint_eq(lc_result_rows(rows), 3);
    lc_result_free(e);
    lc_result_free(rows);
    lc_panel_free(p);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("events");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, events_are_told_as_they_are, 0, 2);
    tcase_add_loop_test(t, events_hold_all_flags_and_nothing_else, 0, 2);
    tcase_add_test(t, a_quiet_series_has_none);
    suite_add_tcase(s, t);
    return s;
}
