#include "report/sketch.h"

#include <math.h>
#include <string.h>

enum { DOTS = 4 * LC_SKETCH_HEIGHT };

/* Bits of U+2800 for the dots of a character, by row from the top and column. */
static const unsigned char dot[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

static int level(double x, double least, double most)
{
    if (!(most > least)) return DOTS / 2;
    double part = (x / 2 - least / 2) / (most / 2 - least / 2); /* halves: the difference may overflow */
    int up = (int)lround(part * (DOTS - 1));
    return up < 0 ? 0 : up >= DOTS ? DOTS - 1 : up;
}

void lc_sketch(lc_buf *out, const double *lo, const double *hi, size_t n)
{
    unsigned char cell[LC_SKETCH_HEIGHT][LC_SKETCH_WIDTH] = {{0}};
    double least = INFINITY, most = -INFINITY;
    if (n > LC_SKETCH_COLUMNS) n = LC_SKETCH_COLUMNS;
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, lo[i]);
        most = fmax(most, hi[i]);
    }
    for (size_t i = 0; i < n; i++) {
        if (isnan(lo[i])) continue;
        for (int y = level(lo[i], least, most); y <= level(hi[i], least, most); y++) {
            int row = DOTS - 1 - y;
            cell[row / 4][i / 2] |= dot[row % 4][i % 2];
        }
    }
    for (size_t row = 0; row < LC_SKETCH_HEIGHT; row++) {
        size_t width = (n + 1) / 2;
        while (width && !cell[row][width - 1]) width--;
        if (row == 0) lc_buf_printf(out, "%11.5g", most);
        else if (row + 1 == LC_SKETCH_HEIGHT) lc_buf_printf(out, "%11.5g", least);
        else if (width) lc_buf_printf(out, "%11s", "");
        if (width) lc_buf_puts(out, " ");
        for (size_t k = 0; k < width; k++) {
            const char bytes[] = {(char)0xe2, (char)(0xa0 | cell[row][k] >> 6), (char)(0x80 | (cell[row][k] & 0x3f))};
            if (cell[row][k]) lc_buf_append(out, bytes, sizeof bytes);
            else lc_buf_puts(out, " ");
        }
        lc_buf_puts(out, "\n");
    }
}
