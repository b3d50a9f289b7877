/* Naive2, by which the M competitions measure: the last value of the seasonally adjusted series, times the season
 * (Makridakis et al. 2020). */
#include "baseline/baseline.h"
#include "baseline/scaled.h"

/* work (3n + m) */
static void forecast(double *out, size_t horizon, const double *y, size_t n, size_t m, double *work)
{
    double *index = work + 3 * n, last = y[n - 1];
    const lc_fixed_season kind = lc_m4_season(index, y, n, m, work);
    if (kind == LC_FIXED_MULTIPLICATIVE) last /= index[(n - 1) % m];
    if (kind == LC_FIXED_ADDITIVE) last -= index[(n - 1) % m];
    for (size_t h = 0; h < horizon; h++) out[h] = last;
    lc_give_season(out, horizon, kind, index, n, m);
}

lc_code lc_naive2(double *out, size_t horizon, const double *y, size_t n, size_t season, lc_status *st)
{
    return lc_forecast_scaled(forecast, 3, out, horizon, y, n, season, st);
}
