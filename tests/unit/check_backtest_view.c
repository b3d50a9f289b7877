/* What the chart of a backtest shows is what its tables say. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "forecast/backtest_view.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

typedef struct outcome {
    lc_result *table, *windows;
    lc_backtest_view *view;
    lc_evaluate_info info;
} outcome;

static outcome evaluate(const lc_panel *p, const char *options)
{
    char *folder = folder_create(), *windows = path_in(folder, "windows.csv");
    outcome x = {0};
    const lc_evaluate_files files = {.windows = windows, .view = &x.view};
    lc_settings *s = panel_settings(options);
    lc_status st = {0};
    ck_assert_msg(lc_evaluate(&x.table, &x.info, p, s, &files, NULL, NULL, &st) == LC_OK, "%s", st.text);
    ck_assert_msg(lc_result_read(&x.windows, windows, &st) == LC_OK, "%s", st.text);
    lc_settings_free(s);
    free(windows);
    folder_remove(folder);
    return x;
}

static void outcome_free(outcome *x)
{
    lc_result_free(x->table);
    lc_result_free(x->windows);
    lc_backtest_view_free(x->view);
}

static double cell(const lc_result *r, size_t row, const char *column)
{
    return lc_result_real(r, row, lc_result_find(r, column));
}

/* The row over all series of a model. */
static size_t total_of(const lc_result *r, const char *model)
{
    for (size_t i = 0; i < lc_result_rows(r); i++)
        if (strcmp(lc_result_text(r, i, 0), "*") == 0 && strcmp(lc_result_text(r, i, 1), model) == 0) return i;
    ck_abort_msg("no row of %s", model);
    return 0;
}

static double mean(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] / (double)n;
    return sum;
}

/* Two columns of n rows with a season of 7 and some noise, of which one may be left out. */
static lc_panel *columns(size_t n, bool both)
{
    lc_buf b = {0};
    lc_buf_puts(&b, both ? "a,b\n" : "a\n");
    for (size_t i = 0; i < n; i++) {
        const double noise = (double)(i * 7919 % 101) / 50;
        lc_buf_printf(&b, both ? "%.3f,%.3f\n" : "%.3f\n", 20 + 3 * (double)(i % 7) + noise,
                      300 - 20 * (double)(i % 7) - 9 * noise);
    }
    lc_panel *p = panel_of(b.data, "");
    lc_buf_free(&b);
    return p;
}

START_TEST(errors_and_coverage_are_the_tables)
{
    enum { H = 5 };
    lc_panel *p = columns(200, true);
    outcome x = evaluate(p, "arch=theta;horizon=5;season=7;stride=3;level=60,95");
    const lc_backtest_view *v = x.view;
    double error[H];
    ck_assert(v->series == 2 && v->windows == 24 && v->horizon == H && v->stride == 3 && v->season == 7);
    ck_assert_str_eq(v->model, "theta");
    ck_assert_str_eq(v->subject, "f.csv");
    /* The mean over the steps is the table's, of no window without truth. */
    lc_backtest_view_errors(v, true, error);
    ck_assert_double_eq_tol(mean(error, H), cell(x.table, total_of(x.table, "theta"), "mase"), 1e-5);
    lc_backtest_view_errors(v, false, error);
    ck_assert_double_eq_tol(mean(error, H), cell(x.table, total_of(x.table, "theta"), "mae"), 1e-4);
    for (size_t k = 0; k < v->rivals; k++) {
        lc_backtest_view_rival_errors(v, k, true, error);
        ck_assert_double_eq_tol(mean(error, H), cell(x.table, total_of(x.table, v->rival[k]->name), "mase"), 1e-4);
    }
    /* Levels that were asked for among those of the quantiles. */
    static const double levels[] = {20, 40, 60, 80, 95};
    ck_assert_uint_eq(v->n_levels, 5);
    for (size_t l = 0; l < 5; l++) {
        ck_assert_double_eq(v->level[l].percent, levels[l]);
        ck_assert(v->level[l].given == (l == 2 || l == 4));
        if (l)
            ck_assert_double_ge(lc_metrics_coverage(&v->level[l].metrics),
                                lc_metrics_coverage(&v->level[l - 1].metrics));
    }
    const size_t row = total_of(x.table, "theta");
    ck_assert_double_eq_tol(lc_metrics_coverage(&v->level[2].metrics), cell(x.table, row, "coverage-60"), 1e-3);
    ck_assert_double_eq_tol(lc_metrics_coverage(&v->level[4].metrics), cell(x.table, row, "coverage-95"), 1e-3);
    outcome_free(&x);
    lc_panel_free(p);
}
END_TEST

