/* Finds the column of time stamps in the first rows of a file. */
#ifndef LC_DATA_TIME_COLUMN_H
#define LC_DATA_TIME_COLUMN_H

#include "data/roles.h"

/* Whether the column can be the time column; *clock is then what its first cells say. With `named` the user
 * said so, and plain integers count whatever the column is called. */
lc_code lc_time_column_try(const lc_first_rows *first, size_t column, bool named, const lc_cell_rules *rules,
                           lc_clock_column *clock, bool *fits, lc_status *st);

/* Whether the column is called like one of dates and holds what would be day numbers of a spreadsheet, which begin
 * before 1900: *day is the first one's, *fraction whether some have a time of day. */
bool lc_holds_day_numbers(const lc_first_rows *first, size_t column, const lc_cell_rules *rules, lc_stamp *day,
                          bool *fraction);

/* Whether a column is called like a time column. */
bool lc_is_time_name(const char *name);

#endif
