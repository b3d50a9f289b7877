#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/method.h"
#include "base/rng.h"
#include "unit/support/unit.h"

enum { MEMORY = 8000, WARM_UP = 50 };

static void find(lc_finding *f, const double *y, size_t n, double alarms_per)
{
    double *zero = calloc(n, sizeof *zero);
    lc_status st = {0};
    ck_assert_int_eq(lc_method_residual.find(f, y, zero, n, &(lc_method_options){alarms_per}, &st), LC_OK);
    free(zero);
}

/* The conformal p-value by counting, for both sides; 0 where it lies beyond what the k residuals resolve. */
static double twin(const double *e, size_t i)
{
    size_t from = i > MEMORY ? i - MEMORY : 0, k = i - from, above = 0, below = 0;
    for (size_t j = from; j < i; j++) {
        above += e[j] >= e[i];
        below += e[j] <= e[i];
    }
    size_t nu = k / 200 > 10 ? k / 200 : 10, as_far = above < below ? above : below;
    if (as_far <= nu) return 0;
    double p = 2 * (double)(as_far + 1) / (double)(k + 1);
    return p < 1 ? p : 1;
}

START_TEST(p_is_a_count_of_past_residuals)
{
    enum { N = 12000 };
    static double y[N];
    static lc_finding f[N];
    lc_rng r = lc_rng_make(1, LC_STREAM_TEST, 0);
    for (size_t i = 0; i < N; i++) y[i] = round(100 * lc_rng_uniform(&r)) / 8 - 4; /* with ties, not symmetric */
    find(f, y, N, 1e-6);                                                           /* nothing is raised */
    size_t checked = 0;
    for (size_t i = WARM_UP; i < N; i++) {
        double p = twin(y, i);
        if (p == 0 || fabs(y[i]) <= 0.01) continue;
        UNIT_MUST(fabs(f[i].p - p) <= 1e-12 * p, "row %zu: p %.17g, counted %.17g", i, f[i].p, p);
        checked++;
    }
    ck_assert_uint_gt(checked, 10000);
}
END_TEST

START_TEST(ninety_nine_residuals_by_hand)
{
    static double y[100];
    lc_finding f[100];
    for (size_t i = 0; i < 99; i++) y[i] = (double)((i * 37) % 99) - 49; /* -49 to 49, mixed */
    y[99] = 30;                                                          /* as large: 30 to 49, 20 of 99 */
    find(f, y, 100, 1e-6);
    ck_assert_double_eq_tol(f[99].p, 2 * 21. / 100, 1e-15);
    y[99] = -37; /* as small: -49 to -37, 13 of 99 */
    find(f, y, 100, 1e-6);
    ck_assert_double_eq_tol(f[99].p, 2 * 14. / 100, 1e-15);
    y[99] = 0; /* exactly what was expected */
    find(f, y, 100, 1e-6);
    ck_assert(f[99].p == 1 && f[99].score == 0);
    y[99] = 4900;
    find(f, y, 100, 1e-6);
    ck_assert(f[99].p < 1e-6 && f[99].p > 0);
}
END_TEST

/* A value at a bound has the probability that was asked for. */
START_TEST(bounds_are_where_a_value_is_raised)
{
    enum { N = 400 };
    double y[N + 1];
    lc_finding f[N + 1];
    const double rates[] = {0.1, 1, 30, 3000}, leans[] = {0, 20, -20}; /* so far that both bounds lie on one side */
    for (size_t k = 0; k < 12; k++) {
        const double rate = rates[k % 4];
        lc_rng r = lc_rng_make(2, LC_STREAM_TEST, 0);
        for (size_t i = 0; i < N; i++) y[i] = exp(lc_rng_normal(&r)) - 1 + leans[k / 4];
        y[N] = leans[k / 4];
        find(f, y, N + 1, rate);
        double lo = f[N].lo, hi = f[N].hi;
        for (int side = 0; side < 2; side++) {
            double at = side ? hi : lo, out = side ? 1e-6 : -1e-6;
            y[N] = at + out;
            find(f, y, N + 1, rate);
            ck_assert_msg(f[N].raised, "%g beyond [%g, %g] at %g", y[N], lo, hi, rate);
            y[N] = at - out;
            find(f, y, N + 1, rate);
            ck_assert_msg(!f[N].raised, "%g within [%g, %g] at %g", y[N], lo, hi, rate);
            if (rate < 100) ck_assert_double_eq_tol(f[N].p * 1e4 / rate, 1, 1e-3); /* no step of a count */
        }
        if (k == 5) ck_assert_msg(lo > 10 && hi > 20, "[%g, %g]", lo, hi);
        if (k == 11) ck_assert_msg(lo < -20 && hi < -10, "[%g, %g]", lo, hi);
    }
}
END_TEST

