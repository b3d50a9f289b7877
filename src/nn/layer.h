/* The contract of a layer. A new layer is one file that defines an lc_layer_kind and one row of the table
 * in layers.c; networks, gradient checks and model files take it from there by name.
 *
 * A layer owns no memory: its parameters are a view into the network's one parameter block, its gradient
 * the same view into a gradient block of the same layout, what it keeps for BPTT a view into a workspace.
 * Activations are time-major (steps, rows, lc_padded(width)); the padding is zero. */
#ifndef LC_NN_LAYER_H
#define LC_NN_LAYER_H

#include "base/rng.h"
#include "base/status.h"
#include "kernel/kernels.h"

typedef struct lc_layer_kind lc_layer_kind;

typedef struct lc_layer {
    const lc_layer_kind *kind;
    size_t index;   /* among layers of its kind, from 0 */
    size_t steps;   /* of the input */
    size_t inputs;  /* width of the input */
    size_t outputs; /* width of the output */
    double rate;    /* dropout */
    /* set by the network: offsets of this layer's views, in floats */
    size_t param_at, packed_at, saved_at;
} lc_layer;

/* One pass of one layer over `rows` rows of a shard. */
typedef struct lc_pass {
    const lc_kernels *kernels;
    size_t rows;
    bool keep;           /* training: keep what backward needs */
    uint64_t noise;      /* of this layer, minibatch and first row; used by dropout when keep is set */
    const float *w;      /* parameters */
    const float *packed; /* what `pack` derived from them */
    const float *x;      /* (steps, rows, inputs) */
    float *y;            /* (out_steps, rows, outputs) */
    float *saved;
    /* backward */
    const float *dy; /* gradient of the last dy_steps steps of y; the earlier ones have none */
    size_t dy_steps;
    float *dx; /* NULL: nobody below needs it; else the last dx_steps steps of x's gradient */
    float *g;  /* gradient of w: added to */
} lc_pass;

/* A parameter as other frameworks know it: PyTorch's name, shape and row-major layout. */
typedef struct lc_layer_tensor {
    char name[48];
    size_t dims;
    size_t shape[2];
} lc_layer_tensor;
enum { LC_LAYER_TENSORS = 8 }; /* most tensors of a layer */

struct lc_layer_kind {
    const char *name;
    size_t (*params)(const lc_layer *l);                        /* floats, a multiple of LC_LANES */
    size_t (*packed)(const lc_layer *l);                        /* floats derived from the parameters */
    size_t (*saved)(const lc_layer *l, size_t rows, bool keep); /* floats of workspace */
    size_t (*out_steps)(const lc_layer *l);
    size_t (*dx_steps)(const lc_layer *l, size_t dy_steps); /* last steps of x that get a gradient */
    void (*init)(const lc_layer *l, float *w, lc_rng *rng);
    void (*pack)(const lc_layer *l, const float *w, float *packed);
    void (*forward)(const lc_layer *l, const lc_pass *p);
    void (*backward)(const lc_layer *l, const lc_pass *p);
    /* the same parameters under PyTorch's names; `in` and `out` are whole tensors */
    size_t (*tensors)(const lc_layer *l, lc_layer_tensor t[LC_LAYER_TENSORS]);
    void (*get)(const lc_layer *l, const float *w, size_t tensor, float *out);
    void (*put)(const lc_layer *l, float *w, size_t tensor, const float *in);
};

extern const lc_layer_kind *const lc_layer_kinds[];   /* NULL-terminated */
const lc_layer_kind *lc_layer_find(const char *name); /* NULL: unknown */

static inline size_t lc_padded(size_t width)
{
    return (width + LC_LANES - 1) / LC_LANES * LC_LANES;
}

#endif
