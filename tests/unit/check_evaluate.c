#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "baseline/baseline.h"
#include "forecast/backtest.h"
#include "forecast/rivals.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

/* The table, and what the two files hold. */
typedef struct outcome {
    lc_result *table, *windows, *steps;
    lc_evaluate_info info;
} outcome;

/* A table by step from its CSV, which has no quotes: columns unique_id and model are texts. */
static lc_result *read_table(const char *path)
{
    size_t n;
    char *bytes = file_bytes(path, &n), *line_end = NULL;
    lc_result *r = lc_result_create();
    ck_assert_ptr_nonnull(bytes);
    for (char *line = strtok_r(bytes, "\n", &line_end); line; line = strtok_r(NULL, "\n", &line_end)) {
        size_t c = 0;
        const bool header = line == bytes;
        if (!header) ck_assert_int_eq(lc_result_add_row(r, NULL), LC_OK);
        for (char *cell; (cell = strsep(&line, ",")); c++) {
            if (header) lc_result_add_column(r, cell, c < 2 ? LC_COLUMN_TEXT : LC_COLUMN_REAL, 0, NULL);
            else if (c < 2) lc_result_set_text(r, c, cell, NULL);
            else if (*cell) lc_result_set_real(r, c, strtod(cell, NULL));
        }
        ck_assert_uint_eq(c, lc_result_columns(r));
    }
    free(bytes);
    return r;
}

static outcome evaluate(const lc_panel *p, const char *options)
{
    char *folder = folder_create(), *windows = path_in(folder, "windows.csv"), *steps = path_in(folder, "steps.csv");
    const lc_evaluate_files files = {.windows = windows, .steps = steps};
    lc_settings *s = panel_settings(options);
    outcome x = {0};
    lc_status st = {0};
    ck_assert_msg(lc_evaluate(&x.table, &x.info, p, s, &files, NULL, NULL, &st) == LC_OK, "%s", st.text);
    ck_assert_msg(lc_result_read(&x.windows, windows, &st) == LC_OK, "%s", st.text);
    x.steps = read_table(steps);
    lc_settings_free(s);
    free(windows);
    free(steps);
    folder_remove(folder);
    return x;
}

static void outcome_free(outcome *x)
{
    lc_result_free(x->table);
    lc_result_free(x->windows);
    lc_result_free(x->steps);
}

static double real(const lc_result *r, size_t row, const char *column)
{
    const size_t c = lc_result_find(r, column);
    ck_assert_msg(c != SIZE_MAX, "no column %s", column);
    return lc_result_real(r, row, c);
}

static size_t find_row(const lc_result *r, const char *id, const char *model, size_t step)
{
    for (size_t i = 0; i < lc_result_rows(r); i++)
        if (strcmp(lc_result_text(r, i, 0), id) == 0 && strcmp(lc_result_text(r, i, 1), model) == 0 &&
            (!step || real(r, i, "step") == (double)step))
            return i;
    ck_abort_msg("no row %s %s %zu", id, model, step);
    return 0;
}

/* Two columns of n rows with a season of 7, some noise and gaps. */
static lc_panel *two_columns(size_t n, size_t missing)
{
    lc_buf b = {0};
    lc_buf_puts(&b, "a,b\n");
    for (size_t i = 0; i < n; i++) {
        const double noise = (double)(i * 7919 % 101) / 50;
        if (i == missing) lc_buf_puts(&b, ",3\n");
        else lc_buf_printf(&b, "%.3f,%.3f\n", 20 + 3 * (double)(i % 7) + noise, 300 - 20 * (double)(i % 7) - 9 * noise);
    }
    lc_panel *p = panel_of(b.data, "");
    lc_buf_free(&b);
    return p;
}

typedef struct sums {
    double abs, square, smape, width, crps;
    size_t n, inside;
} sums;

static double pinball(double level, double y, double q)
{
    return y < q ? (1 - level) * (q - y) : level * (y - q);
}

