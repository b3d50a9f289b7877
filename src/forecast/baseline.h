/* The simple forecasts that a network has to beat. A baseline is a function and one row of lc_baselines. */
#ifndef LC_FORECAST_BASELINE_H
#define LC_FORECAST_BASELINE_H

#include "base/status.h"

typedef struct lc_baseline {
    const char *name; /* as in the evaluate table */
    const char *help;
    /* Forecast `horizon` steps after the n (>= 1) finite values y with seasonal period `season` (1: none). */
    lc_code (*forecast)(double *out, size_t horizon, const double *y, size_t n, size_t season, lc_status *st);
} lc_baseline;

extern const lc_baseline lc_baselines[]; /* naive, seasonal-naive, drift, theta */
extern const size_t lc_baseline_count;

#endif
