#include "baseline/seasonal_indices.h"

#include <math.h>
#include <string.h>

#include "base/sums.h"
#include "data/season.h"

#define CRITICAL 1.645 /* two-sided 90 % of the normal distribution */
/* A multiplicative index this close to 0 would blow noise up: the season is then taken as additive. */
#define LEAST_INDEX .01
/* Against a largest value near 1: a spread below this is rounding, not data. */
#define ROUNDING 1e-12
#define MOST_UNDER_INDICES 20000
#define CYCLES 6

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

static void adjust(double *out, const double *y, size_t n, const double *index, size_t m, bool multiplicative)
{
    for (size_t t = 0; t < n; t++) out[t] = multiplicative ? y[t] / index[t % m] : y[t] - index[t % m];
}

/* -2 log likelihood of a random walk, up to a constant of n. */
static double walk_likelihood(const double *x, size_t n)
{
    double squares = 0;
    for (size_t t = 1; t < n; t++) squares += (x[t] - x[t - 1]) * (x[t] - x[t - 1]);
    return (double)n * log(fmax(squares, (double)n * ROUNDING * ROUNDING));
}

lc_fixed_season lc_take_season(double *adjusted, double *index, const double *y, size_t n, size_t m, double *work)
{
    if (!lc_is_seasonal(y, n, m, work)) {
        memmove(adjusted, y, n * sizeof *y);
        return LC_NO_FIXED_SEASON;
    }
    double *plus = work + 3 * n, *times = work + 4 * n, *ratio = work + 5 * n;
    bool positive = true;
    for (size_t t = 0; t < n; t++) positive = positive && y[t] > 0;
    lc_fixed_season kind = LC_FIXED_ADDITIVE;
    lc_seasonal_indices(index, y, n, m, false, work);
    adjust(plus, y, n, index, m, false);
    if (positive && lc_seasonal_indices(ratio, y, n, m, true, work)) {
        adjust(times, y, n, ratio, m, true);
        /* Of the data, not of what was divided. */
        double logs = 0;
        for (size_t t = 0; t < n; t++) logs += 2 * log(ratio[t % m]);
        if (walk_likelihood(times, n) + logs < walk_likelihood(plus, n)) kind = LC_FIXED_MULTIPLICATIVE;
    }
    if (kind == LC_FIXED_MULTIPLICATIVE) memcpy(index, ratio, m * sizeof *index);
    memcpy(adjusted, kind == LC_FIXED_MULTIPLICATIVE ? times : plus, n * sizeof *adjusted);
    return kind;
}

void lc_give_season(double *forecast, size_t horizon, lc_fixed_season kind, const double *index, size_t n, size_t m)
{
    for (size_t h = 0; kind != LC_NO_FIXED_SEASON && h < horizon; h++) {
        if (kind == LC_FIXED_MULTIPLICATIVE) forecast[h] *= index[(n + h) % m];
        else forecast[h] += index[(n + h) % m];
    }
}

size_t lc_values_used(size_t n, size_t season, size_t longest, size_t most)
{
    if (season > longest) {
        const size_t wanted = season > MOST_UNDER_INDICES / CYCLES ? MOST_UNDER_INDICES : CYCLES * season;
        if (wanted > most) most = wanted;
    }
    return n < most ? n : most;
}
