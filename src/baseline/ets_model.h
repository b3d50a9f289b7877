/* The state space models of exponential smoothing: recursion, likelihood and its gradient.
 *
 * With trend, q_t = l_(t-1) + phi b_(t-1), without q_t = l_(t-1). A season is s_(t-m); its form says whether the
 * forecast is q + s or q s. The error is e_t = y_t - forecast_t, and the states follow it by l_t = q_t + alpha u_t, b_t
 * = phi b_(t-1) + beta u_t,  s_t = s_(t-m) + gamma v_t with u = v = e, or for a multiplicative season u = e / s, v = e
 * / q. An additive error has e_t, a multiplicative one e_t / forecast_t as its independent Gaussian part. Source:
 * Hyndman, Koehler, Snyder & Grose, A state space framework for automatic forecasting using exponential smoothing
 * methods, Int. J. Forecasting 18 (2002). */
#ifndef LC_BASELINE_ETS_MODEL_H
#define LC_BASELINE_ETS_MODEL_H

#include <stdbool.h>
#include <stddef.h>

enum { LC_ETS_MOST_SEASON = 24 };

typedef enum lc_ets_season { LC_ETS_NO_SEASON, LC_ETS_ADDITIVE, LC_ETS_MULTIPLICATIVE } lc_ets_season;

typedef struct lc_ets_form {
    bool multiplicative_error, trend, damped; /* damped only with trend */
    lc_ets_season season;
    size_t m; /* 2..LC_ETS_MOST_SEASON with a season */
} lc_ets_form;

typedef struct lc_ets_state {
    double level, slope;
    double season[LC_ETS_MOST_SEASON]; /* by t % m */
} lc_ets_state;

/* Smoothing weights and the states before the first value; also the gradient by all of them. */
typedef struct lc_ets_weights {
    double alpha, beta, gamma, phi; /* without effect where the form has no use for them; phi = 1 if not damped */
    lc_ets_state start;
} lc_ets_weights;

/* What the backward pass needs of the forward one: four arrays of n. */
typedef struct lc_ets_trace {
    double *q, *slope, *season, *error;
} lc_ets_trace;

/* -2 log likelihood, up to a constant of n alone, of y (n): n log(sum r^2) [+ 2 sum log |forecast|], r the Gaussian
 * part. INFINITY where the recursion leaves its domain (a multiplicative form needs positive forecasts). *end gets the
 * states after the last value, *squares sum r^2, which counts as no less than rounding allows for data near 1. */
double lc_ets_run(const lc_ets_form *f, const lc_ets_weights *w, const double *y, size_t n, const lc_ets_trace *trace,
                  lc_ets_state *end, double *squares);

/* The gradient of that by the weights, from the trace that lc_ets_run left with the same arguments and the squares that
 * it returned. Backpropagation through the recursion: one pass, whatever the number of weights. */
void lc_ets_gradient(lc_ets_weights *gradient, const lc_ets_form *f, const lc_ets_weights *w, const double *y, size_t n,
                     const lc_ets_trace *trace, double squares);

/* The forecasts' means (horizon) from the states after the last value of n; variance is that of the Gaussian part. */
void lc_ets_mean(double *out, size_t horizon, const lc_ets_form *f, const lc_ets_weights *w, const lc_ets_state *end,
                 size_t n, double variance);

/* Does the model forget its start? All roots of the characteristic polynomial of the recursion lie inside the unit
 * circle (Hyndman, Akram & Archibald, The admissible parameter space for exponential smoothing models, Annals of the
 * Institute of Statistical Mathematics 60, 2008). */
bool lc_ets_is_stable(const lc_ets_form *f, const lc_ets_weights *w);

#endif
