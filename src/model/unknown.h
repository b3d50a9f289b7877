/* Fields of a config that this version does not know: they are kept, so that writing a model again loses nothing. */
#ifndef LC_MODEL_UNKNOWN_H
#define LC_MODEL_UNKNOWN_H

#include <jansson.h>
#include <stdbool.h>

/* What stands in `found` and not in `known`, objects within objects looked through (lists are known or not as a whole);
 * *out NULL where nothing does. false: out of memory. */
bool lc_unknown_of(json_t **out, const json_t *found, const json_t *known);

/* Puts it back into a config, where what is known goes first. false: out of memory. */
bool lc_unknown_restore(json_t *config, const json_t *unknown);

#endif
