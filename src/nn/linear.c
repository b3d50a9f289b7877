/* A linear map of every step: y_t = W x_t + b. Parameters as those of the dense layer: (1 + inputs, padded outputs),
 * the bias first; packed: the weight transposed, for dx. */
#include <math.h>
#include <string.h>

#include "nn/layer.h"

static size_t params(const lc_layer *l)
{
    return (l->inputs + 1) * lc_padded(l->outputs);
}

static size_t packed(const lc_layer *l)
{
    return lc_padded(l->outputs) * lc_padded(l->inputs);
}

static size_t saved(const lc_layer *l, size_t room, bool keep)
{
    (void)l, (void)room, (void)keep;
    return 0;
}

static size_t out_steps(const lc_layer *l)
{
    return l->steps;
}

static size_t dx_steps(const lc_layer *l, size_t dy_steps)
{
    (void)l;
    return dy_steps;
}

static void init(const lc_layer *l, float *w, lc_rng *rng)
{
    double bound = 1 / sqrt((double)l->inputs);
    for (size_t i = 0; i <= l->inputs; i++) {
        size_t row = (i + 1) % (l->inputs + 1); /* the bias is drawn last */
        for (size_t j = 0; j < l->outputs; j++)
            w[row * lc_padded(l->outputs) + j] = (float)(bound * (2 * lc_rng_uniform(rng) - 1));
    }
}

static void pack(const lc_layer *l, const lc_kernels *k, const float *w, float *to, size_t part, size_t parts)
{
    (void)k;
    size_t in = lc_padded(l->inputs), out = lc_padded(l->outputs);
    for (size_t j = part; j < out; j += parts)
        for (size_t r = 0; r < l->inputs; r++) to[j * in + r] = w[(1 + r) * out + j];
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
    memset(p->g, 0, params(l) * sizeof *p->g);
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

static void get(const lc_layer *l, const float *w, size_t tensor, float *out)
{
    size_t columns = tensor ? 1 : l->inputs, from = tensor ? 0 : 1;
    for (size_t j = 0; j < l->outputs; j++)
        for (size_t r = 0; r < columns; r++) out[j * columns + r] = w[(from + r) * lc_padded(l->outputs) + j];
}

static void put(const lc_layer *l, float *w, size_t tensor, const float *in)
{
    size_t columns = tensor ? 1 : l->inputs, from = tensor ? 0 : 1;
    for (size_t j = 0; j < l->outputs; j++)
        for (size_t r = 0; r < columns; r++) w[(from + r) * lc_padded(l->outputs) + j] = in[j * columns + r];
}

extern const lc_layer_kind lc_layer_linear;
const lc_layer_kind lc_layer_linear = {
    .name = "linear",
    .params = params,
    .packed = packed,
    .saved = saved,
    .out_steps = out_steps,
    .dx_steps = dx_steps,
    .init = init,
    .pack = pack,
    .forward = forward,
    .backward = backward,
    .gradient = gradient,
    .tensors = tensors,
    .get = get,
    .put = put,
};
