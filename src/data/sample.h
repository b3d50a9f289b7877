/* The first rows of a file, kept as text until the roles of the columns are decided. */
#ifndef LC_DATA_SAMPLE_H
#define LC_DATA_SAMPLE_H

#include "base/memory.h"
#include "data/csv_row.h"

enum { LC_SAMPLE_ROWS = 1000, LC_SAMPLE_BYTES = 1 << 22, LC_SAMPLE_CELLS = 1 << 19 };

typedef struct lc_sample {
    lc_csv_row *row; /* (n), usable after lc_sample_seal */
    size_t n, row_cap;
    lc_buf text;
    size_t *offset; /* (cells) of each cell in text */
    const char **cell;
    size_t cells, offset_cap;
} lc_sample;

/* Copies a row; false: out of memory. */
bool lc_sample_add(lc_sample *s, const lc_csv_row *row);
bool lc_sample_is_full(const lc_sample *s);
bool lc_sample_seal(lc_sample *s); /* lets row[] point at the cells; nothing is added afterwards */
void lc_sample_free(lc_sample *s);

#endif
