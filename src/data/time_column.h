/* Finds the column of time stamps in the first rows of a file. */
#ifndef LC_DATA_TIME_COLUMN_H
#define LC_DATA_TIME_COLUMN_H

#include "data/roles.h"

/* Whether the column can be the time column; *clock is then what its first cells say. With `named` the user
 * said so, and plain integers count whatever the column is called. */
lc_code lc_time_column_try(const lc_first_rows *first, size_t column, bool named, const lc_cell_rules *rules,
                           lc_clock_column *clock, bool *fits, lc_status *st);

/* Whether a column is called like a time column. */
bool lc_is_time_name(const char *name);

#endif
