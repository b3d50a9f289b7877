#include "nn/network.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "nn/arch.h"

static size_t aligned(size_t floats)
{
    return (floats + LC_LANES - 1) / LC_LANES * LC_LANES;
}

bool lc_network_add(lc_network *net, const char *kind, size_t index, size_t steps, size_t inputs, size_t outputs)
{
    if (!LC_GROW(&net->layer, &net->room, net->n_layers + 1)) return false;
    lc_layer *l = &net->layer[net->n_layers++];
    *l = (lc_layer){.kind = lc_layer_find(kind), .index = index, .steps = steps, .inputs = inputs, .outputs = outputs};
    l->rate = net->spec.dropout;
    l->param_at = net->params;
    l->packed_at = net->packed;
    net->params += aligned(l->kind->params(l));
    net->packed += aligned(l->kind->packed(l));
    return true;
}

/* Sizes are products of settings; a bound far above any sensible network keeps them from wrapping. */
static bool sensible(const lc_network_spec *s)
{
    const size_t most = (size_t)1 << 20;
    size_t units;
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
    for (size_t i = part; i < net->n_layers; i += parts) {
        const lc_layer *l = &net->layer[i];
        l->kind->pack(l, w + l->param_at, packed + l->packed_at);
    }
}

/* Where everything lies in a workspace, in floats from its start. */
typedef struct plan {
    size_t y, saved;   /* of the layer asked for */
    size_t dy;         /* gradient of the network's output */
    size_t ping, pong; /* gradients between layers, in turn */
    size_t total;
} plan;

static size_t output_floats(const lc_layer *l, size_t rows)
{
    return aligned(l->kind->out_steps(l) * rows * lc_padded(l->outputs));
}

static plan plan_of(const lc_network *net, size_t rows, bool keep, size_t layer)
{
    plan p = {0};
    size_t at = aligned(net->spec.steps * rows * lc_padded(net->spec.inputs));
    size_t widest = 0;
    for (size_t i = 0; i < net->n_layers; i++) {
        const lc_layer *l = &net->layer[i];
        size_t y = output_floats(l, rows);
        if (i == layer) p.y = at;
        at += y;
        if (i == layer) p.saved = at;
        at += aligned(l->kind->saved(l, rows, keep));
        if (y > widest) widest = y;
    }
    if (keep) {
        p.dy = at;
        at += output_floats(&net->layer[net->n_layers - 1], rows);
        p.ping = at;
        at += widest;
        p.pong = at;
        at += widest;
    }
    p.total = at;
    return p;
}

bool lc_network_workspace(const lc_network *net, size_t rows, bool keep, size_t *floats)
{
    /* A generous bound in real numbers first, so that the exact sum cannot wrap. */
    double width = 8.0 * (double)lc_padded(net->spec.hidden) + (double)lc_padded(net->spec.inputs);
    double bound = (double)rows * ((double)net->spec.steps * width * (double)(net->n_layers + 2) +
                                   4.0 * (double)lc_padded(net->spec.outputs));
    if (bound > 0x1p60) return false;
    *floats = plan_of(net, rows, keep, 0).total;
    return true;
}

float *lc_network_input(const lc_network *net, float *workspace, size_t rows, bool keep)
{
    (void)net, (void)rows, (void)keep;
    return workspace;
}

float *lc_network_output(const lc_network *net, float *workspace, size_t rows, bool keep)
{
    return workspace + plan_of(net, rows, keep, net->n_layers - 1).y;
}

float *lc_network_output_gradient(const lc_network *net, float *workspace, size_t rows)
{
    return workspace + plan_of(net, rows, true, 0).dy;
}

static lc_pass pass_of(const lc_network *net, const lc_network_run *run, size_t i)
{
    const lc_layer *l = &net->layer[i];
    plan here = plan_of(net, run->rows, run->keep, i);
    float *x = i ? run->workspace + plan_of(net, run->rows, run->keep, i - 1).y : run->workspace;
    return (lc_pass){.kernels = net->kernels,
                     .rows = run->rows,
                     .keep = run->keep,
                     .noise = run->noise + lc_hash64(i + 1),
                     .w = run->w + l->param_at,
                     .packed = run->packed + l->packed_at,
                     .x = x,
                     .y = run->workspace + here.y,
                     .saved = run->workspace + here.saved};
}

void lc_network_forward(const lc_network *net, const lc_network_run *run)
{
    for (size_t i = 0; i < net->n_layers; i++) {
        lc_pass p = pass_of(net, run, i);
        net->layer[i].kind->forward(&net->layer[i], &p);
    }
}

void lc_network_backward(const lc_network *net, const lc_network_run *run)
{
    plan at = plan_of(net, run->rows, true, 0);
    const float *dy = run->workspace + at.dy;
    size_t dy_steps = 1;
    for (size_t i = net->n_layers; i-- > 0;) {
        const lc_layer *l = &net->layer[i];
        lc_pass p = pass_of(net, run, i);
        p.dy = dy;
        p.dy_steps = dy_steps;
        p.dx = i ? run->workspace + (i % 2 ? at.ping : at.pong) : NULL;
        p.g = run->g + l->param_at;
        l->kind->backward(l, &p);
        dy = p.dx;
        dy_steps = l->kind->dx_steps(l, dy_steps);
    }
}
