#include "data/splitter.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct lc_splitter {
    char delimiter;
    struct csv_parser parser;
    bool parser_ready;
    lc_buf text; /* cells, NUL-terminated, one after the other */
    size_t *start;
    const char **cell;
    size_t n, start_cap, cell_cap;
    bool row_ended, failed;
    lc_fault_kind fault;
};

/* libcsv keeps one cell at a time in a buffer that only grows through this, so a runaway cell stops here. */
static void *grow_cell(void *p, size_t size)
{
    return size > LC_CSV_CELL_BYTES ? NULL : realloc(p, size);
}

/* libcsv has no other way back to its first state after an error. */
static bool renew_parser(lc_splitter *s)
{
    if (s->parser_ready) csv_free(&s->parser);
    s->parser_ready = csv_init(&s->parser, CSV_APPEND_NULL | CSV_STRICT | CSV_STRICT_FINI) == 0;
    if (!s->parser_ready) return false;
    csv_set_realloc_func(&s->parser, grow_cell);
    csv_set_blk_size(&s->parser, 4096);
    csv_set_delim(&s->parser, (unsigned char)s->delimiter);
    return true;
}

lc_splitter *lc_splitter_create(char delimiter)
{
    lc_splitter *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->delimiter = delimiter;
    if (!renew_parser(s)) {
        lc_splitter_free(s);
        return NULL;
    }
    return s;
}

void lc_splitter_free(lc_splitter *s)
{
    if (!s) return;
    if (s->parser_ready) csv_free(&s->parser);
    lc_buf_free(&s->text);
    free(s->start);
    free(s->cell);
    free(s);
}

static void add_cell(lc_splitter *s, const char *bytes, size_t n)
{
    if (s->fault || s->failed) return;
    if (s->n == LC_CSV_COLUMNS) s->fault = LC_FAULT_MANY;
    else if (n >= LC_CSV_CELL_BYTES) s->fault = LC_FAULT_LONG_CELL;
    else if (n > LC_CSV_ROW_BYTES - s->text.len) s->fault = LC_FAULT_LONG_ROW;
    if (s->fault) return;
    if (!LC_GROW(&s->start, &s->start_cap, s->n + 1)) {
        s->failed = true;
        return;
    }
    s->start[s->n++] = s->text.len;
    lc_buf_append(&s->text, bytes, n);
    lc_buf_append(&s->text, "", 1);
    if (s->text.failed) s->failed = true;
}

static void on_cell(void *bytes, size_t n, void *ctx)
{
    lc_splitter *s = ctx;
    if (!s->row_ended) add_cell(s, bytes, n);
}

static void on_row_end(int terminator, void *ctx)
{
    lc_splitter *s = ctx;
    (void)terminator;
    s->row_ended = true;
}

/* ---- lines ---- */

typedef struct stretch {
    const char *bytes;
    size_t n;
} stretch;

/* The end of the line at `from`, without its line end. */
static size_t line_end(stretch b, size_t from)
{
    const char *lf = memchr(b.bytes + from, '\n', b.n - from);
    size_t most = lf ? (size_t)(lf - b.bytes) : b.n;
    const char *cr = memchr(b.bytes + from, '\r', most - from);
    return cr ? (size_t)(cr - b.bytes) : most;
}

/* The byte after the line end at `end`. */
static size_t after_line(stretch b, size_t end)
{
    if (end >= b.n) return b.n;
    return end + 1 + (b.bytes[end] == '\r' && end + 1 < b.n && b.bytes[end + 1] == '\n');
}

static bool is_blank(const lc_splitter *s, char c)
{
    return (c == ' ' || c == '\t') && c != s->delimiter;
}

static bool is_blank_line(const lc_splitter *s, stretch b, size_t from, size_t end)
{
    while (from < end && is_blank(s, b.bytes[from])) from++;
    return from == end;
}

/* ---- one row ---- */

