/* Whether a model can follow the series that it is given. */
#ifndef LC_FORECAST_REACH_H
#define LC_FORECAST_REACH_H

#include "model/model.h"

/* Finds series of the training that now lie where the model's scale ends; see lc_model_reach of the public interface.
 */
lc_code lc_reach_of(lc_reach *out, const lc_model *m, const lc_panel *p, lc_status *st);

#endif
