/* What stands above the table in a file: byte order mark, blank lines, comments, titles, "sep=;". */
#ifndef LC_DATA_PROLOG_H
#define LC_DATA_PROLOG_H

#include "data/csv_row.h"

typedef struct lc_prolog {
    char delimiter;
    size_t offset, line; /* where the table begins; lines count from 1 */
    size_t left_out;     /* titles and comments above it */
} lc_prolog;

/* bytes (n): the beginning of the input, the whole of it when `all`. delimiter '\0': sniffed. columns: of the files
 * before this one, 0 for the first. */
lc_code lc_prolog_read(lc_prolog *out, const char *name, const char *bytes, size_t n, bool all, char delimiter,
                       size_t columns, lc_status *st);

#endif
