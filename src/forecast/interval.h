/* Prediction intervals by split conformal prediction (Vovk et al. 2005; Lei et al. 2018) from past errors on windows
 * that training did not see, in units of the window's spread. Errors keep their sign and each tail is calibrated by
 * itself, as in the asymmetric intervals of Romano et al. 2019 (their theorem 2): a skewed series has a skewed
 * interval. */
#ifndef LC_FORECAST_INTERVAL_H
#define LC_FORECAST_INTERVAL_H

#include "model/model.h"
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

/* Bounds at step (from 0) relative to the forecast, in units of the window's spread: *hi is the ceil((n+1)(1+p)/2)-th
 * smallest of the n scores, *lo the floor((n+1)(1-p)/2)-th, p = percent / 100 in (0, 1); the extremes where there are
 * too few, a kept score further out where not all were kept. *lo <= *hi, and a higher level is no narrower. Both are on
 * one side of 0 where nearly all errors were: the forecast then lies outside its own interval, which is right. Both are
 * NaN, which is no interval, for a model without calibration. */
void lc_interval_offsets(const lc_calibration *c, size_t step, double percent, double *lo, double *hi);

#endif
