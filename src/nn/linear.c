/* A linear map of every step: y_t = W x_t + b. */
#include <string.h>

#include "nn/common.h"

static void init(const lc_layer *l, float *w, lc_rng *rng)
{
    lc_affine_init(l, l->outputs, w, rng);
}

static void forward(const lc_layer *l, const lc_pass *p)
{
    size_t out = lc_padded(l->outputs), x_ld = lc_stride(l->inputs), y_ld = lc_stride(l->outputs);
    if (p->part) return;
    for (size_t t = 0; t < l->steps; t++) {
        float *y = p->y + t * p->room * y_ld;
        for (size_t r = 0; r < p->rows; r++) memset(y + r * y_ld, 0, out * sizeof *y);
        p->kernels->gemm(p->rows, out, 1 + l->inputs, p->x + t * p->room * x_ld - 1, x_ld, 1, p->w, out, y, y_ld);
    }
}

static void backward(const lc_layer *l, const lc_pass *p)
{
    if (!p->dx) return;
    size_t in = lc_padded(l->inputs), dx_ld = lc_stride(l->inputs), dy_ld = lc_stride(l->outputs);
    for (size_t t = 0; t < p->dy_steps; t++) {
        float *dx = p->dx + t * p->room * dx_ld;
        for (size_t r = 0; r < p->rows; r++) memset(dx + r * dx_ld, 0, in * sizeof *dx);
        p->kernels->gemm(p->rows, in, l->outputs, p->dy + t * p->room * dy_ld, dy_ld, 1, p->packed, in, dx, dx_ld);
    }
}

static void gradient(const lc_layer *l, const lc_pass *p)
{
    size_t out = lc_padded(l->outputs), x_ld = lc_stride(l->inputs), dy_ld = lc_stride(l->outputs);
    size_t silent = l->steps - p->dy_steps;
    memset(p->g, 0, lc_affine_params(l) * sizeof *p->g);
    for (size_t t = 0; t < p->dy_steps; t++)
        p->kernels->gemm(1 + l->inputs, out, p->shard, p->x + ((silent + t) * p->room + p->first) * x_ld - 1, 1, x_ld,
                         p->dy + (t * p->room + p->first) * dy_ld, dy_ld, p->g, out);
}

static size_t tensors(const lc_layer *l, lc_layer_tensor t[LC_LAYER_TENSORS])
{
    t[0] = (lc_layer_tensor){"embed.weight", 2, {l->outputs, l->inputs}};
    t[1] = (lc_layer_tensor){"embed.bias", 1, {l->outputs, 1}};
    return 2;
}

extern const lc_layer_kind lc_layer_linear;
const lc_layer_kind lc_layer_linear = {
    .name = "linear",
    .params = lc_affine_params,
    .packed = lc_affine_packed,
    .saved = lc_saves_none,
    .out_steps = lc_all_steps,
    .dx_steps = lc_same_steps,
    .init = init,
    .pack = lc_affine_pack,
    .forward = forward,
    .backward = backward,
    .gradient = gradient,
    .tensors = tensors,
    .get = lc_affine_get,
    .put = lc_affine_put,
};
