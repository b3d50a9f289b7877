/* Covariates known ahead and static ones: what windows show of them, and what they are good for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "data/window.h"
#include "forecast/forecast.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

/* ---- windows ---- */

/* Nine days with a target and a gap of one day, then four days that are known ahead; one of those is missing. */
static const char csv[] = "date,y,x\n"
                          "2024-01-01,1,10\n2024-01-02,2,20\n2024-01-03,3,30\n2024-01-04,4,\n2024-01-05,5,50\n"
                          "2024-01-06,6,60\n2024-01-07,,70\n2024-01-08,8,80\n2024-01-09,9,90\n"
                          "2024-01-10,,100\n2024-01-12,,120\n2024-01-13,,130\n";

static lc_panel *made(void)
{
    lc_panel *p = panel_of(csv, "target=y;future=x");
    ck_assert_uint_eq(p->n_future, 1);
    ck_assert_uint_eq(p->n_past, 1);
    ck_assert_uint_eq(p->series[0].steps, 9);
    ck_assert_uint_eq(p->series[0].missing, 1); /* the days ahead are no missing data */
    ck_assert_uint_eq(p->frames[0].known, 13);
    return p;
}

static lc_windows windows_of(const lc_panel *p, const lc_scales *scales, size_t lookback, size_t horizon,
                             bool per_window)
{
    lc_windows w;
    const lc_span span = {1, 10, 9};
    ck_assert_int_eq(lc_windows_create(&w, p, scales, lookback, horizon, per_window, &span, 1, NULL), LC_OK);
    return w;
}

/* Step t shows the row that is a horizon after its own; the first row stands for those before it. */
START_TEST(windows_see_a_horizon_ahead)
{
    lc_panel *p = made();
    lc_scales scales;
    ck_assert_int_eq(lc_scales_fit(&scales, p, NULL, LC_SCALE_SD, NULL), LC_OK);
    for (size_t lookback = 1; lookback <= 12; lookback++)
        for (size_t horizon = 1; horizon <= 4; horizon++)
            for (int per_window = 0; per_window < 2; per_window++) {
                lc_windows w = windows_of(p, &scales, lookback, horizon, per_window);
                ck_assert_uint_eq(w.n, 9);
                for (size_t origin = 1; origin <= 9; origin++) {
                    float x[12 * 2];
                    double center = scales.past[0].mean;
                    lc_windows_fill(&w, 0, origin, x, 2, NULL);
                    /* Day k has 10 k, and a gap at the end of what is seen holds the number before it. */
                    for (size_t t = 0; per_window && t < lookback; t++) {
                        size_t row = origin + t > lookback ? origin + t - lookback : 0;
                        if (t == 0) center = 0;
                        center += (row == 3 && origin == 4 ? 30 : 10.0 * (double)(row + 1)) / (double)lookback;
                    }
                    for (size_t t = 0; t < lookback; t++) {
                        size_t end = origin + horizon, row = end + t > lookback ? end + t - lookback : 0;
                        double want = 10.0 * (double)(row + 1);
                        if (row == 3 && end == 4) want = 30;
                        if (row == 10 && end == 11) want = 100;
                        want = (want - center) / scales.past[0].sd;
                        UNIT_MUST(fabs((double)x[2 * t + 1] - want) < 1e-5,
                                  "lookback %zu horizon %zu origin %zu step %zu", lookback, horizon, origin, t);
                    }
                }
                lc_windows_free(&w);
            }
    lc_scales_free(&scales);
    lc_panel_free(p);
}
END_TEST

/* A window whose horizon reaches past what is known is none. */
START_TEST(windows_end_with_what_is_known)
{
    lc_panel *p = made();
    lc_scales scales;
    ck_assert_int_eq(lc_scales_fit(&scales, p, NULL, LC_SCALE_SD, NULL), LC_OK);
    for (size_t horizon = 1; horizon <= 16; horizon++) {
        lc_windows w = windows_of(p, &scales, 3, horizon, true);
        ck_assert_uint_eq(w.n, horizon <= 4 ? 9 : horizon <= 12 ? 13 - horizon : 0);
        lc_windows_free(&w);
    }
    lc_scales_free(&scales);
    ck_assert_int_eq(lc_forecast_ready(p, 4, NULL), LC_OK);
    lc_status st = {0};
    ck_assert_int_eq(lc_forecast_ready(p, 5, &st), LC_E_DATA);
    ck_assert_str_eq(st.text, "series \"y\": --future is known for 4 rows after the last target, horizon 5 needs 5");
    lc_panel_free(p);
    /* Empty cells at the end are not known, whatever fills them. */
    p = panel_of("date,y,x\n2024-01-01,1,1\n2024-01-02,2,2\n2024-01-03,3,\n2024-01-04,4,\n", "target=y;future=x");
    ck_assert_uint_eq(p->frames[0].known, 2);
    ck_assert_int_eq(lc_forecast_ready(p, 1, NULL), LC_E_DATA);
    lc_panel_free(p);
}
END_TEST

