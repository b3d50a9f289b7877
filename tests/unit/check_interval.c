#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "forecast/interval.h"
#include "forecast/predict.h"
#include "train/fit.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

/* ---- levels ---- */

START_TEST(levels_are_sorted_numbers)
{
    lc_levels l;
    lc_status st = {0};
    ck_assert_int_eq(lc_levels_parse(&l, "95,80, 99.5 ,0.1", &st), LC_OK);
    ck_assert_uint_eq(l.n, 4);
    ck_assert_double_eq(l.percent[0], 0.1);
    ck_assert_double_eq(l.percent[1], 80);
    ck_assert_double_eq(l.percent[2], 95);
    ck_assert_double_eq(l.percent[3], 99.5);
    ck_assert_int_eq(lc_levels_parse(&l, "1,2,3,4,5,6,7,8", &st), LC_OK);
    ck_assert_uint_eq(l.n, 8);
    static const char *const wrong[] = {
        "",    ",",   "80,", "0", "100", "-5", "101", "80,80", "80,80.0", "x", "80 95", "80;95", "1,2,3,4,5,6,7,8,9",
        "nan", "inf", "80%"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char text[128];
        memset(&st, 0, sizeof st);
        snprintf(text, sizeof text, "level: \"%s\" is not a list of percentages", wrong[i]);
        ck_assert_msg(lc_levels_parse(&l, wrong[i], &st) == LC_E_USAGE, "%s", wrong[i]);
        ck_assert_str_eq(st.text, text);
        ck_assert_str_eq(st.hint, "give up to eight distinct numbers between 0 and 100, as in --level 80,95");
    }
}
END_TEST

START_TEST(columns_are_named_after_their_level)
{
    char name[48];
    ck_assert_str_eq(lc_level_name(name, "forecast", "lo", 80), "forecast-lo-80");
    ck_assert_str_eq(lc_level_name(name, "forecast", "hi", 99.5), "forecast-hi-99.5");
    ck_assert_str_eq(lc_level_name(name, "coverage", "", 95), "coverage-95");
}
END_TEST

/* ---- half widths ---- */

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Scores of one step as the calibration keeps them when nothing is thinned out. */
/* So many independent windows that nothing is unknown about the size of errors. */
static const size_t plenty = SIZE_MAX / 2;

static lc_calibration made(size_t n, uint64_t seed)
{
    lc_calibration c = {
        .windows = n, .pooled = true, .blocks = plenty, .kept = n, .score = lc_calloc(n, sizeof *c.score)};
    lc_rng r = lc_rng_make(seed, LC_STREAM_TEST, n);
    for (size_t i = 0; i < n; i++) c.score[i] = fabs(lc_rng_normal(&r));
    qsort(c.score, n, sizeof *c.score, ascending);
    return c;
}

START_TEST(the_half_width_is_the_score_of_the_conformal_rank)
{
    /* Levels in tenths of a percent, so that the rank is exact in whole numbers. */
    for (size_t n = 1; n <= 400; n++) {
        lc_calibration c = made(n, 1);
        for (size_t tenths = 1; tenths < 1000; tenths++) {
            size_t rank = ((n + 1) * tenths + 999) / 1000;
            double want = c.score[(rank > n ? n : rank) - 1];
            double got = lc_interval_half_width(&c, 0, (double)tenths / 10);
            ck_assert_msg(got == want, "n %zu, %zu tenths of a percent: %g, not %g", n, tenths, got, want);
        }
        lc_free(c.score);
    }
}
END_TEST

START_TEST(thinned_scores_are_never_too_narrow)
{
    enum { N = 2000, KEPT = 400 };
    lc_calibration all = made(N, 2), few = {.windows = N, .pooled = true, .blocks = plenty, .kept = KEPT};
    few.score = lc_calloc(KEPT, sizeof *few.score);
    for (size_t i = 0; i < KEPT; i++) few.score[i] = all.score[((i + 1) * N + KEPT - 1) / KEPT - 1];
    for (size_t tenths = 1; tenths < 1000; tenths++) {
        size_t rank = ((N + 1) * tenths + 999) / 1000, next = rank + N / KEPT;
        double got = lc_interval_half_width(&few, 0, (double)tenths / 10);
        ck_assert(got >= all.score[(rank > N ? N : rank) - 1]);
        ck_assert(got <= all.score[(next > N ? N : next) - 1]);
    }
    lc_free(all.score);
    lc_free(few.score);
}
END_TEST

START_TEST(a_wider_level_is_no_narrower)
{
    lc_calibration c = made(777, 3);
    double last = 0;
    for (double percent = 0.01; percent < 100; percent += 0.01) {
        double half = lc_interval_half_width(&c, 0, percent);
        ck_assert(half >= last);
        last = half;
    }
    ck_assert_double_eq(last, c.score[776]);
    lc_free(c.score);
}
END_TEST

