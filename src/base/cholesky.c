#include "base/cholesky.h"

#include <math.h>

#include "base/sums.h"

/* A = L L', L in the lower triangle; squares of the diagonal are `least` at least. false: one is not above 0. */
static bool factor(double *a, size_t n, double least)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double rest = a[i * n + j] - lc_dot(a + i * n, a + j * n, j);
            if (i == j && least > 0) rest = fmax(rest, least);
            if (i == j && !(rest > 0 && isfinite(rest))) return false;
            a[i * n + j] = i == j ? sqrt(rest) : rest / a[j * n + j];
        }
    return true;
}

/* The inverse of L, transposed, into the upper triangle with its diagonal: row j holds column j, so that sums run along
 * rows. */
static void invert_factor(double *a, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        const double top = 1 / a[j * n + j];
        for (size_t i = j + 1; i < n; i++) {
            double sum = a[i * n + j] * top;
            if (i > j + 1) sum += lc_dot(a + i * n + j + 1, a + j * n + j + 1, i - j - 1);
            a[j * n + i] = -sum / a[i * n + i];
        }
        /* The diagonal of L is still needed by later rows of this column alone. */
        a[j * n + j] = top;
    }
}

bool lc_cholesky_invert(double *a, size_t n)
{
    if (!factor(a, n, 0)) return false;
    invert_factor(a, n);
    /* A^-1 = L^-T L^-1: rows i and j of L^-T from the later of both on. Row j is last read before row j is written. */
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) a[i * n + j] = lc_dot(a + i * n + i, a + j * n + i, n - i);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) a[i * n + j] = a[j * n + i];
    return true;
}

void lc_cholesky_solve(double *a, double *b, size_t n)
{
    if (!factor(a, n, 1e-300)) {
        for (size_t i = 0; i < n; i++) b[i] = NAN; /* numbers that are not finite */
        return;
    }
    for (size_t i = 0; i < n; i++) b[i] = (b[i] - lc_dot(a + i * n, b, i)) / a[i * n + i];
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++) b[i] -= a[j * n + i] * b[j];
        b[i] /= a[i * n + i];
    }
}
