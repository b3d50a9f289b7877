/* The step between rows, from the stamps of many series at once. */
#ifndef LC_DATA_FREQ_INFER_H
#define LC_DATA_FREQ_INFER_H

#include "data/clock.h"

typedef struct lc_tally { /* how often each value was seen, in runs */
    struct lc_tally_run {
        int64_t value;
        size_t count;
    } * run;
    size_t n, cap;
} lc_tally;

typedef struct lc_freq_evidence {
    lc_tally gaps, months; /* microseconds or steps; calendar months */
    bool any, failed;      /* failed: out of memory */
    bool weekend, across_weekend;
    bool one_time_of_day;
    int64_t time_of_day;
    int firm_day;  /* the one day of month among stamps that are not month ends; 0 none yet, -1 several */
    int last_day;  /* the largest day of month among month ends */
    size_t looked; /* stamps that were looked at for days and months */
    bool begun;    /* the last stamp of the series at hand is known */
    lc_stamp last;
    lc_civil last_civil;
} lc_freq_evidence;

/* Zero the evidence to start; begin a series, then add its ascending stamps, each with its zone. */
void lc_freq_evidence_begin(lc_freq_evidence *e);
/* How many of the n stamps at t, the first of which is the last one added, go on with the gap before it and say nothing
 * else; they count as added. */
size_t lc_freq_evidence_run(lc_freq_evidence *e, const lc_stamp *t, size_t n, const lc_clock *c);
void lc_freq_evidence_stamp(lc_freq_evidence *e, lc_stamp t, int offset_minutes, const lc_clock *c);

/* The most common step; false when no two stamps differ or memory ran out. */
bool lc_freq_evidence_conclude(lc_freq_evidence *e, lc_freq *f, const lc_clock *c);
/* Whether every step between neighbours is a whole number of f; after lc_freq_evidence_conclude. */
bool lc_freq_evidence_fits(const lc_freq_evidence *e, const lc_freq *f);

/* The step that jittered stamps mean: the middle gap, rounded to a usual step that it is near to. false: it is near to
 * none. Comes after lc_freq_evidence_conclude. */
bool lc_freq_evidence_nominal(const lc_freq_evidence *e, lc_freq *f, const lc_clock *c);
void lc_freq_evidence_free(lc_freq_evidence *e);

#endif
