#include "baseline/differencing.h"

#include <math.h>

#include "base/sums.h"
#include "data/season.h"

#define KPSS_5_PERCENT .463
#define ROUNDING 1e-12
#define NEAR_CYCLES 11 /* under the weights of one value's season: five before and five after */
#define ROUNDS 2

size_t lc_difference(double *y, size_t n, size_t lag)
{
    if (n <= lag) return 0;
    for (size_t t = 0; t + lag < n; t++) y[t] = y[t + lag] - y[t];
    return n - lag;
}

bool lc_level_wanders(const double *y, size_t n)
{
    if (n < 3) return false;
    double mean = 0, sum = 0, squares = 0, partial = 0;
    for (size_t t = 0; t < n; t++) mean += y[t] / (double)n;
    for (size_t t = 0; t < n; t++) {
        const double e = y[t] - mean;
        squares += e * e;
        partial += e;
        sum += partial * partial;
    }
    if (squares <= (double)n * ROUNDING * ROUNDING) return false;
    const size_t lags = (size_t)(3 * sqrt((double)n) / 13);
    double variance = squares;
    for (size_t k = 1; k <= lags; k++) {
        double product = 0;
        for (size_t t = k; t < n; t++) product += (y[t] - mean) * (y[t - k] - mean);
        variance += 2 * (1 - (double)k / (double)(lags + 1)) * product;
    }
    return sum / (double)n > KPSS_5_PERCENT * variance;
}

/* Means of the values of the same phase in the nearest cycles, with tricube weights. */
static void smooth_by_phase(double *out, const double *x, size_t n, size_t m)
{
    for (size_t t = 0; t < n; t++) {
        const size_t cycle = t / m, phase = t % m, cycles = (n - phase - 1) / m + 1;
        size_t from = cycle > NEAR_CYCLES / 2 ? cycle - NEAR_CYCLES / 2 : 0;
        size_t to = from + NEAR_CYCLES < cycles ? from + NEAR_CYCLES : cycles;
        if (to - from < NEAR_CYCLES) from = to > NEAR_CYCLES ? to - NEAR_CYCLES : 0;
        const double reach = fmax((double)(cycle - from), (double)(to - 1 - cycle)) + 1;
        double sum = 0, weights = 0;
        for (size_t c = from; c < to; c++) {
            const double d = fabs((double)c - (double)cycle) / reach, w = pow(1 - d * d * d, 3);
            sum += w * x[c * m + phase];
            weights += w;
        }
        out[t] = sum / weights;
    }
}

static double variance_of(const double *x, size_t n)
{
    double mean = 0, squares = 0;
    for (size_t t = 0; t < n; t++) mean += x[t] / (double)n;
    for (size_t t = 0; t < n; t++) squares += (x[t] - mean) * (x[t] - mean);
    return squares / (double)n;
}

double lc_seasonal_strength(const double *y, size_t n, size_t m, double *work)
{
    if (m < 2 || n / 2 < m) return 0;
    double *trend = work, *season = work + n, *scratch = work + 2 * n;
    for (size_t t = 0; t < n; t++) season[t] = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        /* The trend of what has no season, level before its first and after its last average. */
        for (size_t t = 0; t < n; t++) trend[t] = y[t] - season[t];
        const size_t half = m / 2, count = lc_centred_average(season, scratch, trend, n, m);
        for (size_t t = 0; t < n; t++) {
            const size_t at = t < half ? 0 : t - half < count ? t - half : count - 1;
            trend[t] = season[at];
        }
        for (size_t t = 0; t < n; t++) scratch[t] = y[t] - trend[t];
        smooth_by_phase(season, scratch, n, m);
    }
    for (size_t t = 0; t < n; t++) scratch[t] = y[t] - trend[t];
    const double whole = variance_of(scratch, n);
    if (whole <= ROUNDING * ROUNDING) return 0;
    for (size_t t = 0; t < n; t++) scratch[t] -= season[t];
    return fmax(0, 1 - variance_of(scratch, n) / whole);
}
