#include <string.h>

#include "nn/layer.h"

extern const lc_layer_kind lc_layer_lstm, lc_layer_dense, lc_layer_dropout, lc_layer_linear, lc_layer_relu,
    lc_layer_skip;

const lc_layer_kind *const lc_layer_kinds[] = {
    &lc_layer_lstm, &lc_layer_dense, &lc_layer_dropout, &lc_layer_linear, &lc_layer_relu, &lc_layer_skip, NULL};

const lc_layer_kind *lc_layer_find(const char *name)
{
    for (size_t i = 0; lc_layer_kinds[i]; i++)
        if (strcmp(lc_layer_kinds[i]->name, name) == 0) return lc_layer_kinds[i];
    return NULL;
}
