/* Data of a script: lines and bands as inline blocks of numbers, thinned to what a picture can show. */
#ifndef LC_REPORT_TRACE_H
#define LC_REPORT_TRACE_H

#include "base/memory.h"

/* How fine a trace is drawn: with more than LC_TRACE_ALL points, each stretch of `pixel` (in units of x)
 * keeps its first, lowest, highest and last point, which draws the same line (Jugel et al., M4, 2014).
 * A gap narrower than a pixel is then closed. */
enum { LC_TRACE_ALL = 4000 };

typedef struct lc_trace {
    lc_buf line, dots;     /* rows "x y"; blank row: the line breaks. dots: points that have no neighbour */
    size_t n_line, n_dots; /* rows with numbers in each; n_line counts runs of two and more only */
} lc_trace;

/* x, y: (n), x ascending; rows that are not finite are gaps. Zero the trace to start; free with lc_trace_free. */
void lc_trace_line(lc_trace *t, const double *x, const double *y, size_t n, double pixel);
/* Rows "x lo hi"; a row without neighbours becomes a bar 2*half wide. */
void lc_trace_band(lc_trace *t, const double *x, const double *lo, const double *hi, size_t n, double pixel,
                   double half);
void lc_trace_free(lc_trace *t);

/* Writes `rows` as the block $<name><number>. */
void lc_trace_write(lc_buf *script, const char *name, int number, const lc_buf *rows);

#endif
