/* How values are distributed, in bars for a picture. */
#ifndef LC_REPORT_HISTOGRAM_H
#define LC_REPORT_HISTOGRAM_H

#include "base/status.h"

enum { LC_BARS_MOST = 60 };

typedef struct lc_histogram {
    size_t values;              /* finite ones */
    double mean;                /* NaN without values */
    double first, width;        /* middle of bar 0; a bar's middle is 0 */
    size_t n;                   /* bars, 0 without values; zero lies in one of them */
    double share[LC_BARS_MOST]; /* (n) percent of the values */
    double beyond;              /* percent that lie outside the bars, as the ends of long tails do */
} lc_histogram;

/* v (n), in any order, NaN: missing. Bars are as wide as Freedman and Diaconis (1981) say, where that makes neither few
 * nor many. */
lc_code lc_histogram_make(lc_histogram *h, const double *v, size_t n, lc_status *st);

#endif
