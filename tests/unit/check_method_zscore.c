#include <math.h>
#include <stdlib.h>

#include "anomaly/method.h"
#include "base/rng.h"
#include "unit/support/unit.h"

enum { WINDOW = 6400, WARM_UP = 50 };

static void find(lc_finding *f, const double *y, size_t n, double alarms_per)
{
    double *zero = calloc(n, sizeof *zero);
    lc_status st = {0};
    ck_assert_int_eq(lc_method_zscore.find(f, y, zero, n, &(lc_method_options){alarms_per}, &st), LC_OK);
    free(zero);
}

START_TEST(alternating_residuals_by_hand)
{
    enum { N = 51 };
    double y[N];
    lc_finding f[N];
    for (size_t i = 0; i < N; i++) y[i] = i % 2 ? 1 : -1; /* mean 0, standard deviation 1 */
    const double at[] = {0, 1, -2, 3}, p[] = {1, 0.317310507862914, 0.0455002638963584, 0.00269979606326019};
    for (size_t k = 0; k < 4; k++) {
        y[50] = at[k];
        find(f, y, N, 27); /* 0.0027, so z = 2.99997 */
        ck_assert_double_eq_tol(f[50].p, p[k], 1e-14);
        ck_assert_int_eq(f[50].raised, k == 3);
        ck_assert_double_eq_tol(f[50].hi, 2.99997, 1e-4);
        ck_assert_double_eq_tol(f[50].lo, -f[50].hi, 1e-12);
    }
    ck_assert(!f[49].scored);
}
END_TEST

START_TEST(window_agrees_with_its_definition)
{
    enum { N = 3 * WINDOW + 100 };
    static double y[N];
    static lc_finding f[N];
    lc_rng r = lc_rng_make(1, LC_STREAM_TEST, 0);
    for (size_t i = 0; i < N; i++) y[i] = 1000 + lc_rng_normal(&r) * (1 + (double)i / N);
    y[1000] = 1e17; /* in the window for its 6,400 rows, and then without a trace */
    find(f, y, N, 1);
    for (size_t i = WARM_UP; i < N; i += i < 200 || (i > 1000 + WINDOW && i < 1200 + WINDOW) ? 1 : 211) {
        size_t from = i > WINDOW ? i - WINDOW : 0;
        long double mean = 0, squares = 0;
        for (size_t j = from; j < i; j++) mean += y[j];
        mean /= (long double)(i - from);
        for (size_t j = from; j < i; j++) squares += (y[j] - mean) * (y[j] - mean);
        double sd = (double)sqrtl(squares / (long double)(i - from));
        double p = erfc(fabs((double)(y[i] - mean)) / sd / sqrt(2));
        UNIT_MUST(fabs(f[i].p - p) <= 1e-9 * p, "row %zu: p %.17g, defined %.17g", i, f[i].p, p);
    }
    ck_assert(f[1000].raised);
}
END_TEST

START_TEST(gaussian_residuals_alarm_as_often_as_asked)
{
    enum { N = 300000 };
    double *y = malloc(N * sizeof *y);
    lc_finding *f = malloc(N * sizeof *f);
    lc_rng r = lc_rng_make(2, LC_STREAM_TEST, 0);
    for (size_t i = 0; i < N; i++) y[i] = lc_rng_normal(&r);
    for (double rate = 1; rate <= 100; rate *= 10) {
        find(f, y, N, rate);
        size_t raised = 0;
        for (size_t i = 0; i < N; i++) raised += f[i].raised;
        double per = 1e4 * (double)raised / N;
        ck_assert_msg(per > rate * 0.7 && per < rate * 1.4, "%g asked for, %g came", rate, per);
    }
    free(y);
    free(f);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("z-score method");
    TCase *c = tcase_create("zscore");
    tcase_set_timeout(c, 240);
    tcase_add_test(c, alternating_residuals_by_hand);
    tcase_add_test(c, window_agrees_with_its_definition);
    tcase_add_test(c, gaussian_residuals_alarm_as_often_as_asked);
    suite_add_tcase(s, c);
    return s;
}
