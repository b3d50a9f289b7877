#include "data/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/dialect.h"
#include "data/pattern.h"
#include "data/pivot.h"
#include "par/team.h"

const char *lc_table_file(const lc_table *t)
{
    return t->file[t->n_files - 1];
}

const char *lc_table_column_name(const lc_table *t, size_t column, char out[LC_NAME_ROOM])
{
    return lc_printable(out, LC_NAME_ROOM, t->columns[column], strlen(t->columns[column]));
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
    char shown[LC_NAME_ROOM];
    lc_fail_at(st, LC_E_PARSE, lc_table_file(t), line, column, "two columns are called \"%s\"",
               lc_table_column_name(t, column - 1, shown));
    lc_hint(st, "give each column its own name in the header");
    return LC_E_PARSE;
}

char *lc_table_utf8(lc_table *t, const char *text)
{
    if (!t->recoded && !lc_is_utf8(text)) {
        t->recoded = true;
        if (!lc_note(&t->notes, "%s is not UTF-8; names are read as Windows-1252, which holds Latin-1",
                     lc_table_file(t)))
            return NULL;
    }
    return lc_utf8(text);
}

static lc_code name_columns(lc_table *t, lc_status *st)
{
    const lc_csv_row *first = &t->sample.row[0];
    size_t n = count_columns(&t->sample);
    t->columns = calloc(n ? n : 1, sizeof *t->columns);
    if (!t->columns) return lc_fail_memory(st);
    t->n_columns = n;
    for (size_t i = 0; i < t->n_columns; i++) {
        char number[32];
        const char *name = t->has_header ? first->cell[i] : "";
        snprintf(number, sizeof number, "c%zu", i + 1);
        t->columns[i] = lc_table_utf8(t, *name ? name : number);
        if (!t->columns[i]) return lc_fail_memory(st);
    }
    return refuse_twins(t, first->line, st);
}

/* Numbers like 2,5 among the first rows, between other delimiters than commas, and none like 2.5: the decimal comma.
 * Where all of them could be thousands as well, nobody can tell. */
static lc_code sniff_decimal_comma(lc_table *t, lc_status *st)
{
    const lc_sample *s = &t->sample;
    const lc_cell_rules comma = {.decimal_comma = true}, point = {.decimal_comma = false};
    size_t sure = 0, unsure = 0, points = 0, row = 0, column = 0;
    if (t->rules.decimal_comma || t->delimiter == ',') return LC_OK;
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < s->row[i].n; k++) {
            const char *cell = s->row[i].cell[k];
            double x;
            if (strchr(cell, '.')) {
                points += lc_cell_number(&point, cell, &x);
            } else if (strchr(cell, ',') && lc_cell_number(&comma, cell, &x)) {
                if (!lc_cell_number(&point, cell, &x)) sure++;
                else if (!unsure++) row = i, column = k;
            }
        }
    if (points) return LC_OK;
    if (sure) {
        t->rules.decimal_comma = true;
        return lc_note(&t->notes, "numbers are read with a decimal comma") ? LC_OK : lc_fail_memory(st);
    }
    if (!unsure) return LC_OK;
    char shown[64];
    const char *cell = s->row[row].cell[column];
    lc_fail_at(st, LC_E_PARSE, lc_table_file(t), s->row[row].line, column + 1,
               "\"%s\" may have a decimal comma or a mark between thousands, and no cell settles it",
               lc_printable(shown, sizeof shown, cell, strlen(cell)));
    lc_hint(st,
            "--decimal-comma reads the comma as a decimal point; else write numbers without marks between thousands");
    return LC_E_PARSE;
}

static bool make_plan(lc_table *t)
{
    size_t n_values = lc_roles_values(&t->roles);
    t->value = calloc(n_values ? n_values : 1, sizeof *t->value);
    t->state.column = calloc(n_values ? n_values : 1, 1);
    t->plan.kind = calloc(t->n_columns ? t->n_columns : 1, sizeof *t->plan.kind);
    if (!t->value || !t->state.column || !t->plan.kind) return false;
    for (size_t i = 0; i < t->n_columns; i++) t->plan.kind[i] = LC_CELL_IGNORED;
    if (t->roles.time != LC_NO_COLUMN) t->plan.kind[t->roles.time] = LC_CELL_STAMP;
    for (size_t k = 0; k < t->roles.parts.n; k++) t->plan.kind[t->roles.parts.column[k]] = LC_CELL_PART - (int32_t)k;
    if (t->roles.id != LC_NO_COLUMN) t->plan.kind[t->roles.id] = LC_CELL_ID;
    for (size_t i = 0; i < n_values; i++) {
        t->plan.kind[t->roles.value[i].column] = (int32_t)i;
        if (t->roles.value[i].tentative) t->state.column[i] = LC_COLUMN_TENTATIVE;
    }
    t->state.clock = t->roles.clock;
    t->plan.delimiter = t->delimiter;
    t->plan.n_columns = t->n_columns;
    t->plan.time = t->roles.time;
    t->plan.parts = &t->roles.parts;
    t->plan.id = t->roles.id;
    t->plan.rules = &t->rules;
    t->plan.value = t->roles.value;
    t->plan.n_values = n_values;
    t->plan.keep_going = t->rejects != NULL;
    return true;
}

