#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "baseline/baseline.h"
#include "forecast/backtest.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

/* ---- the split ---- */

static lc_panel *panel_of_lengths(const size_t *n, size_t count)
{
    lc_buf b = {0};
    lc_buf_puts(&b, "unique_id,ds,y\n");
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < n[i]; k++) lc_buf_printf(&b, "s%zu,%zu,%zu\n", i, k + 1, (k * 7 + i) % 11);
    lc_panel *p = panel_of(b.data, "");
    lc_buf_free(&b);
    return p;
}

static void expect_split(size_t n, const char *options, size_t train, size_t test, size_t end)
{
    lc_panel *p = panel_of_lengths(&n, 1);
    lc_settings *s = panel_settings(options);
    lc_backtest_rows rows;
    lc_status st = {0};
    ck_assert_msg(lc_backtest_split(&rows, p, s, &st) == LC_OK, "%zu rows, %s: %s", n, options, st.text);
    ck_assert_msg(rows.train == train && rows.test == test && rows.end == end, "%zu rows, %s: %zu %zu %zu", n, options,
                  rows.train, rows.test, rows.end);
    lc_settings_free(s);
    lc_panel_free(p);
}

static void refuse_split(size_t n, const char *options, lc_code code, const char *text, const char *hint)
{
    lc_panel *p = panel_of_lengths(&n, 1);
    lc_settings *s = panel_settings(options);
    lc_backtest_rows rows;
    lc_status st = {0};
    ck_assert_int_eq(lc_backtest_split(&rows, p, s, &st), code);
    ck_assert_str_eq(st.text, text);
    ck_assert_str_eq(st.hint, hint);
    lc_settings_free(s);
    lc_panel_free(p);
}

START_TEST(rows_are_split_as_asked)
{
    expect_split(100, "horizon=1", 70, 80, 100);
    expect_split(1000, "horizon=10", 700, 800, 1000);
    expect_split(101, "horizon=1", 71, 81, 101); /* floors, the rest is learned from */
    expect_split(50, "horizon=8", 32, 40, 50);   /* validation and test hold a horizon at least */
    expect_split(50, "horizon=12", 26, 38, 50);
    expect_split(37, "horizon=12", 13, 25, 37);
    expect_split(4, "horizon=1", 2, 3, 4);
    expect_split(100, "horizon=5;split=50,20,30", 50, 70, 100);
    expect_split(100, "horizon=5;split=50,20,10", 50, 70, 80);
    expect_split(100, "horizon=5;split=50,20,1000", 50, 70, 100);
    expect_split(100, "horizon=5;split=95,0,5", 95, 95, 100);
}
END_TEST

START_TEST(splits_that_leave_nothing_are_refused)
{
    static const char fit[] = "TRAIN + VALID + horizon must fit into a series";
    static const char how[] = "give three numbers of rows, as in --split 8640,2880,2880";
    refuse_split(36, "horizon=12", LC_E_DATA,
                 "too short for a backtest: the longest series has 36 rows, horizon 12 needs 37",
                 "give more rows, or --horizon 11, the largest that fits");
    refuse_split(3, "horizon=1", LC_E_DATA,
                 "too short for a backtest: the longest series has 3 rows, horizon 1 needs 4", "give more rows");
    refuse_split(100, "horizon=100000", LC_E_DATA,
                 "too short for a backtest: the longest series has 100 rows, horizon 100000 needs 300001",
                 "give more rows, or --horizon 33, the largest that fits");
    refuse_split(100, "horizon=6;split=50,45,5", LC_E_DATA,
                 "no series has rows for --split 50,45,5 and horizon 6: the longest has 100", fit);
    refuse_split(100, "horizon=6;split=80,20,10", LC_E_DATA,
                 "no series has rows for --split 80,20,10 and horizon 6: the longest has 100", fit);
    refuse_split(100, "horizon=6;split=50,20,5", LC_E_DATA,
                 "no series has rows for --split 50,20,5 and horizon 6: the longest has 100", fit);
    refuse_split(100, "horizon=6;split=9223372036854775807,9223372036854775807,9", LC_E_DATA,
                 "no series has rows for --split 9223372036854775807,9223372036854775807,9 and horizon 6: the longest "
                 "has 100",
                 fit);
    static const char *const wrong[] = {"50,50",    "50,20,10,5", "a,b,c",       "0,20,10", "50,20,0",
                                        "-5,20,10", "50,,10",     "0.7,0.1,0.2", ","};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char options[64], text[96];
        snprintf(options, sizeof options, "horizon=2;split=%s", wrong[i]);
        snprintf(text, sizeof text, "split: \"%s\" is not TRAIN,VALID,TEST", wrong[i]);
        refuse_split(100, options, LC_E_USAGE, text, how);
    }
}
END_TEST