/* Without --future empty cells at the end are missing data, as ever. */
START_TEST(only_what_is_known_ahead_moves_the_origin)
{
    lc_panel *p = panel_of(csv, "target=y;past=x");
    ck_assert_uint_eq(p->series[0].steps, 13);
    lc_panel_free(p);
    /* The last target of any column counts. */
    p = panel_of("date,y,z,x\n2024-01-01,1,1,1\n2024-01-02,2,2,2\n2024-01-03,,3,3\n2024-01-04,,,4\n",
                 "target=y,z;future=x");
    for (size_t i = 0; i < 2; i++) ck_assert_uint_eq(p->series[i].steps, 3);
    ck_assert_uint_eq(p->frames[0].known, 4);
    lc_panel_free(p);
    p = panel_of("date,y,x\n2024-01-01,1,1\n2024-01-02,2,2\n2024-01-03,,3\n", "target=y;future=x;gaps=error");
    ck_assert_uint_eq(p->series[0].steps, 2);
    lc_panel_free(p);
    expect_panel_error(csv, "target=y;future=x;gaps=skip", LC_E_USAGE,
                       ":0:0: --future needs regular steps, --gaps skip leaves rows out", "one of the two");
    expect_panel_error(csv, "target=y;future=w", LC_E_USAGE, "f.csv:0:0: --future: there is no column \"w\"", "x");
    expect_panel_error(csv, "target=y;future=y", LC_E_USAGE,
                       "f.csv:0:0: column \"y\" is named by --target and by --future", "one role");
}
END_TEST

/* ---- static covariates ---- */

static const char sizes[] =
    "unique_id,ds,y,size,kind\na,1,1,2,7\na,2,2,,7\na,3,4,2,7\nb,1,7,6,7\nb,2,5,6,7\nb,3,6,6,7\n";

START_TEST(static_covariates_are_the_same_at_every_step)
{
    lc_panel *p = panel_of(sizes, "static=size,kind;target=y");
    ck_assert_uint_eq(p->n_static, 2);
    lc_scales scales;
    ck_assert_int_eq(lc_scales_fit(&scales, p, NULL, LC_SCALE_SD, NULL), LC_OK);
    const lc_span span[] = {{1, 4, 3}, {1, 4, 3}};
    lc_windows w;
    ck_assert_int_eq(lc_windows_create(&w, p, &scales, 4, 1, true, span, 1, NULL), LC_OK);
    for (size_t s = 0; s < 2; s++)
        for (size_t origin = 1; origin < 4; origin++) {
            float x[4 * 3];
            lc_windows_fill(&w, s, origin, x, 3, NULL);
            for (size_t t = 0; t < 4; t++) { /* mean 4, sd 2 over series; a constant is only moved to 0 */
                ck_assert(x[3 * t + 1] == (s ? 1 : -1));
                ck_assert(x[3 * t + 2] == 0);
            }
        }
    ck_assert(scales.past[1].mean == 7 && scales.past[1].sd == 1);
    lc_windows_free(&w);
    lc_scales_free(&scales);
    lc_panel_free(p);
    expect_panel_error("unique_id,ds,y,size\na,1,1,2\na,2,2,3\n", "static=size;target=y", LC_E_DATA,
                       "f.csv:3:4: column \"size\": series \"a\" has 3 here and 2 in other rows: not static", "--past");
    expect_panel_error("ds,y,size\n1,1,2\n2,2,2\n", "static=size;target=y", LC_E_USAGE,
                       ":0:0: --static tells series apart: it needs the long layout, with a column of ids", "--id");
}
END_TEST

/* ---- the file of rows ahead ---- */

static void expect_known(const char *data, const char *rows, const char *options, const size_t *known, size_t n)
{
    char *folder = folder_create(), *path = path_in(folder, "ahead.csv"), all[400];
    file_put(path, rows, strlen(rows));
    snprintf(all, sizeof all, "%s;future-file=%s", options, path);
    lc_panel *p = panel_of(data, all);
    ck_assert_uint_eq(p->n_frames, n);
    for (size_t i = 0; i < n; i++) {
        const lc_frame *f = &p->frames[i];
        UNIT_MUST(f->known == known[i], "%s: %zu steps are known, wanted %zu", options, f->known, known[i]);
        for (size_t k = 0; k < f->known; k++) ck_assert(lc_number(f->past[0], k) == (double)(k + 1));
    }
    lc_panel_free(p);
    folder_remove(folder);
    free(path);
}

