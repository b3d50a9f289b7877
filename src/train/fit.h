/* Fits a model: epochs of shuffled minibatches, early stopping on the validation windows. */
#ifndef LC_TRAIN_FIT_H
#define LC_TRAIN_FIT_H

#include "model/model.h"
#include "train/checkpoint.h"
#include "train/resolve.h"

/* settings must be resolved; split (n_series) says which rows of each series to learn from and which to
 * validate on. The weights of the best validation loss are kept; the model is not calibrated yet.
 *
 * LC_E_NUMERIC and LC_E_CANCELLED leave in *out the model of the best epoch so far, NULL before the first
 * epoch was done; every other failure leaves NULL. checkpoint: NULL, or what both fits of a model share. */
lc_code lc_fit(lc_model **out, const lc_panel *p, const lc_settings *settings, const lc_split *split,
               lc_checkpoint *checkpoint, lc_progress_fn progress, void *user, lc_status *st);

/* The networks of a model learn again from scratch, as many steps as were best, from all rows of the split: with the
 * setting final-fit, once the model is calibrated. */
lc_code lc_fit_final(lc_model *m, const lc_panel *p, const lc_split *split, lc_checkpoint *checkpoint,
                     lc_progress_fn progress, void *user, lc_status *st);

/* Room that both need in a checkpoint. */
size_t lc_fit_slots(const lc_settings *s);

enum { LC_FIT_VALIDATION = 2000 }; /* windows that a fit looks at after each round, at most */

/* Windows of the panel that validate: about `most` at most, evenly spaced. Free with lc_windows_free. */
lc_code lc_fit_validation(lc_windows *out, const lc_panel *p, const lc_scales *scales, const lc_settings *settings,
                          const lc_split *split, size_t most, lc_status *st);

/* Threads that the settings ask for. */
size_t lc_fit_threads(const lc_settings *s);

#endif
