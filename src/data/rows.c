#include "data/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/file_kind.h"
#include "data/splitter.h"

typedef struct reader {
    lc_source *source;
    const char *name;
    char delimiter;
    size_t block;
    lc_row_fn fn;
    void *ctx;
    char *buf;
    size_t n, cap; /* bytes that are there */
    size_t line;   /* at which they begin, from 1 */
    bool begun, end;
} reader;

static lc_code read_more(reader *r, lc_status *st)
{
    enum { KIND = 64 }; /* bytes that tell what a file is */
    size_t room = r->n < KIND ? r->block + KIND : r->block, got;
    /* A row that does not end grows what is held: then by as much again, not by a block each time. */
    if (room < r->n) room = r->n;
    if (!LC_GROW(&r->buf, &r->cap, r->n + room)) return lc_fail_memory(st);
    lc_code code = lc_source_read(r->source, r->buf + r->n, room, &got, st);
    r->n += got;
    r->end = got < room;
    if (code != LC_OK || r->begun) return code;
    r->begun = true;
    code = lc_file_kind_check(r->name, r->buf, r->n, st);
    if (code == LC_OK && r->n >= 3 && memcmp(r->buf, "\xef\xbb\xbf", 3) == 0) {
        memmove(r->buf, r->buf + 3, r->n - 3);
        r->n -= 3;
    }
    return code;
}

/* Where the last whole line ends. A carriage return at the very end may yet get its line feed. */
static size_t whole_lines(const reader *r)
{
    size_t n = r->n;
    if (r->end) return n;
    while (n && r->buf[n - 1] != '\n' && !(n < r->n && r->buf[n - 1] == '\r')) n--;
    return n;
}

/* Takes the rows that are whole. */
static lc_code take_rows(reader *r, lc_splitter *s, lc_status *st)
{
    size_t at = 0, n = whole_lines(r);
    lc_code code = LC_OK;
    while (code == LC_OK) {
        lc_split_row row;
        lc_split_result got = lc_splitter_next(s, r->buf, n, r->end, &at, &r->line, &row);
        if (got == LC_SPLIT_MEMORY) return lc_fail_memory(st);
        if (got == LC_SPLIT_FAULT)
            return lc_split_fail(row.fault, r->name, row.row.line, row.fault_column, r->delimiter, st);
        if (got != LC_SPLIT_ROW) break;
        code = r->fn(r->ctx, &row.row, st);
    }
    memmove(r->buf, r->buf + at, r->n - at);
    r->n -= at;
    if (code == LC_OK && !r->end && r->n > 2 * (size_t)LC_CSV_ROW_BYTES)
        code = lc_split_fail(LC_FAULT_LONG_ROW, r->name, r->line, 1, r->delimiter, st);
    return code;
}

lc_code lc_rows_read(lc_source *source, const char *name, char delimiter, size_t block, lc_row_fn fn, void *ctx,
                     lc_status *st)
{
    reader r = {
        .source = source, .name = name, .delimiter = delimiter, .block = block, .fn = fn, .ctx = ctx, .line = 1};
    lc_splitter *s = lc_splitter_create(delimiter);
    lc_code code = s ? LC_OK : lc_fail_memory(st);
    while (code == LC_OK && !r.end) {
        code = read_more(&r, st);
        if (code == LC_OK) code = take_rows(&r, s, st);
    }
    lc_splitter_free(s);
    free(r.buf);
    return code;
}

lc_code lc_rows_read_file(const char *path, char delimiter, lc_row_fn fn, void *ctx, lc_status *st)
{
    enum { BLOCK = 1 << 20 };
    lc_source *source;
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    lc_code code = lc_source_open(&source, path, st);
    if (code == LC_OK) code = lc_rows_read(source, name, delimiter, BLOCK, fn, ctx, st);
    lc_source_close(source);
    return code;
}
