/* What Theta and Naive2 of the M4 competition share: the values that they look at, their scale and their season. */
#ifndef LC_BASELINE_SCALED_H
#define LC_BASELINE_SCALED_H

#include "base/status.h"
#include "baseline/seasonal_indices.h"

/* Forecast (horizon) of y (n, largest value near 1); work as many times n as asked for, and m. */
typedef void lc_scaled_fn(double *out, size_t horizon, const double *y, size_t n, size_t m, double *work);

/* Has fn forecast the last values of y (n), scaled by a power of two: no digit is lost, and then neither squares nor
 * sums can overflow. LC_E_DATA as lc_baseline_fn. */
lc_code lc_forecast_scaled(lc_scaled_fn *fn, size_t work, double *out, size_t horizon, const double *y, size_t n,
                           size_t season, lc_status *st);

/* The competition's seasonal adjustment: indices (m) where its test finds a season, additive where multiplicative ones
 * are not possible, as with values at 0 or below. work (3n). */
lc_fixed_season lc_m4_season(double *index, const double *y, size_t n, size_t m, double *work);

#endif
