#include "forecast/baseline.h"

#include <float.h>
#include <math.h>

const lc_baseline lc_baselines[] = {
    {"naive", "the last value", lc_naive},
    {"seasonal-naive", "the value one season ago", lc_seasonal_naive},
    {"drift", "the line through the first and the last value", lc_drift},
    {"theta", "Theta, as in the M4 competition", lc_theta},
};
const size_t lc_baseline_count = sizeof lc_baselines / sizeof lc_baselines[0];

lc_code lc_baseline_check(const double *y, size_t n, size_t at, lc_status *st)
{
    if (!n) return lc_fail(st, LC_E_DATA, "a forecast needs at least one value");
    if (!isfinite(y[at])) return lc_fail(st, LC_E_DATA, "value %zu of %zu is not finite", at + 1, n);
    return LC_OK;
}

double lc_finite(double x)
{
    if (isnan(x)) return 0;
    return fmin(fmax(x, -DBL_MAX), DBL_MAX);
}
