#include "train/online.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

lc_code lc_online_create(lc_online *o, const lc_network *net, size_t room, double clip, lc_status *st)
{
    const size_t outputs = net->spec.outputs;
    *o = (lc_online){.net = net, .loss = lc_loss_find("huber"), .room = room, .clip = clip};
    o->side = lc_stride(lc_network_side(&net->spec));
    o->row = lc_stride(net->spec.inputs);
    o->step = room * o->row;
    o->out = lc_stride(lc_network_width(net));
    size_t targets;
    if (lc_mul(room, outputs, &targets) && (o->work = lc_workspace_create(net, room, true)) &&
        (o->w = lc_calloc(net->params, sizeof *o->w)) && (o->g = lc_calloc(net->params, sizeof *o->g)) &&
        (o->packed = lc_calloc(net->packed, sizeof *o->packed)) &&
        (o->target = lc_calloc(targets, sizeof *o->target)) && (o->unit = lc_calloc(targets, sizeof *o->unit)) &&
        lc_adam_create(&o->adam, net->params)) {
        for (size_t i = 0; i < targets; i++) o->unit[i] = 1;
        return LC_OK;
    }
    lc_online_free(o);
    return lc_fail_memory(st);
}

void lc_online_free(lc_online *o)
{
    lc_workspace_free(o->work);
    lc_free(o->w);
    lc_free(o->g);
    lc_free(o->packed);
    lc_free(o->target);
    lc_free(o->unit);
    lc_adam_free(&o->adam);
    *o = (lc_online){0};
}

void lc_online_begin(lc_online *o, uint64_t seed)
{
    lc_network_init(o->net, o->w, seed);
    memset(o->adam.m, 0, o->net->params * sizeof *o->adam.m);
    memset(o->adam.v, 0, o->net->params * sizeof *o->adam.v);
    o->adam.power1 = o->adam.power2 = 1;
    lc_online_weights_changed(o);
}

void lc_online_weights_changed(lc_online *o)
{
    lc_network_pack(o->net, o->w, o->packed, 0, 1);
}

float *lc_online_input(const lc_online *o)
{
    return lc_workspace_input(o->work);
}

float *lc_online_side(const lc_online *o)
{
    return lc_workspace_side(o->work);
}

static lc_network_run run_of(const lc_online *o, size_t rows)
{
    return (lc_network_run){.w = o->w, .packed = o->packed, .work = o->work, .rows = rows};
}

const float *lc_online_forward(lc_online *o, size_t rows)
{
    lc_network_run run = run_of(o, rows);
    lc_network_forward(o->net, &run);
    return lc_workspace_output(o->work);
}

void lc_online_learn(lc_online *o, size_t rows, double rate)
{
    const lc_kernels *k = o->net->kernels;
    const size_t n = o->net->params;
    const lc_truth truth = {o->target, o->unit, o->net->spec.outputs, false};
    size_t observed = 0;
    lc_loss_sum(o->loss, k, rows, lc_workspace_output(o->work), o->out, &truth, lc_workspace_output_gradient(o->work),
                &observed);
    if (!observed) return;
    lc_network_run run = run_of(o, rows);
    lc_network_backward(o->net, &run);
    lc_network_gradient(o->net, &run, 0, rows, o->g);
    const float *const part[] = {o->g};
    double scale = 1 / (double)rows, norm = sqrt(k->reduce(n, part, 1, 0, o->g)) * scale;
    if (!isfinite(norm)) return;
    if (o->clip > 0 && norm > o->clip) scale *= o->clip / norm;
    lc_adam_begin(&o->adam);
    lc_adam_update(&o->adam, k, n, 0, o->w, o->g, scale, rate, 0);
    lc_online_weights_changed(o);
}
