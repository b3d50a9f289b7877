/* Is the model better than doing nothing clever? Measured on the validation windows of every fit. */
#ifndef LC_FORECAST_SKILL_H
#define LC_FORECAST_SKILL_H

#include "baseline/baseline.h"
#include "model/model.h"

/* Sets training.against_naive and against_seasonal_naive of the model: its mean absolute error over the
 * windows (each series' errors in units of its sd) divided by theirs. point: (windows->n, horizon). */
lc_code lc_skill_measure(lc_model *m, const lc_windows *windows, const double *point, lc_status *st);

/* The sum of such errors of forecasts (windows->n, horizon), and that of a baseline; forecast (horizon) is scratch. */
double lc_skill_error(const lc_windows *w, const double *point);
lc_code lc_skill_baseline(double *sum, const lc_windows *w, const lc_baseline *b, size_t season, double *forecast,
                          lc_status *st);

#endif
