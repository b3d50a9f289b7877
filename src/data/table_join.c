/* Parts of a file put together in order. What a part assumed about the rows before it is checked here; where it was
 * wrong, the part is read again. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "data/reader.h"

void lc_reader_set_part(lc_reader *r, size_t i, size_t begin, size_t end, size_t row)
{
    lc_table *t = r->t;
    lc_part *p = &r->part[i];
    lc_part_reset(p);
    p->bytes = r->buf + begin;
    p->n = end - begin;
    p->last = r->end && end == r->n;
    p->state.clock = t->state.clock;
    memcpy(p->state.column, t->state.column, t->plan.n_values);
    p->stamp = t->stamp ? t->stamp + row : NULL;
    p->offset = t->offset ? t->offset + row : NULL;
    for (size_t v = 0; v < t->plan.n_values; v++) p->value[v] = lc_numbers_from(t->value[v], row);
    r->place[i].version = t->version;
}

static bool take_lines(lc_table *t, const lc_part *p, size_t line)
{
    for (size_t i = 0; i < p->line.n; i++) {
        size_t row = t->n_rows + p->line.run[i].row, at = line + p->line.run[i].value;
        const lc_run *last = t->line.n ? &t->line.run[t->line.n - 1] : NULL;
        if (last && last->value + (row - last->row) == at) continue;
        if (!lc_runs_add(&t->line, row, at)) return false;
    }
    return true;
}

static uint32_t take_id(lc_table *t, const char *name)
{
    if (lc_is_utf8(name)) return lc_names_add(&t->ids, name, NULL);
    char *utf8 = lc_table_utf8(t, name);
    uint32_t id = utf8 ? lc_names_add(&t->ids, utf8, NULL) : LC_NO_NAME;
    free(utf8);
    return id;
}

static bool take_ids(lc_table *t, const lc_part *p)
{
    for (size_t i = 0; i < p->id.n; i++) {
        uint32_t id = take_id(t, p->names.name[p->id.run[i].value]);
        const lc_run *last = t->id.n ? &t->id.run[t->id.n - 1] : NULL;
        if (id == LC_NO_NAME) return false;
        if (last && last->value == id) continue;
        if (!lc_runs_add(&t->id, t->n_rows + p->id.run[i].row, id)) return false;
    }
    return true;
}

/* Moves what a part with fewer rows than lines left free. */
static void close_up(const lc_table *t, const lc_part *p)
{
    size_t at = t->n_rows, n = p->n_rows;
    if (t->stamp && p->stamp != t->stamp + at) memmove(t->stamp + at, p->stamp, n * sizeof *p->stamp);
    if (t->offset && p->offset != t->offset + at) memmove(t->offset + at, p->offset, n * sizeof *p->offset);
    for (size_t v = 0; v < t->plan.n_values; v++) {
        float *f = t->value[v].f;
        double *d = t->value[v].d;
        if (f && p->value[v].f != f + at) memmove(f + at, p->value[v].f, n * sizeof *f);
        if (d && p->value[v].d != d + at) memmove(d + at, p->value[v].d, n * sizeof *d);
    }
}

static void turn_dates(lc_table *t)
{
    lc_clock c = t->state.clock.clock;
    int first = c.offset_minutes;
    for (size_t i = 0; i < t->n_rows; i++) {
        c.offset_minutes = t->offset ? t->offset[i] : first;
        t->stamp[i] = lc_clock_turn(&c, t->stamp[i]);
    }
}

static void take_state(lc_table *t, const lc_part *p)
{
    lc_clock_column *mine = &t->state.clock;
    const lc_clock_column *its = &p->state.clock;
    bool changed = mine->clock.style != its->clock.style || mine->ambiguous != its->ambiguous ||
                   memcmp(t->state.column, p->state.column, t->plan.n_values) != 0;
    lc_clock_merge(mine, its);
    memcpy(t->state.column, p->state.column, t->plan.n_values);
    t->version += changed;
}

/* Rejects bad rows, or fails with the first. */
static lc_code take_faults(lc_reader *r, const lc_part *p, size_t line)
{
    lc_code code = LC_OK;
    for (size_t i = 0; i < p->n_faults && code == LC_OK; i++) {
        const lc_row_fault *f = &p->fault[i];
        lc_status why = {0};
        if (!r->t->rejects) return lc_table_fault(r->t, f, line, r->st);
        lc_table_fault(r->t, f, line, &why);
        code = lc_rejects_add(r->t->rejects, &why, p->bytes + f->begin, f->end - f->begin, r->st);
        r->t->n_rejected++;
    }
    return code;
}

static lc_code take_part(lc_reader *r, const lc_part *p, size_t line)
{
    lc_table *t = r->t;
    if (p->turned) turn_dates(t);
    close_up(t, p);
    if (!take_lines(t, p, line) || !take_ids(t, p)) return lc_fail_memory(r->st);
    take_state(t, p);
    t->n_rows += p->n_rows;
    return take_faults(r, p, line);
}

lc_code lc_reader_join(lc_reader *r)
{
    lc_table *t = r->t;
    for (size_t i = 0; i < r->parts; i++) {
        lc_part *p = &r->part[i];
        bool moved = r->at != r->place[i].begin;
        if (p->failed) return lc_fail_memory(r->st);
        if (moved || r->place[i].version != t->version) {
            lc_reader_set_part(r, i, r->at, r->place[i].end, t->n_rows);
            lc_part_read(p);
        }
        while (p->outgrown && !p->failed) {
            if (!lc_table_widen(t, p->state.column)) return lc_fail_memory(r->st);
            t->version++;
            lc_reader_set_part(r, i, r->at, r->place[i].end, t->n_rows);
            lc_part_read(p);
        }
        if (p->failed) return lc_fail_memory(r->st);
        lc_code code = take_part(r, p, r->line);
        if (code != LC_OK) return code;
        r->at += p->used;
        r->line += p->lines;
    }
    return LC_OK;
}
