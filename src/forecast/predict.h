/* Forecasts of a model for many windows at once, in the data's own units. */
#ifndef LC_FORECAST_PREDICT_H
#define LC_FORECAST_PREDICT_H

#include "model/model.h"

/* point (windows->n, horizon): forecasts of every window. spread (windows->n), unless NULL: the unit in which the
 * model's calibration measures errors. LC_E_NUMERIC when a forecast is not finite. */
lc_code lc_predict(const lc_model *m, const lc_windows *windows, size_t threads, double *point, double *spread,
                   lc_status *st);

/* The same for the n windows from `first` on: point (n, horizon), spread (n). */
lc_code lc_predict_some(const lc_model *m, const lc_windows *windows, size_t first, size_t n, size_t threads,
                        double *point, double *spread, lc_status *st);

/* Windows for the model over the given spans of the panel, every stride-th origin. */
lc_code lc_predict_windows(lc_windows *out, const lc_model *m, const lc_panel *p, const lc_scales *scales,
                           const lc_span *span, size_t stride, lc_status *st);

#endif
