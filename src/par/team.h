/* The thread team: the only room that opens an OpenMP region. It knows nothing of the work. */
#ifndef LC_PAR_TEAM_H
#define LC_PAR_TEAM_H

#include <stddef.h>

/* Runs fn(ctx, thread, threads) on up to `threads` threads; `threads` in the call is how many there really
 * are. Returns when all are done. */
typedef void (*lc_team_fn)(void *ctx, size_t thread, size_t threads);
void lc_team_run(size_t threads, lc_team_fn fn, void *ctx);

/* Waits for all threads of the region; every thread calls it equally often. */
void lc_team_barrier(void);

/* OMP_NUM_THREADS if set, else the CPUs that this process may use (affinity and cgroup quota). */
size_t lc_team_default(void);

/* Part `i` of `parts` of the range 0..n: sizes differ by at most one, earlier parts are the larger ones. */
void lc_range(size_t n, size_t parts, size_t i, size_t *begin, size_t *end);

#endif
