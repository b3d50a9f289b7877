/* The parallel engine: passes over the rows in minibatches, each split into shards.
 *
 * A shard is a part of the minibatch's rows with a gradient buffer of its own; it runs forward and back
 * through time without waiting for others. Then the buffers are summed in the order of the shards, the
 * gradient is clipped and Adam updates the weights. How many shards there are follows from the settings
 * and never from the machine, so the same seed gives the same bits on any number of threads. */
#ifndef LC_TRAIN_ENGINE_H
#define LC_TRAIN_ENGINE_H

#include "model/infer.h"

typedef struct lc_engine_options {
    const lc_loss *loss;
    size_t batch;  /* most rows in a minibatch */
    size_t shards; /* 0: one for every 8 rows of `batch` */
    size_t threads;
    double clip;       /* largest gradient norm; 0: no limit */
    double decay;      /* of the weights, as AdamW's */
    size_t fixed_from; /* parameters of layers that begin here or later stay as they start; 0: all learn */
    double average;    /* decay of the moving average of the weights (EMA), from 1/11 up; 0: none is kept */
    size_t warm;       /* steps over which the rate grows from 0, */
    size_t steps;      /* and after which it has fallen to 1 % by half a cosine; 0: constant */
    uint64_t seed;
    bool timed; /* count how long each phase takes */
} lc_engine_options;

/* What a step is made of. Waiting for other threads counts for the phase that follows. */
typedef enum lc_phase {
    LC_PHASE_GATHER,
    LC_PHASE_FORWARD, /* and the loss */
    LC_PHASE_BACKWARD,
    LC_PHASE_GRADIENT, /* of the weights, from what backward left */
    LC_PHASE_REDUCE,
    LC_PHASE_UPDATE, /* clip, Adam, packing */
    LC_PHASES
} lc_phase;

typedef struct lc_engine lc_engine;

/* Takes a copy of nothing: `net` must outlive the engine. Weights start as lc_network_init(seed). Allocates
 * everything; steps allocate nothing. */
lc_code lc_engine_create(lc_engine **out, const lc_network *net, const lc_engine_options *o, lc_status *st);
void lc_engine_free(lc_engine *e);

/* One training step on n (<= batch) rows. *loss is the mean over the observed targets before the update,
 * NaN without any. LC_E_NUMERIC, with the weights as they were, when loss or gradient is not finite. */
lc_code lc_engine_step(lc_engine *e, size_t n, double rate, lc_gather_fn gather, void *user, double *loss,
                       lc_status *st);

/* A pass over n rows, any n, in minibatches of `batch`: the rows of the pass are those that gather is asked for. *loss
 * is the mean of the minibatches' losses. The first minibatch that is not finite ends it. Takes fewer threads where
 * that is faster (train/pace.h). */
lc_code lc_engine_pass(lc_engine *e, size_t n, double rate, lc_gather_fn gather, void *user, double *loss,
                       lc_status *st);

/* The moving average of the parameters (net->params), the parameters themselves where none is kept. */
const float *lc_engine_average(const lc_engine *e);

/* The parameters (net->params); after writing to them call lc_engine_weights_changed. */
float *lc_engine_weights(lc_engine *e);
void lc_engine_weights_changed(lc_engine *e);

/* All that later steps depend on, where it lies. After writing to it call lc_engine_restored. */
typedef struct lc_engine_state {
    size_t params;
    float *w, *average, *m, *v; /* (params); average NULL: none is kept */
    double *power1, *power2;    /* of the optimizer */
    uint64_t *steps;            /* done */
} lc_engine_state;
lc_engine_state lc_engine_look(lc_engine *e);
void lc_engine_restored(lc_engine *e);

/* Seconds (LC_PHASES) that the first thread has spent in each phase so far; NULL unless timed. */
const double *lc_engine_phases(const lc_engine *e);

/* The gradient block of the last step: the sum over all observed targets, before scaling. */
const float *lc_engine_gradient(const lc_engine *e);

#endif
