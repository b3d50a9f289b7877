#include "baseline/baseline.h"

#define LEAST_VALUES 10 /* fewer than this leave the mean to chance */

lc_code lc_window_mean(double *out, size_t horizon, const double *y, size_t n, size_t season, lc_status *st)
{
    /* Whole seasons, for a part of one would tilt the mean towards its phases. */
    size_t window = season > 1 ? season : 1;
    if (window < LEAST_VALUES) window *= (LEAST_VALUES + window - 1) / window;
    if (window > n && season > 1) window = n / season * season;
    if (!window || window > n) window = n;
    double mean = 0;
    for (size_t t = n - window; t < n; t++) {
        lc_code code = lc_baseline_check(y, n, t, st);
        if (code != LC_OK) return code;
        mean += y[t] / (double)window; /* summed first, huge values would overflow */
    }
    if (!n) return lc_baseline_check(y, n, 0, st);
    for (size_t h = 0; h < horizon; h++) out[h] = lc_finite(mean);
    return LC_OK;
}
