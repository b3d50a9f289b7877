/* What a file in memory holds. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/safetensors_file.h"

int lc_safetensors_by_name(const void *pa, const void *pb)
{
    const lc_tensor *const *a = pa, *const *b = pb;
    return strcmp((*a)->name, (*b)->name);
}

void lc_safetensors_free(lc_safetensors *f)
{
    if (!f) return;
    json_decref(f->header);
    lc_free(f->tensors);
    lc_free(f->by_name);
    lc_free(f->data);
    lc_free(f->bytes);
    lc_free(f->place);
    free(f);
}

size_t lc_safetensors_count(const lc_safetensors *f)
{
    return f->n;
}

const lc_tensor *lc_safetensors_at(const lc_safetensors *f, size_t i)
{
    return i < f->n ? &f->tensors[i] : NULL;
}

const lc_tensor *lc_safetensors_find(const lc_safetensors *f, const char *name)
{
    const lc_tensor wanted = {.name = name}, *key = &wanted;
    const lc_tensor **found = f->n ? bsearch(&key, f->by_name, f->n, sizeof *f->by_name, lc_safetensors_by_name) : NULL;
    return found ? *found : NULL;
}

const void *lc_safetensors_vector(const lc_safetensors *f, const char *name, lc_scalar type, size_t *count)
{
    const lc_tensor *t = f->place ? lc_safetensors_find(f, name) : NULL;
    if (!t || t->dims != 1) return NULL;
    const struct lc_scalar_place *p = &f->place[t - f->tensors];
    *count = t->shape[0];
    return p->type == type ? p->at : NULL;
}

const char *lc_safetensors_metadata(const lc_safetensors *f, const char *key)
{
    return json_string_value(json_object_get(f->metadata, key));
}
