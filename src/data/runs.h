/* Something known of every row, kept where it changes: row numbers in a file, ids of blocks of rows. */
#ifndef LC_DATA_RUNS_H
#define LC_DATA_RUNS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct lc_run {
    size_t row; /* the first one */
    size_t value;
} lc_run;

typedef struct lc_runs {
    lc_run *run; /* (n) by row */
    size_t n, cap;
} lc_runs;

/* From `row` on the value is `value`; rows come in order. false: out of memory. */
bool lc_runs_add(lc_runs *r, size_t row, size_t value);
/* The run that holds the row; there must be one. */
size_t lc_runs_find(const lc_runs *r, size_t row);
void lc_runs_free(lc_runs *r);

#endif
