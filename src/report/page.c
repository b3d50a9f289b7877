#include "report/page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "report/chart.h"
#include "report/gnuplot.h"

enum { MARGIN = 18, HEADER = 44, TITLE = 38, STRIP = 20 };
/* A chart within a page of HTML: half a desktop wide, and still legible at the width of a phone. */
enum { INLINE_WIDTH = 560, INLINE_SHARE = 58 /* % of the height of a chart of its own */, INLINE_FONT = 15 };

static const struct {
    const char *extension;
    const char *terminal; /* with size and font to follow */
} terminals[] = {{"png", "pngcairo"}, {"svg", "svg"}, {"pdf", "pdfcairo"}, {"gp", "pngcairo"}};
static const char inline_terminal[] = "svg";

static void terminal(const lc_page *p, lc_buf *script, const char *name)
{
    const char *font = p->style->font, *paper = p->style->colour[LC_COLOUR_BACKGROUND];
    if (strcmp(name, "pdfcairo") == 0) {
        /* 120 pixels of the page are an inch: fonts, in points, and lines shrink along. */
        lc_gp(script,
              "set terminal pdfcairo noenhanced color size %gin,%gin font \"%s,%g\" fontscale 1 linewidth 1.2 "
              "pointscale 0.6 background \"%s\"\n",
              p->width / 120., p->height / 120., *font ? font : "sans", p->font * .45, paper);
    } else if (strcmp(name, "svg") == 0) {
        lc_gp(script, "set terminal svg noenhanced size %d,%d dynamic font \"%s,%g\" background \"%s\"\n", p->width,
              p->height, *font ? font : "sans-serif", p->font, paper);
    } else {
        lc_gp(script, "set terminal pngcairo noenhanced size %d,%d font \"%s,%g\" background \"%s\"\n", p->width,
              p->height, *font ? font : "sans", p->font * .75, paper);
    }
}

/* The terminal that the extension of `path` chooses; NULL: none. */
static const char *terminal_of(const char *path)
{
    const char *dot = strrchr(lc_base_name(path), '.');
    for (size_t i = 0; i < sizeof terminals / sizeof terminals[0] && dot; i++)
        if (lc_equal_nocase(dot + 1, terminals[i].extension)) return terminals[i].terminal;
    return NULL;
}

lc_code lc_chart_check(const char *path, lc_status *st)
{
    if (terminal_of(path)) return LC_OK;
    lc_fail_at(st, LC_E_USAGE, path, 0, 0, "no chart format goes by this name");
    lc_hint(st, "let it end in .png, .svg, .pdf, .gp (a gnuplot script) or, for a result, .html (a report)");
    return LC_E_USAGE;
}

/* The head of the script of a page whose sizes are chosen. */
static lc_code begin(lc_page *p, lc_buf *script, lc_status *st)
{
    const char *name = p->path ? lc_base_name(p->path) : "", *dot = strrchr(name, '.'),
               *found = p->path ? terminal_of(p->path) : inline_terminal;
    if (!found) return lc_chart_check(p->path, st);
    p->script_only = p->path && lc_equal_nocase(dot + 1, "gp");
    p->column_px = .6 * p->font;
    if (p->script_only) {
        lc_gp(script, "# gnuplot script: run it with `gnuplot FILE.gp` to draw the output named below.\n"
                      "# For another format change the terminal (svg, pdfcairo, qt) and the output.\n");
    }
    lc_gp(script, "set encoding utf8\n");
    lc_style_write(p->style, script);
    terminal(p, script, found);
    if (p->script_only) {
        lc_buf picture = {0};
        /* "./" keeps a name that begins with | or ~ a plain file name. */
        lc_buf_puts(&picture, "./");
        lc_buf_append(&picture, name, (size_t)(dot - name));
        lc_buf_puts(&picture, ".png");
        if (picture.failed) script->failed = true;
        else lc_gp(script, "set output %q\n", picture.data, 0);
        lc_buf_free(&picture);
    }
    lc_gp(script, "set datafile missing \"NaN\"\n"
                  "set decimalsign \".\"\n"
                  "unset key\n"
                  "set border 3 lc rgb " LC_FRAME " lw 1\n"
                  "set tics out scale 0.5 nomirror textcolor rgb " LC_LABEL "\n"
                  "set xtics noenhanced\nset ytics noenhanced\n"
                  "set grid xtics ytics back lt 1 lc rgb " LC_GRID " lw 1\n"
                  "set style fill transparent solid 0.2 noborder\n"
                  "set multiplot\n");
    return LC_OK;
}

