/* The forecast of every series from its end, as a result table. */
#ifndef LC_FORECAST_FORECAST_H
#define LC_FORECAST_FORECAST_H

#include "forecast/interval.h"
#include "report/result.h"

/* Whether what is known ahead reaches to the horizon for every series; LC_E_DATA names one for which it does not. */
lc_code lc_forecast_ready(const lc_panel *p, size_t horizon, lc_status *st);

/* Columns unique_id, ds, forecast, and forecast-lo-P, forecast-hi-P for every level. *unknown: series that
 * the model was not trained on. adapt: how fast intervals follow what came out on rows after the fit, 0: they do not
 * (recent.h). */
lc_code lc_forecast_table(lc_result **out, const lc_model *m, const lc_panel *p, const lc_levels *levels, double adapt,
                          size_t threads, size_t *unknown, lc_status *st);

/* The same from a horizon before the end of every series that has the rows for it, none: *out stays as it is; as also
 * where the model's networks have learned from these rows. */
lc_code lc_forecast_past_table(lc_result **out, const lc_model *m, const lc_panel *p, const lc_levels *levels,
                               double adapt, size_t threads, lc_status *st);

#endif
