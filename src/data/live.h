/* The rows of a stream that may never end, one by one: bytes come in pieces of any size, and a row is read as soon as
 * its line has ended. Delimiter, header, roles and clock are settled by the header and the first row below it that
 * holds a number; what a whole file would settle and these cannot is an error. What is held is bounded: a row has at
 * most LC_CSV_ROW_BYTES bytes and LC_LIVE_ROW_LINES lines. The rows are the same whatever the pieces. */
#ifndef LC_DATA_LIVE_H
#define LC_DATA_LIVE_H

#include "data/clock_column.h"
#include "data/notes.h"
#include "data/sample.h"

enum {
    LC_LIVE_ROW_LINES = 64,  /* of a row whose quotes hold line ends; more: a quote was left open */
    LC_LIVE_SAMPLE_ROWS = 64 /* that the roles are waited for */
};

typedef struct lc_live lc_live;

typedef enum lc_live_event {
    LC_LIVE_MORE, /* no whole row is there: push more bytes */
    LC_LIVE_ROW,
    LC_LIVE_BAD /* a row that cannot be read; the rows after it can be asked for */
} lc_live_event;

typedef struct lc_live_row { /* valid until the next call */
    size_t line;             /* at which it begins in its file, from 1 */
    const char *id;          /* NULL: there is no such column */
    const char *ds;          /* the stamp as it is written, its parts joined; "" without a time column */
    lc_stamp stamp;
    int offset_minutes;   /* of the clock that the stamp was read from, east of UTC */
    const double *value;  /* (lc_live_columns) NaN: missing */
    const lc_status *why; /* of a bad row */
    const char *bytes;    /* the bad row as it stands, without its line end; of a long one the beginning */
    size_t n_bytes;
} lc_live_row;

/* Settings of the group COLUMNS; the covariates' are not looked at. s must outlive the reader. */
lc_code lc_live_create(lc_live **out, const lc_settings *s, lc_status *st);
void lc_live_free(lc_live *l);

/* A file begins; `name` stands for it in messages. Later files have the columns of the first; a header that repeats
 * theirs is passed over. */
lc_code lc_live_begin(lc_live *l, const char *name, lc_status *st);
lc_code lc_live_push(lc_live *l, const char *bytes, size_t n, lc_status *st);
/* The file ends: a last line without its end is a row, too. */
void lc_live_end(lc_live *l);

/* The next row. A failure is one of the stream as a whole: LC_E_DATA or LC_E_PARSE where its columns cannot be settled.
 */
lc_code lc_live_next(lc_live *l, lc_live_event *event, lc_live_row *row, lc_status *st);

const char *lc_live_name(const lc_live *l); /* of the file at hand */

/* Lines for the user that came up since they were last cleared (lc_notes_free). */
lc_notes *lc_live_notes(lc_live *l);

/* ---- once a row was read ---- */

bool lc_live_is_settled(const lc_live *l);
size_t lc_live_columns(const lc_live *l);
const char *lc_live_column(const lc_live *l, size_t i); /* its name */
bool lc_live_is_dropped(const lc_live *l, size_t i);    /* it was empty at first and turned out to hold text */
bool lc_live_has_ids(const lc_live *l);
bool lc_live_has_stamps(const lc_live *l);
bool lc_live_is_calendar(const lc_live *l); /* stamps are real time */

/* ---- what a reader has learned, to go on another day ---- */

typedef enum lc_live_point { LC_LIVE_POINT_OPEN, LC_LIVE_POINT_DOT, LC_LIVE_POINT_COMMA } lc_live_point;

typedef struct lc_live_memory {
    char delimiter;
    bool has_header;
    lc_live_point point;
    lc_clock_column clock;
    const uint8_t *column; /* (n_columns) LC_COLUMN_TENTATIVE, LC_COLUMN_DROPPED */
    size_t n_columns;
    const lc_sample *sample; /* the rows that settled it, sealed */
} lc_live_memory;

lc_live_memory lc_live_recall(const lc_live *l); /* of a settled reader */
/* Lets a new reader go on. Fails where the rows settle something else now. */
lc_code lc_live_restore(lc_live *l, const lc_live_memory *m, lc_status *st);

#endif
