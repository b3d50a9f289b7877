#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "forecast/backtest.h"
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

/* ---- bounds ---- */

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Scores of one step as the calibration keeps them when nothing is thinned out. */
static lc_calibration made(size_t n, uint64_t seed)
{
    lc_calibration c = {.windows = n, .pooled = true, .kept = n, .score = lc_calloc(n, sizeof *c.score)};
    lc_rng r = lc_rng_make(seed, LC_STREAM_TEST, n);
    for (size_t i = 0; i < n; i++) c.score[i] = exp(lc_rng_normal(&r)) - 1;
    qsort(c.score, n, sizeof *c.score, ascending);
    return c;
}

/* Place from 0 of the i-th of `kept` scores among n. */
static size_t place(size_t i, size_t n, size_t kept)
{
    return 2 * i < kept ? i * (n - 1) / (kept - 1) : n - 1 - (kept - 1 - i) * (n - 1) / (kept - 1);
}

/* How many of n sorted scores lie outside the bound on either side, in whole numbers: tenths of a percent. */
static size_t left_out(size_t n, size_t tenths)
{
    size_t rank = (n + 1) * (1000 - tenths) / 2000;
    return rank ? rank - 1 : 0;
}

START_TEST(bounds_are_the_scores_of_the_conformal_ranks)
{
    for (size_t n = 1; n <= 400; n++) {
        lc_calibration c = made(n, 1);
        for (size_t tenths = 1; tenths < 1000; tenths++) {
            size_t upper = ((n + 1) * (1000 + tenths) + 1999) / 2000, lower = (n + 1) * (1000 - tenths) / 2000;
            double want_hi = c.score[(upper > n ? n : upper) - 1], want_lo = c.score[lower ? lower - 1 : 0], lo, hi;
            lc_interval_offsets(&c, 0, (double)tenths / 10, &lo, &hi);
            UNIT_MUST(lo == want_lo && hi == want_hi, "n %zu, %zu tenths of a percent: %g %g, not %g %g", n, tenths, lo,
                      hi, want_lo, want_hi);
        }
        lc_free(c.score);
    }
}
END_TEST

START_TEST(errors_of_one_sign_leave_the_forecast_outside)
{
    double score[] = {.5, 1, 2, 3, 4, 5, 6, 7, 8}, lo, hi;
    lc_calibration c = {.windows = 9, .pooled = true, .kept = 9, .score = score};
    lc_interval_offsets(&c, 0, 80, &lo, &hi);
    ck_assert_double_eq(lo, .5);
    ck_assert_double_eq(hi, 8);
    lc_interval_offsets(&c, 0, 60, &lo, &hi);
    ck_assert_double_eq(lo, 1);
    ck_assert_double_eq(hi, 7);
    lc_interval_offsets(&c, 0, 99.9, &lo, &hi);
    ck_assert_double_eq(lo, .5);
    ck_assert_double_eq(hi, 8);
    for (size_t i = 0; i < 9; i++) score[i] -= 10;
    lc_interval_offsets(&c, 0, 60, &lo, &hi);
    ck_assert_double_eq(lo, -9);
    ck_assert_double_eq(hi, -3);
}
END_TEST

/* N scores of a step of which KEPT were kept, where the step with the fewest had `windows`. */
static void thinned(size_t n, size_t kept, size_t windows)
{
    lc_calibration all = made(n, 2), few = {.windows = windows, .pooled = true, .kept = kept};
    few.score = lc_calloc(kept, sizeof *few.score);
    for (size_t i = 0; i < kept; i++) few.score[i] = all.score[place(i, n, kept)];
    size_t slack = 2 * (n + kept - 1) / kept + 1;
    for (size_t tenths = 1; tenths < 1000; tenths++) {
        size_t out = left_out(n, tenths), most = out > slack ? out - slack : 0;
        double lo, hi;
        lc_interval_offsets(&few, 0, (double)tenths / 10, &lo, &hi);
        UNIT_MUST(lo <= all.score[out] && hi >= all.score[n - 1 - out], "%zu of %zu, %zu tenths: too narrow", kept, n,
                  tenths);
        UNIT_MUST(lo >= all.score[most] && hi <= all.score[n - 1 - most], "%zu of %zu, %zu tenths: too wide", kept, n,
                  tenths);
    }
    double lo, hi;
    lc_interval_offsets(&few, 0, 99.99, &lo, &hi);
    ck_assert_double_eq(lo, all.score[0]);
    ck_assert_double_eq(hi, all.score[n - 1]);
    lc_free(all.score);
    lc_free(few.score);
}

START_TEST(thinned_scores_are_never_too_narrow)
{
    thinned(2000, 400, 2000);
    thinned(401, 400, 401);
    thinned(799, 400, 799);
    thinned(1400, 400, 1000);
    thinned(61, 60, 60);
    thinned(100, 57, 57);
    thinned(400, 7, 400);
    thinned(5, 2, 5);
}
END_TEST

