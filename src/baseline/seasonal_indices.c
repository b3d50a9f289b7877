#include "baseline/seasonal_indices.h"

#include <math.h>

#include "base/sums.h"
#include "data/season.h"

#define CRITICAL 1.645 /* two-sided 90 % of the normal distribution */
/* A multiplicative index this close to 0 would blow noise up: the season is then taken as additive. */
#define LEAST_INDEX .01
/* Against a largest value near 1: a spread below this is rounding, not data. */
#define ROUNDING 1e-12

bool lc_is_seasonal(const double *y, size_t n, size_t m, double *work)
{
    if (m < 2 || n / 3 < m) return false;
    double mean = 0;
    for (size_t t = 0; t < n; t++) mean += y[t] / (double)n;
    for (size_t t = 0; t < n; t++) work[t] = y[t] - mean;
    const double variance = lc_dot(work, work, n);
    if (variance <= (double)n * ROUNDING * ROUNDING) return false;
    double squares = 0;
    for (size_t k = 1; k < m; k++) {
        double r = lc_dot(work + k, work, n - k) / variance;
        squares += r * r;
    }
    return fabs(lc_dot(work + m, work, n - m) / variance) > CRITICAL * sqrt((1 + 2 * squares) / (double)n);
}

bool lc_seasonal_indices(double *index, const double *y, size_t n, size_t m, bool multiplicative, double *work)
{
    double *average = work;
    size_t count = lc_centred_average(average, work + n, y, n, m);
    for (size_t p = 0; p < m; p++) {
        double sum = 0;
        size_t seen = 0;
        /* Value t has its average at t - m/2. */
        for (size_t t = p; t < m / 2 + count; t += m) {
            if (t < m / 2) continue;
            double a = average[t - m / 2];
            sum += multiplicative ? y[t] / a : y[t] - a;
            seen++;
        }
        index[p] = sum / (double)seen;
    }
    double mean = 0;
    for (size_t p = 0; p < m; p++) mean += index[p] / (double)m;
    for (size_t p = 0; p < m; p++) {
        index[p] = multiplicative ? index[p] / mean : index[p] - mean;
        if (multiplicative && !(index[p] >= LEAST_INDEX && isfinite(index[p]))) return false;
    }
    return true;
}
