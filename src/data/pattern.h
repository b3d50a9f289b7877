/* Time stamps written by a pattern, as --time-format names it and as month names ask for it.
 *
 * %Y year, %y its last two digits (69 to 99 are 1969 to 1999), %m %d month and day, %b %B month name (short, full),
 * %a %A weekday name (ignored in reading), %H hour, %I hour of 12 with %p, %M minute, %S second, %f fraction of a
 * second, %z zone, %j day of the year, %% a percent sign; other characters stand for themselves, a space for one or
 * more. Between % and the letter: - writes no leading zero, ^ writes capitals. */
#ifndef LC_DATA_PATTERN_H
#define LC_DATA_PATTERN_H

#include "data/clock.h"
#include "data/stamp_text.h"

/* Whether the pattern names a year at least and nothing unknown; *bad: where it goes wrong. */
bool lc_pattern_check(const char *pattern, const char **bad);

/* Whether the text follows the pattern as a whole; s then is as lc_stamp_take_apart leaves it. */
bool lc_pattern_read(lc_stamp_text *s, const char *pattern, const char *text);

/* The pattern of a stamp with a month's name in it; false for any other text. */
bool lc_pattern_guess(char out[LC_PATTERN_ROOM], const char *text);

/* Writes the civil time in the clock's zone; returns out. */
const char *lc_pattern_write(char out[LC_STAMP_TEXT], const lc_clock *c, const lc_civil *t);

#endif
