#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/method.h"
#include "base/rng.h"
#include "unit/support/unit.h"

enum { BATCH = 70, WINDOW = 2100, LEAST = 350, SPAN = 105, MOST = 12000 };

static void find(lc_finding *f, const double *y, size_t n)
{
    double *zero = calloc(n, sizeof *zero);
    lc_status st = {0};
    ck_assert_int_eq(lc_method_dynamic_threshold.find(f, y, zero, n, &(lc_method_options){1}, &st), LC_OK);
    free(zero);
}

/* The paper step by step on one window of smoothed errors: which of them are anomalous. */
static void window_twin(bool *anomalous, const double *e, size_t n)
{
    memset(anomalous, 0, n * sizeof *anomalous);
    long double mu = 0, var = 0;
    for (size_t i = 0; i < n; i++) mu += e[i];
    mu /= n;
    for (size_t i = 0; i < n; i++) var += (e[i] - mu) * (e[i] - mu);
    long double sigma = sqrtl(var / n), best = -1, eps = 0;
    if (sigma <= 1e-9L * mu) return;
    for (int z2 = 4; z2 <= 20; z2++) {
        long double at = mu + sigma * z2 / 2, sum = 0, squares = 0;
        size_t count = 0, e_a = 0, e_seq = 0;
        for (size_t i = 0; i < n; i++) {
            if (e[i] < at) {
                sum += e[i];
                count++;
            } else if (e[i] > at) {
                e_a++;
                if (i == 0 || e[i - 1] <= at) e_seq++;
            }
        }
        if (!e_a) continue;
        for (size_t i = 0; i < n; i++)
            if (e[i] < at) squares += (e[i] - sum / count) * (e[i] - sum / count);
        long double value =
            ((mu - sum / count) / mu + (sigma - sqrtl(squares / count)) / sigma) / (long double)(e_a + e_seq * e_seq);
        if (value >= best) {
            best = value;
            eps = at;
        }
    }
    if (best < 0) return;
    /* The maxima of the sequences in descending order, and the largest of the rest. */
    double list[WINDOW + 1], rest = 0;
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (e[i] <= eps) {
            if (e[i] > rest) rest = e[i];
            continue;
        }
        double top = e[i];
        while (i + 1 < n && e[i + 1] > eps)
            if (e[++i] > top) top = e[i];
        size_t at = m++;
        for (; at > 0 && list[at - 1] < top; at--) list[at] = list[at - 1];
        list[at] = top;
    }
    list[m] = rest;
    size_t stay = 0; /* so many of the list remain anomalies */
    for (size_t i = 1; i <= m; i++)
        if ((list[i - 1] - list[i]) / list[i - 1] > 0.13) stay = i;
    for (size_t i = 0; i < n; i++) {
        if (e[i] <= eps) continue;
        size_t end = i;
        double top = 0;
        for (; end < n && e[end] > eps; end++)
            if (e[end] > top) top = e[end];
        bool kept = stay > 0 && top >= list[stay - 1];
        for (; i < end; i++) anomalous[i] = kept;
    }
}

static void twin(bool *raised, const double *y, size_t n)
{
    static double e[MOST];
    const double a = 2.0 / (SPAN + 1);
    for (size_t i = 0; i < n; i++) {
        long double sum = 0, weights = 0, w = 1;
        for (size_t back = 0; back <= i && w > 1e-25L; back++, w *= 1 - a) {
            sum += w * fabs(y[i - back]);
            weights += w;
        }
        e[i] = (double)(sum / weights);
    }
    memset(raised, 0, n * sizeof *raised);
    for (size_t start = LEAST; start < n; start += BATCH) {
        size_t end = start + BATCH < n ? start + BATCH : n, from = end > WINDOW ? end - WINDOW : 0;
        bool anomalous[WINDOW];
        window_twin(anomalous, e + from, end - from);
        for (size_t i = start; i < end; i++) raised[i] = anomalous[i - from];
    }
}

