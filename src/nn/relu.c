/* The rectifier of every step: y = max(x, 0). What backward needs is whether y is above 0. */
#include "nn/common.h"

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

extern const lc_layer_kind lc_layer_relu;
const lc_layer_kind lc_layer_relu = {
    .name = "relu",
    .params = lc_none,
    .packed = lc_none,
    .saved = lc_saves_none,
    .out_steps = lc_all_steps,
    .dx_steps = lc_same_steps,
    .init = lc_init_none,
    .pack = lc_pack_none,
    .forward = forward,
    .backward = backward,
    .gradient = lc_gradient_none,
    .tensors = lc_tensors_none,
    .get = lc_get_none,
    .put = lc_put_none,
};
