/* The likelihood and the forecasts of ARMA processes against their definitions: covariances from many psi weights,
 * dense matrices, no recursion. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "baseline/arma.h"
#include "baseline/differencing.h"
#include "unit/support/series.h"
#include "unit/support/unit.h"

enum { LONGEST = 80, AHEAD = 30, WEIGHTS = 4000 };

static const lc_arma_order orders[] = {
    {0, 0, 0, 0, 0, true},  {1, 0, 0, 0, 0, true},  {3, 0, 0, 0, 0, false}, {0, 1, 0, 0, 0, false},
    {0, 3, 0, 0, 0, true},  {2, 1, 0, 0, 0, true},  {1, 4, 0, 0, 0, true},  {5, 5, 0, 0, 0, false},
    {0, 1, 0, 1, 12, true}, {1, 0, 1, 0, 12, true}, {2, 1, 1, 1, 4, true},  {1, 2, 2, 2, 7, false},
    {0, 0, 2, 0, 24, true}, {0, 2, 0, 2, 5, true},  {5, 5, 2, 2, 24, true},
};
enum { ORDERS = sizeof orders / sizeof orders[0] };

static void draw(double *x, const lc_arma_order *o, lc_rng *r, double most)
{
    for (size_t i = 0; i < lc_arma_variables(o); i++) x[i] = most * (2 * lc_rng_uniform(r) - 1);
}

/* gamma (lags + 1) from the weights of z in w. */
static void autocovariances(double *gamma, size_t lags, const lc_arma *a)
{
    double *psi = calloc(WEIGHTS + lags + 1, sizeof *psi);
    for (size_t k = 0; k < WEIGHTS; k++) {
        psi[k] = k == 0 ? 1 : k <= a->q ? a->theta[k] : 0;
        for (size_t i = 1; i <= a->p && i <= k; i++) psi[k] += a->phi[i] * psi[k - i];
    }
    for (size_t h = 0; h <= lags; h++) {
        gamma[h] = 0;
        for (size_t k = 0; k < WEIGHTS; k++) gamma[h] += psi[k] * psi[k + h];
    }
    free(psi);
}

/* Cholesky's factor (n, n) of the Toeplitz matrix of gamma; returns the log of its determinant. */
static double factor(double *l, const double *gamma, size_t n)
{
    double log_determinant = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = gamma[i - j];
            for (size_t k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
            l[i * n + j] = i == j ? sqrt(sum) : sum / l[j * n + j];
        }
        log_determinant += 2 * log(l[i * n + i]);
    }
    return log_determinant;
}

static void solve(double *x, const double *l, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = b[i];
        for (size_t k = 0; k < i; k++) x[i] -= l[i * n + k] * x[k];
        x[i] /= l[i * n + i];
    }
}

static double product(const double *x, const double *y, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] * y[i];
    return sum;
}

static double *work_for(const lc_arma_order *o, size_t n)
{
    size_t room;
    ck_assert(lc_arma_work(&room, o, n));
    double *work = malloc(room * sizeof *work);
    ck_assert_ptr_nonnull(work);
    return work;
}

START_TEST(likelihood_and_forecasts_follow_from_the_covariances)
{
    static double l[LONGEST * LONGEST], gamma[LONGEST + AHEAD];
    for (size_t i = 0; i < ORDERS; i++) {
        for (size_t n = 3; n <= LONGEST; n += n < 9 ? 3 : 71) {
            const lc_arma_order *o = &orders[i];
            lc_rng r = lc_rng_make(51, LC_STREAM_TEST, 100 * i + n);
            double x[LC_ARMA_MOST_VARIABLES], w[LONGEST], one[LONGEST], lw[LONGEST], l1[LONGEST];
            draw(x, o, &r, .8);
            for (size_t t = 0; t < n; t++) {
                w[t] = 2 + lc_rng_normal(&r);
                one[t] = 1;
            }
            lc_arma a;
            lc_arma_expand(&a, o, x);
            autocovariances(gamma, n + AHEAD - 1, &a);
            const double logs = factor(l, gamma, n);
            solve(lw, l, w, n);
            solve(l1, l, one, n);
            const double mu = o->mean ? product(lw, l1, n) / product(l1, l1, n) : 0;
            for (size_t t = 0; t < n; t++) lw[t] -= mu * l1[t];
            const double squares = product(lw, lw, n);
            const double want = (double)n * log(squares / (double)n) + logs;

            double *work = work_for(o, n);
            lc_arma_score got;
            lc_arma_exact(&got, &a, o->mean, w, n, work);
            ck_assert_msg(fabs(got.likelihood - want) < 1e-6 * (1 + fabs(want)), "order %zu, n %zu: %.9g, not %.9g", i,
                          n, got.likelihood, want);
            ck_assert_double_eq_tol(got.mu, mu, 1e-7);
            ck_assert_double_eq_tol(got.variance, squares / (double)n, 1e-7);

            double f[AHEAD];
            lc_arma_forecast(f, AHEAD, &a, mu, w, n, work);
            for (size_t h = 0; h < AHEAD; h++) {
                double row[LONGEST], lr[LONGEST];
                for (size_t t = 0; t < n; t++) row[t] = gamma[n + h - t];
                solve(lr, l, row, n);
                ck_assert_double_eq_tol(f[h], mu + product(lr, lw, n), 1e-6);
            }
            free(work);
        }
    }
}
END_TEST

