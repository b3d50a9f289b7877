/* Hour of day, day of week and month of the year, each as sine and cosine: covariates that follow from the stamps. */
#ifndef LC_DATA_FEATURES_H
#define LC_DATA_FEATURES_H

#include "data/panel.h"

/* Adds those that the step makes meaningful behind the panel's covariates: hours below a day, weekdays up to a day,
 * months up to a month. LC_E_USAGE without time stamps, or where the step is too long for any. */
lc_code lc_features_add(lc_panel *p, lc_status *st);

/* Value of feature i (< n_features) at any step of a frame, also after its last one. */
double lc_feature_at(const lc_panel *p, const lc_frame *f, size_t i, size_t step);

#endif
