#include "report/histogram.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/order.h"
#include "report/axis.h"

enum { BARS_LEAST = 12 };

static double at_share(const double *sorted, size_t n, double share)
{
    return sorted[(size_t)(share * (double)(n - 1) + .5)];
}

/* The range that is worth bars: without the ends of heavy tails, with zero. */
static lc_range range_of(const double *sorted, size_t n)
{
    const double tail = .005, wide = 1.5, quartiles = 6;
    const double low = at_share(sorted, n, .25), high = at_share(sorted, n, .75), reach = quartiles * (high - low);
    const double lo = fmax(at_share(sorted, n, tail), low - reach);
    const double hi = fmin(at_share(sorted, n, 1 - tail), high + reach);
    const double ends[] = {lo, hi, 0}, all[] = {sorted[0], sorted[n - 1], 0};
    lc_range inner = {0}, whole = {0};
    lc_range_add(&inner, ends, 3);
    lc_range_add(&whole, all, 3);
    return whole.hi - whole.lo > wide * (inner.hi - inner.lo) && inner.hi > inner.lo ? inner : whole;
}

#define TINY 1e-300 /* below, a part of the span could not be told from 0 */

static double width_of(const double *sorted, size_t n, double span)
{
    const double fd = 2 * (at_share(sorted, n, .75) - at_share(sorted, n, .25)) / cbrt((double)n);
    if (!(span > TINY)) return 1;
    /* Bars stand around their middles: the first and the last reach half a bar beyond the range. */
    return fmin(fmax(fd, span / (LC_BARS_MOST - 2)), span / BARS_LEAST);
}

lc_code lc_histogram_make(lc_histogram *h, const double *v, size_t n, lc_status *st)
{
    double *sorted = lc_calloc(n, sizeof *sorted), sum = 0;
    *h = (lc_histogram){.mean = NAN};
    if (!sorted) return lc_fail_memory(st);
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(v[i])) continue;
        sorted[h->values++] = lc_drawn(v[i]);
        sum += lc_drawn(v[i]) / (double)n;
    }
    if (h->values) {
        qsort(sorted, h->values, sizeof *sorted, lc_ascending_reals);
        const lc_range r = range_of(sorted, h->values);
        h->mean = sum / (double)h->values * (double)n;
        h->width = width_of(sorted, h->values, r.hi - r.lo);
        const double left = floor(r.lo / h->width + .5), right = floor(r.hi / h->width + .5);
        h->first = left * h->width;
        h->n = (size_t)(right - left) + 1;
        for (size_t i = 0; i < h->values; i++) {
            const double bar = floor(sorted[i] / h->width + .5) - left;
            double *share = bar >= 0 && bar < (double)h->n ? &h->share[(size_t)bar] : &h->beyond;
            *share += 100 / (double)h->values;
        }
    }
    lc_free(sorted);
    return LC_OK;
}