START_TEST(false_alarms_come_as_often_as_asked)
{
    enum { N = 300000 };
    double *y = malloc(N * sizeof *y);
    lc_finding *f = malloc(N * sizeof *f);
    const double rates[] = {1, 10, 100};
    for (int heavy = 0; heavy < 2; heavy++) {
        lc_rng r = lc_rng_make(3, LC_STREAM_TEST, (uint64_t)heavy);
        for (size_t i = 0; i < N; i++) {
            y[i] = lc_rng_normal(&r);
            if (!heavy) continue;
            double chi = 0; /* Student's t with 3 degrees of freedom */
            for (int k = 0; k < 3; k++) {
                double z = lc_rng_normal(&r);
                chi += z * z;
            }
            y[i] /= sqrt(chi / 3);
        }
        for (size_t k = 0; k < 3; k++) {
            find(f, y, N, rates[k]);
            size_t raised = 0;
            for (size_t i = 0; i < N; i++) raised += f[i].raised;
            double per = 1e4 * (double)raised / N;
            /* A tail lighter than an exponential one is taken as that, and moments miss some of a heavy one. */
            ck_assert_msg(per > rates[k] / (heavy ? 2 : 4) && per < rates[k] * (heavy ? 3 : 1.5),
                          "%g asked for, %g came", rates[k], per);
        }
    }
    free(y);
    free(f);
}
END_TEST

START_TEST(faults_do_not_hide_each_other)
{
    enum { N = 8000 };
    static double y[N];
    static lc_finding f[N];
    lc_rng r = lc_rng_make(4, LC_STREAM_TEST, 0);
    for (size_t i = 0; i < N; i++) y[i] = lc_rng_normal(&r);
    y[10] = 1e6; /* among the first rows, which have no verdict */
    for (size_t i = 2000; i < N; i += 1500) y[i] = i == 2000 ? 1e6 : 40;
    find(f, y, N, 1);
    for (size_t i = 0; i < N; i++) {
        bool spike = i >= 2000 && i % 1500 == 500;
        UNIT_MUST(f[i].raised == spike, "row %zu: %g, score %g", i, y[i], f[i].score);
    }
}
END_TEST

START_TEST(lasting_change_becomes_usual)
{
    enum { N = 4000, SHIFT = 1000 };
    static double y[N];
    static lc_finding f[N];
    lc_rng r = lc_rng_make(5, LC_STREAM_TEST, 0);
    for (size_t i = 0; i < N; i++) y[i] = lc_rng_normal(&r) + (i >= SHIFT ? 8 : 0);
    find(f, y, N, 1);
    ck_assert(f[SHIFT].raised && f[SHIFT].anomaly);
    size_t late = 0, events = 0;
    for (size_t i = SHIFT; i < N; i++) {
        events += f[i].anomaly;
        if (i >= SHIFT + 100) late += f[i].raised;
    }
    ck_assert_msg(late == 0 && events <= 2, "%zu late rows, %zu events", late, events);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("residual method");
    TCase *c = tcase_create("residual");
    tcase_set_timeout(c, 240);
    tcase_add_test(c, p_is_a_count_of_past_residuals);
    tcase_add_test(c, ninety_nine_residuals_by_hand);
    tcase_add_test(c, bounds_are_where_a_value_is_raised);
    tcase_add_test(c, false_alarms_come_as_often_as_asked);
    tcase_add_test(c, faults_do_not_hide_each_other);
    tcase_add_test(c, lasting_change_becomes_usual);
    suite_add_tcase(s, c);
    return s;
}
