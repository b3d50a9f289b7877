#include "data/prolog.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/cell.h"
#include "data/clock.h"
#include "data/dialect.h"
#include "data/file_kind.h"
#include "data/splitter.h"

enum { MOST_TITLES = 64 };

static size_t line_end(const char *bytes, size_t n, size_t at)
{
    while (at < n && bytes[at] != '\n' && bytes[at] != '\r') at++;
    return at;
}

static size_t after_line(const char *bytes, size_t n, size_t end)
{
    if (end < n && bytes[end] == '\r' && end + 1 < n && bytes[end + 1] == '\n') return end + 2;
    return end < n ? end + 1 : n;
}

/* "sep=;" as spreadsheets write and read it. */
static bool is_sep(const char *line, size_t n, char *delimiter)
{
    if (n != 5 || strncasecmp(line, "sep=", 4) != 0) return false;
    const char text[2] = {line[4], '\0'};
    return lc_delimiter_of(text, delimiter) && *delimiter;
}

/* Blank lines, comments and "sep=" before anything else. */
static void skip_lines(lc_prolog *p, const char *bytes, size_t n, bool all, char *sep)
{
    for (bool first = true;; first = false) {
        size_t at = p->offset, end = line_end(bytes, n, at);
        if (at >= n || (end >= n && !all)) return;
        while (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) at++;
        bool blank = at == end, comment = !blank && bytes[at] == '#', is_separator = false;
        if (first && !blank && !comment) is_separator = is_sep(bytes + at, end - at, sep);
        if (!blank && !comment && !is_separator) return;
        p->left_out += comment;
        p->offset = after_line(bytes, n, end);
        p->line++;
    }
}

typedef struct top_row {
    size_t begin, line;
    size_t cells; /* without empty ones at its end; 0: broken */
    bool is_text; /* of a row of one cell: neither number nor stamp */
} top_row;

static bool is_data(const char *cell)
{
    double x;
    lc_clock clock;
    bool ambiguous;
    lc_cell_rules rules = {.decimal_comma = false}, comma = {.decimal_comma = true};
    return !*cell || lc_cell_number(&rules, cell, &x) || lc_cell_number(&comma, cell, &x) ||
           lc_clock_learn(&clock, &cell, 1, &ambiguous);
}

/* The first rows; returns how many, SIZE_MAX without memory. */
static size_t look_at_rows(top_row *rows, const lc_prolog *p, const char *bytes, size_t n, bool all)
{
    lc_splitter *s = lc_splitter_create(p->delimiter);
    if (!s) return SIZE_MAX;
    size_t at = p->offset, line = p->line, found = 0;
    lc_split_result got = LC_SPLIT_ROW;
    while (found < MOST_TITLES) {
        lc_split_row r;
        got = lc_splitter_next(s, bytes, n, all, &at, &line, &r);
        if (got != LC_SPLIT_ROW && got != LC_SPLIT_FAULT) break;
        top_row *row = &rows[found++];
        *row = (top_row){.begin = r.begin, .line = r.row.line};
        if (got == LC_SPLIT_FAULT) continue;
        row->cells = r.row.n;
        while (row->cells > 1 && !*r.row.cell[row->cells - 1]) row->cells--;
        row->is_text = row->cells == 1 && !is_data(r.row.cell[0]);
    }
    lc_splitter_free(s);
    return got == LC_SPLIT_MEMORY ? SIZE_MAX : found;
}

static size_t usual_width(const top_row *rows, size_t n)
{
    size_t best = 0, most = 0;
    for (size_t i = 0; i < n; i++) {
        size_t same = 0;
        for (size_t j = 0; j < n; j++) same += rows[j].cells == rows[i].cells;
        if (rows[i].cells && (same > most || (same == most && rows[i].cells > best))) {
            most = same;
            best = rows[i].cells;
        }
    }
    return best;
}

/* How many of the rows are titles: clearly narrower than the table, or, above a single column, all text but the last
 * before the numbers. */
static size_t count_titles(const top_row *rows, size_t n, size_t columns)
{
    size_t width = columns ? columns : usual_width(rows, n), titles = 0;
    if (width > 1) {
        while (titles < n && rows[titles].cells && rows[titles].cells < width &&
               (rows[titles].cells == 1 || rows[titles].cells + 2 <= width))
            titles++;
        return titles < n ? titles : 0;
    }
    while (titles < n && rows[titles].is_text) titles++;
    size_t data = titles;
    while (data < n && !rows[data].is_text) data++;
    return titles > 1 && titles < n && data == n ? titles - 1 : 0;
}

lc_code lc_prolog_read(lc_prolog *out, const char *name, const char *bytes, size_t n, bool all, char delimiter,
                       size_t columns, lc_status *st)
{
    *out = (lc_prolog){.line = 1};
    lc_code code = lc_file_kind_check(name, bytes, n, st);
    if (code != LC_OK) return code;
    if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) out->offset = 3;
    char sep = '\0';
    skip_lines(out, bytes, n, all, &sep);
    if (!delimiter) delimiter = sep;
    out->delimiter = delimiter;
    size_t left = n - out->offset, sniff = left < LC_CSV_SNIFF_BYTES ? left : LC_CSV_SNIFF_BYTES;
    if (!delimiter) out->delimiter = lc_sniff_delimiter(bytes + out->offset, sniff);
    /* Only whole lines count, unless these are all. */
    while (!all && n > out->offset && bytes[n - 1] != '\n' && bytes[n - 1] != '\r') n--;
    top_row *rows = lc_calloc(MOST_TITLES, sizeof *rows);
    size_t found = rows ? look_at_rows(rows, out, bytes, n, all) : SIZE_MAX;
    if (found == SIZE_MAX) {
        lc_free(rows);
        return lc_fail_memory(st);
    }
    size_t titles = count_titles(rows, found, columns);
    if (titles) {
        out->left_out += titles;
        out->offset = rows[titles].begin;
        out->line = rows[titles].line;
    }
    lc_free(rows);
    return LC_OK;
}
