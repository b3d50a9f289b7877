/* ISO weeks (ISO 8601): they begin on Monday, and the first of a year is the one that holds 4 January. */
#ifndef LC_DATA_ISO_WEEK_H
#define LC_DATA_ISO_WEEK_H

#include "data/clock.h"

typedef struct lc_iso_week {
    int year, week; /* week 1..53 */
} lc_iso_week;

/* The week of a day, of which year, month, day and weekday count. */
lc_iso_week lc_iso_week_of(const lc_civil *day);

/* The day, as days since 1970-01-01, of a week; weekday 0 = Monday. false: that year has no such week. */
bool lc_iso_week_day(lc_iso_week w, int weekday, int64_t *out);

#endif
