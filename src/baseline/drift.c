#include "baseline/baseline.h"

#include <math.h>

lc_code lc_drift(double *out, size_t horizon, const double *y, size_t n, size_t season, lc_status *st)
{
    (void)season;
    lc_code code = lc_baseline_check(y, n, 0, st);
    if (code == LC_OK) code = lc_baseline_check(y, n, n - 1, st);
    if (code != LC_OK) return code;
    double slope = 0;
    if (n > 1) {
        slope = (y[n - 1] - y[0]) / (double)(n - 1);
        /* The difference of two huge values overflows where the slope itself does not. */
        if (!isfinite(slope)) slope = y[n - 1] / (double)(n - 1) - y[0] / (double)(n - 1);
    }
    for (size_t h = 0; h < horizon; h++) out[h] = lc_finite(y[n - 1] + slope * (double)(h + 1));
    return LC_OK;
}
