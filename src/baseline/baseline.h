/* The simple forecasts that a network has to beat. A baseline is a function and one row of lc_baselines. */
#ifndef LC_BASELINE_BASELINE_H
#define LC_BASELINE_BASELINE_H

#include <stdbool.h>

#include "base/status.h"

/* Forecast `horizon` steps after the n (>= 1) finite values y with seasonal period `season` (0 and 1: none). The
 * forecast is finite whatever the values; LC_E_DATA when n is 0 or a value that is looked at is not finite. */
typedef lc_code lc_baseline_fn(double *out, size_t horizon, const double *y, size_t n, size_t season, lc_status *st);

typedef struct lc_baseline {
    const char *name; /* as in the evaluate table */
    const char *help;
    lc_baseline_fn *forecast;
    bool slow; /* milliseconds for a forecast: a backtest of many windows may leave some out */
} lc_baseline;

const lc_baseline *lc_baseline_find(const char *name); /* NULL: unknown */

/* The forecast of the `horizon` rows from `origin` on by who knows only the first `known` (1..origin) of the rows
 * before it, for those between are missing: they are forecast too, and left out. */
lc_code lc_baseline_from(const lc_baseline *b, double *out, size_t horizon, const double *y, size_t known,
                         size_t origin, size_t season, lc_status *st);

extern const lc_baseline lc_baselines[]; /* naive, seasonal-naive, naive2, window-mean, drift, theta, ets, arima */
extern const size_t lc_baseline_count;

lc_baseline_fn lc_naive;          /* the last value; O(1) in n */
lc_baseline_fn lc_seasonal_naive; /* the last `season` values in turn; with n < season the last value */
/* Naive2 of the M competitions: the last value, seasonally adjusted where Theta's test finds a season, times the
 * season. Sees lc_recent_values; O(n season). */
lc_baseline_fn lc_naive2;
lc_baseline_fn lc_window_mean; /* the mean of the last whole seasons that hold ten values, or of all that there are */
lc_baseline_fn lc_drift;       /* the line through the first and the last value */

/* Theta as in the M4 competition: an autocorrelation test for the season, classical decomposition, the mean of the
 * regression line and exponential smoothing of the theta = 2 line. Sees lc_recent_values; O(n (60 +
 * season)). */
lc_baseline_fn lc_theta;

/* ETS: the exponential smoothing state space model of least AICc, error additive or multiplicative, trend none,
 * additive or damped, season none, additive or multiplicative (multiplicative ones for positive values only). Seasons
 * of up to 24 are part of the model, longer ones are fixed indices around it where Theta's test finds them. Sees the
 * last 2000 values at most, for a long season's indices six seasons or 20,000. With less than five values the last one.
 * Some 3 ms for 200 values with a season of 12, 30 ms for 2000. */
lc_baseline_fn lc_ets;

/* ARIMA: seasonal differences by the strength of the season, others by the KPSS test, orders by a stepwise search for
 * the least AICc as in R's auto.arima, weights by the exact likelihood. Seasons of up to 24 are part of the model,
 * longer ones fixed indices as above. Sees the last 1000 values at most, for a long season's indices more. With less
 * than eight values the last one. Some 10 ms for 200 values with a season of 12, up to .3 s for 1000. */
lc_baseline_fn lc_arima;

/* How many of the last values of a long series a method looks at: 4,000, or four seasons where those are more, 20,000
 * at most. Older ones cost time in a backtest and tell little. */
size_t lc_recent_values(size_t n, size_t season);

/* Shared by the baselines: LC_E_DATA unless there are values and y[at] is finite. */
lc_code lc_baseline_check(const double *y, size_t n, size_t at, lc_status *st);
/* x, or the nearest finite double. NaN becomes 0. */
double lc_finite(double x);

#endif
