#define _GNU_SOURCE
#include "par/team.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

void lc_team_run(size_t threads, lc_team_fn fn, void *ctx)
{
    if (threads <= 1) {
        fn(ctx, 0, 1);
        return;
    }
#pragma omp parallel num_threads((int)threads)
    fn(ctx, (size_t)omp_get_thread_num(), (size_t)omp_get_num_threads());
}

void lc_team_barrier(void)
{
    /* Outside a region this is no operation, so a team of one needs no region. */
#pragma omp barrier
}

/* CPUs that a cgroup's quota leaves, or 0 where there is none. */
static size_t quota(void)
{
    FILE *f = fopen("/sys/fs/cgroup/cpu.max", "re");
    long long most, period;
    int got = f ? fscanf(f, "%lld %lld", &most, &period) : 0; /* "max 100000" reads nothing */
    if (f) fclose(f);
    return got == 2 && most > 0 && period > 0 ? (size_t)((most + period - 1) / period) : 0;
}

size_t lc_team_default(void)
{
    int set = getenv("OMP_NUM_THREADS") ? omp_get_max_threads() : 0;
    if (set > 0) return (size_t)set;
    int cpus = omp_get_num_procs(); /* honours the affinity mask */
    size_t n = cpus > 0 ? (size_t)cpus : 1;
    size_t limit = quota();
    return limit && limit < n ? limit : n;
}

void lc_range(size_t n, size_t parts, size_t i, size_t *begin, size_t *end)
{
    size_t base = n / parts, more = n % parts;
    *begin = i * base + (i < more ? i : more);
    *end = *begin + base + (i < more);
}
