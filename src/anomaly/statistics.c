#include "anomaly/statistics.h"

#include <math.h>
#include <string.h>

enum { MEMORY = 8000 };
/* Added to the scale of fitted tails, in units of the series' spread, so that ties do not make it vanish. */
static const double tail_floor = 0.05;
/* On how large an energy is as unusual as how large a sum of the others: measured pairs of equal false alarms,
 * (6.5, 2.7) to (10, 4.5), lie on a line. */
static const double energy_slope = 0.514, energy_offset = 0.64;

void lc_statistics_free(lc_statistics *s)
{
    for (size_t i = 0; i < LC_STATISTICS; i++) lc_tail_free(s->tail[i]);
    *s = (lc_statistics){0};
}

lc_code lc_statistics_create(lc_statistics *s, lc_status *st)
{
    *s = (lc_statistics){0};
    for (size_t i = 0; i < LC_STATISTICS; i++) {
        if ((s->tail[i] = lc_tail_create(MEMORY))) continue;
        lc_statistics_free(s);
        return lc_fail_memory(st);
    }
    return LC_OK;
}

void lc_statistics_clear(lc_statistics *s)
{
    for (size_t i = 0; i < LC_STATISTICS; i++) lc_tail_clear(s->tail[i]);
    s->values = s->errors = 0;
    s->reach[0] = s->reach[1] = 0;
}

/* Sums are taken afresh: running ones would tell equal rows of a stepwise series apart by their rounding. */
static double sum(const double *x, size_t n)
{
    double total = 0;
    for (size_t i = 0; i < n; i++) total += x[i];
    return total;
}

static double sum_of_sizes(const double *x, size_t n)
{
    double total = 0;
    for (size_t i = 0; i < n; i++) total += fabs(x[i]);
    return total;
}

