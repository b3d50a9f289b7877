/* The rows that a detector has seen of one column: what its forecaster learns from. It keeps the last LC_HISTORY_ROWS
 * of them, so that a stream without end needs no more memory than a long one. */
#ifndef LC_ANOMALY_HISTORY_H
#define LC_ANOMALY_HISTORY_H

#include <stdbool.h>

#include "base/status.h"
#include "data/clock.h"

enum { LC_HISTORY_ROWS = 32768, LC_CALENDAR_TERMS = 10, LC_CALENDAR_INPUTS = 6 };

/* Which cycles of the calendar a column may have, by the usual step between its rows. Terms are sines and cosines, the
 * first LC_CALENDAR_INPUTS of them serve as inputs of the network too. */
typedef enum lc_cycles {
    LC_CYCLES_NONE, /* no stamps, or steps that are no real time */
    LC_CYCLES_DAY,  /* below half a day: day (harmonics 1 to 4) and week */
    LC_CYCLES_WEEK, /* below four days: week (1 to 3) */
    LC_CYCLES_YEAR  /* year (1 to 3) */
} lc_cycles;

static inline size_t lc_cycles_terms(lc_cycles c)
{
    return c == LC_CYCLES_NONE ? 0 : c == LC_CYCLES_DAY ? LC_CALENDAR_TERMS : LC_CALENDAR_INPUTS;
}

typedef struct lc_history {
    uint64_t count;   /* rows so far; row r lies at r % room */
    uint64_t known;   /* of them with a value */
    size_t room;      /* a power of two, at most LC_HISTORY_ROWS */
    double *y;        /* NaN: missing */
    bool with_given;  /* forecasts come from outside: */
    double *given;    /* in units of y, NaN: none; else NULL */
    float *z;         /* what the forecaster sees: asinh((y - center) / spread), of a missing one what was expected */
    lc_stamp *stamp;  /* microseconds of local time */
    float *calendar;  /* (room, LC_CALENDAR_TERMS) */
    lc_cycles cycles; /* of `calendar` */
} lc_history;

void lc_history_free(lc_history *h);

/* Room for so many rows, at most LC_HISTORY_ROWS; false: out of memory. */
bool lc_history_reserve(lc_history *h, uint64_t rows);

/* A new row with its stamp; y and z of it are 0 until they are set. LC_E_MEMORY leaves all as it was. */
lc_code lc_history_open(lc_history *h, lc_stamp stamp, lc_status *st);

/* Whether `stamps` are real time, and the usual step between the rows at hand, say which cycles there are. */
lc_cycles lc_history_cycles(const lc_history *h, bool stamps);
/* Fills the calendar of all rows at hand anew; later rows follow. */
void lc_history_set_cycles(lc_history *h, lc_cycles c);

static inline uint64_t lc_history_first(const lc_history *h)
{
    return h->count > h->room ? h->count - h->room : 0;
}

static inline size_t lc_history_at(const lc_history *h, uint64_t row)
{
    return (size_t)(row & (h->room - 1));
}

#endif
