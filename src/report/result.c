#include "report/result.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/csv_cell.h"

typedef struct column_spec {
    char *name;
    lc_column_type type;
    int digits;
} column_spec;

typedef union cell {
    const char *text; /* in a chunk, or the constant "" */
    double real;
    int64_t integer;
} cell;

/* Texts live in chunks that never move, so that rows may share one and lc_result_text stays valid. */
typedef struct chunk {
    struct chunk *next;
    size_t used, room;
    char bytes[];
} chunk;

struct lc_result {
    column_spec *columns;
    size_t n_columns, column_room;
    cell *cells; /* (n_rows, n_columns) */
    size_t n_rows, cell_room;
    chunk *chunks;
};

lc_result *lc_result_create(void)
{
    return calloc(1, sizeof(lc_result));
}

static void free_chunks(chunk *list)
{
    while (list) {
        chunk *next = list->next;
        free(list);
        list = next;
    }
}

void lc_result_free(lc_result *r)
{
    if (!r) return;
    for (size_t i = 0; i < r->n_columns; i++) free(r->columns[i].name);
    free_chunks(r->chunks);
    free(r->columns);
    free(r->cells);
    free(r);
}

void lc_result_clear(lc_result *r)
{
    chunk *kept = r->chunks;
    r->n_rows = 0;
    if (!kept) return;
    free_chunks(kept->next);
    kept->next = NULL;
    kept->used = 0;
}

lc_code lc_result_add_column(lc_result *r, const char *name, lc_column_type type, int digits, lc_status *st)
{
    char shown[80];
    if (r->n_rows) return lc_fail(st, LC_E_USAGE, "a result table takes columns before its first row only");
    if (lc_result_find(r, name) != SIZE_MAX)
        return lc_fail(st, LC_E_USAGE, "the result table has a column \"%s\" already",
                       lc_printable(shown, sizeof shown, name, strlen(name)));
    char *copy = lc_strdup(name);
    if (!copy || !LC_GROW(&r->columns, &r->column_room, r->n_columns + 1)) {
        free(copy);
        return lc_fail_memory(st);
    }
    r->columns[r->n_columns++] = (column_spec){.name = copy, .type = type, .digits = digits};
    return LC_OK;
}

lc_code lc_result_create_with(lc_result **out, const lc_column *columns, size_t n, lc_status *st)
{
    lc_result *r = lc_result_create();
    lc_code code = r ? LC_OK : lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < n; i++)
        code = lc_result_add_column(r, columns[i].name, columns[i].type, columns[i].digits, st);
    if (code == LC_OK) *out = r;
    else lc_result_free(r);
    return code;
}

lc_code lc_result_add_row(lc_result *r, lc_status *st)
{
    size_t used, need;
    if (!lc_mul(r->n_rows, r->n_columns, &used) || !lc_add(used, r->n_columns, &need) ||
        !LC_GROW(&r->cells, &r->cell_room, need))
        return lc_fail_memory(st);
    for (size_t i = 0; i < r->n_columns; i++) {
        cell *c = r->cells + used + i;
        switch (r->columns[i].type) {
        case LC_COLUMN_TEXT: c->text = ""; break;
        case LC_COLUMN_REAL: c->real = NAN; break;
        case LC_COLUMN_INT: c->integer = 0; break;
        }
    }
    r->n_rows++;
    return LC_OK;
}

static cell *last_row(lc_result *r, size_t column)
{
    if (!r->n_rows || column >= r->n_columns) return NULL;
    return r->cells + (r->n_rows - 1) * r->n_columns + column;
}

static const char *keep_text(lc_result *r, const char *value)
{
    enum { CHUNK = 64 * 1024 - 64 };
    size_t n = strlen(value) + 1;
    if (!r->chunks || r->chunks->room - r->chunks->used < n) {
        size_t room = n > CHUNK ? n : CHUNK, bytes;
        if (!lc_add(sizeof(chunk), room, &bytes)) return NULL;
        chunk *fresh = malloc(bytes);
        if (!fresh) return NULL;
        fresh->next = r->chunks;
        fresh->used = 0;
        fresh->room = room;
        r->chunks = fresh;
    }
    char *at = r->chunks->bytes + r->chunks->used;
    memcpy(at, value, n);
    r->chunks->used += n;
    return at;
}

