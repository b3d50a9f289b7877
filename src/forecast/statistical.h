/* Forecasts of the statistical models, alone or blended with what networks say. */
#ifndef LC_FORECAST_STATISTICAL_H
#define LC_FORECAST_STATISTICAL_H

#include "baseline/baseline.h"
#include "forecast/predict.h"

/* What the statistical part of a model is, for people to read. */
void lc_statistical_name(const lc_model *m, char *out, size_t room);

/* Does a forecast of the model take milliseconds, because of that part? */
bool lc_statistical_is_slow(const lc_model *m);

/* Forecasts of the n windows from `first` on with weight `share` into out: 1 replaces what is there, but for the
 * median, which is one of what is there and the statistical models'. Bands of the networks move with the point. */
lc_code lc_statistical_blend(const lc_model *m, const lc_windows *windows, size_t first, size_t n, size_t threads,
                             double share, lc_bands *out, lc_status *st);

#endif