lc_code lc_table_decide(lc_table *t, lc_status *st)
{
    lc_sample *s = &t->sample;
    if (!s->n) return lc_fail_at(st, LC_E_DATA, lc_table_file(t), 0, 0, "the file is empty");
    t->decided = true;
    lc_code code = sniff_decimal_comma(t, st);
    if (code != LC_OK) return code;
    if (!t->live) t->has_header = !t->settings->no_header && lc_sniff_header(s->row, s->n, &t->rules);
    const bool chosen = *t->settings->target || t->settings->ahead;
    if (t->has_header && !chosen) code = lc_pivot_check(lc_table_file(t), s->row, s->n, st);
    if (code == LC_OK) code = name_columns(t, st);
    if (code != LC_OK) return code;
    lc_first_rows first = {.file = lc_table_file(t),
                           .names = t->columns,
                           .n_columns = t->n_columns,
                           .row = s->row + t->has_header,
                           .n = s->n - t->has_header,
                           .time_format = t->settings->time_format,
                           .hours_from_one = t->settings->hours_from_one,
                           .live = t->live};
    if (!first.n) {
        lc_fail_at(st, LC_E_DATA, lc_table_file(t), s->row[0].line, 0, "the file has a header and no rows");
        return LC_E_DATA;
    }
    code = lc_roles_decide(&t->roles, &first, t->settings, &t->rules, &t->notes, st);
    if (code == LC_OK && !make_plan(t)) code = lc_fail_memory(st);
    return code;
}

lc_code lc_table_check_header(lc_table *t, const lc_csv_row *row, lc_status *st)
{
    char shown[LC_NAME_ROOM], found[LC_NAME_ROOM];
    for (size_t i = 0; i < t->n_columns; i++) {
        const char *cell = i < row->n ? row->cell[i] : "";
        char number[32];
        snprintf(number, sizeof number, "c%zu", i + 1);
        char *name = lc_table_utf8(t, *cell ? cell : number);
        if (!name) return lc_fail_memory(st);
        bool same = strcmp(name, t->columns[i]) == 0;
        free(name);
        if (same) continue;
        lc_fail_at(st, LC_E_DATA, lc_table_file(t), row->line, i + 1, "column \"%s\" stands where %s has \"%s\"",
                   lc_printable(found, sizeof found, cell, strlen(cell)), t->file[0],
                   lc_table_column_name(t, i, shown));
        lc_hint(st, "files read together must have the same columns in the same order");
        return LC_E_DATA;
    }
    return LC_OK;
}

/* ---- room ---- */

bool lc_table_reserve(lc_table *t, size_t n)
{
    if (n <= t->cap) return true;
    size_t cap = t->cap, grown = cap;
    if (t->roles.time != LC_NO_COLUMN && !LC_GROW(&t->stamp, &grown, n)) return false;
    if (t->state.clock.clock.zone > 1 && (grown = cap, !LC_GROW(&t->offset, &grown, n))) return false;
    for (size_t i = 0; i < t->plan.n_values; i++) {
        bool wide = t->state.column[i] & LC_COLUMN_WIDE;
        grown = cap;
        if (wide ? !LC_GROW(&t->value[i].d, &grown, n) : !LC_GROW(&t->value[i].f, &grown, n)) return false;
    }
    if (grown == cap) grown = n;
    t->cap = grown;
    return true;
}

bool lc_table_widen(lc_table *t, const uint8_t *state)
{
    for (size_t i = 0; i < t->plan.n_values; i++) {
        if (!(state[i] & LC_COLUMN_WIDE) || (t->state.column[i] & LC_COLUMN_WIDE)) continue;
        size_t bytes;
        double *d = lc_mul(t->cap ? t->cap : 1, sizeof *d, &bytes) ? malloc(bytes) : NULL;
        if (!d) return false;
        for (size_t k = 0; k < t->n_rows; k++) d[k] = lc_float_written(t->value[i].f[k]);
        free(t->value[i].f);
        t->value[i] = (lc_numbers){.d = d};
        t->state.column[i] |= LC_COLUMN_WIDE;
    }
    return true;
}

/* ---- the whole ---- */

