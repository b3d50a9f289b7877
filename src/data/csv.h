/* CSV bytes, in pieces of any size, become rows of cells with their places. Built on libcsv. */
#ifndef LC_DATA_CSV_H
#define LC_DATA_CSV_H

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

/* Called for every row; anything but LC_OK ends the reading with that code. */
typedef lc_code (*lc_csv_row_fn)(void *ctx, const lc_csv_row *row, lc_status *st);

typedef struct lc_csv lc_csv;

/* `name` stands in messages. delimiter '\0': sniffed. NULL: out of memory. */
lc_csv *lc_csv_create(const char *name, char delimiter, lc_csv_row_fn on_row, void *ctx);
void lc_csv_free(lc_csv *c);

/* Feeds the next n bytes. The result does not depend on how the input is cut into pieces. */
lc_code lc_csv_feed(lc_csv *c, const char *bytes, size_t n, lc_status *st);

/* Ends the input: the last row needs no line end. */
lc_code lc_csv_finish(lc_csv *c, lc_status *st);

/* Feeds a whole file ("-": standard input) and finishes. */
lc_code lc_csv_read_file(lc_csv *c, const char *path, lc_status *st);

#endif
