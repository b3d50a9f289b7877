/* The events of a detection as a table: runs of raised rows that belong together. */
#ifndef LC_ANOMALY_EVENT_TABLE_H
#define LC_ANOMALY_EVENT_TABLE_H

#include "anomaly/detection.h"
#include "report/result.h"

/* As lc_detect_events in include/loomcast.h, whose comment lists the columns. */
lc_code lc_event_table(lc_result **out, const lc_detection *d, const lc_panel *p, lc_status *st);

#endif
