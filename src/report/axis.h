/* Axes: the range that a picture shows and the ticks that a person would write. */
#ifndef LC_REPORT_AXIS_H
#define LC_REPORT_AXIS_H

#include "base/memory.h"

/* Largest magnitude that is drawn: differences of two such numbers stay finite. Beyond it values are
 * drawn at this edge. */
#define LC_DRAWN_MOST 1e300

typedef struct lc_range {
    double lo, hi;
    bool any;
} lc_range;

/* v within what can be drawn. */
double lc_drawn(double v);

/* Widens the range to the finite ones of v (n). */
void lc_range_add(lc_range *r, const double *v, size_t n);

/* Makes an empty or (nearly) constant range one that has a width, then adds `share` of it at both ends. */
void lc_range_pad(lc_range *r, double share);

enum { LC_TICKS_MOST = 64, LC_TICK_TEXT = 48 };

typedef struct lc_tick {
    double at;
    char label[LC_TICK_TEXT]; /* may hold a line break written \n, as gnuplot wants it */
} lc_tick;

typedef struct lc_ticks {
    size_t n;
    lc_tick tick[LC_TICKS_MOST];
} lc_ticks;

/* Ticks at 1, 2 or 5 times a power of ten, at most `most` (>= 2) of them; `whole`: whole numbers only. */
void lc_ticks_numbers(lc_ticks *t, const lc_range *r, int most, bool whole);

/* Decades (and 2, 5 times them where there are few) of a positive range. */
void lc_ticks_log(lc_ticks *t, const lc_range *r);

/* Dates for x in seconds since 1970, UTC: hours, days, months or years, as the span asks for and `columns`
 * characters side by side have room. False when the range lies outside the years -1000 to 9999. */
bool lc_ticks_dates(lc_ticks *t, const lc_range *r, int columns);

/* One moment as a person writes it in a chart of this span, e.g. "Mar 5, 2014 06:00". */
void lc_date_label(char out[LC_TICK_TEXT], double seconds, double span);

/* A number as tick labels write it: 12,500 or 1.5x10^30 with raised digits; `digits` significant ones. NaN is "". */
void lc_number_label(char out[LC_TICK_TEXT], double v, int digits);

/* Width of the widest label. */
int lc_ticks_columns(const lc_ticks *t);

/* "set xtics (...)" for axis 'x' or 'y'; without `labels`, marks (and grid lines) only. */
void lc_ticks_write(lc_buf *script, char axis, const lc_ticks *t, bool labels);

#endif
