/* A clock that goes on learning while its column streams by: how stamps are written, and whether slash
 * dates are month-first. */
#ifndef LC_DATA_CLOCK_COLUMN_H
#define LC_DATA_CLOCK_COLUMN_H

#include "data/clock.h"

typedef struct lc_clock_column {
    lc_clock clock;
    bool ambiguous;     /* slash dates so far fit both month-first and day-first; read as month-first */
    int offset_minutes; /* of the cell read last */
    bool offset_varies; /* not all cells had the clock's offset */
} lc_clock_column;

typedef enum lc_stamp_verdict {
    LC_STAMP_READ,
    LC_STAMP_TURNED,  /* read, and it shows that the column is day-first: turn all earlier stamps */
    LC_STAMP_STRANGE, /* not written like the column's other stamps */
    LC_STAMP_NO_DATE, /* that day does not exist */
    LC_STAMP_ZONE     /* a zone where the column has none, or written in another way */
} lc_stamp_verdict;

/* Reads one cell and refines the clock with it (seconds, fraction, padding, order of slash dates). */
lc_stamp_verdict lc_clock_read(lc_clock_column *c, const char *cell, lc_stamp *out);

/* What the rows after `c` taught their own copy of it. */
void lc_clock_merge(lc_clock_column *c, const lc_clock_column *later);

/* The stamp with month and day exchanged; both must be at most 12. */
lc_stamp lc_clock_turn(const lc_clock *c, lc_stamp t);

#endif
