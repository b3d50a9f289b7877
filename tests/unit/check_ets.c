/* ETS as a whole: what it recovers, what R makes of the same series, and what nobody should feed it. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "baseline/baseline.h"
#include "baseline/ets_fit.h"
#include "unit/support/series.h"
#include "unit/support/unit.h"

#define LENGTH(x) (sizeof(x) / sizeof((x)[0]))

typedef struct case_of_r {
    const char *name;
    const double *y;
    size_t n;
    lc_ets_form form;
    double aicc;          /* R's */
    double within, f[12]; /* R's forecasts, and how near ours must come */
} case_of_r;

/* ets(y, model = ..., damped = ...) of R 4.2.2, forecast 8.20. R stops its search early: our likelihood may be better,
 * and then the forecasts part a little. */
static const case_of_r golden[] = {
    {"Nile ANN", unit_nile, 100, {0}, 1459.0310, 1e-4, {805.381, 805.381}},
    {"Nile MNN", unit_nile, 100, {.multiplicative_error = true}, 1458.5519, 1e-4, {838.875, 838.875}},
    {"Nile AAN", unit_nile, 100, {.trend = true}, 1462.5504, .003, {802.916, 799.754}},
    {"WWWusage AAdN",
     unit_internet,
     100,
     {.trend = true, .damped = true},
     718.6342,
     .002,
     {218.366, 217.035, 215.95, 215.066, 214.345, 213.758}},
    {"WWWusage MAdN",
     unit_internet,
     100,
     {.multiplicative_error = true, .trend = true, .damped = true},
     733.4075,
     .03,
     {218.4, 217.119, 216.095, 215.276, 214.62, 214.096}},
    {"USAccDeaths ANA",
     unit_accidents,
     72,
     {.season = LC_ETS_ADDITIVE, .m = 12},
     1148.7161,
     .015,
     {8397.5, 7599.22, 8396.59, 8646.51, 9443.41, 9893.06, 10819.1, 10107.1, 9015.23, 9354.41, 8880.42, 9085.49}},
    {"UKgas MAM",
     unit_gas,
     108,
     {.multiplicative_error = true, .trend = true, .season = LC_ETS_MULTIPLICATIVE, .m = 4},
     1256.5583,
     .001,
     {1258.82, 652.618, 357.201, 878.954, 1370.52, 709.304, 387.587, 952.215}},
    {"UKgas MAdM",
     unit_gas,
     108,
     {.multiplicative_error = true, .trend = true, .damped = true, .season = LC_ETS_MULTIPLICATIVE, .m = 4},
     1261.2448,
     .01,
     {1254.98, 649.901, 354.724, 875.037, 1358.22, 701.262, 381.677, 939.014}},
};

/* Values between -1 and 1 as lc_ets hands them on; returns how much that moves AICc. */
static double scale(double *out, const double *y, size_t n)
{
    double most = 0;
    int exponent;
    for (size_t t = 0; t < n; t++) most = fmax(most, fabs(y[t]));
    frexp(most, &exponent);
    for (size_t t = 0; t < n; t++) out[t] = ldexp(y[t], -exponent);
    return 2 * (double)n * exponent * log(2);
}

static void fit(lc_ets_fit *out, const lc_ets_form *f, const double *y, size_t n)
{
    lc_ets_starts starts;
    double *work = malloc(4 * n * sizeof *work);
    lc_ets_find_starts(&starts, y, n, f->m, work);
    lc_ets_fit_form(out, f, &starts, y, n, work);
    free(work);
}

START_TEST(forms_fit_as_in_r_or_better)
{
    for (size_t i = 0; i < LENGTH(golden); i++) {
        const case_of_r *c = &golden[i];
        double y[128], f[12];
        const double moved = scale(y, c->y, c->n), unit = c->y[0] / y[0];
        lc_ets_fit got;
        fit(&got, &c->form, y, c->n);
        ck_assert_msg(got.aicc + moved < c->aicc + .01, "%s: AICc %.4f, R %.4f", c->name, got.aicc + moved, c->aicc);
        ck_assert_msg(got.aicc + moved > c->aicc - 8, "%s: AICc %.4f, R %.4f", c->name, got.aicc + moved, c->aicc);
        lc_ets_mean(f, 12, &c->form, &got.weights, &got.end, c->n, got.variance);
        for (size_t h = 0; h < 12 && c->f[h] > 0; h++) {
            ck_assert_msg(fabs(f[h] * unit / c->f[h] - 1) < c->within, "%s step %zu: %.6g, R %.6g", c->name, h + 1,
                          f[h] * unit, c->f[h]);
        }
    }
}
END_TEST

