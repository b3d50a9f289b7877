#include "anomaly/detect_table.h"

#include <math.h>
#include <stdlib.h>

#include "anomaly/rows.h"
#include "base/memory.h"

const char *lc_statistic_name(lc_statistic s)
{
    static const char *const names[] = {"value", "level", "error", "energy", "", "joint"};
    return names[s];
}

enum { ID, DS, Y, EXPECTED, LO, HI, SCORE, ANOMALY, P, STATISTIC, SINCE, COLUMN, COLUMNS };

static const lc_column columns[COLUMNS] = {
    {"unique_id", LC_COLUMN_TEXT, 0}, {"ds", LC_COLUMN_TEXT, 0},     {"y", LC_COLUMN_REAL, 0},
    {"expected", LC_COLUMN_REAL, 9},  {"lo", LC_COLUMN_REAL, 9},     {"hi", LC_COLUMN_REAL, 9},
    {"score", LC_COLUMN_REAL, 6},     {"anomaly", LC_COLUMN_INT, 0}, {"p", LC_COLUMN_REAL, 4},
    {"statistic", LC_COLUMN_TEXT, 0}, {"since", LC_COLUMN_REAL, 0},  {"column", LC_COLUMN_TEXT, 0}};

static lc_code add_row(lc_result *r, const char *id, const char *ds, double y, const lc_finding *v, const char *column,
                       lc_status *st)
{
    lc_code code = lc_result_add_row(r, st);
    if (code == LC_OK) code = lc_result_set_text(r, ID, id, st);
    if (code == LC_OK) code = lc_result_set_text(r, DS, ds, st);
    if (code != LC_OK) return code;
    lc_result_set_real(r, Y, y);
    lc_result_set_real(r, EXPECTED, v->expected);
    lc_result_set_real(r, LO, v->lo);
    lc_result_set_real(r, HI, v->hi);
    lc_result_set_real(r, SCORE, v->score);
    lc_result_set_int(r, ANOMALY, v->anomaly);
    if (lc_result_columns(r) == P) return LC_OK;
    lc_result_set_real(r, P, v->p);
    if (v->raised) lc_result_set_real(r, SINCE, v->since);
    if (v->raised) code = lc_result_set_text(r, STATISTIC, lc_statistic_name(v->statistic), st);
    return code == LC_OK && column ? lc_result_set_text(r, COLUMN, column, st) : code;
}

/* What the table is made of. */
typedef struct source {
    const lc_detection *d;
    const lc_panel *p;
    const size_t *series_of; /* as lc_rows_series gives it */
    char **row_id;           /* (n_frames) of the rows as a whole */
} source;

/* What is said of a step, and its value. */
static const lc_finding *look(const source *s, size_t target, size_t frame, size_t step, double *y)
{
    const lc_panel *p = s->p;
    if (target == p->n_targets) return &s->d->row[frame][step];
    const size_t i = s->series_of[target * p->n_frames + frame];
    if (i == SIZE_MAX || step >= p->series[i].steps) return &lc_finding_none;
    *y = lc_detection_value(&p->series[i], step);
    return &s->d->of[i][step];
}

/* One row of the table for every row of the input; target n_targets is the row as a whole. */
static lc_code add_target(lc_result *r, const source *s, size_t target, lc_status *st)
{
    lc_code code = LC_OK;
    const lc_panel *p = s->p;
    for (size_t row = 0, left = 0; code == LC_OK && row < p->n_rows; row++) {
        char ds[LC_STAMP_TEXT];
        const lc_row_place place = lc_panel_row(p, row);
        const lc_finding *found = &lc_finding_none;
        double y = NAN;
        if (place.step == LC_NO_STEP) {
            const lc_left_out *out = &p->left_out[left++];
            lc_panel_left_out_text(p, out, ds);
            if (target < p->n_targets) y = out->y[target];
        } else {
            lc_panel_stamp_text(p, &p->frames[place.frame], place.step, ds);
            found = look(s, target, place.frame, place.step, &y);
        }
        const bool whole = target == p->n_targets;
        const char *column = whole && found->raised ? p->targets[found->column] : NULL;
        const size_t i = whole ? SIZE_MAX : s->series_of[target * p->n_frames + place.frame];
        if (whole || i != SIZE_MAX) {
            code = add_row(r, whole ? s->row_id[place.frame] : p->series[i].id, ds, y, found, column, st);
        } else { /* no number in the whole column: there is no series, but there are rows */
            char *id = lc_panel_id_of(p, place.frame, target);
            code = id ? add_row(r, id, ds, y, found, column, st) : lc_fail_memory(st);
            free(id);
        }
    }
    return code;
}

lc_code lc_detect_table(lc_result **out, const lc_detection *d, const lc_panel *p, bool explain, lc_status *st)
{
    lc_result *r = NULL;
    const size_t frames = d->row ? p->n_frames : 0;
    size_t *series_of = lc_rows_series(p);
    source s = {.d = d, .p = p, .series_of = series_of, .row_id = lc_calloc(frames, sizeof(char *))};
    lc_code code =
        series_of && s.row_id ? lc_result_create_with(&r, columns, explain ? COLUMNS : P, st) : lc_fail_memory(st);
    for (size_t f = 0; code == LC_OK && f < frames; f++)
        if (!(s.row_id[f] = lc_panel_id_of(p, f, p->n_targets))) code = lc_fail_memory(st);
    for (size_t target = 0; code == LC_OK && target < p->n_targets + (d->row ? 1 : 0); target++)
        code = add_target(r, &s, target, st);
    for (size_t f = 0; s.row_id && f < frames; f++) free(s.row_id[f]);
    lc_free(s.row_id);
    lc_free(series_of);
    if (code == LC_OK) *out = r;
    else lc_result_free(r);
    return code;
}
