#include "ref/ref_statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* The tail beyond the (nu+1)-th largest of the last 8000 values, by moments of the nu excesses over it. */
typedef struct tail {
    size_t k, nu;
    double u, xi, beta;
} tail;

/* The n largest of k values, descending. */
static void largest(const double *x, size_t k, double *top, size_t n)
{
    size_t have = 0;
    for (size_t i = 0; i < k; i++) {
        if (have == n && x[i] <= top[n - 1]) continue;
        size_t at = have < n ? have++ : n - 1;
        for (; at && top[at - 1] < x[i]; at--) top[at] = top[at - 1];
        top[at] = x[i];
    }
}

static tail tail_of(const double *past, size_t n)
{
    const size_t k = n < 8000 ? n : 8000, nu = k / 200 > 10 ? k / 200 : 10;
    double top[64] = {0}, m = 0, m2 = 0;
    largest(past + n - k, k, top, nu + 1);
    /* mean m, variance s2 -> xi = (1 - m^2/s2)/2, beta = m (m^2/s2 + 1)/2 */
    for (size_t i = 0; i < nu; i++) m += (top[i] - top[nu]) / (double)nu;
    for (size_t i = 0; i < nu; i++) m2 += pow(top[i] - top[nu] - m, 2) / (double)nu;
    tail t = {k, nu, top[nu], m2 > 0 ? (1 - m * m / m2) / 2 : 0, m2 > 0 ? m * (m * m / m2 + 1) / 2 : m};
    if (t.xi < 0 || t.xi > .5) {
        t.xi = t.xi < 0 ? 0 : .5;
        t.beta = m * (1 - t.xi);
    }
    return t;
}

double ref_tail(const double *past, size_t n, double at, double floor)
{
    double as_far = 1;
    if (n < 50) return 0;
    const tail t = tail_of(past, n);
    for (size_t i = n - t.k; i < n; i++) as_far += past[i] >= at;
    if (at <= t.u) return -log10(as_far / (double)(t.k + 1));
    /* p = nu/(k+1) (1 + xi (at - u)/beta)^(-1/xi) */
    const double far = (at - t.u) / (t.beta + floor);
    return -log10((double)t.nu / (double)(t.k + 1)) +
           (t.xi > 1e-9 ? log10(1 + t.xi * far) / t.xi : far * log10(exp(1)));
}

static void negate(double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) x[i] = -x[i];
}

/* What is remembered of a value: no more than ten scales beyond where a tail begins. */
static double limited(double *past, size_t n, double x)
{
    if (n < 50) return x;
    const tail upper = tail_of(past, n);
    x = fmin(x, upper.u + 10 * (upper.beta + .05));
    negate(past, n);
    const tail lower = tail_of(past, n);
    negate(past, n);
    return fmax(x, -(lower.u + 10 * (lower.beta + .05)));
}

/* The remembered values of the rows before t, kept from call to call while these are the same rows. */
enum { ROOM = 9100 };
static double seen[2][ROOM], kept[REF_STATISTICS][ROOM];
static size_t rows_seen, n_kept[REF_STATISTICS];

static void remember(const double *x, const double *e, size_t t)
{
    const size_t bytes = rows_seen * sizeof *x;
    if (t >= ROOM) abort();
    if (rows_seen > t || memcmp(seen[0], x, bytes) != 0 || memcmp(seen[1], e, bytes) != 0) {
        rows_seen = 0;
        memset(n_kept, 0, sizeof n_kept);
    }
    for (size_t i = rows_seen; i < t; i++) {
        seen[0][i] = x[i];
        seen[1][i] = e[i];
        for (int which = 0; which < REF_STATISTICS; which++) {
            const double at = ref_statistic(which, x, e, i);
            size_t *n = &n_kept[which];
            if (isnan(at)) continue;
            kept[which][*n] = limited(kept[which], *n, at);
            ++*n;
        }
    }
    rows_seen = t;
}

double ref_evidence(const double *x, const double *e, size_t t, double *q)
{
    remember(x, e, t);
    for (int which = 0; which < REF_STATISTICS; which++) {
        const double at = ref_statistic(which, x, e, t);
        double *past = kept[which];
        const size_t n = n_kept[which];
        q[which] = 0;
        if (isnan(at)) continue;
        q[which] = ref_tail(past, n, at, .05);
        if (which == REF_B) continue;
        negate(past, n);
        q[which] = fmax(q[which], ref_tail(past, n, -at, .05));
        negate(past, n);
    }
    const double sum = q[REF_V] + q[REF_V10] + q[REF_ES];
    return isnan(e[t]) ? sum : fmax(sum, (q[REF_B] + .64) / .514);
}
