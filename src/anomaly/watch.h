/* The anomaly detector of one column: rows go in one at a time, in the order of time, and each is answered by what was
 * known before it. A whole file is scored the same way, so that batch and online runs agree bit for bit.
 *
 * Nothing is scored before LC_WATCH_FIRST values are there, and where stamps are less than half a day apart before the
 * first day is over, at most LC_WATCH_DAY rows. At LC_WATCH_FIRST values the detector starts, and starts afresh from
 * the first row on each time that twice as many are there, until it has seen LC_WATCH_LAST: the scale of the column and
 * the first fit of its forecaster rest on more and more rows. From then on it only learns on. */
#ifndef LC_ANOMALY_WATCH_H
#define LC_ANOMALY_WATCH_H

#include "anomaly/finding.h"
#include "anomaly/state.h"
#include "base/status.h"
#include "data/clock.h"

enum { LC_WATCH_FIRST = 100, LC_WATCH_LAST = 400, LC_WATCH_DAY = 2000 };

typedef struct lc_watch lc_watch;

typedef struct lc_watch_options {
    double alarms_per; /* alarms wanted in 10,000 rows of a column without anomalies */
    uint64_t seed;
    bool stamps; /* they are real time: day, week and year may matter */
    bool given;  /* forecasts come with the rows, from a model that knows no later row; nothing is learned here */
} lc_watch_options;

lc_code lc_watch_create(lc_watch **out, const lc_watch_options *o, lc_status *st);
void lc_watch_free(lc_watch *s);
/* Forgets all rows: the watch over another column may begin. */
void lc_watch_reset(lc_watch *s);

typedef struct lc_watch_row {
    lc_stamp t;      /* microseconds since 1970 of local time; any numbers where `stamps` is false */
    double y;        /* NaN: there is no value */
    double forecast; /* of y, with `given`; NaN: there is none */
} lc_watch_row;

/* The next row. LC_E_MEMORY leaves the watch as it was. */
lc_code lc_watch_push(lc_watch *s, const lc_watch_row *row, lc_finding *out, lc_status *st);

/* Saves or restores what the watch knows. A watch is restored right after lc_watch_create with the same options; where
 * that fails it may only be freed. LC_E_USAGE with `given`. */
lc_code lc_watch_state(lc_watch *s, const lc_state *state, lc_status *st);

#endif
