/* Theta: Assimakopoulos & Nikolopoulos 2000, in the form that served as a benchmark of the M4 competition (Makridakis
 * et al. 2020). */
#include <math.h>

#include "baseline/baseline.h"
#include "baseline/scaled.h"

#define LANES 12
#define ROUNDS 6
#define ALPHA_LEAST .01
#define ALPHA_MOST .99

/* Simple exponential smoothing from the first value, for LANES smoothing weights at once: sums of squared one-step
 * errors and the last levels. */
static void smooth(double *squares, double *level, const double *alpha, const double *x, size_t n)
{
    double l[LANES], s[LANES], a[LANES];
    for (size_t k = 0; k < LANES; k++) {
        l[k] = x[0];
        s[k] = 0;
        a[k] = alpha[k];
    }
    for (size_t t = 1; t < n; t++) {
        for (size_t k = 0; k < LANES; k++) {
            double error = x[t] - l[k];
            s[k] += error * error;
            l[k] += a[k] * error;
        }
    }
    for (size_t k = 0; k < LANES; k++) {
        squares[k] = s[k];
        level[k] = l[k];
    }
}

/* The last level at the smoothing weight of least squared error: a grid first, since there may be several minima, then
 * finer ones around its best point until weights lie 2e-5 apart. */
static double smoothed_level(const double *x, size_t n)
{
    double best = INFINITY, best_alpha = ALPHA_LEAST, best_level = x[0];
    double step = (ALPHA_MOST - ALPHA_LEAST) / (2 * LANES - 1);
    double from = ALPHA_LEAST;
    for (size_t round = 0; round < ROUNDS; round++) {
        double alpha[LANES], squares[LANES], level[LANES];
        for (size_t k = 0; k < LANES; k++) {
            alpha[k] = fmin(fmax(from + step * (double)k, ALPHA_LEAST), ALPHA_MOST);
        }
        smooth(squares, level, alpha, x, n);
        for (size_t k = 0; k < LANES; k++) {
            if (!(squares[k] < best)) continue;
            best = squares[k];
            best_alpha = alpha[k];
            best_level = level[k];
        }
        if (round == 0) {
            from += step * LANES; /* the grid's upper half */
        } else {
            from = best_alpha - step;
            step = 2 * step / (LANES + 1);
            from += step;
        }
    }
    return best_level;
}

/* work (4n + m) */
static void forecast(double *out, size_t horizon, const double *y, size_t n, size_t m, double *work)
{
    double *index = work + 4 * n, *adjusted = work + 3 * n;
    const lc_fixed_season kind = lc_m4_season(index, y, n, m, work);
    for (size_t t = 0; t < n; t++) {
        adjusted[t] = y[t];
        if (kind == LC_FIXED_MULTIPLICATIVE) adjusted[t] /= index[t % m];
        if (kind == LC_FIXED_ADDITIVE) adjusted[t] -= index[t % m];
    }

    /* Line of regression on the centred time, so that slope and mean do not depend on each other. */
    const double middle = ((double)n - 1) / 2;
    double mean = 0, slope = 0;
    for (size_t t = 0; t < n; t++) mean += adjusted[t] / (double)n;
    for (size_t t = 0; t < n; t++) slope += ((double)t - middle) * (adjusted[t] - mean);
    if (n > 1) slope /= (double)n * ((double)n * (double)n - 1) / 12;
    for (size_t t = 0; t < n; t++) adjusted[t] = 2 * adjusted[t] - (mean + slope * ((double)t - middle));

    const double level = smoothed_level(adjusted, n);
    for (size_t h = 0; h < horizon; h++) out[h] = (level + mean + slope * ((double)n + (double)h - middle)) / 2;
    lc_give_season(out, horizon, kind, index, n, m);
}

lc_code lc_theta(double *out, size_t horizon, const double *y, size_t n, size_t season, lc_status *st)
{
    return lc_forecast_scaled(forecast, 4, out, horizon, y, n, season, st);
}
