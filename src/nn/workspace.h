/* The memory that a network runs in: activations, what layers keep, gradients between them. Laid out once for
 * a number of rows; runs may use fewer. */
#ifndef LC_NN_WORKSPACE_H
#define LC_NN_WORKSPACE_H

#include "nn/network.h"

typedef struct lc_workspace_layer {
    size_t y, saved; /* offsets in floats */
    size_t dx;       /* training: gradient of its input; unused for the lowest layer */
    size_t dy_steps;
} lc_workspace_layer;

typedef struct lc_workspace {
    const lc_network *net;
    size_t room; /* rows */
    bool keep;   /* training */
    float *mem;
    size_t input, side, dy;    /* offsets of the inputs and of the output's gradient */
    lc_workspace_layer *layer; /* (n_layers) */
} lc_workspace;

/* Floats that a row takes in training. */
double lc_workspace_row(const lc_network *net);

/* NULL: out of memory, or more than can be counted. */
lc_workspace *lc_workspace_create(const lc_network *net, size_t room, bool keep);
void lc_workspace_free(lc_workspace *ws);

/* (steps, room, lc_stride(inputs)): write the inputs, leave the padding alone. */
float *lc_workspace_input(const lc_workspace *ws);
/* (room, lc_stride(lc_network_side)), the same way */
float *lc_workspace_side(const lc_workspace *ws);
/* (room, lc_stride(lc_network_width)) */
float *lc_workspace_output(const lc_workspace *ws);
float *lc_workspace_output_gradient(const lc_workspace *ws);

#endif
