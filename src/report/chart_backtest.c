#include <math.h>
#include <stdio.h>

#include "report/axis.h"
#include "report/chart.h"
#include "report/gnuplot.h"
#include "report/histogram.h"
#include "report/page.h"
#include "report/trace.h"

enum { STEPS, COVERAGE, RESIDUALS, ECHOES, PANELS = LC_BACKTEST_PARTS };

const char *const lc_backtest_titles[PANELS] = {"Error by step of the horizon", "Values inside their intervals",
                                                "Residuals: actual minus forecast",
                                                "Autocorrelation of the one-step residuals"};

enum { POINTS_MOST = 30 }; /* longer horizons are lines without points */

/* Where a baseline that has a name is so many times worse than the model, errors are read on a logarithmic axis. */
static const double LOG_FROM = 5;
static const double LEAST = 1e-300; /* below that gnuplot's own arithmetic underflows */

/* What the page and all its plots share. */
typedef struct sheet {
    const lc_backtest_figure *f;
    lc_page page;
    lc_buf script;
    lc_axes frame[PANELS];
    lc_ticks ticks[PANELS];
    lc_histogram bars;
} sheet;

/* Told apart by shape, too, where colours are not seen. */
static const struct {
    const char *line, *point;
} styles[LC_CURVES] = {
    [LC_CURVE_MODEL] = {"lw 3 lc rgb " LC_BLUE, "pt 7 ps 1.0*mark lc rgb " LC_BLUE},
    [LC_CURVE_NAIVE] = {"lw 1.6 lc rgb " LC_ORANGE, "pt 5 ps 0.75*mark lc rgb " LC_ORANGE},
    [LC_CURVE_SEASONAL] = {"lw 1.6 lc rgb " LC_GREEN, "pt 9 ps 0.9*mark lc rgb " LC_GREEN},
    [LC_CURVE_BEST] = {"lw 1.6 lc rgb " LC_PURPLE, "pt 13 ps 1.0*mark lc rgb " LC_PURPLE},
    [LC_CURVE_OTHER] = {"lw 1 lc rgb " LC_REST, "pt 7 ps 0.5*mark lc rgb " LC_REST},
};

/* Entries in the order of the kinds. */
static void legend(sheet *s)
{
    const lc_backtest_figure *f = s->f;
    const bool lines = f->horizon > 1;
    lc_entry entry[LC_CURVES];
    size_t n = 0;
    for (lc_curve kind = LC_CURVE_MODEL; kind < LC_CURVES; kind++) {
        size_t i = 0;
        while (i < f->n_curves && f->curve[i].curve != kind) i++;
        if (i == f->n_curves) continue;
        entry[n++] = (lc_entry){lines ? LC_MARK_LINE : LC_MARK_DOT,
                                kind == LC_CURVE_OTHER ? "other baselines" : f->curve[i].name,
                                lines ? styles[kind].line : styles[kind].point};
    }
    lc_page_legend(&s->page, &s->script, entry, n);
}

/* ---- frames ---- */

static lc_range steps_range(size_t n)
{
    lc_range x = {.lo = 1, .hi = (double)(n ? n : 1), .any = true};
    if (n < 2) return (lc_range){.lo = .5, .hi = 1.5, .any = true};
    lc_range_pad(&x, .02);
    x.lo = fmax(x.lo, .5); /* there is no step 0 to mark */
    return x;
}

/* The largest error of a kind of curve; infinite without one. */
static double highest(const lc_backtest_figure *f, lc_curve kind)
{
    lc_range y = {0};
    for (size_t i = 0; i < f->n_curves; i++)
        if (f->curve[i].curve == kind) lc_range_add(&y, f->curve[i].error, f->horizon);
    return y.any ? y.hi : INFINITY;
}

#define DECADES 1e-4 /* of the largest error: what a logarithmic axis goes down to */