START_TEST(a_wider_level_is_no_narrower)
{
    static const size_t sizes[][2] = {{777, 777}, {776, 776}, {777, 6}, {776, 7}, {2, 2}, {1, 1}};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        size_t n = sizes[k][0], kept = sizes[k][1];
        lc_calibration c = made(n, 3);
        for (size_t i = 0; i < kept && kept < n; i++) c.score[i] = c.score[place(i, n, kept)];
        c.kept = kept;
        double lo, hi, last_lo = INFINITY, last_hi = -INFINITY;
        for (double percent = 1e-9; percent < 100; percent += 0.01) {
            lc_interval_offsets(&c, 0, percent, &lo, &hi);
            ck_assert(lo <= hi && lo <= last_lo && hi >= last_hi);
            last_lo = lo;
            last_hi = hi;
        }
        ck_assert_double_eq(last_lo, c.score[0]);
        ck_assert_double_eq(last_hi, c.score[kept - 1]);
        lc_free(c.score);
    }
}
END_TEST

/* A model file may claim to stand for any number of windows. */
START_TEST(any_number_of_windows_has_ordered_bounds)
{
    double score[] = {-2, -1, 0, 1, 2};
    for (size_t windows = 5; windows < SIZE_MAX / 4; windows += windows / 3 + 1)
        for (size_t kept = 2; kept <= 5; kept++) {
            lc_calibration c = {.windows = windows, .pooled = true, .kept = kept, .score = score};
            static const double level[] = {1e-300, 1e-9, 1, 50, 99, 100 - 1e-13};
            for (size_t i = 0; i < sizeof level / sizeof level[0]; i++) {
                double lo, hi;
                lc_interval_offsets(&c, 0, level[i], &lo, &hi);
                UNIT_MUST(lo <= hi && lo >= -2 && hi <= score[kept - 1], "%zu windows, %zu kept: %g %g", windows, kept,
                          lo, hi);
            }
        }
}
END_TEST

START_TEST(steps_have_their_own_scores_unless_pooled)
{
    double score[] = {-1, 2, 3, -10, 20, 30}, lo, hi;
    lc_calibration c = {.windows = 3, .kept = 3, .score = score};
    lc_interval_offsets(&c, 0, 50, &lo, &hi);
    ck_assert_double_eq(lo, -1);
    ck_assert_double_eq(hi, 3);
    lc_interval_offsets(&c, 1, 99, &lo, &hi);
    ck_assert_double_eq(lo, -10);
    ck_assert_double_eq(hi, 30);
    c.pooled = true;
    lc_interval_offsets(&c, 1, 50, &lo, &hi);
    ck_assert_double_eq(lo, -1);
    ck_assert_double_eq(hi, 3);
    c.windows = 0;
    lc_interval_offsets(&c, 0, 80, &lo, &hi);
    ck_assert(isnan(lo) && isnan(hi));
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
            double *point = lc_calloc(horizon, sizeof *point), spread;
            span[s] = (lc_span){origin, origin + 1, p->series[s].steps};
            ck_assert_int_eq(lc_predict_windows(&w, m, p, &scales, span, 1, &st), LC_OK);
            ck_assert_uint_eq(w.n, 1);
            ck_assert_int_eq(lc_predict(m, &w, 1, point, &spread, &st), LC_OK);
            if (p->series[s].mask[origin + step] == LC_OBSERVED)
                score[n++] = (p->series[s].y[origin + step] - point[step]) / spread;
            lc_windows_free(&w);
            lc_free(span);
            lc_free(point);
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
        for (size_t i = 0; i < c->kept; i++)
            ck_assert_double_eq(c->score[h * c->kept + i], score[place(i, k, c->kept)]);
    }
    if (!pooled) ck_assert_uint_eq(c->windows, least);
    if (!pooled) ck_assert_uint_eq(c->kept, least < 400 ? least : 400);
    free(y);
    free(score);
    lc_model_free(m);
    lc_panel_free(p);
}

START_TEST(scores_are_past_errors_in_units_of_the_spread)
{
    compare_with_naive(600, "epochs=1;hidden=4;lookback=10;horizon=4;season=1;norm=window", false);
    compare_with_naive(600, "epochs=1;hidden=4;lookback=10;horizon=4;season=1;norm=series", false);
    compare_with_naive(1500, "epochs=1;hidden=4;lookback=10;horizon=4;season=1;valid=0.4", false);
    compare_with_naive(150, "epochs=1;hidden=4;lookback=10;horizon=4;season=1", true);
}
END_TEST

