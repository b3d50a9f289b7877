#include "forecast/compare.h"

#include <math.h>

#include "base/student.h"

/* The larger estimate of the long-run variance. */
static double long_run_variance(const double *d, size_t n, double mean, size_t reach)
{
    double plain = 0, weighted = 0;
    for (size_t k = 0; k < reach; k++) {
        double gamma = 0;
        for (size_t t = k; t < n; t++) gamma += (d[t] - mean) * (d[t - k] - mean) / (double)n;
        plain += k ? 2 * gamma : gamma;
        weighted += (k ? 2 * gamma : gamma) * (1 - (double)k / (double)reach);
    }
    return fmax(plain, weighted);
}

void lc_compare(lc_comparison *out, const double *difference, size_t n, size_t reach)
{
    /* Below this share of the differences their spread is rounding. */
    const double rounding = 1e-12;
    *out = (lc_comparison){NAN, NAN, NAN, 0};
    if (!n) return;
    const double count = (double)n, r = (double)reach;
    double mean = 0;
    for (size_t t = 0; t < n; t++) mean += difference[t] / count;
    out->mean = mean;
    if (!reach || n < 2 * reach || !isfinite(mean)) return;
    const double variance = long_run_variance(difference, n, mean, reach);
    const double correction = sqrt((count + 1 - 2 * r + r * (r - 1) / count) / count);
    if (!isfinite(variance)) return;
    if (variance > rounding * rounding * mean * mean) out->statistic = mean / sqrt(variance / count) * correction;
    else out->statistic = mean == 0 ? 0 : copysign(INFINITY, mean);
    out->freedom = n / reach - 1;
    out->p = lc_student_two_sided(out->statistic, (double)out->freedom);
}