/* Background curves may run out of the plot: they must not press the others flat. */
static lc_axes frame_steps(const lc_backtest_figure *f)
{
    lc_range y = {0};
    for (size_t i = 0; i < f->n_curves; i++)
        if (f->curve[i].curve != LC_CURVE_OTHER) lc_range_add(&y, f->curve[i].error, f->horizon);
    lc_axes frame = {.x = steps_range(f->horizon), .whole_x = true, .y_label = f->measure, .x_label = "step"};
    frame.log_y = y.any && y.lo > LEAST && y.hi > LOG_FROM * highest(f, LC_CURVE_MODEL);
    /* Errors that are rounding alone would take the room of all others. */
    if (frame.log_y) y.lo = fmax(y.lo, DECADES * y.hi);
    frame.y = (lc_range){.lo = frame.log_y ? y.lo / 1.15 : 0, .hi = 1, .any = true};
    if (y.any && y.hi > LEAST) frame.y.hi = lc_drawn((frame.log_y ? 1.15 : 1.08) * y.hi);
    return frame;
}

static lc_axes frame_coverage(void)
{
    const lc_range percent = {.lo = 0, .hi = 100, .any = true};
    return (lc_axes){.x = percent, .y = percent, .y_label = "values inside, %", .x_label = "level of the interval, %"};
}

static lc_axes frame_residuals(const lc_backtest_figure *f, const lc_histogram *h)
{
    lc_range x = {0}, y = {0};
    const double ends[] = {h->first - h->width, h->first + (double)h->n * h->width, 0};
    if (h->n) lc_range_add(&x, ends, 3);
    lc_range_add(&y, h->share, h->n);
    lc_range_pad(&x, h->n > 1 ? 0 : .5);
    y = (lc_range){.lo = 0, .hi = y.any ? y.hi : 1, .any = true};
    return (lc_axes){.x = x, .y = y, .y_label = "share of the values, %", .x_label = f->residual_label};
}

static lc_axes frame_echoes(const lc_backtest_figure *f)
{
    lc_range y = {0}, x = {.lo = .4, .hi = (double)f->n_lags + .6, .any = true};
    lc_range_add(&y, f->correlation, f->n_lags);
    lc_range_add(&y, f->band, f->n_lags);
    const double largest = fmax(fabs(y.lo), fabs(y.hi)), most = largest > LEAST ? largest : 1;
    y = (lc_range){.lo = -most, .hi = most, .any = true};
    return (lc_axes){.x = x, .y = y, .whole_x = true, .y_label = "correlation", .x_label = f->lag_label};
}

/* ---- plots ---- */

static void draw_curve(sheet *s, lc_plot *plot, size_t i, const double *x)
{
    const lc_backtest_figure *f = s->f;
    const lc_error_curve *c = &f->curve[i];
    const char *line = styles[c->curve].line, *point = styles[c->curve].point;
    const int number = (int)i + 1;
    lc_trace t = {0};
    lc_trace_line(&t, x, c->error, f->horizon, lc_axes_pixel(&s->page, &s->frame[STEPS]));
    lc_trace_write(&s->script, "error", number, &t.line);
    lc_trace_write(&s->script, "lone", number, &t.dots);
    if (t.n_line) lc_plot_add(plot, "using 1:2 with lines", "error", number, line);
    if (t.n_line && c->curve != LC_CURVE_OTHER && f->horizon <= POINTS_MOST)
        lc_plot_add(plot, "using 1:2 with points", "error", number, point);
    if (t.n_dots) lc_plot_add(plot, "using 1:2 with points", "lone", number, point);
    lc_trace_free(&t);
}

/* The model last and on top. */
static lc_code draw_steps(sheet *s, lc_status *st)
{
    const lc_backtest_figure *f = s->f;
    double *x = lc_calloc(f->horizon, sizeof *x);
    lc_buf curves = {0}; /* gnuplot wants all data before the command that draws them */
    lc_plot plot = {.script = &curves};
    if (!x) return lc_fail_memory(st);
    for (size_t h = 0; h < f->horizon; h++) x[h] = (double)(h + 1);
    for (int kind = LC_CURVES; kind-- > 0;)
        for (size_t i = 0; i < f->n_curves; i++)
            if ((int)f->curve[i].curve == kind) draw_curve(s, &plot, i, x);
    lc_plot_end(&plot, &s->frame[STEPS]);
    if (curves.failed) s->script.failed = true;
    else lc_buf_append(&s->script, curves.data, curves.len);
    lc_buf_free(&curves);
    lc_free(x);
    return LC_OK;
}