START_TEST(agrees_with_the_paper_step_by_step)
{
    static double y[MOST];
    static lc_finding f[MOST];
    static bool want[MOST];
    size_t total = 0, pruned_rows = 0;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        lc_rng r = lc_rng_make(seed, LC_STREAM_TEST, 0);
        size_t n = 3000 + 1000 * seed + seed;
        for (size_t i = 0; i < n; i++) y[i] = lc_rng_normal(&r);
        for (size_t burst = 0; burst < n / 500; burst++) { /* of many sizes and lengths, some beside each other */
            size_t at = (size_t)(lc_rng_uniform(&r) * (double)(n - 60)), length = 1 + lc_rng_u64(&r) % 50;
            double size = 40 * pow(lc_rng_uniform(&r), 3);
            for (size_t i = at; i < at + length; i++) y[i] += size;
        }
        find(f, y, n);
        twin(want, y, n);
        for (size_t i = 0; i < n; i++) {
            UNIT_MUST(f[i].raised == want[i], "seed %d, row %zu: score %g, raised %d", (int)seed, i, f[i].score,
                      f[i].raised);
            total += want[i];
            pruned_rows += !want[i] && f[i].score > 0.499998;
        }
    }
    ck_assert_uint_gt(total, 100);
    ck_assert_uint_gt(pruned_rows, 100);
}
END_TEST

/* Errors of 1 and one of 107: its weight in the average of 1 + 106 a', a' = 2/106 (the sum of weights is 53 by then),
 * takes the smoothed error from 1 to 3, from where it falls by 1 - 2/106 a row. */
START_TEST(one_burst_by_hand)
{
    enum { N = 1120, AT = 1000 };
    double y[N];
    lc_finding f[N];
    for (size_t i = 0; i < N; i++) y[i] = i % 2 ? 1 : -1;
    y[AT] = 107;
    find(f, y, N);
    for (size_t i = 0; i < AT; i++) UNIT_MUST(f[i].scored == (i >= LEAST) && !f[i].raised, "row %zu", i);
    /* The batch of rows 980 to 1049 sees 1,000 errors of 1, then 50 of 1 + 2 k^j, k = 104/106, j = 0 to 49. */
    double mean = 0, squares = 0, k = 104.0 / 106;
    for (int i = 0; i < 1050; i++) mean += i < AT ? 1 : 1 + 2 * pow(k, i - AT);
    mean /= 1050;
    for (int i = 0; i < 1050; i++) squares += pow((i < AT ? 1 : 1 + 2 * pow(k, i - AT)) - mean, 2);
    double sd = sqrt(squares / 1050);
    ck_assert(mean + 2 * sd < 1 + 2 * pow(k, 49)); /* so at z = 2 the whole burst lies above, and all else is equal */
    for (size_t i = AT; i < 1050; i++) UNIT_MUST(f[i].raised && f[i].since == i - AT, "row %zu: %g", i, f[i].score);
    ck_assert(f[AT].anomaly && !f[AT + 1].anomaly);
    /* Of the candidates that part the same errors from the rest the largest is the threshold. */
    double z = 2, last = 1 + 2 * pow(k, 49);
    while (mean + (z + 0.5) * sd < last) z += 0.5;
    ck_assert_double_eq_tol(f[1049].score, last / (last + mean + z * sd), 1e-9);
    ck_assert(z > 2);
}
END_TEST

START_TEST(steady_errors_are_pruned)
{
    enum { N = 5000 };
    static double y[N];
    static lc_finding f[N];
    lc_rng r = lc_rng_make(11, LC_STREAM_TEST, 0);
    for (size_t i = 0; i < N; i++) y[i] = lc_rng_normal(&r);
    find(f, y, N);
    size_t raised = 0, above = 0;
    for (size_t i = 0; i < N; i++) {
        raised += f[i].raised;
        above += f[i].score > 0.499998;
    }
    ck_assert_uint_eq(raised, 0);
    ck_assert_uint_gt(above, 20); /* pruning it was that took them back */
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("dynamic threshold method");
    TCase *c = tcase_create("dynamic threshold");
    tcase_set_timeout(c, 240);
    tcase_add_test(c, agrees_with_the_paper_step_by_step);
    tcase_add_test(c, one_burst_by_hand);
    tcase_add_test(c, steady_errors_are_pruned);
    suite_add_tcase(s, c);
    return s;
}
