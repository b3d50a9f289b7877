#include "anomaly/crew.h"

#include <stdatomic.h>

#include "base/memory.h"
#include "par/team.h"

typedef struct crew {
    size_t n;
    lc_crew_fn fn;
    void *ctx;
    atomic_size_t next;
    atomic_bool stop;
    lc_code *code;     /* (threads) */
    lc_status *status; /* (threads) */
} crew;

static void work(void *ctx, size_t thread, size_t threads)
{
    crew *c = ctx;
    (void)threads;
    while (!atomic_load(&c->stop)) {
        const size_t i = atomic_fetch_add(&c->next, 1);
        if (i >= c->n) break;
        c->code[thread] = c->fn(c->ctx, thread, i, &c->status[thread]);
        if (c->code[thread] != LC_OK) atomic_store(&c->stop, true);
    }
}

lc_code lc_crew_run(size_t n, size_t threads, lc_crew_fn fn, void *ctx, lc_status *st)
{
    if (threads > n) threads = n;
    if (!threads) return LC_OK;
    crew c = {.n = n,
              .fn = fn,
              .ctx = ctx,
              .code = lc_calloc(threads, sizeof *c.code),
              .status = lc_calloc(threads, sizeof *c.status)};
    lc_code code = c.code && c.status ? LC_OK : lc_fail_memory(st);
    if (code == LC_OK) lc_team_run(threads, work, &c);
    for (size_t i = 0; code == LC_OK && i < threads; i++) {
        code = c.code[i];
        if (code != LC_OK && st) *st = c.status[i];
    }
    lc_free(c.code);
    lc_free(c.status);
    return code;
}