START_TEST(a_series_that_is_too_short_takes_no_part)
{
    const size_t n[] = {100, 7, 40};
    lc_panel *p = panel_of_lengths(n, 3);
    lc_settings *s = panel_settings("horizon=4");
    lc_backtest_rows rows[3];
    ck_assert_int_eq(lc_backtest_split(rows, p, s, NULL), LC_OK);
    ck_assert(rows[0].train == 70 && rows[0].test == 80 && rows[0].end == 100);
    ck_assert(rows[1].test == 7 && rows[1].end == 7);
    ck_assert(rows[2].train == 28 && rows[2].test == 32 && rows[2].end == 40);
    lc_settings_free(s);
    lc_panel_free(p);
}
END_TEST

/* ---- whole backtests ---- */

static const char base[] = "arch=lstm;epochs=1;hidden=4;lookback=8;horizon=5;season=7;level=80,95;threads=2";

/* The table, and the windows' rows in *windows unless NULL. */
static lc_result *evaluate(const lc_panel *p, const char *more, lc_result **windows)
{
    char *folder = folder_create(), *path = path_in(folder, "windows.csv");
    lc_buf options = {0};
    lc_buf_printf(&options, "%s;%s", base, more);
    lc_settings *s = panel_settings(options.data);
    lc_result *r = NULL;
    lc_status st = {0};
    const lc_evaluate_files files = {.windows = windows ? path : NULL};
    ck_assert_msg(lc_evaluate(&r, NULL, p, s, &files, NULL, NULL, &st) == LC_OK, "%s", st.text);
    if (windows) ck_assert_msg(lc_result_read(windows, path, &st) == LC_OK, "%s:%zu: %s", st.file, st.line, st.text);
    lc_buf_free(&options);
    lc_settings_free(s);
    free(path);
    folder_remove(folder);
    return r;
}

static size_t find_row(const lc_result *r, const char *id, const char *model)
{
    for (size_t i = 0; i < lc_result_rows(r); i++)
        if (strcmp(lc_result_text(r, i, 0), id) == 0 && strcmp(lc_result_text(r, i, 1), model) == 0) return i;
    ck_abort_msg("no row %s %s", id, model);
    return 0;
}

static double real(const lc_result *r, size_t row, const char *column)
{
    size_t c = lc_result_find(r, column);
    ck_assert_msg(c != SIZE_MAX, "no column %s", column);
    return lc_result_real(r, row, c);
}

static bool close_to(double a, double b)
{
    return fabs(a - b) <= 1e-9 * (fabs(a) + fabs(b)) || (isnan(a) && isnan(b));
}

/* Naive forecasts of the rows `test`..n-1 by hand; y with NaN where missing. */
static void check_naive(const lc_result *r, const char *id, const double *y, size_t n, size_t test, size_t stride)
{
    enum { H = 5, SEASON = 7 };
    double abs_sum = 0, square = 0, smape = 0, scale = 0;
    size_t windows = 0, steps = 0, pairs = 0;
    for (size_t t = SEASON; t < test; t++)
        if (!isnan(y[t]) && !isnan(y[t - SEASON])) scale += fabs(y[t] - y[t - SEASON]), pairs++;
    scale /= (double)pairs;
    for (size_t origin = test; origin + H <= n; origin += stride, windows++) {
        size_t last = origin - 1;
        while (isnan(y[last])) last--;
        for (size_t h = 0; h < H; h++) {
            double truth = y[origin + h], error = fabs(truth - y[last]);
            if (isnan(truth)) continue;
            abs_sum += error;
            square += error * error;
            smape += 200 * error / (fabs(truth) + fabs(y[last]));
            steps++;
        }
    }
    size_t row = find_row(r, id, "naive");
    double k = (double)steps;
    ck_assert_double_eq(real(r, row, "windows"), (double)windows);
    ck_assert(close_to(real(r, row, "mae"), abs_sum / k));
    ck_assert(close_to(real(r, row, "rmse"), sqrt(square / k)));
    ck_assert(close_to(real(r, row, "smape"), smape / k));
    ck_assert(close_to(real(r, row, "mase"), abs_sum / k / scale));
    ck_assert(isnan(real(r, row, "coverage-80")));
    size_t mine = find_row(r, id, "lstm");
    ck_assert_double_eq(real(r, mine, "windows"), (double)windows);
    ck_assert(real(r, mine, "coverage-80") <= real(r, mine, "coverage-95"));
}

