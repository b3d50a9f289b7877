/* Tables whose time runs along the columns: a year, a month or a date each. */
#ifndef LC_DATA_PIVOT_H
#define LC_DATA_PIVOT_H

#include "data/csv_row.h"

typedef struct lc_pivot {
    size_t first, n; /* columns; n = 0: there is no such run */
    bool months;     /* names of months, without a year */
} lc_pivot;

/* Looks at a row of names: at least three years one after the other or dates, or all twelve months, behind a cell of
 * text. */
lc_pivot lc_pivot_of(const lc_csv_row *names);

/* Refuses a file that begins with such a row, unless the first column of the rows below holds dates. */
lc_code lc_pivot_check(const char *file, const lc_csv_row *rows, size_t n, lc_status *st);

#endif
