#include "data/sample.h"

#include <stdlib.h>
#include <string.h>

bool lc_sample_add(lc_sample *s, const lc_csv_row *row)
{
    if (!LC_GROW(&s->row, &s->row_cap, s->n + 1)) return false;
    if (!LC_GROW(&s->offset, &s->offset_cap, s->cells + row->n)) return false;
    for (size_t i = 0; i < row->n; i++) {
        s->offset[s->cells++] = s->text.len;
        lc_buf_append(&s->text, row->cell[i], strlen(row->cell[i]) + 1);
    }
    s->row[s->n++] = (lc_csv_row){.line = row->line, .n = row->n};
    return !s->text.failed;
}

bool lc_sample_is_full(const lc_sample *s)
{
    return s->n >= LC_SAMPLE_ROWS || s->text.len >= LC_SAMPLE_BYTES || s->cells >= LC_SAMPLE_CELLS;
}

bool lc_sample_seal(lc_sample *s)
{
    size_t cap = 0, at = 0;
    if (!LC_GROW(&s->cell, &cap, s->cells)) return false;
    for (size_t i = 0; i < s->cells; i++) s->cell[i] = s->text.data + s->offset[i];
    for (size_t i = 0; i < s->n; i++) {
        s->row[i].cell = s->cell + at;
        at += s->row[i].n;
    }
    return true;
}

void lc_sample_free(lc_sample *s)
{
    free(s->row);
    free(s->offset);
    free(s->cell);
    lc_buf_free(&s->text);
    memset(s, 0, sizeof *s);
}
