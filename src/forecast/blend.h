/* How much of the statistical forecast belongs into that of the networks, where the recipe leaves it to the validation
 * windows: without a season. */
#ifndef LC_FORECAST_BLEND_H
#define LC_FORECAST_BLEND_H

#include "model/model.h"

/* Sets m->settings->blend where it is open. The networks get the weight 1 / (1 + r^4), where r is their mean absolute
 * error over the windows (each series' in units of its sd) relative to the better of the naive and the statistical
 * forecast. */
lc_code lc_blend_choose(lc_model *m, const lc_windows *windows, size_t threads, lc_status *st);

#endif
