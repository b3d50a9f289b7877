/* A linear branch from the network's own inputs past all other layers: y = x, and to its first source.outputs S v is
 * added, where v are the columns source.from.. of every step, then the side inputs, then those that each output has for
 * itself. S (sources, padded outputs, transposed) starts at zero, so that the network starts as it would be without
 * (Zeng et al. 2023 show how much of a forecast is linear). */
#include <string.h>

#include "nn/common.h"

static size_t columns(const lc_layer *l)
{
    return l->source.inputs - l->source.from;
}

static size_t sources(const lc_layer *l)
{
    return l->source.steps * columns(l) + l->source.side + l->source.own;
}

static size_t side_stride(const lc_layer *l)
{
    return lc_stride(l->source.side + l->source.own * l->source.outputs);
}

static size_t params(const lc_layer *l)
{
    return sources(l) * lc_padded(l->source.outputs);
}

static void copy(const lc_pass *p, size_t steps, size_t width, const float *from, float *to)
{
    size_t ld = lc_stride(width);
    for (size_t t = 0; t < steps; t++)
        for (size_t r = 0; r < p->rows; r++)
            memcpy(to + (t * p->room + r) * ld, from + (t * p->room + r) * ld, lc_padded(width) * sizeof *to);
}

/* The columns beyond source.outputs that a product touches get nothing: the padding of S is zero. */
static void forward(const lc_layer *l, const lc_pass *p)
{
    size_t n = lc_padded(l->source.outputs), ld = lc_stride(l->source.inputs), y_ld = lc_stride(l->outputs);
    if (p->part) return;
    copy(p, l->steps, l->outputs, p->x, p->y);
    float *y = p->y + (l->steps - 1) * p->room * y_ld;
    const float *w = p->w;
    for (size_t t = 0; columns(l) && t < l->source.steps; t++, w += columns(l) * n)
        p->kernels->gemm(p->rows, n, columns(l), p->input + t * p->room * ld + l->source.from, ld, 1, w, n, y, y_ld);
    if (l->source.side) p->kernels->gemm(p->rows, n, l->source.side, p->side, side_stride(l), 1, w, n, y, y_ld);
    w += l->source.side * n;
    for (size_t r = 0; l->source.own && r < p->rows; r++) {
        const float *own = p->side + r * side_stride(l) + l->source.side;
        for (size_t k = 0; k < l->source.own; k++)
            for (size_t j = 0; j < l->source.outputs; j++)
                y[r * y_ld + j] += w[k * n + j] * own[k * l->source.outputs + j];
    }
}

static void backward(const lc_layer *l, const lc_pass *p)
{
    if (p->dx) copy(p, p->dy_steps, l->outputs, p->dy, p->dx);
}

static void gradient(const lc_layer *l, const lc_pass *p)
{
    size_t n = lc_padded(l->source.outputs), ld = lc_stride(l->source.inputs), dy_ld = lc_stride(l->outputs);
    size_t side_ld = side_stride(l);
    const float *dy = p->dy + ((p->dy_steps - 1) * p->room + p->first) * dy_ld;
    float *g = p->g;
    memset(p->g, 0, params(l) * sizeof *p->g);
    for (size_t t = 0; columns(l) && t < l->source.steps; t++, g += columns(l) * n)
        p->kernels->gemm(columns(l), n, p->shard, p->input + (t * p->room + p->first) * ld + l->source.from, 1, ld, dy,
                         dy_ld, g, n);
    if (l->source.side)
        p->kernels->gemm(l->source.side, n, p->shard, p->side + p->first * side_ld, 1, side_ld, dy, dy_ld, g, n);
    g += l->source.side * n;
    for (size_t r = 0; l->source.own && r < p->shard; r++) {
        const float *own = p->side + (p->first + r) * side_ld + l->source.side;
        for (size_t k = 0; k < l->source.own; k++)
            for (size_t j = 0; j < l->source.outputs; j++)
                g[k * n + j] += own[k * l->source.outputs + j] * dy[r * dy_ld + j];
    }
    for (size_t i = 0; i < sources(l); i++) /* those columns of dy belong to other outputs */
        memset(p->g + i * n + l->source.outputs, 0, (n - l->source.outputs) * sizeof *p->g);
}

static size_t tensors(const lc_layer *l, lc_layer_tensor t[LC_LAYER_TENSORS])
{
    if (!params(l)) return 0;
    t[0] = (lc_layer_tensor){"skip.weight", 2, {l->source.outputs, sources(l)}};
    return 1;
}

static void get(const lc_layer *l, const float *w, size_t tensor, float *out)
{
    (void)tensor;
    for (size_t j = 0; j < l->source.outputs; j++)
        for (size_t r = 0; r < sources(l); r++) out[j * sources(l) + r] = w[r * lc_padded(l->source.outputs) + j];
}

static void put(const lc_layer *l, float *w, size_t tensor, const float *in)
{
    (void)tensor;
    for (size_t j = 0; j < l->source.outputs; j++)
        for (size_t r = 0; r < sources(l); r++) w[r * lc_padded(l->source.outputs) + j] = in[j * sources(l) + r];
}

extern const lc_layer_kind lc_layer_skip;
const lc_layer_kind lc_layer_skip = {
    .name = "skip",
    .params = params,
    .packed = lc_none,
    .saved = lc_saves_none,
    .out_steps = lc_all_steps,
    .dx_steps = lc_same_steps,
    .init = lc_init_none,
    .pack = lc_pack_none,
    .forward = forward,
    .backward = backward,
    .gradient = gradient,
    .tensors = tensors,
    .get = get,
    .put = put,
};
