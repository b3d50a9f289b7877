#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/axis.h"
#include "report/chart.h"
#include "report/gnuplot.h"
#include "report/page.h"
#include "report/trace.h"

enum { LEVELS_NAMED = 4 }; /* bands beyond it are drawn, but the legend has no room for them */

/* Levels widest first, so that narrow bands lie on top. */
static void widest_first(const lc_forecast_figure *f, size_t *order)
{
    for (size_t i = 0; i < f->n_levels; i++) {
        size_t k = i;
        for (; k > 0 && f->level[order[k - 1]] < f->level[i]; k--) order[k] = order[k - 1];
        order[k] = i;
    }
}

static void frame_of(const lc_forecast_figure *f, lc_axes *frame)
{
    frame->x = frame->y = (lc_range){0};
    lc_range_add(&frame->x, f->history_x, f->n_history);
    lc_range_add(&frame->x, f->x, f->n);
    lc_range_pad(&frame->x, .012);
    lc_range_add(&frame->y, f->history_y, f->n_history);
    lc_range_add(&frame->y, f->forecast, f->n);
    lc_range_add(&frame->y, f->past, f->n_past);
    for (size_t i = 0; i < f->n_levels; i++) {
        lc_range_add(&frame->y, f->lo[i], f->n);
        lc_range_add(&frame->y, f->hi[i], f->n);
    }
    lc_range_pad(&frame->y, .06);
    frame->calendar = f->calendar;
    frame->whole_x = !f->calendar;
    frame->y_label = f->y_label;
    frame->x_labels = true;
}

/* The forecast's columns with the last observation in front, where that is known. */
typedef struct joined {
    size_t n;
    double *x, *y, *lo, *hi; /* one block, (4, n + 1) */
    bool anchored;
} joined;

static bool join(joined *j, const lc_forecast_figure *f)
{
    size_t room;
    if (!lc_add(f->n, 1, &room) || !lc_mul(room, 4, &room)) return false;
    double *block = lc_calloc(room, sizeof(double));
    if (!block) return false;
    room = f->n + 1;
    *j = (joined){.n = f->n, .x = block, .y = block + room, .lo = block + 2 * room, .hi = block + 3 * room};
    size_t last = f->n_history ? f->n_history - 1 : 0;
    j->anchored = f->n_history && f->n && isfinite(f->history_y[last]) && isfinite(f->history_x[last]) &&
                  isfinite(f->forecast[0]);
    size_t skip = j->anchored ? 1 : 0;
    if (j->anchored) {
        j->x[0] = f->history_x[last];
        j->y[0] = f->history_y[last];
        j->n++;
    }
    if (f->n) memcpy(j->x + skip, f->x, f->n * sizeof(double));
    if (f->n) memcpy(j->y + skip, f->forecast, f->n * sizeof(double));
    return true;
}

static void join_band(joined *j, const lc_forecast_figure *f, size_t level)
{
    size_t skip = j->anchored ? 1 : 0;
    if (j->anchored) j->lo[0] = j->hi[0] = j->y[0];
    /* A band whose first step is missing does not start at the observation: a lone point is no band. */
    if (j->anchored && !(isfinite(f->lo[level][0]) && isfinite(f->hi[level][0]))) j->lo[0] = j->hi[0] = NAN;
    if (f->n) memcpy(j->lo + skip, f->lo[level], f->n * sizeof(double));
    if (f->n) memcpy(j->hi + skip, f->hi[level], f->n * sizeof(double));
}

/* Half of a typical step, for the bar that stands for a lone step's interval. */
static double half_step(const lc_forecast_figure *f, const lc_axes *frame)
{
    double span = frame->x.hi - frame->x.lo, step = span / 40;
    if (f->n > 1) step = (f->x[f->n - 1] - f->x[0]) / (double)(f->n - 1);
    else if (f->n_history > 1) step = (f->history_x[f->n_history - 1] - f->history_x[0]) / (double)(f->n_history - 1);
    return isfinite(step) && step > 0 ? fmin(step * .4, span / 40) : span / 80;
}

