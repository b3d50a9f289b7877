#include "anomaly/alarm.h"

#include <math.h>

enum {
    SILENT = 150, /* most rows without another alarm */
    CALM = 40,    /* rows of low scores after which an event is over */
    FIRST = 25,   /* rows in which an event shows how large it is; statistics look back less far */
    APART = 5     /* rows of low scores that part two rises */
};
static const double low = 0.7;    /* of the threshold: below, a score is low */
static const double larger = 2.0; /* times the peak: another event, whatever went on */

lc_alarm_verdict lc_alarm_push(lc_alarm *a, double fused, double threshold)
{
    const uint64_t row = ++a->rows;
    lc_alarm_verdict v = {.raised = fused >= threshold};
    if (fused >= low * threshold && (!a->up || row - a->up > APART)) a->begun = row;
    if (v.raised) {
        const uint64_t quiet = row - a->told;
        v.alarm = !a->told || quiet > SILENT || row - a->up > CALM || (quiet > FIRST && fused > larger * a->peak);
        v.since = row - a->begun < UINT32_MAX ? (uint32_t)(row - a->begun) : UINT32_MAX;
    }
    if (v.alarm) {
        a->told = row;
        a->peak = fused;
    } else if (a->told && row - a->told <= FIRST) {
        a->peak = fmax(a->peak, fused);
    }
    if (fused >= low * threshold) a->up = row;
    return v;
}

void lc_alarm_skip(lc_alarm *a)
{
    a->rows++;
}
