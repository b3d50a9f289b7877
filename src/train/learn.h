/* One network learns: rounds of minibatches with a look at the validation windows after each, early stopping. */
#ifndef LC_TRAIN_LEARN_H
#define LC_TRAIN_LEARN_H

#include <stdatomic.h>

#include "base/settings.h"
#include "model/feed.h"
#include "train/checkpoint.h"

typedef struct lc_learning {
    const lc_network *net;
    const lc_settings *settings;  /* resolved */
    const lc_feed *train, *valid; /* valid may have no windows */
    size_t threads;
    uint64_t seed;
    const double *slope;       /* where the linear branch starts: (horizon) on the window's last value; NULL: 0 */
    const float *start;        /* (params) weights to begin with, whatever slope and effect; NULL: those of the seed */
    const double *effect;      /* and on each covariate known ahead at the same step; NULL: 0 */
    bool plain;                /* the linear branch stays as it starts */
    size_t stop;               /* minibatches after which it ends, whatever is learned; 0: by the validation windows */
    lc_progress_fn progress;   /* NULL: nobody asks */
    void *user;                /* of progress */
    lc_checkpoint *checkpoint; /* NULL: none */
    size_t slot;               /* of it, this network's */
    atomic_bool *cancelled;    /* set when progress asks to stop, looked at after every round */
} lc_learning;

typedef struct lc_learned {
    float *w;                        /* (params) given by the caller: the weights that are kept */
    size_t rounds;                   /* run */
    size_t best;                     /* 1-based; 0: none was finished */
    size_t steps;                    /* minibatches until then */
    double *train_loss, *valid_loss; /* (rounds) to be freed; NULL with `stop` */
} lc_learned;

/* LC_E_NUMERIC and LC_E_CANCELLED leave the best weights so far when out->best is not 0. */
lc_code lc_learn(lc_learned *out, const lc_learning *l, lc_status *st);

#endif
