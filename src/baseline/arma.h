/* A stationary series w with mean mu as a seasonal ARMA process,
 *   phi(B) Phi(B^m) (w_t - mu) = theta(B) Theta(B^m) z_t,
 * its exact Gaussian likelihood, the conditional one, and its forecasts. Notation and formulas of Brockwell & Davis,
 * Time Series: Theory and Methods, 2nd edition, chapters 3, 5 and 8; theta has plus signs. */
#ifndef LC_BASELINE_ARMA_H
#define LC_BASELINE_ARMA_H

#include <stdbool.h>
#include <stddef.h>

enum {
    LC_ARMA_MOST_SEASON = 24,
    LC_ARMA_MOST_ORDER = 5,
    LC_ARMA_MOST_SEASONAL = 2,
    LC_ARMA_MOST_LAG = LC_ARMA_MOST_ORDER + LC_ARMA_MOST_SEASONAL * LC_ARMA_MOST_SEASON,
    LC_ARMA_MOST_VARIABLES = 2 * (LC_ARMA_MOST_ORDER + LC_ARMA_MOST_SEASONAL),
};

typedef struct lc_arma_order {
    size_t p, q, P, Q; /* P and Q are 0 without season */
    size_t m;
    bool mean; /* mu is estimated, else 0 */
} lc_arma_order;

/* phi (1..p) and theta (1..q) of the products, [0] unused. */
typedef struct lc_arma {
    size_t p, q;
    double phi[LC_ARMA_MOST_LAG + 1], theta[LC_ARMA_MOST_LAG + 1];
} lc_arma;

/* Variables (p + q + P + Q, in this order) are partial autocorrelations in (-1, 1): any of them give a stationary and
 * invertible process (Barndorff-Nielsen & Schou 1973, Jones 1980). */
size_t lc_arma_variables(const lc_arma_order *o);
void lc_arma_expand(lc_arma *out, const lc_arma_order *o, const double *x);

/* Do all roots of both products lie outside the circle of this radius (>= 1)? */
bool lc_arma_roots_beyond(const lc_arma_order *o, const double *x, double radius);

/* How many doubles the functions below work in, for n values. false: overflow. */
bool lc_arma_work(size_t *out, const lc_arma_order *o, size_t n);

typedef struct lc_arma_score {
    double likelihood; /* -2 log likelihood but for n (1 + log 2 pi); INFINITY where it has none */
    double mu, variance;
} lc_arma_score;

/* Exact, by the innovations algorithm (section 8.7), mu by generalised least squares within. O(n lags^2) until the
 * innovations' variances settle, then O(n lags). */
void lc_arma_exact(lc_arma_score *out, const lc_arma *a, bool mean, const double *w, size_t n, double *work);

/* Given the first p values, and no noise before them; n > p. Scaled to all n values, so that orders compare. `mu` is
 * given. O(n (p + q)) without the lags whose weight is 0. */
double lc_arma_conditional(const lc_arma *a, double mu, const double *w, size_t n, double *work);

/* Best linear forecasts (horizon) of w_(n+1).. from all n values. */
void lc_arma_forecast(double *out, size_t horizon, const lc_arma *a, double mu, const double *w, size_t n,
                      double *work);

#endif
