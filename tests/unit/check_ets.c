/* ETS as a whole: what it recovers, what R makes of the same series, and what nobody should feed it. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "baseline/baseline.h"
#include "baseline/ets_fit.h"
#include "unit/support/unit.h"

/* Series of R's package datasets. */
static const double nile[] = {1120, 1160, 963, 1210, 1160, 1160, 813,  1230, 1370, 1140, 995,  935,  1110, 994,  1020,
                              960,  1180, 799, 958,  1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774,  840,
                              874,  694,  940, 833,  701,  916,  692,  1020, 1050, 969,  831,  726,  456,  824,  702,
                              1120, 1100, 832, 764,  821,  768,  845,  864,  862,  698,  845,  744,  796,  1040, 759,
                              781,  865,  845, 944,  984,  897,  822,  1010, 771,  676,  649,  846,  812,  742,  801,
                              1040, 860,  874, 848,  890,  744,  749,  838,  1050, 918,  986,  797,  923,  975,  815,
                              1020, 906,  901, 1170, 912,  746,  919,  718,  714,  740};
static const double accidents[] = {
    9007,  8106, 8928, 9137, 10017, 10826, 11317, 10744, 9713, 9938, 9161, 8927, 7750,  6981, 8038, 8422, 8714, 9512,
    10120, 9823, 8743, 9129, 8710,  8680,  8162,  7306,  8124, 7870, 9387, 9556, 10093, 9620, 8285, 8466, 8160, 8034,
    7717,  7461, 7767, 7925, 8623,  8945,  10078, 9179,  8037, 8488, 7874, 8647, 7792,  6957, 7726, 8106, 8890, 9299,
    10625, 9302, 8314, 8850, 8265,  8796,  7836,  6892,  7791, 8192, 9115, 9434, 10484, 9827, 9110, 9070, 8633, 9240};
static const double gas[] = {
    160.1, 129.7, 84.8,  120.1, 160.1, 124.9, 84.8,  116.9, 169.7,  140.9, 89.7,  123.3, 187.3, 144.1, 92.9,  120.1,
    176.1, 147.3, 89.7,  123.3, 185.7, 155.3, 99.3,  131.3, 200.1,  161.7, 102.5, 136.1, 204.9, 176.1, 112.1, 140.9,
    227.3, 195.3, 115.3, 142.5, 244.9, 214.5, 118.5, 153.7, 244.9,  216.1, 188.9, 142.5, 301,   196.9, 136.1, 267.3,
    317,   230.5, 152.1, 336.2, 371.4, 240.1, 158.5, 355.4, 449.9,  286.6, 179.3, 403.4, 491.5, 321.8, 177.7, 409.8,
    593.9, 329.8, 176.1, 483.5, 584.3, 395.4, 187.3, 485.1, 669.2,  421,   216.1, 509.1, 827.7, 467.5, 209.7, 542.7,
    840.5, 414.6, 217.7, 670.8, 848.5, 437,   209.7, 701.2, 925.3,  443.4, 214.5, 683.6, 917.3, 515.5, 224.1, 694.8,
    989.4, 477.1, 233.7, 730,   1087,  534.7, 281.8, 787.6, 1163.9, 613.1, 347.4, 782.8};
