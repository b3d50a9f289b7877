/* The rows that could not be read, as a CSV file of their own: file, line, column, reason, row. */
#ifndef LC_DATA_REJECTS_H
#define LC_DATA_REJECTS_H

#include "base/file.h"

typedef struct lc_rejects {
    lc_output out;
    size_t n;
} lc_rejects;

/* An existing file is replaced. */
lc_code lc_rejects_open(lc_rejects *r, const char *path, lc_status *st);
/* why: the failure of the row; bytes (n): the row as it stands in the file. */
lc_code lc_rejects_add(lc_rejects *r, const lc_status *why, const char *bytes, size_t n, lc_status *st);
lc_code lc_rejects_commit(lc_rejects *r, lc_status *st);
void lc_rejects_discard(lc_rejects *r);

#endif
