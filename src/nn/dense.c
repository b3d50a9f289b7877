/* A linear map of the last step: y = W x + b. With `attached`, the outputs after those are quantiles of theirs, block
 * by block: they learn from what is below without changing it, and start as a normal distribution's. */
#include <string.h>

#include "nn/common.h"
#include "nn/quantile.h"

static size_t out_steps(const lc_layer *l)
{
    (void)l;
    return 1;
}

static size_t dx_steps(const lc_layer *l, size_t dy_steps)
{
    (void)l, (void)dy_steps;
    return 1;
}

static size_t attached(const lc_layer *l)
{
    return l->attached ? l->attached : l->outputs;
}

static void init(const lc_layer *l, float *w, lc_rng *rng)
{
    lc_affine_init(l, attached(l), w, rng);
    for (size_t j = attached(l); j < l->outputs; j++) {
        w[j] = (float)(0.5 * lc_quantile_normal[j / attached(l) - 1]);
        for (size_t i = 1; i <= l->inputs; i++) w[i * lc_padded(l->outputs) + j] = (float)(0.01 * lc_rng_normal(rng));
    }
}

/* The last step of x, with the constant before each row. */
static const float *last_of(const lc_layer *l, const lc_pass *p)
{
    return p->x + (l->steps - 1) * p->room * lc_stride(l->inputs) - 1;
}

static void forward(const lc_layer *l, const lc_pass *p)
{
    size_t out = lc_padded(l->outputs), y_ld = lc_stride(l->outputs), lines = out / LC_LANES;
    size_t from = p->parts ? lines * p->part / p->parts * LC_LANES : 0;
    size_t n = (p->parts ? lines * (p->part + 1) / p->parts * LC_LANES : out) - from;
    for (size_t r = 0; r < p->rows; r++) memset(p->y + r * y_ld + from, 0, n * sizeof *p->y);
    p->kernels->gemm(p->rows, n, 1 + l->inputs, last_of(l, p), lc_stride(l->inputs), 1, p->w + from, out, p->y + from,
                     y_ld);
}

static void backward(const lc_layer *l, const lc_pass *p)
{
    if (!p->dx) return;
    size_t in = lc_padded(l->inputs), dx_ld = lc_stride(l->inputs);
    for (size_t r = 0; r < p->rows; r++) memset(p->dx + r * dx_ld, 0, in * sizeof *p->dx);
    p->kernels->gemm(p->rows, in, attached(l), p->dy, lc_stride(l->outputs), 1, p->packed, in, p->dx, dx_ld);
}

static void gradient(const lc_layer *l, const lc_pass *p)
{
    size_t out = lc_padded(l->outputs), x_ld = lc_stride(l->inputs), dy_ld = lc_stride(l->outputs);
    memset(p->g, 0, lc_affine_params(l) * sizeof *p->g);
    p->kernels->gemm(1 + l->inputs, out, p->shard, last_of(l, p) + p->first * x_ld, 1, x_ld, p->dy + p->first * dy_ld,
                     dy_ld, p->g, out);
}

static size_t tensors(const lc_layer *l, lc_layer_tensor t[LC_LAYER_TENSORS])
{
    t[0] = (lc_layer_tensor){"head.weight", 2, {l->outputs, l->inputs}};
    t[1] = (lc_layer_tensor){"head.bias", 1, {l->outputs, 1}};
    return 2;
}

extern const lc_layer_kind lc_layer_dense;
const lc_layer_kind lc_layer_dense = {
    .name = "dense",
    .params = lc_affine_params,
    .packed = lc_affine_packed,
    .saved = lc_saves_none,
    .out_steps = out_steps,
    .dx_steps = dx_steps,
    .init = init,
    .pack = lc_affine_pack,
    .forward = forward,
    .backward = backward,
    .gradient = gradient,
    .tensors = tensors,
    .get = lc_affine_get,
    .put = lc_affine_put,
};
