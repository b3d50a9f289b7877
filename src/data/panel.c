#include "data/panel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/ahead.h"
#include "data/features.h"
#include "data/grid.h"

/* As --time takes it: the columns of a stamp that stands in several, one after the other. */
static char *time_name(const lc_table *t)
{
    const lc_roles *r = &t->roles;
    lc_buf b = {0};
    lc_buf_puts(&b, r->time == LC_NO_COLUMN ? "" : t->columns[r->time]);
    for (size_t k = 1; k < r->parts.n; k++) {
        lc_buf_puts(&b, ",");
        lc_buf_puts(&b, t->columns[r->parts.column[k]]);
    }
    if (b.failed) lc_buf_free(&b);
    return b.data;
}

static bool copy_names(lc_panel *p, const lc_table *t)
{
    const lc_roles *r = &t->roles;
    p->targets = calloc(r->n_targets, sizeof *p->targets);
    const size_t covariates = lc_roles_values(r) - r->n_targets - r->n_labels;
    p->past = calloc(covariates ? covariates : 1, sizeof *p->past);
    if (!p->targets || !p->past) return false;
    for (size_t i = 0; i < r->n_targets; i++, p->n_targets++)
        if (!(p->targets[i] = lc_strdup(t->columns[r->value[i].column]))) return false;
    for (size_t i = 0; i < covariates; i++, p->n_past++)
        if (!(p->past[i] = lc_strdup(t->columns[r->value[r->n_targets + i].column]))) return false;
    p->n_future = r->n_future;
    p->n_static = r->n_static;
    p->source = lc_strdup(t->file[0]);
    p->time_name = time_name(t);
    p->hours_from_one = r->parts.hour != 0;
    p->id_name = lc_strdup(r->id == LC_NO_COLUMN ? "" : t->columns[r->id]);
    p->value_label = lc_strdup(p->n_targets == 1 ? p->targets[0] : "");
    return p->source && p->time_name && p->id_name && p->value_label;
}

/* The column of labels needs no grid: it stays with the rows. */
static lc_code keep_labels(lc_panel *p, const lc_table *t, lc_status *st)
{
    if (!t->roles.n_labels) return LC_OK;
    const size_t v = lc_roles_values(&t->roles) - 1;
    if (!(p->label = lc_calloc(t->n_rows, 1))) return lc_fail_memory(st);
    for (size_t row = 0; row < t->n_rows; row++) {
        const double x = lc_number(t->value[v], row);
        p->label[row] = x == 1;
        if (isnan(x) || x == 0 || x == 1) continue;
        lc_row_fail(t, row, t->roles.value[v].column, LC_E_DATA, st, "%g is no label",
                    lc_number_written(t->value[v], row));
        lc_hint(st, "write 1 for an anomaly, and 0 or nothing for a normal row");
        return LC_E_DATA;
    }
    return LC_OK;
}

static void keep_files(lc_panel *p, lc_table *t)
{
    p->files = t->file;
    p->n_files = t->n_files;
    t->file = NULL;
    t->n_files = 0;
}

/* Makes the panel from the rows that were read. */
static lc_code build(lc_panel **out, lc_table *t, lc_status *st)
{
    lc_grouping g = {0};
    lc_panel *p = calloc(1, sizeof *p);
    lc_code code = LC_OK;
    if (!p || !copy_names(p, t)) {
        code = lc_fail_memory(st);
        goto done;
    }
    p->clock = t->roles.clock.clock;
    p->delimiter = t->delimiter;
    p->has_header = t->has_header;
    p->decimal_comma = t->rules.decimal_comma;
    bool jittered = false;
    code = lc_grouping_make(&g, t, st);
    if (code == LC_OK) code = lc_grouping_freq(&p->freq, &jittered, &g, t, st);
    if (code == LC_OK) code = lc_grid_build(p, t, &g, jittered, &t->notes, st);
    if (code == LC_OK && t->settings->calendar) code = lc_features_add(p, st);
    if (code == LC_OK) code = keep_labels(p, t, st);
    if (code != LC_OK) goto done;
    keep_files(p, t);
    p->columns = t->columns;
    p->n_columns = t->n_columns;
    t->columns = NULL;
    t->n_columns = 0;
    p->notices = t->notes.line;
    p->n_notices = t->notes.n;
    t->notes = (lc_notes){0};
    *out = p;
    p = NULL;
done:
    lc_grouping_free(&g);
    lc_panel_free(p);
    return code;
}

/* ---- reading ---- */

typedef struct input { /* files, or bytes under a name */
    const char *const *paths;
    size_t n_paths;
    const char *name, *bytes;
    size_t n;
} input;

static lc_code read_input(lc_table *t, const input *in, lc_status *st)
{
    if (in->bytes) return lc_table_read_memory(t, in->name, in->bytes, in->n, st);
    lc_code code = in->n_paths ? LC_OK : lc_fail(st, LC_E_USAGE, "no file is named");
    for (size_t i = 0; i < in->n_paths && code == LC_OK; i++)
        code = in->paths[i] ? lc_table_read_file(t, in->paths[i], st)
                            : lc_fail(st, LC_E_USAGE, "file %zu has no name", i + 1);
    return code;
}

