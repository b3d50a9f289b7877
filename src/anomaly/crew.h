/* A crew of threads that goes through the series of a panel, one at a time each. */
#ifndef LC_ANOMALY_CREW_H
#define LC_ANOMALY_CREW_H

#include "base/status.h"

/* Series i, by this thread; thread 0 is the one that called the library. Anything but LC_OK ends the run. */
typedef lc_code (*lc_crew_fn)(void *ctx, size_t thread, size_t i, lc_status *st);

/* Threads take the series 0..n-1 in their order, each the next one that is left. */
lc_code lc_crew_run(size_t n, size_t threads, lc_crew_fn fn, void *ctx, lc_status *st);

#endif
