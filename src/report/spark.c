#include "report/spark.h"

#include <math.h>

#include "report/axis.h"

/* Whole numbers, four to a pixel: no locale writes them in another way. */
enum { WIDTH = 480, HEIGHT = 112, EDGE = 12, STROKE = 5, RADIUS = 9, BINS = 60, DOTS = 12 };

static int across(size_t i, size_t n)
{
    return n > 1 ? EDGE + (int)((double)i * (WIDTH - 2 * EDGE) / (double)(n - 1)) : WIDTH / 2;
}

static int down(const lc_range *r, double v)
{
    const double part = (lc_drawn(v) - r->lo) / (r->hi - r->lo);
    return HEIGHT - EDGE - (int)lround(part * (HEIGHT - 2 * EDGE));
}

/* The values from..to as a path; of many, each stretch by its least and its largest. */
static void put_path(lc_buf *out, const double *y, size_t n, size_t from, size_t to, const lc_range *r,
                     const char *colour)
{
    const size_t bins = to - from < 2 * (size_t)BINS ? to - from : (size_t)BINS;
    bool open = false;
    lc_buf_printf(out, "<path fill=\"none\" stroke=\"%s\" stroke-width=\"%d\" d=\"", colour, STROKE);
    for (size_t b = 0; b < bins; b++) {
        const size_t first = from + (to - from) * b / bins, end = from + (to - from) * (b + 1) / bins;
        size_t least = end, most = end;
        for (size_t i = first; i < end; i++) {
            if (!isfinite(y[i])) continue;
            if (least == end || y[i] < y[least]) least = i;
            if (most == end || y[i] > y[most]) most = i;
        }
        if (least == end) {
            open = false;
            continue;
        }
        const size_t one = least < most ? least : most, other = least < most ? most : least;
        lc_buf_printf(out, "%c%d %d", open ? 'L' : 'M', across(one, n), down(r, y[one]));
        if (other != one) lc_buf_printf(out, "L%d %d", across(other, n), down(r, y[other]));
        else if (!open) lc_buf_puts(out, "h1"); /* a lone point shows */
        open = true;
    }
    lc_buf_puts(out, "\"/>");
}

void lc_spark(lc_buf *out, const double *y, const int *marked, size_t n, size_t ahead, const lc_style *style)
{
    lc_range r = {0};
    lc_range_add(&r, y, n);
    lc_range_pad(&r, 0);
    lc_buf_printf(out, "<svg class=\"k\" viewBox=\"0 0 %d %d\" aria-hidden=\"true\">", WIDTH, HEIGHT);
    if (ahead) put_path(out, y, n, 0, ahead, &r, style->colour[LC_COLOUR_LABEL]);
    if (ahead < n) put_path(out, y, n, ahead ? ahead - 1 : 0, n, &r, style->colour[LC_COLOUR_MAIN]);
    for (size_t i = 0, dots = 0; marked && i < n && dots < DOTS; i++) {
        if (!marked[i] || !isfinite(y[i])) continue;
        lc_buf_printf(out, "<circle cx=\"%d\" cy=\"%d\" r=\"%d\" fill=\"%s\"/>", across(i, n), down(&r, y[i]), RADIUS,
                      style->colour[LC_COLOUR_ALERT]);
        dots++;
    }
    lc_buf_puts(out, "</svg>");
}
