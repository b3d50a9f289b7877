/* Where a training can be gone on with: what each of its networks knows after a round, in one file that is replaced as
 * a whole. A training that goes on ends with the bits of one that was never stopped. */
#ifndef LC_TRAIN_CHECKPOINT_H
#define LC_TRAIN_CHECKPOINT_H

#include "base/settings.h"
#include "base/status.h"
#include "data/panel.h"
#include "train/engine.h"
#include "train/resolve.h"

typedef struct lc_checkpoint lc_checkpoint;

/* A network between two rounds. What is kept and restored lies where the pointers say. */
typedef struct lc_round_state {
    lc_engine_state engine;
    float *best_weights;             /* (params) */
    double *train_loss, *valid_loss; /* (room) */
    size_t room;                     /* rounds that a training may have */
    size_t round_steps;              /* minibatches of one, asked of what is restored */
    double best_score;
    uint64_t rounds, best, steps, since_best, before;
    bool ended; /* no further round */
} lc_round_state;

/* The checkpoint that the settings name, *out NULL where they name none. It belongs to this panel, these settings, but
 * for those of the group RUN, the weights it begins with, this version and these kernels: with `resume` a file of
 * others is refused (LC_E_USAGE), one that is not there yet is not missed. Without `resume` the training begins anew.
 * Room for `slots` networks. */
lc_code lc_checkpoint_open(lc_checkpoint **out, const lc_panel *p, const lc_settings *s, const lc_split *split,
                           size_t slots, lc_status *st);
void lc_checkpoint_free(lc_checkpoint *c);

/* Fills s with what is known of the network; *found false leaves it as it is. LC_E_MODEL where it does not fit, or
 * where no training can have come to it: nothing in a file makes one that goes on take longer than one that begins. */
lc_code lc_checkpoint_restore(lc_checkpoint *c, size_t slot, lc_round_state *s, bool *found, lc_status *st);
/* Keeps the network's state and writes the file. May be called by several threads, each for slots of its own. */
lc_code lc_checkpoint_keep(lc_checkpoint *c, size_t slot, const lc_round_state *s, lc_status *st);

#endif