START_TEST(a_file_goes_on_where_the_data_end)
{
    static const char wide[] = "date,y,x\n2024-01-01,1,1\n2024-01-02,2,2\n2024-01-03,5,3\n";
    static const char and_one[] = "date,y,x\n2024-01-01,1,1\n2024-01-02,2,2\n2024-01-03,5,3\n2024-01-04,,4\n";
    static const char rows[] = "x,date\n2,2024-01-02\n3,2024-01-03\n4,2024-01-04\n5,2024-01-05\n,2024-01-06\n";
    static const char late[] = "date,x\n2024-01-05,5\n2024-01-06,6\n";
    expect_known(wide, rows, "target=y;future=x", (const size_t[]){5}, 1); /* the last cell is empty */
    expect_known(and_one, rows, "target=y;future=x", (const size_t[]){5}, 1);
    expect_known(and_one, late, "target=y;future=x", (const size_t[]){6}, 1);
    expect_known(wide, late, "target=y;future=x", (const size_t[]){3}, 1); /* a day is missing between */
    expect_known("y,x\n1,1\n2,2\n4,3\n", "x\n4\n5\n", "target=y;future=x", (const size_t[]){5}, 1);
    expect_known("unique_id,ds,y,x\na,1,1,1\na,2,2,2\nb,1,1,1\nc,1,3,1\nc,2,2,2\n",
                 "unique_id,ds,x\nb,2,2\nz,1,8\na,3,3\nb,3,3\n", "future=x", (const size_t[]){3, 3, 2}, 3);
}
END_TEST

/* ---- what it is good for ---- */

/* Sales of days: a price moves them, and nothing tells tomorrow's price but the file. */
static char *days(size_t n, size_t ahead)
{
    lc_buf b = {0};
    lc_rng rng = lc_rng_make(5, LC_STREAM_TEST, 0);
    double price = 0;
    lc_buf_puts(&b, "ds,y,x\n");
    for (size_t i = 0; i < n + ahead; i++) {
        price = 0.8 * price + lc_rng_normal(&rng);
        lc_buf_printf(&b, "%zu,", i + 1);
        if (i < n) lc_buf_printf(&b, "%.4f", 100 - 4 * price + 0.5 * lc_rng_normal(&rng));
        lc_buf_printf(&b, ",%.4f\n", price);
    }
    return b.data;
}

static double mase_of(const char *text, const char *options)
{
    lc_panel *p = panel_of(text, options);
    lc_settings *s = panel_settings(options);
    lc_result *r = NULL;
    lc_status st = {0};
    ck_assert_msg(lc_evaluate(&r, NULL, p, s, NULL, NULL, NULL, &st) == LC_OK, "%s", st.text);
    double mase = NAN;
    for (size_t i = lc_result_rows(r); i-- > 0;)
        if (strcmp(lc_result_text(r, i, lc_result_find(r, "model")), s->arch) == 0 && isnan(mase))
            mase = lc_result_real(r, i, lc_result_find(r, "mase"));
    lc_result_free(r);
    lc_settings_free(s);
    lc_panel_free(p);
    return mase;
}

START_TEST(what_is_known_ahead_helps)
{
    static const char *const of[2][2] = {
        {"arch=lstm;target=y;past=x;horizon=3;epochs=30;hidden=16;lookback=8;threads=1;lr=0.01",
         "arch=lstm;target=y;future=x;horizon=3;epochs=30;hidden=16;lookback=8;threads=1;lr=0.01"},
        {"arch=auto;target=y;past=x;horizon=3;threads=1;blend=0",
         "arch=auto;target=y;future=x;horizon=3;threads=1;blend=0"}};
    char *text = days(500, 0);
    const double past = mase_of(text, of[_i][0]), ahead = mase_of(text, of[_i][1]);
    UNIT_MUST(ahead < (_i ? 0.7 : 0.5) * past, "MASE %g with the price of the days ahead, %g without", ahead, past);
    free(text);
}
END_TEST

/* Rows that are known ahead keep their lines in detect's result, without a score. */
START_TEST(detect_takes_rows_without_target)
{
    char *text = days(120, 5);
    lc_panel *p = panel_of(text, "target=y;future=x");
    lc_settings *s = panel_settings("epochs=2;hidden=4;lookback=6;threads=1");
    lc_result *r = NULL;
    lc_status st = {0};
    ck_assert_msg(lc_detect(&r, NULL, NULL, p, s, NULL, NULL, &st) == LC_OK, "%s", st.text);
    ck_assert_uint_eq(lc_result_rows(r), 125);
    size_t expected = lc_result_find(r, "expected");
    ck_assert(isfinite(lc_result_real(r, 119, expected)));
    for (size_t i = 120; i < 125; i++) ck_assert(isnan(lc_result_real(r, i, expected)));
    lc_result_free(r);
    lc_settings_free(s);
    lc_panel_free(p);
    free(text);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("covariates known ahead");
    TCase *c = tcase_create("ahead, static");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, windows_see_a_horizon_ahead);
    tcase_add_test(c, windows_end_with_what_is_known);
    tcase_add_test(c, only_what_is_known_ahead_moves_the_origin);
    tcase_add_test(c, static_covariates_are_the_same_at_every_step);
    tcase_add_test(c, a_file_goes_on_where_the_data_end);
    tcase_add_loop_test(c, what_is_known_ahead_helps, 0, 2);
    tcase_add_test(c, detect_takes_rows_without_target);
    suite_add_tcase(s, c);
    return s;
}