#define HALF .45 /* of a plot: more would reach the diagonal */

/* The levels that were asked for in words, largest first, in the corner that the points stay away from. */
static void list_levels(sheet *s, const lc_axes *frame)
{
    const lc_backtest_figure *f = s->f;
    double above = 0;
    int asked = 0, line = 0;
    for (size_t i = 0; i < f->n_levels; i++) {
        if (!f->asked[i] || !isfinite(f->inside[i])) continue;
        above += f->inside[i] - f->level[i];
        asked++;
    }
    for (size_t i = f->n_levels; i-- > 0;) {
        char level[LC_TICK_TEXT], inside[LC_TICK_TEXT], words[2 * LC_TICK_TEXT + 16];
        if (!f->asked[i] || !isfinite(f->inside[i])) continue;
        lc_number_label(level, f->level[i], 4);
        lc_number_label(inside, f->inside[i], 3);
        snprintf(words, sizeof words, "%s %%: %s %% inside", level, inside);
        if (above < 0) lc_axes_note(&s->page, &s->script, frame, LC_TOP_LEFT, line, HALF, words);
        else lc_axes_note(&s->page, &s->script, frame, LC_BOTTOM_RIGHT, asked - 1 - line, HALF, words);
        line++;
    }
}

static void draw_coverage(sheet *s)
{
    const lc_backtest_figure *f = s->f;
    const lc_axes *frame = &s->frame[COVERAGE];
    lc_trace t = {0};
    lc_buf asked = {0};
    lc_trace_line(&t, f->level, f->inside, f->n_levels, 0);
    for (size_t i = 0; i < f->n_levels; i++)
        if (f->asked[i] && isfinite(f->inside[i])) lc_gp(&asked, "%g %g\n", f->level[i], f->inside[i]);
    lc_trace_write(&s->script, "levels", 1, &t.line);
    lc_trace_write(&s->script, "lonelevels", 1, &t.dots);
    lc_trace_write(&s->script, "asked", 1, &asked);
    lc_gp(&s->script, "set arrow from first 0,0 to first 100,100 nohead back dt 2 lw 1.2 lc rgb " LC_FAINT "\n");
    list_levels(s, frame);
    lc_plot plot = {.script = &s->script, .empty = "no intervals"};
    if (t.n_line) lc_plot_add(&plot, "using 1:2 with lines", "levels", 1, "lw 1.6 lc rgb " LC_BLUE);
    if (t.n_line) lc_plot_add(&plot, "using 1:2 with points", "levels", 1, "pt 7 ps 0.55*mark lc rgb " LC_BLUE);
    if (t.n_dots) lc_plot_add(&plot, "using 1:2 with points", "lonelevels", 1, "pt 7 ps 0.55*mark lc rgb " LC_BLUE);
    if (asked.len) lc_plot_add(&plot, "using 1:2 with points", "asked", 1, "pt 7 ps 1.35*mark lc rgb " LC_BLUE);
    lc_plot_end(&plot, frame);
    lc_trace_free(&t);
    lc_buf_free(&asked);
}

