/* The quick way through rows as machines write them: plain cells, or quotes around whole ones, stamps like those of the
 * column, numbers of up to 19 digits. It reads exactly what the slow way would, or leaves the row to it. */
#ifndef LC_DATA_PART_FAST_H
#define LC_DATA_PART_FAST_H

#include "data/part.h"

typedef struct lc_fast_row {
    bool numbers; /* digits are numbers: none of them is a word for "no value" */
    char point;
    bool quoted;                        /* the cell at hand */
    bool ends[256];                     /* bytes that a cell ends before: delimiter, line end, quote, zero */
    lc_stamp_part part[LC_STAMP_PARTS]; /* of the stamp of the row at hand */
} lc_fast_row;

void lc_fast_begin(lc_fast_row *f, const lc_part *p);

/* Reads rows from byte `at` on until one needs the slow way; returns where that one begins. */
size_t lc_fast_rows(lc_fast_row *f, lc_part *p, size_t at);

/* Shared with the slow way; false: out of memory. */
bool lc_part_note_line(lc_part *p, size_t line);
bool lc_part_note_id(lc_part *p, size_t id);
bool lc_part_find_id(lc_part *p, const char *text);
lc_stamp_verdict lc_part_take_stamp(lc_part *p, const char *cell);

static inline void lc_part_set_value(lc_part *p, size_t value, double x, bool float_keeps)
{
    uint8_t *state = &p->state.column[value];
    if (p->value[value].d) {
        p->value[value].d[p->n_rows] = x;
    } else if (float_keeps) {
        p->value[value].f[p->n_rows] = (float)x;
    } else {
        *state |= LC_COLUMN_WIDE;
        p->outgrown = true;
    }
}

#endif