START_TEST(selection_is_that_of_r_where_the_likelihoods_agree)
{
    double f[12];
    ck_assert_int_eq(lc_ets(f, 3, unit_nile, LENGTH(unit_nile), 1, NULL), LC_OK); /* MNN */
    for (size_t h = 0; h < 3; h++) ck_assert_double_eq_tol(f[h], 838.875, .1);
    ck_assert_int_eq(lc_ets(f, 8, unit_gas, LENGTH(unit_gas), 4, NULL), LC_OK); /* MAM */
    for (size_t h = 0; h < 8; h++) ck_assert_double_eq_tol(f[h] / golden[6].f[h], 1, .001);
    ck_assert_int_eq(lc_ets(f, 6, unit_internet, LENGTH(unit_internet), 1, NULL), LC_OK); /* AAdN */
    for (size_t h = 0; h < 6; h++) ck_assert_double_eq_tol(f[h] / golden[3].f[h], 1, .002);
}
END_TEST

/* A series of one form from known weights. */
static void simulate(double *y, size_t n, const lc_ets_form *f, const lc_ets_weights *w, double sd, uint64_t seed)
{
    lc_rng r = lc_rng_make(41, LC_STREAM_TEST, seed);
    lc_ets_state s = w->start;
    for (size_t t = 0; t < n; t++) {
        const double q = s.level + w->phi * s.slope, season = f->m ? s.season[t % f->m] : 0;
        const bool times = f->season == LC_ETS_MULTIPLICATIVE;
        const double forecast = times ? q * season : q + season;
        const double e = sd * lc_rng_normal(&r) * (f->multiplicative_error ? forecast : 1);
        y[t] = forecast + e;
        s.level = q + w->alpha * (times ? e / season : e);
        s.slope = w->phi * s.slope + w->beta * (times ? e / season : e);
        if (f->m) s.season[t % f->m] += w->gamma * (times ? e / q : e);
    }
}

START_TEST(weights_are_recovered)
{
    enum { N = 1500 };
    const struct {
        lc_ets_form form;
        lc_ets_weights weights;
        double sd;
    } made[] = {
        {{0}, {.alpha = .4, .phi = 1, .start.level = .5}, .01},
        {{.multiplicative_error = true}, {.alpha = .3, .phi = 1, .start.level = .5}, .02},
        {{.trend = true}, {.alpha = .5, .beta = .1, .phi = 1, .start = {.5, 1e-4, {0}}}, .0001},
        {{.trend = true, .damped = true}, {.alpha = .6, .beta = .3, .phi = .9, .start.level = .5}, .002},
        {{.season = LC_ETS_ADDITIVE, .m = 4},
         {.alpha = .3, .gamma = .2, .phi = 1, .start = {.5, 0, {.1, -.1, .05, -.05}}},
         .005},
        {{.multiplicative_error = true, .trend = true, .season = LC_ETS_MULTIPLICATIVE, .m = 3},
         {.alpha = .3, .beta = .02, .gamma = .3, .phi = 1, .start = {.3, 1e-3, {.7, 1.3, 1}}},
         .0005},
    };
    for (size_t i = 0; i < LENGTH(made); i++) {
        double y[N], sum[4] = {0};
        enum { REPEATS = 8 };
        for (uint64_t k = 0; k < REPEATS; k++) {
            simulate(y, N, &made[i].form, &made[i].weights, made[i].sd, 100 * i + k);
            lc_ets_fit got;
            fit(&got, &made[i].form, y, N);
            ck_assert_msg(isfinite(got.aicc), "case %zu was not fitted", i);
            ck_assert_double_eq_tol(sqrt(got.variance) / made[i].sd, 1, .08);
            sum[0] += got.weights.alpha / REPEATS;
            sum[1] += got.weights.beta / REPEATS;
            sum[2] += got.weights.gamma / REPEATS;
            sum[3] += got.weights.phi / REPEATS;
        }
        ck_assert_msg(fabs(sum[0] - made[i].weights.alpha) < .04, "case %zu: alpha %g", i, sum[0]);
        ck_assert_msg(fabs(sum[1] - made[i].weights.beta) < .04, "case %zu: beta %g", i, sum[1]);
        ck_assert_msg(fabs(sum[2] - made[i].weights.gamma) < .04, "case %zu: gamma %g", i, sum[2]);
        ck_assert_msg(fabs(sum[3] - made[i].weights.phi) < .04, "case %zu: phi %g", i, sum[3]);
    }
}
END_TEST

START_TEST(plain_shapes_go_on)
{
    double y[48], f[24];
    for (size_t t = 0; t < 48; t++) y[t] = 3 + .5 * (double)t;
    ck_assert_int_eq(lc_ets(f, 24, y, 48, 1, NULL), LC_OK);
    for (size_t h = 0; h < 24; h++) ck_assert_double_eq_tol(f[h], 27 + .5 * (double)h, .02);
    static const double shape[] = {3, -1, 7, 2, -4, 0};
    for (size_t t = 0; t < 48; t++) y[t] = shape[t % 6] + 1e-3 * (double)(t * t % 7);
    ck_assert_int_eq(lc_ets(f, 24, y, 48, 6, NULL), LC_OK);
    for (size_t h = 0; h < 24; h++) ck_assert_double_eq_tol(f[h], shape[h % 6], .05);
    /* Every phase a factor, the level grows. */
    for (size_t t = 0; t < 48; t++) y[t] = (10 + (double)t) * (5 + shape[t % 6]) * (1 + .001 * (double)(t * t % 5));
    ck_assert_int_eq(lc_ets(f, 24, y, 48, 6, NULL), LC_OK);
    for (size_t h = 0; h < 24; h++) ck_assert_double_eq_tol(f[h] / ((58 + (double)h) * (5 + shape[h % 6])), 1, .02);
}
END_TEST

