/* What the columns of a stream are, from its header and its first rows. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/dialect.h"
#include "data/live_inner.h"
#include "data/pattern.h"
#include "data/pivot.h"
#include "data/time_column.h"

/* ---- header ---- */

static bool is_named(const lc_settings *s, const char *cell)
{
    const char *const lists[] = {s->time, s->target, s->id};
    const size_t n = strlen(cell);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        for (const char *p = lists[i]; n && *p; p += strcspn(p, ","), p += *p == ',')
            if (strcspn(p, ",") == n && memcmp(p, cell, n) == 0) return true;
    return false;
}

static bool is_data(const lc_cell_rules *rules, char delimiter, const char *cell)
{
    const lc_cell_rules comma = {.decimal_comma = true};
    double x;
    lc_clock clock;
    bool ambiguous;
    return lc_cell_number(rules, cell, &x) || (delimiter != ',' && lc_cell_number(&comma, cell, &x)) ||
           lc_clock_learn(&clock, &cell, 1, &ambiguous);
}

bool lc_live_looks_like_header(const lc_live *l, const lc_csv_row *row, char delimiter)
{
    size_t text = 0;
    if (l->settings->no_header) return false;
    if (lc_pivot_of(row).n) return true;
    for (size_t i = 0; i < row->n; i++) {
        const char *cell = row->cell[i];
        if (strcmp(cell, "unique_id") == 0 || lc_is_time_name(cell) || is_named(l->settings, cell)) return true;
    }
    for (size_t i = 0; i < row->n; i++) {
        if (lc_cell_is_missing(&l->table.rules, row->cell[i])) continue;
        if (is_data(&l->table.rules, delimiter, row->cell[i])) return false;
        text++;
    }
    return text > 0;
}

/* ---- decimal comma ---- */

bool lc_live_settle_point(lc_live *l, const lc_csv_row *row)
{
    const lc_cell_rules comma = {.decimal_comma = true}, dot = {.decimal_comma = false};
    if (l->point != LC_LIVE_POINT_OPEN) return true;
    for (size_t i = 0; i < l->plan.n_values; i++) {
        const size_t column = l->plan.value[i].column;
        const char *cell = column < row->n ? row->cell[column] : "";
        double x;
        if (strchr(cell, '.') && lc_cell_number(&dot, cell, &x)) {
            l->point = LC_LIVE_POINT_DOT;
            return true;
        }
        if (!strchr(cell, ',') || !lc_cell_number(&comma, cell, &x)) continue;
        if (!lc_cell_number(&dot, cell, &x)) {
            l->point = LC_LIVE_POINT_COMMA;
            l->table.rules.decimal_comma = true;
            l->part.failed |= !lc_note(&l->notes, "numbers are read with a decimal comma");
            return true;
        }
        char shown[64];
        lc_fail_at(&l->why, LC_E_PARSE, l->name, row->line, column + 1,
                   "\"%s\" may have a decimal comma or a mark between thousands, and no cell so far settles it",
                   lc_printable(shown, sizeof shown, cell, strlen(cell)));
        lc_hint(&l->why, "--decimal-comma reads the comma as a decimal point; else write numbers without marks between "
                         "thousands");
        return false;
    }
    return true;
}

/* ---- roles ---- */

/* A column that is called like one of time stamps and is empty so far: its first stamp will tell. */
static bool waits_for_stamp(const lc_live *l)
{
    const lc_table *t = &l->table;
    if (t->roles.time != LC_NO_COLUMN) return false;
    for (size_t i = 0; i < t->n_columns; i++) {
        if (i == t->roles.id || !lc_is_time_name(t->columns[i])) continue;
        bool empty = true;
        for (size_t k = l->has_header; k < l->sample.n && empty; k++)
            empty = i >= l->sample.row[k].n || lc_cell_is_missing(&t->rules, l->sample.row[k].cell[i]);
        if (empty) return true;
    }
    return false;
}

static lc_code refuse_ambiguous(const lc_live *l, lc_status *st)
{
    const lc_table *t = &l->table;
    const lc_csv_row *row = &l->sample.row[l->has_header];
    const size_t time = t->roles.time;
    char shown[LC_NAME_ROOM], stamp[64], month_first[LC_PATTERN_OPTION], day_first[LC_PATTERN_OPTION];
    const char *cell = time < row->n ? row->cell[time] : "";
    lc_fail_at(st, LC_E_PARSE, l->name, row->line, time + 1,
               "column \"%s\": %s may be month first or day first, and a later row that settles it comes too late",
               lc_table_column_name(t, time, shown), lc_printable(stamp, sizeof stamp, cell, strlen(cell)));
    lc_hint(st, "--time-format %s or %s says which; YYYY-MM-DD leaves no doubt",
            lc_pattern_of_pair(month_first, &t->roles.clock.clock, false),
            lc_pattern_of_pair(day_first, &t->roles.clock.clock, true));
    return LC_E_PARSE;
}