static size_t fewer(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The rows before the one that is weighed. */
typedef struct context {
    double values, errors, energy; /* sums */
    size_t n_values, n_errors, n_energy;
} context;

static context context_of(const lc_statistics *s)
{
    context c = {.n_values = fewer(s->values, LC_LEVEL_ROWS - 1),
                 .n_errors = fewer(s->errors, LC_ERROR_ROWS - 1),
                 .n_energy = fewer(s->errors, LC_ENERGY_ROWS - 1)};
    c.values = sum(s->value, c.n_values);
    c.errors = sum(s->error, c.n_errors);
    c.energy = sum_of_sizes(s->error, c.n_energy);
    return c;
}

static double two_sided(lc_tail *t, double x)
{
    return lc_tail_either(t, x, tail_floor);
}

static void weigh(lc_statistics *s, const context *c, double x, double e, lc_evidence *out)
{
    double *q = out->q;
    const bool forecast = !isnan(e);
    q[LC_STATISTIC_VALUE] = two_sided(s->tail[LC_STATISTIC_VALUE], x);
    q[LC_STATISTIC_LEVEL] = two_sided(s->tail[LC_STATISTIC_LEVEL], (x + c->values) / (double)(1 + c->n_values));
    q[LC_STATISTIC_ERROR] =
        forecast ? two_sided(s->tail[LC_STATISTIC_ERROR], (e + c->errors) / (double)(1 + c->n_errors)) : 0;
    q[LC_STATISTIC_ENERGY] = forecast ? lc_tail_upper(s->tail[LC_STATISTIC_ENERGY],
                                                      (fabs(e) + c->energy) / (double)(1 + c->n_energy), tail_floor)
                                      : 0;
    const double of_sum = q[LC_STATISTIC_VALUE] + q[LC_STATISTIC_LEVEL] + q[LC_STATISTIC_ERROR];
    const double of_energy = forecast ? (q[LC_STATISTIC_ENERGY] + energy_offset) / energy_slope : 0;
    out->fused = fmax(of_sum, of_energy);
    out->most = LC_STATISTIC_ENERGY;
    if (of_sum < of_energy) return;
    out->most = LC_STATISTIC_VALUE;
    for (lc_statistic i = LC_STATISTIC_LEVEL; i <= LC_STATISTIC_ERROR; i++)
        if (q[i] > q[out->most]) out->most = i;
}

void lc_statistics_weigh(lc_statistics *s, double x, double e, lc_evidence *out)
{
    const context c = context_of(s);
    weigh(s, &c, x, e, out);
}

static void shift_in(double *list, size_t room, size_t *n, double x)
{
    memmove(list + 1, list, (room - 1) * sizeof *list);
    list[0] = x;
    if (*n < room) ++*n;
}

void lc_statistics_push(lc_statistics *s, double x, double e)
{
    shift_in(s->value, LC_LEVEL_ROWS, &s->values, x);
    lc_tail_push_limited(s->tail[LC_STATISTIC_VALUE], x, tail_floor);
    lc_tail_push_limited(s->tail[LC_STATISTIC_LEVEL], sum(s->value, s->values) / (double)s->values, tail_floor);
    if (isnan(e)) return;
    shift_in(s->error, LC_ENERGY_ROWS, &s->errors, e);
    const size_t n = fewer(s->errors, LC_ERROR_ROWS);
    lc_tail_push_limited(s->tail[LC_STATISTIC_ERROR], sum(s->error, n) / (double)n, tail_floor);
    lc_tail_push_limited(s->tail[LC_STATISTIC_ENERGY], sum_of_sizes(s->error, s->errors) / (double)s->errors,
                         tail_floor);
}

/* ---- bounds ---- */

/* How far the evidence of a row at this distance from m is above the threshold. */
static double surplus(lc_statistics *s, const context *c, double m, double distance, double threshold)
{
    lc_evidence found;
    weigh(s, c, sinh(m + distance), distance, &found);
    return found.fused - threshold;
}

/* The least distance from m on this side (sign) at which the threshold is reached: from the last row's one outwards
 * until it is or inwards while it is, in growing steps, then closed in on by false position and halving in turn. */
static double distance_to(lc_statistics *s, const context *c, double m, int sign, double threshold)
{
    enum { STEPS = 8 };
    const double least = 0x1p-12, most = 256, enough = 0.05;
    const double last = s->reach[sign > 0];
    double hi = last > 0 ? last : 1, at_hi = surplus(s, c, m, sign * hi, threshold), lo = hi, at_lo = at_hi;
    double factor = last > 0 ? 1 + enough : 2;
    while (at_hi < 0 && hi < most) {
        lo = hi;
        at_lo = at_hi;
        hi *= factor;
        factor = fmin(2, factor * factor);
        at_hi = surplus(s, c, m, sign * hi, threshold);
    }
    while (at_lo >= 0 && lo > least) {
        hi = lo;
        at_hi = at_lo;
        lo /= factor;
        factor = fmin(2, factor * factor);
        at_lo = surplus(s, c, m, sign * lo, threshold);
    }
    for (int i = 0, stayed = 0; i < STEPS && at_lo < 0 && at_hi > 0 && hi - lo > enough * hi; i++) {
        const double share = stayed ? 0.5 : at_lo / (at_lo - at_hi);
        const double middle = lo + (hi - lo) * fmin(fmax(share, 0.02), 0.98);
        const double at_middle = surplus(s, c, m, sign * middle, threshold);
        const int side = at_middle < 0 ? -1 : 1;
        stayed = stayed ? 0 : side;
        if (side < 0) {
            lo = middle;
            at_lo = at_middle;
        } else {
            hi = middle;
            at_hi = at_middle;
        }
    }
    return at_lo < 0 && at_hi > 0 ? lo + (hi - lo) * at_lo / (at_lo - at_hi) : hi;
}

void lc_statistics_bounds(lc_statistics *s, double m, double threshold, double *lo, double *hi)
{
    context c = context_of(s);
    if (surplus(s, &c, m, 0, threshold) >= 0) {
        c.values = (double)c.n_values * sinh(m);
        c.errors = 0;
        c.energy = (double)c.n_energy * lc_tail_quantile(s->tail[LC_STATISTIC_ENERGY], 0.5);
    }
    for (int i = 0; i < 2; i++) s->reach[i] = distance_to(s, &c, m, i ? 1 : -1, threshold);
    *lo = m - s->reach[0];
    *hi = m + s->reach[1];
}
