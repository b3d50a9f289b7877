/* A method of methods.h on all series of a panel. */
#ifndef LC_ANOMALY_METHOD_RUN_H
#define LC_ANOMALY_METHOD_RUN_H

#include "anomaly/detection.h"
#include "anomaly/methods.h"

/* The forecasts are those that a detection of the same panel expected each row by, so that methods differ from it and
 * from each other by their rule alone. *out is to be freed after LC_OK only. */
lc_code lc_method_run(lc_detection *out, const lc_method *m, const lc_detection *from, const lc_panel *p,
                      const lc_settings *s, lc_status *st);

#endif
