/* The clock of the benchmarks: work is run for a while, and its fastest and its usual time are kept. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "base/status.h"

typedef struct timing {
    double best, median; /* seconds of one call */
} timing;

double seconds_now(void);

/* Calls fn(ctx) for about `budget` seconds and at least three times after a first call that does not count; work that
 * is over within microseconds is called several times between two looks at the clock. */
typedef lc_code (*work_fn)(void *ctx, lc_status *st);
lc_code measure(timing *out, double budget, work_fn fn, void *ctx, lc_status *st);

#endif
