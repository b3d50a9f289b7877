#include "forecast/adapt.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"

enum {
    KNOWN = 1 << 15,    /* beside a bit for each level that was missed */
    MOST_KEPT = 1 << 23 /* outcomes that wait: 16 MB */
};
static const double least = 0.25, most = 4; /* factors */

/* Windows that begin every so many rows, of which each waits until its last step is known. */
static size_t waiting(size_t horizon, size_t rows)
{
    return (horizon - 1) / rows + 2;
}

static void sort_levels(lc_adapt *a)
{
    for (size_t l = 0; l < a->n; l++) {
        size_t at = l;
        for (; at > 0 && a->percent[a->order[at - 1]] > a->percent[l]; at--) a->order[at] = a->order[at - 1];
        a->order[at] = l;
    }
}

lc_code lc_adapt_create(lc_adapt *a, const lc_calibration *c, const double *percent, size_t n, size_t horizon,
                        size_t stride, size_t windows, double rate, lc_status *st)
{
    *a = (lc_adapt){.n = n, .horizon = horizon, .every = 1};
    size_t cells, outcomes = 0;
    while (stride * a->every < horizon && waiting(horizon, stride * a->every) > MOST_KEPT / horizon) a->every *= 2;
    a->keep = waiting(horizon, stride * a->every);
    if (a->keep > windows) a->keep = windows ? windows : 1;
    bool ok = n <= LC_ADAPT_LEVELS && lc_mul(n, horizon, &cells) && lc_mul(a->keep, horizon, &outcomes) &&
              (a->calibrated = lc_calloc(cells, sizeof *a->calibrated)) &&
              (a->factor = lc_calloc(cells, sizeof *a->factor)) && (a->half = lc_calloc(cells, sizeof *a->half)) &&
              (a->outcome = lc_calloc(outcomes, sizeof *a->outcome)) &&
              (a->origin = lc_calloc(a->keep, sizeof *a->origin));
    if (!ok) {
        lc_adapt_free(a);
        return lc_fail_memory(st);
    }
    rate *= fmin((double)stride * (double)a->every, LC_ADAPT_ROWS);
    for (size_t l = 0; l < n; l++) {
        const double beyond = 1 - percent[l] / 100;
        a->percent[l] = percent[l];
        a->wider[l] = exp(rate * (1 - beyond));
        a->narrower[l] = exp(-rate * beyond);
        for (size_t h = 0; h < horizon; h++) a->calibrated[l * horizon + h] = lc_interval_half_width(c, h, percent[l]);
    }
    sort_levels(a);
    lc_adapt_begin(a);
    return LC_OK;
}

void lc_adapt_free(lc_adapt *a)
{
    lc_free(a->calibrated);
    lc_free(a->factor);
    lc_free(a->half);
    lc_free(a->outcome);
    lc_free(a->origin);
    *a = (lc_adapt){0};
}

void lc_adapt_begin(lc_adapt *a)
{
    a->seen = a->known = 0;
    for (size_t i = 0; i < a->n * a->horizon; i++) a->factor[i] = 1;
}

/* What came of step h of a window. */
static void hear(lc_adapt *a, uint16_t outcome, size_t h)
{
    if (!(outcome & KNOWN)) return;
    for (size_t l = 0; l < a->n; l++) {
        double *f = &a->factor[l * a->horizon + h];
        *f = fmin(fmax(*f * (outcome >> l & 1 ? a->wider[l] : a->narrower[l]), least), most);
    }
}

void lc_adapt_reach(lc_adapt *a, size_t origin)
{
    const size_t followed = (a->seen + a->every - 1) / a->every, n = followed < a->keep ? followed : a->keep;
    for (size_t k = followed - n; k < followed; k++) {
        const size_t from = a->origin[k % a->keep];
        size_t h = a->known > from ? a->known - from : 0, end = origin > from ? origin - from : 0;
        if (end > a->horizon) end = a->horizon;
        for (; h < end; h++) hear(a, a->outcome[k % a->keep * a->horizon + h], h);
    }
    if (origin > a->known) a->known = origin;
    for (size_t h = 0; h < a->horizon; h++) {
        double widest = 0;
        for (size_t i = 0; i < a->n; i++) {
            const size_t at = a->order[i] * a->horizon + h;
            const double half = fmin(a->calibrated[at] * a->factor[at], DBL_MAX);
            a->half[at] = isnan(a->calibrated[at]) ? NAN : fmax(half, widest);
            widest = fmax(widest, a->half[at]);
        }
    }
}

void lc_adapt_push(lc_adapt *a, size_t origin, const double *truth, const lc_bands *b, size_t window)
{
    if (a->seen++ % a->every) return;
    const size_t slot = (a->seen - 1) / a->every % a->keep;
    uint16_t *outcome = a->outcome + slot * a->horizon;
    a->origin[slot] = origin;
    for (size_t h = 0; h < a->horizon; h++) {
        const size_t at = window * a->horizon + h;
        const double error = truth[h] - b->point[at];
        const double size = error < 0 ? -error / b->below[at] : error / b->above[at];
        outcome[h] = isnan(truth[h]) ? 0 : KNOWN;
        for (size_t l = 0; l < a->n; l++)
            if (size > a->half[l * a->horizon + h]) outcome[h] |= (uint16_t)(1 << l);
    }
}
