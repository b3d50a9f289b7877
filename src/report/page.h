/* The page of a chart: its size, panels, axes, legend, and the terminal that draws it. Lengths are pixels of the page,
 * from its lower left corner. */
#ifndef LC_REPORT_PAGE_H
#define LC_REPORT_PAGE_H

#include "base/memory.h"
#include "base/status.h"
#include "report/axis.h"
#include "report/chart.h"
#include "report/style.h"

/* Pixels of a page; all but the margin are those of fonts as charts choose them, and grow with the font. */
enum { LC_PAGE_MARGIN = 18, LC_PAGE_HEADER = 44, LC_PAGE_TITLE = 38, LC_PAGE_STRIP = 20 };

typedef struct lc_page {
    const lc_style *style;
    const char *path; /* NULL: one panel for a page of HTML, which sets title and legend by itself */
    bool script_only; /* .gp */
    int width, height;
    size_t n;
    int columns, rows;
    double font;           /* pixels, of ticks and legend; titles are larger */
    double scale;          /* of the font, 1: as charts choose it; what lies between words grows along */
    double column_px;      /* estimated width of a character of that font */
    double beside_px;      /* width of a legend that shares its line with the title of a lone panel; 0: none does */
    double legend_rows_px; /* height of a legend below the title of a lone panel; 0: none is there */
    double title_px;       /* height of the page's own title, 0: it has none */
    double header_px;      /* above the panels: title and legend */
} lc_page;

/* A plot with its axes. left..top is the room that it may use, labels included. */
typedef struct lc_axes {
    double left, right, bottom, top;
    lc_range x, y;
    bool calendar, whole_x, log_y;
    const char *y_label, *x_label; /* text, also from outside; NULL: none */
    bool label_room;               /* is left for y_label even without one: plots below each other begin alike */
    int y_columns;                 /* width of the y tick labels, equal for all panels of a page */
    bool x_labels;
    const lc_ticks *y_ticks; /* NULL: chosen here */
} lc_axes;

/* Chooses the page for n panels, LC_E_USAGE for a bad n or an extension that no terminal draws, and writes
 * the head of the script. to->path NULL: see lc_page. */
lc_code lc_page_start(lc_page *p, lc_buf *script, const lc_drawing *to, size_t n, int height, lc_status *st);

/* A page of n plots, two in a row, that are one figure. `title` and `detail` behind it stand above the legend; what
 * comes from outside belongs into the title, which is cut where both are too long. */
lc_code lc_page_start_titled(lc_page *p, lc_buf *script, const lc_drawing *to, size_t n, const char *title,
                             const char *detail, lc_status *st);

/* The room of panel i (from 0), its title drawn above. */
void lc_page_panel(const lc_page *p, lc_buf *script, size_t i, const char *title, lc_axes *room);

/* "screen X,Y" of a place on the page; a size in pixels as its terminal counts sizes of fonts. */
void lc_page_at(const lc_page *p, lc_buf *script, double x, double y);
double lc_page_font(const lc_page *p, double px);
/* The size of a font for so many columns of text in `room` pixels: at most `size`, and no less than what that would be
 * were the page's font as charts choose it. *most: columns that then fit. */
double lc_page_fit(const lc_page *p, double size, int columns, double room, int *most);

/* Runs or saves the script. */
lc_code lc_page_finish(const lc_page *p, lc_buf *script, bool replace, lc_status *st);

/* An entry of the legend. The legend is set before the first panel, and before any is measured. */
typedef enum lc_mark { LC_MARK_LINE, LC_MARK_BAND, LC_MARK_DOT } lc_mark;
typedef struct lc_entry {
    lc_mark mark;
    const char *text;
    const char *style; /* gnuplot's words for colour and width */
} lc_entry;
void lc_page_legend(lc_page *p, lc_buf *script, const lc_entry *entry, size_t n);

void lc_axes_y_ticks(const lc_page *p, const lc_axes *f, lc_ticks *t);
void lc_axes_write(const lc_page *p, lc_buf *script, const lc_axes *f);

/* Width of one pixel in units of x. */
double lc_axes_pixel(const lc_page *p, const lc_axes *f);

/* Height of the plot itself. */
double lc_axes_height(const lc_page *p, const lc_axes *f);
/* The share of that height which so many lines of words at its top or bottom take. */
double lc_axes_notes_share(const lc_page *p, const lc_axes *f, int lines);

/* A line of words in a corner of a plot, of whose width it may take `share`; line 0 is the one next to its edge. */
typedef enum lc_corner { LC_TOP_LEFT, LC_TOP_RIGHT, LC_BOTTOM_RIGHT } lc_corner;
void lc_axes_note(const lc_page *p, lc_buf *script, const lc_axes *f, lc_corner corner, int line, double share,
                  const char *words);

/* A thin dashed vertical line at x with a label of ours above the frame. */
void lc_axes_mark(const lc_page *p, lc_buf *script, const lc_axes *f, double x, const char *label);

/* Opens "plot" with a curve, or goes on with a comma; lc_plot_end closes it, drawing an empty frame where
 * nothing was added. */
typedef struct lc_plot {
    lc_buf *script;
    int curves;
    const char *empty; /* words of ours for the empty frame; NULL: "no values" */
} lc_plot;
void lc_plot_add(lc_plot *p, const char *fmt, const char *name, int number, const char *style);
void lc_plot_end(lc_plot *p, const lc_axes *f);

#endif
