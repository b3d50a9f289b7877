/* A result table: what a run found, row by row, and the CSV that carries it to others. */
#ifndef LC_REPORT_RESULT_H
#define LC_REPORT_RESULT_H

#include "base/status.h"

typedef enum lc_column_type { LC_COLUMN_TEXT, LC_COLUMN_REAL, LC_COLUMN_INT } lc_column_type;

typedef struct lc_result lc_result;

lc_result *lc_result_create(void); /* NULL: out of memory */
void lc_result_free(lc_result *r);

/* Adds a column (before the first row). For reals, `digits` is the most significant digits written, 0 for
 * the shortest text that reads back exactly. */
lc_code lc_result_add_column(lc_result *r, const char *name, lc_column_type type, int digits, lc_status *st);

/* A new table with these columns (n). */
typedef struct lc_column {
    const char *name;
    lc_column_type type;
    int digits; /* significant ones of a real; 0: as many as it has */
} lc_column;
lc_code lc_result_create_with(lc_result **out, const lc_column *columns, size_t n, lc_status *st);

/* Adds a row of empty cells (text "", real NaN which is written empty, integer 0). */
lc_code lc_result_add_row(lc_result *r, lc_status *st);

/* Sets cells of the last row. */
lc_code lc_result_set_text(lc_result *r, size_t column, const char *value, lc_status *st);
void lc_result_set_real(lc_result *r, size_t column, double value);
void lc_result_set_int(lc_result *r, size_t column, int64_t value);

size_t lc_result_rows(const lc_result *r);
size_t lc_result_columns(const lc_result *r);
const char *lc_result_column_name(const lc_result *r, size_t column);
lc_column_type lc_result_column_type(const lc_result *r, size_t column);
int lc_result_column_digits(const lc_result *r, size_t column); /* of a column of reals; 0: as many as it has */
size_t lc_result_find(const lc_result *r, const char *name);    /* SIZE_MAX when absent */
const char *lc_result_text(const lc_result *r, size_t row, size_t column); /* of a text column */
double lc_result_real(const lc_result *r, size_t row, size_t column);      /* of a real or integer column */

/* Header line and rows, RFC 4180 quoting, '\n' line ends, numbers independent of the locale. */
lc_code lc_result_write_stream(const lc_result *r, FILE *stream, lc_status *st);
/* The rows alone: a long table is written part by part. */
lc_code lc_result_write_rows(const lc_result *r, FILE *stream, lc_status *st);
/* The same to a file, whole or not at all; an existing file is kept unless `replace`. */
lc_code lc_result_write_file(const lc_result *r, const char *path, bool replace, lc_status *st);

#endif
