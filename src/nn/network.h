/* A stack of layers with all parameters in one block, so that reduction, clipping, the optimizer and the
 * model file are flat loops. The network itself owns no parameters: blocks are the caller's. */
#ifndef LC_NN_NETWORK_H
#define LC_NN_NETWORK_H

#include "nn/layer.h"

struct lc_arch;

typedef struct lc_network_spec {
    const struct lc_arch *arch; /* which layers, in which order */
    size_t inputs;              /* width of a step */
    size_t steps;               /* lookback */
    size_t hidden, layers;
    size_t outputs; /* horizon */
    double dropout; /* after every LSTM layer; 0: no dropout layers */
    /* what the architecture "auto" has besides */
    bool quantiles;   /* LC_QUANTILES of them for every output, as differences from it */
    bool skip;        /* a linear map from the inputs to the outputs, */
    size_t skip_from; /* of the columns from this one on, */
    size_t side;      /* of inputs that belong to no step, */
    size_t own;       /* and of so many that belong to one output each: what is known of its own step */
} lc_network_spec;

typedef struct lc_network {
    const lc_kernels *kernels;
    lc_network_spec spec;
    lc_layer *layer; /* (n_layers) from the input up */
    size_t n_layers, room;
    size_t params; /* floats in a parameter or gradient block */
    size_t packed; /* floats in a packed block */
} lc_network;

/* Width of a row of the network's output: `outputs` points, then as many of each quantile. */
static inline size_t lc_network_width(const lc_network *net)
{
    return net->layer[net->n_layers - 1].outputs;
}

lc_code lc_network_create(lc_network **out, const lc_network_spec *spec, const lc_kernels *kernels, lc_status *st);
void lc_network_free(lc_network *net);

/* For architectures: appends a layer of this kind. false: out of memory. */
bool lc_network_add(lc_network *net, const char *kind, size_t index, size_t steps, size_t inputs, size_t outputs);

void lc_network_init(const lc_network *net, float *w, uint64_t seed);

/* Part `part` of `parts` of what backward needs beside the weights. */
void lc_network_pack(const lc_network *net, const float *w, float *packed, size_t part, size_t parts);

/* Inputs of a row that belong to no step. */
static inline size_t lc_network_side(const lc_network_spec *s)
{
    return s->side + s->own * s->outputs;
}

struct lc_workspace;

typedef struct lc_network_run {
    const float *w;
    const float *packed; /* for backward; NULL: forward only */
    struct lc_workspace *work;
    size_t rows;        /* of the workspace that are in use */
    bool carry;         /* inference: go on from the state that the last run left */
    bool flip;          /* inference: unlike in that run */
    size_t part, parts; /* inference of single steps by a team of `parts` threads that all call; parts 0: no team */
    uint64_t noise;     /* training: for dropout */
    size_t fixed_from;  /* gradient: layers whose parameters begin here or later have none; 0: all have */
} lc_network_run;

void lc_network_forward(const lc_network *net, const lc_network_run *run);

/* From the gradient of the output (lc_workspace_output_gradient) down to what the weights' gradients are made of. */
void lc_network_backward(const lc_network *net, const lc_network_run *run);

/* Writes the gradient block g (params) of rows first..first+shard-1; its bits depend on no other row. */
void lc_network_gradient(const lc_network *net, const lc_network_run *run, size_t first, size_t shard, float *g);

#endif
