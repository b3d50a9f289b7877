/* The arithmetic under the network: one table of functions for each instruction set, all compiled from the
 * files of isa/. They know arrays and sizes only: no threads, no allocation; the structs are lists of arguments.
 *
 * Activations are rows, padded with zeros to a multiple of LC_LANES floats, whatever the instruction set.
 * What belongs to the units of an LSTM layer lies by panel: `lanes` neighbouring units, as many as a vector
 * of the instruction set holds, with their four gates i, f, g, o side by side (4, lanes). A panel's arrays
 * are `*_panel` floats apart, its last one is padded. */
#ifndef LC_KERNEL_KERNELS_H
#define LC_KERNEL_KERNELS_H

#include <stdbool.h>
#include <stddef.h>

enum { LC_LANES = 16 };

/* One step of an LSTM layer. Every row is computed by itself, so its bits do not depend on `rows`. */
typedef struct lc_lstm_forward {
    size_t rows, inputs, units;
    const float *w; /* (panels)(1 + inputs + units, 4, lanes): bias, input rows, recurrent rows */
    const float *x; /* (rows, inputs) */
    size_t x_ld;
    const float *h_prev; /* (rows, units); NULL: zeros */
    size_t h_prev_ld;
    const float *cell_prev; /* as cell; NULL: zeros; may be cell */
    float *cell;            /* (panels)(rows, 2, lanes): c, tanh c */
    size_t cell_panel;
    float *gates; /* (panels)(rows, 4, lanes): i, f, g, o; NULL: nobody needs them */
    size_t gates_panel;
    float *h; /* (rows, units), written in whole panels */
    size_t h_ld;
    size_t part, parts; /* part `part` of `parts` of the panels; parts 0: all */
} lc_lstm_forward;

/* The same step backward through time. */
typedef struct lc_lstm_backward {
    size_t rows, units;
    const float *wt;      /* recurrent rows transposed (panels)(panels, 4, lanes, lanes) */
    const float *dz_next; /* as gates: gradients of the next step's gate inputs; NULL: this is the last step */
    const float *dy;      /* (rows, units) gradient of h from above; NULL: none */
    size_t dy_ld;
    float *gates; /* become the gradients of the gates' inputs */
    size_t gates_panel;
    const float *cell, *cell_prev; /* cell_prev NULL: zeros */
    size_t cell_panel;
    float *dc; /* (panels, rows, lanes) from the next step to the one before; not read at the last step */
} lc_lstm_backward;

/* dx (rows, inputs), written in whole panels, = the gates' gradients times the transposed input rows. */
typedef struct lc_lstm_input_gradient {
    size_t rows, inputs, units;
    const float *wt; /* (panels of inputs)(panels, 4, lanes, lanes) */
    const float *dz; /* (panels)(rows, 4, lanes) */
    size_t gates_panel;
    float *dx;
    size_t dx_ld;
} lc_lstm_input_gradient;

/* g (k, 4, lanes) of every panel = the sum over steps and rows of the outer product of a and dz, in this order,
 * whatever the tile. */
typedef struct lc_weight_gradient {
    size_t k, panels, steps, rows;
    const float *a; /* (steps; a_step)(rows; a_ld)(k) */
    size_t a_ld, a_step;
    const float *dz; /* (panels; dz_panel)(steps; dz_step)(rows, 4, lanes) */
    size_t dz_panel, dz_step;
    float *g; /* (panels; g_panel)(k, 4, lanes) */
    size_t g_panel;
} lc_weight_gradient;

typedef struct lc_kernels {
    const char *isa; /* "base", "avx2", "avx512"; on ARM "neon" */
    size_t lanes;

    void (*lstm_forward)(const lc_lstm_forward *step);
    void (*lstm_backward)(const lc_lstm_backward *step);
    void (*lstm_input_gradient)(const lc_lstm_input_gradient *step);
    void (*weight_gradient)(const lc_weight_gradient *product);

    /* k <= lanes rows of w (panels; w_panel)(k, 4, lanes) to (panels, 4, lanes, lanes). */
    void (*lstm_transpose)(size_t k, size_t panels, const float *w, size_t w_panel, float *to);

    /* C (m, n; row stride ldc) += A (m, k) B (k, n; row stride ldb). A's element (r, c) lies at
     * a[r * a_row + c * a_col], so a transposed A costs nothing. n is a multiple of LC_LANES. Every element
     * of C is summed in the order of k, whatever tile computes it: a row's bits do not depend on m. */
    void (*gemm)(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_col, const float *b, size_t ldb,
                 float *c, size_t ldc);

    /* out[i] = part[0][i] + part[1][i] + ... in this order; returns the sum of squares of out. */
    double (*reduce)(size_t n, const float *const *part, size_t parts, size_t offset, float *out);

    /* Adam (Kingma & Ba 2015) on n parameters with the gradient scale * g, which are first multiplied by `keep` (1
     * without decay; Loshchilov & Hutter 2019); rate and the inverse square root of the second moment's bias correction
     * are given for the step. */
    void (*adam)(size_t n, float *w, const float *g, float *m, float *v, float keep, float scale, float rate,
                 double beta1, double beta2, float inv_sqrt_correction2, float eps);

    /* y = max(x, 0), and dx = dy where y > 0 else 0; NaN stays NaN. */
    void (*relu)(size_t n, const float *x, float *y);
    void (*relu_backward)(size_t n, const float *y, const float *dy, float *dx);

    /* Sum over n observed targets (not NaN) of above * e for e > 0, else -below * e, where e = weight * (target - y -
     * delta); slope, unless NULL, receives its derivative by y + delta, 0 for the others. */
    double (*pinball)(size_t n, float above, float below, const float *y, const float *delta, const float *target,
                      const float *weight, float *slope);

    /* average += share * (w - average) */
    void (*average)(size_t n, float *average, const float *w, float share);
} lc_kernels;

/* The widest set that the processor has, at most `cap` (NULL: no limit). "base" is the narrowest of every machine
 * family, also where that has a name of its own. A cap that this build does not know gives NULL. */
const lc_kernels *lc_kernels_select(const char *cap);

/* The same with the cap that the environment variable LOOMCAST_ISA names, so that a run can be repeated on
 * an older machine's instructions. */
const lc_kernels *lc_kernels_default(void);

/* The caps that this build knows, for people to read: "base, avx2 or avx512". */
const char *lc_kernels_names(void);

#endif
