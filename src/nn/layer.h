/* The contract of a layer. A new layer is one file that defines an lc_layer_kind and one row of the table
 * in layers.c; networks, gradient checks and model files take it from there by name.
 *
 * A layer owns no memory: its parameters are a view into the network's one parameter block, its gradient
 * the same view into a gradient block of the same layout, what it keeps for BPTT a view into a workspace.
 *
 * Activations are time-major (steps, room, lc_stride(width)), where `room` is how many rows the workspace was
 * made for, of which the first `rows` are in use. A row is padded with zeros to lc_padded(width), and the float
 * before it is 1: with the bias as a weight of that constant, x[-1..inputs-1] times the weights is all there is,
 * and the bias' gradient needs no pass of its own. */
#ifndef LC_NN_LAYER_H
#define LC_NN_LAYER_H

#include "base/rng.h"
#include "base/status.h"
#include "kernel/kernels.h"

typedef struct lc_layer_kind lc_layer_kind;

typedef struct lc_layer {
    const lc_layer_kind *kind;
    size_t index;    /* among layers of its kind, from 0 */
    size_t steps;    /* of the input */
    size_t inputs;   /* width of the input */
    size_t outputs;  /* width of the output */
    double rate;     /* dropout */
    bool open;       /* lstm: forget gates start open */
    bool last;       /* only the last step of the output is read */
    size_t attached; /* dense: outputs whose gradient reaches the layers below; 0: all. The others are quantiles */
    size_t lanes;    /* of the kernels: the layout of parameters may follow it */
    struct {         /* skip: what it sees of the network's own inputs */
        size_t steps, inputs, from, side; /* columns from..inputs-1 of every step, and the side inputs */
        size_t outputs;                   /* of this layer that it adds to, the first ones */
        size_t own; /* side inputs of every one of those, (own, outputs) after the `side` shared */
    } source;
    /* set by the network: offsets of this layer's views, in floats */
    size_t param_at, packed_at;
} lc_layer;

/* One pass of one layer over the rows of a workspace. */
typedef struct lc_pass {
    const lc_kernels *kernels;
    size_t rows, room;
    bool keep;           /* training: keep what backward needs */
    bool carry;          /* inference: go on from the state that the last pass left in `saved` */
    bool flip;           /* inference: the other way round than in that pass */
    size_t part, parts;  /* inference of a single step: part `part` of `parts` of the outputs; parts 0: all */
    uint64_t noise;      /* of this layer, minibatch and first row; used by dropout when keep is set */
    const float *w;      /* parameters */
    const float *packed; /* what `pack` derived from them */
    const float *x;      /* (steps, rows, inputs) */
    float *y;            /* (out_steps, rows, outputs) */
    const float *input;  /* of the network (its steps, rows, its inputs) */
    const float *side;   /* (rows, side) */
    float *saved;
    /* backward and gradient */
    const float *dy; /* gradient of the last dy_steps steps of y; the earlier ones have none */
    size_t dy_steps;
    float *dx; /* NULL: nobody below needs it; else the last dx_steps steps of x's gradient */
    /* gradient: of rows first..first+shard-1 */
    size_t first, shard;
    float *g; /* gradient of w: written */
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
    size_t (*saved)(const lc_layer *l, size_t room, bool keep); /* floats of workspace */
    size_t (*out_steps)(const lc_layer *l);
    size_t (*dx_steps)(const lc_layer *l, size_t dy_steps); /* last steps of x that get a gradient */
    void (*init)(const lc_layer *l, float *w, lc_rng *rng);
    /* part `part` of `parts` of the work */
    void (*pack)(const lc_layer *l, const lc_kernels *k, const float *w, float *packed, size_t part, size_t parts);
    void (*forward)(const lc_layer *l, const lc_pass *p);
    void (*backward)(const lc_layer *l, const lc_pass *p); /* dx, and what gradient needs */
    void (*gradient)(const lc_layer *l, const lc_pass *p); /* g, after backward */
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

/* Floats between two rows of activations: room for the next row's constant, and an odd number of cache lines, so
 * that a column does not fall on few sets of the cache. */
static inline size_t lc_stride(size_t width)
{
    size_t lines = lc_padded(width) / LC_LANES + 1;
    return (lines + (lines % 2 == 0)) * LC_LANES;
}

#endif
