#include "data/part.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "data/part_fast.h"

size_t lc_part_most_rows(const char *bytes, size_t n)
{
    enum { RUN = 255 }; /* what a byte can count: sums of bytes are quick */
    size_t lines = 1;   /* the last one may have no end */
    for (size_t i = 0; i < n;) {
        const size_t end = n - i < RUN ? n : i + RUN;
        uint8_t ends = 0;
        for (; i < end; i++)
            ends = (uint8_t)(ends + ((bytes[i] == '\n') | ((bytes[i] == '\r') & (bytes[i + 1] != '\n'))));
        lines += ends;
    }
    return lines;
}

void lc_part_reset(lc_part *p)
{
    lc_runs_free(&p->line);
    lc_runs_free(&p->id);
    lc_names_free(&p->names);
    p->n_rows = p->lines = p->used = p->n_faults = 0;
    p->turned = p->outgrown = p->failed = false;
    p->id_text = NULL;
    p->day_text[0] = '\0';
}

void lc_part_free(lc_part *p)
{
    lc_part_reset(p);
    free(p->fault);
    lc_splitter_free(p->splitter);
    memset(p, 0, sizeof *p);
}

/* ---- what a row leaves ---- */

static void add_fault(lc_part *p, const lc_split_row *r, lc_fault_kind kind, size_t column, const char *cell)
{
    if (!LC_GROW(&p->fault, &p->fault_cap, p->n_faults + 1)) {
        p->failed = true;
        return;
    }
    lc_row_fault *f = &p->fault[p->n_faults++];
    *f = (lc_row_fault){.kind = kind,
                        .rows = p->n_rows,
                        .line = r->row.line,
                        .column = column,
                        .cells = r->row.n,
                        .begin = r->begin,
                        .end = r->end};
    size_t n = strlen(cell);
    if (n >= sizeof f->cell) n = sizeof f->cell - 1;
    memcpy(f->cell, cell, n);
}

bool lc_part_note_line(lc_part *p, size_t line)
{
    const lc_run *last = p->line.n ? &p->line.run[p->line.n - 1] : NULL;
    if (last && last->value + (p->n_rows - last->row) == line) return true;
    if (!lc_runs_add(&p->line, p->n_rows, line)) p->failed = true;
    return !p->failed;
}

bool lc_part_note_id(lc_part *p, size_t id)
{
    const lc_run *last = p->id.n ? &p->id.run[p->id.n - 1] : NULL;
    if (last && last->value == id) return true;
    if (!lc_runs_add(&p->id, p->n_rows, id)) p->failed = true;
    return !p->failed;
}

bool lc_part_find_id(lc_part *p, const char *text)
{
    uint32_t id = lc_names_add(&p->names, text, NULL);
    if (id == LC_NO_NAME) {
        p->failed = true;
        return false;
    }
    p->id_number = id;
    p->id_text = p->names.name[id];
    p->id_length = strlen(p->id_text);
    return true;
}

lc_stamp_verdict lc_part_take_stamp(lc_part *p, const char *cell)
{
    lc_clock_column *c = &p->state.clock;
    lc_stamp_verdict v = lc_clock_read(c, cell, &p->stamp[p->n_rows]);
    if (v != LC_STAMP_READ && v != LC_STAMP_TURNED) return v;
    if (p->offset) p->offset[p->n_rows] = (int16_t)c->offset_minutes;
    if (v == LC_STAMP_TURNED) {
        p->turned = true;
        p->day_text[0] = '\0';
        for (size_t i = 0; i < p->n_rows; i++) {
            lc_clock clock = c->clock;
            if (p->offset) clock.offset_minutes = p->offset[i];
            p->stamp[i] = lc_clock_turn(&clock, p->stamp[i]);
        }
    }
    return LC_STAMP_READ;
}

/* ---- a row that was cut into cells ---- */

