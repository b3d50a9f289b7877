/* The rows of a table by frame and time, and the step between them. */
#ifndef LC_DATA_GROUPING_H
#define LC_DATA_GROUPING_H

#include "data/table.h"

typedef struct lc_grouping {
    size_t n_frames; /* ids in the long layout, files in the wide one */
    size_t *begin;   /* (n_frames + 1) positions in row */
    size_t *row;     /* (n_rows) table rows, frame after frame, ascending in time */
    size_t n_sorted; /* frames whose rows were out of order */
} lc_grouping;

/* Refuses an id that stands in two files and a stamp that stands twice in a frame. *g is to be freed in any case. */
lc_code lc_grouping_make(lc_grouping *g, const lc_table *t, lc_status *st);
void lc_grouping_free(lc_grouping *g);

/* The step: the setting `freq`, else the most common one over all frames. */
lc_code lc_grouping_freq(lc_freq *f, const lc_grouping *g, const lc_table *t, lc_status *st);

/* The name of a frame for messages: its id, else its file. */
const char *lc_grouping_name(const lc_table *t, size_t frame, char *out, size_t room);

/* The failure of one cell of a table row. */
lc_code lc_row_fail(const lc_table *t, size_t row, size_t column, lc_code code, lc_status *st, const char *fmt, ...)
    LC_PRINTF(6, 7);

#endif
