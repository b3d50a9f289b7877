/* ARIMA as a whole: R's figures, simulated orders, and what nobody should feed it. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "baseline/arima_fit.h"
#include "baseline/baseline.h"
#include "baseline/differencing.h"
#include "unit/support/series.h"
#include "unit/support/unit.h"

#define LENGTH(x) (sizeof(x) / sizeof((x)[0]))

static void fit(lc_arima_fit *out, const double *w, size_t n)
{
    size_t room;
    ck_assert(lc_arma_work(&room, &out->order, n));
    double *work = malloc(room * sizeof *work);
    lc_arima_fit_order(out, LC_ARIMA_EXACT, w, n, work);
    lc_arima_fit_order(out, LC_ARIMA_POLISH, w, n, work);
    free(work);
}

/* arima(x, order, seasonal, method = "ML") of R 4.2.2: AICc as in forecast, coefficients, mean. */
START_TEST(fits_are_those_of_r)
{
    const double pi = 3.141592653589793;
    lc_arima_fit huron = {.order = {.p = 2, .q = 1, .mean = true}};
    lc_arma a;
    fit(&huron, unit_huron, 98);
    ck_assert_double_eq_tol(huron.aicc + 98 * (1 + log(2 * pi)), 217.1285, .002);
    lc_arma_expand(&a, &huron.order, huron.x);
    ck_assert_double_eq_tol(a.phi[1], .7830502, .01);
    ck_assert_double_eq_tol(a.phi[2], -.0343175, .01);
    ck_assert_double_eq_tol(a.theta[1], .2856169, .01);
    ck_assert_double_eq_tol(huron.mu, 579.0534, .01);

    double w[72];
    for (size_t t = 0; t < 72; t++) w[t] = unit_accidents[t] / 10000;
    const size_t n = lc_difference(w, lc_difference(w, 72, 12), 1);
    lc_arima_fit airline = {.order = {.q = 1, .Q = 1, .m = 12}};
    fit(&airline, w, n);
    ck_assert_double_eq_tol(airline.aicc + (double)n * (1 + log(2 * pi)), -229.5038, .005);
    lc_arma_expand(&a, &airline.order, airline.x);
    ck_assert_double_eq_tol(a.theta[1], -.4302785, .01);
    ck_assert_double_eq_tol(a.theta[12], -.552772, .01);
}
END_TEST

/* forecast(auto.arima(x), h = 8) of R 4.2.2, forecast 8.20, where both choose the same orders: (0,1,1)(0,1,1)[12],
 * (2,1,1)(0,1,0)[12], (0,1,1)(0,1,0)[4], (1,1,1), (1,1,1). */
START_TEST(orders_are_those_of_r)
{
    const struct {
        const double *y;
        size_t n, m;
        double f[8], within;
    } cases[] = {
        {unit_accidents, 72, 12, {8336.06, 7531.83, 8314.64, 8616.87, 9488.91, 9859.76, 10907.5, 10086.5}, 1e-4},
        {unit_air, 144, 12, {445.635, 420.395, 449.198, 491.84, 503.394, 566.862, 654.26, 638.597}, 1e-4},
        {unit_gas, 108, 4, {1201.9, 651.096, 385.396, 820.796, 1239.89, 689.091, 423.391, 858.791}, 1e-4},
        {unit_internet, 100, 1, {218.88, 218.152, 217.679, 217.371, 217.171, 217.04, 216.956, 216.9}, 1e-3},
        {unit_nile, 100, 1, {816.181, 835.56, 840.489, 841.744, 842.062, 842.143, 842.163, 842.169}, 1e-3},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        double f[8];
        ck_assert_int_eq(lc_arima(f, 8, cases[i].y, cases[i].n, cases[i].m, NULL), LC_OK);
        for (size_t h = 0; h < 8; h++) {
            ck_assert_msg(fabs(f[h] / cases[i].f[h] - 1) < cases[i].within, "case %zu step %zu: %.7g, R %.7g", i, h + 1,
                          f[h], cases[i].f[h]);
        }
    }
}
END_TEST