static bool take_time(lc_part *p, const lc_split_row *r)
{
    static const lc_fault_kind kind[] = {
        [LC_STAMP_STRANGE] = LC_FAULT_STAMP, [LC_STAMP_NO_DATE] = LC_FAULT_DATE, [LC_STAMP_ZONE] = LC_FAULT_ZONE};
    const lc_stamp_parts *parts = p->plan->parts;
    const char *cell = r->row.cell[p->plan->time];
    size_t column = p->plan->time, bad;
    char joined[LC_STAMP_JOINED];
    if (parts->n && !lc_stamp_parts_join_row(parts, r->row.cell, joined, &bad)) {
        column = parts->column[bad];
        cell = r->row.cell[column];
    } else {
        if (parts->n) cell = joined;
        lc_stamp_verdict v = lc_part_take_stamp(p, cell);
        if (v == LC_STAMP_READ) return true;
        if (*cell) {
            if (parts->n && v == LC_STAMP_STRANGE && lc_stamp_parts_no_time(parts, r->row.cell)) {
                column = parts->column[1];
                cell = r->row.cell[column];
            }
            add_fault(p, r, kind[v], column + 1, cell);
            return false;
        }
    }
    add_fault(p, r, *cell ? LC_FAULT_STAMP : LC_FAULT_NO_STAMP, column + 1, cell);
    return false;
}

static bool take_values(lc_part *p, const lc_split_row *r)
{
    const lc_row_plan *plan = p->plan;
    for (size_t i = 0; i < plan->n_values; i++) {
        uint8_t *state = &p->state.column[i];
        const char *cell = r->row.cell[plan->value[i].column];
        double x = NAN;
        bool keeps = true;
        if (!(*state & LC_COLUMN_DROPPED) && !lc_cell_value(plan->rules, cell, &x, &keeps)) {
            x = NAN;
            if (*state & LC_COLUMN_TENTATIVE) {
                *state |= LC_COLUMN_DROPPED;
            } else {
                add_fault(p, r, LC_FAULT_NUMBER, plan->value[i].column + 1, cell);
                return false;
            }
        }
        if (x == x) *state &= (uint8_t)~LC_COLUMN_TENTATIVE;
        lc_part_set_value(p, i, x, keeps);
    }
    return true;
}

/* A row may end in empty cells beyond the columns. */
static bool has_width(lc_part *p, const lc_split_row *r)
{
    size_t n = r->row.n, want = p->plan->n_columns;
    while (n > want && !*r->row.cell[n - 1]) n--;
    if (n == want) return true;
    add_fault(p, r, LC_FAULT_RAGGED, n < want ? n : want + 1, "");
    if (p->n_faults) p->fault[p->n_faults - 1].cells = n;
    return false;
}

static bool take_id(lc_part *p, const lc_split_row *r)
{
    const char *cell = r->row.cell[p->plan->id];
    if (*cell) {
        bool found = lc_part_find_id(p, cell);
        p->id_text = NULL; /* the quick way must not meet what quotes may hide */
        return found;
    }
    add_fault(p, r, LC_FAULT_NO_ID, p->plan->id + 1, cell);
    return false;
}

bool lc_part_take_row(lc_part *p, const lc_split_row *r)
{
    if (!has_width(p, r)) return false;
    if (p->plan->time != LC_NO_COLUMN && !take_time(p, r)) return false;
    if (p->plan->id != LC_NO_COLUMN && !take_id(p, r)) return false;
    if (!take_values(p, r)) return false;
    if (!lc_part_note_line(p, r->row.line)) return false;
    if (p->plan->id != LC_NO_COLUMN && !lc_part_note_id(p, p->id_number)) return false;
    p->n_rows++;
    return true;
}

/* One row by the splitter. false: the part ends here. */
static bool cut_row(lc_part *p, size_t *at)
{
    lc_split_row r;
    switch (lc_splitter_next(p->splitter, p->bytes, p->n, p->last, at, &p->lines, &r)) {
    case LC_SPLIT_ROW: return lc_part_take_row(p, &r) || (!p->failed && p->plan->keep_going);
    case LC_SPLIT_FAULT: add_fault(p, &r, r.fault, r.fault_column, ""); return !p->failed && p->plan->keep_going;
    case LC_SPLIT_MEMORY: p->failed = true; return false;
    case LC_SPLIT_END:
    case LC_SPLIT_OPEN: break;
    }
    return false;
}

void lc_part_read(lc_part *p)
{
    size_t at = 0;
    lc_fast_row fast;
    if (!p->splitter && !(p->splitter = lc_splitter_create(p->plan->delimiter))) {
        p->failed = true;
        return;
    }
    lc_fast_begin(&fast, p);
    do {
        at = lc_fast_rows(&fast, p, at);
    } while (!p->failed && cut_row(p, &at));
    p->used = at;
}
