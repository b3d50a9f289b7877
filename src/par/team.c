#define _GNU_SOURCE
#include "par/team.h"

#include <omp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

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
        fn(ctx, 0, 1);
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