static void cut_plain(lc_splitter *s, const char *p, size_t n)
{
    const char *end = p + n;
    for (;;) {
        const char *stop = memchr(p, s->delimiter, (size_t)(end - p));
        const char *next = stop ? stop : end, *last = next;
        while (p < last && is_blank(s, *p)) p++;
        while (last > p && is_blank(s, last[-1])) last--;
        add_cell(s, p, (size_t)(last - p));
        if (!stop || s->fault || s->failed) return;
        p = stop + 1;
    }
}

/* Most rows with quotes have them around whole cells only: those need no libcsv. false: another row, untouched. */
static bool cut_whole_quotes(lc_splitter *s, const char *p, size_t n)
{
    const char *end = p + n;
    for (;;) {
        while (p < end && is_blank(s, *p)) p++;
        const bool quoted = p < end && *p == '"';
        const char *from = quoted ? ++p : p;
        const char *last = memchr(p, quoted ? '"' : s->delimiter, (size_t)(end - p)), *stop;
        if (quoted) {
            if (!last) break;
            stop = last + 1;
            while (stop < end && is_blank(s, *stop)) stop++;
            if (stop < end && *stop != s->delimiter) break;
        } else {
            stop = last = last ? last : end;
            if (memchr(from, '"', (size_t)(last - from))) break;
            while (last > from && is_blank(s, last[-1])) last--;
        }
        add_cell(s, from, (size_t)(last - from));
        if (s->fault || s->failed) break;
        if (stop == end) return true;
        p = stop + 1;
    }
    s->n = 0;
    s->text.len = 0;
    s->fault = LC_FAULT_NONE;
    return s->failed;
}

/* Feeds libcsv line by line until the row ends. Returns where it ended; *lines counts the lines that it spans. */
static lc_split_result cut_quoted(lc_splitter *s, stretch b, bool last, size_t from, size_t *end, size_t *lines)
{
    size_t at = from;
    for (;;) {
        size_t stop = line_end(b, at), next = after_line(b, stop);
        const char *zero = memchr(b.bytes + at, '\0', stop - at);
        size_t n = (zero ? (size_t)(zero - b.bytes) : next) - at;
        *end = stop;
        ++*lines;
        size_t done = csv_parse(&s->parser, b.bytes + at, n, on_cell, on_row_end, s);
        if (s->failed) return LC_SPLIT_MEMORY;
        if (done < n) {
            bool full = csv_error(&s->parser) == CSV_ENOMEM;
            if (full && csv_get_buffer_size(&s->parser) + 4096 <= LC_CSV_CELL_BYTES) return LC_SPLIT_MEMORY;
            if (!s->fault) s->fault = full ? LC_FAULT_LONG_CELL : LC_FAULT_QUOTE;
        } else if (zero && !s->fault) {
            s->fault = LC_FAULT_ZERO;
        }
        if (s->fault) return LC_SPLIT_FAULT;
        if (s->row_ended) return LC_SPLIT_ROW;
        at = next;
        if (at < b.n) {
            if (at - from <= 2 * (size_t)LC_CSV_ROW_BYTES) continue;
            s->fault = LC_FAULT_LONG_ROW;
            return LC_SPLIT_FAULT;
        }
        if (!last) return LC_SPLIT_OPEN;
        if (csv_fini(&s->parser, on_cell, on_row_end, s) != 0) s->fault = LC_FAULT_OPEN;
        if (s->failed) return LC_SPLIT_MEMORY;
        return s->fault ? LC_SPLIT_FAULT : LC_SPLIT_ROW;
    }
}

