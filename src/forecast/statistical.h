/* Forecasts of the statistical models, alone or blended with what networks say. */
#ifndef LC_FORECAST_STATISTICAL_H
#define LC_FORECAST_STATISTICAL_H

#include "baseline/baseline.h"
#include "forecast/predict.h"

/* The statistical model behind an architecture: itself, for "auto" the one that is blended in. */
const lc_baseline *lc_statistical_of(const lc_settings *s);

/* Forecasts of the n windows from `first` on with weight `share` into out: share 1 replaces what is there. Bands of the
 * networks move with the point. */
lc_code lc_statistical_blend(const lc_model *m, const lc_windows *windows, size_t first, size_t n, size_t threads,
                             double share, lc_bands *out, lc_status *st);

#endif
