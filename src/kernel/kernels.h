/* The arithmetic under the network: one table of functions for each instruction set, all compiled from
 * kernels.c. They know arrays and sizes only: no threads, no structs, no allocation.
 *
 * Widths are padded: every row of a matrix that a kernel reads or writes in whole vectors has a multiple
 * of LC_LANES floats, whatever the instruction set, and the padding holds zeros. */
#ifndef LC_KERNEL_KERNELS_H
#define LC_KERNEL_KERNELS_H

#include <stddef.h>

enum { LC_LANES = 16 };

typedef struct lc_kernels {
    const char *isa; /* "base", "avx2", "avx512" */

    /* C (m, n; row stride ldc) += A (m, k) B (k, n; row stride ldb). A's element (r, c) lies at
     * a[r * a_row + c * a_col], so a transposed A costs nothing. n is a multiple of LC_LANES. Every element
     * of C is summed in the order of k, whatever tile computes it: a row's bits do not depend on m. */
    void (*gemm)(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_col, const float *b, size_t ldb,
                 float *c, size_t ldc);

    /* One LSTM step for `rows` rows of h units (a multiple of LC_LANES). z (rows, 4, h) holds the gates'
     * inputs i, f, g, o and receives the gates; c_prev may be c. Hochreiter & Schmidhuber 1997 with the
     * forget gate of Gers et al. 2000:
     * c = f c_prev + i g, tanh_c = tanh(c), out = o tanh_c; all (rows, h). */
    void (*lstm_forward)(size_t rows, size_t h, float *z, const float *c_prev, float *c, float *tanh_c, float *out);

    /* Its transpose: z holds the gates and receives the gradients of their inputs; dh (rows, h) is the
     * gradient of `out`; dc is the gradient of c from the step above and becomes that of c_prev. c_prev
     * NULL stands for zeros. */
    void (*lstm_backward)(size_t rows, size_t h, float *z, const float *c_prev, const float *tanh_c, const float *dh,
                          float *dc);

    /* out[j] += sum over rows of a (rows, n): the gradient of a bias. */
    void (*add_rows)(size_t rows, size_t n, const float *a, float *out);

    /* out[i] = part[0][i] + part[1][i] + ... in this order; returns the sum of squares of out. */
    double (*reduce)(size_t n, const float *const *part, size_t parts, size_t offset, float *out);

    /* Adam (Kingma & Ba 2015) on n parameters with the gradient scale * g; rate and the inverse square root
     * of the second moment's bias correction are given for the step. */
    void (*adam)(size_t n, float *w, const float *g, float *m, float *v, float scale, float rate, double beta1,
                 double beta2, float inv_sqrt_correction2, float eps);
} lc_kernels;

/* The widest set that the processor has, at most `cap` ("base", "avx2", "avx512"; NULL: no limit). An
 * unknown cap gives NULL. */
const lc_kernels *lc_kernels_select(const char *cap);

/* The same with the cap that the environment variable LOOMCAST_ISA names, so that a run can be repeated on
 * an older machine's instructions. */
const lc_kernels *lc_kernels_default(void);

#endif
