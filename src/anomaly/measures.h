/* A table of what detections are worth against labels. */
#ifndef LC_ANOMALY_MEASURES_H
#define LC_ANOMALY_MEASURES_H

#include "anomaly/labels.h"
#include "report/result.h"

/* As lc_detection_measures in include/loomcast.h, whose comment lists the columns. r may have one more block of rows
 * than there are targets, of a score for the row as a whole: it then takes the place of the largest of the columns. */
lc_code lc_measures_add(lc_result **table, const char *method, const lc_result *r, const lc_labels *l,
                        const lc_panel *p, const lc_settings *s, lc_status *st);

#endif