/* Once variances have settled, the recursion goes on without rows: nothing may jump there. */
START_TEST(long_series_settle)
{
    enum { N = 3000 };
    static double w[N];
    const lc_arma_order o = {2, 1, 0, 1, 4, true};
    lc_rng r = lc_rng_make(52, LC_STREAM_TEST, 0);
    const double x[] = {.5, -.3, .4, -.6};
    for (size_t t = 0; t < N; t++) w[t] = lc_rng_normal(&r);
    lc_arma a;
    lc_arma_expand(&a, &o, x);
    double *work = work_for(&o, N), f[6];
    lc_arma_score got;
    lc_arma_exact(&got, &a, true, w, N, work);
    /* In the long run the conditional likelihood is the exact one. */
    ck_assert_double_eq_tol(got.likelihood, lc_arma_conditional(&a, got.mu, w, N, work), 15);
    lc_arma_forecast(f, 6, &a, 0, w, N, work);
    double e[N], want[6];
    for (size_t t = 0; t < N; t++) {
        e[t] = w[t];
        for (size_t i = 1; i <= a.p && i <= t; i++) e[t] -= a.phi[i] * w[t - i];
        for (size_t i = 1; i <= a.q && i <= t; i++) e[t] -= a.theta[i] * e[t - i];
    }
    for (size_t h = 0; h < 6; h++) {
        want[h] = 0;
        for (size_t i = 1; i <= a.p; i++) want[h] += a.phi[i] * (i > h ? w[N + h - i] : want[h - i]);
        for (size_t i = h + 1; i <= a.q; i++) want[h] += a.theta[i] * e[N + h - i];
        ck_assert_double_eq_tol(f[h], want[h], 1e-7);
    }
    free(work);
}
END_TEST

START_TEST(conditional_likelihood_by_hand)
{
    /* w = .5 w_(t-1) + z_t + .4 z_(t-1), mean 1: z_2 = (3-1) - .5 (2-1) = 1.5, z_3 = (1-1) - .5 (3-1) - .4 1.5 = -1.6
     */
    const lc_arma_order o = {1, 1, 0, 0, 0, true};
    const double x[] = {.5, -.4}, w[] = {2, 3, 1};
    double work[3];
    lc_arma a;
    lc_arma_expand(&a, &o, x);
    ck_assert_double_eq_tol(a.phi[1], .5, 1e-15);
    ck_assert_double_eq_tol(a.theta[1], .4, 1e-15);
    ck_assert_double_eq_tol(lc_arma_conditional(&a, 1, w, 3, work), 3 * log((1.5 * 1.5 + 1.6 * 1.6) / 2), 1e-12);
}
END_TEST

