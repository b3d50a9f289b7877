/* Model files with parts exchanged: what a hostile hand could write. */
#ifndef LC_TESTS_MODEL_EDIT_H
#define LC_TESTS_MODEL_EDIT_H

#include <jansson.h>

#include "model/model.h"
#include "model/safetensors.h"

json_t *model_config(const lc_model *m);

/* Sets the value at a place like "network.hidden" or "calibration.scores.0.3"; NULL removes it. Takes the value. */
void config_edit(json_t *root, const char *place, json_t *value);

/* Writes the file `from` to `to` with these strings in its metadata (NULL: without) and, unless NULL, tensors changed
 * by `change`, which may reorder or drop them. */
typedef void (*model_change_fn)(void *user, lc_tensor *tensors, size_t *n);
void model_rewrite(const char *from, const char *to, const char *config, const char *format, const char *version,
                   model_change_fn change, void *user);

#endif
