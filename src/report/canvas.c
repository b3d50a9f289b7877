#include "report/canvas.h"

#include <stdlib.h>

const char lc_ink_end[] = "\033[0m";

const char *lc_ink_code(lc_ink ink)
{
    switch (ink) {
    case LC_INK_BAND: return "\033[36m";
    case LC_INK_RULE: return "\033[90m";
    case LC_INK_LINE: return "\033[94m";
    case LC_INK_SCORE: return "\033[33m";
    case LC_INK_FLAG: return "\033[91m";
    case LC_INK_PLAIN: break;
    }
    return "";
}

bool lc_canvas_create(lc_canvas *c, size_t columns, size_t rows)
{
    size_t n;
    *c = (lc_canvas){.columns = columns, .rows = rows};
    if (!lc_mul(columns, rows, &n)) return false;
    c->dot = lc_calloc(n, sizeof *c->dot);
    c->ink = lc_calloc(n, sizeof *c->ink);
    c->mark = lc_calloc(n, sizeof *c->mark);
    if (c->dot && c->ink && c->mark) return true;
    lc_canvas_free(c);
    return false;
}

void lc_canvas_free(lc_canvas *c)
{
    lc_free(c->dot);
    lc_free(c->ink);
    lc_free(c->mark);
    *c = (lc_canvas){0};
}

/* The cell that holds a dot; false: outside. */
static bool cell_of(const lc_canvas *c, long x, long y, size_t *cell)
{
    if (x < 0 || y < 0 || x >= (long)c->columns * LC_DOTS_ACROSS || y >= (long)c->rows * LC_DOTS_DOWN) return false;
    *cell = (c->rows - 1 - (size_t)y / LC_DOTS_DOWN) * c->columns + (size_t)x / LC_DOTS_ACROSS;
    return true;
}

void lc_canvas_dot(lc_canvas *c, long x, long y, lc_ink ink)
{
    /* Bits of U+2800 for the dots of a character, by row from its foot and column. */
    static const unsigned char bit[LC_DOTS_DOWN][LC_DOTS_ACROSS] = {
        {0x40, 0x80}, {0x04, 0x20}, {0x02, 0x10}, {0x01, 0x08}};
    size_t cell;
    if (!cell_of(c, x, y, &cell)) return;
    c->dot[cell] |= bit[y % LC_DOTS_DOWN][x % LC_DOTS_ACROSS];
    if (c->ink[cell] < ink) c->ink[cell] = (unsigned char)ink;
}

void lc_canvas_line(lc_canvas *c, long x0, long y0, long x1, long y1, long every, lc_ink ink)
{
    const long dx = labs(x1 - x0), dy = labs(y1 - y0), n = dx > dy ? dx : dy;
    for (long i = 0; i <= n; i++) {
        /* Counted in the direction of x, so that pieces of a dotted line go on in its rhythm. */
        const long x = n ? x0 + (2 * (x1 - x0) * i + (x1 >= x0 ? n : -n)) / (2 * n) : x0;
        const long y = n ? y0 + (2 * (y1 - y0) * i + (y1 >= y0 ? n : -n)) / (2 * n) : y0;
        if (x % every == 0) lc_canvas_dot(c, x, y, ink);
    }
}

void lc_canvas_mark(lc_canvas *c, long x, long y, lc_ink ink)
{
    size_t cell;
    if (!cell_of(c, x, y, &cell)) return;
    c->mark[cell] = true;
    c->ink[cell] = (unsigned char)ink;
}

void lc_canvas_write(const lc_canvas *c, size_t row, bool colour, lc_buf *out)
{
    const unsigned char *dot = c->dot + row * c->columns, *ink = c->ink + row * c->columns;
    const bool *mark = c->mark + row * c->columns;
    size_t width = c->columns;
    const char *code = "";
    while (width && !dot[width - 1] && !mark[width - 1]) width--;
    for (size_t k = 0; k < width; k++) {
        const char bytes[] = {(char)0xe2, (char)(0xa0 | dot[k] >> 6), (char)(0x80 | (dot[k] & 0x3f))};
        const char *own = colour && (dot[k] || mark[k]) ? lc_ink_code((lc_ink)ink[k]) : "";
        if (own != code && *code) lc_buf_puts(out, lc_ink_end);
        if (own != code) lc_buf_puts(out, own);
        code = own;
        if (mark[k]) lc_buf_puts(out, "\xe2\x97\x8f");
        else if (dot[k]) lc_buf_append(out, bytes, sizeof bytes);
        else lc_buf_puts(out, " ");
    }
    if (*code) lc_buf_puts(out, lc_ink_end);
}
