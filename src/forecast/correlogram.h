/* Autocorrelations of values that come one by one, of several series together. */
#ifndef LC_FORECAST_CORRELOGRAM_H
#define LC_FORECAST_CORRELOGRAM_H

#include "base/status.h"

enum {
    LC_LAGS_MOST = 40,
    LC_LAGS_VALUES = 10 /* a series with fewer values takes no part */
};

typedef struct lc_echo lc_echo;

typedef struct lc_correlogram {
    size_t n;      /* series that take part */
    size_t *place; /* (series) index into echo, SIZE_MAX: takes no part */
    lc_echo *echo; /* (n) */
} lc_correlogram;

/* values (series): how many each will have at most. Some 2 KB for each series that can take part. */
lc_code lc_correlogram_create(lc_correlogram *c, const size_t *values, size_t series, lc_status *st);
void lc_correlogram_free(lc_correlogram *c);

/* The next value of a series, NaN: missing. */
void lc_correlogram_add(lc_correlogram *c, size_t series, double value);

/* Autocorrelations at lag 1, 2, ... (LC_LAGS_MOST); returns how many there are, at most a quarter of the longest
 * series' values; 0: no series has enough. NaN: the values are all the same. At each lag they are the mean of those
 * series that are four times as long, by their numbers of values, freed of the bias that taking off a series' own mean
 * brings: -(n - k) / (n (n - 1)) for white noise. band (LC_LAGS_MOST): 1.96 / sqrt(n) of all their values, which white
 * noise leaves once in 20 times. */
size_t lc_correlogram_find(const lc_correlogram *c, double *correlation, double *band);

#endif
