#include "baseline/baseline.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"

const lc_baseline lc_baselines[] = {
    {"naive", "the last value", lc_naive, false},
    {"seasonal-naive", "the value one season ago", lc_seasonal_naive, false},
    {"naive2", "the last value, seasonally adjusted, as in the M4 competition", lc_naive2, false},
    {"window-mean", "the mean of the last season or of ten values", lc_window_mean, false},
    {"drift", "the line through the first and the last value", lc_drift, false},
    {"theta", "Theta, as in the M4 competition", lc_theta, false},
    {"ets", "exponential smoothing chosen by AICc", lc_ets, true},
    {"arima", "ARIMA with orders chosen by tests and AICc", lc_arima, true},
};
const size_t lc_baseline_count = sizeof lc_baselines / sizeof lc_baselines[0];

const lc_baseline *lc_baseline_find(const char *name)
{
    for (size_t i = 0; i < lc_baseline_count; i++)
        if (strcmp(lc_baselines[i].name, name) == 0) return &lc_baselines[i];
    return NULL;
}

lc_code lc_baseline_check(const double *y, size_t n, size_t at, lc_status *st)
{
    if (!n) return lc_fail(st, LC_E_DATA, "a forecast needs at least one value");
    if (!isfinite(y[at])) return lc_fail(st, LC_E_DATA, "value %zu of %zu is not finite", at + 1, n);
    return LC_OK;
}

size_t lc_recent_values(size_t n, size_t season)
{
    enum { USUAL = 4000, SEASONS = 4, MOST = 20000 };
    const size_t seasons = season < MOST / SEASONS ? SEASONS * season : MOST;
    const size_t most = seasons > USUAL ? seasons : USUAL;
    return n < most ? n : most;
}

double lc_finite(double x)
{
    if (isnan(x)) return 0;
    return fmin(fmax(x, -DBL_MAX), DBL_MAX);
}

lc_code lc_baseline_from(const lc_baseline *b, double *out, size_t horizon, const double *y, size_t known,
                         size_t origin, size_t season, lc_status *st)
{
    if (known == origin) return b->forecast(out, horizon, y, known, season, st);
    size_t gap = origin - known, n;
    double *all = lc_add(gap, horizon, &n) ? lc_calloc(n, sizeof *all) : NULL;
    if (!all) return lc_fail_memory(st);
    lc_code code = b->forecast(all, n, y, known, season, st);
    if (code == LC_OK) memcpy(out, all + gap, horizon * sizeof *out);
    lc_free(all);
    return code;
}