lc_code lc_result_set_text(lc_result *r, size_t column, const char *value, lc_status *st)
{
    cell *c = last_row(r, column);
    if (!c || r->columns[column].type != LC_COLUMN_TEXT)
        return lc_fail(st, LC_E_USAGE, "the result table has no text cell in column %zu", column + 1);
    const char *text = "";
    if (value && *value) {
        /* An id repeats row after row: one copy serves the whole series. */
        const char *above = r->n_rows > 1 ? c[-(ptrdiff_t)r->n_columns].text : "";
        text = strcmp(above, value) == 0 ? above : keep_text(r, value);
        if (!text) return lc_fail_memory(st);
    }
    c->text = text;
    return LC_OK;
}

void lc_result_set_real(lc_result *r, size_t column, double value)
{
    cell *c = last_row(r, column);
    if (c && r->columns[column].type == LC_COLUMN_REAL) c->real = value;
}

void lc_result_set_int(lc_result *r, size_t column, int64_t value)
{
    cell *c = last_row(r, column);
    if (!c) return;
    if (r->columns[column].type == LC_COLUMN_INT) c->integer = value;
    else if (r->columns[column].type == LC_COLUMN_REAL) c->real = (double)value;
}

size_t lc_result_rows(const lc_result *r)
{
    return r->n_rows;
}

size_t lc_result_columns(const lc_result *r)
{
    return r->n_columns;
}

const char *lc_result_column_name(const lc_result *r, size_t column)
{
    return column < r->n_columns ? r->columns[column].name : NULL;
}

int lc_result_column_digits(const lc_result *r, size_t column)
{
    return r->columns[column].digits;
}

lc_column_type lc_result_column_type(const lc_result *r, size_t column)
{
    return column < r->n_columns ? r->columns[column].type : LC_COLUMN_TEXT;
}

size_t lc_result_find(const lc_result *r, const char *name)
{
    for (size_t i = 0; i < r->n_columns; i++)
        if (strcmp(r->columns[i].name, name) == 0) return i;
    return SIZE_MAX;
}

static const cell *cell_at(const lc_result *r, size_t row, size_t column)
{
    if (row >= r->n_rows || column >= r->n_columns) return NULL;
    return r->cells + row * r->n_columns + column;
}

const char *lc_result_text(const lc_result *r, size_t row, size_t column)
{
    const cell *c = cell_at(r, row, column);
    return c && r->columns[column].type == LC_COLUMN_TEXT ? c->text : "";
}

double lc_result_real(const lc_result *r, size_t row, size_t column)
{
    const cell *c = cell_at(r, row, column);
    if (!c || r->columns[column].type == LC_COLUMN_TEXT) return NAN;
    return r->columns[column].type == LC_COLUMN_INT ? (double)c->integer : c->real;
}

/* ---- CSV ---- */

/* A lone empty field would be an empty line, which readers skip: it is written as "". */
static void put_cell(lc_buf *b, const column_spec *c, const cell *value, bool alone)
{
    const size_t before = b->len;
    switch (c->type) {
    case LC_COLUMN_TEXT: lc_csv_put_text(b, value->text); break;
    /* An error of values near 1e308 has no square: CSV has no number for it. */
    case LC_COLUMN_REAL: lc_csv_put_number(b, isfinite(value->real) ? value->real : NAN, c->digits); break;
    case LC_COLUMN_INT: lc_buf_printf(b, "%" PRId64, value->integer); break;
    }
    if (alone && b->len == before) lc_buf_puts(b, "\"\"");
}

/* Passes on what has gathered. */
static lc_code flush(lc_buf *b, FILE *stream, lc_status *st)
{
    if (b->failed) return lc_fail_memory(st);
    errno = 0;
    if (fwrite(b->data, 1, b->len, stream) != b->len || ferror(stream))
        return lc_fail(st, LC_E_IO, "the result cannot be written: %s", strerror(errno ? errno : EIO));
    b->len = 0;
    return LC_OK;
}

