/* What a thread sanitizer has to tell apart, run by `make tsan` before anything else. race ordered: threads of a team
 * read what others wrote, behind a barrier and behind the end of a region, which is no race. race racing: the same
 * without the barrier. */
#include "par/team.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 4, ROUNDS = 100 };

typedef struct round {
    long *cells; /* one a thread */
    long sums[THREADS];
    bool ordered;
} round;

static void step(void *ctx, size_t thread, size_t threads)
{
    round *r = ctx;
    r->cells[thread] *= 2;
    if (r->ordered) lc_team_barrier();
    r->sums[thread] = r->cells[(thread + 1) % threads];
}

int main(int argc, char **argv)
{
    round r = {.ordered = argc == 2 && strcmp(argv[1], "ordered") == 0};
    if (argc != 2 || (!r.ordered && strcmp(argv[1], "racing") != 0)) {
        fprintf(stderr, "usage: race ordered|racing\n");
        return 2;
    }
    long total = 0;
    for (int i = 0; i < ROUNDS; i++) {
        /* Memory that comes and goes is at the same place again, which must not tie one round to the next. */
        r.cells = malloc(THREADS * sizeof *r.cells);
        if (!r.cells) return 1;
        for (size_t t = 0; t < THREADS; t++) r.cells[t] = (long)t;
        memset(r.sums, 0, sizeof r.sums);
        lc_team_run(THREADS, step, &r);
        for (size_t t = 0; t < THREADS; t++) total += r.sums[t];
        free(r.cells);
    }
    printf("%ld\n", total);
    return 0;
}
