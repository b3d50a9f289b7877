/* Rows of a file, one after the other, as text: for small tables and for what no schema fits. */
#ifndef LC_DATA_ROWS_H
#define LC_DATA_ROWS_H

#include "data/csv_row.h"
#include "data/source.h"

/* Called for every row; anything but LC_OK ends the reading with that code. */
typedef lc_code (*lc_row_fn)(void *ctx, const lc_csv_row *row, lc_status *st);

/* `name` stands in messages; block: bytes that are read at a time, at least 1, which does not change the rows. */
lc_code lc_rows_read(lc_source *source, const char *name, char delimiter, size_t block, lc_row_fn fn, void *ctx,
                     lc_status *st);

/* The same of a file, packed or not; "-" is standard input. */
lc_code lc_rows_read_file(const char *path, char delimiter, lc_row_fn fn, void *ctx, lc_status *st);

#endif
