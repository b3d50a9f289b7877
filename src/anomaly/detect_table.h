/* The result of a detection as a table. */
#ifndef LC_ANOMALY_DETECT_TABLE_H
#define LC_ANOMALY_DETECT_TABLE_H

#include "anomaly/detection.h"
#include "report/result.h"

/* Columns unique_id, ds, y, expected, lo, hi, score, anomaly: for each target one row for every input row, in order. */
lc_code lc_detect_table(lc_result **out, const lc_detection *d, const lc_panel *p, lc_status *st);

#endif
