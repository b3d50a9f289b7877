/* Dropout (Srivastava et al. 2014): in training each unit is zeroed with probability `rate` and the others
 * are scaled by 1 / (1 - rate); in inference it passes its input on. The noise is a hash of the minibatch,
 * row, step and unit, so it does not depend on which thread computes it. Saved: the factors. */
#include <string.h>

#include "nn/layer.h"

static size_t none(const lc_layer *l)
{
    (void)l;
    return 0;
}

static size_t saved(const lc_layer *l, size_t rows, bool keep)
{
    return keep ? l->steps * rows * lc_padded(l->inputs) : 0;
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

static void pack(const lc_layer *l, const float *w, float *to)
{
    (void)l, (void)w, (void)to;
}

static void forward(const lc_layer *l, const lc_pass *p)
{
    size_t width = lc_padded(l->inputs), rows = p->rows, n = l->steps * rows * width;
    if (!p->keep) {
        memcpy(p->y, p->x, n * sizeof *p->y);
        return;
    }
    float keep = (float)(1 / (1 - l->rate));
    uint64_t threshold = (uint64_t)(l->rate * 0x1p32);
    for (size_t r = 0; r < rows; r++) {
        uint64_t row = lc_hash64(p->noise + r * 0x9e3779b97f4a7c15u);
        for (size_t t = 0; t < l->steps; t++)
            for (size_t u = 0; u < width; u++) {
                size_t i = (t * rows + r) * width + u;
                uint64_t draw = lc_hash64(row + (t * width + u) * 0xd1342543de82ef95u) >> 32;
                p->saved[i] = draw < threshold ? 0 : keep;
                p->y[i] = p->x[i] * p->saved[i];
            }
    }
}

static void backward(const lc_layer *l, const lc_pass *p)
{
    size_t step = p->rows * lc_padded(l->inputs), n = p->dy_steps * step;
    const float *factor = p->saved + (l->steps - p->dy_steps) * step;
    for (size_t i = 0; i < n && p->dx; i++) p->dx[i] = p->dy[i] * factor[i];
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

extern const lc_layer_kind lc_layer_dropout;
const lc_layer_kind lc_layer_dropout = {
    .name = "dropout",
    .params = none,
    .packed = none,
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
