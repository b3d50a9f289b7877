#include <math.h>
#include <stdlib.h>

#include "report/axis.h"
#include "report/chart.h"
#include "report/gnuplot.h"
#include "report/page.h"
#include "report/trace.h"

/* The series above, its score below, on one time axis. */
typedef struct panel {
    bool score_only;
    lc_axes series, score;
    lc_ticks series_ticks, score_ticks;
} panel;

/* The ends of a bound, as far as they leave the values the better part of the plot: wide ones run out of it. */
static void add_bound(lc_range *y, const lc_range *values, const double *bound, size_t n)
{
    const double reach = values->any && values->hi > values->lo ? .3 * (values->hi - values->lo) : INFINITY;
    lc_range wide = {0};
    lc_range_add(&wide, bound, n);
    const double ends[] = {fmax(wide.lo, values->lo - reach), fmin(wide.hi, values->hi + reach)};
    if (wide.any) lc_range_add(y, ends, 2);
}

static void frame_of(const lc_detect_figure *f, panel *d)
{
    lc_range x = {0}, y = {0};
    lc_range_add(&x, f->x, f->n);
    lc_range_pad(&x, .012);
    lc_range_add(&y, f->y, f->n);
    lc_range_add(&y, f->expected, f->n);
    d->score_only = !y.any;
    const lc_range values = y;
    add_bound(&y, &values, f->lo, f->n);
    add_bound(&y, &values, f->hi, f->n);
    lc_range_pad(&y, .06);
    d->series = (lc_axes){
        .x = x, .y = y, .calendar = f->calendar, .whole_x = !f->calendar, .y_label = f->y_label, .label_room = true};
    d->score = d->series;
    d->score.y = (lc_range){.lo = -.02, .hi = 1.05, .any = true};
    d->score.y_label = "score";
    d->score.x_labels = true;
}

static void place(const lc_page *p, lc_buf *script, size_t i, const char *title, panel *d)
{
    lc_axes room;
    lc_page_panel(p, script, i, title, &room);
    const double apart = 8 * p->scale, top = room.top + 8, least = 2.7 * p->font; /* three numbers below each other */
    /* The lower plot carries the labels of the time axis. */
    double cut = room.bottom + (top - room.bottom) * .3 + p->font * 2;
    d->series.left = d->score.left = room.left;
    d->series.right = d->score.right = room.right;
    d->score.bottom = room.bottom;
    d->score.top = cut - apart;
    cut += fmax(0, least - lc_axes_height(p, &d->score));
    d->series.top = top;
    d->series.bottom = cut;
    d->score.top = d->score_only ? top : cut - apart;
}

/* Flagged rows as points: on the value, else on what was expected, else at the foot of the plot. Each is
 * drawn, however many points the lines leave out. */
static void flags(lc_buf *rows, const lc_detect_figure *f, const double *y, const lc_axes *frame)
{
    for (size_t i = 0; i < f->n; i++) {
        if (!f->anomaly[i] || !isfinite(f->x[i])) continue;
        const double at = isfinite(y[i]) ? y[i] : isfinite(f->expected[i]) ? f->expected[i] : frame->y.lo;
        lc_gp(rows, "%g %g\n", lc_drawn(f->x[i]), lc_drawn(at));
    }
}

/* Where words stand, in pixels from the lower left corner of the plot. */
typedef struct placed {
    double left, right, y;
} placed;

static bool is_free(const placed *list, size_t n, const placed *at, double font)
{
    for (size_t i = 0; i < n; i++)
        if (at->left < list[i].right && at->right > list[i].left && fabs(at->y - list[i].y) < 1.2 * font) return false;
    return true;
}