/* Decides the table from the sample. *wait: more rows may decide what these do not. */
static lc_code decide(lc_live *l, bool *wait, lc_status *st)
{
    lc_table *t = &l->table;
    lc_table_free(t);
    *wait = false;
    lc_code code = lc_table_open(t, l->settings, st);
    if (code != LC_OK) return code;
    t->file = calloc(2, sizeof *t->file);
    if (!t->file || !(t->file[0] = lc_strdup(l->name)) || !lc_sample_seal(&l->sample)) return lc_fail_memory(st);
    t->n_files = 1;
    t->live = true;
    t->has_header = l->has_header;
    t->delimiter = t->plan.delimiter = l->delimiter;
    t->sample = l->sample;
    code = lc_table_decide(t, st);
    l->sample = t->sample;
    t->sample = (lc_sample){.n = 0};
    *wait = code == LC_E_DATA || (code == LC_OK && waits_for_stamp(l));
    if (code == LC_OK && t->roles.time != LC_NO_COLUMN && t->roles.clock.ambiguous) code = refuse_ambiguous(l, st);
    return code;
}

/* Room for one row. */
static lc_code make_room(lc_live *l, lc_status *st)
{
    lc_part *p = &l->part;
    const lc_table *t = &l->table;
    l->plan = t->plan;
    l->plan.id = LC_NO_COLUMN; /* ids are texts here, not numbers */
    l->plan.keep_going = true;
    const size_t n = l->plan.n_values;
    p->plan = &l->plan;
    p->state.clock = t->roles.clock;
    p->state.column = lc_calloc(n, 1);
    p->value = lc_calloc(n, sizeof *p->value);
    l->value = lc_calloc(n, sizeof *l->value);
    if (!p->state.column || !p->value || !l->value) return lc_fail_memory(st);
    memcpy(p->state.column, t->state.column, n);
    for (size_t i = 0; i < n; i++) p->value[i].d = &l->value[i];
    p->stamp = &l->stamp;
    p->offset = &l->offset;
    if (t->rules.decimal_comma || l->delimiter == ',')
        l->point = t->rules.decimal_comma ? LC_LIVE_POINT_COMMA : LC_LIVE_POINT_DOT;
    return LC_OK;
}

static lc_code settled(lc_live *l, lc_status *st)
{
    lc_code code = make_room(l, st);
    for (size_t i = 0; i < l->table.notes.n && code == LC_OK; i++)
        if (!lc_note(&l->notes, "%s", l->table.notes.line[i])) code = lc_fail_memory(st);
    lc_notes_free(&l->table.notes);
    l->settled = code == LC_OK;
    l->stage = LIVE_ROWS;
    l->pending = l->has_header;
    return code;
}

/* ---- the first rows ---- */

static size_t width_of(const lc_csv_row *row)
{
    size_t n = row->n;
    while (n > 1 && !*row->cell[n - 1]) n--;
    return n;
}

static void fault(lc_live *l, const lc_split_row *r, lc_live_event *event)
{
    lc_split_fail(r->fault, l->name, r->row.line, r->fault_column, l->delimiter, &l->why);
    *event = LC_LIVE_BAD;
}

/* The delimiter and whether there is a header: the first row, and where that is a header the row below it. */
static lc_code first_row(lc_live *l, lc_live_event *event, lc_split_row *r, lc_status *st)
{
    const size_t held = (l->ended ? l->n : l->whole);
    if (held <= l->at) return LC_OK;
    const char *text = l->buf + l->at;
    const size_t end = lc_live_after_line(l, l->at, held);
    size_t n = (end ? end : held) - l->at;
    const bool sniff = !l->given;
    l->delimiter = sniff ? lc_sniff_delimiter(text, n < LC_CSV_SNIFF_BYTES ? n : LC_CSV_SNIFF_BYTES) : l->given;
    for (bool again = sniff;; again = false) {
        size_t at = l->at, line = l->line;
        lc_splitter_free(l->splitter);
        l->splitter = lc_splitter_create(l->delimiter);
        lc_split_result got = l->splitter ? lc_live_cut(l, l->splitter, &at, &line, r) : LC_SPLIT_MEMORY;
        if (got == LC_SPLIT_MEMORY) return lc_fail_memory(st);
        if (got == LC_SPLIT_END) return LC_OK;
        if (got == LC_SPLIT_FAULT) {
            fault(l, r, event);
            l->at = at;
            l->line = line;
            return LC_OK;
        }
        l->has_header = lc_live_looks_like_header(l, &r->row, l->delimiter);
        l->width = width_of(&r->row);
        lc_split_row below;
        size_t next = at, next_line = line;
        lc_sample_free(&l->sample);
        if (l->has_header) {
            if (!lc_sample_add(&l->sample, &r->row)) return lc_fail_memory(st);
            got = lc_live_cut(l, l->splitter, &next, &next_line, &below);
            if (got == LC_SPLIT_MEMORY) return lc_fail_memory(st);
            if (got == LC_SPLIT_END) return LC_OK;
        }
        n = next - l->at;
        const char better =
            again ? lc_sniff_delimiter(text, n < LC_CSV_SNIFF_BYTES ? n : LC_CSV_SNIFF_BYTES) : l->delimiter;
        if (better == l->delimiter || !l->has_header) {
            l->stage = LIVE_SAMPLE;
            if (!l->has_header) return LC_OK;
            l->at = at;
            l->line = line;
            return LC_OK;
        }
        l->delimiter = better;
    }
}

