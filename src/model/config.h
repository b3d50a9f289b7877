/* A model's config as JSON; see config.c for its fields. */
#ifndef LC_MODEL_CONFIG_H
#define LC_MODEL_CONFIG_H

#include <jansson.h>

#include "model/model.h"

json_t *lc_config_write(const lc_model *m); /* NULL: out of memory */

/* Settings and width of the network, enough to build the model that lc_config_read then completes. */
lc_code lc_config_settings(const json_t *root, lc_settings **out, size_t *inputs, lc_status *st);
lc_code lc_config_read(const json_t *root, lc_model *m, lc_status *st);

#endif
