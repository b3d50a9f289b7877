/* Time stamps, the step between them, and how both are written. A stamp is microseconds since
 * 1970-01-01T00:00:00Z, or a plain step number where the column holds plain integers. */
#ifndef LC_DATA_CLOCK_H
#define LC_DATA_CLOCK_H

#include "base/status.h"

typedef int64_t lc_stamp;

/* How a column writes its stamps, learned from its cells, so that they can be written back as read. */
typedef enum lc_clock_style {
    LC_CLOCK_NONE,    /* no time column: rows are steps 1, 2, ... */
    LC_CLOCK_ISO,     /* YYYY-MM-DD[{T| }HH:MM[:SS[.f...]][zone]] */
    LC_CLOCK_SLASHED, /* YYYY/MM/DD[ time] */
    LC_CLOCK_DOTTED,  /* DD.MM.YYYY[ time] */
    LC_CLOCK_US,      /* MM/DD/YYYY[ time], and with dashes */
    LC_CLOCK_EU,      /* DD/MM/YYYY[ time], and with dashes */
    LC_CLOCK_EPOCH_S,
    LC_CLOCK_EPOCH_MS,
    LC_CLOCK_MONTH,   /* YYYY-MM */
    LC_CLOCK_YEAR,    /* YYYY */
    LC_CLOCK_INTEGER, /* plain step numbers */
    LC_CLOCK_PATTERN  /* as lc_clock.pattern says */
} lc_clock_style;

#define LC_PATTERN_ROOM 64

typedef struct lc_clock {
    lc_clock_style style;
    char mark; /* of LC_CLOCK_US and _EU: '-', else a slash */
    bool has_time, has_seconds;
    char separator;                /* between date and time: 'T' or ' ' */
    int fraction_digits;           /* of a second, 0..6 */
    int zone;                      /* 0 none, 1 "Z", 2 "+HH:MM", 3 "+HHMM", 4 "+HH" */
    int offset_minutes;            /* of the column's first zone; stamps are stored in UTC */
    bool padded;                   /* months and days with two digits */
    bool padded_hour;              /* hours with two digits */
    char ampm;                     /* 'A' hours are written with AM and PM, 'a' with am and pm, 0 neither */
    bool ampm_space;               /* with a space before */
    char pattern[LC_PATTERN_ROOM]; /* of LC_CLOCK_PATTERN, see data/pattern.h */
} lc_clock;

#define LC_STAMP_TEXT 48

/* Learns the clock of a column from its first n (>= 1) cells. false: they do not read as time stamps.
 * *ambiguous is set when slash dates could be month-first or day-first. */
bool lc_clock_learn(lc_clock *c, const char *const *cells, size_t n, bool *ambiguous);
bool lc_clock_parse(const lc_clock *c, const char *cell, lc_stamp *out);
/* Writes the stamp as the column does. Returns out. LC_CLOCK_NONE and LC_CLOCK_INTEGER write the number. */
const char *lc_clock_format(const lc_clock *c, lc_stamp t, char out[LC_STAMP_TEXT]);
bool lc_clock_is_calendar(const lc_clock *c); /* real time, as opposed to step numbers */

/* Civil calendar (proleptic Gregorian); month 1..12, day 1..31, weekday 0 = Monday. */
typedef struct lc_civil {
    int year, month, day, hour, minute, second, micro, weekday;
} lc_civil;
lc_civil lc_civil_of(lc_stamp t);
lc_stamp lc_stamp_of(const lc_civil *c); /* weekday is ignored */

/* ---- step between rows ---- */

typedef enum lc_freq_unit {
    LC_FREQ_STEP, /* plain numbers */
    LC_FREQ_SECOND,
    LC_FREQ_MINUTE,
    LC_FREQ_HOUR,
    LC_FREQ_DAY,
    LC_FREQ_BUSINESS,
    LC_FREQ_WEEK,
    LC_FREQ_MONTH,
    LC_FREQ_QUARTER,
    LC_FREQ_YEAR
} lc_freq_unit;

typedef struct lc_freq {
    lc_freq_unit unit;
    int64_t multiple;
    bool month_end;     /* stamps fall on the last day of their month */
    int offset_minutes; /* of the clock's zone: days and months begin at its midnight, not at UTC's */
} lc_freq;

/* "15min", "D", "2h", "M"; "ME" "QE" "YE" for month ends; a bare number is plain steps (on a real clock:
 * microseconds, for rows closer than a second). offset_minutes becomes 0: set it from the clock. */
bool lc_freq_parse(lc_freq *f, const char *text);
const char *lc_freq_format(const lc_freq *f, char out[24]);

/* The most common step between the n ascending stamps; false when there is no usable one (n < 2). */
bool lc_freq_infer(lc_freq *f, const lc_stamp *stamps, size_t n, const lc_clock *c);

/* Microseconds, or plain steps, that every step takes; 0 where they differ: business days, months and longer. */
int64_t lc_freq_length(const lc_freq *f);

/* The number of the step that holds t, and where a step begins, on the grid that all series share: days begin at the
 * zone's midnight, weeks on Monday, months on their first day. */
int64_t lc_freq_bucket(const lc_freq *f, lc_stamp t);
lc_stamp lc_freq_bucket_start(const lc_freq *f, int64_t bucket);

/* The stamp k steps after t (k may be negative). */
lc_stamp lc_freq_add(const lc_freq *f, lc_stamp t, int64_t k);

/* How many steps b lies after a: exact when b is on a's grid, else *on_grid is false and the result is
 * rounded down. */
int64_t lc_freq_steps(const lc_freq *f, lc_stamp a, lc_stamp b, bool *on_grid);

/* Steps to forecast when nobody says: 14 for days, 48 for hours, ... */
size_t lc_freq_horizon(const lc_freq *f);

/* Seasonal periods worth testing at this frequency, ascending (hourly: 24, 168). Returns how many were
 * written to out (at most 4). */
size_t lc_freq_seasons(const lc_freq *f, size_t out[4]);

#endif
