/* Anomaly flags from calibrated one-step residuals.
 *
 * A model forecasts each row from the rows before it. How unusual the residual is among those of earlier
 * rows gives a tail probability (tail.h); a row whose probability is below the wanted rate of false alarms
 * is flagged. With a given model everything is causal: what a row gets depends on no later row. A model that is fitted
 * on the way learns from a share of the rows, so there the length of the file counts too; rows that it learned from
 * are never scored. */
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

/* Columns unique_id, ds, y, expected, lo, hi, score, anomaly: for each target one row for every input row, in
 * order. lo and hi bound the values that would not be flagged; score is at least 0.5 exactly for flagged rows, and 0
 * for rows without a value or a verdict. learned (n_series): what the model was fitted on: residuals count from
 * learned.train on, scores from learned.end on; NULL for a model that comes from elsewhere. A series that such a model
 * does not know is scaled by its first rows, those before the first score. */
lc_code lc_detector_table(lc_result **out, lc_detector_summary *summary, const lc_model *m, const lc_panel *p,
                          const lc_split *learned, const lc_settings *s, lc_status *st);

#endif
