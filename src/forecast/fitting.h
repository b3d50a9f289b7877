/* A fitted model that is ready to forecast with intervals. */
#ifndef LC_FORECAST_FITTING_H
#define LC_FORECAST_FITTING_H

#include "train/fit.h"

/* Fits by resolved settings, calibrates on the split's validation windows and, with the setting final-fit, learns again
 * from all its rows. Failures leave in *out what lc_fit leaves there, calibrated. */
lc_code lc_fit_calibrated(lc_model **out, const lc_panel *p, const lc_settings *resolved, const lc_split *split,
                          lc_progress_fn progress, void *user, lc_status *st);

#endif