static void draw_residuals(sheet *s)
{
    const lc_histogram *h = &s->bars;
    const lc_axes *frame = &s->frame[RESIDUALS];
    char number[LC_TICK_TEXT], words[LC_TICK_TEXT + 32];
    lc_buf rows = {0};
    for (size_t i = 0; i < h->n; i++)
        if (h->share[i] > 0) lc_gp(&rows, "%g %g\n", h->first + (double)i * h->width, h->share[i]);
    lc_trace_write(&s->script, "bars", 1, &rows);
    lc_plot plot = {.script = &s->script};
    if (rows.len) {
        lc_gp(&s->script, "set boxwidth %g\n", .92 * h->width);
        lc_gp(&s->script,
              "set arrow from first 0, graph 0 to first 0, graph 1 nohead front lw 1.6 lc rgb " LC_INK "\n");
        const lc_corner corner = frame->x.lo + frame->x.hi > 0 ? LC_TOP_RIGHT : LC_TOP_LEFT; /* away from zero */
        const double side = corner == LC_TOP_RIGHT ? frame->x.hi : -frame->x.lo, /* that of the words, from zero on */
            share = side / (frame->x.hi - frame->x.lo);
        lc_number_label(number, h->mean, 3);
        snprintf(words, sizeof words, "mean %s", number);
        lc_axes_note(&s->page, &s->script, frame, corner, 0, share, words);
        if (h->beyond > 0) {
            lc_number_label(number, h->beyond, 2);
            snprintf(words, sizeof words, "%s %% lie farther out", number);
            lc_axes_note(&s->page, &s->script, frame, corner, 1, share, words);
        }
        lc_plot_add(&plot, "using 1:2 with boxes", "bars", 1, "lc rgb " LC_BLUE " fs solid 0.55 noborder");
    }
    lc_plot_end(&plot, frame);
    lc_buf_free(&rows);
}

static void draw_echoes(sheet *s)
{
    const lc_backtest_figure *f = s->f;
    const lc_axes *frame = &s->frame[ECHOES];
    lc_buf sticks = {0}, band = {0};
    for (size_t k = 0; k < f->n_lags; k++) {
        const double lag = (double)(k + 1), half = f->band[k];
        if (isfinite(half)) lc_gp(&band, "%g %g %g\n%g %g %g\n", lag - .5, -half, half, lag + .5, -half, half);
        if (isfinite(f->correlation[k])) lc_gp(&sticks, "%g %g\n", lag, f->correlation[k]);
    }
    lc_trace_write(&s->script, "chance", 1, &band);
    lc_trace_write(&s->script, "sticks", 1, &sticks);
    lc_plot plot = {.script = &s->script, .empty = f->n_lags ? "the residuals are all the same" : "too few windows"};
    if (sticks.len) {
        lc_gp(&s->script, "set arrow from graph 0, first 0 to graph 1, first 0 nohead back lw 1 lc rgb " LC_FAINT "\n");
        lc_axes_note(&s->page, &s->script, frame, LC_TOP_RIGHT, 0, 1, "grey: chance alone, 1.96/\xe2\x88\x9an");
        if (band.len)
            lc_plot_add(&plot, "using 1:2:3 with filledcurves", "chance", 1,
                        "lc rgb " LC_FAINT " fs transparent solid 0.18 noborder");
        lc_plot_add(&plot, "using 1:2 with impulses", "sticks", 1, "lw 2.6 lc rgb " LC_BLUE);
        lc_plot_add(&plot, "using 1:2 with points", "sticks", 1, "pt 7 ps 0.6*mark lc rgb " LC_BLUE);
    }
    lc_plot_end(&plot, frame);
    lc_buf_free(&sticks);
    lc_buf_free(&band);
}

/* ---- the page ---- */

static void place(sheet *s, lc_buf *script, size_t i, const char *title)
{
    lc_page_panel(&s->page, script, i, title, &s->frame[i]);
    s->frame[i].right -= s->page.font * .7; /* the last number of an axis is centred at its end */
}

static void frame_panel(sheet *s, size_t i)
{
    const lc_backtest_figure *f = s->f;
    lc_axes *frame = &s->frame[i];
    *frame = i == STEPS       ? frame_steps(f)
             : i == COVERAGE  ? frame_coverage()
             : i == RESIDUALS ? frame_residuals(f, &s->bars)
                              : frame_echoes(f);
    frame->x_labels = true;
}

/* Room for the words above bars and sticks. */
static void add_headroom(sheet *s, size_t i)
{
    lc_axes *frame = &s->frame[i];
    const bool two = i == RESIDUALS && s->bars.beyond > 0;
    const double least = i == RESIDUALS ? (two ? .23 : .17) : .12,
                 share = fmax(least, lc_axes_notes_share(&s->page, frame, two ? 2 : 1));
    if (i == RESIDUALS) frame->y.hi = lc_drawn(frame->y.hi / (1 - share));
    if (i != ECHOES) return;
    frame->y.hi = lc_drawn(frame->y.hi / (1 - 2 * share));
    frame->y.lo = -frame->y.hi;
}

