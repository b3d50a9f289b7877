/* Sorting numbers. */
#ifndef LC_BASE_ORDER_H
#define LC_BASE_ORDER_H

#include <stddef.h>

/* For qsort and bsearch: arrays of double without NaN, and of size_t. */
int lc_ascending_reals(const void *a, const void *b);
int lc_ascending_counts(const void *a, const void *b);

/* Sorts a handful of numbers. */
void lc_sort_few(double *x, size_t n);

#endif
