/* CSV files become typed columns while they stream by: numbers, stamps and interned ids, no text. The first
 * rows of the first file decide the roles; every file must then have the same columns. */
#ifndef LC_DATA_TABLE_H
#define LC_DATA_TABLE_H

#include "data/names.h"
#include "data/roles.h"
#include "data/sample.h"

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
    lc_stamp *stamp; /* (n_rows); NULL without a time column */
    int16_t *offset; /* (n_rows) minutes from UTC as written; NULL without zones */
    uint32_t *id;    /* (n_rows); NULL without an id column */
    size_t *line;    /* (n_rows) where the row begins in its file */
    double **value;  /* (n_targets + n_past)(n_rows), NaN: missing */
    lc_names ids;
    /* files */
    char **file;      /* (n_files) */
    size_t *file_end; /* (n_files) the row after the file's last */
    size_t n_files;
    lc_notes notes;
    /* while reading */
    const lc_settings *settings;
    lc_sample sample;
    bool decided, header_due;
    size_t cap, file_cap, file_end_cap;
} lc_table;

/* Zero the table, open it, read one or more files, close it; free it in any case. */
lc_code lc_table_open(lc_table *t, const lc_settings *s, lc_status *st);
lc_code lc_table_read_file(lc_table *t, const char *path, lc_status *st);
lc_code lc_table_read_memory(lc_table *t, const char *name, const char *bytes, size_t n, lc_status *st);

/* Settles what only the last row can: ambiguous dates, columns without any number. */
lc_code lc_table_close(lc_table *t, lc_status *st);
void lc_table_free(lc_table *t);

size_t lc_table_file_of(const lc_table *t, size_t row);

#endif