static void origin(const lc_page *p, lc_buf *script, const lc_forecast_figure *f, const lc_axes *frame)
{
    if (!f->n_history || !f->n || !isfinite(f->history_x[f->n_history - 1])) return;
    double x = f->history_x[f->n_history - 1];
    char date[LC_TICK_TEXT] = "", label[LC_TICK_TEXT + 16];
    if (f->calendar) lc_date_label(date, x, frame->x.hi - frame->x.lo);
    else lc_number_label(date, x, 10);
    snprintf(label, sizeof label, "origin %s", date);
    lc_axes_mark(p, script, frame, x, label);
}

/* One panel: blocks of data, then the plot command over them. `number` keeps block names apart. */
static bool draw(const lc_page *p, lc_buf *script, const lc_forecast_figure *f, const lc_axes *frame, int number)
{
    bool ok = false;
    joined j = {0};
    lc_trace history = {0}, forecast = {0}, band = {0}, past = {0};
    size_t *order = lc_calloc(f->n_levels, sizeof *order);
    lc_plot plot = {.script = script};
    lc_buf curves = {0};
    lc_plot bands = {.script = &curves};
    if (!order || !join(&j, f)) goto done;
    widest_first(f, order);
    double pixel = lc_axes_pixel(p, frame);
    for (size_t i = 0; i < f->n_levels; i++) {
        join_band(&j, f, order[i]);
        lc_trace_band(&band, j.x, j.lo, j.hi, j.n, pixel, half_step(f, frame));
        if (band.n_line) {
            char name[32];
            snprintf(name, sizeof name, "band%zu_", i);
            lc_trace_write(script, name, number, &band.line);
            lc_plot_add(&bands, "using 1:2:3 with filledcurves", name, number,
                        "lc rgb " LC_BLUE " fs transparent solid 0.18 noborder");
        }
        lc_trace_free(&band);
    }
    lc_trace_line(&history, f->history_x, f->history_y, f->n_history, pixel);
    lc_trace_line(&forecast, j.x, j.y, j.n, pixel);
    lc_trace_line(&past, f->past_x, f->past, f->n_past, pixel);
    lc_trace_write(script, "history", number, &history.line);
    lc_trace_write(script, "forecast", number, &forecast.line);
    lc_trace_write(script, "lone", number, &history.dots);
    lc_trace_write(script, "step", number, &forecast.dots);
    lc_trace_write(script, "past", number, &past.line);
    lc_trace_write(script, "pastdots", number, &past.dots);
    plot.curves = bands.curves;
    if (curves.failed) goto done;
    if (curves.len) lc_buf_append(script, curves.data, curves.len);
    if (history.n_line) lc_plot_add(&plot, "using 1:2 with lines", "history", number, "lc rgb " LC_INK " lw 1.2");
    if (f->n_history <= 60 && history.n_line)
        lc_plot_add(&plot, "using 1:2 with points", "history", number, "pt 7 ps 0.45*mark lc rgb " LC_INK);
    if (history.n_dots) lc_plot_add(&plot, "using 1:2 with points", "lone", number, "pt 7 ps 0.5*mark lc rgb " LC_INK);
    if (past.n_line) lc_plot_add(&plot, "using 1:2 with lines", "past", number, "lc rgb " LC_BLUE " lw 1.6 dt (9,5)");
    if (past.n_dots)
        lc_plot_add(&plot, "using 1:2 with points", "pastdots", number, "pt 6 ps 0.8*mark lc rgb " LC_BLUE);
    if (forecast.n_line) lc_plot_add(&plot, "using 1:2 with lines", "forecast", number, "lc rgb " LC_BLUE " lw 2.4");
    if (forecast.n_dots)
        lc_plot_add(&plot, "using 1:2 with points", "step", number, "pt 7 ps 0.8*mark lc rgb " LC_BLUE);
    lc_plot_end(&plot, frame);
    ok = true;
done:
    lc_trace_free(&history);
    lc_trace_free(&forecast);
    lc_trace_free(&past);
    lc_trace_free(&band);
    lc_buf_free(&curves);
    lc_free(order);
    lc_free(j.x);
    return ok;
}