START_TEST(steps_have_their_own_scores_unless_pooled)
{
    double score[] = {1, 2, 3, 10, 20, 30};
    lc_calibration c = {.windows = 3, .blocks = plenty, .kept = 3, .score = score};
    ck_assert_double_eq(lc_interval_half_width(&c, 0, 50), 2);
    ck_assert_double_eq(lc_interval_half_width(&c, 1, 50), 20);
    ck_assert_double_eq(lc_interval_half_width(&c, 1, 99), 30);
    c.pooled = true;
    ck_assert_double_eq(lc_interval_half_width(&c, 1, 50), 2);
    c.windows = 0;
    ck_assert(isnan(lc_interval_half_width(&c, 0, 80)));
}
END_TEST

/* Student's quantiles from a printed table, over the normal ones 1.28155 and 1.95996. */
START_TEST(few_windows_widen_pooled_intervals)
{
    static const struct {
        size_t blocks;
        double t80, t95;
    } table[] = {
        {1, 1.8856, 4.3027}, {2, 1.6377, 3.1824}, {4, 1.4759, 2.5706}, {9, 1.3722, 2.2281}, {29, 1.3104, 2.0423}};
    double score[] = {1};
    lc_calibration c = {.windows = 1, .pooled = true, .kept = 1, .score = score};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        c.blocks = table[i].blocks;
        ck_assert_double_eq_tol(lc_interval_half_width(&c, 0, 80), table[i].t80 / 1.28155, 0.002);
        ck_assert_double_eq_tol(lc_interval_half_width(&c, 0, 95), table[i].t95 / 1.95996, 0.03);
    }
    c.pooled = false;
    ck_assert_double_eq(lc_interval_half_width(&c, 0, 80), 1);
}
END_TEST

START_TEST(bounds_are_finite)
{
    double lo, hi, point[] = {5, 1e308}, below[] = {1, 1e10}, above[] = {2, 1e10};
    lc_settings *s = panel_settings("horizon=2");
    const lc_bands b = {point, below, above};
    lc_interval_around(s, &b, 1, 1e308, &lo, &hi);
    ck_assert(isfinite(lo) && isfinite(hi) && lo < 0 && hi > 0);
    s->least = 0, s->most = 1.5e308;
    lc_interval_around(s, &b, 1, 1e308, &lo, &hi);
    ck_assert_double_eq(lo, 0);
    ck_assert_double_eq(hi, 1.5e308);
    lc_interval_around(s, &b, 0, NAN, &lo, &hi);
    ck_assert(isnan(lo) && isnan(hi));
    lc_settings_free(s);
}
END_TEST

/* ---- calibration of a model ---- */

/* The same scores by their definition, from one window after the other. */
static size_t naive_scores(double *score, const lc_model *m, const lc_panel *p, const lc_split *split, size_t step)
{
    lc_scales scales = {0};
    lc_windows w = {0};
    size_t unknown, n = 0, horizon = m->settings->horizon;
    lc_status st = {0};
    ck_assert_int_eq(lc_model_scales(m, p, NULL, &scales, &unknown, &st), LC_OK);
    for (size_t s = 0; s < p->n_series; s++)
        for (size_t origin = split[s].train; origin + horizon <= split[s].end; origin++) {
            lc_span *span = lc_calloc(p->n_series, sizeof *span);
            lc_bands b;
            span[s] = (lc_span){origin, origin + 1, p->series[s].steps};
            ck_assert_int_eq(lc_predict_windows(&w, m, p, &scales, span, 1, &st), LC_OK);
            ck_assert_uint_eq(w.n, 1);
            ck_assert_int_eq(lc_bands_create(&b, 1, horizon, &st), LC_OK);
            ck_assert_int_eq(lc_predict(m, &w, 0, 1, 1, &b, &st), LC_OK);
            if (lc_is_observed(&p->series[s], origin + step)) {
                const double error = lc_value(&p->series[s], origin + step) - b.point[step];
                score[n++] = error < 0 ? -error / b.below[step] : error / b.above[step];
            }
            lc_bands_free(&b);
            lc_windows_free(&w);
            lc_free(span);
        }
    lc_scales_free(&scales);
    qsort(score, n, sizeof *score, ascending);
    return n;
}

static void compare_with_naive(size_t n, const char *options, bool pooled)
{
    double *y = malloc(n * sizeof *y), *score = malloc(8 * n * sizeof *score);
    make_ar1(y, n, .6, 5);
    y[n - 20] = NAN;
    lc_panel *p = panel_of_values(y, n, "");
    lc_model *m = fit_model_of(p, options);
    lc_split split;
    lc_resolve_split(&split, p, m->settings, NULL);
    const lc_calibration *c = &m->calibration;
    ck_assert_int_eq(c->pooled, pooled);
    size_t horizon = m->settings->horizon, least = SIZE_MAX, all = 0;
    if (pooled) {
        for (size_t h = 0; h < horizon; h++) all += naive_scores(score + all, m, p, &split, h);
        qsort(score, all, sizeof *score, ascending);
        ck_assert_uint_eq(c->windows, all);
        ck_assert_uint_eq(c->kept, all);
        for (size_t i = 0; i < all; i++) ck_assert_double_eq(c->score[i], score[i]);
    }
    for (size_t h = 0; h < horizon && !pooled; h++) {
        size_t k = naive_scores(score, m, p, &split, h);
        if (k < least) least = k;
        ck_assert_uint_ge(k, c->windows);
        if (k != c->windows) continue; /* more scores than of the step with the fewest: thinned to as many */
        for (size_t i = 0; i < k; i++) ck_assert_double_eq(c->score[h * c->kept + i], score[i]);
    }
    if (!pooled) ck_assert_uint_eq(c->windows, least);
    free(y);
    free(score);
    lc_model_free(m);
    lc_panel_free(p);
}

