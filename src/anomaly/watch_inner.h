/* The detector of one column from within: private to watch.c and watch_state.c. */
#ifndef LC_ANOMALY_WATCH_INNER_H
#define LC_ANOMALY_WATCH_INNER_H

#include "anomaly/alarm.h"
#include "anomaly/calibration.h"
#include "anomaly/counter.h"
#include "anomaly/forecaster.h"
#include "anomaly/history.h"
#include "anomaly/statistics.h"
#include "anomaly/unit.h"
#include "anomaly/watch.h"

enum { LC_WATCH_COUNTS = 20, LC_WATCH_REALS = 15 };

struct lc_watch {
    lc_watch_options o;
    lc_history history;
    lc_forecaster forecaster;
    lc_statistics statistics;
    lc_calibration calibration;
    lc_alarm alarm;
    lc_counter counter;
    uint64_t learned; /* values that the last start rests on; 0: not started */
    lc_unit unit;     /* of what is watched of the values before its first fit */
    /* room for numbers of several parts while they are saved or restored: */
    uint64_t saved_counts[LC_WATCH_COUNTS];
    double saved_reals[LC_WATCH_REALS];
};

#endif
