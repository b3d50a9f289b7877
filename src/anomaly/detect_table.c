#include "anomaly/detect_table.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

const char *lc_statistic_name(lc_statistic s)
{
    static const char *const names[LC_STATISTICS + 1] = {"value", "level", "error", "energy", ""};
    return names[s];
}

enum { ID, DS, Y, EXPECTED, LO, HI, SCORE, ANOMALY, P, STATISTIC, SINCE, COLUMNS };

static lc_code make_table(lc_result **out, bool explain, lc_status *st)
{
    static const struct {
        const char *name;
        lc_column_type type;
        int digits;
    } columns[COLUMNS] = {{"unique_id", LC_COLUMN_TEXT, 0}, {"ds", LC_COLUMN_TEXT, 0},     {"y", LC_COLUMN_REAL, 0},
                          {"expected", LC_COLUMN_REAL, 9},  {"lo", LC_COLUMN_REAL, 9},     {"hi", LC_COLUMN_REAL, 9},
                          {"score", LC_COLUMN_REAL, 6},     {"anomaly", LC_COLUMN_INT, 0}, {"p", LC_COLUMN_REAL, 4},
                          {"statistic", LC_COLUMN_TEXT, 0}, {"since", LC_COLUMN_REAL, 0}};
    *out = lc_result_create();
    if (!*out) return lc_fail_memory(st);
    lc_code code = LC_OK;
    for (size_t i = 0; code == LC_OK && i < (explain ? COLUMNS : P); i++)
        code = lc_result_add_column(*out, columns[i].name, columns[i].type, columns[i].digits, st);
    return code;
}

static lc_code add_row(lc_result *r, const char *id, const char *ds, double y, const lc_finding *v, lc_status *st)
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
    return v->raised ? lc_result_set_text(r, STATISTIC, lc_statistic_name(v->statistic), st) : LC_OK;
}

/* One row of the table for every row of the input. v[i]: the verdicts of series i. */
static lc_code add_target(lc_result *r, const lc_panel *p, size_t target, const size_t *series_of, lc_finding *const *v,
                          lc_status *st)
{
    lc_code code = LC_OK;
    for (size_t row = 0, left = 0; code == LC_OK && row < p->n_rows; row++) {
        char ds[LC_STAMP_TEXT];
        const lc_row_place place = lc_panel_row(p, row);
        size_t frame = place.frame, step = place.step, i = series_of[target * p->n_frames + frame];
        const lc_finding *found = &lc_finding_none;
        double y = NAN;
        if (step == LC_NO_STEP) {
            const lc_left_out *out = &p->left_out[left++];
            lc_panel_left_out_text(p, out, ds);
            y = out->y[target];
        } else {
            lc_panel_stamp_text(p, &p->frames[frame], step, ds);
            if (i != SIZE_MAX && step < p->series[i].steps) {
                found = &v[i][step];
                if (lc_is_observed(&p->series[i], step)) y = lc_number_written(p->series[i].y, step);
            }
        }
        if (i != SIZE_MAX) {
            code = add_row(r, p->series[i].id, ds, y, found, st);
        } else { /* no number in the whole column: there is no series, but there are rows */
            char *id = lc_panel_id_of(p, frame, target);
            code = id ? add_row(r, id, ds, y, found, st) : lc_fail_memory(st);
            free(id);
        }
    }
    return code;
}

lc_code lc_detect_table(lc_result **out, const lc_detection *d, const lc_panel *p, bool explain, lc_status *st)
{
    lc_result *r = NULL;
    size_t places = p->n_targets * p->n_frames;               /* of no more than there are series and columns */
    size_t *series_of = lc_calloc(places, sizeof *series_of); /* (n_targets, n_frames) SIZE_MAX: none */
    lc_code code = series_of ? make_table(&r, explain, st) : lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < places; i++) series_of[i] = SIZE_MAX;
    for (size_t i = 0; code == LC_OK && i < p->n_series; i++)
        series_of[p->series[i].target * p->n_frames + p->series[i].frame] = i;
    for (size_t target = 0; code == LC_OK && target < p->n_targets; target++)
        code = add_target(r, p, target, series_of, d->of, st);
    lc_free(series_of);
    if (code == LC_OK) *out = r;
    else lc_result_free(r);
    return code;
}
