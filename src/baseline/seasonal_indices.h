/* A season as fixed indices: the test for it, and classical decomposition. */
#ifndef LC_BASELINE_SEASONAL_INDICES_H
#define LC_BASELINE_SEASONAL_INDICES_H

#include <stdbool.h>
#include <stddef.h>

/* The test of the M4 competition on y (n, largest value near 1): |r_m| > 1.645 sqrt((1 + 2 (r_1^2 + ... + r_(m-1)^2)) /
 * n). false where there are less than three seasons, m < 2, or no more than rounding in y. work (n). */
bool lc_is_seasonal(const double *y, size_t n, size_t m, double *work);

/* Seasonal indices (m) of y (n >= 2m) by classical decomposition, index p for the values p, p + m, ...: the phase means
 * of y / average (or y - average), normalised to mean 1 (or 0). work (3n). false: the multiplicative indices are
 * degenerate (next to 0 or below). */
bool lc_seasonal_indices(double *index, const double *y, size_t n, size_t m, bool multiplicative, double *work);

#endif