START_TEST(scores_are_past_errors_in_units_of_the_spread)
{
    compare_with_naive(600, "arch=lstm;epochs=1;hidden=4;lookback=10;horizon=4;season=1;norm=window", false);
    compare_with_naive(600, "arch=lstm;epochs=1;hidden=4;lookback=10;horizon=4;season=1;norm=series", false);
    compare_with_naive(150, "arch=lstm;epochs=1;hidden=4;lookback=10;horizon=4;season=1", true);
    /* A model that learns anew from all rows was calibrated before. */
    compare_with_naive(600, "arch=auto;steps=20;hidden=4;horizon=4;season=5;blend=0.5;blend-with=theta;final-fit=off",
                       false);
    compare_with_naive(150, "arch=auto;steps=20;hidden=4;horizon=4;season=1;final-fit=off", true);
    compare_with_naive(600, "arch=theta;horizon=4;season=5", false);
}
END_TEST

START_TEST(nothing_observed_is_no_interval)
{
    double y[100];
    make_sine(y, 100, 10, 1, 1);
    for (int i = 80; i < 100; i++) y[i] = NAN;
    lc_panel *p = panel_of_values(y, 100, "");
    lc_model *m = fit_model_of(p, "arch=lstm;epochs=1;hidden=4;lookback=10;horizon=4;season=1");
    lc_settings *s = panel_settings("level=80");
    lc_result *r = NULL;
    ck_assert_uint_eq(m->calibration.windows, 0);
    ck_assert_int_eq(lc_forecast(&r, m, p, s, NULL, NULL), LC_OK);
    for (size_t i = 0; i < lc_result_rows(r); i++) {
        ck_assert(isfinite(lc_result_real(r, i, 2)));
        ck_assert(isnan(lc_result_real(r, i, 3)) && isnan(lc_result_real(r, i, 4)));
    }
    lc_result_free(r);
    lc_settings_free(s);
    lc_model_free(m);
    lc_panel_free(p);
}
END_TEST

/* 600 test rows of an AR(1): the share of covered steps is a mean of 595 windows whose calibration came from 300 rows.
 * Errors of neighbouring windows hang together, so the tolerance is 5 points at 80 % and 3 points at 95 %. */
START_TEST(intervals_cover_as_often_as_they_say)
{
    enum { N = 3000 };
    double *y = malloc(N * sizeof *y);
    for (uint64_t seed = 1; seed <= 2; seed++) {
        make_ar1(y, N, .7, seed);
        lc_panel *p = panel_of_values(y, N, "");
        lc_settings *s =
            panel_settings("arch=lstm;epochs=3;hidden=8;lookback=12;horizon=6;season=1;level=80,95;stride=1;threads=2");
        lc_result *r = NULL;
        lc_status st = {0};
        ck_assert_msg(lc_evaluate(&r, NULL, p, s, NULL, NULL, NULL, &st) == LC_OK, "%s", st.text);
        ck_assert_str_eq(lc_result_text(r, 0, 1), "lstm");
        double c80 = lc_result_real(r, 0, lc_result_find(r, "coverage-80"));
        double c95 = lc_result_real(r, 0, lc_result_find(r, "coverage-95"));
        ck_assert_msg(fabs(c80 - 80) <= 5, "coverage of 80 %%: %g", c80);
        ck_assert_msg(fabs(c95 - 95) <= 3, "coverage of 95 %%: %g", c95);
        lc_result_free(r);
        lc_settings_free(s);
        lc_panel_free(p);
    }
    free(y);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("prediction intervals");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 300);
    tcase_add_test(t, levels_are_sorted_numbers);
    tcase_add_test(t, columns_are_named_after_their_level);
    tcase_add_test(t, the_half_width_is_the_score_of_the_conformal_rank);
    tcase_add_test(t, thinned_scores_are_never_too_narrow);
    tcase_add_test(t, a_wider_level_is_no_narrower);
    tcase_add_test(t, steps_have_their_own_scores_unless_pooled);
    tcase_add_test(t, few_windows_widen_pooled_intervals);
    tcase_add_test(t, bounds_are_finite);
    tcase_add_test(t, scores_are_past_errors_in_units_of_the_spread);
    tcase_add_test(t, nothing_observed_is_no_interval);
    tcase_add_test(t, intervals_cover_as_often_as_they_say);
    suite_add_tcase(suite, t);
    return suite;
}
