/* Labels as windows in CSV: file,from,to and, for people, event. */
#include <stdlib.h>
#include <string.h>

#include "anomaly/label_windows.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/names.h"
#include "data/rows.h"

enum { FILE_CELL, FROM_CELL, TO_CELL, EVENT_CELL, CELLS, BLOCK = 1 << 16, SHOWN = 80 };

/* ---- the header ---- */

static bool is_header(const lc_csv_row *row)
{
    static const char *const names[CELLS] = {"file", "from", "to", "event"};
    if (row->n != EVENT_CELL && row->n != CELLS) return false;
    for (size_t i = 0; i < row->n; i++)
        if (!lc_equal_nocase(row->cell[i], names[i])) return false;
    return true;
}

static lc_code look_at_header(void *ctx, const lc_csv_row *row, lc_status *st)
{
    bool *found = ctx;
    *found = is_header(row);
    return lc_fail(st, LC_E_CANCELLED, "one row is enough");
}

lc_code lc_labels_windows_delimiter(char *out, const char *text, size_t n, lc_status *st)
{
    static const char delimiters[] = {',', ';', '\t', '|'};
    *out = '\0';
    for (size_t i = 0; !*out && i < sizeof delimiters; i++) {
        lc_source *source;
        bool found = false;
        lc_status why = {0};
        lc_code code = lc_source_memory(&source, "", text, n, &why);
        if (code == LC_OK) code = lc_rows_read(source, "", delimiters[i], n ? n : 1, look_at_header, &found, &why);
        lc_source_close(source);
        if (code == LC_E_MEMORY) return lc_fail_memory(st);
        if (found) *out = delimiters[i];
    }
    return LC_OK;
}

/* ---- rows ---- */

typedef struct window {
    size_t line;
    uint32_t file; /* of `files` */
    char *from;
    char *to; /* within the same allocation */
} window;

typedef struct reader {
    lc_label_windows w;
    size_t cells; /* of the header; 0: still to come */
    lc_names files;
    window *window;
    size_t n, cap, bytes;
} reader;

/* It was one a moment ago, when the form of the file was told. */
static lc_code no_header(const reader *r, const lc_csv_row *row, lc_status *st)
{
    lc_fail_at(st, LC_E_PARSE, r->w.file, row->line, 0, "is no table of windows");
    lc_hint(st, "its header is file,from,to or file,from,to,event");
    return LC_E_PARSE;
}

static lc_code wrong_cells(const reader *r, const lc_csv_row *row, lc_status *st)
{
    lc_fail_at(st, LC_E_PARSE, r->w.file, row->line, 0, "the row has %zu cells, and the header %zu", row->n, r->cells);
    lc_hint(st, "a row is FILE,FROM,TO or FILE,FROM,TO,EVENT; put text that holds a comma in quotes");
    return LC_E_PARSE;
}

static lc_code missing_cell(const reader *r, const lc_csv_row *row, size_t cell, lc_status *st)
{
    lc_fail_at(st, LC_E_PARSE, r->w.file, row->line, cell + 1, "column \"%s\": the cell is empty",
               cell == FILE_CELL ? "file" : "from");
    lc_hint(st, cell == FILE_CELL ? "name the data file that the window is about"
                                  : "from and to are stamps; where both are empty all of the file is normal");
    return LC_E_PARSE;
}

static lc_code take_row(void *ctx, const lc_csv_row *row, lc_status *st)
{
    reader *r = ctx;
    if (!r->cells) {
        if (!is_header(row)) return no_header(r, row, st);
        r->cells = row->n;
        return LC_OK;
    }
    if (row->n != r->cells) return wrong_cells(r, row, st);
    const char *from = row->cell[FROM_CELL], *to = row->cell[TO_CELL];
    if (!*row->cell[FILE_CELL]) return missing_cell(r, row, FILE_CELL, st);
    if (!*from && *to) return missing_cell(r, row, FROM_CELL, st);
    const uint32_t file = lc_names_add(&r->files, row->cell[FILE_CELL], NULL);
    if (file == LC_NO_NAME) return lc_fail_memory(st);
    const size_t n_from = strlen(from) + 1, n_to = strlen(to) + 1;
    r->bytes += strlen(row->cell[FILE_CELL]) + n_from + n_to + sizeof *r->window;
    if (r->bytes > LC_LABELS_MOST_BYTES) return lc_labels_too_large(r->w.file, st);
    if (!*from) return LC_OK;
    char *texts = LC_GROW(&r->window, &r->cap, r->n + 1) ? malloc(n_from + n_to) : NULL;
    if (!texts) return lc_fail_memory(st);
    memcpy(texts, from, n_from);
    memcpy(texts + n_from, to, n_to);
    r->window[r->n++] = (window){row->line, file, texts, texts + n_from};
    return LC_OK;
}

/* ---- windows ---- */

static lc_code read_stamp(const reader *r, const window *x, size_t cell, lc_stamp *out, lc_status *st)
{
    char shown[SHOWN];
    const char *word = cell == FROM_CELL ? x->from : x->to, *why = lc_label_stamp(&r->w, word, out);
    if (!why) return LC_OK;
    lc_fail_at(st, LC_E_PARSE, r->w.file, x->line, cell + 1, "column \"%s\": \"%s\" %s",
               cell == FROM_CELL ? "from" : "to", lc_printable(shown, SHOWN, word, strlen(word)), why);
    lc_label_stamp_hint(&r->w, st);
    return LC_E_PARSE;
}

static lc_code take_window(reader *r, const window *x, size_t file, lc_status *st)
{
    lc_stamp first = 0, last = 0;
    lc_code code = read_stamp(r, x, FROM_CELL, &first, st);
    last = first;
    if (code == LC_OK && *x->to) code = read_stamp(r, x, TO_CELL, &last, st);
    if (code != LC_OK) return code;
    if (last < first) {
        lc_fail_at(st, LC_E_PARSE, r->w.file, x->line, TO_CELL + 1, "the window ends before it begins");
        lc_hint(st, "from and to are the first and the last stamp, both included");
        return LC_E_PARSE;
    }
    lc_label_mark(&r->w, file, first, last);
    return LC_OK;
}

/* Only stamps of windows about the data need be like those of the data. */
static lc_code take_windows(reader *r, lc_status *st)
{
    static const char hint[] = "column \"file\" names it, with folders before it or without; "
                               "from and to are empty where all of it is normal";
    lc_code code = LC_OK;
    for (size_t file = 0; code == LC_OK && file < r->w.panel->n_files; file++) {
        size_t entry;
        code = lc_label_entry(&entry, &r->w, (const char *const *)r->files.name, r->files.n, file, hint, st);
        for (size_t i = 0; code == LC_OK && i < r->n; i++)
            if (r->window[i].file == entry) code = take_window(r, &r->window[i], file, st);
    }
    return code == LC_OK ? lc_label_windows_close(&r->w, st) : code;
}

lc_code lc_labels_from_windows(lc_labels *l, const char *file, lc_source *source, char delimiter, const lc_panel *p,
                               const lc_row_order *o, lc_status *st)
{
    reader r = {.w = {l, p, o, file, 0}};
    lc_code code = lc_rows_read(source, file, delimiter, BLOCK, take_row, &r, st);
    if (code == LC_OK) code = take_windows(&r, st);
    for (size_t i = 0; i < r.n; i++) free(r.window[i].from);
    free(r.window);
    lc_names_free(&r.files);
    return code;
}