lc_split_result lc_splitter_next(lc_splitter *s, const char *bytes, size_t n, bool last, size_t *at, size_t *line,
                                 lc_split_row *out)
{
    stretch b = {bytes, n};
    size_t from = *at, end, lines = 1;
    for (;;) {
        if (from >= n) {
            *at = n;
            return LC_SPLIT_END;
        }
        end = line_end(b, from);
        if (!is_blank_line(s, b, from, end)) break;
        from = after_line(b, end);
        ++*line;
    }
    s->n = 0;
    s->text.len = 0;
    s->row_ended = false;
    s->fault = LC_FAULT_NONE;
    lc_split_result result = LC_SPLIT_ROW;
    const bool quotes = memchr(bytes + from, '"', end - from) != NULL;
    const bool zeros = quotes && memchr(bytes + from, '\0', end - from);
    if (quotes && !zeros && cut_whole_quotes(s, bytes + from, end - from)) {
        lines = 1;
    } else if (quotes) {
        lines = 0;
        result = cut_quoted(s, b, last, from, &end, &lines);
        if ((result != LC_SPLIT_ROW || !s->row_ended) && !renew_parser(s)) return LC_SPLIT_MEMORY;
    } else {
        const char *zero = memchr(bytes + from, '\0', end - from);
        cut_plain(s, bytes + from, (zero ? (size_t)(zero - bytes) : end) - from);
        if (zero && !s->fault) {
            s->fault = LC_FAULT_ZERO;
            s->n--; /* the cell that holds it is open */
        }
    }
    if (s->failed || result == LC_SPLIT_MEMORY) return LC_SPLIT_MEMORY;
    *at = from;
    if (result == LC_SPLIT_OPEN) return result;
    *out = (lc_split_row){.begin = from, .end = end, .fault = s->fault, .fault_column = s->n + 1};
    out->row.line = *line;
    /* A quote that stays open swallows lines that may be sound: go on behind its first one. */
    if (s->fault && lines > 1) {
        out->end = end = line_end(b, from);
        lines = 1;
    }
    *at = after_line(b, end);
    *line += lines;
    if (s->fault) {
        if (s->fault == LC_FAULT_MANY) out->fault_column = LC_CSV_COLUMNS;
        return LC_SPLIT_FAULT;
    }
    if (!LC_GROW(&s->cell, &s->cell_cap, s->n)) return LC_SPLIT_MEMORY;
    for (size_t i = 0; i < s->n; i++) s->cell[i] = s->text.data + s->start[i];
    out->row.n = s->n;
    out->row.cell = s->cell;
    return LC_SPLIT_ROW;
}

lc_code lc_split_fail(lc_fault_kind kind, const char *file, size_t line, size_t column, char delimiter, lc_status *st)
{
    switch (kind) {
    case LC_FAULT_QUOTE:
        lc_fail_at(st, LC_E_PARSE, file, line, column, "a quote (\") stands in the middle of a cell");
        lc_hint(st, "put the whole cell in quotes and write a quote inside it twice");
        break;
    case LC_FAULT_OPEN:
        lc_fail_at(st, LC_E_PARSE, file, line, column, "a quote (\") opens and is never closed");
        lc_hint(st, "close it, or write a quote inside a quoted cell twice");
        break;
    case LC_FAULT_ZERO:
        lc_fail_at(st, LC_E_PARSE, file, line, column, "the cell holds a zero byte");
        lc_hint(st, "the file is not plain text; save it as CSV in UTF-8");
        break;
    case LC_FAULT_LONG_CELL:
        lc_fail_at(st, LC_E_PARSE, file, line, column, "the cell is longer than %d MiB", LC_CSV_CELL_BYTES >> 20);
        lc_hint(st, "is a quote (\") left open on this line?");
        break;
    case LC_FAULT_LONG_ROW:
        lc_fail_at(st, LC_E_PARSE, file, line, column, "the row is longer than %d MiB", LC_CSV_ROW_BYTES >> 20);
        lc_hint(st, "is a quote (\") left open on this line?");
        break;
    case LC_FAULT_MANY:
        lc_fail_at(st, LC_E_PARSE, file, line, column, "the row has more than %d columns", LC_CSV_COLUMNS);
        lc_hint(st, "is \"%c\" the right delimiter? --delimiter names another", delimiter);
        break;
    default: break;
    }
    return LC_E_PARSE;
}
