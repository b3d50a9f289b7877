#include "bench/peak.h"

#include <string.h>

#include "bench/measure.h"
#include "par/team.h"

/* The Makefile says for which instruction sets peak_loop.c was compiled: BENCH_ISAS is ISA(base) ISA(avx2) ... */
#define ISA(name) double bench_peak_loop_##name(size_t turns, float *seed);
BENCH_ISAS
#undef ISA

typedef double (*loop_fn)(size_t turns, float *seed);

static const struct {
    const char *isa;
    loop_fn loop;
} loops[] = {
#define ISA(name) {#name, bench_peak_loop_##name},
    BENCH_ISAS
#undef ISA
};

enum { ROUNDS = 30, MOST_THREADS = 1024 };

typedef struct race {
    loop_fn loop;
    size_t turns;
    double seconds; /* of one round: from the start of all to the end of the last */
    double flops;   /* of one thread in a round */
    struct {
        float seed;
        char apart[60]; /* threads write to cache lines of their own */
    } of[MOST_THREADS];
} race;

static void worker(void *ctx, size_t thread, size_t threads)
{
    (void)threads;
    race *r = ctx;
    r->of[thread].seed = 1;
    lc_team_barrier();
    double start = seconds_now(), flops = r->loop(r->turns, &r->of[thread].seed);
    lc_team_barrier();
    if (thread) return;
    r->seconds = seconds_now() - start;
    r->flops = flops;
}

double peak_flops(const char *isa, size_t threads)
{
    static race r;
    double best = 0;
    r.loop = NULL;
    for (size_t i = 0; i < sizeof loops / sizeof loops[0]; i++)
        if (strcmp(isa, loops[i].isa) == 0) r.loop = loops[i].loop;
    if (!r.loop || threads > MOST_THREADS) return 0;
    r.turns = 1000;
    /* Long enough that starting and joining the threads does not count. */
    for (r.seconds = 0; r.seconds < 4e-3; r.turns *= 2) lc_team_run(threads, worker, &r);
    r.turns /= 2;
    for (int i = 0; i < ROUNDS; i++) {
        lc_team_run(threads, worker, &r);
        double rate = r.flops * (double)threads / r.seconds;
        if (rate > best) best = rate;
    }
    return best;
}