START_TEST(products_and_roots)
{
    /* (1 - .5 B)(1 - .8 B^4) and (1 + .3 B)(1 - .6 B^4) */
    const lc_arma_order o = {1, 1, 1, 1, 4, false};
    const double x[] = {.5, -.3, .8, .6};
    lc_arma a;
    lc_arma_expand(&a, &o, x);
    const double phi[] = {0, .5, 0, 0, .8, -.4}, theta[] = {0, .3, 0, 0, -.6, -.18};
    ck_assert_uint_eq(a.p, 5);
    ck_assert_uint_eq(a.q, 5);
    for (size_t k = 1; k <= 5; k++) {
        ck_assert_double_eq_tol(a.phi[k], phi[k], 1e-15);
        ck_assert_double_eq_tol(a.theta[k], theta[k], 1e-15);
    }
    /* The nearest roots: |z|^4 = 1/.8 for the autoregression. */
    const double nearest = pow(1 / .8, .25);
    ck_assert(lc_arma_roots_beyond(&o, x, nearest - 1e-9));
    ck_assert(!lc_arma_roots_beyond(&o, x, nearest + 1e-9));
    /* complex roots of 1 - 1.2 B + .72 B^2, modulus 1/sqrt(.72): partial autocorrelations 1.2/1.72 and -.72 */
    const lc_arma_order two = {2, 0, 0, 0, 0, false};
    const double y[] = {1.2 / 1.72, -.72};
    ck_assert(lc_arma_roots_beyond(&two, y, 1 / sqrt(.72) - 1e-9));
    ck_assert(!lc_arma_roots_beyond(&two, y, 1 / sqrt(.72) + 1e-9));
    /* whatever the partial autocorrelations, the roots lie outside the unit circle */
    for (size_t i = 0; i < 200; i++) {
        lc_rng r = lc_rng_make(53, LC_STREAM_TEST, i);
        double any[LC_ARMA_MOST_VARIABLES];
        draw(any, &orders[i % ORDERS], &r, .99);
        ck_assert(lc_arma_roots_beyond(&orders[i % ORDERS], any, 1));
    }
}
END_TEST

/* ur.kpss(x, type = "mu", use.lag = trunc(3 sqrt(n) / 13)) of urca 1.3-3: LakeHuron 1.221, Nile 1.315, their
 * differences .052 and .020; the level is doubted from .463 on. */
START_TEST(level_test_agrees_with_urca)
{
    double x[100];
    ck_assert(lc_level_wanders(unit_huron, 98));
    ck_assert(lc_level_wanders(unit_nile, 100));
    memcpy(x, unit_huron, sizeof unit_huron);
    ck_assert_uint_eq(lc_difference(x, 98, 1), 97);
    ck_assert_double_eq_tol(x[0], unit_huron[1] - unit_huron[0], 1e-12);
    ck_assert(!lc_level_wanders(x, 97));
    memcpy(x, unit_nile, sizeof unit_nile);
    ck_assert(!lc_level_wanders(x, lc_difference(x, 100, 1)));
    /* Noise is left alone in 95 of 100 cases, a random walk of 200 nearly never. */
    size_t noise = 0, walks = 0;
    for (size_t i = 0; i < 1000; i++) {
        lc_rng r = lc_rng_make(54, LC_STREAM_TEST, i);
        double z[200], y[200], sum = 0;
        for (size_t t = 0; t < 200; t++) {
            z[t] = lc_rng_normal(&r);
            y[t] = sum += z[t];
        }
        noise += lc_level_wanders(z, 200);
        walks += lc_level_wanders(y, 200);
    }
    ck_assert_uint_ge(noise, 25);
    ck_assert_uint_le(noise, 75);
    ck_assert_uint_ge(walks, 900);
}
END_TEST

START_TEST(strength_of_seasons)
{
    double y[144], work[4 * 144];
    ck_assert_double_ge(lc_seasonal_strength(unit_air, 144, 12, work), .9);
    ck_assert_double_ge(lc_seasonal_strength(unit_accidents, 72, 12, work), .9);
    ck_assert_double_le(lc_seasonal_strength(unit_nile, 100, 12, work), .5);
    for (size_t t = 0; t < 144; t++) y[t] = t % 4 ? 1 : 3;
    ck_assert_double_eq_tol(lc_seasonal_strength(y, 144, 4, work), 1, 1e-9);
    for (size_t t = 0; t < 144; t++) y[t] = 5;
    ck_assert(lc_seasonal_strength(y, 144, 4, work) == 0);
    ck_assert(lc_seasonal_strength(y, 23, 12, work) == 0);
    ck_assert_uint_eq(lc_difference(y, 12, 12), 0);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("ARMA processes");
    TCase *c = tcase_create("arma");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, likelihood_and_forecasts_follow_from_the_covariances);
    tcase_add_test(c, long_series_settle);
    tcase_add_test(c, conditional_likelihood_by_hand);
    tcase_add_test(c, products_and_roots);
    tcase_add_test(c, level_test_agrees_with_urca);
    tcase_add_test(c, strength_of_seasons);
    suite_add_tcase(s, c);
    return s;
}
