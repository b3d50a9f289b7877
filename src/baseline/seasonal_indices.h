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

typedef enum lc_fixed_season { LC_NO_FIXED_SEASON, LC_FIXED_ADDITIVE, LC_FIXED_MULTIPLICATIVE } lc_fixed_season;

/* For seasons that are too long to be part of a model: adjusted (n; y itself is allowed) is y (n, largest value near 1)
 * without its season where the test above finds one. The form of the indices (m) is that under which a random walk of
 * the rest is likelier. work (5n + m). */
lc_fixed_season lc_take_season(double *adjusted, double *index, const double *y, size_t n, size_t m, double *work);

/* Of n values, how many are worth a look: the last `most`, and for a season above `longest`, which is taken as indices,
 * six of its cycles or 20,000 values. */
size_t lc_values_used(size_t n, size_t season, size_t longest, size_t most);

/* Puts the season back into a forecast (horizon) that follows n values. */
void lc_give_season(double *forecast, size_t horizon, lc_fixed_season kind, const double *index, size_t n, size_t m);

#endif
