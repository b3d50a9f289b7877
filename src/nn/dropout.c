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

static size_t saved(const lc_layer *l, size_t room, bool keep)
{
    return keep ? l->steps * room * lc_padded(l->inputs) : 0;
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

static void forward(const lc_layer *l, const lc_pass *p)
{
    size_t width = lc_padded(l->inputs), ld = lc_stride(l->inputs);
    float keep = (float)(1 / (1 - l->rate));
    uint64_t threshold = (uint64_t)(l->rate * 0x1p32);
    if (p->part) return;
    for (size_t r = 0; r < p->rows; r++) {
        uint64_t row = lc_hash64(p->noise + r * 0x9e3779b97f4a7c15u);
        for (size_t t = l->last ? l->steps - 1 : 0; t < l->steps; t++) {
            size_t at = t * p->room + r;
            const float *x = p->x + at * ld;
            float *y = p->y + at * ld, *factor = p->saved + at * width;
            for (size_t u = 0; u < width; u++) {
                if (!p->keep) {
                    y[u] = x[u];
                    continue;
                }
                uint64_t draw = lc_hash64(row + (t * width + u) * 0xd1342543de82ef95u) >> 32;
                factor[u] = draw < threshold ? 0 : keep;
                y[u] = x[u] * factor[u];
            }
        }
    }
}

static void backward(const lc_layer *l, const lc_pass *p)
{
    size_t width = lc_padded(l->inputs), ld = lc_stride(l->inputs), silent = l->steps - p->dy_steps;
    for (size_t t = 0; t < p->dy_steps && p->dx; t++)
        for (size_t r = 0; r < p->rows; r++) {
            size_t at = t * p->room + r;
            const float *dy = p->dy + at * ld, *factor = p->saved + (silent * p->room + at) * width;
            for (size_t u = 0; u < width; u++) p->dx[at * ld + u] = dy[u] * factor[u];
        }
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
    .gradient = gradient,
    .tensors = tensors,
    .get = get,
    .put = put,
};
