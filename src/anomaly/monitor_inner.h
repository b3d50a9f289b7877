/* The online detector from within: private to monitor.c, monitor_lines.c and monitor_state.c. */
#ifndef LC_ANOMALY_MONITOR_INNER_H
#define LC_ANOMALY_MONITOR_INNER_H

#include "anomaly/joint.h"
#include "anomaly/watch.h"
#include "base/memory.h"
#include "base/settings.h"
#include "data/live.h"
#include "data/names.h"

typedef struct lc_monitor_series {
    lc_watch **watch; /* (columns) */
    lc_joint *joint;  /* of the row as a whole; NULL with a single column */
    char **name;      /* (columns, and one for the row) unique_id of the results */
    uint64_t rows;    /* that were pushed */
    lc_stamp last;    /* of these */
    bool restored;    /* no later row has come since */
} lc_monitor_series;

struct lc_monitor {
    lc_settings *settings;
    lc_live *live;
    size_t columns; /* 0 until they are settled */
    size_t threads; /* that may share the columns of a row */
    lc_names ids;   /* in the order of series; "" where there is no column of ids */
    lc_monitor_series **series;
    size_t n_series, series_cap;
    lc_monitor_value *value; /* (columns, and one for the row) */
    double *y;               /* (columns) of a row */
    lc_finding *found;       /* (columns) the same */
    lc_monitor_row row;
    lc_monitor_event event; /* of that row */
    lc_live_row read;
    lc_status why;
    lc_buf text;
    lc_notes notes;
    size_t next_note;
    bool began, told_late;
    bool failed; /* a row was taken in by half: what has been learned is worth nothing any more */
    lc_monitor_info info;
};

/* Makes ready for rows once the columns are settled. */
lc_code lc_monitor_settle(lc_monitor *o, lc_status *st);
/* Adds the series of a new id. */
lc_code lc_monitor_add(lc_monitor *o, const char *id, lc_monitor_series **out, lc_status *st);

#endif
