#include "data/csv.h"

#include <csv.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/dialect.h"

struct lc_csv {
    struct csv_parser parser;
    bool parser_ready;
    char *name;
    char delimiter;
    lc_csv_row_fn on_row;
    void *ctx;
    lc_buf head; /* bytes held back until the byte order mark is known and the delimiter sniffed */
    bool started, ended;

    size_t line;     /* of the byte to come */
    bool after_cr;   /* the last byte was a carriage return */
    size_t row_line; /* where the open row began, 0 when none is open */

    lc_buf text;   /* cells of the open row, NUL-terminated, one after the other */
    size_t *start; /* of each cell in text */
    const char **cell;
    size_t n, start_cap, cell_cap;

    lc_code code; /* of the first failure inside a callback */
    lc_status *st;
};

/* libcsv keeps one cell at a time in a buffer that only grows through this, so a runaway cell stops here. */
static void *grow_cell(void *p, size_t size)
{
    return size > LC_CSV_CELL_BYTES ? NULL : realloc(p, size);
}

lc_csv *lc_csv_create(const char *name, char delimiter, lc_csv_row_fn on_row, void *ctx)
{
    lc_csv *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->name = lc_strdup(name);
    c->delimiter = delimiter;
    c->on_row = on_row;
    c->ctx = ctx;
    c->line = 1;
    c->parser_ready = csv_init(&c->parser, CSV_APPEND_NULL | CSV_STRICT | CSV_STRICT_FINI) == 0;
    if (!c->name || !c->parser_ready) {
        lc_csv_free(c);
        return NULL;
    }
    csv_set_realloc_func(&c->parser, grow_cell);
    csv_set_blk_size(&c->parser, 4096);
    return c;
}

void lc_csv_free(lc_csv *c)
{
    if (!c) return;
    if (c->parser_ready) csv_free(&c->parser);
    lc_buf_free(&c->head);
    lc_buf_free(&c->text);
    free(c->start);
    free(c->cell);
    free(c->name);
    free(c);
}

/* ---- rows out of libcsv ---- */

static void stop(lc_csv *c, lc_code code)
{
    if (c->code == LC_OK) c->code = code;
}

static void on_cell(void *bytes, size_t n, void *ctx)
{
    lc_csv *c = ctx;
    if (c->code != LC_OK) return;
    if (c->n == LC_CSV_COLUMNS) {
        stop(c, lc_fail_at(c->st, LC_E_PARSE, c->name, c->row_line, c->n, "the row has more than %d columns",
                           LC_CSV_COLUMNS));
        lc_hint(c->st, "is \"%c\" the right delimiter? --delimiter names another", c->delimiter);
        return;
    }
    if (n > LC_CSV_ROW_BYTES - c->text.len) {
        stop(c, lc_fail_at(c->st, LC_E_PARSE, c->name, c->row_line, c->n + 1, "the row is longer than %d MiB",
                           LC_CSV_ROW_BYTES >> 20));
        return;
    }
    if (!LC_GROW(&c->start, &c->start_cap, c->n + 1)) {
        stop(c, lc_fail_memory(c->st));
        return;
    }
    c->start[c->n++] = c->text.len;
    lc_buf_append(&c->text, bytes, n);
    lc_buf_append(&c->text, "", 1);
    if (c->text.failed) stop(c, lc_fail_memory(c->st));
}

static void on_row_end(int terminator, void *ctx)
{
    lc_csv *c = ctx;
    (void)terminator;
    if (c->code != LC_OK) return;
    if (!LC_GROW(&c->cell, &c->cell_cap, c->n)) {
        stop(c, lc_fail_memory(c->st));
        return;
    }
    for (size_t i = 0; i < c->n; i++) c->cell[i] = c->text.data + c->start[i];
    lc_csv_row row = {.line = c->row_line, .n = c->n, .cell = c->cell};
    lc_code code = c->on_row(c->ctx, &row, c->st);
    if (code != LC_OK) stop(c, code);
    c->n = 0;
    c->text.len = 0;
    c->row_line = 0;
}

/* ---- bytes into libcsv ---- */

static lc_code parser_failed(lc_csv *c)
{
    size_t column = c->n + 1;
    switch (csv_error(&c->parser)) {
    case CSV_EPARSE:
        lc_fail_at(c->st, LC_E_PARSE, c->name, c->row_line, column, "a quote (\") stands in the middle of a cell");
        lc_hint(c->st, "put the whole cell in quotes and write a quote inside it twice");
        return LC_E_PARSE;
    case CSV_ENOMEM:
        if (csv_get_buffer_size(&c->parser) + 4096 <= LC_CSV_CELL_BYTES) break;
        lc_fail_at(c->st, LC_E_PARSE, c->name, c->row_line, column, "the cell is longer than %d MiB",
                   LC_CSV_CELL_BYTES >> 20);
        lc_hint(c->st, "is a quote (\") left open on this line?");
        return LC_E_PARSE;
    default: break;
    }
    return lc_fail_memory(c->st);
}

/* Feeds bytes of one line, of which only the last may be part of the line's end. */
static lc_code feed_piece(lc_csv *c, const char *bytes, size_t n)
{
    if (!c->row_line) {
        for (size_t i = 0; i < n && !c->row_line; i++) {
            char b = bytes[i];
            bool blank = b == ' ' || b == '\t' || b == '\r' || b == '\n';
            if (!blank || b == c->delimiter) c->row_line = c->line;
        }
    }
    size_t done = csv_parse(&c->parser, bytes, n, on_cell, on_row_end, c);
    if (c->code != LC_OK) return c->code;
    return done == n ? LC_OK : parser_failed(c);
}

