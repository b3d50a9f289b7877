#include "forecast/correlogram.h"

#include <math.h>

#include "base/memory.h"

/* Sums over one series, of values less its first one: a large mean would cost digits. */
struct lc_echo {
    size_t seen, n; /* values, and those that were there */
    double first, sum, square;
    double last[LC_LAGS_MOST]; /* ring: value i at i % LC_LAGS_MOST */
    /* By lag - 1, over pairs of which neither is missing. */
    size_t pairs[LC_LAGS_MOST];
    double product[LC_LAGS_MOST], both[LC_LAGS_MOST];
};

lc_code lc_correlogram_create(lc_correlogram *c, const size_t *values, size_t series, lc_status *st)
{
    *c = (lc_correlogram){0};
    c->place = lc_calloc(series, sizeof *c->place);
    for (size_t i = 0; c->place && i < series; i++) c->place[i] = values[i] < LC_LAGS_VALUES ? SIZE_MAX : c->n++;
    c->echo = lc_calloc(c->n, sizeof *c->echo);
    if (c->place && c->echo) return LC_OK;
    lc_correlogram_free(c);
    return lc_fail_memory(st);
}

void lc_correlogram_free(lc_correlogram *c)
{
    lc_free(c->place);
    lc_free(c->echo);
    *c = (lc_correlogram){0};
}

void lc_correlogram_add(lc_correlogram *c, size_t series, double value)
{
    if (c->place[series] == SIZE_MAX) return;
    lc_echo *e = &c->echo[c->place[series]];
    if (isfinite(value)) {
        if (!e->n) e->first = value;
        const double x = value - e->first;
        for (size_t k = 1; k <= LC_LAGS_MOST && k <= e->seen; k++) {
            const double before = e->last[(e->seen - k) % LC_LAGS_MOST];
            if (isnan(before)) continue;
            e->pairs[k - 1]++;
            e->product[k - 1] += x * before;
            e->both[k - 1] += x + before;
        }
        e->n++;
        e->sum += x;
        e->square += x * x;
        e->last[e->seen % LC_LAGS_MOST] = x;
    } else {
        e->last[e->seen % LC_LAGS_MOST] = NAN;
    }
    e->seen++;
}

static size_t lags_of(const lc_echo *e)
{
    const size_t most = e->n / 4;
    if (e->n < LC_LAGS_VALUES) return 0;
    return most < LC_LAGS_MOST ? most : LC_LAGS_MOST;
}

/* NaN where all values are the same, or none lie so far apart. */
static double correlation_of(const lc_echo *e, size_t lag)
{
    const double n = (double)e->n, mean = e->sum / n, variance = e->square / n - mean * mean;
    const double pairs = (double)e->pairs[lag - 1], all = pairs + (double)lag;
    const double sum = e->product[lag - 1] - mean * e->both[lag - 1] + pairs * mean * mean;
    if (!(variance > 0) || pairs == 0) return NAN;
    return sum / all / variance + pairs / (all * (n - 1));
}

size_t lc_correlogram_find(const lc_correlogram *c, double *correlation, double *band)
{
    size_t lags = 0;
    for (size_t k = 1; k <= LC_LAGS_MOST; k++) {
        double sum = 0, n = 0;
        for (size_t i = 0; i < c->n; i++) {
            const lc_echo *e = &c->echo[i];
            if (k > lags_of(e)) continue;
            lags = k;
            const double r = correlation_of(e, k);
            if (!isfinite(r)) continue;
            sum += (double)e->n * r;
            n += (double)e->n;
        }
        correlation[k - 1] = n > 0 ? sum / n : NAN;
        band[k - 1] = n > 0 ? 1.96 / sqrt(n) : NAN;
    }
    return lags;
}
