/* A series as a small line without axes, for a cell of a table. */
#ifndef LC_REPORT_SPARK_H
#define LC_REPORT_SPARK_H

#include "base/memory.h"
#include "report/style.h"

/* Appends an <svg class="k">: y (n) by position, NaN is a gap; the values from `ahead` on (n: none) are forecast, and
 * drawn in another colour; marked (n, NULL: none) ones get a dot, the first few. However many values there are, the
 * picture has a bounded size. */
void lc_spark(lc_buf *out, const double *y, const int *marked, size_t n, size_t ahead, const lc_style *style);

#endif
