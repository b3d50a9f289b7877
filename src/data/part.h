/* A stretch of CSV bytes becomes typed rows: the work of one thread. What a part yields depends on its bytes and on the
 * state that it starts from, never on the parts beside it; who puts parts together compares states. */
#ifndef LC_DATA_PART_H
#define LC_DATA_PART_H

#include "data/names.h"
#include "data/numbers.h"
#include "data/roles.h"
#include "data/runs.h"
#include "data/splitter.h"

enum {                          /* what is known of a column of numbers */
       LC_COLUMN_WIDE = 1,      /* it needs 8 bytes a number */
       LC_COLUMN_TENTATIVE = 2, /* found by itself and empty so far: text in it drops the column */
       LC_COLUMN_DROPPED = 4
};

/* How the rows of a file are read; the same for every part. */
typedef struct lc_row_plan {
    char delimiter;
    size_t n_columns;
    size_t time, id;             /* LC_NO_COLUMN: none */
    const lc_stamp_parts *parts; /* of the stamp; n = 0: it stands in one column */
    const lc_cell_rules *rules;
    const lc_value_column *value; /* (n_values) */
    size_t n_values;
    int32_t *kind;   /* (n_columns) LC_CELL_ ..., LC_CELL_PART minus a part's number, or the number of a value */
    bool keep_going; /* bad rows are gathered, not the end */
} lc_row_plan;

enum { LC_CELL_IGNORED = -1, LC_CELL_STAMP = -2, LC_CELL_ID = -3, LC_CELL_PART = -4 };

typedef struct lc_row_state {
    lc_clock_column clock;
    uint8_t *column; /* (n_values) */
} lc_row_state;

typedef struct lc_row_fault {
    lc_fault_kind kind;
    size_t rows;         /* good rows of the part before it */
    size_t line, column; /* from 0 in the part, from 1 */
    size_t cells;        /* of a ragged row */
    size_t begin, end;   /* the row's bytes */
    char cell[80];       /* its beginning */
} lc_row_fault;

typedef struct lc_part {
    /* given */
    const lc_row_plan *plan;
    const char *bytes; /* where a row begins; LC_PART_MARGIN more bytes can be read behind the last */
    size_t n;
    bool last; /* the input ends here; otherwise the last byte ends a line */
    /* state: what it started from is compared, what it ended with is taken over */
    lc_row_state state;
    /* room for a row a line */
    lc_stamp *stamp;
    int16_t *offset;
    lc_numbers *value; /* (n_values) */
    /* found */
    size_t n_rows, lines, used; /* used < n: the last row is open */
    lc_runs line, id;           /* from 0; ids by their number in names */
    lc_names names;
    lc_row_fault *fault;
    size_t n_faults, fault_cap;
    bool turned;   /* dates before this part are day-first: turn them */
    bool outgrown; /* a column has become wide: what was read does not hold, read again */
    bool failed;   /* out of memory */
    /* within */
    lc_splitter *splitter;
    char day_text[16];
    lc_stamp day; /* of day_text */
    const char *id_text;
    size_t id_length, id_number;
} lc_part;

enum { LC_PART_MARGIN = 64 };

/* Reads the part. `splitter` is made when there is none and kept for the next part. */
void lc_part_read(lc_part *p);

/* Takes a row that was cut into cells. false: a fault was added, or out of memory (`failed`). */
bool lc_part_take_row(lc_part *p, const lc_split_row *r);

/* Forgets what was found; the room stays the caller's. */
void lc_part_reset(lc_part *p);
void lc_part_free(lc_part *p);

/* How many rows n bytes can hold at most; one more byte can be read. */
size_t lc_part_most_rows(const char *bytes, size_t n);

#endif
