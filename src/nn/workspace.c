#include "nn/workspace.h"

#include "base/memory.h"

/* Floats of activations of `width` units, after a cache line that ends with the constant of the first row. */
static size_t activations(size_t steps, size_t room, size_t width)
{
    return LC_LANES + steps * room * lc_stride(width);
}

static void set_constants(float *x, size_t rows, size_t width)
{
    for (size_t r = 0; r < rows; r++, x += lc_stride(width)) x[-1] = 1;
}

/* Books the parts one after another; the floats of all of them. */
static size_t lay_out(lc_workspace *ws)
{
    const lc_network *net = ws->net;
    const lc_layer *top = &net->layer[net->n_layers - 1];
    ws->input = LC_LANES;
    size_t at = activations(net->spec.steps, ws->room, net->spec.inputs);
    ws->side = at;
    if (lc_network_side(&net->spec)) at += ws->room * lc_stride(lc_network_side(&net->spec));
    for (size_t i = 0; i < net->n_layers; i++) {
        const lc_layer *l = &net->layer[i];
        ws->layer[i].y = at + LC_LANES;
        at += activations(l->kind->out_steps(l), ws->room, l->outputs);
        ws->layer[i].saved = at;
        at += lc_padded(l->kind->saved(l, ws->room, ws->keep));
    }
    if (!ws->keep) return at;
    ws->dy = at;
    at += ws->room * lc_stride(top->outputs);
    size_t dy_steps = top->kind->out_steps(top);
    for (size_t i = net->n_layers; i-- > 0;) {
        const lc_layer *l = &net->layer[i];
        ws->layer[i].dy_steps = dy_steps;
        ws->layer[i].dx = at;
        dy_steps = l->kind->dx_steps(l, dy_steps);
        if (i) at += dy_steps * ws->room * lc_stride(l->inputs);
    }
    return at;
}

/* A generous bound in real numbers, so that the exact sum cannot wrap. */
static bool countable(const lc_network *net, size_t room)
{
    const lc_network_spec *s = &net->spec;
    double width = 16.0 * (double)lc_stride(s->hidden) + 2.0 * (double)lc_stride(s->inputs);
    double all =
        (double)room * ((double)s->steps * width * (double)(net->n_layers + 2) +
                        8.0 * (double)lc_stride(lc_network_width(net)) + (double)lc_stride(lc_network_side(s)));
    return all < 0x1p60;
}

double lc_workspace_row(const lc_network *net)
{
    double floats = (double)net->spec.steps * (double)lc_stride(net->spec.inputs);
    for (size_t i = 0; i < net->n_layers; i++) {
        const lc_layer *l = &net->layer[i];
        floats +=
            (double)l->kind->saved(l, 1, true) + 2.0 * (double)l->kind->out_steps(l) * (double)lc_stride(l->outputs);
    }
    return floats;
}

lc_workspace *lc_workspace_create(const lc_network *net, size_t room, bool keep)
{
    if (!countable(net, room)) return NULL;
    lc_workspace *ws = lc_calloc(1, sizeof *ws);
    if (!ws) return NULL;
    *ws = (lc_workspace){.net = net, .room = room, .keep = keep};
    ws->layer = lc_calloc(net->n_layers, sizeof *ws->layer);
    if (ws->layer) ws->mem = lc_calloc(lay_out(ws), sizeof *ws->mem);
    if (!ws->mem) {
        lc_workspace_free(ws);
        return NULL;
    }
    set_constants(ws->mem + ws->input, net->spec.steps * room, net->spec.inputs);
    for (size_t i = 0; i < net->n_layers; i++) {
        const lc_layer *l = &net->layer[i];
        set_constants(ws->mem + ws->layer[i].y, l->kind->out_steps(l) * room, l->outputs);
    }
    return ws;
}

void lc_workspace_free(lc_workspace *ws)
{
    if (!ws) return;
    lc_free(ws->layer);
    lc_free(ws->mem);
    lc_free(ws);
}

float *lc_workspace_input(const lc_workspace *ws)
{
    return ws->mem + ws->input;
}

float *lc_workspace_side(const lc_workspace *ws)
{
    return ws->mem + ws->side;
}

float *lc_workspace_output(const lc_workspace *ws)
{
    return ws->mem + ws->layer[ws->net->n_layers - 1].y;
}

float *lc_workspace_output_gradient(const lc_workspace *ws)
{
    return ws->mem + ws->dy;
}