/* A process of known weights, after a thousand values that are thrown away. */
static void simulate(double *w, size_t n, const lc_arma *a, uint64_t seed)
{
    enum { BEFORE = 1000 };
    lc_rng r = lc_rng_make(61, LC_STREAM_TEST, seed);
    double *x = calloc(BEFORE + n, sizeof *x), *z = calloc(BEFORE + n, sizeof *z);
    for (size_t t = 0; t < BEFORE + n; t++) {
        x[t] = z[t] = lc_rng_normal(&r);
        for (size_t k = 1; k <= a->p && k <= t; k++) x[t] += a->phi[k] * x[t - k];
        for (size_t k = 1; k <= a->q && k <= t; k++) x[t] += a->theta[k] * z[t - k];
    }
    memcpy(w, x + BEFORE, n * sizeof *w);
    free(x);
    free(z);
}

START_TEST(weights_are_recovered)
{
    enum { N = 1000, REPEATS = 6 };
    const struct {
        lc_arma_order order;
        double x[4];
    } made[] = {
        {{1, 0, 0, 0, 0, true}, {.7}},          {{2, 0, 0, 0, 0, false}, {.6, -.5}}, {{0, 1, 0, 0, 0, true}, {-.6}},
        {{1, 1, 0, 0, 0, false}, {.7, -.4}},    {{0, 1, 0, 1, 12, false}, {.4, .6}}, {{1, 0, 1, 0, 4, true}, {.5, .6}},
        {{1, 1, 0, 1, 4, false}, {.8, .3, .5}},
    };
    for (size_t i = 0; i < LENGTH(made); i++) {
        double sum[4] = {0};
        for (uint64_t k = 0; k < REPEATS; k++) {
            static double w[N];
            lc_arma a;
            lc_arma_expand(&a, &made[i].order, made[i].x);
            simulate(w, N, &a, 10 * i + k);
            lc_arima_fit got = {.order = made[i].order};
            fit(&got, w, N);
            for (size_t v = 0; v < lc_arma_variables(&made[i].order); v++) sum[v] += got.x[v] / REPEATS;
            ck_assert_double_eq_tol(got.mu, 0, .7);
        }
        for (size_t v = 0; v < 4; v++)
            ck_assert_msg(fabs(sum[v] - made[i].x[v]) < .05, "case %zu, variable %zu: %g, not %g", i, v, sum[v],
                          made[i].x[v]);
    }
}
END_TEST

/* Forecasts of a simulated process against those of its true weights: the orders are chosen well enough when the
 * difference is small beside the noise. */
START_TEST(chosen_orders_forecast_like_the_truth)
{
    enum { N = 300, CASES = 40 };
    double gap = 0;
    for (uint64_t i = 0; i < CASES; i++) {
        const lc_arma_order o = {i % 3 == 0 ? 2 : 0, i % 3 == 1 ? 2 : 0, i % 3 == 2, 0, i % 3 == 2 ? 12 : 0, false};
        const double x[] = {.7, -.5};
        lc_arma a;
        lc_arma_expand(&a, &o, x);
        double w[N], got[3], want[3];
        simulate(w, N, &a, 1000 + i);
        size_t room;
        lc_arma_work(&room, &o, N);
        double *work = malloc(room * sizeof *work);
        lc_arma_forecast(want, 3, &a, 0, w, N, work);
        free(work);
        ck_assert_int_eq(lc_arima(got, 3, w, N, o.m, NULL), LC_OK);
        for (size_t h = 0; h < 3; h++) gap += (got[h] - want[h]) * (got[h] - want[h]) / (3 * CASES);
    }
    ck_assert_msg(gap < .1, "mean square gap %g of a noise of 1", gap);
}
END_TEST

