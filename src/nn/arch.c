#include "nn/arch.h"

#include <math.h>
#include <string.h>

#include "nn/quantile.h"

/* The textbook's: stacked LSTM layers, the last hidden state of the top one to a dense head over all horizon steps. */
static bool build_lstm(lc_network *net)
{
    const lc_network_spec *s = &net->spec;
    size_t width = s->inputs;
    for (size_t i = 0; i < s->layers; i++) {
        if (!lc_network_add(net, "lstm", i, s->steps, width, s->hidden)) return false;
        net->layer[net->n_layers - 1].open = true;
        width = s->hidden;
        if (s->dropout > 0 && !lc_network_add(net, "dropout", i, s->steps, width, width)) return false;
    }
    return lc_network_add(net, "dense", 0, s->steps, width, s->outputs);
}

/* The default recipe's: every step is a segment of the window, mapped to the width of the LSTM; its last state to a
 * head with quantiles; a linear branch past all of it. */
static bool build_auto(lc_network *net)
{
    const lc_network_spec *s = &net->spec;
    const size_t width = s->outputs * (s->quantiles ? 1 + LC_QUANTILES : 1);
    if (!lc_network_add(net, "linear", 0, s->steps, s->inputs, s->hidden) ||
        !lc_network_add(net, "relu", 0, s->steps, s->hidden, s->hidden))
        return false;
    for (size_t i = 0; i < s->layers; i++) {
        if (!lc_network_add(net, "lstm", i, s->steps, s->hidden, s->hidden)) return false;
        if (s->dropout > 0 && !lc_network_add(net, "dropout", i, s->steps, s->hidden, s->hidden)) return false;
    }
    net->layer[net->n_layers - 1].last = true;
    if (!lc_network_add(net, "dense", 0, s->steps, s->hidden, width)) return false;
    net->layer[net->n_layers - 1].attached = s->outputs;
    return (!s->skip || lc_network_add(net, "skip", 0, 1, width, width));
}

static bool build_online(lc_network *net)
{
    const lc_network_spec *s = &net->spec;
    if (!lc_network_add(net, "lstm", 0, s->steps, s->inputs, s->hidden)) return false;
    net->layer[net->n_layers - 1].open = true;
    net->layer[net->n_layers - 1].last = true;
    return lc_network_add(net, "dense", 0, s->steps, s->hidden, s->outputs) &&
           lc_network_add(net, "skip", 0, 1, s->outputs, s->outputs);
}

const lc_arch lc_arch_online = {"online", build_online};

static const lc_arch archs[] = {{"auto", build_auto}, {"lstm", build_lstm}};

const lc_arch *lc_arch_find(const char *name)
{
    for (size_t i = 0; i < sizeof archs / sizeof archs[0]; i++)
        if (strcmp(archs[i].name, name) == 0) return &archs[i];
    return NULL;
}

static void open_real(double *x, double value)
{
    if (isnan(*x)) *x = value;
}

static lc_code open_text(lc_settings *s, const char *name, const char *now, const char *value, lc_status *st)
{
    return strcmp(now, "auto") == 0 ? lc_settings_set(s, name, value, st) : LC_OK;
}

lc_code lc_arch_defaults(lc_settings *s, lc_status *st)
{
    const bool network = strcmp(s->arch, "lstm") == 0;
    if (strcmp(s->arch, "auto") == 0) return LC_OK;
    if (!s->hidden) s->hidden = 32;
    if (!s->segment) s->segment = 1;
    if (!s->members) s->members = 1;
    if (!s->second) s->second = 1;
    if (!network && !s->batch) s->batch = 1;
    open_real(&s->valid, network ? 0.2 : 0.15);
    open_real(&s->lr, 0.002);
    open_real(&s->patience, 6);
    open_real(&s->dropout, 0);
    open_real(&s->decay, 0);
    open_real(&s->average, 0);
    open_real(&s->blend, network ? 0 : 1);
    lc_code code = open_text(s, "transform", s->transform, "none", st);
    if (code == LC_OK) code = open_text(s, "skip", s->skip, "on", st);
    if (code == LC_OK) code = open_text(s, "seasonal-base", s->seasonal_base, "off", st);
    if (code == LC_OK) code = open_text(s, "final-fit", s->final_fit, "off", st);
    return code == LC_OK ? open_text(s, "blend-with", s->blend_with, "theta", st) : code;
}
