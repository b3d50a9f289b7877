#include "data/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/dialect.h"

#define NAME_ROOM 80

static const char *file_name(const lc_table *t)
{
    return t->file[t->n_files - 1];
}

static const char *column_name(const lc_table *t, size_t column, char out[NAME_ROOM])
{
    return lc_printable(out, NAME_ROOM, t->columns[column], strlen(t->columns[column]));
}

/* ---- schema from the first rows ---- */

/* A separator at the end of every line makes an empty last column, which is none. */
static size_t count_columns(const lc_sample *s)
{
    size_t n = s->row[0].n;
    for (; n > 1; n--)
        for (size_t i = 0; i < s->n; i++)
            if (s->row[i].n >= n && *s->row[i].cell[n - 1]) return n;
    return n;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static lc_code refuse_twins(const lc_table *t, size_t line, lc_status *st)
{
    if (!t->columns || t->n_columns < 2) return LC_OK;
    char **sorted = lc_calloc(t->n_columns, sizeof *sorted);
    if (!sorted) return lc_fail_memory(st);
    memcpy(sorted, t->columns, t->n_columns * sizeof *sorted);
    qsort(sorted, t->n_columns, sizeof *sorted, by_text);
    const char *twin = NULL;
    for (size_t i = 1; i < t->n_columns && !twin; i++)
        if (strcmp(sorted[i - 1], sorted[i]) == 0) twin = sorted[i];
    lc_free(sorted);
    if (!twin) return LC_OK;
    size_t column = t->n_columns;
    while (column > 1 && strcmp(t->columns[column - 1], twin) != 0) column--;
    char shown[NAME_ROOM];
    lc_fail_at(st, LC_E_PARSE, file_name(t), line, column, "two columns are called \"%s\"",
               column_name(t, column - 1, shown));
    lc_hint(st, "give each column its own name in the header");
    return LC_E_PARSE;
}

static lc_code name_columns(lc_table *t, lc_status *st)
{
    const lc_csv_row *first = &t->sample.row[0];
    size_t n = count_columns(&t->sample);
    t->columns = calloc(n, sizeof *t->columns);
    if (!t->columns) return lc_fail_memory(st);
    t->n_columns = n;
    for (size_t i = 0; i < t->n_columns; i++) {
        char number[32];
        const char *name = t->has_header ? first->cell[i] : "";
        snprintf(number, sizeof number, "c%zu", i + 1);
        t->columns[i] = lc_strdup(*name ? name : number);
        if (!t->columns[i]) return lc_fail_memory(st);
    }
    return refuse_twins(t, first->line, st);
}

static lc_code push(lc_table *t, const lc_csv_row *row, lc_status *st);

static lc_code decide(lc_table *t, lc_status *st)
{
    lc_sample *s = &t->sample;
    if (!s->n) return lc_fail_at(st, LC_E_DATA, file_name(t), 0, 0, "the file is empty");
    if (!lc_sample_seal(s)) return lc_fail_memory(st);
    t->decided = true;
    t->has_header = !t->settings->no_header && lc_sniff_header(s->row, s->n, &t->rules);
    lc_code code = name_columns(t, st);
    if (code != LC_OK) return code;
    lc_first_rows first = {.file = file_name(t),
                           .names = t->columns,
                           .n_columns = t->n_columns,
                           .row = s->row + t->has_header,
                           .n = s->n - t->has_header};
    if (!first.n) {
        lc_fail_at(st, LC_E_DATA, file_name(t), s->row[0].line, 0, "the file has a header and no rows");
        return LC_E_DATA;
    }
    code = lc_roles_decide(&t->roles, &first, t->settings, &t->rules, &t->notes, st);
    size_t n_values = t->roles.n_targets + t->roles.n_past;
    if (code == LC_OK && !(t->value = calloc(n_values ? n_values : 1, sizeof *t->value))) code = lc_fail_memory(st);
    for (size_t i = 0; i < first.n && code == LC_OK; i++) code = push(t, &first.row[i], st);
    lc_sample_free(s);
    return code;
}

/* ---- one row ---- */

static bool make_room(lc_table *t)
{
    if (t->n_rows < t->cap) return true;
    size_t cap = t->cap, grown = t->cap, n_values = t->roles.n_targets + t->roles.n_past;
    if (!LC_GROW(&t->line, &grown, t->n_rows + 1)) return false;
    if (t->roles.time != LC_NO_COLUMN && (grown = cap, !LC_GROW(&t->stamp, &grown, t->n_rows + 1))) return false;
    if (t->roles.clock.clock.zone && (grown = cap, !LC_GROW(&t->offset, &grown, t->n_rows + 1))) return false;
    if (t->roles.id != LC_NO_COLUMN && (grown = cap, !LC_GROW(&t->id, &grown, t->n_rows + 1))) return false;
    for (size_t i = 0; i < n_values; i++)
        if (grown = cap, !LC_GROW(&t->value[i], &grown, t->n_rows + 1)) return false;
    t->cap = grown;
    return true;
}

static lc_code check_width(const lc_table *t, const lc_csv_row *row, lc_status *st)
{
    size_t n = row->n;
    while (n > t->n_columns && !*row->cell[n - 1]) n--;
    if (n == t->n_columns) return LC_OK;
    size_t column = n < t->n_columns ? n : t->n_columns + 1;
    lc_fail_at(st, LC_E_PARSE, file_name(t), row->line, column, "the row has %zu cell%s, %s %zu", n, n == 1 ? "" : "s",
               t->has_header ? "the header" : "the first row", t->n_columns);
    lc_hint(st, "mend the row; a cell that holds the delimiter must stand in quotes");
    return LC_E_PARSE;
}

static lc_code bad_stamp(const lc_table *t, const lc_csv_row *row, lc_stamp_verdict v, lc_status *st)
{
    size_t column = t->roles.time;
    const char *cell = row->cell[column];
    char shown[NAME_ROOM], cell_shown[64], example[LC_STAMP_TEXT];
    const char *what = "is not a time stamp";
    if (v == LC_STAMP_NO_DATE) what = "is a day that does not exist";
    if (v == LC_STAMP_ZONE) what = "has a zone unlike those of the stamps above";
    column_name(t, column, shown);
    if (!*cell) {
        lc_fail_at(st, LC_E_PARSE, file_name(t), row->line, column + 1, "column \"%s\": the time stamp is missing",
                   shown);
    } else {
        lc_fail_at(st, LC_E_PARSE, file_name(t), row->line, column + 1, "column \"%s\": \"%s\" %s", shown,
                   lc_printable(cell_shown, sizeof cell_shown, cell, strlen(cell)), what);
    }
    lc_clock_style style = t->roles.clock.clock.style;
    if (v == LC_STAMP_ZONE) lc_hint(st, "write all stamps with an offset like +01:00, all with Z, or all without");
    else if (v == LC_STAMP_NO_DATE && (style == LC_CLOCK_US || style == LC_CLOCK_EU))
        lc_hint(st, "the column reads as %s first; writing dates as YYYY-MM-DD leaves no doubt",
                style == LC_CLOCK_US ? "month" : "day");
    else if (t->n_rows)
        lc_hint(st, "the stamp above is %s; another column of stamps is named with --time",
                lc_clock_format(&t->roles.clock.clock, t->stamp[t->n_rows - 1], example));
    else lc_hint(st, "another column of stamps is named with --time");
    return LC_E_PARSE;
}

static lc_code take_stamp(lc_table *t, const lc_csv_row *row, lc_status *st)
{
    const char *cell = row->cell[t->roles.time];
    lc_stamp_verdict v = lc_clock_read(&t->roles.clock, cell, &t->stamp[t->n_rows]);
    if (t->offset) t->offset[t->n_rows] = (int16_t)t->roles.clock.offset_minutes;
    if (v == LC_STAMP_TURNED) {
        for (size_t i = 0; i < t->n_rows; i++) {
            lc_clock c = t->roles.clock.clock;
            if (t->offset) c.offset_minutes = t->offset[i];
            t->stamp[i] = lc_clock_turn(&c, t->stamp[i]);
        }
        return LC_OK;
    }
    return v == LC_STAMP_READ ? LC_OK : bad_stamp(t, row, v, st);
}

static lc_code take_id(lc_table *t, const lc_csv_row *row, lc_status *st)
{
    const char *cell = row->cell[t->roles.id];
    char shown[NAME_ROOM];
    if (!*cell) {
        lc_fail_at(st, LC_E_PARSE, file_name(t), row->line, t->roles.id + 1, "column \"%s\": the id is missing",
                   column_name(t, t->roles.id, shown));
        lc_hint(st, "every row of the long layout needs the id of its series");
        return LC_E_PARSE;
    }
    uint32_t last = t->n_rows ? t->id[t->n_rows - 1] : LC_NO_NAME;
    if (last == LC_NO_NAME || strcmp(t->ids.name[last], cell) != 0) last = lc_names_add(&t->ids, cell, NULL);
    if (last == LC_NO_NAME) return lc_fail_memory(st);
    t->id[t->n_rows] = last;
    return LC_OK;
}

static lc_code take_values(lc_table *t, const lc_csv_row *row, lc_status *st)
{
    size_t n = t->roles.n_targets + t->roles.n_past;
    for (size_t i = 0; i < n; i++) {
        lc_value_column *v = &t->roles.value[i];
        const char *cell = row->cell[v->column];
        double *out = &t->value[i][t->n_rows];
        *out = NAN;
        if (v->dropped || lc_cell_value(&t->rules, cell, out)) {
            if (*out == *out) v->tentative = false;
            continue;
        }
        if (v->tentative) {
            v->dropped = true;
            continue;
        }
        char shown[NAME_ROOM], cell_shown[64];
        lc_fail_at(st, LC_E_PARSE, file_name(t), row->line, v->column + 1, "column \"%s\": \"%s\" is not a number",
                   column_name(t, v->column, shown), lc_printable(cell_shown, sizeof cell_shown, cell, strlen(cell)));
        lc_cell_hint(&t->rules, cell, st);
        return LC_E_PARSE;
    }
    return LC_OK;
}

static lc_code push(lc_table *t, const lc_csv_row *row, lc_status *st)
{
    if (!make_room(t)) return lc_fail_memory(st);
    lc_code code = check_width(t, row, st);
    t->line[t->n_rows] = row->line;
    if (code == LC_OK && t->roles.time != LC_NO_COLUMN) code = take_stamp(t, row, st);
    if (code == LC_OK && t->roles.id != LC_NO_COLUMN) code = take_id(t, row, st);
    if (code == LC_OK) code = take_values(t, row, st);
    if (code == LC_OK) t->n_rows++;
    return code;
}

static lc_code check_header(const lc_table *t, const lc_csv_row *row, lc_status *st)
{
    char shown[NAME_ROOM], found[NAME_ROOM];
    for (size_t i = 0; i < t->n_columns; i++) {
        const char *cell = i < row->n ? row->cell[i] : "";
        char number[32];
        snprintf(number, sizeof number, "c%zu", i + 1);
        if (strcmp(*cell ? cell : number, t->columns[i]) == 0) continue;
        lc_fail_at(st, LC_E_DATA, file_name(t), row->line, i + 1, "column \"%s\" stands where %s has \"%s\"",
                   lc_printable(found, sizeof found, cell, strlen(cell)), t->file[0], column_name(t, i, shown));
        lc_hint(st, "files read together must have the same columns in the same order");
        return LC_E_DATA;
    }
    return check_width(t, row, st);
}

static lc_code on_row(void *ctx, const lc_csv_row *row, lc_status *st)
{
    lc_table *t = ctx;
    if (t->decided) {
        if (!t->header_due) return push(t, row, st);
        t->header_due = false;
        return check_header(t, row, st);
    }
    if (!lc_sample_add(&t->sample, row)) return lc_fail_memory(st);
    return lc_sample_is_full(&t->sample) ? decide(t, st) : LC_OK;
}

/* ---- files ---- */

lc_code lc_table_open(lc_table *t, const lc_settings *s, lc_status *st)
{
    t->settings = s;
    t->roles.time = t->roles.id = LC_NO_COLUMN;
    if (!lc_delimiter_of(s->delimiter, &t->delimiter)) {
        char shown[32];
        lc_fail(st, LC_E_USAGE, "--delimiter: \"%s\" is no delimiter",
                lc_printable(shown, sizeof shown, s->delimiter, strlen(s->delimiter)));
        lc_hint(st, "choose one of , ; | or tab");
        return LC_E_USAGE;
    }
    return lc_cell_rules_make(&t->rules, s, st);
}

static lc_code begin_file(lc_table *t, const char *name, lc_csv **csv, lc_status *st)
{
    if (!LC_GROW(&t->file, &t->file_cap, t->n_files + 1)) return lc_fail_memory(st);
    if (!LC_GROW(&t->file_end, &t->file_end_cap, t->n_files + 1)) return lc_fail_memory(st);
    char delimiter;
    lc_delimiter_of(t->settings->delimiter, &delimiter);
    char *copy = lc_strdup(name);
    *csv = copy ? lc_csv_create(name, delimiter, on_row, t) : NULL;
    if (!*csv) {
        free(copy);
        return lc_fail_memory(st);
    }
    t->file[t->n_files++] = copy;
    t->header_due = t->decided && t->has_header;
    return LC_OK;
}

static lc_code end_file(lc_table *t, const lc_csv *csv, size_t rows_before, lc_code code, lc_status *st)
{
    if (t->n_files == 1) t->delimiter = lc_csv_delimiter(csv);
    if (code == LC_OK && !t->decided) code = decide(t, st);
    if (code == LC_OK && t->n_rows == rows_before)
        code = lc_fail_at(st, LC_E_DATA, file_name(t), 0, 0, "the file %s",
                          t->header_due || !t->has_header ? "is empty" : "has a header and no rows");
    t->file_end[t->n_files - 1] = t->n_rows;
    return code;
}

lc_code lc_table_read_file(lc_table *t, const char *path, lc_status *st)
{
    lc_csv *csv;
    size_t before = t->n_rows;
    lc_code code = begin_file(t, strcmp(path, "-") == 0 ? "standard input" : path, &csv, st);
    if (code != LC_OK) return code;
    code = lc_csv_read_file(csv, path, st);
    code = end_file(t, csv, before, code, st);
    lc_csv_free(csv);
    return code;
}

lc_code lc_table_read_memory(lc_table *t, const char *name, const char *bytes, size_t n, lc_status *st)
{
    lc_csv *csv;
    size_t before = t->n_rows;
    lc_code code = begin_file(t, name, &csv, st);
    if (code != LC_OK) return code;
    code = lc_csv_feed(csv, bytes, n, st);
    if (code == LC_OK) code = lc_csv_finish(csv, st);
    code = end_file(t, csv, before, code, st);
    lc_csv_free(csv);
    return code;
}

size_t lc_table_file_of(const lc_table *t, size_t row)
{
    size_t lo = 0, hi = t->n_files - 1;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (row < t->file_end[mid]) hi = mid;
        else lo = mid + 1;
    }
    return lo;
}

