/* The text of one time stamp taken apart, before anybody decides what its column means. */
#ifndef LC_DATA_STAMP_TEXT_H
#define LC_DATA_STAMP_TEXT_H

#include <stdbool.h>
#include <stdint.h>

typedef enum lc_stamp_shape {
    LC_SHAPE_DASHED,  /* Y-M-D */
    LC_SHAPE_SLASHED, /* Y/M/D */
    LC_SHAPE_DOTTED,  /* D.M.Y */
    LC_SHAPE_PAIR,    /* a/b/Y or a-b-Y: month or day first */
    LC_SHAPE_MONTH,   /* Y-M */
    LC_SHAPE_INTEGER,
    LC_SHAPE_PATTERN /* read by a pattern */
} lc_stamp_shape;

typedef struct lc_stamp_text {
    lc_stamp_shape shape;
    int year, month, day; /* LC_SHAPE_PAIR: month is the first number, day the second */
    int hour, minute, second, micro;
    char mark; /* LC_SHAPE_PAIR: between its numbers */
    bool has_time, has_seconds;
    char separator; /* between date and time */
    int fraction_digits;
    int zone; /* as in lc_clock */
    int offset_minutes;
    char ampm; /* as in lc_clock */
    bool ampm_space;
    bool short_date, short_hour; /* a one-digit month or day, a one-digit hour */
    int64_t integer;
    int digits; /* of the integer */
} lc_stamp_text;

/* false: the text has none of the shapes, or its time of day or zone is impossible. The date is not checked. */
bool lc_stamp_take_apart(lc_stamp_text *out, const char *text);

/* The zone that the text is: "Z", "+HH:MM", "+HHMM", "+HH". */
bool lc_stamp_take_zone(lc_stamp_text *s, const char *p);

/* AM or PM at *p, a space before it allowed: turns the hour into that of 24 hours. false: there is none, or the hour is
 * not one of 1 to 12. */
bool lc_stamp_take_ampm(lc_stamp_text *s, const char **p);

/* Whether year, month and day name a day that exists; in LC_SHAPE_PAIR read month-first. */
bool lc_stamp_date_exists(const lc_stamp_text *s);

#endif
