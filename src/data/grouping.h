/* The rows of a table by frame and time, and the step between them. */
#ifndef LC_DATA_GROUPING_H
#define LC_DATA_GROUPING_H

#include "data/table.h"

typedef struct lc_grouping {
    size_t n_frames; /* ids in the long layout, files in the wide one */
    size_t *begin;   /* (n_frames + 1) positions in row */
    uint32_t *row;   /* (n_rows) table rows, frame after frame, ascending in time; NULL: as they stand */
    size_t n_sorted; /* frames whose rows were out of order */
    size_t n_twins;  /* rows with the stamp of the row before them */
} lc_grouping;

/* The table row at position i. */
static inline size_t lc_grouping_row(const lc_grouping *g, size_t i)
{
    return g->row ? g->row[i] : i;
}

/* Refuses an id that stands in two files, and a stamp that stands twice in a frame unless the settings `duplicates` or
 * `aggregate` say what to make of it. *g is to be freed in any case. */
lc_code lc_grouping_make(lc_grouping *g, const lc_table *t, lc_status *st);
void lc_grouping_free(lc_grouping *g);

/* The step: the setting `freq`, else the most common one over all frames. *jittered: the stamps are not on its grid. */
lc_code lc_grouping_freq(lc_freq *f, bool *jittered, const lc_grouping *g, const lc_table *t, lc_status *st);

/* The name of a frame for messages: its id, else its file. */
const char *lc_grouping_name(const lc_table *t, size_t frame, char *out, size_t room);

/* The failure of one cell of a table row. */
lc_code lc_row_fail(const lc_table *t, size_t row, size_t column, lc_code code, lc_status *st, const char *fmt, ...)
    LC_PRINTF(6, 7);

#endif
