/* How often to difference a series before it is stationary, and the way back. */
#ifndef LC_BASELINE_DIFFERENCING_H
#define LC_BASELINE_DIFFERENCING_H

#include <stdbool.h>
#include <stddef.h>

/* (1 - B^lag) y in place; returns how many values are left, 0 if there were no more than lag. */
size_t lc_difference(double *y, size_t n, size_t lag);

/* Does the KPSS test (Kwiatkowski, Phillips, Schmidt & Shin 1992) reject a constant level at 5 %? Newey and West's
 * variance over trunc(3 sqrt(n) / 13) lags. y (n, largest value near 1). */
bool lc_level_wanders(const double *y, size_t n);

/* Strength of the season in [0, 1] (Wang, Smith & Hyndman 2006): 1 - var(remainder) / var(season + remainder), the
 * season by phase, smoothed over neighbouring cycles. 0 where n < 2m or there is nothing but rounding. work (4n). */
double lc_seasonal_strength(const double *y, size_t n, size_t m, double *work);

#endif
