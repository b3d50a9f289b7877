/* Time stamps written by a pattern, as --time-format names it and as month names ask for it.
 *
 * %Y year, %y its last two digits (69 to 99 are 1969 to 1999), %m %d month and day, %b %B month name (short, full),
 * %a %A weekday name (ignored in reading), %H hour, %I hour of 12 with %p, %M minute, %S second, %f fraction of a
 * second, %z zone, %j day of the year, %q quarter, %V ISO week (%G or %Y is then the year of the week) with %u its
 * weekday from 1 for Monday, %% a percent sign; other characters stand for themselves, a space for one or
 * more. Between % and the letter: - writes no leading zero, ^ writes capitals. */
#ifndef LC_DATA_PATTERN_H
#define LC_DATA_PATTERN_H

#include "data/clock.h"
#include "data/stamp_text.h"

/* Whether the pattern names a year at least and nothing unknown; *bad: where it goes wrong. */
bool lc_pattern_check(const char *pattern, const char **bad);

/* Whether the text follows the pattern as a whole; s then is as lc_stamp_take_apart leaves it. */
bool lc_pattern_read(lc_stamp_text *s, const char *pattern, const char *text);

/* The pattern of a stamp with a month's name (31-Dec-2023 10:00), of a quarter (1990-Q1, 1990Q1, Q1 1990, 1Q 1990), of
 * an ISO week (2020-W05, 2020W05-1, W05 2020), or like 2020.01.31 10:00; false for any other text. */
bool lc_pattern_guess(char out[LC_PATTERN_ROOM], const char *text);

/* The pattern of a time of day, HH:MM[:SS[.f]][ AM][zone]. */
bool lc_pattern_guess_time(char out[LC_PATTERN_ROOM], const char *text);

/* The option that says in which order the dates of LC_CLOCK_US or LC_CLOCK_EU are written; returns out. */
#define LC_PATTERN_OPTION (LC_PATTERN_ROOM + 4)
const char *lc_pattern_of_pair(char out[LC_PATTERN_OPTION], const lc_clock *c, bool day_first);

/* ---- shared by the files of the patterns ---- */

/* A month's name at *p, in full or its first three letters: 1 to 12, 0 for none. */
int lc_take_month_name(const char **p);
bool lc_take_day_name(const char **p);

/* Writes the civil time in the clock's zone; returns out. */
const char *lc_pattern_write(char out[LC_STAMP_TEXT], const lc_clock *c, const lc_civil *t);

#endif
