#include <string.h>

#include "nn/layer.h"

extern const lc_layer_kind lc_layer_lstm, lc_layer_dense, lc_layer_dropout;

const lc_layer_kind *const lc_layer_kinds[] = {&lc_layer_lstm, &lc_layer_dense, &lc_layer_dropout, NULL};

const lc_layer_kind *lc_layer_find(const char *name)
{
    for (size_t i = 0; lc_layer_kinds[i]; i++)
        if (strcmp(lc_layer_kinds[i]->name, name) == 0) return lc_layer_kinds[i];
    return NULL;
}
