/* A row of cells, and what bounds it. */
#ifndef LC_DATA_CSV_ROW_H
#define LC_DATA_CSV_ROW_H

#include "base/status.h"

enum {
    LC_CSV_CELL_BYTES = 1 << 20, /* most bytes of a cell */
    LC_CSV_ROW_BYTES = 1 << 24,  /* of a row */
    LC_CSV_COLUMNS = 16384,
    LC_CSV_SNIFF_BYTES = 1 << 16 /* a delimiter is sniffed from the beginning of the input */
};

typedef struct lc_csv_row {
    size_t line; /* at which the row begins, from 1 */
    size_t n;
    const char *const *cell; /* (n), NUL-terminated; spaces around unquoted cells are gone */
} lc_csv_row;

#endif
