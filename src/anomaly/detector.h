/* Anomaly flags from calibrated one-step residuals.
 *
 * A model forecasts each row from the rows before it. How unusual the residual is among those of earlier
 * rows gives a tail probability (tail.h); a row whose probability is below the wanted rate of false alarms
 * is flagged. Everything is causal: a row's result depends on no later row, and rows that the model
 * learned from are never scored. */
#ifndef LC_ANOMALY_DETECTOR_H
#define LC_ANOMALY_DETECTOR_H

#include "model/model.h"
#include "report/result.h"
#include "train/resolve.h"

/* Rows that the model may learn from and validate on when detect fits one itself: the first 15 % of each
 * series, but 200 where that is no more than 30 %, and 2000 at most. out (n_series). */
void lc_detector_split(lc_split *out, const lc_panel *p, const lc_settings *s);

typedef struct lc_detector_summary {
    size_t scored, flagged; /* rows */
} lc_detector_summary;

/* Columns unique_id, ds, y, expected, lo, hi, score, anomaly: for each target one row for every input row,
 * in order. lo and hi bound the values that would not be flagged. first_scored[i] is the first row of
 * series i that counts as a past residual. */
lc_code lc_detector_table(lc_result **out, lc_detector_summary *summary, const lc_model *m, const lc_panel *p,
                          const size_t *first_scored, const lc_settings *s, lc_status *st);

#endif
