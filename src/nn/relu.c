/* The rectifier of every step: y = max(x, 0). What backward needs is whether y is above 0. */
#include "nn/layer.h"

static size_t none(const lc_layer *l)
{
    (void)l;
    return 0;
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
    (void)l, (void)w, (void)rng;
}

static void pack(const lc_layer *l, const lc_kernels *k, const float *w, float *to, size_t part, size_t parts)
{
    (void)l, (void)k, (void)w, (void)to, (void)part, (void)parts;
}

/* Rows with what lies between them: constants stay 1, padding 0. */
static size_t floats(const lc_layer *l, const lc_pass *p)
{
    return (p->rows - 1) * lc_stride(l->inputs) + lc_padded(l->inputs);
}

static void forward(const lc_layer *l, const lc_pass *p)
{
    const size_t step = p->room * lc_stride(l->inputs);
    if (p->part) return;
    for (size_t t = 0; t < l->steps; t++) p->kernels->relu(floats(l, p), p->x + t * step, p->y + t * step);
}

static void backward(const lc_layer *l, const lc_pass *p)
{
    const size_t step = p->room * lc_stride(l->inputs), silent = l->steps - p->dy_steps;
    for (size_t t = 0; t < p->dy_steps && p->dx; t++)
        p->kernels->relu_backward(floats(l, p), p->y + (silent + t) * step, p->dy + t * step, p->dx + t * step);
}

static void gradient(const lc_layer *l, const lc_pass *p)
{
    (void)l, (void)p;
}

static size_t tensors(const lc_layer *l, lc_layer_tensor t[LC_LAYER_TENSORS])
{
    (void)l, (void)t;
    return 0;
}

static void get(const lc_layer *l, const float *w, size_t tensor, float *out)
{
    (void)l, (void)w, (void)tensor, (void)out;
}

static void put(const lc_layer *l, float *w, size_t tensor, const float *in)
{
    (void)l, (void)w, (void)tensor, (void)in;
}

extern const lc_layer_kind lc_layer_relu;
const lc_layer_kind lc_layer_relu = {
    .name = "relu",
    .params = none,
    .packed = none,
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
