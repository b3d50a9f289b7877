/* Prediction intervals by split conformal prediction (Vovk et al. 2005; Lei et al. 2018): the size of past
 * errors on windows that training did not see, in units of
 * the model's bands, which are its quantiles where it has learned them (Romano et al. 2019). */
#ifndef LC_FORECAST_INTERVAL_H
#define LC_FORECAST_INTERVAL_H

#include "forecast/predict.h"
#include "train/resolve.h"

/* Percentages of `--level`, ascending and distinct. */
typedef struct lc_levels {
    size_t n;
    double percent[8];
} lc_levels;
lc_code lc_levels_parse(lc_levels *out, const char *text, lc_status *st);

/* Name of a result column: "forecast", "lo", 80 -> "forecast-lo-80". */
const char *lc_level_name(char out[48], const char *stem, const char *side, double percent);

/* Fills the model's calibration and its skill (skill.h) from the validation windows of the split that it was fitted
 * with. */
lc_code lc_interval_calibrate(lc_model *m, const lc_panel *p, const lc_split *split, size_t threads, lc_status *st);

/* Half width at step (from 0) in units of the model's bands: the ceil((n+1) level)-th smallest score, the
 * largest where there are too few; where all steps share the scores of few windows, widened by Student's factor for
 * the windows that do not overlap, and never less than the model's own quantiles say. NaN, which is no interval, for a
 * model without calibration. */
double lc_interval_half_width(const lc_calibration *c, size_t step, double percent);

/* The interval around step `at` of bands with a half width of that step: finite and within the bounds that the settings
 * give; NaN for half width NaN. */
void lc_interval_around(const lc_settings *s, const lc_bands *b, size_t at, double half, double *lo, double *hi);

#endif
