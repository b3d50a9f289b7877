/* One ARMA order fitted to a differenced series. */
#ifndef LC_BASELINE_ARIMA_FIT_H
#define LC_BASELINE_ARIMA_FIT_H

#include "baseline/arma.h"

typedef struct lc_arima_fit {
    lc_arma_order order;
    double x[LC_ARMA_MOST_VARIABLES]; /* partial autocorrelations */
    double mu;
    double aicc; /* but for a constant of n; INFINITY: not fitted */
} lc_arima_fit;

typedef enum lc_arima_effort {
    LC_ARIMA_CONDITIONAL, /* by the conditional likelihood */
    LC_ARIMA_EXACT,       /* by the exact one from there, near enough to compare AICc */
    LC_ARIMA_POLISH,      /* by the exact one from the x of an earlier fit, to its end */
} lc_arima_effort;

/* Fits out->order to w (n). The roots of what is fitted stay away from the unit circle, and out->aicc is INFINITY only
 * where there are too few values. work as lc_arma_work says. */
void lc_arima_fit_order(lc_arima_fit *out, lc_arima_effort effort, const double *w, size_t n, double *work);

#endif
