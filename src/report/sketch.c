#include "report/sketch.h"

#include <math.h>

#include "report/canvas.h"

enum { DOTS = LC_DOTS_DOWN * LC_SKETCH_HEIGHT };

static int level(double x, double least, double most)
{
    if (!(most > least)) return DOTS / 2;
    double part = (x / 2 - least / 2) / (most / 2 - least / 2); /* halves: the difference may overflow */
    int up = (int)lround(part * (DOTS - 1));
    return up < 0 ? 0 : up >= DOTS ? DOTS - 1 : up;
}

void lc_sketch(lc_buf *out, const double *lo, const double *hi, size_t n)
{
    lc_canvas c;
    double least = INFINITY, most = -INFINITY;
    if (n > LC_SKETCH_COLUMNS) n = LC_SKETCH_COLUMNS;
    if (!lc_canvas_create(&c, LC_SKETCH_WIDTH, LC_SKETCH_HEIGHT)) {
        out->failed = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, lo[i]);
        most = fmax(most, hi[i]);
    }
    for (size_t i = 0; i < n; i++) {
        if (isnan(lo[i])) continue;
        lc_canvas_line(&c, (long)i, level(lo[i], least, most), (long)i, level(hi[i], least, most), 1, LC_INK_PLAIN);
    }
    for (size_t row = 0; row < LC_SKETCH_HEIGHT; row++) {
        lc_buf line = {0};
        lc_canvas_write(&c, row, false, &line);
        if (row == 0) lc_buf_printf(out, "%11.5g", most);
        else if (row + 1 == LC_SKETCH_HEIGHT) lc_buf_printf(out, "%11.5g", least);
        else if (line.len) lc_buf_printf(out, "%11s", "");
        if (line.len) lc_buf_printf(out, " %s", line.data);
        lc_buf_puts(out, "\n");
        lc_buf_free(&line);
    }
    lc_canvas_free(&c);
}
