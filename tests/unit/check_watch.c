/* Kinds of columns, seen through lc_detect. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/rng.h"
#include "loomcast.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

enum { EXPECTED = 3, SCORE = 6, ANOMALY = 7 };

/* A machine that is switched on every morning: its first one is no news where a day is not over, whatever comes after
 * it. */
START_TEST(the_first_day_is_not_judged)
{
    enum { DAY = 288, ROWS = 3 * DAY };
    lc_buf b = {0};
    lc_rng r = lc_rng_make(9, LC_STREAM_TEST, 0);
    lc_buf_puts(&b, "ds,y\n");
    for (int i = 0; i < ROWS; i++)
        lc_buf_printf(&b, "2024-01-%02d %02d:%02d,%.3f\n", 1 + i / DAY, i % DAY / 12, i % 12 * 5,
                      (i % DAY > 120 && i % DAY < 200 ? 60 : 20) + lc_rng_normal(&r));
    lc_panel *p = panel_of(b.data, "gaps=keep");
    lc_result *r1 = detect_of(p, NULL, "alarms-per=10", NULL);
    for (size_t i = 0; i < DAY; i++) ck_assert(lc_result_real(r1, i, SCORE) == 0);
    ck_assert(lc_result_real(r1, DAY, SCORE) > 0);
    lc_result_free(r1);
    lc_panel_free(p);
    lc_buf_free(&b);
}
END_TEST

/* A meter reaches a new height with every row and starts again now and then; that it stands still is news. */
START_TEST(a_counter_is_judged_by_its_growth)
{
    enum { ROWS = 3000, STALL = 2500 };
    static double y[ROWS];
    lc_rng r = lc_rng_make(10, LC_STREAM_TEST, 0);
    double meter = 0;
    size_t before = 0, stalled = 0;
    for (int i = 0; i < ROWS; i++) {
        if (i % 700 == 0) meter = 0;
        if (i < STALL || i >= STALL + 40) meter += 5 + 5 * lc_rng_uniform(&r);
        y[i] = meter;
    }
    lc_panel *p = panel_of_values(y, ROWS, "");
    lc_result *d = detect_of(p, NULL, "", NULL);
    for (size_t i = 0; i < ROWS; i++) {
        const double expected = lc_result_real(d, i, EXPECTED);
        if (i < STALL) before += lc_result_real(d, i, ANOMALY) == 1;
        else if (i < STALL + 40) stalled += lc_result_real(d, i, ANOMALY) == 1;
        if (i > 500 && i < STALL)
            UNIT_MUST(fabs(expected - y[i]) < 10, "row %zu: %g expected, %g came", i, expected, y[i]);
    }
    ck_assert_uint_le(before, 1);
    ck_assert_uint_eq(stalled, 1);
    lc_result_free(d);
    lc_panel_free(p);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("watch");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, the_first_day_is_not_judged);
    tcase_add_test(t, a_counter_is_judged_by_its_growth);
    suite_add_tcase(s, t);
    return s;
}