/* One legend serves the page: that of the figure with the most levels. */
static lc_code legend(lc_page *p, lc_buf *script, const lc_forecast_figure *figures, size_t n_figures)
{
    /* Bands overlap: what the eye sees of the k-th is k layers of paint. */
    static const char *const paint[LEVELS_NAMED] = {
        "rgb " LC_BLUE " fs transparent solid 0.18", "rgb " LC_BLUE " fs transparent solid 0.33",
        "rgb " LC_BLUE " fs transparent solid 0.45", "rgb " LC_BLUE " fs transparent solid 0.55"};
    lc_entry entry[3 + LEVELS_NAMED];
    char text[LEVELS_NAMED][LC_TICK_TEXT + 16];
    const lc_forecast_figure *f = figures;
    bool history = false, past = false;
    for (size_t i = 0; i < n_figures; i++) {
        if (figures[i].n_levels > f->n_levels) f = figures + i;
        if (figures[i].n_history) history = true;
        if (figures[i].n_past) past = true;
    }
    size_t n = 0, *order = lc_calloc(f->n_levels, sizeof *order);
    if (!order) return LC_E_MEMORY;
    widest_first(f, order);
    if (history) entry[n++] = (lc_entry){LC_MARK_LINE, "history", "lw 1.2 lc rgb " LC_INK};
    entry[n++] = (lc_entry){LC_MARK_LINE, "forecast", "lw 2.4 lc rgb " LC_BLUE};
    if (past) entry[n++] = (lc_entry){LC_MARK_LINE, "a horizon earlier", "lw 1.6 dt (9,5) lc rgb " LC_BLUE};
    /* Narrow bands first in words, as people say them: 80 %, 95 %. */
    for (size_t k = f->n_levels < LEVELS_NAMED ? f->n_levels : LEVELS_NAMED; k-- > 0;) {
        char number[LC_NUMBER_TEXT];
        lc_format_double(number, f->level[order[k]], 6);
        snprintf(text[k], sizeof text[k], "%s %% interval", number);
        entry[n++] = (lc_entry){LC_MARK_BAND, text[k], paint[k]};
    }
    lc_free(order);
    lc_page_legend(p, script, entry, n);
    return LC_OK;
}

/* to->path NULL: a page for HTML, which is added to the script and not drawn yet. */
static lc_code draw_page(lc_buf *script, const lc_forecast_figure *f, size_t n, const lc_drawing *to, lc_status *st)
{
    lc_page page;
    lc_ticks *ticks = lc_calloc(LC_CHART_MOST, sizeof *ticks);
    lc_axes frames[LC_CHART_MOST] = {0};
    lc_code code = ticks ? lc_page_start(&page, script, to, n, 600, st) : lc_fail_memory(st);
    if (code == LC_OK && legend(&page, script, f, n) != LC_OK) code = lc_fail_memory(st);
    if (code != LC_OK) goto done;
    /* First every panel's labels are measured, so that all plots start at the same distance. */
    int widest = 0;
    lc_buf measure = {0};
    for (size_t i = 0; i < n; i++) {
        frame_of(f + i, frames + i);
        lc_page_panel(&page, &measure, i, "", frames + i);
        lc_axes_y_ticks(&page, frames + i, ticks + i);
        int columns = lc_ticks_columns(ticks + i);
        if (columns > widest) widest = columns;
    }
    lc_buf_free(&measure);
    for (size_t i = 0; i < n && code == LC_OK; i++) {
        frames[i].y_columns = widest;
        frames[i].y_ticks = ticks + i;
        lc_page_panel(&page, script, i, f[i].title, frames + i);
        lc_axes_write(&page, script, frames + i);
        origin(&page, script, f + i, frames + i);
        if (!draw(&page, script, f + i, frames + i, (int)i + 1)) code = lc_fail_memory(st);
    }
    if (code == LC_OK) code = lc_page_finish(&page, script, to->replace, st);
done:
    lc_free(ticks);
    return code;
}

lc_code lc_chart_forecast(const lc_forecast_figure *f, size_t n, const lc_drawing *to, lc_status *st)
{
    lc_buf script = {0};
    lc_code code = draw_page(&script, f, n, to, st);
    lc_buf_free(&script);
    return code;
}

lc_code lc_chart_forecast_inline(lc_buf *script, const lc_forecast_figure *f, const lc_style *style, lc_status *st)
{
    return draw_page(script, f, 1, &(lc_drawing){.style = style}, st);
}