START_TEST(the_naive_row_is_what_one_computes_by_hand)
{
    enum { N = 200 };
    double y[N];
    make_sine(y, N, 7, 3, 1);
    lc_panel *p = panel_of_values(y, N, "");
    for (size_t stride = 1; stride <= 7; stride += 2) {
        char more[32];
        snprintf(more, sizeof more, "stride=%zu", stride);
        lc_result *r = evaluate(p, more, NULL);
        check_naive(r, "y", y, N, 160, stride);
        lc_result_free(r);
    }
    lc_result *r = evaluate(p, "", NULL); /* the stride is the horizon */
    check_naive(r, "y", y, N, 160, 5);
    ck_assert_uint_eq(lc_result_rows(r), 2 * (1 + lc_baseline_count));
    lc_result_free(r);
    r = evaluate(p, "split=100,20,40", NULL);
    check_naive(r, "y", y, 160, 120, 5);
    lc_result_free(r);
    lc_panel_free(p);
}
END_TEST

/* Gaps before an origin, across one, and at the end: what is missing is neither truth nor known. */
START_TEST(what_is_missing_is_not_scored_nor_seen_ahead_of_time)
{
    enum { N = 200 };
    double y[N];
    make_sine(y, N, 7, 3, 2);
    static const size_t missing[] = {30, 31, 100, 157, 158, 159, 163, 164, 165, 166, 180, 199};
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) y[missing[i]] = NAN;
    lc_panel *p = panel_of_values(y, N, "");
    lc_result *w = NULL, *r = evaluate(p, "stride=1", &w);
    check_naive(r, "y", y, N, 160, 1);
    for (size_t i = 0; i < lc_result_rows(w); i++) {
        size_t row = (size_t)atoi(lc_result_text(w, i, lc_result_find(w, "ds"))) - 1;
        ck_assert(close_to(real(w, i, "y"), y[row]));
    }
    lc_result_free(w);
    lc_result_free(r);
    lc_panel_free(p);
}
END_TEST

START_TEST(windows_tell_their_origin_and_steps)
{
    lc_buf b = {0};
    lc_buf_puts(&b, "ds,y\n");
    for (int i = 0; i < 100; i++) lc_buf_printf(&b, "2021-%02d-%02d,%d\n", i / 28 + 1, i % 28 + 1, i * i % 37);
    lc_panel *p = panel_of(b.data, "gaps=skip"); /* months of 28 days: stamps are taken as they come */
    lc_result *w = NULL, *r = evaluate(p, "stride=3", &w);
    static const char *const names[] = {
        "unique_id",      "cutoff",        "ds", "y", "forecast", "forecast-lo-80", "forecast-hi-80",
        "forecast-lo-95", "forecast-hi-95"};
    for (size_t c = 0; c < 9; c++) ck_assert_str_eq(lc_result_column_name(w, c), names[c]);
    ck_assert_uint_eq(lc_result_rows(w), 6 * 5); /* origins 80, 83, ... 95 */
    double abs_sum = 0;
    for (size_t i = 0; i < lc_result_rows(w); i++) {
        int origin = 80 + 3 * (int)(i / 5), row = origin + (int)(i % 5);
        char stamp[32];
        snprintf(stamp, sizeof stamp, "2021-%02d-%02d", (origin - 1) / 28 + 1, (origin - 1) % 28 + 1);
        ck_assert_str_eq(lc_result_text(w, i, 1), stamp);
        snprintf(stamp, sizeof stamp, "2021-%02d-%02d", row / 28 + 1, row % 28 + 1);
        ck_assert_str_eq(lc_result_text(w, i, 2), stamp);
        ck_assert_str_eq(lc_result_text(w, i, 0), "y");
        ck_assert_double_eq(real(w, i, "y"), row * row % 37);
        double f = real(w, i, "forecast");
        ck_assert(real(w, i, "forecast-lo-95") <= real(w, i, "forecast-lo-80"));
        ck_assert(real(w, i, "forecast-lo-80") <= f && f <= real(w, i, "forecast-hi-80"));
        ck_assert(real(w, i, "forecast-hi-80") <= real(w, i, "forecast-hi-95"));
        abs_sum += fabs(real(w, i, "y") - f);
    }
    ck_assert_double_eq_tol(real(r, find_row(r, "y", "lstm"), "mae"), abs_sum / 30, 1e-4);
    lc_result_free(w);
    lc_result_free(r);
    lc_panel_free(p);
    lc_buf_free(&b);
}
END_TEST

/* Forecasts (windows, horizon) of a backtest at every origin. */
static double *forecasts(const double *y, size_t n, size_t *count)
{
    lc_panel *p = panel_of_values(y, n, "");
    lc_result *w = NULL, *r = evaluate(p, "stride=1", &w);
    double *f = malloc(lc_result_rows(w) * sizeof *f);
    *count = lc_result_rows(w);
    for (size_t i = 0; i < *count; i++) f[i] = real(w, i, "forecast");
    lc_result_free(w);
    lc_result_free(r);
    lc_panel_free(p);
    return f;
}

