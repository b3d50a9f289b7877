/* One file of a table while it is read: private to table_read.c and table_join.c. */
#ifndef LC_DATA_READER_H
#define LC_DATA_READER_H

#include "data/table.h"

typedef struct lc_place {
    size_t begin, end; /* bytes of the buffer */
    size_t got;        /* bytes that the thread of this place read */
    size_t most_rows;
    size_t version; /* of the table's state that the part starts from */
} lc_place;

typedef struct lc_reader {
    lc_table *t;
    lc_source *source;
    char *buf;   /* margin included */
    size_t n;    /* bytes that are looked at */
    size_t held; /* bytes that are there: the head of the input may hold more than one block */
    size_t cap;
    size_t at;     /* what is read up to */
    size_t line;   /* at `at`, from 1 */
    bool end;      /* the input ends at n */
    bool ended;    /* the input has no more bytes than held */
    lc_part *part; /* (parts) */
    lc_place *place;
    size_t parts, made;
    size_t slice; /* bytes that each thread reads before it parses; 0: they are there */
    bool unread;  /* reading failed */
    lc_status *st;
} lc_reader;

/* Lets part i read [begin, end) into the rows from `row` on. */
void lc_reader_set_part(lc_reader *r, size_t i, size_t begin, size_t end, size_t row);

/* Takes the parts in order; afterwards r->at is where the next row begins. */
lc_code lc_reader_join(lc_reader *r);

#endif
