#include "anomaly/tail.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/order.h"

#define LN10 2.302585092994045684

/* The generalised Pareto tail beyond one end of the values. */
typedef struct fit {
    bool known; /* until a value enters or leaves that it was made from */
    size_t nu;  /* excesses */
    double u;   /* threshold; of the negated values for the lower end */
    double unit, xi, beta;
    double rarity; /* -log10 of the share of values beyond u */
} fit;

struct lc_tail {
    fit end[2]; /* upper, lower */
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

void lc_tail_clear(lc_tail *t)
{
    t->count = t->next = 0;
    t->end[0].known = t->end[1].known = false;
}

double lc_tail_quantile(const lc_tail *t, double share)
{
    return t->count ? t->sorted[(size_t)(share * (double)(t->count - 1))] : 0;
}

size_t lc_tail_count(const lc_tail *t)
{
    return t->count;
}

/* The number of remembered values below x, or with `ties` up to and including x. No branch depends on the values: which
 * way a search goes is as good as random, and a wrong guess of the processor costs more than a step of it. */
static size_t count_below(const lc_tail *t, double x, bool ties)
{
    const double *base = t->sorted;
    size_t n = t->count;
    if (!n) return 0;
    while (n > 1) {
        const size_t half = n / 2;
        const bool right = ties ? base[half - 1] <= x : base[half - 1] < x;
        base += half * (size_t)right; /* an expression, since compilers make a branch of a condition */
        n -= half;
    }
    return (size_t)(base - t->sorted) + (ties ? *base <= x : *base < x);
}

static size_t excesses(size_t count)
{
    return count / 200 > 10 ? count / 200 : 10;
}

/* The j-th largest (j from 0) of the values, or of the negated values for the lower tail. */
static double largest(const lc_tail *t, size_t j, bool lower)
{
    return lower ? -t->sorted[j] : t->sorted[t->count - 1 - j];
}

/* A fit stays as it is when nothing above its threshold came or went: nearly always, and finding it anew is most of
 * what a score costs. left NaN: nothing went, and the share of values beyond it has changed. */
static void outdate(lc_tail *t, double entered, double left)
{
    for (size_t i = 0; i < 2; i++) {
        fit *f = &t->end[i];
        const double in = i ? -entered : entered, out = i ? -left : left;
        f->known = f->known && in <= f->u && out < f->u;
    }
}

void lc_tail_push(lc_tail *t, double x)
{
    if (!t->capacity || !isfinite(x)) return;
    double *s = t->sorted, left = NAN;
    size_t to = count_below(t, x, false);
    if (t->count == t->capacity) {
        /* The hole of the oldest value wanders to where x belongs; only what lies between moves. */
        left = t->ring[t->next];
        size_t hole = count_below(t, left, false);
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
    outdate(t, x, left);
}

/* The tail beyond the (nu+1)-th largest value, by moments of the nu excesses over it (mean m, variance s2):
 *   xi = (1 - m^2/s2)/2, beta = m (m^2/s2 + 1)/2 */
static const fit *fit_of(lc_tail *t, bool lower)
{
    fit *f = &t->end[lower];
    if (f->known) return f;
    *f = (fit){.known = true, .nu = excesses(t->count)};
    f->rarity = log10((double)(t->count + 1) / (double)f->nu);
    f->u = largest(t, f->nu, lower);
    /* Values near the end of the range are made smaller, so that neither differences nor squares overflow. */
    f->unit = fmax(fabs(f->u), fabs(largest(t, 0, lower))) > 1e100 ? 0x1p-600 : 1;
    double mean = 0, variance = 0, n = (double)f->nu;
    for (size_t j = 0; j < f->nu; j++) mean += largest(t, j, lower) * f->unit - f->u * f->unit;
    mean /= n;
    for (size_t j = 0; j < f->nu; j++) {
        double d = largest(t, j, lower) * f->unit - f->u * f->unit - mean;
        variance += d * d;
    }
    variance /= n;
    /* Equal excesses have no variance, and the exponential tail is the limit that fits them best. */
    double ratio = variance > DBL_MIN ? mean * mean / variance : 1;
    f->xi = (1 - ratio) / 2;
    f->beta = mean * (ratio + 1) / 2;
    if (f->xi < 0 || f->xi > .5) {
        f->xi = f->xi < 0 ? 0 : .5;
        f->beta = mean * (1 - f->xi);
    }
    return f;
}

/* -log10 of its survival function at x > u: log10(1 + xi (x-u)/beta) / xi */
static double beyond(const fit *f, double x, double floor)
{
    double beta = f->beta + floor * f->unit;
    if (!(beta > 0)) return LC_TAIL_MOST;
    double excess = (x * f->unit - f->u * f->unit) / beta;
    if (!isfinite(excess)) excess = DBL_MAX;
    return f->xi < 1e-9 ? excess / LN10 : log1p(f->xi * excess) / (f->xi * LN10);
}

void lc_tail_push_limited(lc_tail *t, double x, double floor)
{
    static const double most = 10; /* times the scale */
    if (t->count >= LC_TAIL_LEAST && isfinite(x)) {
        const fit *f = fit_of(t, false);
        x = fmin(x, f->u + most * (f->beta / f->unit + floor));
        f = fit_of(t, true);
        x = fmax(x, -(f->u + most * (f->beta / f->unit + floor)));
    }
    lc_tail_push(t, x);
}

static double far(const fit *f, double x, double floor)
{
    return fmin(f->rarity + beyond(f, x, fmax(floor, 0)), LC_TAIL_MOST);
}

static double within(const lc_tail *t, size_t as_far)
{
    return log10((double)(t->count + 1) / (double)(as_far + 1));
}

static double limited(double x)
{
    return fmin(fmax(x, -DBL_MAX), DBL_MAX);
}

static double score(lc_tail *t, double x, double floor, bool lower)
{
    if (t->count < LC_TAIL_LEAST || isnan(x)) return 0;
    x = limited(x);
    const fit *f = fit_of(t, lower);
    if ((lower ? -x : x) > f->u) return far(f, lower ? -x : x, floor);
    return within(t, lower ? count_below(t, x, true) : t->count - count_below(t, x, false));
}

double lc_tail_either(lc_tail *t, double x, double floor)
{
    if (t->count < LC_TAIL_LEAST || isnan(x)) return 0;
    x = limited(x);
    const fit *f = fit_of(t, false);
    if (x > f->u) return far(f, x, floor);
    f = fit_of(t, true);
    if (-x > f->u) return far(f, -x, floor);
    const size_t below = count_below(t, x, false), above = t->count - below;
    size_t up_to = below;
    if (below < above) up_to = count_below(t, x, true);
    return within(t, up_to < above ? up_to : above);
}

double lc_tail_upper(lc_tail *t, double x, double floor)
{
    return score(t, x, floor, false);
}

double lc_tail_lower(lc_tail *t, double x, double floor)
{
    return score(t, x, floor, true);
}

lc_tail_values lc_tail_look(const lc_tail *t)
{
    return (lc_tail_values){t->ring, t->count, t->next};
}

bool lc_tail_set(lc_tail *t, size_t count, size_t next)
{
    lc_tail_clear(t);
    if (count > t->capacity || next >= t->capacity || (count < t->capacity && next != count)) return false;
    t->count = count;
    t->next = next;
    return true;
}

bool lc_tail_restored(lc_tail *t)
{
    for (size_t i = 0; i < t->count; i++)
        if (!isfinite(t->ring[i])) return false;
    memcpy(t->sorted, t->ring, t->count * sizeof *t->sorted);
    qsort(t->sorted, t->count, sizeof *t->sorted, lc_ascending_reals);
    t->end[0].known = t->end[1].known = false;
    return true;
}
