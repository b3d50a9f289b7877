/* CSV files become typed columns while they stream by: numbers, stamps and numbered ids, no text. The first
 * rows of the first file decide the roles; every file must then have the same columns. */
#ifndef LC_DATA_TABLE_H
#define LC_DATA_TABLE_H

#include "data/names.h"
#include "data/part.h"
#include "data/rejects.h"
#include "data/roles.h"
#include "data/runs.h"
#include "data/sample.h"
#include "data/source.h"

typedef struct lc_table {
    /* schema */
    char **columns; /* (n_columns) */
    size_t n_columns;
    bool has_header;
    char delimiter;
    lc_roles roles;
    lc_cell_rules rules;
    /* rows */
    size_t n_rows;
    lc_stamp *stamp;   /* (n_rows); NULL without a time column */
    int16_t *offset;   /* (n_rows) minutes from UTC as written; NULL without zones */
    lc_runs id;        /* of each row, in ids; none without an id column */
    lc_runs line;      /* where each row begins in its file; counts on within a run */
    lc_numbers *value; /* (values)(n_rows), NaN: missing; each to be freed with free */
    lc_names ids;
    /* files */
    char **file;      /* (n_files) */
    size_t *file_end; /* (n_files) the row after the file's last */
    size_t n_files;
    lc_notes notes;
    bool live;    /* rows are to be read as they come: the sample is short, and whether it has a header is known */
    bool recoded; /* names were not UTF-8, and are now */
    size_t n_rejected;
    /* while reading */
    const lc_settings *settings;
    size_t threads, block; /* bytes that a thread reads at a time; neither changes what is read */
    lc_sample sample;
    lc_row_plan plan;
    lc_row_state state;
    size_t version; /* of the state: parts that started from another one are read again */
    bool decided;
    size_t cap, file_cap, file_end_cap;
    lc_rejects *rejects; /* NULL: the first bad row ends the reading */
} lc_table;

enum { LC_TABLE_BLOCK = 1 << 20 };

/* Zero the table, open it, read one or more files, close it; free it in any case. */
lc_code lc_table_open(lc_table *t, const lc_settings *s, lc_status *st);
lc_code lc_table_read_file(lc_table *t, const char *path, lc_status *st);
lc_code lc_table_read_memory(lc_table *t, const char *name, const char *bytes, size_t n, lc_status *st);

/* Settles what only the last row can: ambiguous dates, columns without any number. */
lc_code lc_table_close(lc_table *t, lc_status *st);
void lc_table_free(lc_table *t);

size_t lc_table_file_of(const lc_table *t, size_t row);
size_t lc_table_line_of(const lc_table *t, size_t row);

/* ---- shared by the files of the table ---- */

/* Decides the schema from the sample, which is sealed. */
lc_code lc_table_decide(lc_table *t, lc_status *st);
/* The header of a later file names the same columns. */
lc_code lc_table_check_header(lc_table *t, const lc_csv_row *row, lc_status *st);
/* Room for n rows in all. */
bool lc_table_reserve(lc_table *t, size_t n);
/* Gives the columns of `state` that are wide 8 bytes a number. */
bool lc_table_widen(lc_table *t, const uint8_t *state);
const char *lc_table_file(const lc_table *t); /* that is being read */
/* A column's name, fit for a message. */
#define LC_NAME_ROOM 80
const char *lc_table_column_name(const lc_table *t, size_t column, char out[LC_NAME_ROOM]);
/* A name or an id as UTF-8, to be freed; notes where it was not. NULL: out of memory. */
char *lc_table_utf8(lc_table *t, const char *text);
/* The failure of a row; `base` is the line at which the part begins in the file. */
lc_code lc_table_fault(const lc_table *t, const lc_row_fault *f, size_t base, lc_status *st);
/* That of a row with too few or too many cells, before the columns have names. */
lc_code lc_table_ragged(const lc_table *t, const lc_row_fault *f, size_t line, lc_status *st);

#endif
