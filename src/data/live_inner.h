/* A reader of live rows from within: private to live.c and live_settle.c. */
#ifndef LC_DATA_LIVE_INNER_H
#define LC_DATA_LIVE_INNER_H

#include "data/live.h"
#include "data/table.h"

struct lc_live {
    const lc_settings *settings;
    char given; /* the delimiter that the user named, '\0': none */
    /* bytes: */
    char *buf;
    size_t n, cap;
    size_t at;    /* what is not read yet */
    size_t line;  /* at `at`, from 1 */
    size_t whole; /* the bytes before it are whole lines */
    bool ended;
    bool discarding; /* the rest of a row that is too long */
    /* a row whose quote is open: */
    bool open_row, open_quote;
    size_t open_end; /* up to where it was looked at */
    size_t open_lines;
    /* columns: */
    enum { LIVE_ABOVE, LIVE_FIRST, LIVE_SAMPLE, LIVE_ROWS } stage;
    lc_table table; /* its schema, and words for what is wrong with a row */
    lc_splitter *splitter;
    char delimiter;
    bool has_header;
    lc_sample sample;
    size_t width;   /* cells of its first row, without empty ones at the end */
    size_t pending; /* the next row of the sample to be given out */
    lc_live_point point;
    bool settled;
    char *name;
    /* one row: */
    lc_row_plan plan;
    lc_part part;
    lc_stamp stamp;
    int16_t offset;
    double *value;
    char joined[LC_STAMP_JOINED];
    lc_status why;
    lc_notes notes;
};

enum { LC_LIVE_SHOWN = 4096 }; /* bytes of a row that is too long */

/* ---- live.c ---- */

/* The byte after the line end in [from, n); 0: the line goes on. */
size_t lc_live_after_line(const lc_live *l, size_t from, size_t n);

/* The next row at *at, its limits considered; moves *at and *line. LC_SPLIT_END: not yet, LC_SPLIT_ROW, LC_SPLIT_FAULT
 * or LC_SPLIT_MEMORY. */
lc_split_result lc_live_cut(lc_live *l, lc_splitter *s, size_t *at, size_t *line, lc_split_row *r);

/* ---- live_settle.c ---- */

/* Goes on until the columns are settled. *event: LC_LIVE_ROW once they are (rows of the sample are pending), else MORE
 * or BAD with *r and l->why. */
lc_code lc_live_settle(lc_live *l, lc_live_event *event, lc_split_row *r, lc_status *st);

/* Whether the row is a header rather than data. */
bool lc_live_looks_like_header(const lc_live *l, const lc_csv_row *row, char delimiter);

/* Settles what the numbers of a row tell of the decimal point. false: the row cannot be read, l->why tells. */
bool lc_live_settle_point(lc_live *l, const lc_csv_row *row);

#endif
