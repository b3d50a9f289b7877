#include "forecast/correlogram.h"

#include <math.h>

#include "base/memory.h"

enum { VALUES_A_LAG = 4 };

/* At lag k: sums over pairs of values k apart, neither of them missing. Beside them, as a ring, the last values: the
 * i-th stands at i % lags. */
struct lc_echo_lag {
    size_t pairs;
    double product, both;
    double last;
};

/* Sums over one series, of values less its first one: a large mean would cost digits. */
struct lc_echo {
    size_t seen, n; /* values, and those that were there */
    double first, sum, square;
    size_t lags;
    lc_echo_lag *lag; /* (lags) at lag 1, 2, ... */
};

static size_t lags_of(size_t values)
{
    const size_t most = values / VALUES_A_LAG;
    return most < LC_LAGS_MOST ? most : LC_LAGS_MOST;
}

lc_code lc_correlogram_create(lc_correlogram *c, const size_t *values, size_t series, lc_status *st)
{
    size_t lags = 0;
    *c = (lc_correlogram){.n = series};
    for (size_t i = 0; i < series; i++) lags += lags_of(values[i]);
    c->echo = lc_calloc(series, sizeof *c->echo);
    c->lag = lc_calloc(lags, sizeof *c->lag);
    if (!c->echo || !c->lag) {
        lc_correlogram_free(c);
        return lc_fail_memory(st);
    }
    lags = 0;
    for (size_t i = 0; i < series; i++) {
        c->echo[i].lags = lags_of(values[i]);
        c->echo[i].lag = c->lag + lags;
        lags += c->echo[i].lags;
    }
    return LC_OK;
}

void lc_correlogram_free(lc_correlogram *c)
{
    lc_free(c->echo);
    lc_free(c->lag);
    *c = (lc_correlogram){0};
}

void lc_correlogram_add(lc_correlogram *c, size_t series, double value)
{
    lc_echo *e = &c->echo[series];
    if (!e->lags) return;
    double x = NAN;
    if (isfinite(value)) {
        if (!e->n++) e->first = value;
        x = value - e->first;
        for (size_t k = 1; k <= e->lags && k <= e->seen; k++) {
            const double before = e->lag[(e->seen - k) % e->lags].last;
            lc_echo_lag *lag = &e->lag[k - 1];
            if (isnan(before)) continue;
            lag->pairs++;
            lag->product += x * before;
            lag->both += x + before;
        }
        e->sum += x;
        e->square += x * x;
    }
    e->lag[e->seen++ % e->lags].last = x;
}

/* NaN where all values are the same, or none lie so far apart. */
static double correlation_of(const lc_echo *e, size_t k)
{
    const lc_echo_lag *lag = &e->lag[k - 1];
    const double n = (double)e->n, mean = e->sum / n, variance = e->square / n - mean * mean;
    const double pairs = (double)lag->pairs, all = pairs + (double)k;
    const double sum = lag->product - mean * lag->both + pairs * mean * mean;
    if (!(variance > 0) || lag->pairs == 0) return NAN;
    return sum / all / variance + pairs / (all * (n - 1));
}

size_t lc_correlogram_find(const lc_correlogram *c, double *correlation, double *band)
{
    size_t lags = 0, values = 0;
    for (size_t k = 1; k <= LC_LAGS_MOST; k++) {
        double sum = 0, n = 0;
        for (size_t i = 0; i < c->n; i++) {
            const lc_echo *e = &c->echo[i];
            if (k > e->lags || k > lags_of(e->n)) continue;
            if (k == 1) values += e->n;
            lags = k;
            const double r = correlation_of(e, k);
            if (!isfinite(r)) continue;
            sum += (double)e->n * r;
            n += (double)e->n;
        }
        correlation[k - 1] = n > 0 ? sum / n : NAN;
        band[k - 1] = n > 0 ? 1.96 / sqrt(n) : NAN;
    }
    return values < LC_LAGS_VALUES ? 0 : lags;
}