lc_code lc_page_start(lc_page *p, lc_buf *script, const lc_drawing *to, size_t n, int height, lc_status *st)
{
    *p = (lc_page){.path = to->path, .n = n, .style = lc_style_or_usual(to->style)};
    if (n == 0 || n > LC_CHART_MOST)
        return lc_fail(st, LC_E_USAGE, "a page of charts takes 1 to %d of them, not %zu", LC_CHART_MOST, n);
    p->columns = n == 1 ? 1 : n <= 4 ? 2 : 3;
    p->rows = ((int)n + p->columns - 1) / p->columns;
    int cell = p->columns == 1 ? 1200 : p->columns == 2 ? 720 : 600;
    p->font = p->columns == 1 ? 16 : p->columns == 2 ? 17 : 18;
    p->header_px = p->columns == 1 ? 0 : HEADER;
    p->width = cell * p->columns;
    p->height = p->columns == 1 ? height : HEADER + p->rows * (height * 2 / 3);
    if (p->columns == 1 && p->style->width) p->width = p->style->width;
    if (p->columns == 1 && p->style->height) p->height = p->style->height;
    if (!p->path) {
        p->width = INLINE_WIDTH;
        p->height = height * INLINE_SHARE / 100;
        p->font = INLINE_FONT;
    }
    p->font *= p->style->font_scale;
    return begin(p, script, st);
}

static void at(const lc_page *p, lc_buf *script, double x, double y)
{
    lc_gp(script, "screen %g,%g", x / p->width, y / p->height);
}

/* Columns that fit `px` pixels in a font of `size`. */
static int columns_in(double px, double size)
{
    int n = (int)(px / (.6 * size));
    return n < 4 ? 4 : n;
}

static double font_size(const lc_page *p, double px)
{
    /* The pixel terminal counts 4/3 pixels a point, .svg pixels; .pdf has 0.6 points a pixel of ours. */
    const char *dot = p->path ? strrchr(p->path, '.') : ".svg";
    if (dot && lc_equal_nocase(dot, ".svg")) return px;
    return dot && lc_equal_nocase(dot, ".pdf") ? px * .45 : px * .75;
}

lc_code lc_page_start_titled(lc_page *p, lc_buf *script, const lc_drawing *to, size_t n, const char *title,
                             const char *detail, lc_status *st)
{
    enum { CELL_WIDTH = 600, CELL_HEIGHT = 400, FONT = 17 };
    *p = (lc_page){
        .path = to->path, .n = n, .style = lc_style_or_usual(to->style), .columns = 2, .rows = ((int)n + 1) / 2};
    p->font = FONT * p->style->font_scale;
    p->title_px = TITLE;
    p->header_px = TITLE + HEADER;
    p->width = CELL_WIDTH * p->columns;
    p->height = (int)p->header_px + p->rows * CELL_HEIGHT;
    lc_code code = begin(p, script, st);
    if (code != LC_OK) return code;
    const double size = p->font * 1.25;
    const int room = columns_in(p->width - 2. * MARGIN, size), rest = room - lc_gp_columns(detail);
    lc_gp(script, "set label %q . %q at ", title, rest > 1 ? rest : 1, detail, room);
    at(p, script, MARGIN, p->height - TITLE / 2. - 4);
    lc_gp(script, " left font \",%g\" textcolor rgb " LC_INK " noenhanced front\n", font_size(p, size));
    return LC_OK;
}

void lc_page_panel(const lc_page *p, lc_buf *script, size_t i, const char *title, lc_axes *room)
{
    int cell_w = p->width / p->columns;
    double cell_h = (p->height - p->header_px) / p->rows;
    int column = (int)i % p->columns, row = (int)i / p->columns;
    room->left = column * cell_w + MARGIN;
    room->right = (column + 1) * cell_w - MARGIN;
    double top = p->height - p->header_px - row * cell_h;
    room->bottom = top - cell_h + MARGIN / 2.;
    room->top = top - TITLE - STRIP;
    /* The legend is set before the first panel and drawn along with it. */
    if (i) lc_gp(script, "unset label\nunset arrow\nunset object\n");
    if (!p->path) {
        room->top += TITLE - MARGIN / 2.;
        return;
    }
    double size = p->font * (p->columns == 1 ? 1.25 : 1.06);
    double wide = room->right - room->left - (p->columns == 1 ? p->legend_px + MARGIN : 0);
    lc_gp(script, "set label %q at ", title, columns_in(wide, size));
    at(p, script, room->left, top - TITLE / 2. - 6);
    lc_gp(script, " left font \",%g\" textcolor rgb " LC_INK " noenhanced front\n", font_size(p, size));
}

lc_code lc_page_finish(const lc_page *p, lc_buf *script, bool replace, lc_status *st)
{
    lc_gp(script, "unset multiplot\n");
    if (!p->path) {
        /* Another page may follow in the same script. */
        lc_gp(script, "reset\n");
        return script->failed ? lc_fail_memory(st) : LC_OK;
    }
    if (p->script_only) {
        lc_gp(script, "unset output\n");
        return lc_gp_save(script, p->path, replace, st);
    }
    /* The fonts of an .svg are those of whoever looks at it. */
    bool fit_fonts = !lc_equal_nocase(strrchr(p->path, '.'), ".svg");
    return lc_gp_draw(script, fit_fonts, p->path, replace, st);
}

/* Width of a text of ours in the legend's font; proportional fonts are about this wide. */
static double legend_px(const lc_page *p, const char *text)
{
    double em = 0;
    for (; *text; text++) em += strchr("ijlt frI.,:'", *text) ? .36 : strchr("mwMW%", *text) ? .92 : .61;
    return em * p->font;
}

