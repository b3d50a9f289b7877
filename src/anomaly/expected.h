/* What a trained model expected of every row of a panel. */
#ifndef LC_ANOMALY_EXPECTED_H
#define LC_ANOMALY_EXPECTED_H

#include "model/model.h"

/* (n_series)(steps) the mean of the model's forecasts of the row from 24, 48 and 96 rows before it, as far as its
 * horizon reaches, else from as far as that; NaN where there is none. A series that the model does not know is scaled
 * by its first rows. */
lc_code lc_expected_rows(double ***out, const lc_model *m, const lc_panel *p, size_t threads, lc_status *st);
void lc_expected_free(double **expected, size_t n_series);

#endif
