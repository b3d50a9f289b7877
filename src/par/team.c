#define _GNU_SOURCE
#include "par/team.h"

#include <omp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* OpenMP's own barrier spins for milliseconds, which on a busy machine keeps the awaited thread from running: training
 * then took ten times as long. This one spins for some microseconds and then sleeps. */
enum { SPINS = 2000 };

typedef struct barrier {
    atomic_size_t arrived;
    atomic_size_t round;
    pthread_mutex_t lock;
    pthread_cond_t next_round;
} barrier;

/* What the calling thread is part of; regions do not nest, so there is at most one. */
static _Thread_local struct {
    barrier *barrier;
    size_t threads;
} team;

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void wait_for_all(barrier *b, size_t threads)
{
    size_t round = atomic_load_explicit(&b->round, memory_order_relaxed);
    if (atomic_fetch_add_explicit(&b->arrived, 1, memory_order_acq_rel) + 1 == threads) {
        atomic_store_explicit(&b->arrived, 0, memory_order_relaxed);
        pthread_mutex_lock(&b->lock);
        atomic_store_explicit(&b->round, round + 1, memory_order_release);
        pthread_cond_broadcast(&b->next_round);
        pthread_mutex_unlock(&b->lock);
        return;
    }
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load_explicit(&b->round, memory_order_acquire) != round) return;
        relax();
    }
    pthread_mutex_lock(&b->lock);
    while (atomic_load_explicit(&b->round, memory_order_acquire) == round) pthread_cond_wait(&b->next_round, &b->lock);
    pthread_mutex_unlock(&b->lock);
}

void lc_team_run(size_t threads, lc_team_fn fn, void *ctx)
{
    if (threads <= 1) {
        /* Also within a region: the work of one thread waits for no other. */
        barrier *outer = team.barrier;
        team.barrier = NULL;
        fn(ctx, 0, 1);
        team.barrier = outer;
        return;
    }
    barrier b = {.lock = PTHREAD_MUTEX_INITIALIZER, .next_round = PTHREAD_COND_INITIALIZER};
#pragma omp parallel num_threads((int)threads)
    {
        team.barrier = &b;
        team.threads = (size_t)omp_get_num_threads();
        fn(ctx, (size_t)omp_get_thread_num(), team.threads);
        /* All arrive at the end of the region together, where OpenMP would spin. */
        wait_for_all(&b, team.threads);
        team.barrier = NULL;
    }
    pthread_cond_destroy(&b.next_round);
    pthread_mutex_destroy(&b.lock);
}

void lc_team_barrier(void)
{
    if (team.barrier) wait_for_all(team.barrier, team.threads);
}

/* Quota and period from one file (cgroup v2: "max 100000" or two numbers) or from two (v1); 0 where there is none. */
static size_t quota_in(const char *path, const char *period_path)
{
    long long most = 0, period = 0;
    FILE *f = fopen(path, "re");
    if (!f) return 0;
    int got = fscanf(f, "%lld %lld", &most, &period);
    fclose(f);
    if (period_path) {
        if (got < 1 || !(f = fopen(period_path, "re"))) return 0;
        got = fscanf(f, "%lld", &period) + 1;
        fclose(f);
    }
    return got == 2 && most > 0 && period > 0 ? (size_t)((most + period - 1) / period) : 0;
}

static size_t smaller(size_t a, size_t b)
{
    return !a || (b && b < a) ? b : a;
}

/* CPUs that the quota of this process' cgroup leaves, or 0 where there is none: version 2 of the group itself and of
 * the root that a container sees, and version 1. */
static size_t quota(void)
{
    size_t least = quota_in("/sys/fs/cgroup/cpu.max", NULL);
    least = smaller(least, quota_in("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu/cpu.cfs_period_us"));
    FILE *f = fopen("/proc/self/cgroup", "re");
    char line[512], path[600];
    while (f && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "0::/", 4) != 0 || strstr(line, "..")) continue;
        snprintf(path, sizeof path, "/sys/fs/cgroup/%s/cpu.max", line + 4);
        least = smaller(least, quota_in(path, NULL));
    }
    if (f) fclose(f);
    return least;
}

size_t lc_team_default(void)
{
    enum { MOST = 1024 };
    const char *text = getenv("OMP_NUM_THREADS");
    int set = text && *text >= '1' && *text <= '9' ? omp_get_max_threads() : 0;
    if (set > 0) return set < MOST ? (size_t)set : MOST;
    int cpus = omp_get_num_procs(); /* honours the affinity mask */
    size_t n = smaller(cpus > 0 ? (size_t)cpus : 1, quota());
    return n < MOST ? n : MOST;
}

void lc_range(size_t n, size_t parts, size_t i, size_t *begin, size_t *end)
{
    size_t base = n / parts, more = n % parts;
    *begin = i * base + (i < more ? i : more);
    *end = *begin + base + (i < more);
}
