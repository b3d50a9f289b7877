#include "ref/ref_statistics.h"

#include <math.h>
#include <stdlib.h>

double ref_statistic(int which, const double *x, const double *e, size_t t)
{
    static const size_t rows[REF_STATISTICS] = {1, 10, 5, 20};
    const double *from = which == REF_ES || which == REF_B ? e : x;
    double sum = 0, n = 0;
    if (isnan(from[t])) return NAN;
    for (size_t back = 0; back <= t && n < (double)rows[which]; back++) {
        if (isnan(from[t - back])) continue;
        sum += which == REF_B ? fabs(from[t - back]) : from[t - back];
        n++;
    }
    return sum / n;
}

static int descending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

double ref_tail(const double *past, size_t n, double at, double floor)
{
    const size_t k = n < 8000 ? n : 8000, nu = k / 200 > 10 ? k / 200 : 10;
    if (k < 50) return 0;
    double *s = malloc(k * sizeof *s), as_far = 1, q;
    if (!s) abort();
    for (size_t i = 0; i < k; i++) s[i] = past[n - k + i];
    qsort(s, k, sizeof *s, descending);
    const double u = s[nu];
    for (size_t i = 0; i < k; i++) as_far += s[i] >= at;
    if (at <= u) {
        q = -log10(as_far / (double)(k + 1));
    } else {
        /* moments of the excesses: mean m, variance s2 -> xi = (1 - m^2/s2)/2, beta = m (m^2/s2 + 1)/2 */
        double m = 0, m2 = 0;
        for (size_t i = 0; i < nu; i++) m += (s[i] - u) / (double)nu;
        for (size_t i = 0; i < nu; i++) m2 += pow(s[i] - u - m, 2) / (double)nu;
        double xi = m2 > 0 ? (1 - m * m / m2) / 2 : 0, beta = m2 > 0 ? m * (m * m / m2 + 1) / 2 : m;
        if (xi < 0 || xi > .5) {
            xi = xi < 0 ? 0 : .5;
            beta = m * (1 - xi);
        }
        beta += floor;
        /* p = nu/(k+1) (1 + xi (at - u)/beta)^(-1/xi) */
        const double far = (at - u) / beta;
        q = -log10((double)nu / (double)(k + 1)) + (xi > 1e-9 ? log10(1 + xi * far) / xi : far * log10(exp(1)));
    }
    free(s);
    return q;
}

static void negate(double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) x[i] = -x[i];
}

double ref_evidence(const double *x, const double *e, size_t t, double *q)
{
    double *past = malloc((t + 1) * sizeof *past);
    if (!past) abort();
    for (int which = 0; which < REF_STATISTICS; which++) {
        const double at = ref_statistic(which, x, e, t);
        size_t n = 0;
        for (size_t i = 0; i < t; i++) {
            past[n] = ref_statistic(which, x, e, i);
            if (!isnan(past[n])) n++;
        }
        q[which] = 0;
        if (isnan(at)) continue;
        q[which] = ref_tail(past, n, at, .05);
        if (which == REF_B) continue;
        negate(past, n);
        q[which] = fmax(q[which], ref_tail(past, n, -at, .05));
    }
    free(past);
    const double sum = q[REF_V] + q[REF_V10] + q[REF_ES];
    return isnan(e[t]) ? sum : fmax(sum, (q[REF_B] + .64) / .514);
}
