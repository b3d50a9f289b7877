/* Rows by libcsv alone, byte after byte, as the reader's own rows must be. Each becomes "line:" and its cells, with
 * `between` and `behind` around them. */
#ifndef LC_TESTS_LIBCSV_ROWS_H
#define LC_TESTS_LIBCSV_ROWS_H

#include <csv.h>

#include "base/memory.h"

typedef struct libcsv_rows {
    lc_buf text, row;
    const char *between, *behind;
    size_t cells, begin; /* of the open row */
} libcsv_rows;

static void libcsv_cell(void *bytes, size_t n, void *ctx)
{
    libcsv_rows *r = ctx;
    if (r->cells++) lc_buf_puts(&r->row, r->between);
    lc_buf_append(&r->row, bytes, n);
}

static void libcsv_row(int end, void *ctx)
{
    libcsv_rows *r = ctx;
    (void)end;
    lc_buf_printf(&r->text, "%zu:", r->begin);
    lc_buf_append(&r->text, r->row.data ? r->row.data : "", r->row.len);
    lc_buf_puts(&r->text, r->behind);
    r->row.len = r->cells = r->begin = 0;
}

/* Rows up to the first failure, to be freed, and whether there was one: a zero byte counts. */
static char *libcsv_read(const char *bytes, size_t n, char delimiter, const char *between, const char *behind,
                         bool *failed)
{
    libcsv_rows r = {.between = between, .behind = behind};
    struct csv_parser p;
    size_t line = 1, i = 0;
    csv_init(&p, CSV_STRICT | CSV_STRICT_FINI);
    csv_set_delim(&p, (unsigned char)delimiter);
    for (; i < n && bytes[i]; i++) {
        char b = bytes[i];
        bool blank = (b == ' ' || b == '\t' || b == '\r' || b == '\n') && b != delimiter;
        if (!r.begin && !blank) r.begin = line;
        if (csv_parse(&p, &b, 1, libcsv_cell, libcsv_row, &r) != 1) break;
        line += b == '\r' || (b == '\n' && (i == 0 || bytes[i - 1] != '\r'));
    }
    *failed = i < n || csv_fini(&p, libcsv_cell, libcsv_row, &r) != 0;
    csv_free(&p);
    lc_buf_free(&r.row);
    lc_buf_puts(&r.text, "");
    return r.text.data;
}

#endif
