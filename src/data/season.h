/* Does the series have a season, and which? */
#ifndef LC_DATA_SEASON_H
#define LC_DATA_SEASON_H

#include "base/status.h"
#include "data/clock.h"

typedef struct lc_season_candidate {
    size_t period;
    double acf; /* autocorrelation at the period, after detrending */
    double z;   /* strength of the analysis of variance by phase, normal scale */
    bool accepted;
} lc_season_candidate;

typedef struct lc_season {
    size_t period; /* 1: none */
    size_t second; /* the next accepted one, 0: none */
    size_t n;      /* candidates below */
    lc_season_candidate candidate[4];
} lc_season;

/* Tests the candidate periods of the frequency (for LC_FREQ_STEP every period up to n/3) on y (n), NaN-free.
 * Method: forecasting notes, "Season from the data": detrend by a centred moving average over the period, remove
 * first-order autocorrelation, F test of the phase means on Wilson-Hilferty's normal scale. */
lc_code lc_season_find(lc_season *out, const double *y, size_t n, const lc_freq *f, lc_status *st);

#endif