/* Drawn by hand: a key of gnuplot's belongs to one plot and takes its room from it. */
void lc_page_legend(lc_page *p, lc_buf *script, const lc_entry *entry, size_t n)
{
    enum { SAMPLE = 28, GAP = 7, BETWEEN = 20 };
    if (!p->path) return;
    double total = 0, y = p->height - p->title_px - (p->columns == 1 ? TITLE / 2. + 6 : HEADER / 2.);
    for (size_t i = 0; i < n; i++) total += SAMPLE + GAP + legend_px(p, entry[i].text) + (i ? BETWEEN : 0);
    p->legend_px = total;
    double x = p->title_px > 0 ? MARGIN : p->width - MARGIN - total;
    for (size_t i = 0; i < n; i++) {
        double end = x + SAMPLE;
        if (entry[i].mark == LC_MARK_BAND) {
            lc_gp(script, "set object rectangle from ");
            at(p, script, x, y - 6);
            lc_gp(script, " to ");
            at(p, script, end, y + 6);
            lc_gp(script, " fillcolor %s noborder\n", entry[i].style);
        } else if (entry[i].mark == LC_MARK_LINE) {
            lc_gp(script, "set arrow from ");
            at(p, script, x, y);
            lc_gp(script, " to ");
            at(p, script, end, y);
            lc_gp(script, " nohead front %s\n", entry[i].style);
        } else {
            lc_gp(script, "set label \"\" at ");
            at(p, script, (x + end) / 2 + 4, y);
            lc_gp(script, " point %s front\n", entry[i].style);
        }
        lc_gp(script, "set label %q at ", entry[i].text, 0);
        at(p, script, end + GAP, y);
        lc_gp(script, " left textcolor rgb " LC_LABEL " noenhanced front\n");
        x = end + GAP + legend_px(p, entry[i].text) + BETWEEN;
    }
}

/* ---- axes ---- */

static double plot_left(const lc_page *p, const lc_axes *f)
{
    const bool labelled = f->label_room || (f->y_label && *f->y_label);
    return f->left + (labelled ? p->font * 1.7 : 0) + f->y_columns * p->column_px + 12;
}

static double plot_bottom(const lc_page *p, const lc_axes *f)
{
    const double name = f->x_label && *f->x_label ? p->font * 1.9 : 0;
    return f->bottom + name + (f->x_labels ? p->font * (f->calendar ? 3.3 : 1.8) : 6);
}

void lc_axes_y_ticks(const lc_page *p, const lc_axes *f, lc_ticks *t)
{
    int most = (int)((f->top - plot_bottom(p, f)) / (p->font * 3.));
    t->n = 0;
    if (f->log_y) lc_ticks_log(t, &f->y);
    else lc_ticks_numbers(t, &f->y, most < 2 ? 2 : most > 8 ? 8 : most, false);
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
    if (f->y_label && *f->y_label) {
        lc_gp(script, "set label %q at ", f->y_label, columns_in(f->top - f->bottom, p->font));
        at(p, script, f->left + p->font * .5, (f->top + plot_bottom(p, f)) / 2);
        lc_gp(script, " center rotate by 90 textcolor rgb " LC_LABEL " noenhanced front\n");
    }
    if (f->x_label && *f->x_label) {
        const double left = plot_left(p, f);
        lc_gp(script, "set label %q at ", f->x_label, columns_in(f->right - left, p->font));
        at(p, script, (left + f->right) / 2, f->bottom + p->font * .65);
        lc_gp(script, " center textcolor rgb " LC_LABEL " noenhanced front\n");
    }
    lc_free(t);
}

void lc_axes_note(const lc_page *p, lc_buf *script, const lc_axes *f, lc_corner corner, int line, const char *words)
{
    const bool left = corner == LC_TOP_LEFT;
    const double inward = p->font * (.8 + 1.25 * line);
    lc_gp(script, "set label %q at ", words, 0);
    at(p, script, left ? plot_left(p, f) + p->font * .5 : f->right - p->font * .3,
       corner == LC_BOTTOM_RIGHT ? plot_bottom(p, f) + inward : f->top - inward);
    lc_gp(script, " %s font \",%g\" textcolor rgb " LC_FAINT " noenhanced front\n", left ? "left" : "right",
          font_size(p, p->font * .9));
}

void lc_axes_mark(const lc_page *p, lc_buf *script, const lc_axes *f, double x, const char *label)
{
    lc_gp(script, "set arrow from first %g, graph 0 to first %g, graph 1 nohead back dt 2 lw 1 lc rgb " LC_FAINT "\n",
          x, x);
    double left = plot_left(p, f), px = left + (x - f->x.lo) / (f->x.hi - f->x.lo) * (f->right - left);
    double half = lc_gp_columns(label) * p->column_px / 2;
    if (px + half > f->right) px = f->right - half;
    if (px - half < left) px = left + half;
    lc_gp(script, "set label \"%s\" at ", label);
    at(p, script, px, f->top + p->font * .65);
    lc_gp(script, " center font \",%g\" textcolor rgb " LC_FAINT " noenhanced front\n", font_size(p, p->font * .9));
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
