/* ETS: exponential smoothing state space models chosen by AICc, as in Hyndman, Koehler, Snyder & Grose 2002 and Hyndman
 * & Athanasopoulos, Forecasting: Principles and Practice, chapter 8. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "baseline/baseline.h"
#include "baseline/ets_fit.h"
#include "baseline/seasonal_indices.h"

#define MOST_VALUES 2000 /* under a model */
#define LEAST_VALUES 5   /* fewer leave AICc undefined for the smallest model */

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

lc_code lc_ets(double *out, size_t horizon, const double *y, size_t n, size_t season, lc_status *st)
{
    lc_code code = lc_baseline_check(y, n, n - 1, st);
    if (code != LC_OK) return code;
    const size_t used = lc_values_used(n, season, LC_ETS_MOST_SEASON, MOST_VALUES);
    double low = INFINITY, high = -INFINITY;
    for (size_t t = n - used; t < n; t++) {
        code = lc_baseline_check(y, n, t, st);
        if (code != LC_OK) return code;
        low = fmin(low, y[t]);
        high = fmax(high, y[t]);
    }
    if (used < LEAST_VALUES || low == high) return lc_naive(out, horizon, y, n, season, st);
    const bool fixed = season > LC_ETS_MOST_SEASON && season <= used / 3;
    double *work = lc_calloc(6 * used + (fixed ? 2 * season : 0), sizeof *work);
    if (!work) return lc_fail_memory(st);
    double *index = work + 5 * used + (fixed ? season : 0), *scaled = index + (fixed ? season : 0);
    /* A power of two loses no digit, and then neither squares nor sums can overflow. */
    int exponent = 0;
    frexp(fmax(fabs(low), fabs(high)), &exponent);
    for (size_t t = 0; t < used; t++) scaled[t] = ldexp(y[n - used + t], -exponent);
    const lc_fixed_season kind = fixed ? lc_take_season(scaled, index, scaled, used, season, work) : LC_NO_FIXED_SEASON;
    const size_t last = used < MOST_VALUES ? used : MOST_VALUES;
    forecast_plain(out, horizon, scaled + (used - last), last, modelled(season), work);
    lc_give_season(out, horizon, kind, index, used, season);
    for (size_t h = 0; h < horizon; h++) out[h] = lc_finite(ldexp(out[h], exponent));
    lc_free(work);
    return LC_OK;
}