/* Drops the columns found by themselves that turned out to hold no number. */
static lc_code settle_values(lc_table *t, lc_status *st)
{
    char shown[NAME_ROOM];
    size_t n = t->roles.n_targets + t->roles.n_past, kept = 0, targets = 0, n_dropped = 0;
    for (size_t i = 0; i < n; i++) {
        lc_value_column *v = &t->roles.value[i];
        size_t row = 0;
        while (row < t->n_rows && isnan(t->value[i][row])) row++;
        bool empty = row == t->n_rows;
        column_name(t, v->column, shown);
        if (empty && v->named) {
            lc_fail_at(st, LC_E_DATA, t->file[0], t->line[0], v->column + 1, "column \"%s\" holds no number", shown);
            lc_hint(st, "name other columns with --%s", i < t->roles.n_targets ? "target" : "past");
            return LC_E_DATA;
        }
        if (empty || v->dropped) {
            free(t->value[i]);
            t->value[i] = NULL;
            if (++n_dropped <= 3 && !lc_note(&t->notes, "column \"%s\" holds no number and is ignored", shown))
                return lc_fail_memory(st);
            continue;
        }
        targets += i < t->roles.n_targets;
        double *moved = t->value[i];
        t->value[i] = NULL;
        t->value[kept] = moved;
        t->roles.value[kept++] = *v;
    }
    if (n_dropped > 3 && !lc_note(&t->notes, "%zu more columns hold no number and are ignored", n_dropped - 3))
        return lc_fail_memory(st);
    t->roles.n_targets = targets;
    t->roles.n_past = kept - targets;
    if (!targets) return lc_fail_at(st, LC_E_DATA, t->file[0], 0, 0, "no column holds numbers to forecast");
    return LC_OK;
}

