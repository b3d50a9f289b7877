#include "baseline/baseline.h"

lc_code lc_naive(double *out, size_t horizon, const double *y, size_t n, size_t season, lc_status *st)
{
    (void)season;
    lc_code code = lc_baseline_check(y, n, n - 1, st);
    for (size_t h = 0; code == LC_OK && h < horizon; h++) out[h] = y[n - 1];
    return code;
}

lc_code lc_seasonal_naive(double *out, size_t horizon, const double *y, size_t n, size_t season, lc_status *st)
{
    if (season < 2 || n < season) return lc_naive(out, horizon, y, n, season, st);
    const double *cycle = y + (n - season);
    for (size_t h = 0; h < horizon; h++) {
        if (h >= season) {
            out[h] = out[h - season];
            continue;
        }
        lc_code code = lc_baseline_check(y, n, n - season + h, st);
        if (code != LC_OK) return code;
        out[h] = cycle[h];
    }
    return LC_OK;
}
