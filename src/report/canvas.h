/* A picture of characters: dots in braille, two wide and four high in each cell, with one colour a cell. */
#ifndef LC_REPORT_CANVAS_H
#define LC_REPORT_CANVAS_H

#include "base/memory.h"

/* Later ones lie on top: a cell has the colour of the uppermost thing in it. */
typedef enum lc_ink { LC_INK_BAND = 1, LC_INK_RULE, LC_INK_PLAIN, LC_INK_LINE, LC_INK_SCORE, LC_INK_FLAG } lc_ink;

enum { LC_DOTS_ACROSS = 2, LC_DOTS_DOWN = 4 }; /* of a cell */

typedef struct lc_canvas {
    size_t columns, rows;     /* cells */
    unsigned char *dot, *ink; /* (rows, columns) */
    bool *mark;               /* (rows, columns) a bullet stands here */
} lc_canvas;

bool lc_canvas_create(lc_canvas *c, size_t columns, size_t rows); /* false: out of memory */
void lc_canvas_free(lc_canvas *c);

/* x from the left, y from the foot, in dots; what lies outside is not drawn. */
void lc_canvas_dot(lc_canvas *c, long x, long y, lc_ink ink);
/* Every `every`-th dot of the line between two points. */
void lc_canvas_line(lc_canvas *c, long x0, long y0, long x1, long y1, long every, lc_ink ink);
void lc_canvas_mark(lc_canvas *c, long x, long y, lc_ink ink);

/* A row of cells from the top, without the blanks at its end; `colour`: with the codes of a terminal. */
void lc_canvas_write(const lc_canvas *c, size_t row, bool colour, lc_buf *out);
/* The code that begins a colour, and the one that ends it. */
const char *lc_ink_code(lc_ink ink);
extern const char lc_ink_end[];

#endif
