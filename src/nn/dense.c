/* A linear map of the last step: y = W x + b. Parameters (inputs + 1, padded outputs), the transpose of
 * PyTorch's weight with the bias as its last row; packed: the weight transposed back, for dx. */
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

static size_t saved(const lc_layer *l, size_t rows, bool keep)
{
    (void)l, (void)rows, (void)keep;
    return 0;
}

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

static void init(const lc_layer *l, float *w, lc_rng *rng)
{
    double bound = 1 / sqrt((double)l->inputs);
    for (size_t r = 0; r <= l->inputs; r++)
        for (size_t j = 0; j < l->outputs; j++)
            w[r * lc_padded(l->outputs) + j] = (float)(bound * (2 * lc_rng_uniform(rng) - 1));
}

static void pack(const lc_layer *l, const float *w, float *to)
{
    size_t in = lc_padded(l->inputs), out = lc_padded(l->outputs);
    for (size_t r = 0; r < l->inputs; r++)
        for (size_t j = 0; j < out; j++) to[j * in + r] = w[r * out + j];
}

static void forward(const lc_layer *l, const lc_pass *p)
{
    size_t in = lc_padded(l->inputs), out = lc_padded(l->outputs);
    const float *x = p->x + (l->steps - 1) * p->rows * in;
    const float *bias = p->w + l->inputs * out;
    for (size_t r = 0; r < p->rows; r++) memcpy(p->y + r * out, bias, out * sizeof *bias);
    p->kernels->gemm(p->rows, out, l->inputs, x, in, 1, p->w, out, p->y, out);
}

static void backward(const lc_layer *l, const lc_pass *p)
{
    size_t in = lc_padded(l->inputs), out = lc_padded(l->outputs);
    const float *x = p->x + (l->steps - 1) * p->rows * in;
    p->kernels->gemm(l->inputs, out, p->rows, x, 1, in, p->dy, out, p->g, out);
    p->kernels->add_rows(p->rows, out, p->dy, p->g + l->inputs * out);
    if (!p->dx) return;
    memset(p->dx, 0, p->rows * in * sizeof *p->dx);
    p->kernels->gemm(p->rows, in, l->outputs, p->dy, out, 1, p->packed, in, p->dx, in);
}

static size_t tensors(const lc_layer *l, lc_layer_tensor t[LC_LAYER_TENSORS])
{
    t[0] = (lc_layer_tensor){"head.weight", 2, {l->outputs, l->inputs}};
    t[1] = (lc_layer_tensor){"head.bias", 1, {l->outputs, 1}};
    return 2;
}

static void get(const lc_layer *l, const float *w, size_t tensor, float *out)
{
    size_t columns = tensor ? 1 : l->inputs, from = tensor ? l->inputs : 0;
    for (size_t j = 0; j < l->outputs; j++)
        for (size_t r = 0; r < columns; r++) out[j * columns + r] = w[(from + r) * lc_padded(l->outputs) + j];
}

static void put(const lc_layer *l, float *w, size_t tensor, const float *in)
{
    size_t columns = tensor ? 1 : l->inputs, from = tensor ? l->inputs : 0;
    for (size_t j = 0; j < l->outputs; j++)
        for (size_t r = 0; r < columns; r++) w[(from + r) * lc_padded(l->outputs) + j] = in[j * columns + r];
}

extern const lc_layer_kind lc_layer_dense;
const lc_layer_kind lc_layer_dense = {
    .name = "dense",
    .params = params,
    .packed = packed,
    .saved = saved,
    .out_steps = out_steps,
    .dx_steps = dx_steps,
    .init = init,
    .pack = pack,
    .forward = forward,
    .backward = backward,
    .tensors = tensors,
    .get = get,
    .put = put,
};
