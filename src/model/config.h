/* A model's config as JSON; see config.c for its fields. */
#ifndef LC_MODEL_CONFIG_H
#define LC_MODEL_CONFIG_H

#include <jansson.h>

#include "model/model.h"

/* Adds a new value (taken over); *ok becomes false when there is no memory for it. */
void lc_json_put(json_t *object, const char *key, json_t *value, bool *ok);
void lc_json_append(json_t *list, json_t *value, bool *ok);

json_t *lc_config_write(const lc_model *m); /* NULL: out of memory */

/* Settings and numbers of covariates, enough to build the model that lc_config_read then completes. */
lc_code lc_config_settings(const json_t *root, lc_settings **out, lc_covariate_counts *n, lc_status *st);
lc_code lc_config_read(const json_t *root, lc_model *m, lc_status *st);

#endif
