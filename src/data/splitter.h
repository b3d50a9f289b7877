/* Rows out of a stretch of CSV bytes that begins where a row begins. Rows without quotes or with quotes around whole
 * cells are cut here, others by libcsv; all follow the same rules: blanks around unquoted cells are dropped, blank
 * lines are no rows, a line ends with LF, CR or both. */
#ifndef LC_DATA_SPLITTER_H
#define LC_DATA_SPLITTER_H

#include "data/csv_row.h"

typedef enum lc_fault_kind {
    LC_FAULT_NONE,
    LC_FAULT_QUOTE,     /* a quote in the middle of a cell */
    LC_FAULT_OPEN,      /* a quote that is never closed */
    LC_FAULT_ZERO,      /* a zero byte */
    LC_FAULT_LONG_CELL, /* longer than LC_CSV_CELL_BYTES */
    LC_FAULT_LONG_ROW,  /* longer than LC_CSV_ROW_BYTES */
    LC_FAULT_MANY,      /* more than LC_CSV_COLUMNS cells */
    LC_FAULT_RAGGED,    /* cells too few or too many */
    LC_FAULT_NUMBER,    /* not a number */
    LC_FAULT_NO_STAMP,  /* the time stamp is missing */
    LC_FAULT_STAMP,     /* not a time stamp of the column's form */
    LC_FAULT_DATE,      /* a day that does not exist */
    LC_FAULT_ZONE,      /* a zone unlike the others */
    LC_FAULT_NO_ID      /* the id is missing */
} lc_fault_kind;

typedef enum lc_split_result {
    LC_SPLIT_ROW,
    LC_SPLIT_FAULT, /* the row is broken: `fault` and `fault_column` say how; the next row begins on the next line */
    LC_SPLIT_END,   /* no row is left */
    LC_SPLIT_OPEN,  /* the stretch ends within a row whose quote is open */
    LC_SPLIT_MEMORY
} lc_split_result;

typedef struct lc_splitter lc_splitter;

lc_splitter *lc_splitter_create(char delimiter); /* NULL: out of memory */
void lc_splitter_free(lc_splitter *s);

typedef struct lc_split_row {
    lc_csv_row row;    /* row.line counts from the stretch's first line, which is 0; valid until the next call */
    size_t begin, end; /* its bytes, without the line end */
    lc_fault_kind fault;
    size_t fault_column; /* from 1 */
} lc_split_row;

/* Takes the row at bytes[*at] and moves *at behind it, *line likewise. `last`: the input ends at n; otherwise the last
 * byte of the stretch ends a line. With LC_SPLIT_OPEN *at and *line stay where the row begins. */
lc_split_result lc_splitter_next(lc_splitter *s, const char *bytes, size_t n, bool last, size_t *at, size_t *line,
                                 lc_split_row *out);

/* What is wrong with such a row, in words, and what to do; kinds from LC_FAULT_QUOTE to LC_FAULT_MANY. */
lc_code lc_split_fail(lc_fault_kind kind, const char *file, size_t line, size_t column, char delimiter, lc_status *st);

#endif
