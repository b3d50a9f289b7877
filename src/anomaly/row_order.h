/* The rows of an input frame by frame, in the order of time. */
#ifndef LC_ANOMALY_ROW_ORDER_H
#define LC_ANOMALY_ROW_ORDER_H

#include "data/panel.h"

typedef struct lc_row_order {
    size_t *begin;   /* (n_frames + 1) positions of a frame's rows */
    size_t *row;     /* (n_rows) input rows; those with one stamp as they stand in the file */
    lc_stamp *stamp; /* (n_rows) of each, ascending within a frame; without a time column 1, 2, ... */
} lc_row_order;

/* *o is to be freed in any case. O(n) where the rows stand in order, else O(n log n). */
lc_code lc_row_order_make(lc_row_order *o, const lc_panel *p, lc_status *st);
void lc_row_order_free(lc_row_order *o);

/* The first position of the frame whose stamp is at least t; the frame's end: none. */
size_t lc_row_order_find(const lc_row_order *o, size_t frame, lc_stamp t);

#endif
