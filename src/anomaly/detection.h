/* What the detectors of all columns of a panel found. */
#ifndef LC_ANOMALY_DETECTION_H
#define LC_ANOMALY_DETECTION_H

#include "anomaly/finding.h"
#include "data/panel.h"
#include "model/model.h"

typedef struct lc_detection {
    lc_finding **of; /* (n_series)(steps) */
    size_t n_series;
    size_t scored, flagged; /* rows */
    /* Of rows as a whole, where there are several columns: */
    lc_finding **row; /* (n_frames)(steps); NULL: one column, or nobody asked */
    size_t n_frames, rows_scored, rows_flagged;
} lc_detection;

/* Called by the thread that called the library, now and then, with the rows that are done; false ends the run. */
typedef bool (*lc_detection_progress_fn)(void *user, size_t done, size_t all);

/* Watches every series of the panel from its first row to its last, side by side on all threads. With a model the
 * expectations are its forecasts, else those of the detector's own forecaster. Whatever a row gets depends on no later
 * one. */
lc_code lc_detection_run(lc_detection *out, const lc_model *m, const lc_panel *p, const lc_settings *s,
                         lc_detection_progress_fn progress, void *user, lc_status *st);
void lc_detection_free(lc_detection *d);

/* For who fills findings otherwise: sets scored and flagged from them, and what a detector sees of a row (NaN: no
 * value). */
void lc_detection_count(lc_detection *d, const lc_panel *p);
double lc_detection_value(const lc_series *s, size_t step);

#endif
