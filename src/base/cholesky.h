/* Symmetric positive definite matrices a (n, n), row after row, by Cholesky's factors. Their lower triangle is read. */
#ifndef LC_BASE_CHOLESKY_H
#define LC_BASE_CHOLESKY_H

#include <stdbool.h>
#include <stddef.h>

/* Inverts a in place, the whole of it. false: it is not positive definite, and a is spoilt. */
bool lc_cholesky_invert(double *a, size_t n);

/* Solves a x = b: b (n) becomes x, a is spoilt. Where a is not quite definite the pivot is held above 0. */
void lc_cholesky_solve(double *a, double *b, size_t n);

#endif
