/* One exponential smoothing model fitted to a series. */
#ifndef LC_BASELINE_ETS_FIT_H
#define LC_BASELINE_ETS_FIT_H

#include "baseline/ets_model.h"

/* The states before the first value as a decomposition suggests them, per form of season (Hyndman et al. 2002, section
 * 4): `usable` is false where there is none. */
typedef struct lc_ets_starts {
    struct {
        bool usable;
        double index[LC_ETS_MOST_SEASON]; /* sum 0 (additive) or m (multiplicative) */
        double mean, level, slope;        /* of the first values: their mean, and the line through them */
        double noise;                     /* > 0: how far values usually lie from that line */
    } of[3];                              /* by lc_ets_season */
} lc_ets_starts;

typedef struct lc_ets_fit {
    lc_ets_form form;
    lc_ets_weights weights;
    lc_ets_state end;  /* after the last value */
    double variance;   /* of the Gaussian part */
    double aicc;       /* of -2 log likelihood as in lc_ets_run; INFINITY: not fitted */
    size_t parameters; /* estimated ones, the variance included */
} lc_ets_fit;

/* y (n >= 1), m <= LC_ETS_MOST_SEASON (0 and 1: no season). work (4n). */
void lc_ets_find_starts(lc_ets_starts *out, const double *y, size_t n, size_t m, double *work);

/* How many parameters the form has, the variance included. */
size_t lc_ets_parameters(const lc_ets_form *f);

/* Maximum likelihood within 0 < beta < alpha < 1, 0 < gamma < 1 - alpha, .8 <= phi <= .98, where the model is also
 * stable; y (n) with its largest value near 1. out->aicc is INFINITY where the form cannot be fitted: too few values
 * for AICc, no usable start. work (4n). O(n) per step, some 20 to 150 steps. */
void lc_ets_fit_form(lc_ets_fit *out, const lc_ets_form *f, const lc_ets_starts *starts, const double *y, size_t n,
                     double *work);

#endif