lc_code lc_table_close(lc_table *t, lc_status *st)
{
    size_t time = t->roles.time;
    if (time != LC_NO_COLUMN && t->roles.clock.ambiguous) {
        char shown[NAME_ROOM], example[LC_STAMP_TEXT];
        lc_fail_at(st, LC_E_PARSE, t->file[0], t->line[0], time + 1,
                   "column \"%s\": %s may be month first or day first, and no row settles it",
                   column_name(t, time, shown), lc_clock_format(&t->roles.clock.clock, t->stamp[0], example));
        lc_hint(st, "write dates as YYYY-MM-DD");
        return LC_E_PARSE;
    }
    return settle_values(t, st);
}

void lc_table_free(lc_table *t)
{
    size_t n_values = t->roles.n_targets + t->roles.n_past;
    for (size_t i = 0; t->value && i < n_values; i++) free(t->value[i]);
    free(t->value);
    lc_free_names(t->columns, t->n_columns);
    lc_roles_free(&t->roles);
    lc_cell_rules_free(&t->rules);
    free(t->stamp);
    free(t->offset);
    free(t->id);
    free(t->line);
    lc_names_free(&t->ids);
    lc_free_names(t->file, t->n_files);
    free(t->file_end);
    lc_notes_free(&t->notes);
    lc_sample_free(&t->sample);
    memset(t, 0, sizeof *t);
}
