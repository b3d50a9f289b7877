/* How many threads a training takes: as many as pay. On a machine that others use too, a thread whose processor is
 * taken keeps all others waiting, and fewer are faster. Results do not depend on the choice. */
#ifndef LC_TRAIN_PACE_H
#define LC_TRAIN_PACE_H

#include <stdbool.h>
#include <stddef.h>

enum { LC_PACE_LEVELS = 12 };

/* Level l is `threads` halved l times, the last one a single thread. */
typedef struct lc_pace {
    size_t threads, levels;
    size_t home;                    /* the level in use */
    size_t tried;                   /* the level of the block at hand; not home: a trial */
    double seconds[LC_PACE_LEVELS]; /* a row, when last measured; 0: never */
    size_t left, patience;          /* blocks until the next trial; blocks between two */
    bool up;                        /* the direction that is tried next */
} lc_pace;

void lc_pace_begin(lc_pace *p, size_t threads);

/* Threads for the next block of rows. */
size_t lc_pace_threads(const lc_pace *p);

/* Rows that make a block long enough to be measured, 0: not known yet. */
size_t lc_pace_rows(const lc_pace *p);

/* What the block took. */
void lc_pace_note(lc_pace *p, size_t rows, double seconds);

#endif
