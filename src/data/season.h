/* Does the series have a season, and which? */
#ifndef LC_DATA_SEASON_H
#define LC_DATA_SEASON_H

#include "base/status.h"
#include "data/clock.h"
#include "data/panel.h"

typedef struct lc_season_candidate {
    size_t period;
    double acf; /* autocorrelation at the period, after detrending */
    double z;   /* strength of the analysis of variance by phase, normal scale */
    bool accepted;
} lc_season_candidate;

#define LC_SEASON_CANDIDATES 4

typedef struct lc_season {
    size_t period; /* 1: none */
    size_t second; /* the next accepted one, 0: none */
    size_t n; /* candidates below: the tested periods in order; without frequency the strongest local maxima, chosen one
                 first */
    lc_season_candidate candidate[LC_SEASON_CANDIDATES];
} lc_season;

/* Tests the candidate periods of the frequency (for LC_FREQ_STEP every period up to n/3) on y (n), NaN-free. LC_E_DATA
 * for a value that is not finite. Looks at the last 20,000 values, without frequency at the last 5000: there doubled
 * periods are common and about half of the seasons are missed, so tell the user which one was taken. Method:
 * forecasting notes, "Season from the data": detrend by a centred moving average over the period, remove first-order
 * autocorrelation, F test of the phase means on Wilson-Hilferty's normal scale. */
lc_code lc_season_find(lc_season *out, const double *y, size_t n, const lc_freq *f, lc_status *st);

/* The same for the first n rows of a series of a panel. */
lc_code lc_season_of(lc_season *out, const lc_series *s, size_t n, const lc_freq *f, lc_status *st);

enum { LC_SEASON_VALUES = 20000 }; /* looked at, at most */

/* The same for given periods (>= 2, ascending, at most LC_SEASON_CANDIDATES, else LC_E_USAGE); those over n/3 are
 * passed over. The smallest accepted one is the period. */
lc_code lc_season_find_periods(lc_season *out, const double *y, size_t n, const size_t *periods, size_t n_periods,
                               lc_status *st);

/* The same without any candidate: every period from 2 to n/3. */
lc_code lc_season_find_free(lc_season *out, const double *y, size_t n, lc_status *st);

/* Centred moving average of y (n) over `period` (1 <= period <= n), 2 x period for an even one: out (n - 2 (period /
 * 2)) starts at the value period / 2; returns how many there are, 0 when an even period leaves none. scratch (2 n).
 * Sums only, so positive values have a positive average. O(n). */
size_t lc_centred_average(double *out, double *scratch, const double *y, size_t n, size_t period);

#endif
