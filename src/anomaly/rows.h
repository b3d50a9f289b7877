/* The verdicts on rows of several columns, after those on their columns. */
#ifndef LC_ANOMALY_ROWS_H
#define LC_ANOMALY_ROWS_H

#include "anomaly/detection.h"

/* Fills d->row, rows_scored and rows_flagged; nothing is to be done for panels of one column. */
lc_code lc_rows_find(lc_detection *d, const lc_panel *p, double alarms_per, size_t threads, lc_status *st);

/* Of a panel of several columns: the series of a frame and a target at target * n_frames + frame, SIZE_MAX where there
 * is none; to be freed with lc_free. NULL: out of memory. */
size_t *lc_rows_series(const lc_panel *p);

#endif
