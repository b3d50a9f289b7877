/* What one cell means: no value, a number, or neither, and then why. */
#ifndef LC_DATA_CELL_H
#define LC_DATA_CELL_H

#include "base/settings.h"
#include "base/status.h"

typedef struct lc_cell_rules {
    char **missing; /* words for "no value" */
    size_t n_missing;
    bool numeric_missing; /* one of the words is a number, such as -999 */
    bool decimal_comma;
} lc_cell_rules;

lc_code lc_cell_rules_make(lc_cell_rules *r, const lc_settings *s, lc_status *st);
void lc_cell_rules_free(lc_cell_rules *r);

bool lc_cell_is_missing(const lc_cell_rules *r, const char *cell);
bool lc_cell_number(const lc_cell_rules *r, const char *cell, double *out);

/* A missing cell gives NaN; false: the cell is neither missing nor a number. *float_keeps, unless NULL: see
 * lc_float_keeps. Marks between thousands are read where they cut groups of three. */
bool lc_cell_value(const lc_cell_rules *r, const char *cell, double *out, bool *float_keeps);

/* Whether the cell is a word by which people usually say "no value", whatever the rules; #DIV/0! and its like too. */
bool lc_cell_means_missing(const char *cell);

/* Whether the cell would be a number but for the way it is written (currency, percent, comma). */
bool lc_cell_is_almost_number(const lc_cell_rules *r, const char *cell);

/* Fails with why the cell is neither missing nor a number, and what to do. name: of the column, fit for a message. */
lc_code lc_cell_fail(const lc_cell_rules *r, const char *file, size_t line, size_t column, const char *name,
                     const char *cell, lc_status *st);

#endif
