/* Symmetric positive definite matrices by Cholesky's factors. */
#ifndef LC_BASE_CHOLESKY_H
#define LC_BASE_CHOLESKY_H

#include <stdbool.h>
#include <stddef.h>

/* Inverts a (n, n), row after row, in place; its lower triangle is read and the whole is written. false: it is not
 * positive definite, and a is spoilt. */
bool lc_cholesky_invert(double *a, size_t n);

#endif