START_TEST(plain_shapes_go_on)
{
    double y[96], f[24];
    for (size_t t = 0; t < 96; t++) y[t] = 3 + .5 * (double)t;
    ck_assert_int_eq(lc_arima(f, 24, y, 96, 1, NULL), LC_OK);
    for (size_t h = 0; h < 24; h++) ck_assert_double_eq_tol(f[h], 51 + .5 * (double)h, 1e-6);
    static const double shape[] = {3, -1, 7, 2, -4, 0};
    for (size_t t = 0; t < 96; t++) y[t] = shape[t % 6] + .1 * (double)t;
    ck_assert_int_eq(lc_arima(f, 24, y, 96, 6, NULL), LC_OK);
    for (size_t h = 0; h < 24; h++) ck_assert_double_eq_tol(f[h], shape[h % 6] + .1 * (double)(96 + h), 1e-6);
    /* a long season, as indices */
    for (size_t t = 0; t < 96; t++) y[t] = 10 + (t % 30 == 4 ? 5 : 0) + .01 * (double)(t * t % 7);
    ck_assert_int_eq(lc_arima(f, 24, y, 96, 30, NULL), LC_OK);
    for (size_t h = 0; h < 24; h++) ck_assert_double_eq_tol(f[h], 10 + ((96 + h) % 30 == 4 ? 5 : 0), .3);
}
END_TEST

START_TEST(unusual_series_give_finite_forecasts)
{
    const size_t seasons[] = {0, 1, 2, 4, 12, 19, 24, 25, SIZE_MAX};
    for (int kind = 0; kind < UNIT_UNUSUAL_KINDS; kind++) {
        double y[UNIT_UNUSUAL_LENGTH];
        unit_unusual(y, kind);
        for (size_t n = 1; n <= UNIT_UNUSUAL_LENGTH; n++) {
            for (size_t s = 0; s < LENGTH(seasons); s++) {
                double f[61], again[60];
                f[60] = 42;
                ck_assert_int_eq(lc_arima(f, 60, y, n, seasons[s], NULL), LC_OK);
                for (size_t h = 0; h < 60; h++)
                    UNIT_MUST(isfinite(f[h]), "kind %d, n %zu, season %zu, step %zu", kind, n, seasons[s], h);
                UNIT_MUST(f[60] == 42, "wrote beyond the horizon");
                if (n % 8) continue;
                lc_arima(again, 60, y, n, seasons[s], NULL);
                UNIT_MUST(memcmp(f, again, sizeof again) == 0, "kind %d: another forecast the second time", kind);
            }
        }
    }
}
END_TEST

START_TEST(unit_and_older_values_do_not_matter)
{
    static double y[1200], z[1200];
    double f[12], g[12];
    for (size_t t = 0; t < 108; t++) z[t] = ldexp(unit_gas[t], -500);
    ck_assert_int_eq(lc_arima(f, 12, unit_gas, 108, 4, NULL), LC_OK);
    ck_assert_int_eq(lc_arima(g, 12, z, 108, 4, NULL), LC_OK);
    for (size_t h = 0; h < 12; h++) ck_assert(g[h] == ldexp(f[h], -500));
    lc_rng r = lc_rng_make(62, LC_STREAM_TEST, 0);
    for (size_t t = 0; t < 1200; t++) y[t] = lc_rng_normal(&r) + (t ? .8 * y[t - 1] : 0);
    ck_assert_int_eq(lc_arima(f, 12, y, 1200, 1, NULL), LC_OK);
    for (size_t t = 0; t < 200; t++) y[t] = NAN;
    ck_assert_int_eq(lc_arima(g, 12, y, 1200, 1, NULL), LC_OK);
    for (size_t h = 0; h < 12; h++) ck_assert(g[h] == f[h]);
    lc_status st = {0};
    y[200] = INFINITY;
    ck_assert_int_eq(lc_arima(g, 12, y, 1200, 1, &st), LC_E_DATA);
    ck_assert_str_eq(st.text, "value 201 of 1200 is not finite");
    /* fewer than eight values */
    ck_assert_int_eq(lc_arima(f, 2, unit_nile, 7, 1, NULL), LC_OK);
    ck_assert(f[0] == unit_nile[6] && f[1] == unit_nile[6]);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("ARIMA");
    TCase *c = tcase_create("arima");
    tcase_set_timeout(c, 240);
    tcase_add_test(c, fits_are_those_of_r);
    tcase_add_test(c, orders_are_those_of_r);
    tcase_add_test(c, weights_are_recovered);
    tcase_add_test(c, chosen_orders_forecast_like_the_truth);
    tcase_add_test(c, plain_shapes_go_on);
    tcase_add_test(c, unusual_series_give_finite_forecasts);
    tcase_add_test(c, unit_and_older_values_do_not_matter);
    suite_add_tcase(s, c);
    return s;
}
