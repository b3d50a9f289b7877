/* Finds columns that hold the parts of time stamps, in the first rows of a file. */
#ifndef LC_DATA_STAMP_COLUMNS_H
#define LC_DATA_STAMP_COLUMNS_H

#include "data/roles.h"

/* How the n columns join, their order turned around where that is needed. *fits: the joined text reads as time stamps,
 * *clock is then what it says. example: the first joined text, "" where no row has all parts. */
lc_code lc_stamp_columns_join(lc_stamp_parts *p, const lc_first_rows *first, const size_t *column, size_t n,
                              const lc_cell_rules *rules, lc_clock_column *clock, bool *fits,
                              char example[LC_STAMP_JOINED], lc_status *st);

/* Columns that go with a column of dates `time`, or a year (LC_NO_COLUMN: look for one), and are not taken: a time of
 * day or an hour; a month, day, hour; a quarter; a week. p->n is 0 where there are none. */
lc_code lc_stamp_columns_find(lc_stamp_parts *p, const lc_first_rows *first, const char *const *taken, size_t time,
                              lc_clock_style style, const lc_cell_rules *rules, lc_clock_column *clock, lc_status *st);

/* Whether a text in the column stands twice within a series of the first rows; id may be LC_NO_COLUMN. */
lc_code lc_stamp_columns_repeat(bool *repeats, const lc_first_rows *first, size_t column, size_t id, lc_status *st);

#endif
