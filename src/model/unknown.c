#include "model/unknown.h"

/* The reader has bounded how deep a config nests. */
bool lc_unknown_of(json_t **out, const json_t *found, const json_t *known)
{
    const char *key;
    json_t *value, *rest = json_object();
    bool ok = rest != NULL;
    json_object_foreach((json_t *)found, key, value)
    {
        const json_t *own = json_object_get(known, key);
        json_t *inner = NULL;
        if (!own) inner = json_deep_copy(value);
        if (!own) ok = ok && inner;
        if (json_is_object(own) && json_is_object(value)) ok = ok && lc_unknown_of(&inner, value, own);
        if (inner) ok = json_object_set_new(rest, key, inner) == 0 && ok;
    }
    *out = ok && json_object_size(rest) ? rest : NULL;
    if (!*out) json_decref(rest);
    return ok;
}

bool lc_unknown_restore(json_t *config, const json_t *unknown)
{
    const char *key;
    json_t *value;
    bool ok = true;
    json_object_foreach((json_t *)unknown, key, value)
    {
        json_t *own = json_object_get(config, key);
        if (!own) ok = json_object_set_new(config, key, json_deep_copy(value)) == 0 && ok;
        else if (json_is_object(own) && json_is_object(value)) ok = lc_unknown_restore(own, value) && ok;
    }
    return ok;
}