START_TEST(levels_between_are_those_of_the_quantiles)
{
    lc_panel *p = columns(200, true);
    outcome x = evaluate(p, "arch=theta;horizon=5;season=7;level=80"),
            y = evaluate(p, "arch=theta;horizon=5;season=7;level=20,40,60");
    for (size_t l = 0; l < 4; l++) {
        ck_assert_double_eq(x.view->level[l].percent, y.view->level[l].percent);
        ck_assert(x.view->level[l].given != y.view->level[l].given);
        ck_assert_uint_eq(x.view->level[l].metrics.covered, y.view->level[l].metrics.covered);
        ck_assert_uint_eq(x.view->level[l].metrics.banded, y.view->level[l].metrics.banded);
    }
    outcome_free(&x);
    outcome_free(&y);
    lc_panel_free(p);
}
END_TEST

START_TEST(residuals_are_those_of_the_windows)
{
    lc_panel *p = columns(200, false), *both = columns(200, true);
    outcome x = evaluate(p, "arch=naive;horizon=4;season=7"), y = evaluate(both, "arch=naive;horizon=4;season=7");
    const lc_backtest_view *v = x.view;
    ck_assert_str_eq(v->subject, "f.csv, a");
    ck_assert_str_eq(v->label, "a");
    ck_assert(!v->scaled && y.view->scaled);
    ck_assert_uint_eq(v->residuals, lc_result_rows(x.windows));
    ck_assert_uint_eq(y.view->residuals, 2 * v->residuals);
    for (size_t i = 0; i < v->residuals; i++)
        ck_assert_double_eq_tol(v->residual[i], cell(x.windows, i, "y") - cell(x.windows, i, "forecast"), 1e-6);
    /* In units of each series' own scale: their mean size is the MASE. */
    double sum = 0;
    for (size_t i = 0; i < y.view->residuals; i++) sum += fabs(y.view->residual[i]);
    ck_assert_double_eq_tol(sum / (double)y.view->residuals, cell(y.table, total_of(y.table, "naive"), "mase"), 1e-4);
    outcome_free(&x);
    outcome_free(&y);
    lc_panel_free(p);
    lc_panel_free(both);
}
END_TEST

START_TEST(slow_baselines_are_brought_to_all_windows)
{
    enum { H = 2 };
    lc_panel *p = columns(1300, true);
    outcome x = evaluate(p, "arch=theta;horizon=2;season=7;stride=1");
    const lc_backtest_view *v = x.view;
    size_t slow = 0;
    for (size_t k = 0; k < v->rivals; k++) {
        double model[H], error[H];
        if (!v->rival[k]->slow) continue;
        slow++;
        ck_assert_uint_lt(v->rival_windows[k], v->windows);
        lc_backtest_view_errors(v, true, model);
        lc_backtest_view_rival_errors(v, k, true, error);
        for (size_t h = 0; h < H; h++) {
            const double theirs = lc_metrics_mase(&v->theirs[k * H + h]), mine = lc_metrics_mase(&v->mine[k * H + h]);
            ck_assert_double_eq_tol(error[h], model[h] * theirs / mine, 1e-12);
            ck_assert_uint_eq(v->mine[k * H + h].steps, v->rival_windows[k]);
        }
    }
    ck_assert_uint_eq(slow, 2);
    ck_assert(v->best < v->rivals && strcmp(v->rival[v->best]->name, "naive") != 0 &&
              strcmp(v->rival[v->best]->name, "seasonal-naive") != 0);
    outcome_free(&x);
    lc_panel_free(p);
}
END_TEST

