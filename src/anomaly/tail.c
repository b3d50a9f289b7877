#include "anomaly/tail.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"

#define LN10 2.302585092994045684

struct lc_tail {
    size_t capacity, count;
    size_t next;    /* place in `ring` of the next value; the oldest one when full */
    double *ring;   /* (capacity) in order of arrival */
    double *sorted; /* (capacity) the same values, ascending */
};

lc_tail *lc_tail_create(size_t capacity)
{
    lc_tail *t = lc_calloc(1, sizeof *t);
    if (!t) return NULL;
    t->capacity = capacity;
    t->ring = lc_calloc(capacity, sizeof *t->ring);
    t->sorted = lc_calloc(capacity, sizeof *t->sorted);
    if (!t->ring || !t->sorted) {
        lc_tail_free(t);
        return NULL;
    }
    return t;
}

void lc_tail_free(lc_tail *t)
{
    if (!t) return;
    lc_free(t->ring);
    lc_free(t->sorted);
    lc_free(t);
}

size_t lc_tail_count(const lc_tail *t)
{
    return t->count;
}

/* The number of remembered values below x, or with `ties` up to and including x. */
static size_t count_below(const lc_tail *t, double x, bool ties)
{
    size_t lo = 0, hi = t->count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (t->sorted[mid] < x || (ties && t->sorted[mid] == x)) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

void lc_tail_push(lc_tail *t, double x)
{
    if (!t->capacity || !isfinite(x)) return;
    double *s = t->sorted;
    size_t to = count_below(t, x, false);
    if (t->count == t->capacity) {
        /* The hole of the oldest value wanders to where x belongs; only what lies between moves. */
        size_t hole = count_below(t, t->ring[t->next], false);
        if (hole < to) {
            to--;
            memmove(s + hole, s + hole + 1, (to - hole) * sizeof *s);
        } else {
            memmove(s + to + 1, s + to, (hole - to) * sizeof *s);
        }
    } else {
        memmove(s + to + 1, s + to, (t->count - to) * sizeof *s);
        t->count++;
    }
    s[to] = x;
    t->ring[t->next] = x;
    t->next = t->next + 1 == t->capacity ? 0 : t->next + 1;
}

/* The j-th largest (j from 0) of the values, or of the negated values for the lower tail. */
static double largest(const lc_tail *t, size_t j, bool lower)
{
    return lower ? -t->sorted[j] : t->sorted[t->count - 1 - j];
}

/* -log10 of the generalised Pareto survival function at x > u, fitted to the nu excesses over u:
 *   xi = (1 - m^2/s2)/2, beta = m (m^2/s2 + 1)/2;   log10(1 + xi (x-u)/beta) / xi */
static double beyond(const lc_tail *t, double x, double u, size_t nu, double floor, bool lower)
{
    /* Values near the end of the range are made smaller, so that neither differences nor squares overflow. */
    double top = fmax(fabs(x), fmax(fabs(u), fabs(largest(t, 0, lower))));
    double unit = top > 1e100 ? 0x1p-600 : 1;
    double mean = 0, variance = 0;
    for (size_t j = 0; j < nu; j++) mean += (largest(t, j, lower) * unit - u * unit) / (double)nu;
    for (size_t j = 0; j < nu; j++) {
        double d = largest(t, j, lower) * unit - u * unit - mean;
        variance += d * d / (double)nu;
    }
    /* Equal excesses have no variance, and the exponential tail is the limit that fits them best. */
    double ratio = variance > DBL_MIN ? mean * mean / variance : 1;
    double xi = (1 - ratio) / 2;
    double beta = mean * (ratio + 1) / 2;
    if (xi < 0 || xi > .5) {
        xi = xi < 0 ? 0 : .5;
        beta = mean * (1 - xi);
    }
    beta += floor * unit;
    if (!(beta > 0)) return LC_TAIL_MOST;
    double excess = (x * unit - u * unit) / beta;
    if (!isfinite(excess)) excess = DBL_MAX;
    return xi < 1e-9 ? excess / LN10 : log1p(xi * excess) / (xi * LN10);
}

static double score(const lc_tail *t, double x, double floor, bool lower)
{
    const size_t k = t->count;
    if (k < LC_TAIL_LEAST || isnan(x)) return 0;
    const size_t nu = k / 200 > 10 ? k / 200 : 10;
    x = fmin(fmax(x, -DBL_MAX), DBL_MAX);
    size_t as_far = lower ? count_below(t, x, true) : k - count_below(t, x, false);
    if (lower) x = -x;
    double u = largest(t, nu, lower);
    double q;
    if (x <= u) q = log10((double)(k + 1) / (double)(as_far + 1));
    else q = log10((double)(k + 1) / (double)nu) + beyond(t, x, u, nu, floor > 0 ? floor : 0, lower);
    return fmin(q, LC_TAIL_MOST);
}

double lc_tail_upper(const lc_tail *t, double x, double floor)
{
    return score(t, x, floor, false);
}

double lc_tail_lower(const lc_tail *t, double x, double floor)
{
    return score(t, x, floor, true);
}
