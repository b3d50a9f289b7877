/* What became of a saved model's forecasts on the rows that came after its fit. */
#ifndef LC_FORECAST_RECENT_H
#define LC_FORECAST_RECENT_H

#include "forecast/adapt.h"

/* Half widths of n levels in percent at an origin of each series: those that the model was calibrated to, changed by
 * how the rows between the end of its fit and the origin fell into the intervals that it gives for them. A series
 * without such rows leaves them. rate: of lc_adapt_create. origin (n_series); out (n_series, n, horizon), in units of
 * the bands.
 */
lc_code lc_recent_half_widths(double *out, const double *percent, size_t n, const lc_model *m, const lc_panel *p,
                              const lc_scales *scales, const size_t *origin, double rate, size_t threads,
                              lc_status *st);

#endif
