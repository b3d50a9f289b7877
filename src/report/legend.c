/* The legend of a page: beside the title where there is room for both, else in lines of its own. */
#include <math.h>
#include <string.h>

#include "report/gnuplot.h"
#include "report/page.h"

/* Pixels where fonts are as charts choose them: the sample of an entry, half of the height of its band, what lies
 * between it and its text, and between two entries. */
enum { SAMPLE = 28, HALF_BAND = 6, GAP = 7, BETWEEN = 20 };

/* Of the font: from one line of the legend to the next, what is left beside it for a title, and from the middle of a
 * title to the first line below it without that line's own half. */
#define LINE 1.5
#define TITLE_ROOM 9
#define BELOW_TITLE .8

#define SHARE .2    /* of the page's height that lines of its own may take */
#define SMALLER .95 /* from one size of the font to the next that is tried */

/* Lengths for a font of some size. */
typedef struct measures {
    double size, sample, half_band, gap, between, line;
} measures;

static measures measure(const lc_page *p, double size)
{
    const double usual = size * p->scale / p->font; /* 1: as charts choose it */
    return (measures){.size = size,
                      .sample = SAMPLE * usual,
                      .half_band = HALF_BAND * usual,
                      .gap = GAP * usual,
                      .between = BETWEEN * usual,
                      .line = LINE * size};
}

/* Proportional fonts are about this wide. */
static double text_px(const char *text, double size)
{
    double em = 0;
    for (; *text; text++) em += strchr("ijlt frI.,:'", *text) ? .36 : strchr("mwMW%", *text) ? .92 : .61;
    return em * size;
}

static double entry_px(const lc_entry *e, const measures *m)
{
    return m->sample + m->gap + text_px(e->text, m->size);
}

/* The width of all entries in one line. */
static double total_px(const lc_entry *entry, size_t n, const measures *m)
{
    double total = 0;
    for (size_t i = 0; i < n; i++) total += entry_px(&entry[i], m) + (i ? m->between : 0);
    return total;
}

/* Entries from `from` on that fit a line; at least one. */
static size_t in_line(const lc_entry *entry, size_t n, size_t from, const measures *m, double room)
{
    double x = entry_px(&entry[from], m);
    size_t i = from + 1;
    while (i < n && x + m->between + entry_px(&entry[i], m) <= room) x += m->between + entry_px(&entry[i++], m);
    return i - from;
}

static size_t lines_of(const lc_entry *entry, size_t n, const measures *m, double room)
{
    size_t lines = 0;
    for (size_t i = 0; i < n; i += in_line(entry, n, i, m, room)) lines++;
    return lines;
}

static void put_entry(const lc_page *p, lc_buf *script, const lc_entry *e, const measures *m, double x, double y,
                      double room)
{
    const double end = x + m->sample;
    int most;
    if (e->mark == LC_MARK_BAND) {
        lc_gp(script, "set object rectangle from ");
        lc_page_at(p, script, x, y - m->half_band);
        lc_gp(script, " to ");
        lc_page_at(p, script, end, y + m->half_band);
        lc_gp(script, " fillcolor %s noborder\n", e->style);
    } else if (e->mark == LC_MARK_LINE) {
        lc_gp(script, "set arrow from ");
        lc_page_at(p, script, x, y);
        lc_gp(script, " to ");
        lc_page_at(p, script, end, y);
        lc_gp(script, " nohead front %s\n", e->style);
    } else {
        lc_gp(script, "set label \"\" at ");
        lc_page_at(p, script, (x + end) / 2 + 4, y);
        lc_gp(script, " point %s front\n", e->style);
    }
    lc_page_fit(p, m->size, 0, room - m->sample - m->gap, &most);
    lc_gp(script, "set label %q at ", e->text, most);
    lc_page_at(p, script, end + m->gap, y);
    lc_gp(script, " left font \",%g\" textcolor rgb " LC_LABEL " noenhanced front\n", lc_page_font(p, m->size));
}

/* Drawn by hand: a key of gnuplot's belongs to one plot and takes its room from it. */
void lc_page_legend(lc_page *p, lc_buf *script, const lc_entry *entry, size_t n)
{
    if (!p->path || !n) return;
    const double room = p->width - 2. * LC_PAGE_MARGIN, least = p->font / fmax(p->scale, 1);
    const bool lone = p->columns == 1;
    measures m = measure(p, p->font);
    const double total = total_px(entry, n, &m);
    const bool beside = lone && total <= room - TITLE_ROOM * p->font;
    /* Lines of its own take a fifth of the page, unless its font would have to be smaller than charts choose it. */
    while (!beside && m.size > least && (double)lines_of(entry, n, &m, room) * m.line > SHARE * p->height)
        m = measure(p, fmax(SMALLER * m.size, least));
    const size_t lines = beside ? 1 : lines_of(entry, n, &m, room);
    double y = p->height - p->title_px - LC_PAGE_HEADER / 2. * p->scale;
    if (lone) {
        y = p->height - (LC_PAGE_TITLE / 2. + 6) * p->scale - (beside ? 0 : LINE / 2 * m.size + BELOW_TITLE * p->font);
        if (beside) p->beside_px = total;
        else p->legend_rows_px = (double)lines * m.line;
    } else {
        p->header_px += (double)(lines - 1) * m.line;
    }
    for (size_t i = 0; i < n; y -= m.line) {
        const size_t end = i + (beside ? n : in_line(entry, n, i, &m, room));
        double x = p->title_px > 0 || (lone && !beside) ? LC_PAGE_MARGIN
                                                        : p->width - LC_PAGE_MARGIN - total_px(entry + i, end - i, &m);
        for (; i < end; i++) {
            put_entry(p, script, &entry[i], &m, x, y, room);
            x += entry_px(&entry[i], &m) + m.between;
        }
    }
}
