/* Sums and checks over arrays. */
#ifndef LC_BASE_SUMS_H
#define LC_BASE_SUMS_H

#include <stdbool.h>
#include <stddef.h>

/* The sum of x_i y_i over n pairs; the same order of additions on every machine. */
double lc_dot(const double *x, const double *y, size_t n);
bool lc_all_finite(const float *x, size_t n);

#endif