lc_code lc_table_open(lc_table *t, const lc_settings *s, lc_status *st)
{
    t->settings = s;
    t->roles.time = t->roles.id = LC_NO_COLUMN;
    t->threads = s->threads ? s->threads : lc_team_default();
    t->block = LC_TABLE_BLOCK;
    if (!lc_delimiter_of(s->delimiter, &t->delimiter)) {
        char shown[32];
        lc_fail(st, LC_E_USAGE, "--delimiter: \"%s\" is no delimiter",
                lc_printable(shown, sizeof shown, s->delimiter, strlen(s->delimiter)));
        lc_hint(st, "choose one of , ; | or tab");
        return LC_E_USAGE;
    }
    const char *bad;
    if (*s->time_format && (strlen(s->time_format) >= LC_PATTERN_ROOM || !lc_pattern_check(s->time_format, &bad))) {
        char shown[80];
        lc_fail(st, LC_E_USAGE, "--time-format: \"%s\" names no time stamp",
                lc_printable(shown, sizeof shown, s->time_format, strlen(s->time_format)));
        lc_hint(st, "write it with %%Y %%m %%d %%H %%M %%S %%f %%y %%b %%B %%a %%A %%I %%p %%j and, last, %%z; a year "
                    "is needed");
        return LC_E_USAGE;
    }
    return lc_cell_rules_make(&t->rules, s, st);
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

size_t lc_table_line_of(const lc_table *t, size_t row)
{
    const lc_run *run = &t->line.run[lc_runs_find(&t->line, row)];
    return run->value + (row - run->row);
}

/* Drops the columns found by themselves that turned out to hold no number. */
static lc_code settle_values(lc_table *t, lc_status *st)
{
    char shown[LC_NAME_ROOM];
    size_t n = t->plan.n_values, kept = 0, count[5] = {0}, n_dropped = 0;
    for (size_t i = 0; i < n; i++) {
        lc_value_column *v = &t->roles.value[i];
        size_t row = 0;
        while (row < t->n_rows && isnan(lc_number(t->value[i], row))) row++;
        bool empty = row == t->n_rows;
        lc_table_column_name(t, v->column, shown);
        if (empty && v->named) {
            lc_fail_at(st, LC_E_DATA, t->file[0], lc_table_line_of(t, 0), v->column + 1,
                       "column \"%s\" holds no number", shown);
            lc_hint(st, "name other columns with --%s", t->settings->ahead ? "future" : lc_roles_option(&t->roles, i));
            return LC_E_DATA;
        }
        if (empty || (t->state.column[i] & LC_COLUMN_DROPPED)) {
            free(t->value[i].f);
            free(t->value[i].d);
            t->value[i] = (lc_numbers){0};
            if (++n_dropped <= 3 && !lc_note(&t->notes, "column \"%s\" holds no number and is ignored", shown))
                return lc_fail_memory(st);
            continue;
        }
        size_t role = 0, before = t->roles.n_targets;
        const size_t size[] = {t->roles.n_past, t->roles.n_future, t->roles.n_static, t->roles.n_labels};
        while (role < 4 && i >= before) before += size[role++];
        count[role]++;
        lc_numbers moved = t->value[i];
        t->value[i] = (lc_numbers){0};
        t->value[kept] = moved;
        t->roles.value[kept++] = *v;
    }
    if (n_dropped > 3 && !lc_note(&t->notes, "%zu more columns hold no number and are ignored", n_dropped - 3))
        return lc_fail_memory(st);
    t->roles.n_targets = count[0];
    t->roles.n_past = count[1];
    t->roles.n_future = count[2];
    t->roles.n_static = count[3];
    t->roles.n_labels = count[4];
    t->plan.n_values = kept;
    if (!count[0]) return lc_fail_at(st, LC_E_DATA, t->file[0], 0, 0, "no column holds numbers to forecast");
    return LC_OK;
}

lc_code lc_table_close(lc_table *t, lc_status *st)
{
    size_t time = t->roles.time;
    t->roles.clock = t->state.clock;
    if (!t->n_rows) {
        lc_fail_at(st, LC_E_DATA, t->file[0], 0, 0, "no row could be read: all %zu were rejected", t->n_rejected);
        return LC_E_DATA;
    }
    if (time != LC_NO_COLUMN && t->roles.clock.ambiguous) {
        char shown[LC_NAME_ROOM], example[LC_STAMP_TEXT];
        lc_fail_at(st, LC_E_PARSE, t->file[0], lc_table_line_of(t, 0), time + 1,
                   "column \"%s\": %s may be month first or day first, and no row settles it",
                   lc_table_column_name(t, time, shown), lc_clock_format(&t->roles.clock.clock, t->stamp[0], example));
        char month_first[LC_PATTERN_OPTION], day_first[LC_PATTERN_OPTION];
        lc_hint(st, "--time-format %s or %s says which; YYYY-MM-DD leaves no doubt",
                lc_pattern_of_pair(month_first, &t->roles.clock.clock, false),
                lc_pattern_of_pair(day_first, &t->roles.clock.clock, true));
        return LC_E_PARSE;
    }
    return settle_values(t, st);
}

void lc_table_free(lc_table *t)
{
    for (size_t i = 0; t->value && i < t->plan.n_values; i++) {
        free(t->value[i].f);
        free(t->value[i].d);
    }
    free(t->value);
    lc_free_names(t->columns, t->n_columns);
    lc_roles_free(&t->roles);
    lc_cell_rules_free(&t->rules);
    free(t->stamp);
    free(t->offset);
    lc_runs_free(&t->id);
    lc_runs_free(&t->line);
    free(t->plan.kind);
    free(t->state.column);
    lc_names_free(&t->ids);
    lc_free_names(t->file, t->n_files);
    free(t->file_end);
    lc_notes_free(&t->notes);
    lc_sample_free(&t->sample);
    memset(t, 0, sizeof *t);
}
