/* Time stamps whose parts stand in several columns: a date and a time of day, or year, month, day and hour. The parts
 * are joined to the text that one column would hold, which a clock then reads. */
#ifndef LC_DATA_STAMP_PARTS_H
#define LC_DATA_STAMP_PARTS_H

#include <stdbool.h>
#include <stddef.h>

enum { LC_STAMP_PARTS = 6, LC_STAMP_JOINED = 64 };

typedef struct lc_stamp_parts {
    size_t n;                           /* 0: one column holds the whole stamp */
    size_t column[LC_STAMP_PARTS];      /* (n) in the order of the text */
    const char *before[LC_STAMP_PARTS]; /* (n) what the text has before each: "", "-", " ", ":", "-Q", "-W" */
    const char *after;                  /* behind the last one: ":00" where that is an hour */
    size_t last;                        /* the part whose column is the rightmost */
    size_t hour;                        /* the part that counts hours from 1 to 24, which are 00 to 23; 0: none */
} lc_stamp_parts;

typedef struct lc_stamp_part { /* a cell without blanks around it */
    const char *text;
    size_t n;
} lc_stamp_part;

/* Writes the joined text, with a zero at its end and zeros in the room behind it. A number of one digit gets a zero
 * before it, but for the quarter's. Returns the length, 0 where the text would be too long or a part is empty. */
size_t lc_stamp_parts_join(const lc_stamp_parts *p, const lc_stamp_part *part, char out[LC_STAMP_JOINED]);

/* The same of a row's cells. *bad, where the length is 0: the part to blame. */
size_t lc_stamp_parts_join_row(const lc_stamp_parts *p, const char *const *cell, char out[LC_STAMP_JOINED],
                               size_t *bad);

/* Whether a time of day is to follow a date, and the row's cell is none. */
bool lc_stamp_parts_no_time(const lc_stamp_parts *p, const char *const *cell);

/* H:MM[:SS[.f]][ AM][zone] and nothing else. */
bool lc_is_time_of_day(const char *cell);

#endif
