#include "report/page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "report/chart.h"
#include "report/gnuplot.h"

/* A chart within a page of HTML: half a desktop wide, and still legible at the width of a phone. */
enum { INLINE_WIDTH = 560, INLINE_SHARE = 58 /* % of the height of a chart of its own */, INLINE_FONT = 15 };

#define COLUMN .6 /* estimated width of a character, of its height */

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
    p->column_px = COLUMN * p->font;
    if (p->script_only) {
        lc_gp(script, "# gnuplot script: run it with `gnuplot FILE.gp` to draw the output named below.\n"
                      "# For another format change the terminal (svg, pdfcairo, qt) and the output.\n");
    }
    lc_gp(script, "set encoding utf8\n");
    lc_style_write(p->style, script);
    /* Points grow with the font in this terminal alone. */
    lc_gp(script, "mark = %g\n", strcmp(found, "svg") == 0 ? 1 / p->scale : 1.);
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

static void choose_font(lc_page *p, double usual)
{
    p->scale = p->style->font_scale;
    p->font = usual * p->scale;
}

/* A font that a chart has no room for gives way, down to the one that it would have chosen. */
static void bound_font(lc_page *p)
{
    enum { ACROSS = 16, DOWN = 14, DOWN_INLINE = 9 /* without title and legend */ };
    const double usual = p->font / p->scale,
                 most = fmin(p->width / (double)ACROSS, p->height / (double)(p->path ? DOWN : DOWN_INLINE));
    if (p->scale <= 1 || p->font <= most) return;
    p->font = fmax(most, usual);
    p->scale = p->font / usual;
}

/* What a row of panels needs beyond its usual height, so that its plots keep theirs: title, strip, and the names and
 * numbers below. */
static int more_height(const lc_page *p)
{
    enum { LINES_BELOW = 4 };
    return p->scale > 1 ? (int)((p->scale - 1) * (LC_PAGE_TITLE + LC_PAGE_STRIP + LINES_BELOW * p->font / p->scale))
                        : 0;
}

lc_code lc_page_start(lc_page *p, lc_buf *script, const lc_drawing *to, size_t n, int height, lc_status *st)
{
    *p = (lc_page){.path = to->path, .n = n, .style = lc_style_or_usual(to->style)};
    if (n == 0 || n > LC_CHART_MOST)
        return lc_fail(st, LC_E_USAGE, "a page of charts takes 1 to %d of them, not %zu", LC_CHART_MOST, n);
    p->columns = n == 1 ? 1 : n <= 4 ? 2 : 3;
    p->rows = ((int)n + p->columns - 1) / p->columns;
    int cell = p->columns == 1 ? 1200 : p->columns == 2 ? 720 : 600;
    const double font = p->columns == 1 ? 16 : p->columns == 2 ? 17 : 18;
    choose_font(p, p->path ? font : INLINE_FONT);
    p->header_px = p->columns == 1 ? 0 : LC_PAGE_HEADER * p->scale;
    p->width = cell * p->columns;
    p->height = p->columns == 1 ? height : (int)p->header_px + p->rows * (height * 2 / 3 + more_height(p));
    if (p->columns == 1 && p->style->width) p->width = p->style->width;
    if (p->columns == 1 && p->style->height) p->height = p->style->height;
    if (!p->path) {
        p->width = INLINE_WIDTH;
        p->height = height * INLINE_SHARE / 100 + more_height(p);
    }
    if (p->columns == 1) bound_font(p);
    return begin(p, script, st);
}

void lc_page_at(const lc_page *p, lc_buf *script, double x, double y)
{
    lc_gp(script, "screen %g,%g", x / p->width, y / p->height);
}

double lc_page_font(const lc_page *p, double px)
{
    /* The pixel terminal counts 4/3 pixels a point, .svg pixels; .pdf has 0.6 points a pixel of ours. */
    const char *dot = p->path ? strrchr(p->path, '.') : ".svg";
    if (dot && lc_equal_nocase(dot, ".svg")) return px;
    return dot && lc_equal_nocase(dot, ".pdf") ? px * .45 : px * .75;
}

double lc_page_fit(const lc_page *p, double size, int columns, double room, int *most)
{
    const double least = p->scale > 1 ? size / p->scale : size;
    if (columns * COLUMN * size > room) size = fmax(room / (columns * COLUMN), least);
    const int n = (int)(room / (COLUMN * size) + 1e-6);
    *most = n < 4 ? 4 : n;
    return size;
}

lc_code lc_page_start_titled(lc_page *p, lc_buf *script, const lc_drawing *to, size_t n, const char *title,
                             const char *detail, lc_status *st)
{
    enum { CELL_WIDTH = 600, CELL_HEIGHT = 400, FONT = 17 };
    *p = (lc_page){
        .path = to->path, .n = n, .style = lc_style_or_usual(to->style), .columns = 2, .rows = ((int)n + 1) / 2};
    choose_font(p, FONT);
    p->title_px = LC_PAGE_TITLE * p->scale;
    p->header_px = p->title_px + LC_PAGE_HEADER * p->scale;
    p->width = CELL_WIDTH * p->columns;
    p->height = (int)p->header_px + p->rows * (CELL_HEIGHT + more_height(p));
    lc_code code = begin(p, script, st);
    if (code != LC_OK) return code;
    int most;
    const int columns = lc_gp_columns(title) + lc_gp_columns(detail);
    const double size = lc_page_fit(p, p->font * 1.25, columns, p->width - 2. * LC_PAGE_MARGIN, &most);
    const int rest = most - lc_gp_columns(detail);
    lc_gp(script, "set label %q . %q at ", title, rest > 1 ? rest : 1, detail, most);
    lc_page_at(p, script, LC_PAGE_MARGIN, p->height - (LC_PAGE_TITLE / 2. + 4) * p->scale);
    lc_gp(script, " left font \",%g\" textcolor rgb " LC_INK " noenhanced front\n", lc_page_font(p, size));
    return LC_OK;
}

void lc_page_panel(const lc_page *p, lc_buf *script, size_t i, const char *title, lc_axes *room)
{
    int cell_w = p->width / p->columns;
    double cell_h = (p->height - p->header_px) / p->rows;
    int column = (int)i % p->columns, row = (int)i / p->columns;
    room->left = column * cell_w + LC_PAGE_MARGIN;
    room->right = (column + 1) * cell_w - LC_PAGE_MARGIN;
    double top = p->height - p->header_px - row * cell_h;
    room->bottom = top - cell_h + LC_PAGE_MARGIN / 2.;
    room->top = top - (LC_PAGE_TITLE + LC_PAGE_STRIP) * p->scale - p->legend_rows_px;
    /* The legend is set before the first panel and drawn along with it. */
    if (i) lc_gp(script, "unset label\nunset arrow\nunset object\n");
    if (!p->path) {
        room->top += LC_PAGE_TITLE * p->scale - LC_PAGE_MARGIN / 2.;
        return;
    }
    int most;
    const double wide = room->right - room->left - (p->beside_px > 0 ? p->beside_px + LC_PAGE_MARGIN : 0),
                 size = lc_page_fit(p, p->font * (p->columns == 1 ? 1.25 : 1.06), lc_gp_columns(title), wide, &most);
    lc_gp(script, "set label %q at ", title, most);
    lc_page_at(p, script, room->left, top - (LC_PAGE_TITLE / 2. + 6) * p->scale);
    lc_gp(script, " left font \",%g\" textcolor rgb " LC_INK " noenhanced front\n", lc_page_font(p, size));
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