START_TEST(long_seasons_are_indices_around_the_model)
{
    enum { M = 48, N = 480 };
    double y[N], f[2 * M];
    lc_rng r = lc_rng_make(42, LC_STREAM_TEST, 0);
    for (int times = 0; times < 2; times++) {
        for (size_t t = 0; t < N; t++) {
            const double wave = sin(6.283185307179586 * (double)t / M) + (t % M == 5), noise = .02 * lc_rng_normal(&r);
            y[t] = times ? (10 + .05 * (double)t) * (2 + wave) * (1 + noise) : .01 * (double)t + wave + noise;
        }
        ck_assert_int_eq(lc_ets(f, 2 * M, y, N, M, NULL), LC_OK);
        for (size_t h = 0; h < 2 * M; h++) {
            const double t = N + (double)h, wave = sin(6.283185307179586 * t / M) + (h % M == 5);
            const double want = times ? (10 + .05 * t) * (2 + wave) : .01 * t + wave;
            ck_assert_msg(fabs(f[h] - want) < (times ? .08 * want : .12), "%d step %zu: %g, not %g", times, h, f[h],
                          want);
        }
    }
}
END_TEST

START_TEST(unusual_series_give_finite_forecasts)
{
    const size_t seasons[] = {0, 1, 2, 4, 7, 12, 19, 20, 24, 25, 40, SIZE_MAX};
    for (int kind = 0; kind < UNIT_UNUSUAL_KINDS; kind++) {
        double y[UNIT_UNUSUAL_LENGTH];
        unit_unusual(y, kind);
        for (size_t n = 1; n <= UNIT_UNUSUAL_LENGTH; n++) {
            for (size_t s = 0; s < LENGTH(seasons); s++) {
                double f[61], again[60];
                f[60] = 42;
                ck_assert_int_eq(lc_ets(f, 60, y, n, seasons[s], NULL), LC_OK);
                for (size_t h = 0; h < 60; h++)
                    UNIT_MUST(isfinite(f[h]), "kind %d, n %zu, season %zu, step %zu", kind, n, seasons[s], h);
                UNIT_MUST(f[60] == 42, "wrote beyond the horizon");
                lc_ets(again, 60, y, n, seasons[s], NULL);
                UNIT_MUST(memcmp(f, again, sizeof again) == 0, "kind %d: another forecast the second time", kind);
            }
        }
    }
}
END_TEST

START_TEST(few_values_repeat_the_last)
{
    const double y[] = {3, 1, 4, 1.5};
    double f[3];
    for (size_t n = 1; n <= 4; n++) {
        ck_assert_int_eq(lc_ets(f, 3, y, n, 2, NULL), LC_OK);
        for (size_t h = 0; h < 3; h++) ck_assert(f[h] == y[n - 1]);
    }
}
END_TEST

START_TEST(unit_and_older_values_do_not_matter)
{
    static double y[2500], z[2500];
    double f[12], g[12];
    for (size_t t = 0; t < 2500; t++) y[t] = unit_gas[t % LENGTH(unit_gas)];
    for (size_t t = 0; t < LENGTH(unit_gas); t++) z[t] = ldexp(unit_gas[t], -500);
    ck_assert_int_eq(lc_ets(f, 12, unit_gas, LENGTH(unit_gas), 4, NULL), LC_OK);
    ck_assert_int_eq(lc_ets(g, 12, z, LENGTH(unit_gas), 4, NULL), LC_OK);
    for (size_t h = 0; h < 12; h++) ck_assert(g[h] == ldexp(f[h], -500));
    ck_assert_int_eq(lc_ets(f, 12, y, 2500, 4, NULL), LC_OK);
    for (size_t t = 0; t < 500; t++) y[t] = NAN;
    ck_assert_int_eq(lc_ets(g, 12, y, 2500, 4, NULL), LC_OK);
    for (size_t h = 0; h < 12; h++) ck_assert(g[h] == f[h]);
    lc_status st = {0};
    y[500] = INFINITY;
    ck_assert_int_eq(lc_ets(g, 12, y, 2500, 4, &st), LC_E_DATA);
    ck_assert_str_eq(st.text, "value 501 of 2500 is not finite");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("ETS");
    TCase *c = tcase_create("ets");
    tcase_set_timeout(c, 240);
    tcase_add_test(c, forms_fit_as_in_r_or_better);
    tcase_add_test(c, selection_is_that_of_r_where_the_likelihoods_agree);
    tcase_add_test(c, weights_are_recovered);
    tcase_add_test(c, plain_shapes_go_on);
    tcase_add_test(c, long_seasons_are_indices_around_the_model);
    tcase_add_test(c, unusual_series_give_finite_forecasts);
    tcase_add_test(c, few_values_repeat_the_last);
    tcase_add_test(c, unit_and_older_values_do_not_matter);
    suite_add_tcase(s, c);
    return s;
}
