/* Plots on a page: axes, ticks, words in and above them, and the command that draws the curves. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/gnuplot.h"
#include "report/page.h"

static double plot_left(const lc_page *p, const lc_axes *f)
{
    const bool labelled = f->label_room || (f->y_label && *f->y_label);
    return f->left + (labelled ? p->font * 1.7 : 0) + f->y_columns * p->column_px + 12 * p->scale;
}

static double plot_bottom(const lc_page *p, const lc_axes *f)
{
    const double name = f->x_label && *f->x_label ? p->font * 1.9 : 0;
    return f->bottom + name + (f->x_labels ? p->font * (f->calendar ? 3.3 : 1.8) : 6 * p->scale);
}

double lc_axes_height(const lc_page *p, const lc_axes *f)
{
    return f->top - plot_bottom(p, f);
}

/* On a logarithmic axis marks stand where they may: those that are close to the one below keep no number. */
static void drop_close_labels(const lc_page *p, const lc_axes *f, lc_ticks *t)
{
    const double pixel = log(f->y.hi / f->y.lo) / lc_axes_height(p, f);
    double last = -INFINITY;
    for (size_t i = 0; i < t->n; i++) {
        const double at = log(t->tick[i].at / f->y.lo) / pixel;
        if (at < last + 1.2 * p->font) t->tick[i].label[0] = '\0';
        else last = at;
    }
}

void lc_axes_y_ticks(const lc_page *p, const lc_axes *f, lc_ticks *t)
{
    int most = (int)(lc_axes_height(p, f) / (p->font * 3.));
    t->n = 0;
    if (f->log_y) {
        lc_ticks_log(t, &f->y);
        drop_close_labels(p, f, t);
    } else lc_ticks_numbers(t, &f->y, most < 2 ? 2 : most > 8 ? 8 : most, false);
}

double lc_axes_pixel(const lc_page *p, const lc_axes *f)
{
    return (f->x.hi - f->x.lo) / (f->right - plot_left(p, f));
}

static void x_ticks(const lc_page *p, const lc_axes *f, lc_ticks *t)
{
    int columns = (int)((f->right - plot_left(p, f)) / p->column_px);
    if (f->calendar && lc_ticks_dates(t, &f->x, columns)) return;
    /* Labels grow with the numbers: ask again with the room that they turned out to need. */
    enum { MOST = 10 };
    for (int most = MOST; most >= 2; most--) {
        lc_ticks_numbers(t, &f->x, most, f->whole_x);
        const bool alone = t->n < 2 && most < MOST;
        if (!alone && (int)t->n * (lc_ticks_columns(t) + 3) <= columns) return;
        if (!alone) continue;
        /* One number alone is no scale: rather every second one of more. */
        lc_ticks_numbers(t, &f->x, most + 1, f->whole_x);
        for (size_t i = 1; i < t->n; i += 2) t->tick[i].label[0] = '\0';
        return;
    }
}

/* A label that would reach beyond its part of the page keeps its mark only. */
static void drop_cut_labels(const lc_page *p, const lc_axes *f, lc_ticks *t)
{
    const int cell = p->width / p->columns;
    double left = plot_left(p, f), edge = cell * (floor(f->left / cell) + 1);
    for (size_t i = 0; i < t->n; i++) {
        double px = left + (t->tick[i].at - f->x.lo) / (f->x.hi - f->x.lo) * (f->right - left);
        char line[LC_TICK_TEXT];
        snprintf(line, sizeof line, "%s", t->tick[i].label);
        char *cut = strstr(line, "\\n");
        if (cut) *cut = '\0';
        if (px + lc_gp_columns(line) * p->column_px * .45 > edge) t->tick[i].label[0] = '\0';
    }
}

