/* ARIMA whose orders are chosen by tests and AICc: Hyndman & Khandakar, Automatic time series forecasting: the forecast
 * package for R, Journal of Statistical Software 27(3), 2008; seasonal differences by the strength of the season, as in
 * Hyndman & Athanasopoulos, Forecasting: Principles and Practice, chapter 9. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "baseline/arima_fit.h"
#include "baseline/baseline.h"
#include "baseline/differencing.h"
#include "baseline/seasonal_indices.h"

#define MOST_VALUES 1000
#define LEAST_VALUES 8
#define EXACT_SEARCH 150 /* longer series are searched by the conditional likelihood */
#define MOST_DIFFERENCES 2
#define STRONG_SEASON .64
#define MOST_MODELS 94
#define FINALISTS 3
#define SAME 1e-10 /* a spread below this, against values near 1, is rounding */

enum { ORDERS = LC_ARMA_MOST_ORDER + 1, SEASONAL = LC_ARMA_MOST_SEASONAL + 1 };

typedef struct search {
    const double *w;
    size_t n, m;
    bool may_mean, exact;
    size_t most_p, most_P; /* also of q and Q */
    double *work;
    bool seen[ORDERS][ORDERS][SEASONAL][SEASONAL][2];
    size_t models;
    lc_arima_fit fit[MOST_MODELS]; /* all of them, by rising AICc */
} search;

/* Fits an order that is allowed and new; true when it is the best so far. */
static bool try_order(search *s, long p, long q, long P, long Q, bool mean)
{
    const long most_p = (long)s->most_p, most_P = (long)s->most_P;
    if (p < 0 || q < 0 || P < 0 || Q < 0 || p > most_p || q > most_p || P > most_P || Q > most_P) return false;
    if (mean && !s->may_mean) return false;
    bool *seen = &s->seen[p][q][P][Q][mean];
    if (*seen || s->models >= MOST_MODELS) return false;
    *seen = true;
    lc_arima_fit fit = {.order = {(size_t)p, (size_t)q, (size_t)P, (size_t)Q, s->m, mean}};
    lc_arima_fit_order(&fit, s->exact ? LC_ARIMA_EXACT : LC_ARIMA_CONDITIONAL, s->w, s->n, s->work);
    size_t at = s->models++;
    for (; at && fit.aicc < s->fit[at - 1].aicc; at--) s->fit[at] = s->fit[at - 1];
    s->fit[at] = fit;
    return at == 0;
}

/* One better neighbour of the best order; false: there is none. */
static bool improve(search *s)
{
    static const signed char moves[][4] = {
        {0, 0, -1, 0},  {0, 0, 0, -1}, {0, 0, 1, 0},  {0, 0, 0, 1},  {0, 0, -1, -1}, {0, 0, -1, 1},
        {0, 0, 1, -1},  {0, 0, 1, 1},  {-1, 0, 0, 0}, {0, -1, 0, 0}, {1, 0, 0, 0},   {0, 1, 0, 0},
        {-1, -1, 0, 0}, {-1, 1, 0, 0}, {1, -1, 0, 0}, {1, 1, 0, 0},
    };
    const lc_arma_order o = s->fit[0].order;
    const long p = (long)o.p, q = (long)o.q, P = (long)o.P, Q = (long)o.Q;
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++)
        if (try_order(s, p + moves[i][0], q + moves[i][1], P + moves[i][2], Q + moves[i][3], o.mean)) return true;
    return try_order(s, p, q, P, Q, !o.mean);
}

static size_t at_most(size_t most, size_t x)
{
    return x < most ? x : most;
}

static void find_order(search *s)
{
    s->most_p = at_most(LC_ARMA_MOST_ORDER, s->n / 3);
    s->most_P = s->m ? at_most(LC_ARMA_MOST_SEASONAL, s->n / 3 / s->m) : 0;
    s->exact = s->n <= EXACT_SEARCH;
    const long two = (long)at_most(2, s->most_p), one = (long)at_most(1, s->most_p), P = (long)at_most(1, s->most_P);
    try_order(s, two, two, P, P, s->may_mean);
    try_order(s, 0, 0, 0, 0, s->may_mean);
    try_order(s, one, 0, P, 0, s->may_mean);
    try_order(s, 0, one, 0, P, s->may_mean);
    try_order(s, 0, 0, 0, 0, false);
    while (improve(s)) continue;
    /* What the conditional likelihood liked best, by the exact one. */
    lc_arima_fit best = s->fit[0];
    if (!s->exact) best.aicc = INFINITY;
    for (size_t i = 0; !s->exact && i < FINALISTS && i < s->models; i++) {
        lc_arima_fit_order(&s->fit[i], LC_ARIMA_EXACT, s->w, s->n, s->work);
        if (s->fit[i].aicc < best.aicc) best = s->fit[i];
    }
    s->fit[0] = best;
    if (isfinite(best.aicc)) lc_arima_fit_order(&s->fit[0], LC_ARIMA_POLISH, s->w, s->n, s->work);
}

