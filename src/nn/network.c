#include "nn/network.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "nn/arch.h"
#include "nn/workspace.h"
#include "par/team.h"

bool lc_network_add(lc_network *net, const char *kind, size_t index, size_t steps, size_t inputs, size_t outputs)
{
    if (!LC_GROW(&net->layer, &net->room, net->n_layers + 1)) return false;
    lc_layer *l = &net->layer[net->n_layers++];
    *l = (lc_layer){.kind = lc_layer_find(kind), .index = index, .steps = steps, .inputs = inputs, .outputs = outputs};
    l->rate = net->spec.dropout;
    l->source.steps = net->spec.steps;
    l->source.inputs = net->spec.inputs;
    l->source.from = net->spec.skip_from;
    l->source.side = net->spec.side;
    l->source.own = net->spec.own;
    l->source.outputs = net->spec.outputs;
    l->lanes = net->kernels->lanes;
    l->param_at = net->params;
    l->packed_at = net->packed;
    net->params += lc_padded(l->kind->params(l));
    net->packed += lc_padded(l->kind->packed(l));
    return true;
}

/* Sizes are products of settings; a bound far above any sensible network keeps them from wrapping. */
static bool sensible(const lc_network_spec *s)
{
    const size_t most = (size_t)1 << 20;
    size_t units;
    if (s->side > most || s->own > 64 || s->skip_from > s->inputs || (s->skip_from == s->inputs && !lc_network_side(s)))
        return false;
    if (s->skip && (double)s->steps * (double)s->inputs * (double)s->outputs > 0x1p36) return false;
    return s->inputs && s->steps && s->hidden && s->layers && s->outputs && s->inputs <= most && s->steps <= most &&
           s->hidden <= most && s->outputs <= most && s->layers <= 64 &&
           lc_mul(s->hidden + LC_LANES, s->hidden + s->inputs + s->outputs + 4 * (size_t)LC_LANES, &units) &&
           units <= ((size_t)1 << 36);
}

lc_code lc_network_create(lc_network **out, const lc_network_spec *spec, const lc_kernels *kernels, lc_status *st)
{
    *out = NULL;
    if (!sensible(spec)) {
        lc_fail(st, LC_E_USAGE,
                "a network of this size cannot be built: %zu inputs, %zu steps, %zu hidden, %zu outputs", spec->inputs,
                spec->steps, spec->hidden, spec->outputs);
        lc_hint(st, "lower --hidden, --lookback or --horizon");
        return LC_E_USAGE;
    }
    lc_network *net = lc_calloc(1, sizeof *net);
    if (!net) return lc_fail_memory(st);
    net->kernels = kernels;
    net->spec = *spec;
    if (!spec->arch->build(net)) {
        lc_network_free(net);
        return lc_fail_memory(st);
    }
    *out = net;
    return LC_OK;
}

void lc_network_free(lc_network *net)
{
    if (!net) return;
    free(net->layer);
    lc_free(net);
}

void lc_network_init(const lc_network *net, float *w, uint64_t seed)
{
    memset(w, 0, net->params * sizeof *w);
    for (size_t i = 0; i < net->n_layers; i++) {
        lc_rng rng = lc_rng_make(seed, LC_STREAM_INIT, i);
        net->layer[i].kind->init(&net->layer[i], w + net->layer[i].param_at, &rng);
    }
}

void lc_network_pack(const lc_network *net, const float *w, float *packed, size_t part, size_t parts)
{
    for (size_t i = 0; i < net->n_layers; i++) {
        const lc_layer *l = &net->layer[i];
        l->kind->pack(l, net->kernels, w + l->param_at, packed + l->packed_at, part, parts);
    }
}

static lc_pass pass_of(const lc_network *net, const lc_network_run *run, size_t i)
{
    const lc_layer *l = &net->layer[i];
    const lc_workspace *ws = run->work;
    const lc_workspace_layer *at = &ws->layer[i];
    return (lc_pass){.kernels = net->kernels,
                     .rows = run->rows,
                     .room = ws->room,
                     .keep = ws->keep,
                     .carry = run->carry,
                     .flip = run->flip,
                     .part = run->part,
                     .parts = run->parts,
                     .noise = run->noise + lc_hash64(i + 1),
                     .w = run->w + l->param_at,
                     .packed = run->packed ? run->packed + l->packed_at : NULL,
                     .x = ws->mem + (i ? ws->layer[i - 1].y : ws->input),
                     .y = ws->mem + at->y,
                     .input = ws->mem + ws->input,
                     .side = ws->mem + ws->side,
                     .saved = ws->mem + at->saved,
                     .dy = ws->mem + (i + 1 < net->n_layers ? ws->layer[i + 1].dx : ws->dy),
                     .dy_steps = at->dy_steps,
                     .dx = i ? ws->mem + at->dx : NULL};
}

void lc_network_forward(const lc_network *net, const lc_network_run *run)
{
    for (size_t i = 0; i < net->n_layers; i++) {
        lc_pass p = pass_of(net, run, i);
        net->layer[i].kind->forward(&net->layer[i], &p);
        if (run->parts) lc_team_barrier(); /* the next layer reads all of it */
    }
}

void lc_network_backward(const lc_network *net, const lc_network_run *run)
{
    for (size_t i = net->n_layers; i-- > 0;) {
        lc_pass p = pass_of(net, run, i);
        net->layer[i].kind->backward(&net->layer[i], &p);
    }
}

void lc_network_gradient(const lc_network *net, const lc_network_run *run, size_t first, size_t shard, float *g)
{
    for (size_t i = 0; i < net->n_layers; i++) {
        if (run->fixed_from && net->layer[i].param_at >= run->fixed_from) return;
        lc_pass p = pass_of(net, run, i);
        p.first = first;
        p.shard = shard;
        p.g = g + net->layer[i].param_at;
        net->layer[i].kind->gradient(&net->layer[i], &p);
    }
}