START_TEST(no_window_sees_its_origin_or_beyond)
{
    enum { N = 150, TEST = 120, H = 5 };
    double y[N], changed[N];
    size_t count, again;
    make_sine(y, N, 7, 3, 3);
    y[133] = y[134] = NAN; /* a gap, the line through which would lead to what comes after it */
    double *before = forecasts(y, N, &count);
    ck_assert_uint_eq(count, (N - TEST - H + 1) * H);
    static const size_t from[] = {TEST, 128, 135, 136, N - H};
    for (size_t k = 0; k < sizeof from / sizeof from[0]; k++) {
        memcpy(changed, y, sizeof y);
        for (size_t i = from[k]; i < N; i++) changed[i] += 1000 + (double)i;
        double *after = forecasts(changed, N, &again);
        ck_assert_uint_eq(count, again);
        for (size_t i = 0; i < count; i++) {
            size_t origin = TEST + i / H;
            bool same = before[i] == after[i];
            if (origin <= from[k]) ck_assert_msg(same, "origin %zu sees row %zu", origin, from[k]);
            else ck_assert_msg(!same || isnan(changed[origin - 1]), "origin %zu does not see row %zu", origin, from[k]);
        }
        free(after);
    }
    free(before);
}
END_TEST

START_TEST(the_star_rows_are_over_all_series)
{
    const size_t n[] = {120, 9, 60};
    lc_panel *p = panel_of_lengths(n, 3);
    lc_result *w = NULL, *r = evaluate(p, "", &w);
    /* s1 is too short: two series and the star, the network and the baselines each. */
    const size_t models = 1 + lc_baseline_count;
    ck_assert_uint_eq(lc_result_rows(r), 3 * models);
    for (size_t k = 0; k < models; k++) {
        const char *model = k ? lc_baselines[k - 1].name : "lstm";
        size_t a = find_row(r, "s0", model), b = find_row(r, "s2", model), all = find_row(r, "*", model);
        double x = real(r, a, "windows"), z = real(r, b, "windows");
        ck_assert_double_eq(x, 4);
        ck_assert_double_eq(z, 2);
        ck_assert_double_eq(real(r, all, "windows"), x + z);
        static const char *const means[] = {"mae", "smape", "mase"};
        for (size_t i = 0; i < 3; i++) {
            double want = (x * real(r, a, means[i]) + z * real(r, b, means[i])) / (x + z);
            ck_assert_double_eq_tol(real(r, all, means[i]), want, 1e-4);
        }
        double square = (x * pow(real(r, a, "rmse"), 2) + z * pow(real(r, b, "rmse"), 2)) / (x + z);
        ck_assert_double_eq_tol(real(r, all, "rmse"), sqrt(square), 1e-4);
        ck_assert_str_eq(lc_result_text(r, k, 1), model);
        ck_assert_str_eq(lc_result_text(r, 2 * models + k, 0), "*");
    }
    ck_assert_uint_eq(lc_result_rows(w), 6 * 5);
    ck_assert_str_eq(lc_result_text(w, 19, 0), "s0");
    ck_assert_str_eq(lc_result_text(w, 20, 0), "s2");
    lc_result_free(w);
    lc_result_free(r);
    lc_panel_free(p);
}
END_TEST

START_TEST(a_series_without_a_past_is_not_scored)
{
    enum { N = 100 };
    lc_buf b = {0};
    lc_buf_puts(&b, "a,b\n");
    for (int i = 0; i < N; i++) {
        if (i < 90) lc_buf_printf(&b, "%d,\n", i % 7);
        else lc_buf_printf(&b, "%d,%d\n", i % 7, i);
    }
    lc_panel *p = panel_of(b.data, "");
    lc_result *r = evaluate(p, "", NULL);
    size_t row = find_row(r, "b", "naive");
    ck_assert_double_eq(real(r, row, "windows"), 4);
    /* The window at 95 is the first one with a value before it: errors of 1 to 5 from the last value. */
    ck_assert_double_eq(real(r, row, "mae"), 3);
    ck_assert(isnan(real(r, row, "mase")));
    ck_assert(isfinite(real(r, find_row(r, "b", "lstm"), "mae")));
    lc_result_free(r);
    lc_panel_free(p);
    lc_buf_free(&b);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("rolling-origin backtest");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 300);
    tcase_add_test(t, rows_are_split_as_asked);
    tcase_add_test(t, splits_that_leave_nothing_are_refused);
    tcase_add_test(t, a_series_that_is_too_short_takes_no_part);
    tcase_add_test(t, the_naive_row_is_what_one_computes_by_hand);
    tcase_add_test(t, what_is_missing_is_not_scored_nor_seen_ahead_of_time);
    tcase_add_test(t, windows_tell_their_origin_and_steps);
    tcase_add_test(t, no_window_sees_its_origin_or_beyond);
    tcase_add_test(t, the_star_rows_are_over_all_series);
    tcase_add_test(t, a_series_without_a_past_is_not_scored);
    suite_add_tcase(suite, t);
    return suite;
}
