/* Autocorrelations of values that come one by one, of several series together. */
#ifndef LC_FORECAST_CORRELOGRAM_H
#define LC_FORECAST_CORRELOGRAM_H

#include "base/status.h"

enum {
    LC_LAGS_MOST = 40,
    LC_LAGS_VALUES = 10 /* of fewer values together nothing is said */
};

typedef struct lc_echo lc_echo;
typedef struct lc_echo_lag lc_echo_lag;

typedef struct lc_correlogram {
    size_t n;         /* series */
    lc_echo *echo;    /* (n) */
    lc_echo_lag *lag; /* what echoes point to */
} lc_correlogram;

/* values (series): how many each will have at most. Some 8 bytes a value, and 1.4 KB a series at most. */
lc_code lc_correlogram_create(lc_correlogram *c, const size_t *values, size_t series, lc_status *st);
void lc_correlogram_free(lc_correlogram *c);

/* The next value of a series, NaN: missing. */
void lc_correlogram_add(lc_correlogram *c, size_t series, double value);

/* Autocorrelations at lag 1, 2, ... (LC_LAGS_MOST); returns how many there are, at most a quarter of the longest
 * series' values; 0: there are too few. NaN: the values are all the same. At each lag they are the mean of those series
 * that are four times as long, by their numbers of values, freed of the bias that taking off a series' own mean
 * brings: -(n - k) / (n (n - 1)) for white noise. band (LC_LAGS_MOST): 1.96 / sqrt(n) of all their values, which white
 * noise leaves once in 20 times. */
size_t lc_correlogram_find(const lc_correlogram *c, double *correlation, double *band);

#endif
