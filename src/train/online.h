/* A small network that learns from a few rows at a time, on one thread: a minibatch goes forward, its outputs are
 * read, and only when they have served does it go back through time. Where lc_engine goes through many rows with a team
 * of threads, this goes through a stream, and many streams may each have one. */
#ifndef LC_TRAIN_ONLINE_H
#define LC_TRAIN_ONLINE_H

#include "nn/loss.h"
#include "nn/network.h"
#include "nn/workspace.h"
#include "train/optimizer.h"

typedef struct lc_online {
    const lc_network *net;
    const lc_loss *loss;
    size_t room; /* rows of a minibatch */
    double clip; /* largest norm of the mean gradient; 0: no limit */
    lc_workspace *work;
    float *w, *g;         /* (params) parameters and their gradient */
    float *packed;        /* (net->packed) */
    float *target, *unit; /* (room, outputs) NaN: nobody observed it; ones */
    lc_adam adam;
    size_t side;      /* floats from a row of side inputs to the next, */
    size_t row, step; /* of inputs from row to row and from step to step, */
    size_t out;       /* and of outputs */
} lc_online;

/* `net` must outlive it. Weights are zero until lc_online_begin. */
lc_code lc_online_create(lc_online *o, const lc_network *net, size_t room, double clip, lc_status *st);
void lc_online_free(lc_online *o);

/* Weights as lc_network_init(seed), nothing learned yet. */
void lc_online_begin(lc_online *o, uint64_t seed);

/* After writing to the weights. */
void lc_online_weights_changed(lc_online *o);

/* Where the inputs of a minibatch go: input c of row r at step t is [t * step + r * row + c], side input c of row r
 * [r * side + c]. */
float *lc_online_input(const lc_online *o);
float *lc_online_side(const lc_online *o);

/* Outputs (rows, out) of the first `rows` (<= room) rows. */
const float *lc_online_forward(lc_online *o, size_t rows);

/* One step of Adam on the rows of the last forward pass, against target (rows, outputs): the loss is summed over the
 * observed outputs of a row and averaged over the rows. A gradient that is not finite changes nothing. */
void lc_online_learn(lc_online *o, size_t rows, double rate);

#endif