/* The same values by another road: their correlation from origin to origin. */
START_TEST(one_step_residuals_keep_their_order_over_fits)
{
    double y[400], r[LC_LAGS_MOST], band[LC_LAGS_MOST], again[LC_LAGS_MOST];
    make_ar1(y, 400, .6, 3);
    lc_panel *p = panel_of_values(y, 400, "");
    outcome x = evaluate(p, "arch=window-mean;horizon=3;season=1;stride=1"),
            z = evaluate(p, "arch=window-mean;horizon=3;season=1;stride=1;refit-every=7");
    const size_t n = x.view->windows;
    lc_correlogram c;
    ck_assert_int_eq(lc_correlogram_create(&c, &n, 1, NULL), LC_OK);
    for (size_t i = 0; i < n; i++)
        lc_correlogram_add(&c, 0, cell(x.windows, 3 * i, "y") - cell(x.windows, 3 * i, "forecast"));
    const size_t lags = lc_correlogram_find(&c, r, band);
    ck_assert_uint_eq(lags, n / 4);
    ck_assert_uint_eq(lc_correlogram_find(&x.view->one_step, again, band), lags);
    for (size_t k = 0; k < lags; k++) ck_assert_double_eq_tol(r[k], again[k], 1e-6);
    ck_assert_double_gt(r[0], 2 * band[0]); /* what a mean leaves of such a series */
    ck_assert_uint_gt(z.info.fits, 2);
    lc_correlogram_find(&z.view->one_step, again, band);
    for (size_t k = 0; k < lags; k++) ck_assert_double_eq_tol(r[k], again[k], 1e-6); /* the mean needs no fit */
    lc_correlogram_free(&c);
    outcome_free(&x);
    outcome_free(&z);
    lc_panel_free(p);
}
END_TEST

START_TEST(many_residuals_are_a_fair_sample)
{
    enum { SEEN = 3 * LC_VIEW_RESIDUALS };
    double *y = malloc(20 * sizeof *y);
    make_ar1(y, 20, 0, 1);
    lc_panel *p = panel_of_values(y, 20, "");
    lc_settings *s = panel_settings("horizon=1;season=1");
    const lc_rivals rivals = {.n = 0};
    const lc_levels levels = {.n = 1, .percent = {80}};
    const size_t origins = SEEN;
    const double scale = 1, zero[LC_CRPS_QUANTILES] = {0};
    lc_backtest_view *v;
    ck_assert_int_eq(lc_backtest_view_create(&v, p, &rivals, &levels, s, &origins, &scale, NULL), LC_OK);
    for (size_t i = 0; i < SEEN; i++) {
        const double truth = (double)i / SEEN;
        lc_backtest_view_add(v, 0, &truth, zero, zero, zero, scale);
    }
    ck_assert_uint_eq(v->residuals, SEEN);
    /* A third of each tenth of them was kept. */
    size_t tenth[10] = {0};
    for (size_t i = 0; i < LC_VIEW_RESIDUALS; i++) tenth[(size_t)(10 * v->residual[i])]++;
    for (size_t k = 0; k < 10; k++)
        ck_assert_double_lt(fabs((double)tenth[k] - LC_VIEW_RESIDUALS / 10.), .05 * LC_VIEW_RESIDUALS / 10);
    lc_backtest_view_free(v);
    lc_settings_free(s);
    lc_panel_free(p);
    free(y);
}
END_TEST

START_TEST(nobody_gets_a_view_of_a_failure)
{
    lc_panel *p = columns(12, true);
    lc_settings *s = panel_settings("arch=naive;horizon=10");
    lc_backtest_view *v = (lc_backtest_view *)&p;
    const lc_evaluate_files files = {.view = &v};
    lc_result *r;
    ck_assert_int_eq(lc_evaluate(&r, NULL, p, s, &files, NULL, NULL, NULL), LC_E_DATA);
    ck_assert_ptr_null(v);
    ck_assert_ptr_null(r);
    lc_status st = {0};
    ck_assert_int_eq(lc_plot_backtest(NULL, NULL, "a.png", false, &st), LC_E_USAGE);
    lc_backtest_view_free(NULL);
    lc_settings_free(s);
    lc_panel_free(p);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("backtest_view");
    TCase *c = tcase_create("view");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, errors_and_coverage_are_the_tables);
    tcase_add_test(c, levels_between_are_those_of_the_quantiles);
    tcase_add_test(c, residuals_are_those_of_the_windows);
    tcase_add_test(c, slow_baselines_are_brought_to_all_windows);
    tcase_add_test(c, one_step_residuals_keep_their_order_over_fits);
    tcase_add_test(c, many_residuals_are_a_fair_sample);
    tcase_add_test(c, nobody_gets_a_view_of_a_failure);
    suite_add_tcase(s, c);
    return s;
}
