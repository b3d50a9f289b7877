/* From scores to alarms: a row that reaches the threshold begins an event, and the event is told once. */
#ifndef LC_ANOMALY_ALARM_H
#define LC_ANOMALY_ALARM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct lc_alarm {
    uint64_t rows;  /* so far */
    uint64_t told;  /* row of the last alarm, counted from 1; 0: none yet */
    uint64_t begun; /* row at which the scores rose that are up now, the same way */
    uint64_t up;    /* last row with such a score */
    double peak;    /* of the last alarm's first rows */
} lc_alarm;

typedef struct lc_alarm_verdict {
    bool raised;    /* the threshold is reached */
    bool alarm;     /* and this is news */
    uint32_t since; /* rows since the scores rose; 0 unless raised */
} lc_alarm_verdict;

/* One scored row. */
lc_alarm_verdict lc_alarm_push(lc_alarm *a, double fused, double threshold);
/* One row without a score. */
void lc_alarm_skip(lc_alarm *a);

#endif