/* A row of the windows' file, whose levels are 20, 40, 60 and 80: their ends are nine quantiles with the forecast. */
static void add(sums *s, const lc_result *w, size_t row)
{
    const double y = real(w, row, "y"), f = real(w, row, "forecast");
    const double lo = real(w, row, "forecast-lo-80"), hi = real(w, row, "forecast-hi-80");
    static const char *const names[] = {"forecast-lo-80", "forecast-lo-60", "forecast-lo-40",
                                        "forecast-lo-20", "forecast",       "forecast-hi-20",
                                        "forecast-hi-40", "forecast-hi-60", "forecast-hi-80"};
    if (isnan(y)) return;
    s->n++;
    s->abs += fabs(y - f);
    s->square += (y - f) * (y - f);
    s->smape += 200 * fabs(y - f) / (fabs(y) + fabs(f));
    s->width += hi - lo;
    s->inside += lo <= y && y <= hi;
    for (size_t k = 0; k < 9; k++) s->crps += 2 * pinball((double)(k + 1) / 10, y, real(w, row, names[k])) / 9;
}

static void expect(const lc_result *r, size_t row, const sums *s)
{
    const double n = (double)s->n;
    ck_assert_double_eq_tol(real(r, row, "mae"), s->abs / n, 2e-5 * s->abs / n);
    ck_assert_double_eq_tol(real(r, row, "rmse"), sqrt(s->square / n), 2e-5 * sqrt(s->square / n));
    ck_assert_double_eq_tol(real(r, row, "smape"), s->smape / n, 2e-5 * s->smape / n);
    ck_assert_double_eq_tol(real(r, row, "coverage-80"), 100 * (double)s->inside / n, 1e-3);
    ck_assert_double_eq_tol(real(r, row, "width-80"), s->width / n, 2e-5 * s->width / n);
    ck_assert_double_eq_tol(real(r, row, "crps"), s->crps / n, 2e-5 * s->crps / n);
}

START_TEST(tables_are_what_the_windows_say)
{
    enum { HORIZON = 5 };
    lc_panel *p = two_columns(200, 180);
    outcome x = evaluate(p, "arch=theta;horizon=5;season=7;stride=3;level=20,40,60,80");
    sums all[3][HORIZON + 1] = {{{0}}};
    for (size_t i = 0; i < lc_result_rows(x.windows); i++) {
        const size_t series = lc_result_text(x.windows, i, 0)[0] == 'a' ? 0 : 1, step = i % HORIZON;
        for (size_t k = series; k < 3; k += 2 - series) {
            add(&all[k][step], x.windows, i);
            add(&all[k][HORIZON], x.windows, i);
        }
    }
    static const char *const ids[] = {"a", "b", "*"};
    for (size_t k = 0; k < 3; k++) {
        expect(x.table, find_row(x.table, ids[k], "theta", 0), &all[k][HORIZON]);
        for (size_t h = 0; h < HORIZON; h++) expect(x.steps, find_row(x.steps, ids[k], "theta", h + 1), &all[k][h]);
    }
    /* The model is no baseline of itself; 12 origins from row 160 on. */
    const size_t models = lc_baseline_count;
    ck_assert_uint_eq(lc_result_rows(x.table), 3 * models);
    ck_assert_uint_eq(lc_result_rows(x.steps), 3 * models * HORIZON);
    ck_assert_double_eq(real(x.steps, find_row(x.steps, "a", "naive", 2), "windows"), 12);
    ck_assert_double_eq(real(x.steps, find_row(x.steps, "*", "ets", 5), "windows"), 24);
    ck_assert_double_nan(real(x.steps, find_row(x.steps, "*", "naive", 5), "width-80"));
    ck_assert_double_eq(real(x.table, find_row(x.table, "*", "naive2", 0), "owa"), 1);
    outcome_free(&x);
    lc_panel_free(p);
}
END_TEST