static const double internet[] = {88,  84,  85,  85,  84,  85,  83,  85,  88,  89,  91,  99,  104, 112, 126, 138, 146,
                                  151, 150, 148, 147, 149, 143, 132, 131, 139, 147, 150, 148, 145, 140, 134, 131, 131,
                                  129, 126, 126, 132, 137, 140, 142, 150, 159, 167, 170, 171, 172, 172, 174, 175, 172,
                                  172, 174, 174, 169, 165, 156, 142, 131, 121, 112, 104, 102, 99,  99,  95,  88,  84,
                                  84,  87,  89,  88,  85,  86,  89,  91,  91,  94,  101, 110, 121, 135, 145, 149, 156,
                                  165, 171, 175, 177, 182, 193, 204, 208, 210, 215, 222, 228, 226, 222, 220};
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
    {"Nile ANN", nile, 100, {0}, 1459.0310, 1e-4, {805.381, 805.381}},
    {"Nile MNN", nile, 100, {.multiplicative_error = true}, 1458.5519, 1e-4, {838.875, 838.875}},
    {"Nile AAN", nile, 100, {.trend = true}, 1462.5504, .003, {802.916, 799.754}},
    {"WWWusage AAdN",
     internet,
     100,
     {.trend = true, .damped = true},
     718.6342,
     .002,
     {218.366, 217.035, 215.95, 215.066, 214.345, 213.758}},
    {"WWWusage MAdN",
     internet,
     100,
     {.multiplicative_error = true, .trend = true, .damped = true},
     733.4075,
     .03,
     {218.4, 217.119, 216.095, 215.276, 214.62, 214.096}},
    {"USAccDeaths ANA",
     accidents,
     72,
     {.season = LC_ETS_ADDITIVE, .m = 12},
     1148.7161,
     .015,
     {8397.5, 7599.22, 8396.59, 8646.51, 9443.41, 9893.06, 10819.1, 10107.1, 9015.23, 9354.41, 8880.42, 9085.49}},
    {"UKgas MAM",
     gas,
     108,
     {.multiplicative_error = true, .trend = true, .season = LC_ETS_MULTIPLICATIVE, .m = 4},
     1256.5583,
     .001,
     {1258.82, 652.618, 357.201, 878.954, 1370.52, 709.304, 387.587, 952.215}},
    {"UKgas MAdM",
     gas,
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
    ck_assert_int_eq(lc_ets(f, 3, nile, LENGTH(nile), 1, NULL), LC_OK); /* MNN */
    for (size_t h = 0; h < 3; h++) ck_assert_double_eq_tol(f[h], 838.875, .1);
    ck_assert_int_eq(lc_ets(f, 8, gas, LENGTH(gas), 4, NULL), LC_OK); /* MAM */
    for (size_t h = 0; h < 8; h++) ck_assert_double_eq_tol(f[h] / golden[6].f[h], 1, .001);
    ck_assert_int_eq(lc_ets(f, 6, internet, LENGTH(internet), 1, NULL), LC_OK); /* AAdN */
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
    enum { N = 40, KINDS = 14 };
    const size_t seasons[] = {0, 1, 2, 4, 7, 12, 19, 20, 24, 25, 40, SIZE_MAX};
    for (int kind = 0; kind < KINDS; kind++) {
        double y[N];
        lc_rng r = lc_rng_make(43, LC_STREAM_TEST, (uint64_t)kind);
        for (size_t t = 0; t < N; t++) {
            const double x = (double)t, z = lc_rng_normal(&r);
            const double kinds[KINDS] = {
                t % 9 == 4 ? 3 : 0,           /* intermittent */
                t == 20 ? 1e300 : 1,          /* a spike */
                t % 2 ? DBL_MAX : -DBL_MAX,   /* differences overflow */
                1e300 * (1.5 + sin(x)),       /* huge */
                1e-300 * (1.5 + sin(x)),      /* tiny */
                4.9e-324 * (double)(t % 3),   /* denormal */
                t < 20 ? 0 : 1,               /* a step */
                exp(x * 10),                  /* growth that no model has */
                exp(-x * 10),                 /* decay into nothing */
                5 + 1e-15 * z,                /* rounding only */
                t % 2 ? 1e-9 : 1e9,           /* positive, eighteen decades */
                fabs(z) < 1e-3 ? 1 : z * 1e3, /* noise around zero */
                t + 1 < N ? 7 : 8,            /* constant but for the last value */
                t ? 7 : 8,                    /* and but for the first */
            };
            y[t] = kinds[kind];
        }
        for (size_t n = 1; n <= N; n++) {
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
    for (size_t t = 0; t < 2500; t++) y[t] = gas[t % LENGTH(gas)];
    for (size_t t = 0; t < LENGTH(gas); t++) z[t] = ldexp(gas[t], -500);
    ck_assert_int_eq(lc_ets(f, 12, gas, LENGTH(gas), 4, NULL), LC_OK);
    ck_assert_int_eq(lc_ets(g, 12, z, LENGTH(gas), 4, NULL), LC_OK);
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