START_TEST(nothing_observed_is_no_interval)
{
    double y[100];
    make_sine(y, 100, 10, 1, 1);
    for (int i = 80; i < 100; i++) y[i] = NAN;
    lc_panel *p = panel_of_values(y, 100, "");
    lc_model *m = fit_model_of(p, "epochs=1;hidden=4;lookback=10;horizon=4;season=1");
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
            panel_settings("epochs=3;hidden=8;lookback=12;horizon=6;season=1;level=80,95;stride=1;threads=2");
        lc_result *r = NULL;
        lc_status st = {0};
        ck_assert_msg(lc_evaluate(&r, NULL, p, s, NULL, false, NULL, NULL, &st) == LC_OK, "%s", st.text);
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

typedef struct tails {
    size_t steps, below, above;
} tails;

static lc_code count_tails(void *user, const lc_result *r, lc_status *st)
{
    tails *t = user;
    (void)st;
    size_t y = lc_result_find(r, "y"), lo = lc_result_find(r, "forecast-lo-80"),
           hi = lc_result_find(r, "forecast-hi-80");
    for (size_t i = 0; i < lc_result_rows(r); i++) {
        double truth = lc_result_real(r, i, y);
        t->steps++;
        t->below += truth < lc_result_real(r, i, lo);
        t->above += truth > lc_result_real(r, i, hi);
    }
    return LC_OK;
}

/* Offsets at 80 % and the half width that their sizes alone would have, summed over the steps. */
static void compare_with_symmetric(const lc_model *m, double *sum_lo, double *sum_half)
{
    const lc_calibration *c = &m->calibration;
    double size[400];
    ck_assert(!c->pooled && c->kept == 400);
    for (size_t h = 0; h < m->settings->horizon; h++) {
        double lo, hi;
        for (size_t i = 0; i < c->kept; i++) size[i] = fabs(c->score[h * c->kept + i]);
        qsort(size, c->kept, sizeof *size, ascending);
        lc_interval_offsets(c, h, 80, &lo, &hi);
        ck_assert(lo < 0 && hi > 0);
        *sum_lo += lo;
        *sum_half += size[c->kept * 8 / 10];
    }
}

/* y = 0.6 of the last y plus exp of a normal number: never negative and far more often a little below than above its
 * forecast. Of 1995 windows 10 % lie in each tail, give or take 3 points. */
START_TEST(each_tail_of_a_skewed_series_is_as_rare_as_it_should_be)
{
    enum { N = 8000, KNOWN = 6000, HORIZON = 6 };
    static const char options[] =
        "epochs=3;hidden=8;lookback=12;horizon=6;season=1;level=80;stride=1;valid=0.3;threads=2";
    double *y = malloc(N * sizeof *y);
    for (uint64_t seed = 1; seed <= 2; seed++) {
        lc_rng rng = lc_rng_make(seed, LC_STREAM_TEST, 9);
        double last = 2;
        for (size_t i = 0; i < N; i++) y[i] = last = .6 * last + exp(lc_rng_normal(&rng));
        lc_panel *known = panel_of_values(y, KNOWN, ""), *p = panel_of_values(y, N, "");
        lc_model *m = fit_model_of(known, options);
        lc_settings *s = panel_settings(options);
        lc_backtest_rows rows = {.train = KNOWN * 7 / 10, .test = KNOWN, .end = N};
        tails t = {0};
        lc_result *r = NULL;
        lc_status st = {0};
        ck_assert_msg(lc_backtest(&r, m, p, &rows, s, count_tails, &t, &st) == LC_OK, "%s", st.text);
        ck_assert_uint_eq(t.steps, (N - KNOWN - HORIZON + 1) * HORIZON);
        double below = 100 * (double)t.below / (double)t.steps, above = 100 * (double)t.above / (double)t.steps;
        ck_assert_msg(fabs(below - 10) <= 3, "below the interval: %g %%", below);
        ck_assert_msg(fabs(above - 10) <= 3, "above the interval: %g %%", above);
        double lo = 0, half = 0;
        compare_with_symmetric(m, &lo, &half);
        ck_assert_msg(-lo < .75 * half, "the lower bound is %g below, the symmetric one %g", -lo, half);
        lc_result_free(r);
        lc_settings_free(s);
        lc_model_free(m);
        lc_panel_free(known);
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
    tcase_add_test(t, bounds_are_the_scores_of_the_conformal_ranks);
    tcase_add_test(t, errors_of_one_sign_leave_the_forecast_outside);
    tcase_add_test(t, thinned_scores_are_never_too_narrow);
    tcase_add_test(t, a_wider_level_is_no_narrower);
    tcase_add_test(t, any_number_of_windows_has_ordered_bounds);
    tcase_add_test(t, steps_have_their_own_scores_unless_pooled);
    tcase_add_test(t, scores_are_past_errors_in_units_of_the_spread);
    tcase_add_test(t, nothing_observed_is_no_interval);
    tcase_add_test(t, intervals_cover_as_often_as_they_say);
    tcase_add_test(t, each_tail_of_a_skewed_series_is_as_rare_as_it_should_be);
    suite_add_tcase(suite, t);
    return suite;
}
