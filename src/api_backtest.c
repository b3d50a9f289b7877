#include "api_backtest.h"

#include <string.h>

#include "base/memory.h"
#include "report/axis.h"

/* 12,345 windows */
static void append_count(lc_buf *b, size_t n, const char *one)
{
    enum { ALL_DIGITS = 15 };
    char label[LC_TICK_TEXT];
    lc_number_label(label, (double)n, ALL_DIGITS);
    lc_buf_printf(b, "%s %s%s", label, one, n == 1 ? "" : "s");
}

void lc_backtest_say_size(lc_buf *b, size_t series, size_t windows, size_t horizon)
{
    if (series > 1) {
        append_count(b, series, "serie");
        lc_buf_puts(b, ", ");
    }
    append_count(b, windows, "window");
    lc_buf_puts(b, " of ");
    append_count(b, horizon, "step");
}

const char *lc_backtest_measure(bool scaled)
{
    return scaled ? "MASE" : "mean absolute error";
}

static void write_words(lc_backtest_drawing *d, const lc_backtest_view *v)
{
    lc_buf_puts(&d->title, "Backtest of ");
    lc_buf_puts(&d->title, v->subject);
    lc_buf_puts(&d->detail, ": ");
    lc_backtest_say_size(&d->detail, v->series, v->windows, v->horizon);

    if (v->scaled) lc_buf_puts(&d->residual_label, "in units of each series' naive error");
    else lc_buf_puts(&d->residual_label, *v->label ? v->label : "in the units of the data");

    lc_buf_puts(&d->lag_label, "lag, ");
    if (v->stride == 1) lc_buf_puts(&d->lag_label, "steps");
    else lc_buf_printf(&d->lag_label, "origins that are %zu steps apart", v->stride);
}

/* A baseline that has a place in the legend; where it did not forecast every window, on how many. */
static void name_curve(lc_backtest_drawing *d, const lc_backtest_view *v, size_t rival, lc_curve kind)
{
    const size_t own = v->rival_windows[rival];
    lc_buf *name = &d->name[kind];
    lc_buf_puts(name, v->rival[rival]->name);
    if (own < v->windows) {
        lc_buf_puts(name, ", by ");
        append_count(name, own, "window");
    }
    d->curve[1 + rival].curve = kind;
    d->curve[1 + rival].name = name->data;
}

static lc_code find_errors(lc_backtest_drawing *d, const lc_backtest_view *v, lc_status *st)
{
    const size_t curves = 1 + v->rivals, horizon = v->horizon;
    size_t scaled = 0; /* steps */
    d->error = lc_calloc(curves * horizon, sizeof *d->error);
    d->curve = lc_calloc(curves, sizeof *d->curve);
    if (!d->error || !d->curve) return lc_fail_memory(st);
    for (size_t h = 0; h < horizon; h++) scaled += v->step[h].scaled_steps;
    lc_backtest_view_errors(v, scaled > 0, d->error);
    for (size_t k = 0; k < v->rivals; k++)
        lc_backtest_view_rival_errors(v, k, scaled > 0, d->error + (1 + k) * horizon);
    for (size_t i = 0; i < curves; i++) d->curve[i] = (lc_error_curve){LC_CURVE_OTHER, NULL, d->error + i * horizon};
    lc_buf_printf(&d->name[LC_CURVE_MODEL], "model (%s)", v->model);
    d->curve[0].curve = LC_CURVE_MODEL;
    d->curve[0].name = d->name[LC_CURVE_MODEL].data;
    for (size_t k = 0; k < v->rivals; k++) {
        const char *name = v->rival[k]->name;
        if (strcmp(name, "naive") == 0) name_curve(d, v, k, LC_CURVE_NAIVE);
        /* Without a season it is the naive forecast. */
        else if (strcmp(name, "seasonal-naive") == 0 && v->season > 1) name_curve(d, v, k, LC_CURVE_SEASONAL);
        else if (k == v->best) name_curve(d, v, k, LC_CURVE_BEST);
    }
    for (size_t i = 0; i < LC_CURVE_OTHER; i++)
        if (d->name[i].failed) return lc_fail_memory(st);
    d->scaled = scaled > 0;
    d->figure.measure = lc_backtest_measure(d->scaled);
    d->figure.horizon = horizon;
    d->figure.n_curves = curves;
    d->figure.curve = d->curve;
    return LC_OK;
}

void lc_backtest_drawing_free(lc_backtest_drawing *d)
{
    if (!d) return;
    for (size_t i = 0; i < LC_CURVE_OTHER; i++) lc_buf_free(&d->name[i]);
    lc_buf_free(&d->title);
    lc_buf_free(&d->detail);
    lc_buf_free(&d->residual_label);
    lc_buf_free(&d->lag_label);
    lc_free(d->error);
    lc_free(d->curve);
    lc_free(d);
}

lc_code lc_backtest_drawing_create(lc_backtest_drawing **out, const lc_backtest_view *v, lc_status *st)
{
    lc_backtest_drawing *d = lc_calloc(1, sizeof *d);
    *out = NULL;
    if (!d) return lc_fail_memory(st);
    d->series = v->series;
    d->windows = v->windows;
    lc_code code = find_errors(d, v, st);
    write_words(d, v);
    if (d->title.failed || d->detail.failed || d->residual_label.failed || d->lag_label.failed)
        code = lc_fail_memory(st);
    for (size_t i = 0; i < v->n_levels; i++) {
        d->level[i] = v->level[i].percent;
        d->inside[i] = lc_metrics_coverage(&v->level[i].metrics);
        d->asked[i] = v->level[i].given;
    }
    lc_backtest_figure *f = &d->figure;
    f->title = d->title.data;
    f->detail = d->detail.data;
    f->n_levels = v->n_levels;
    f->level = d->level;
    f->inside = d->inside;
    f->asked = d->asked;
    f->n_residuals = v->residuals < LC_VIEW_RESIDUALS ? v->residuals : LC_VIEW_RESIDUALS;
    f->residual = v->residual;
    f->residual_label = d->residual_label.data;
    f->n_lags = lc_correlogram_find(&v->one_step, d->correlation, d->band);
    f->correlation = d->correlation;
    f->band = d->band;
    f->lag_label = d->lag_label.data;
    if (code == LC_OK) *out = d;
    else lc_backtest_drawing_free(d);
    return code;
}
