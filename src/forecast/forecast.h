/* The forecast of every series from its end, as a result table. */
#ifndef LC_FORECAST_FORECAST_H
#define LC_FORECAST_FORECAST_H

#include "forecast/interval.h"
#include "report/result.h"

/* Columns unique_id, ds, forecast, and forecast-lo-P, forecast-hi-P for every level. *unknown: series that
 * the model was not trained on. */
lc_code lc_forecast_table(lc_result **out, const lc_model *m, const lc_panel *p, const lc_levels *levels,
                          size_t threads, size_t *unknown, lc_status *st);

#endif
