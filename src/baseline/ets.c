/* ETS: exponential smoothing state space models chosen by AICc, as in Hyndman, Koehler, Snyder & Grose 2002 and Hyndman
 * & Athanasopoulos, Forecasting: Principles and Practice, chapter 8. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "baseline/baseline.h"
#include "baseline/ets_fit.h"
#include "baseline/seasonal_indices.h"

#define MOST_VALUES 2000         /* under a model */
#define MOST_UNDER_INDICES 20000 /* under the indices of a long season */
#define LONG_SEASONS 6
#define LEAST_VALUES 5 /* fewer leave AICc undefined for the smallest model */

/* Forms that are not tried, as their variance is unbounded or their recursion unstable (Hyndman & Athanasopoulos,
 * section 8.6): additive error with multiplicative season. Multiplicative trends forecast poorly, none is tried. */
static void choose(lc_ets_fit *best, const double *y, size_t n, size_t m, double *work)
{
    bool positive = true;
    for (size_t t = 0; t < n; t++) positive = positive && y[t] > 0;
    lc_ets_starts starts;
    lc_ets_find_starts(&starts, y, n, m, work);
    /* The last value, should no model be possible. */
    *best = (lc_ets_fit){.aicc = INFINITY, .end.level = y[n - 1], .weights.phi = 1};
    for (int error = 0; error <= (positive ? 1 : 0); error++) {
        for (int season = LC_ETS_NO_SEASON; season <= LC_ETS_MULTIPLICATIVE; season++) {
            if (season && m < 2) continue;
            if (season == LC_ETS_MULTIPLICATIVE && !error) continue;
            for (int trend = 0; trend <= 2; trend++) {
                const lc_ets_form f = {.multiplicative_error = error,
                                       .trend = trend > 0,
                                       .damped = trend == 2,
                                       .season = (lc_ets_season)season,
                                       .m = season ? m : 0};
                lc_ets_fit fit;
                lc_ets_fit_form(&fit, &f, &starts, y, n, work);
                if (fit.aicc < best->aicc) *best = fit;
            }
        }
    }
}

/* The season that ETS models by itself. */
static size_t modelled(size_t season)
{
    return season >= 2 && season <= LC_ETS_MOST_SEASON ? season : 0;
}

/* y (used, largest value near 1) in, forecast (horizon) out. work (5 used). */
static void forecast_plain(double *out, size_t horizon, const double *y, size_t n, size_t m, double *work)
{
    lc_ets_fit fit;
    choose(&fit, y, n, m, work);
    lc_ets_mean(out, horizon, &fit.form, &fit.weights, &fit.end, n, fit.variance);
}

/* A long season as fixed indices around a model of the rest. Both forms of indices are tried; the likelihood of what
 * was divided by them is made that of the data by the logs of the divisors. index (2m), work (6n). */
static void forecast_long(double *out, size_t horizon, const double *y, size_t n, size_t m, double *index, double *work)
{
    bool positive = true;
    for (size_t t = 0; t < n; t++) positive = positive && y[t] > 0;
    double *adjusted = work + 5 * n;
    const size_t last = n < MOST_VALUES ? n : MOST_VALUES;
    lc_ets_fit best = {.aicc = INFINITY};
    bool times_best = false;
    for (int times = 0; times <= (positive ? 1 : 0); times++) {
        double *mine = index + (times ? m : 0), logs = 0;
        if (!lc_seasonal_indices(mine, y, n, m, times, work) && times) continue;
        for (size_t t = 0; t < n; t++) adjusted[t] = times ? y[t] / mine[t % m] : y[t] - mine[t % m];
        for (size_t t = n - last; times && t < n; t++) logs += 2 * log(mine[t % m]);
        lc_ets_fit fit;
        choose(&fit, adjusted + (n - last), last, 0, work);
        fit.aicc += logs;
        if (!(fit.aicc < best.aicc)) continue;
        best = fit;
        times_best = times;
    }
    lc_ets_mean(out, horizon, &best.form, &best.weights, &best.end, last, best.variance);
    for (size_t h = 0; h < horizon; h++) {
        if (times_best) out[h] *= index[m + (n + h) % m];
        else out[h] += index[(n + h) % m];
    }
}

lc_code lc_ets(double *out, size_t horizon, const double *y, size_t n, size_t season, lc_status *st)
{
    lc_code code = lc_baseline_check(y, n, n - 1, st);
    if (code != LC_OK) return code;
    size_t most = MOST_VALUES;
    if (season > LC_ETS_MOST_SEASON)
        most = season > MOST_UNDER_INDICES / LONG_SEASONS ? MOST_UNDER_INDICES : LONG_SEASONS * season;
    if (most < MOST_VALUES) most = MOST_VALUES;
    const size_t used = n < most ? n : most;
    double low = INFINITY, high = -INFINITY;
    for (size_t t = n - used; t < n; t++) {
        code = lc_baseline_check(y, n, t, st);
        if (code != LC_OK) return code;
        low = fmin(low, y[t]);
        high = fmax(high, y[t]);
    }
    if (used < LEAST_VALUES || low == high) return lc_naive(out, horizon, y, n, season, st);
    const bool fixed = season > LC_ETS_MOST_SEASON && season <= used / 3;
    double *work = lc_calloc(7 * used + (fixed ? 2 * season : 0), sizeof *work);
    if (!work) return lc_fail_memory(st);
    double *scaled = work + 6 * used, *index = scaled + used;
    /* A power of two loses no digit, and then neither squares nor sums can overflow. */
    int exponent = 0;
    frexp(fmax(fabs(low), fabs(high)), &exponent);
    for (size_t t = 0; t < used; t++) scaled[t] = ldexp(y[n - used + t], -exponent);
    if (fixed && lc_is_seasonal(scaled, used, season, work)) {
        forecast_long(out, horizon, scaled, used, season, index, work);
    } else {
        const size_t last = used < MOST_VALUES ? used : MOST_VALUES;
        forecast_plain(out, horizon, scaled + (used - last), last, modelled(season), work);
    }
    for (size_t h = 0; h < horizon; h++) out[h] = lc_finite(ldexp(out[h], exponent));
    lc_free(work);
    return LC_OK;
}
