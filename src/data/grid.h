/* Puts the grouped rows of a table on regular steps: the frames and series of a panel. */
#ifndef LC_DATA_GRID_H
#define LC_DATA_GRID_H

#include "data/grouping.h"
#include "data/panel.h"

/* Fills frames, series and rows of the panel, which holds targets, past, clock and freq already; adds notes. Takes
 * columns of the table over where they serve as they are. */
lc_code lc_grid_build(lc_panel *p, lc_table *t, const lc_grouping *g, bool jittered, lc_notes *notes, lc_status *st);

/* ---- between its files ---- */

typedef enum lc_gaps_mode {
    LC_GAPS_FILL,
    LC_GAPS_SKIP, /* rows as they come, without those that miss a cell */
    LC_GAPS_KEEP, /* rows as they come */
    LC_GAPS_ERROR
} lc_gaps_mode;
typedef enum lc_merge { LC_MERGE_NONE, LC_MERGE_FIRST, LC_MERGE_LAST, LC_MERGE_MEAN, LC_MERGE_SUM } lc_merge;

typedef struct lc_grid {
    lc_panel *p;
    const lc_table *t;
    const lc_grouping *g;
    lc_status *st;
    lc_gaps_mode gaps;
    lc_merge merge; /* of rows that share a step */
    bool buckets;   /* rows go to the step that holds them */
    bool jittered;  /* rows go to the nearest step */
    bool wall;      /* days and longer steps where the zone changes: local time counts */
    lc_freq freq;   /* the panel's; of local time with `wall` */
    size_t n_values;
    uint32_t *step;   /* (rows of the longest frame) where each goes */
    bool *has_number; /* (values) whether the column has a number in the frame at hand */
    size_t total_steps;
    size_t missing_steps, missing_cells, skipped_rows, empty_series; /* for the notes */
    size_t merged_rows, rows_ahead;
    int64_t farthest; /* of a jittered stamp from its step, in microseconds */
} lc_grid;

typedef struct lc_frame_rows { /* of the frame at hand */
    size_t frame, begin, n;    /* positions in the grouping */
    bool plain;                /* row i is step i, and they stand together in the table */
} lc_frame_rows;

/* Rows are steps, whatever their stamps. */
static inline bool lc_grid_as_they_come(const lc_grid *b)
{
    return b->gaps == LC_GAPS_SKIP || b->gaps == LC_GAPS_KEEP;
}

/* The table row i of the frame. */
static inline size_t lc_frame_row(const lc_grid *b, const lc_frame_rows *rows, size_t i)
{
    return lc_grouping_row(b->g, rows->begin + i);
}

/* Sets f->steps and f->first, and b->step unless the rows are plain. */
lc_code lc_grid_place(lc_grid *b, lc_frame_rows *rows, lc_frame *f);

/* Stamps of the steps where they do not follow from the first. */
bool lc_grid_stamps(const lc_grid *b, const lc_frame_rows *rows, lc_frame *f);

/* The numbers of column `value` on the steps of the frame, NaN where there are none. A plain frame looks into the
 * table's column (*borrowed). false: out of memory. */
bool lc_grid_column(const lc_grid *b, const lc_frame_rows *rows, size_t value, size_t steps, lc_numbers *out,
                    bool *borrowed);

/* What is missing in a column; *mask NULL where nothing is. Counts missing cells. */
bool lc_grid_mask(lc_grid *b, const lc_frame_rows *rows, lc_numbers y, size_t steps, uint8_t **mask, size_t *missing);

/* Straight lines between the numbers, constant before the first and after the last; one at least is there. *gap as in
 * lc_series. */
bool lc_grid_fill(lc_numbers y, size_t steps, uint32_t **gap);

/* The stamp of a row in the time that steps are counted in. */
lc_stamp lc_grid_stamp(const lc_grid *b, size_t row);

#endif