/* A row as wide as the first one joins the sample; another one is bad. */
static bool fits(lc_live *l, const lc_split_row *r)
{
    const size_t n = width_of(&r->row);
    if (!l->sample.n) l->width = n;
    if (n <= l->width && r->row.n >= l->width) return true;
    const lc_table t = {.file = &l->name, .n_files = 1, .n_columns = l->width, .has_header = l->has_header};
    const lc_row_fault f = {.kind = LC_FAULT_RAGGED, .column = n < l->width ? n : l->width + 1, .cells = n};
    lc_table_ragged(&t, &f, r->row.line, &l->why);
    return false;
}

lc_code lc_live_settle(lc_live *l, lc_live_event *event, lc_split_row *r, lc_status *st)
{
    lc_code code = LC_OK;
    if (l->stage == LIVE_FIRST) code = first_row(l, event, r, st);
    l->open_row = false;
    while (code == LC_OK && *event == LC_LIVE_MORE && l->stage == LIVE_SAMPLE) {
        lc_status why = {.code = LC_OK};
        bool wait, last = false;
        const lc_split_result got = lc_live_cut(l, l->splitter, &l->at, &l->line, r);
        l->open_row = false;
        if (got == LC_SPLIT_MEMORY) return lc_fail_memory(st);
        if (got == LC_SPLIT_FAULT) fault(l, r, event);
        if (got == LC_SPLIT_FAULT) break;
        if (got == LC_SPLIT_END) {
            last = l->ended && l->sample.n > l->has_header;
            if (!last) break;
        } else if (!fits(l, r)) {
            *event = LC_LIVE_BAD;
            break;
        } else if (!lc_sample_add(&l->sample, &r->row)) {
            return lc_fail_memory(st);
        }
        last = last || l->sample.n >= LC_LIVE_SAMPLE_ROWS || lc_sample_is_full(&l->sample);
        code = decide(l, &wait, &why);
        if (wait && !last) {
            code = LC_OK;
            continue;
        }
        if (code == LC_OK) code = settled(l, &why);
        if (code == LC_OK) *event = LC_LIVE_ROW;
        else if (st && st->code == LC_OK) *st = why;
    }
    return code;
}

/* ---- going on another day ---- */

lc_live_memory lc_live_recall(const lc_live *l)
{
    return (lc_live_memory){.delimiter = l->delimiter,
                            .has_header = l->has_header,
                            .point = l->point,
                            .clock = l->part.state.clock,
                            .column = l->part.state.column,
                            .n_columns = l->plan.n_values,
                            .sample = &l->sample};
}

static bool copy_sample(lc_sample *to, const lc_sample *from)
{
    for (size_t i = 0; i < from->n; i++)
        if (!lc_sample_add(to, &from->row[i])) return false;
    return true;
}

lc_code lc_live_restore(lc_live *l, const lc_live_memory *m, lc_status *st)
{
    bool wait;
    char known;
    const char text[2] = {m->delimiter, '\0'};
    if (!lc_delimiter_of(text, &known) || !known || m->sample->n <= m->has_header)
        return lc_fail(st, LC_E_MODEL, "the saved rows settle no columns");
    l->delimiter = m->delimiter;
    l->has_header = m->has_header;
    lc_splitter_free(l->splitter);
    l->splitter = lc_splitter_create(l->delimiter);
    if (!l->splitter || !copy_sample(&l->sample, m->sample)) return lc_fail_memory(st);
    lc_code code = decide(l, &wait, st);
    if (code == LC_OK) code = settled(l, st);
    if (code != LC_OK) return code;
    l->pending = l->sample.n;
    l->stage = LIVE_ABOVE;
    lc_notes_free(&l->notes); /* the user has read them */
    if (m->n_columns != l->plan.n_values || m->clock.clock.style != l->part.state.clock.clock.style ||
        m->clock.ambiguous)
        return lc_fail(st, LC_E_MODEL, "the saved rows settle other columns than those that were saved");
    char pattern[LC_PATTERN_ROOM];
    memcpy(pattern, l->part.state.clock.clock.pattern, sizeof pattern);
    l->part.state.clock = m->clock;
    memcpy(l->part.state.clock.clock.pattern, pattern, sizeof pattern);
    l->table.state.clock = l->part.state.clock;
    for (size_t i = 0; i < m->n_columns; i++)
        l->table.state.column[i] = l->part.state.column[i] = m->column[i] & (LC_COLUMN_TENTATIVE | LC_COLUMN_DROPPED);
    l->point = m->point;
    l->table.rules.decimal_comma = m->point == LC_LIVE_POINT_COMMA;
    return LC_OK;
}