/* Once the frame has its room. */
static void choose_ticks(sheet *s, size_t i)
{
    lc_axes *frame = &s->frame[i];
    lc_ticks *ticks = &s->ticks[i];
    add_headroom(s, i);
    /* Both axes of the levels have the same numbers. */
    if (i == COVERAGE)
        lc_ticks_numbers(ticks, &frame->y, lc_axes_height(&s->page, frame) > 9 * s->page.font ? 6 : 3, true);
    else if (i != ECHOES || s->f->n_lags) lc_axes_y_ticks(&s->page, frame, ticks);
    frame->y_ticks = ticks;
    frame->y_columns = lc_ticks_columns(ticks);
}

static void frame_all(sheet *s)
{
    lc_buf measure = {0};
    int widest = 0;
    for (size_t i = 0; i < PANELS; i++) {
        frame_panel(s, i);
        place(s, &measure, i, "");
        choose_ticks(s, i);
        if (s->frame[i].y_columns > widest) widest = s->frame[i].y_columns;
    }
    lc_buf_free(&measure);
    for (size_t i = 0; i < PANELS; i++) s->frame[i].y_columns = widest;
}

static lc_code draw_panel(sheet *s, size_t i, lc_status *st)
{
    lc_axes_write(&s->page, &s->script, &s->frame[i]);
    if (i == STEPS) return draw_steps(s, st);
    if (i == COVERAGE) draw_coverage(s);
    else if (i == RESIDUALS) draw_residuals(s);
    else draw_echoes(s);
    return LC_OK;
}

static lc_code start(sheet **out, const lc_backtest_figure *f, lc_status *st)
{
    sheet *s = *out = lc_calloc(1, sizeof *s);
    if (!s) return lc_fail_memory(st);
    s->f = f;
    return lc_histogram_make(&s->bars, f->residual, f->n_residuals, st);
}

lc_code lc_chart_backtest(const lc_backtest_figure *f, const lc_drawing *to, lc_status *st)
{
    sheet *s;
    lc_code code = start(&s, f, st);
    if (code == LC_OK) code = lc_page_start_titled(&s->page, &s->script, to, PANELS, f->title, f->detail, st);
    if (code == LC_OK) {
        legend(s);
        frame_all(s);
    }
    for (size_t i = 0; code == LC_OK && i < PANELS; i++) {
        place(s, &s->script, i, lc_backtest_titles[i]);
        code = draw_panel(s, i, st);
    }
    if (code == LC_OK) code = lc_page_finish(&s->page, &s->script, to->replace, st);
    if (s) lc_buf_free(&s->script);
    lc_free(s);
    return code;
}

lc_code lc_chart_backtest_inline(lc_buf *script, const lc_backtest_figure *f, size_t parts, const lc_style *style,
                                 lc_status *st)
{
    enum { HEIGHT = 600 }; /* of a chart of its own */
    sheet *s;
    lc_code code = start(&s, f, st);
    for (size_t i = 0; code == LC_OK && i < parts; i++) {
        code = lc_page_start(&s->page, &s->script, &(lc_drawing){.style = style}, 1, HEIGHT, st);
        if (code != LC_OK) break;
        frame_panel(s, i);
        lc_page_panel(&s->page, &s->script, 0, "", &s->frame[i]);
        s->frame[i].right -= s->page.font * .7;
        choose_ticks(s, i);
        code = draw_panel(s, i, st);
        if (code == LC_OK) code = lc_page_finish(&s->page, &s->script, false, st);
    }
    if (code == LC_OK) lc_buf_append(script, s->script.data, s->script.len);
    if (s) lc_buf_free(&s->script);
    lc_free(s);
    return code == LC_OK && script->failed ? lc_fail_memory(st) : code;
}
