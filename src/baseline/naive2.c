/* Naive2, by which the M competitions measure: the last value of the seasonally adjusted series, times the season
 * (Makridakis et al. 2020). */
#include <math.h>
#include <stdbool.h>

#include "base/memory.h"
#include "baseline/baseline.h"
#include "baseline/seasonal_indices.h"

/* y (n, largest value near 1) in, forecast (horizon) out. work (3n + m). Where the competition's multiplicative indices
 * are not possible, as with values at 0 or below, they are additive. */
static void forecast_scaled(double *out, size_t horizon, const double *y, size_t n, size_t m, double *work)
{
    double *index = work + 3 * n;
    const bool seasonal = m > 1 && lc_is_seasonal(y, n, m, work);
    bool multiplicative = true;
    if (seasonal) {
        for (size_t t = 0; t < n; t++) multiplicative = multiplicative && y[t] > 0;
        if (multiplicative) multiplicative = lc_seasonal_indices(index, y, n, m, true, work);
        if (!multiplicative) lc_seasonal_indices(index, y, n, m, false, work);
    }
    for (size_t h = 0; h < horizon; h++) {
        if (!seasonal) out[h] = y[n - 1];
        else if (multiplicative) out[h] = y[n - 1] / index[(n - 1) % m] * index[(n + h) % m];
        else out[h] = y[n - 1] - index[(n - 1) % m] + index[(n + h) % m];
    }
}

lc_code lc_naive2(double *out, size_t horizon, const double *y, size_t n, size_t season, lc_status *st)
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
    const size_t indices = season <= used ? season : 0;
    double *work = lc_calloc(4 * used + indices, sizeof *work);
    if (!work) return lc_fail_memory(st);
    double *scaled = work + 3 * used + indices;
    int exponent = 0;
    frexp(largest, &exponent);
    for (size_t t = 0; t < used; t++) scaled[t] = ldexp(y[dropped + t], -exponent);
    forecast_scaled(out, horizon, scaled, used, season, work);
    for (size_t h = 0; h < horizon; h++) out[h] = lc_finite(ldexp(out[h], exponent));
    lc_free(work);
    return LC_OK;
}
