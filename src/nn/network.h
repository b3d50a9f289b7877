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
} lc_network_spec;

typedef struct lc_network {
    const lc_kernels *kernels;
    lc_network_spec spec;
    lc_layer *layer; /* (n_layers) from the input up */
    size_t n_layers, room;
    size_t params; /* floats in a parameter or gradient block */
    size_t packed; /* floats in a packed block */
} lc_network;

lc_code lc_network_create(lc_network **out, const lc_network_spec *spec, const lc_kernels *kernels, lc_status *st);
void lc_network_free(lc_network *net);

/* For architectures: appends a layer of this kind. false: out of memory. */
bool lc_network_add(lc_network *net, const char *kind, size_t index, size_t steps, size_t inputs, size_t outputs);

void lc_network_init(const lc_network *net, float *w, uint64_t seed);
void lc_network_pack(const lc_network *net, const float *w, float *packed, size_t part, size_t parts);

/* Floats of workspace that `rows` rows need. false: the size overflows. */
bool lc_network_workspace(const lc_network *net, size_t rows, bool keep, size_t *floats);

/* Views into a workspace made for exactly `rows` rows. Input: (steps, rows, padded inputs), padding zero.
 * Output: (rows, padded outputs). Its gradient likewise, with keep only. */
float *lc_network_input(const lc_network *net, float *workspace, size_t rows, bool keep);
float *lc_network_output(const lc_network *net, float *workspace, size_t rows, bool keep);
float *lc_network_output_gradient(const lc_network *net, float *workspace, size_t rows);

typedef struct lc_network_run {
    const float *w, *packed;
    float *workspace;
    size_t rows;
    bool keep;
    uint64_t noise; /* for dropout */
    float *g;       /* (params) added to by backward */
} lc_network_run;

void lc_network_forward(const lc_network *net, const lc_network_run *run);
void lc_network_backward(const lc_network *net, const lc_network_run *run);

#endif