static size_t line_length(const char *bytes, size_t n)
{
    const char *lf = memchr(bytes, '\n', n);
    size_t most = lf ? (size_t)(lf - bytes) + 1 : n;
    const char *cr = memchr(bytes, '\r', most);
    return cr ? (size_t)(cr - bytes) + 1 : most;
}

static lc_code feed_lines(lc_csv *c, const char *bytes, size_t n)
{
    while (n) {
        size_t len = line_length(bytes, n);
        const char *nul = memchr(bytes, '\0', len);
        size_t sound = nul ? (size_t)(nul - bytes) : len;
        bool same_line_end = c->after_cr && bytes[0] == '\n';
        if (sound) {
            lc_code code = feed_piece(c, bytes, sound);
            if (code != LC_OK) return code;
        }
        if (nul) {
            lc_fail_at(c->st, LC_E_PARSE, c->name, c->row_line ? c->row_line : c->line, c->n + 1,
                       "the cell holds a zero byte");
            lc_hint(c->st, "the file is not plain text; save it as CSV in UTF-8");
            return LC_E_PARSE;
        }
        char last = bytes[len - 1];
        if (last == '\r' || (last == '\n' && !same_line_end)) c->line++;
        c->after_cr = last == '\r';
        bytes += len;
        n -= len;
    }
    return LC_OK;
}

/* ---- the beginning of the input ---- */

static lc_code refuse_encoding(lc_csv *c)
{
    const unsigned char *b = (const unsigned char *)c->head.data;
    size_t n = c->head.len;
    if (n >= 2 && b[0] == 0x1f && b[1] == 0x8b) {
        lc_fail_at(c->st, LC_E_PARSE, c->name, 0, 0, "gzip files are not read yet");
        lc_hint(c->st, "unpack it: gunzip -c FILE | loomcast ... -");
        return LC_E_PARSE;
    }
    if (n >= 2 && ((b[0] == 0xff && b[1] == 0xfe) || (b[0] == 0xfe && b[1] == 0xff))) {
        lc_fail_at(c->st, LC_E_PARSE, c->name, 1, 1, "the file is UTF-16 text");
        lc_hint(c->st, "save it as UTF-8: iconv -f UTF-16 -t UTF-8");
        return LC_E_PARSE;
    }
    return LC_OK;
}

static lc_code start(lc_csv *c)
{
    size_t skip = c->head.len >= 3 && memcmp(c->head.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    lc_code code = refuse_encoding(c);
    if (code != LC_OK) return code;
    c->started = true;
    if (!c->delimiter) c->delimiter = lc_sniff_delimiter(c->head.data + skip, c->head.len - skip);
    csv_set_delim(&c->parser, (unsigned char)c->delimiter);
    code = feed_lines(c, c->head.data + skip, c->head.len - skip);
    lc_buf_free(&c->head);
    return code;
}

lc_code lc_csv_feed(lc_csv *c, const char *bytes, size_t n, lc_status *st)
{
    c->st = st;
    if (c->code != LC_OK || !n) return c->code;
    lc_code code = LC_OK;
    if (!c->started) {
        size_t want = c->delimiter ? 3 : LC_CSV_SNIFF_BYTES;
        size_t held = want - c->head.len < n ? want - c->head.len : n;
        lc_buf_append(&c->head, bytes, held);
        if (c->head.failed) code = lc_fail_memory(st);
        else if (c->head.len == want) code = start(c);
        bytes += held;
        n -= held;
    }
    if (code == LC_OK && n) code = feed_lines(c, bytes, n);
    stop(c, code);
    return c->code;
}

lc_code lc_csv_finish(lc_csv *c, lc_status *st)
{
    c->st = st;
    if (c->code != LC_OK || c->ended) return c->code;
    c->ended = true;
    lc_code code = LC_OK;
    if (!c->started && c->head.len) code = start(c);
    if (code == LC_OK && csv_fini(&c->parser, on_cell, on_row_end, c) != 0) {
        if (csv_error(&c->parser) == CSV_EPARSE) {
            code = lc_fail_at(st, LC_E_PARSE, c->name, c->row_line, c->n + 1, "a quote (\") opens and is never closed");
            lc_hint(st, "close it, or write a quote inside a quoted cell twice");
        } else {
            code = lc_fail_memory(st);
        }
    }
    stop(c, code);
    return c->code;
}

lc_code lc_csv_read_file(lc_csv *c, const char *path, lc_status *st)
{
    enum { BLOCK = 1 << 16 };
    bool standard = strcmp(path, "-") == 0;
    FILE *f = standard ? stdin : fopen(path, "rb");
    if (!f) return lc_fail_at(st, LC_E_IO, path, 0, 0, "cannot be opened: %s", strerror(errno));
    lc_code code = LC_OK;
    char *block = malloc(BLOCK);
    if (!block) code = lc_fail_memory(st);
    while (code == LC_OK) {
        size_t n = fread(block, 1, BLOCK, f);
        if (n) code = lc_csv_feed(c, block, n, st);
        if (n < BLOCK) break;
    }
    if (code == LC_OK && ferror(f))
        code = lc_fail_at(st, LC_E_IO, c->name, 0, 0, "cannot be read: %s", strerror(errno));
    if (code == LC_OK) code = lc_csv_finish(c, st);
    free(block);
    if (!standard) fclose(f);
    return code;
}
