/* Is one forecast better than another by more than chance? */
#ifndef LC_FORECAST_COMPARE_H
#define LC_FORECAST_COMPARE_H

#include <stddef.h>

typedef struct lc_comparison {
    double mean;      /* of the differences; NaN without any */
    double statistic; /* NaN: cannot be told, as all origins overlap; infinite: the difference is always the same */
    double p;         /* two-sided; NaN with the statistic */
    size_t freedom;   /* degrees of freedom behind p */
} lc_comparison;

/* The test of Diebold and Mariano (1995) on n differences of loss, in the order of their origins, of which each
 * overlaps `reach` - 1 origins before it and after it (1: none), with the small-sample correction of Harvey, Leybourne
 * and Newbold (1997):
 *
 *     statistic = mean / sqrt(V / n) * sqrt((n + 1 - 2 r + r (r - 1) / n) / n),  r = reach
 *
 * V, the long-run variance, is gamma_0 + 2 (gamma_1 + ... + gamma_(r-1)), or where that is larger, as it always is
 * where the sum is not positive, the same with Bartlett's weights 1 - k / r. p is Student's with n / r - 1 degrees of
 * freedom, by the origins that do not overlap: without overlap the authors' n - 1; with it, n - 1 would call chance a
 * difference twice to four times too often where r is a tenth of n or more. O(n reach). */
void lc_compare(lc_comparison *out, const double *difference, size_t n, size_t reach);

#endif