static bool varies(const double *w, size_t n)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t t = 0; t < n; t++) {
        low = fmin(low, w[t]);
        high = fmax(high, w[t]);
    }
    return high - low > SAME;
}

/* Differences w (n), whose lags and number go to lag (3); returns how many values are left. work (5n). */
static size_t make_stationary(size_t *lag, size_t *lags, double *w, size_t n, size_t m, double *work)
{
    *lags = 0;
    if (m && n >= 3 * m && lc_seasonal_strength(w, n, m, work) > STRONG_SEASON) {
        lag[(*lags)++] = m;
        n = lc_difference(w, n, m);
    }
    for (size_t d = 0; d < MOST_DIFFERENCES && n > LEAST_VALUES && varies(w, n) && lc_level_wanders(w, n); d++) {
        memcpy(work, w, n * sizeof *w);
        if (!varies(work, lc_difference(work, n, 1)) && d) break;
        lag[(*lags)++] = 1;
        n = lc_difference(w, n, 1);
    }
    return n;
}

/* Forecasts of the differences become those of y (n): undone one after the other, the last one first. work (n). */
static void integrate(double *f, size_t horizon, const double *y, size_t n, const size_t *lag, size_t lags,
                      double *work)
{
    for (size_t k = lags; k-- > 0;) {
        /* y differenced k times. */
        size_t left = n;
        memcpy(work, y, n * sizeof *y);
        for (size_t i = 0; i < k; i++) left = lc_difference(work, left, lag[i]);
        for (size_t h = 0; h < horizon; h++) f[h] += h < lag[k] ? work[left - lag[k] + h] : f[h - lag[k]];
    }
}

/* y (n, largest value near 1) in, forecast (horizon) out. w (n); work as lc_arma_work says, and 5n. */
static void forecast_plain(double *out, size_t horizon, const double *y, size_t n, size_t m, double *w, double *work)
{
    size_t lag[1 + MOST_DIFFERENCES], lags;
    memcpy(w, y, n * sizeof *y);
    search s = {.w = w, .m = m, .work = work};
    s.n = make_stationary(lag, &lags, w, n, m, work);
    s.may_mean = lags < 2;
    if (varies(w, s.n)) find_order(&s);
    if (varies(w, s.n) && isfinite(s.fit[0].aicc)) {
        lc_arma a;
        lc_arma_expand(&a, &s.fit[0].order, s.fit[0].x);
        lc_arma_forecast(out, horizon, &a, s.fit[0].mu, w, s.n, work);
    } else {
        /* All the same, or too few values for any model: their mean. */
        double mean = 0;
        for (size_t t = 0; t < s.n && s.may_mean; t++) mean += w[t] / (double)s.n;
        for (size_t h = 0; h < horizon; h++) out[h] = mean;
    }
    integrate(out, horizon, y, n, lag, lags, work);
}

lc_code lc_arima(double *out, size_t horizon, const double *y, size_t n, size_t season, lc_status *st)
{
    lc_code code = lc_baseline_check(y, n, n - 1, st);
    if (code != LC_OK) return code;
    const size_t used = lc_values_used(n, season, LC_ARMA_MOST_SEASON, MOST_VALUES);
    double low = INFINITY, high = -INFINITY;
    for (size_t t = n - used; t < n; t++) {
        code = lc_baseline_check(y, n, t, st);
        if (code != LC_OK) return code;
        low = fmin(low, y[t]);
        high = fmax(high, y[t]);
    }
    if (used < LEAST_VALUES || low == high) return lc_naive(out, horizon, y, n, season, st);
    const size_t m = season >= 2 && season <= LC_ARMA_MOST_SEASON ? season : 0;
    const bool fixed = season > LC_ARMA_MOST_SEASON && season <= used / 3;
    const lc_arma_order most = {
        LC_ARMA_MOST_ORDER, LC_ARMA_MOST_ORDER, LC_ARMA_MOST_SEASONAL, LC_ARMA_MOST_SEASONAL, m, 0};
    size_t room;
    if (!lc_arma_work(&room, &most, used)) return lc_fail_memory(st);
    room += 5 * used + (fixed ? season : 0);
    double *work = lc_calloc(room + 2 * used + (fixed ? season : 0), sizeof *work);
    if (!work) return lc_fail_memory(st);
    double *scaled = work + room, *w = scaled + used, *index = w + used;
    /* A power of two loses no digit, and then neither squares nor sums can overflow. */
    int exponent = 0;
    frexp(fmax(fabs(low), fabs(high)), &exponent);
    for (size_t t = 0; t < used; t++) scaled[t] = ldexp(y[n - used + t], -exponent);
    const lc_fixed_season kind = fixed ? lc_take_season(scaled, index, scaled, used, season, work) : LC_NO_FIXED_SEASON;
    const size_t last = used < MOST_VALUES ? used : MOST_VALUES;
    forecast_plain(out, horizon, scaled + (used - last), last, m, w, work);
    lc_give_season(out, horizon, kind, index, used, season);
    for (size_t h = 0; h < horizon; h++) out[h] = lc_finite(ldexp(out[h], exponent));
    lc_free(work);
    return LC_OK;
}