/* Words beside the flags, where there are few enough of them to be told apart; none over others. */
static void words(const lc_page *p, lc_buf *script, const lc_detect_figure *f, const lc_axes *frame, const double *y)
{
    enum { MOST = 8, COLUMNS = 24 };
    const double pixel = lc_axes_pixel(p, frame), height = lc_axes_height(p, frame);
    placed list[MOST];
    size_t n = 0, done = 0;
    for (size_t i = 0; i < f->n; i++) n += f->anomaly[i] ? 1 : 0;
    for (size_t i = 0; f->why && n <= MOST && i < f->n; i++) {
        if (!f->anomaly[i] || !*f->why[i] || !isfinite(f->x[i]) || !isfinite(y[i])) continue;
        const bool left = f->x[i] < frame->x.lo + .8 * (frame->x.hi - frame->x.lo); /* there is room to the right */
        const bool below = y[i] < f->expected[i];
        const double x = (f->x[i] - frame->x.lo) / pixel, up = (y[i] - frame->y.lo) / (frame->y.hi - frame->y.lo),
                     wide = fmin(lc_gp_columns(f->why[i]), COLUMNS) * p->column_px;
        const placed at = {left ? x : x - wide, left ? x + wide : x, up * height + (below ? -p->font : p->font)};
        if (!is_free(list, done, &at, p->font)) continue;
        list[done++] = at;
        lc_gp(script,
              "set label %q at first %g,%g %s offset character %s,%s textcolor rgb " LC_RED " noenhanced front\n",
              f->why[i], COLUMNS, lc_drawn(f->x[i]), lc_drawn(y[i]), left ? "left" : "right", left ? "0.6" : "-0.6",
              below ? "-0.6" : "0.7");
    }
}

/* Rows whose score reaches the threshold, as stripes from where they begin to where they end. */
static void events(lc_buf *script, const lc_detect_figure *f, double pixel)
{
    enum { MOST = 400 };
    size_t n = 0;
    for (size_t i = 0; i < f->n && n < MOST; i++) {
        if (!(f->score[i] >= .5)) continue;
        size_t end = i;
        while (end + 1 < f->n && f->score[end + 1] >= .5) end++;
        lc_gp(script,
              "set object rectangle from first %g, graph 0 to first %g, graph 1 behind fs solid 1 noborder fc "
              "rgb " LC_EVENT "\n",
              lc_drawn(f->x[i] - pixel), lc_drawn(f->x[end] + pixel));
        n++;
        i = end;
    }
}

static void draw_flags(lc_plot *plot, const lc_buf *marks, const char *name, int number)
{
    if (!marks->len) return;
    lc_plot_add(plot, "using 1:2 with points", name, number, "pt 7 ps 1.25*mark lc rgb " LC_PAPER);
    lc_plot_add(plot, "using 1:2 with points", name, number, "pt 7 ps 0.95*mark lc rgb " LC_RED);
}

static void draw_series(const lc_page *p, lc_buf *script, const lc_detect_figure *f, const lc_axes *frame, int number,
                        double pixel)
{
    lc_trace y = {0}, expected = {0}, band = {0};
    lc_buf marks = {0};
    double step = f->n > 1 ? (f->x[f->n - 1] - f->x[0]) / (double)(f->n - 1) : 0;
    double half = isfinite(step) && step > 0 ? fmin(step * .4, (frame->x.hi - frame->x.lo) / 40) : pixel * 4;
    events(script, f, pixel);
    words(p, script, f, frame, f->y);
    lc_trace_line(&y, f->x, f->y, f->n, pixel);
    lc_trace_line(&expected, f->x, f->expected, f->n, pixel);
    lc_trace_band(&band, f->x, f->lo, f->hi, f->n, pixel, half);
    flags(&marks, f, f->y, frame);
    lc_trace_write(script, "band", number, &band.line);
    lc_trace_write(script, "expected", number, &expected.line);
    lc_trace_write(script, "values", number, &y.line);
    lc_trace_write(script, "lone", number, &y.dots);
    lc_trace_write(script, "flags", number, &marks);
    lc_plot plot = {.script = script};
    if (band.n_line)
        lc_plot_add(&plot, "using 1:2:3 with filledcurves", "band", number,
                    "lc rgb " LC_BLUE " fs transparent solid 0.15 noborder");
    if (expected.n_line) lc_plot_add(&plot, "using 1:2 with lines", "expected", number, "lc rgb " LC_BLUE " lw 1.4");
    bool dense = f->n > LC_TRACE_ALL;
    if (y.n_line)
        lc_plot_add(&plot, "using 1:2 with lines", "values", number,
                    dense ? "lc rgb " LC_INK " lw 0.8" : "lc rgb " LC_INK " lw 1.2");
    if (y.n_dots) lc_plot_add(&plot, "using 1:2 with points", "lone", number, "pt 7 ps 0.65*mark lc rgb " LC_INK);
    draw_flags(&plot, &marks, "flags", number);
    lc_plot_end(&plot, frame);
    lc_trace_free(&y);
    lc_trace_free(&expected);
    lc_trace_free(&band);
    lc_buf_free(&marks);
}