void lc_axes_write(const lc_page *p, lc_buf *script, const lc_axes *f)
{
    lc_ticks *t = lc_calloc(1, sizeof *t);
    if (!t) {
        script->failed = true;
        return;
    }
    lc_gp(script,
          "set lmargin at screen %g\nset rmargin at screen %g\nset bmargin at screen %g\nset tmargin at screen %g\n",
          plot_left(p, f) / p->width, f->right / p->width, plot_bottom(p, f) / p->height, f->top / p->height);
    lc_gp(script, "set xrange [%g:%g]\nset yrange [%g:%g]\n", f->x.lo, f->x.hi, f->y.lo, f->y.hi);
    lc_gp(script, f->log_y ? "set logscale y 10\n" : "unset logscale y\n");
    x_ticks(p, f, t);
    drop_cut_labels(p, f, t);
    lc_ticks_write(script, 'x', t, f->x_labels);
    if (f->y_ticks) {
        lc_ticks_write(script, 'y', f->y_ticks, true);
    } else {
        lc_axes_y_ticks(p, f, t);
        lc_ticks_write(script, 'y', t, true);
    }
    int most;
    if (f->y_label && *f->y_label) {
        const double room = lc_axes_height(p, f),
                     size = lc_page_fit(p, p->font, lc_gp_columns(f->y_label), room, &most);
        lc_gp(script, "set label %q at ", f->y_label, most);
        lc_page_at(p, script, f->left + p->font * .5, f->top - room / 2);
        lc_gp(script, " center rotate by 90 font \",%g\" textcolor rgb " LC_LABEL " noenhanced front\n",
              lc_page_font(p, size));
    }
    if (f->x_label && *f->x_label) {
        const double left = plot_left(p, f),
                     size = lc_page_fit(p, p->font, lc_gp_columns(f->x_label), f->right - left, &most);
        lc_gp(script, "set label %q at ", f->x_label, most);
        lc_page_at(p, script, (left + f->right) / 2, f->bottom + p->font * .65);
        lc_gp(script, " center font \",%g\" textcolor rgb " LC_LABEL " noenhanced front\n", lc_page_font(p, size));
    }
    lc_free(t);
}

enum { NOTE = 90, MARK = 90 }; /* % of the page's font: words in a plot, and above its frame */

/* From the edge of a plot to the middle of a line of words. */
static double inward(double size, int line)
{
    return size * (.9 + 1.4 * line);
}

double lc_axes_notes_share(const lc_page *p, const lc_axes *f, int lines)
{
    enum { MOST = 35 }; /* %: what is drawn needs room, too */
    const double size = p->font * NOTE / 100;
    return fmin((inward(size, lines - 1) + .8 * size) / lc_axes_height(p, f), MOST / 100.);
}

void lc_axes_note(const lc_page *p, lc_buf *script, const lc_axes *f, lc_corner corner, int line, double share,
                  const char *words)
{
    int most;
    const bool left = corner == LC_TOP_LEFT;
    const double room = share * (f->right - plot_left(p, f)) - .8 * p->font,
                 size = lc_page_fit(p, p->font * NOTE / 100, lc_gp_columns(words), room, &most),
                 from_edge = inward(size, line);
    lc_gp(script, "set label %q at ", words, 0);
    lc_page_at(p, script, left ? plot_left(p, f) + p->font * .5 : f->right - p->font * .3,
               corner == LC_BOTTOM_RIGHT ? plot_bottom(p, f) + from_edge : f->top - from_edge);
    lc_gp(script, " %s font \",%g\" textcolor rgb " LC_FAINT " noenhanced front\n", left ? "left" : "right",
          lc_page_font(p, size));
}

void lc_axes_mark(const lc_page *p, lc_buf *script, const lc_axes *f, double x, const char *label)
{
    lc_gp(script, "set arrow from first %g, graph 0 to first %g, graph 1 nohead back dt 2 lw 1 lc rgb " LC_FAINT "\n",
          x, x);
    int most;
    const int columns = lc_gp_columns(label);
    const double left = plot_left(p, f), size = lc_page_fit(p, p->font * MARK / 100, columns, f->right - left, &most);
    double px = left + (x - f->x.lo) / (f->x.hi - f->x.lo) * (f->right - left);
    const double half = columns * p->column_px * size / p->font / 2;
    if (px + half > f->right) px = f->right - half;
    if (px - half < left) px = left + half;
    lc_gp(script, "set label \"%s\" at ", label);
    lc_page_at(p, script, px, f->top + p->font * .65);
    lc_gp(script, " center font \",%g\" textcolor rgb " LC_FAINT " noenhanced front\n", lc_page_font(p, size));
}

/* ---- curves ---- */

void lc_plot_add(lc_plot *p, const char *fmt, const char *name, int number, const char *style)
{
    lc_gp(p->script, p->curves++ ? ", \\\n     " : "plot ");
    lc_gp(p->script, "$%s%d ", name, number);
    lc_gp(p->script, "%s %s notitle", fmt, style);
}

void lc_plot_end(lc_plot *p, const lc_axes *f)
{
    if (p->curves == 0) {
        lc_gp(p->script, "set label \"%s\" at graph 0.5,0.6 center textcolor rgb " LC_FAINT " noenhanced\n",
              p->empty ? p->empty : "no values");
        /* gnuplot draws a frame only around something: a point below it does. */
        lc_gp(p->script, "plot \"+\" using (%g):(%g) with dots lc rgb " LC_PAPER " notitle", f->x.lo, f->y.lo);
    }
    lc_gp(p->script, "\n");
    p->curves = 0;
}