START_TEST(errors_of_baselines_by_step_add_up)
{
    lc_panel *p = two_columns(150, 145);
    outcome x = evaluate(p, "arch=naive;horizon=4;season=7;stride=1");
    for (size_t k = 0; k < lc_baseline_count; k++) {
        const char *model = lc_baselines[k].name;
        double sum = 0, square = 0;
        for (size_t h = 1; h <= 4; h++) {
            sum += real(x.steps, find_row(x.steps, "b", model, h), "mase") / 4;
            square += pow(real(x.steps, find_row(x.steps, "b", model, h), "rmse"), 2) / 4;
        }
        const size_t row = find_row(x.table, "b", model, 0);
        ck_assert_double_eq_tol(real(x.table, row, "mase"), sum, 1e-5 * sum);
        ck_assert_double_eq_tol(real(x.table, row, "rmse"), sqrt(square), 1e-5 * sqrt(square));
    }
    outcome_free(&x);
    lc_panel_free(p);
}
END_TEST

/* ---- refit ---- */

/* Forecasts of the origin `origin` (row of its first target, counted from 0) by a run that has it as its first. */
static void expect_first(const lc_panel *p, const char *base, size_t train, size_t valid, const lc_result *w,
                         size_t from, bool same)
{
    char options[200];
    snprintf(options, sizeof options, "%s;split=%zu,%zu,5;horizon=5", base, train, valid);
    outcome x = evaluate(p, options);
    ck_assert_uint_eq(lc_result_rows(x.windows), 5);
    size_t different = 0;
    for (size_t h = 0; h < 5; h++) {
        ck_assert_str_eq(lc_result_text(x.windows, h, 2), lc_result_text(w, from + h, 2));
        different += real(x.windows, h, "forecast") != real(w, from + h, "forecast") ||
                     real(x.windows, h, "forecast-hi-80") != real(w, from + h, "forecast-hi-80");
    }
    ck_assert_msg(same ? !different : different, "origin %zu: %zu steps differ", train + valid, different);
    outcome_free(&x);
}

START_TEST(a_refit_is_a_fit_on_all_rows_before_the_origin)
{
    static const char *const bases[] = {"arch=theta;season=7",
                                        "arch=lstm;epochs=2;hidden=4;lookback=8;season=7;threads=2"};
    for (size_t k = 0; k < 2; k++) {
        char options[200];
        double y[150];
        make_sine(y, 150, 7, 3, 1);
        lc_panel *p = panel_of_values(y, 150, "");
        snprintf(options, sizeof options, "%s;split=100,20,30;horizon=5;stride=7;refit=true", bases[k]);
        outcome x = evaluate(p, options);
        ck_assert_uint_eq(x.info.fits, 4);
        ck_assert_uint_eq(lc_result_rows(x.windows), 4 * 5);
        for (size_t j = 0; j < 4; j++) expect_first(p, bases[k], 100 + 7 * j, 20, x.windows, 5 * j, true);
        outcome_free(&x);
        /* With every second origin a fit, the others are forecast by the fit before. */
        strcat(options, ";refit-every=2");
        x = evaluate(p, options);
        ck_assert_uint_eq(x.info.fits, 2);
        for (size_t j = 0; j < 4; j++) expect_first(p, bases[k], 100 + 7 * j, 20, x.windows, 5 * j, j % 2 == 0);
        outcome_free(&x);
        lc_panel_free(p);
    }
}
END_TEST

START_TEST(rows_of_a_refit_end_with_the_series)
{
    const lc_backtest_rows rows[] = {{70, 80, 100}, {30, 35, 43}, {0, 9, 9}};
    lc_split split[3];
    lc_backtest_fit_rows(split, rows, 3, 0, 5);
    ck_assert(split[0].train == 70 && split[0].end == 80 && split[1].end == 35 && split[2].end == 9);
    lc_backtest_fit_rows(split, rows, 3, 2, 4);
    ck_assert(split[0].train == 78 && split[0].end == 88 && split[1].train == 38 && split[1].end == 43);
    lc_backtest_fit_rows(split, rows, 3, SIZE_MAX, SIZE_MAX);
    ck_assert(split[0].train == 90 && split[0].end == 100 && split[1].end == 43 && split[2].end == 9);
}
END_TEST

