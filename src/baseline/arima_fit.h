/* One ARMA order fitted to a differenced series. */
#ifndef LC_BASELINE_ARIMA_FIT_H
#define LC_BASELINE_ARIMA_FIT_H

#include "baseline/arma.h"

typedef struct lc_arima_fit {
    lc_arma_order order;
    double x[LC_ARMA_MOST_VARIABLES]; /* partial autocorrelations */
    double mu;
    double aicc; /* but for a constant of n; INFINITY: not fitted, or a root next to the unit circle */
} lc_arima_fit;

/* Fits out->order to w (n): by the conditional likelihood, then, where `exact`, by the exact one from there. work as
 * lc_arma_work says. */
void lc_arima_fit_order(lc_arima_fit *out, bool exact, const double *w, size_t n, double *work);

#endif
