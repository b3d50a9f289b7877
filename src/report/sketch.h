/* A series as a few lines of text, in braille dots. */
#ifndef LC_REPORT_SKETCH_H
#define LC_REPORT_SKETCH_H

#include "base/memory.h"

enum { LC_SKETCH_WIDTH = 60, LC_SKETCH_HEIGHT = 6, LC_SKETCH_COLUMNS = 2 * LC_SKETCH_WIDTH };

/* Draws the ranges lo..hi (n, at most LC_SKETCH_COLUMNS; NaN: empty), the axis' ends at the left. */
void lc_sketch(lc_buf *out, const double *lo, const double *hi, size_t n);

#endif
