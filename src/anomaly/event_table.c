#include "anomaly/event_table.h"

#include <math.h>
#include <stdlib.h>

#include "anomaly/detect_table.h"
#include "anomaly/rows.h"
#include "base/memory.h"

enum { CALM = 40 }; /* rows that are not raised after which a flag begins another event, as for alarms */

enum { ID, START, END, ROWS, FLAGS, PEAK, Y, EXPECTED, LO, HI, SCORE, P, STATISTIC, COLUMN, COLUMNS };

static const lc_column columns[COLUMNS] = {
    {"unique_id", LC_COLUMN_TEXT, 0}, {"start", LC_COLUMN_TEXT, 0},    {"end", LC_COLUMN_TEXT, 0},
    {"rows", LC_COLUMN_INT, 0},       {"flags", LC_COLUMN_INT, 0},     {"peak", LC_COLUMN_TEXT, 0},
    {"y", LC_COLUMN_REAL, 0},         {"expected", LC_COLUMN_REAL, 9}, {"lo", LC_COLUMN_REAL, 9},
    {"hi", LC_COLUMN_REAL, 9},        {"score", LC_COLUMN_REAL, 6},    {"p", LC_COLUMN_REAL, 4},
    {"statistic", LC_COLUMN_TEXT, 0}, {"column", LC_COLUMN_TEXT, 0}};

/* Findings of one series, or of the rows of a frame as a whole. */
typedef struct source {
    const lc_panel *p;
    const lc_series *series; /* NULL: rows as a whole */
    const lc_frame *frame;
    const char *id;
    const lc_finding *found; /* (steps) */
    size_t steps;
} source;

typedef struct event {
    size_t start, end, peak; /* steps */
    size_t flags;
} event;

static bool is_row(const source *s, size_t step)
{
    return !s->series || !s->series->mask || s->series->mask[step] != LC_MISSING_STEP;
}

/* The step so many rows before this one. */
static size_t rows_before(const source *s, size_t step, uint32_t rows)
{
    while (rows && step) rows -= is_row(s, --step) ? 1 : 0;
    return step;
}

static lc_code add_event(lc_result *r, const source *s, const event *e, lc_status *st)
{
    char text[LC_STAMP_TEXT];
    const lc_finding *peak = &s->found[e->peak];
    const size_t stamps[][2] = {{START, e->start}, {END, e->end}, {PEAK, e->peak}};
    int64_t rows = 0;
    lc_code code = lc_result_add_row(r, st);
    if (code == LC_OK) code = lc_result_set_text(r, ID, s->id, st);
    for (size_t i = 0; code == LC_OK && i < 3; i++)
        code = lc_result_set_text(r, stamps[i][0], lc_panel_stamp_text(s->p, s->frame, stamps[i][1], text), st);
    if (code == LC_OK) code = lc_result_set_text(r, STATISTIC, lc_statistic_name(peak->statistic), st);
    if (code == LC_OK && !s->series) code = lc_result_set_text(r, COLUMN, s->p->targets[peak->column], st);
    if (code != LC_OK) return code;
    for (size_t k = e->start; k <= e->end; k++) rows += is_row(s, k) ? 1 : 0;
    lc_result_set_int(r, ROWS, rows);
    lc_result_set_int(r, FLAGS, (int64_t)e->flags);
    lc_result_set_real(r, Y, s->series ? lc_detection_value(s->series, e->peak) : (double)NAN);
    lc_result_set_real(r, EXPECTED, peak->expected);
    lc_result_set_real(r, LO, peak->lo);
    lc_result_set_real(r, HI, peak->hi);
    lc_result_set_real(r, SCORE, peak->score);
    lc_result_set_real(r, P, peak->p);
    return LC_OK;
}

static lc_code add_events(lc_result *r, const source *s, lc_status *st)
{
    lc_code code = LC_OK;
    event e = {0};
    size_t calm = 0;
    bool open = false;
    for (size_t k = 0; code == LC_OK && k < s->steps; k++) {
        const lc_finding *f = &s->found[k];
        if (!f->raised) {
            calm += is_row(s, k) ? 1 : 0;
            continue;
        }
        if (open && f->anomaly && calm > CALM) {
            code = add_event(r, s, &e, st);
            open = false;
        }
        if (!open) {
            e = (event){.start = rows_before(s, k, f->since), .peak = k};
            open = true;
        }
        calm = 0;
        e.end = k;
        e.flags += f->anomaly;
        if (f->score > s->found[e.peak].score) e.peak = k;
    }
    return code == LC_OK && open ? add_event(r, s, &e, st) : code;
}

static lc_code add_rows(lc_result *r, const lc_detection *d, const lc_panel *p, lc_status *st)
{
    lc_code code = LC_OK;
    for (size_t f = 0; code == LC_OK && f < p->n_frames; f++) {
        char *id = lc_panel_id_of(p, f, p->n_targets);
        const source s = {p, NULL, &p->frames[f], id, d->row[f], p->frames[f].steps};
        code = id ? add_events(r, &s, st) : lc_fail_memory(st);
        free(id);
    }
    return code;
}

lc_code lc_event_table(lc_result **out, const lc_detection *d, const lc_panel *p, lc_status *st)
{
    lc_result *r = NULL;
    size_t *series_of = lc_rows_series(p);
    lc_code code = series_of ? lc_result_create_with(&r, columns, COLUMNS, st) : lc_fail_memory(st);
    for (size_t k = 0; code == LC_OK && k < p->n_targets * p->n_frames; k++) {
        if (series_of[k] == SIZE_MAX) continue;
        const lc_series *one = &p->series[series_of[k]];
        const source s = {p, one, &p->frames[one->frame], one->id, d->of[series_of[k]], one->steps};
        code = add_events(r, &s, st);
    }
    if (code == LC_OK && d->row) code = add_rows(r, d, p, st);
    lc_free(series_of);
    if (code == LC_OK) *out = r;
    else lc_result_free(r);
    return code;
}
