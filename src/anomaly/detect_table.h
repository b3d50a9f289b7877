/* The result of a detection as a table. */
#ifndef LC_ANOMALY_DETECT_TABLE_H
#define LC_ANOMALY_DETECT_TABLE_H

#include "anomaly/detection.h"
#include "report/result.h"

/* Columns unique_id, ds, y, expected, lo, hi, score, anomaly: for each target one row for every input row, in order,
 * and where there are several targets and d says it, one for the row as a whole, called "*" or "id:*". `explain`: p,
 * statistic, since and column besides, the last three of raised rows; column of a row as a whole. */
lc_code lc_detect_table(lc_result **out, const lc_detection *d, const lc_panel *p, bool explain, lc_status *st);

/* "value", "level", "error" or "energy", "joint"; "" for none. */
const char *lc_statistic_name(lc_statistic s);

#endif
