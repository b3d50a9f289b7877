#include "forecast/backtest_tables.h"

#include <math.h>

#include "base/memory.h"

enum { DIGITS = 6, WINDOW_DIGITS = 9 };

/* ---- scores ---- */

static lc_code add_columns(lc_result *r, const char *stem, const lc_levels *levels, lc_status *st)
{
    char name[48];
    lc_code code = LC_OK;
    for (size_t i = 0; code == LC_OK && i < levels->n; i++)
        code = lc_result_add_column(r, lc_level_name(name, stem, "", levels->percent[i]), LC_COLUMN_REAL, DIGITS, st);
    return code;
}

static lc_code make_table(lc_result **out, const lc_levels *levels, bool by_step, lc_status *st)
{
    static const char *const means[] = {"mae", "rmse", "smape", "mase"};
    lc_result *r = *out = lc_result_create();
    if (!r) return lc_fail_memory(st);
    lc_code code = lc_result_add_column(r, "unique_id", LC_COLUMN_TEXT, 0, st);
    if (code == LC_OK) code = lc_result_add_column(r, "model", LC_COLUMN_TEXT, 0, st);
    if (code == LC_OK && by_step) code = lc_result_add_column(r, "step", LC_COLUMN_INT, 0, st);
    if (code == LC_OK) code = lc_result_add_column(r, "windows", LC_COLUMN_INT, 0, st);
    for (size_t i = 0; code == LC_OK && i < 4; i++)
        code = lc_result_add_column(r, means[i], LC_COLUMN_REAL, DIGITS, st);
    if (code == LC_OK) code = add_columns(r, "coverage", levels, st);
    if (code == LC_OK) code = add_columns(r, "width", levels, st);
    if (code == LC_OK) code = lc_result_add_column(r, "crps", LC_COLUMN_REAL, DIGITS, st);
    if (code == LC_OK && !by_step) code = lc_result_add_column(r, "owa", LC_COLUMN_REAL, DIGITS, st);
    return code;
}

typedef struct row {
    const char *id, *model;
    size_t step; /* 0: no such column */
    size_t windows;
    const lc_metrics *metrics; /* (levels), or (1) where levels is 0: no intervals */
    size_t levels;
    double owa;
} row;

static lc_code add_row(lc_result *r, const row *x, size_t all_levels, lc_status *st)
{
    size_t c = 0;
    lc_code code = lc_result_add_row(r, st);
    if (code == LC_OK) code = lc_result_set_text(r, c++, x->id, st);
    if (code == LC_OK) code = lc_result_set_text(r, c++, x->model, st);
    if (code != LC_OK) return code;
    if (x->step) lc_result_set_int(r, c++, (int64_t)x->step);
    lc_result_set_int(r, c++, (int64_t)x->windows);
    lc_result_set_real(r, c++, lc_metrics_mae(x->metrics));
    lc_result_set_real(r, c++, lc_metrics_rmse(x->metrics));
    lc_result_set_real(r, c++, lc_metrics_smape(x->metrics));
    lc_result_set_real(r, c++, lc_metrics_mase(x->metrics));
    for (size_t l = 0; l < x->levels; l++) {
        lc_result_set_real(r, c + l, lc_metrics_coverage(&x->metrics[l]));
        lc_result_set_real(r, c + all_levels + l, lc_metrics_width(&x->metrics[l]));
    }
    c += 2 * all_levels;
    lc_result_set_real(r, c++, lc_metrics_crps(x->metrics));
    if (!x->step) lc_result_set_real(r, c, x->owa);
    return LC_OK;
}

static size_t cells_of(const lc_scores *s)
{
    return s->levels + s->rivals;
}

/* Rows of the model and its rivals. metrics: (levels + rivals) cells, `apart` from one to the next. */
static lc_code add_rows(lc_result *r, const lc_scores *s, const lc_backtest_names *names, const char *id, size_t step,
                        const size_t *windows, const lc_metrics *metrics, size_t apart, lc_status *st)
{
    lc_metrics mine[sizeof names->levels->percent / sizeof names->levels->percent[0]];
    const lc_metrics *naive2 = NULL;
    size_t naive2_windows = 0;
    for (size_t k = 0; k < s->rivals; k++) {
        if (names->rivals->rival[k] != lc_baseline_find("naive2")) continue;
        naive2 = &metrics[(s->levels + k) * apart];
        naive2_windows = windows[1 + k];
    }
    for (size_t l = 0; l < s->levels; l++) mine[l] = metrics[l * apart];
    /* The model may be Naive2 itself. */
    if (!naive2 && lc_baseline_find(names->arch) == lc_baseline_find("naive2")) {
        naive2 = &mine[0];
        naive2_windows = windows[0];
    }
    row x = {id, names->arch, step, windows[0], mine, s->levels, naive2 ? lc_metrics_owa(mine, naive2) : NAN};
    lc_code code = add_row(r, &x, s->levels, st);
    for (size_t k = 0; code == LC_OK && k < s->rivals; k++) {
        const lc_metrics *theirs = &metrics[(s->levels + k) * apart];
        const bool same = naive2 && windows[1 + k] == naive2_windows;
        x = (row){id,
                  names->rivals->rival[k]->name,
                  step,
                  windows[1 + k],
                  theirs,
                  0,
                  same ? lc_metrics_owa(theirs, naive2) : NAN};
        code = add_row(r, &x, s->levels, st);
    }
    return code;
}