/* The file of bad rows comes to be with the panel, or not at all. */
static lc_code read_panel(lc_panel **out, const input *in, const lc_settings *s, lc_status *st)
{
    lc_table t = {0};
    lc_rejects rejects = {{0}, 0};
    *out = NULL;
    lc_code code = lc_table_open(&t, s, st);
    if (code == LC_OK && *s->rejects) {
        code = lc_rejects_open(&rejects, s->rejects, st);
        t.rejects = &rejects;
    }
    if (code == LC_OK) code = read_input(&t, in, st);
    if (code == LC_OK) code = lc_table_close(&t, st);
    if (code == LC_OK && t.n_rejected &&
        !lc_note(&t.notes, "%zu bad row%s left out, see %s", t.n_rejected, t.n_rejected == 1 ? " is" : "s are",
                 s->rejects))
        code = lc_fail_memory(st);
    if (code == LC_OK) code = build(out, &t, st);
    if (code == LC_OK && *s->future_file && !s->ahead) code = lc_ahead_read(*out, s, st);
    if (code == LC_OK && *s->rejects) code = lc_rejects_commit(&rejects, st);
    if (code != LC_OK) {
        lc_panel_free(*out);
        *out = NULL;
    }
    lc_rejects_discard(&rejects);
    lc_table_free(&t);
    return code;
}

lc_code lc_panel_read_files(lc_panel **out, const char *const *paths, size_t n, const lc_settings *s, lc_status *st)
{
    const input in = {.paths = paths, .n_paths = n};
    return read_panel(out, &in, s, st);
}

lc_code lc_panel_read_memory(lc_panel **out, const char *name, const char *bytes, size_t n, const lc_settings *s,
                             lc_status *st)
{
    const input in = {.name = name, .bytes = bytes, .n = n};
    return read_panel(out, &in, s, st);
}

void lc_panel_free(lc_panel *p)
{
    if (!p) return;
    for (size_t i = 0; i < p->n_frames; i++) {
        lc_frame *f = &p->frames[i];
        for (size_t k = 0; f->past && f->past_borrowed && k < p->n_past; k++)
            if (!f->past_borrowed[k]) lc_numbers_free(&f->past[k]);
        for (size_t k = 0; f->past_gap && k < p->n_past; k++) lc_free(f->past_gap[k]);
        free(f->past);
        free(f->past_borrowed);
        free(f->past_gap);
        lc_free(f->stamp);
        lc_free(f->offset);
        free(f->id);
    }
    for (size_t i = 0; i < p->n_series; i++) {
        free(p->series[i].id);
        if (!p->series[i].borrowed) lc_numbers_free(&p->series[i].y);
        lc_free(p->series[i].mask);
        lc_free(p->series[i].gap);
    }
    lc_free(p->frames);
    lc_free(p->series);
    for (size_t i = 0; i < p->n_columns_kept; i++) {
        free(p->column[i].f);
        free(p->column[i].d);
    }
    free(p->column);
    lc_free(p->rows);
    lc_free(p->first_row);
    lc_free(p->left_out);
    lc_free(p->left_out_y);
    lc_free_names(p->targets, p->n_targets);
    lc_free_names(p->past, p->n_past);
    lc_free_names(p->notices, p->n_notices);
    lc_free_names(p->columns, p->n_columns);
    lc_free_names(p->files, p->n_files);
    lc_free(p->label);
    if (p->by_id) lc_names_free(p->by_id);
    free(p->by_id);
    free(p->source);
    free(p->time_name);
    free(p->id_name);
    free(p->value_label);
    free(p);
}

size_t lc_panel_find(const lc_panel *p, const char *id)
{
    uint32_t found = p->by_id ? lc_names_find(p->by_id, id) : LC_NO_NAME;
    return found == LC_NO_NAME ? SIZE_MAX : found;
}

lc_row_place lc_panel_row(const lc_panel *p, size_t row)
{
    if (p->rows) return p->rows[row];
    size_t lo = 0, hi = p->n_frames; /* first_row[lo] <= row < first_row[hi] */
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (p->first_row[mid] <= row) lo = mid;
        else hi = mid;
    }
    return (lc_row_place){(uint32_t)lo, (uint32_t)(row - p->first_row[lo])};
}

lc_stamp lc_panel_stamp(const lc_panel *p, const lc_frame *f, size_t step)
{
    if (!f->stamp) return lc_freq_add(&p->freq, f->first, (int64_t)step);
    if (step < f->length) return f->stamp[step];
    lc_freq freq = p->freq;
    if (f->offset) freq.offset_minutes = f->offset[f->length - 1];
    return lc_freq_add(&freq, f->stamp[f->length - 1], (int64_t)(step - (f->length - 1)));
}

const char *lc_panel_stamp_text(const lc_panel *p, const lc_frame *f, size_t step, char out[LC_STAMP_TEXT])
{
    lc_clock c = p->clock;
    if (f->offset) c.offset_minutes = f->offset[step < f->length ? step : f->length - 1];
    return lc_clock_format(&c, lc_panel_stamp(p, f, step), out);
}

const char *lc_panel_left_out_text(const lc_panel *p, const lc_left_out *row, char out[LC_STAMP_TEXT])
{
    lc_clock c = p->clock;
    c.offset_minutes = row->offset;
    return lc_clock_format(&c, row->stamp, out);
}

char *lc_panel_id_of(const lc_panel *p, size_t frame, size_t target)
{
    const char *id = p->frames[frame].id, *name = target < p->n_targets ? p->targets[target] : "*";
    if (!*id) return lc_strdup(name);
    if (*p->id_name && p->n_targets == 1) return lc_strdup(id);
    lc_buf both = {0};
    lc_buf_puts(&both, id);
    lc_buf_puts(&both, ":");
    lc_buf_puts(&both, name);
    if (both.failed) lc_buf_free(&both);
    return both.data;
}
