#include "nn/arch.h"

#include <string.h>

/* The textbook's: stacked LSTM layers, the last hidden state of the top one to a dense head over all horizon steps. */
static bool build_lstm(lc_network *net)
{
    const lc_network_spec *s = &net->spec;
    size_t width = s->inputs;
    for (size_t i = 0; i < s->layers; i++) {
        if (!lc_network_add(net, "lstm", i, s->steps, width, s->hidden)) return false;
        width = s->hidden;
        if (s->dropout > 0 && !lc_network_add(net, "dropout", i, s->steps, width, width)) return false;
    }
    return lc_network_add(net, "dense", 0, s->steps, width, s->outputs);
}

static const lc_arch archs[] = {{"lstm", build_lstm}};

const lc_arch *lc_arch_find(const char *name)
{
    for (size_t i = 0; i < sizeof archs / sizeof archs[0]; i++)
        if (strcmp(archs[i].name, name) == 0) return &archs[i];
    return NULL;
}