lc_code lc_backtest_table(lc_result **out, const lc_scores *s, const lc_backtest_names *names, lc_status *st)
{
    const size_t cells = cells_of(s);
    lc_result *r;
    lc_metrics *all = lc_calloc(cells, sizeof *all);
    size_t *windows = lc_calloc(1 + s->rivals, sizeof *windows);
    *out = NULL;
    lc_code code = make_table(&r, names->levels, false, st);
    if (code == LC_OK && (!all || !windows)) code = lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < s->n_series; i++) {
        const size_t *own = s->windows + i * (1 + s->rivals);
        if (!own[0]) continue;
        for (size_t k = 0; k <= s->rivals; k++) windows[k] += own[k];
        for (size_t k = 0; k < cells; k++) lc_metrics_merge(&all[k], &s->total[i * cells + k]);
        code = add_rows(r, s, names, names->panel->series[i].id, 0, own, s->total + i * cells, 1, st);
    }
    if (code == LC_OK) code = add_rows(r, s, names, "*", 0, windows, all, 1, st);
    lc_free(all);
    lc_free(windows);
    if (code == LC_OK) *out = r;
    else lc_result_free(r);
    return code;
}

lc_code lc_backtest_step_table(lc_result **out, const lc_scores *s, size_t series, const lc_backtest_names *names,
                               lc_status *st)
{
    const size_t cells = cells_of(s), horizon = s->horizon;
    const bool sum = series == s->n_series;
    const char *id = sum ? "*" : names->panel->series[series].id;
    lc_result *r;
    lc_metrics *all = lc_calloc(sum ? cells * horizon : 0, sizeof *all);
    size_t *windows = lc_calloc(1 + s->rivals, sizeof *windows);
    *out = NULL;
    lc_code code = make_table(&r, names->levels, true, st);
    if (code == LC_OK && (!all || !windows)) code = lc_fail_memory(st);
    for (size_t i = sum ? 0 : series; code == LC_OK && i < (sum ? s->n_series : series + 1); i++) {
        for (size_t k = 0; k <= s->rivals; k++) windows[k] += s->windows[i * (1 + s->rivals) + k];
        for (size_t k = 0; sum && k < cells * horizon; k++)
            lc_metrics_merge(&all[k], &s->step[i * cells * horizon + k]);
    }
    const lc_metrics *from = sum ? all : s->step + series * cells * horizon;
    for (size_t h = 0; code == LC_OK && h < horizon; h++)
        code = add_rows(r, s, names, id, h + 1, windows, from + h, horizon, st);
    lc_free(all);
    lc_free(windows);
    if (code == LC_OK) *out = r;
    else lc_result_free(r);
    return code;
}

/* ---- windows ---- */

enum { W_ID, W_CUTOFF, W_DS, W_Y, W_FORECAST, W_BANDS };

lc_code lc_backtest_window_table(lc_result **out, const lc_levels *levels, lc_status *st)
{
    static const char *const texts[] = {"unique_id", "cutoff", "ds"};
    char name[48];
    *out = lc_result_create();
    if (!*out) return lc_fail_memory(st);
    lc_code code = LC_OK;
    for (size_t i = 0; code == LC_OK && i < 3; i++) code = lc_result_add_column(*out, texts[i], LC_COLUMN_TEXT, 0, st);
    if (code == LC_OK) code = lc_result_add_column(*out, "y", LC_COLUMN_REAL, 0, st);
    if (code == LC_OK) code = lc_result_add_column(*out, "forecast", LC_COLUMN_REAL, WINDOW_DIGITS, st);
    for (size_t i = 0; code == LC_OK && i < 2 * levels->n; i++)
        code = lc_result_add_column(*out, lc_level_name(name, "forecast", i % 2 ? "hi" : "lo", levels->percent[i / 2]),
                                    LC_COLUMN_REAL, WINDOW_DIGITS, st);
    return code;
}

lc_code lc_backtest_add_window(lc_result *t, const lc_panel *p, size_t series, size_t origin, size_t horizon,
                               size_t levels, const double *truth, const double *point, const double *band,
                               lc_status *st)
{
    const lc_series *s = &p->series[series];
    const lc_frame *frame = &p->frames[s->frame];
    char cutoff[LC_STAMP_TEXT], ds[LC_STAMP_TEXT];
    lc_panel_stamp_text(p, frame, origin - 1, cutoff);
    for (size_t h = 0; h < horizon; h++) {
        lc_panel_stamp_text(p, frame, origin + h, ds);
        lc_code code = lc_result_add_row(t, st);
        if (code == LC_OK) code = lc_result_set_text(t, W_ID, s->id, st);
        if (code == LC_OK) code = lc_result_set_text(t, W_CUTOFF, cutoff, st);
        if (code == LC_OK) code = lc_result_set_text(t, W_DS, ds, st);
        if (code != LC_OK) return code;
        lc_result_set_real(t, W_Y, truth[h]);
        lc_result_set_real(t, W_FORECAST, point[h]);
        for (size_t l = 0; l < 2 * levels; l++) lc_result_set_real(t, W_BANDS + l, band[l * horizon + h]);
    }
    return LC_OK;
}
