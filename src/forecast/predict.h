/* Forecasts of a model for many windows at once, in the data's own units. */
#ifndef LC_FORECAST_PREDICT_H
#define LC_FORECAST_PREDICT_H

#include "model/model.h"

/* Of every window and step: the forecast, and how far the 10 % quantile lies below it and the 90 % quantile above, as
 * the model sees it, both above 0. They are the units in which calibration measures errors. */
typedef struct lc_bands {
    double *point, *below, *above; /* (n, horizon) */
} lc_bands;

lc_code lc_bands_create(lc_bands *b, size_t n, size_t horizon, lc_status *st);
void lc_bands_free(lc_bands *b);
/* The bands from window i on: a view. */
lc_bands lc_bands_from(const lc_bands *b, size_t i, size_t horizon);

/* Forecasts of the n windows from `first` on. LC_E_NUMERIC when one is not finite. */
lc_code lc_predict(const lc_model *m, const lc_windows *windows, size_t first, size_t n, size_t threads, lc_bands *out,
                   lc_status *st);

/* Windows for the model over the given spans of the panel, every stride-th origin. */
lc_code lc_predict_windows(lc_windows *out, const lc_model *m, const lc_panel *p, const lc_scales *scales,
                           const lc_span *span, size_t stride, lc_status *st);

#endif