/* Series of unequal length: the shorter one has fewer origins, and its last ones come without it. */
START_TEST(series_of_unequal_length_are_fitted_together)
{
    lc_buf b = {0};
    lc_buf_puts(&b, "unique_id,ds,y\n");
    for (int i = 0; i < 100; i++) lc_buf_printf(&b, "long,%d,%d\n", i + 1, i * i % 23);
    for (int i = 0; i < 40; i++) lc_buf_printf(&b, "short,%d,%d\n", i + 1, i * i % 17);
    for (int i = 0; i < 6; i++) lc_buf_printf(&b, "tiny,%d,%d\n", i + 1, i);
    lc_panel *p = panel_of(b.data, "");
    outcome x = evaluate(p, "arch=drift;horizon=4;season=1;refit=true");
    ck_assert_uint_eq(x.info.fits, 5);
    ck_assert_uint_eq(lc_result_rows(x.windows), (5 + 2) * 4);
    ck_assert_double_eq(real(x.table, find_row(x.table, "long", "drift", 0), "windows"), 5);
    ck_assert_double_eq(real(x.table, find_row(x.table, "short", "drift", 0), "windows"), 2);
    ck_assert_double_eq(real(x.table, find_row(x.table, "*", "drift", 0), "windows"), 7);
    ck_assert_uint_eq(x.info.verdict.series, 2);
    /* Rows 80, 84, ... of one and 32, 36 of the other: no origin in common. */
    ck_assert_uint_eq(x.info.verdict.origins, 7);
    outcome_free(&x);
    lc_panel_free(p);
    lc_buf_free(&b);
}
END_TEST

START_TEST(origins_of_series_at_the_same_time_are_one)
{
    lc_buf b = {0};
    lc_buf_puts(&b, "unique_id,ds,y\n");
    /* 100 days, and 50 that begin 40 days later: tested from day 80 on, both. */
    for (int i = 0; i < 100; i++) lc_buf_printf(&b, "a,%d,%d\n", 1000 + i, i * i % 23);
    for (int i = 0; i < 50; i++) lc_buf_printf(&b, "b,%d,%d\n", 1040 + i, i * i % 17);
    lc_panel *p = panel_of(b.data, "");
    outcome x = evaluate(p, "arch=naive;horizon=4;season=1;level=80");
    ck_assert_double_eq(real(x.table, find_row(x.table, "*", "naive", 0), "windows"), 5 + 2);
    ck_assert_uint_eq(x.info.verdict.origins, 5);
    ck_assert_uint_eq(x.info.verdict.series, 2);
    outcome_free(&x);
    lc_panel_free(p);
    lc_buf_free(&b);
}
END_TEST

/* ---- many windows ---- */

START_TEST(slow_baselines_leave_origins_out_and_say_so)
{
    lc_panel *p = two_columns(1300, 1250);
    outcome x = evaluate(p, "arch=theta;horizon=5;season=7;stride=1;threads=2");
    const double windows = 2 * 256, slow = 2 * 24; /* every eleventh origin */
    ck_assert_uint_eq(x.info.slow_every, 11);
    for (size_t k = 0; k < lc_baseline_count; k++) {
        const size_t row = find_row(x.table, "*", lc_baselines[k].name, 0);
        ck_assert_double_eq(real(x.table, row, "windows"), lc_baselines[k].slow ? slow : windows);
        ck_assert(isnan(real(x.table, row, "owa")) == lc_baselines[k].slow);
    }
    outcome_free(&x);
    /* What a slow one forecast is what it forecasts alone. */
    outcome few = evaluate(p, "arch=theta;horizon=5;season=7;stride=11;threads=1");
    outcome many = evaluate(p, "arch=theta;horizon=5;season=7;stride=1;threads=1");
    ck_assert_uint_eq(few.info.slow_every, 1);
    ck_assert_double_eq_tol(real(few.table, find_row(few.table, "a", "ets", 0), "mae"),
                            real(many.table, find_row(many.table, "a", "ets", 0), "mae"), 1e-9);
    outcome_free(&few);
    outcome_free(&many);
    lc_panel_free(p);
}
END_TEST

