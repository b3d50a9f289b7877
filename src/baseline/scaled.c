#include "baseline/scaled.h"

#include <math.h>

#include "base/memory.h"
#include "baseline/baseline.h"

lc_code lc_forecast_scaled(lc_scaled_fn *fn, size_t work, double *out, size_t horizon, const double *y, size_t n,
                           size_t season, lc_status *st)
{
    lc_code code = lc_baseline_check(y, n, n - 1, st);
    if (code != LC_OK) return code;
    const size_t used = lc_recent_values(n, season), dropped = n - used;
    double largest = 0;
    for (size_t t = 0; t < used; t++) {
        code = lc_baseline_check(y, n, dropped + t, st);
        if (code != LC_OK) return code;
        largest = fmax(largest, fabs(y[dropped + t]));
    }
    double *scaled = lc_calloc((1 + work) * used + (season <= used ? season : 0), sizeof *scaled);
    if (!scaled) return lc_fail_memory(st);
    int exponent = 0;
    frexp(largest, &exponent);
    for (size_t t = 0; t < used; t++) scaled[t] = ldexp(y[dropped + t], -exponent);
    fn(out, horizon, scaled, used, season, scaled + used);
    for (size_t h = 0; h < horizon; h++) out[h] = lc_finite(ldexp(out[h], exponent));
    lc_free(scaled);
    return LC_OK;
}

lc_fixed_season lc_m4_season(double *index, const double *y, size_t n, size_t m, double *work)
{
    if (m < 2 || !lc_is_seasonal(y, n, m, work)) return LC_NO_FIXED_SEASON;
    bool positive = true;
    for (size_t t = 0; t < n; t++) positive = positive && y[t] > 0;
    if (positive && lc_seasonal_indices(index, y, n, m, true, work)) return LC_FIXED_MULTIPLICATIVE;
    lc_seasonal_indices(index, y, n, m, false, work);
    return LC_FIXED_ADDITIVE;
}
