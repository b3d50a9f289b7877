#define _POSIX_C_SOURCE 200809L
#include "bench/measure.h"

#include <stdlib.h>
#include <time.h>

#include "base/memory.h"

double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static lc_code sample(double *took, size_t calls, work_fn fn, void *ctx, lc_status *st)
{
    double start = seconds_now();
    for (size_t i = 0; i < calls; i++) {
        lc_code code = fn(ctx, st);
        if (code != LC_OK) return code;
    }
    *took = (seconds_now() - start) / (double)calls;
    return LC_OK;
}

lc_code measure(timing *out, double budget, work_fn fn, void *ctx, lc_status *st)
{
    const double least = 20e-6; /* of a sample: looking at the clock takes up to a tenth of a microsecond */
    enum { FEWEST = 3 };
    double took = 0, *samples = NULL;
    size_t n = 0, room = 0, calls = 1;
    lc_code code = fn(ctx, st);
    while (code == LC_OK) {
        code = sample(&took, calls, fn, ctx, st);
        if (took * (double)calls >= least) break;
        calls *= 2;
    }
    for (double end = seconds_now() + budget; code == LC_OK && (n < FEWEST || seconds_now() < end);) {
        if (!LC_GROW(&samples, &room, n + 1)) code = lc_fail_memory(st);
        if (code == LC_OK) code = sample(&samples[n++], calls, fn, ctx, st);
    }
    if (code == LC_OK) {
        qsort(samples, n, sizeof *samples, ascending);
        *out = (timing){samples[0], samples[n / 2]};
    }
    free(samples);
    return code;
}