enum { BLOCK = 1 << 16 }; /* bytes that gather before they are written */

static void put_row(lc_buf *b, const lc_result *r, size_t row)
{
    for (size_t j = 0; j < r->n_columns; j++) {
        if (j) lc_buf_puts(b, ",");
        put_cell(b, r->columns + j, r->cells + row * r->n_columns + j, r->n_columns == 1);
    }
    lc_buf_puts(b, "\n");
}

lc_code lc_result_write_rows(const lc_result *r, FILE *stream, lc_status *st)
{
    lc_buf b = {0};
    lc_code code = LC_OK;
    for (size_t i = 0; i < r->n_rows && code == LC_OK; i++) {
        put_row(&b, r, i);
        if (b.len >= BLOCK || i + 1 == r->n_rows) code = flush(&b, stream, st);
    }
    lc_buf_free(&b);
    errno = 0;
    if (code == LC_OK && fflush(stream) != 0)
        return lc_fail(st, LC_E_IO, "the result cannot be written: %s", strerror(errno ? errno : EIO));
    return code;
}

static lc_code write_header(const lc_result *r, FILE *stream, lc_status *st)
{
    lc_buf b = {0};
    for (size_t j = 0; j < r->n_columns; j++) {
        if (j) lc_buf_puts(&b, ",");
        lc_csv_put_text(&b, r->columns[j].name);
    }
    if (r->n_columns == 1 && !b.len) lc_buf_puts(&b, "\"\"");
    lc_buf_puts(&b, "\n");
    const lc_code code = flush(&b, stream, st);
    lc_buf_free(&b);
    return code;
}

lc_code lc_result_write_stream(const lc_result *r, FILE *stream, lc_status *st)
{
    const lc_code code = write_header(r, stream, st);
    return code == LC_OK ? lc_result_write_rows(r, stream, st) : code;
}

/* The file with its name, where writing failed. */
static lc_code end_file(lc_output *o, lc_code code, const char *path, lc_status *st)
{
    if (code == LC_OK) return lc_output_commit(o, st);
    lc_status_set_file(st, path);
    lc_output_discard(o);
    return code;
}

lc_code lc_result_write_file(const lc_result *r, const char *path, bool replace, lc_status *st)
{
    lc_output o;
    const lc_code code = lc_output_open(&o, path, replace, st);
    return code == LC_OK ? end_file(&o, lc_result_write_stream(r, o.stream, st), path, st) : code;
}

/* ---- rows that are made one by one ---- */

lc_code lc_listing_row(const lc_listing *rows, size_t i, lc_result *to, lc_status *st)
{
    lc_result_clear(to);
    const lc_code code = lc_result_add_row(to, st);
    return code == LC_OK ? rows->set(rows->user, i, to, st) : code;
}

static lc_code write_made(const lc_listing *rows, lc_result *one, FILE *stream, lc_status *st)
{
    lc_buf b = {0};
    lc_code code = write_header(one, stream, st);
    for (size_t i = 0; i < rows->n && code == LC_OK; i++) {
        code = lc_listing_row(rows, i, one, st);
        if (code == LC_OK) put_row(&b, one, 0);
        if (code == LC_OK && (b.len >= BLOCK || i + 1 == rows->n)) code = flush(&b, stream, st);
    }
    lc_buf_free(&b);
    return code;
}

lc_code lc_listing_write_file(const lc_listing *rows, const char *path, bool replace, lc_status *st)
{
    lc_output o;
    lc_result *one = NULL;
    if (!rows || !rows->set || !path) return lc_fail(st, LC_E_USAGE, "rows or path are missing");
    lc_code code = lc_result_create_with(&one, rows->column, rows->n_columns, st);
    if (code == LC_OK) code = lc_output_open(&o, path, replace, st);
    if (code == LC_OK) code = end_file(&o, write_made(rows, one, o.stream, st), path, st);
    lc_result_free(one);
    return code;
}