START_TEST(slow_baselines_forecast_from_the_first_origin_of_all_series)
{
    lc_rivals r;
    ck_assert_int_eq(lc_rivals_create(&r, "naive", 1, 2501, NULL), LC_OK);
    ck_assert_uint_eq(r.n, lc_baseline_count - 1);
    ck_assert_uint_eq(r.slow_every, 51);
    for (size_t k = 0; k < r.n; k++) {
        ck_assert(lc_rivals_runs(&r, k, 0) && lc_rivals_runs(&r, k, 102));
        ck_assert(lc_rivals_runs(&r, k, 10) == !r.rival[k]->slow);
    }
    lc_rivals_free(&r);
    ck_assert_int_eq(lc_rivals_create(&r, "auto", 1, LC_RIVALS_SLOW, NULL), LC_OK);
    ck_assert_uint_eq(r.n, lc_baseline_count);
    ck_assert_uint_eq(r.slow_every, 1);
    lc_rivals_free(&r);
}
END_TEST

/* ---- hostile ---- */

START_TEST(one_window_has_errors_and_no_test)
{
    lc_panel *p = two_columns(60, 3);
    outcome x = evaluate(p, "arch=theta;split=40,10,5;horizon=5;season=7");
    ck_assert_double_eq(real(x.table, find_row(x.table, "a", "theta", 0), "windows"), 1);
    ck_assert_uint_eq(x.info.verdict.origins, 1);
    ck_assert(isfinite(x.info.verdict.error));
    ck_assert_double_nan(x.info.verdict.p);
    outcome_free(&x);
    lc_panel_free(p);
}
END_TEST

START_TEST(a_test_without_values_has_no_errors)
{
    lc_buf b = {0};
    lc_buf_puts(&b, "ds,y\n");
    for (int i = 0; i < 60; i++) lc_buf_printf(&b, "%d,%d\n", i + 1, i % 7);
    for (int i = 60; i < 80; i++) lc_buf_printf(&b, "%d,\n", i + 1);
    lc_buf_puts(&b, "81,3\n");
    lc_panel *p = panel_of(b.data, "");
    outcome x = evaluate(p, "arch=naive;split=50,10,15;horizon=5;season=7");
    for (size_t i = 0; i < lc_result_rows(x.table); i++) {
        ck_assert_double_nan(real(x.table, i, "mae"));
        ck_assert_double_nan(real(x.table, i, "crps"));
        ck_assert_double_nan(real(x.table, i, "owa"));
    }
    ck_assert_str_eq(x.info.verdict.baseline, "");
    outcome_free(&x);
    lc_panel_free(p);
    lc_buf_free(&b);
}
END_TEST

START_TEST(a_constant_has_no_scale)
{
    double y[80];
    for (size_t i = 0; i < 80; i++) y[i] = 5;
    lc_panel *p = panel_of_values(y, 80, "");
    outcome x = evaluate(p, "arch=theta;horizon=5;season=7;stride=1");
    const size_t row = find_row(x.table, "*", "theta", 0);
    ck_assert_double_eq_tol(real(x.table, row, "mae"), 0, 1e-9);
    ck_assert_double_nan(real(x.table, row, "mase"));
    ck_assert_double_nan(real(x.table, row, "owa"));
    ck_assert_str_eq(x.info.verdict.measure, "MAE");
    outcome_free(&x);
    lc_panel_free(p);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("evaluation");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 300);
    tcase_add_test(t, tables_are_what_the_windows_say);
    tcase_add_test(t, errors_of_baselines_by_step_add_up);
    tcase_add_test(t, a_refit_is_a_fit_on_all_rows_before_the_origin);
    tcase_add_test(t, rows_of_a_refit_end_with_the_series);
    tcase_add_test(t, series_of_unequal_length_are_fitted_together);
    tcase_add_test(t, origins_of_series_at_the_same_time_are_one);
    tcase_add_test(t, slow_baselines_leave_origins_out_and_say_so);
    tcase_add_test(t, slow_baselines_forecast_from_the_first_origin_of_all_series);
    tcase_add_test(t, one_window_has_errors_and_no_test);
    tcase_add_test(t, a_test_without_values_has_no_errors);
    tcase_add_test(t, a_constant_has_no_scale);
    suite_add_tcase(suite, t);
    return suite;
}
