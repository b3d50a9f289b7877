#include <math.h>
#include <stdio.h>

#include "report/axis.h"
#include "report/chart.h"
#include "report/gnuplot.h"
#include "report/page.h"
#include "report/trace.h"

enum { LOG_FROM = 30 }; /* a loss that falls further than this is read on a logarithmic axis */

static void add_positive(lc_range *r, const double *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (v[i] > 1e-300) lc_range_add(r, v + i, 1);
}

static void choose_y(const lc_loss_figure *f, lc_axes *frame)
{
    lc_range all = {0}, positive = {0};
    lc_range_add(&all, f->train, f->n);
    lc_range_add(&all, f->valid, f->n);
    add_positive(&positive, f->train, f->n);
    add_positive(&positive, f->valid, f->n);
    frame->log_y = all.any && all.lo > 1e-300 && positive.hi / positive.lo > LOG_FROM;
    frame->y = all;
    if (frame->log_y) {
        double more = pow(positive.hi / positive.lo, .06);
        frame->y.lo = fmax(positive.lo / more, 1e-300);
        frame->y.hi = lc_drawn(positive.hi * more);
    } else {
        lc_range_pad(&frame->y, .06);
    }
}

/* The best epoch: its line, its label and the point on the curve that chose it. */
static void mark_best(const lc_page *p, lc_buf *script, const lc_loss_figure *f, const lc_axes *frame)
{
    char number[LC_TICK_TEXT] = "", label[2 * LC_TICK_TEXT];
    double v = f->valid[f->best - 1];
    if (!isfinite(v)) v = f->train[f->best - 1];
    if (isfinite(v)) lc_number_label(number, v, 4);
    snprintf(label, sizeof label, "best epoch %zu%s%s", f->best, number[0] ? ": " : "", number);
    lc_axes_mark(p, script, frame, (double)f->best, label);
    if (isfinite(v)) {
        lc_gp(script, "set label \"\" at first %g,%g point pt 7 ps 1.1*mark lc rgb " LC_ORANGE " front\n",
              (double)f->best, lc_drawn(v));
    }
}

static void draw(lc_buf *script, const lc_loss_figure *f, const lc_axes *frame, const double *epoch, double pixel)
{
    static const char *const names[] = {"train", "valid"}, *const lone[] = {"trainlone", "validlone"};
    static const char *const line[] = {"lc rgb " LC_BLUE " lw 1.8", "lc rgb " LC_ORANGE " lw 2.2"};
    static const char *const dot[] = {"pt 7 ps 0.6*mark lc rgb " LC_BLUE, "pt 7 ps 0.6*mark lc rgb " LC_ORANGE};
    const double *const curves[] = {f->train, f->valid};
    lc_trace t[2] = {0};
    for (int i = 0; i < 2; i++) {
        lc_trace_line(t + i, epoch, curves[i], f->n, pixel);
        lc_trace_write(script, names[i], 1, &t[i].line);
        lc_trace_write(script, lone[i], 1, &t[i].dots);
    }
    lc_plot plot = {.script = script};
    for (int i = 0; i < 2; i++) {
        if (t[i].n_line) lc_plot_add(&plot, "using 1:2 with lines", names[i], 1, line[i]);
        if (t[i].n_dots) lc_plot_add(&plot, "using 1:2 with points", lone[i], 1, dot[i]);
    }
    lc_plot_end(&plot, frame);
    lc_trace_free(t);
    lc_trace_free(t + 1);
}

lc_code lc_chart_loss(const lc_loss_figure *f, const lc_drawing *to, lc_status *st)
{
    static const lc_entry entries[] = {{LC_MARK_LINE, "training", "lw 1.8 lc rgb " LC_BLUE},
                                       {LC_MARK_LINE, "validation", "lw 2.2 lc rgb " LC_ORANGE}};
    lc_page page;
    lc_buf script = {0};
    lc_axes frame = {.whole_x = true, .y_label = f->y_label, .x_label = "epoch", .x_labels = true};
    lc_ticks *ticks = lc_calloc(1, sizeof *ticks);
    double *epoch = lc_calloc(f->n, sizeof *epoch);
    lc_code code = ticks && epoch ? lc_page_start(&page, &script, to, 1, 600, st) : lc_fail_memory(st);
    if (code != LC_OK) goto done;
    for (size_t i = 0; i < f->n; i++) epoch[i] = (double)(i + 1);
    frame.x = (lc_range){.lo = 1, .hi = f->n > 1 ? (double)f->n : 2, .any = true};
    if (f->n == 1) frame.x.lo = 0;
    lc_range_pad(&frame.x, .012);
    choose_y(f, &frame);
    lc_page_legend(&page, &script, entries, sizeof entries / sizeof entries[0]);
    lc_page_panel(&page, &script, 0, f->title, &frame);
    lc_axes_y_ticks(&page, &frame, ticks);
    frame.y_ticks = ticks;
    frame.y_columns = lc_ticks_columns(ticks);
    lc_axes_write(&page, &script, &frame);
    if (f->best >= 1 && f->best <= f->n) mark_best(&page, &script, f, &frame);
    draw(&script, f, &frame, epoch, lc_axes_pixel(&page, &frame));
    code = lc_page_finish(&page, &script, to->replace, st);
done:
    lc_free(ticks);
    lc_free(epoch);
    lc_buf_free(&script);
    return code;
}
