/* Sums over arrays of double. */
#ifndef LC_BASE_SUMS_H
#define LC_BASE_SUMS_H

#include <stddef.h>

/* The sum of x_i y_i over n pairs; the same order of additions on every machine. */
double lc_dot(const double *x, const double *y, size_t n);

#endif
