/* A result table: what a run found, row by row, and the CSV that carries it to others: RFC 4180 quoting, '\n' line
 * ends, numbers independent of the locale. What include/loomcast.h declares of it is in result.c, too. */
#ifndef LC_REPORT_RESULT_H
#define LC_REPORT_RESULT_H

#include "base/status.h"

lc_result *lc_result_create(void); /* NULL: out of memory */

/* Adds a column (before the first row). For reals, `digits` is the most significant digits written, 0 for
 * the shortest text that reads back exactly. */
lc_code lc_result_add_column(lc_result *r, const char *name, lc_column_type type, int digits, lc_status *st);

int lc_result_column_digits(const lc_result *r, size_t column); /* of a column of reals; 0: as many as it has */

/* Takes its rows away. */
void lc_result_clear(lc_result *r);

/* The i-th of such rows becomes the only row of `to`, a table of their columns. */
lc_code lc_listing_row(const lc_listing *rows, size_t i, lc_result *to, lc_status *st);

/* The rows alone, as lc_result_write_stream writes them: a long table is written part by part. */
lc_code lc_result_write_rows(const lc_result *r, FILE *stream, lc_status *st);

#endif
