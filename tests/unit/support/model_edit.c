#include "unit/support/model_edit.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

json_t *model_config(const lc_model *m)
{
    char *text = lc_model_config(m);
    json_t *root = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(root);
    free(text);
    return root;
}

void config_edit(json_t *root, const char *place, json_t *value)
{
    char *copy = lc_strdup(place), *key = copy;
    for (char *dot; (dot = strchr(key, '.')) != NULL; key = dot + 1) {
        *dot = '\0';
        root = json_is_array(root) ? json_array_get(root, (size_t)atoi(key)) : json_object_get(root, key);
        ck_assert_msg(root != NULL, "%s", place);
    }
    int failed;
    if (json_is_array(root)) {
        size_t i = (size_t)atoi(key);
        failed = value ? json_array_set_new(root, i, value) : json_array_remove(root, i);
    } else {
        failed = value ? json_object_set_new(root, key, value) : json_object_del(root, key);
    }
    ck_assert_msg(!failed, "%s", place);
    free(copy);
}

void model_rewrite(const char *from, const char *to, const char *config, const char *format, const char *version,
                   model_change_fn change, void *user)
{
    lc_safetensors *f = NULL;
    lc_status st = {0};
    ck_assert_int_eq(lc_safetensors_read(&f, from, &st), LC_OK);
    lc_tensor tensors[64];
    size_t n = lc_safetensors_count(f), k = 0;
    ck_assert_uint_le(n, sizeof tensors / sizeof tensors[0]);
    for (size_t i = 0; i < n; i++) tensors[i] = *lc_safetensors_at(f, i);
    if (change) change(user, tensors, &n);
    const char *metadata[3][2];
    if (format) metadata[k][0] = "format", metadata[k++][1] = format;
    if (version) metadata[k][0] = "version", metadata[k++][1] = version;
    if (config) metadata[k][0] = "config", metadata[k++][1] = config;
    ck_assert_msg(lc_safetensors_write(to, true, tensors, n, (const char *const(*)[2])metadata, k, &st) == LC_OK, "%s",
                  st.text);
    lc_safetensors_free(f);
}