static void draw_score(const lc_page *p, lc_buf *script, const lc_detect_figure *f, const panel *d, int number,
                       double pixel)
{
    lc_trace score = {0};
    lc_buf marks = {0};
    events(script, f, pixel);
    if (d->score_only) {
        words(p, script, f, &d->score, f->score);
        flags(&marks, f, f->score, &d->score);
    }
    lc_trace_line(&score, f->x, f->score, f->n, pixel);
    lc_trace_write(script, "score", number, &score.line);
    lc_trace_write(script, "lonescore", number, &score.dots);
    lc_trace_write(script, "scoreflags", number, &marks);
    lc_gp(script,
          "set arrow from graph 0, first 0.5 to graph 1, first 0.5 nohead back dt 2 lw 1 lc rgb " LC_FAINT "\n");
    lc_plot plot = {.script = script};
    if (score.n_line) lc_plot_add(&plot, "using 1:2 with lines", "score", number, "lc rgb " LC_ORANGE " lw 1.3");
    if (score.n_dots)
        lc_plot_add(&plot, "using 1:2 with points", "lonescore", number, "pt 7 ps 0.65*mark lc rgb " LC_ORANGE);
    draw_flags(&plot, &marks, "scoreflags", number);
    lc_plot_end(&plot, &d->score);
    lc_buf_free(&marks);
    lc_trace_free(&score);
}

/* to->path NULL: a page for HTML, which is added to the script and not drawn yet. */
static lc_code draw_page(lc_buf *script, const lc_detect_figure *f, size_t n, const lc_drawing *to, lc_status *st)
{
    static const lc_entry entries[] = {{LC_MARK_LINE, "value", "lw 1.2 lc rgb " LC_INK},
                                       {LC_MARK_LINE, "expected", "lw 1.4 lc rgb " LC_BLUE},
                                       {LC_MARK_BAND, "expected range", "rgb " LC_BLUE " fs transparent solid 0.15"},
                                       {LC_MARK_BAND, "over the threshold", "rgb " LC_EVENT " fs solid 1"},
                                       {LC_MARK_DOT, "flag", "pt 7 ps 0.95*mark lc rgb " LC_RED}};
    lc_page page;
    lc_buf measure = {0};
    panel *panels = lc_calloc(LC_CHART_MOST, sizeof *panels);
    lc_code code = panels ? lc_page_start(&page, script, to, n, 680, st) : lc_fail_memory(st);
    if (code != LC_OK) goto done;
    lc_page_legend(&page, script, entries, sizeof entries / sizeof entries[0]);
    int widest = 0;
    for (size_t i = 0; i < n; i++) {
        panel *d = panels + i;
        frame_of(f + i, d);
        place(&page, &measure, i, "", d);
        lc_axes_y_ticks(&page, &d->series, &d->series_ticks);
        lc_ticks_numbers(&d->score_ticks, &d->score.y, 3, false);
        int columns = lc_ticks_columns(&d->series_ticks), below = lc_ticks_columns(&d->score_ticks);
        if (below > columns) columns = below;
        if (columns > widest) widest = columns;
    }
    for (size_t i = 0; i < n; i++) {
        panel *d = panels + i;
        d->series.y_columns = d->score.y_columns = widest;
        d->series.y_ticks = &d->series_ticks;
        d->score.y_ticks = &d->score_ticks;
        place(&page, script, i, f[i].title, d);
        double pixel = lc_axes_pixel(&page, &d->series);
        if (!d->score_only) {
            lc_axes_write(&page, script, &d->series);
            draw_series(&page, script, f + i, &d->series, (int)i + 1, pixel);
            lc_gp(script, "unset label\nunset arrow\nunset object\n");
        }
        lc_axes_write(&page, script, &d->score);
        draw_score(&page, script, f + i, d, (int)i + 1, pixel);
    }
    code = lc_page_finish(&page, script, to->replace, st);
done:
    lc_buf_free(&measure);
    lc_free(panels);
    return code;
}

lc_code lc_chart_detect(const lc_detect_figure *f, size_t n, const lc_drawing *to, lc_status *st)
{
    lc_buf script = {0};
    lc_code code = draw_page(&script, f, n, to, st);
    lc_buf_free(&script);
    return code;
}

lc_code lc_chart_detect_inline(lc_buf *script, const lc_detect_figure *f, const lc_style *style, lc_status *st)
{
    return draw_page(script, f, 1, &(lc_drawing){.style = style}, st);
}
