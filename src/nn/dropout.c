/* Dropout (Srivastava et al. 2014): in training each unit is zeroed with probability `rate` and the others
 * are scaled by 1 / (1 - rate); in inference it passes its input on. The noise is a hash of the minibatch,
 * row, step and unit, so it does not depend on which thread computes it. Saved: the factors. */
#include <string.h>

#include "nn/common.h"

static size_t saved(const lc_layer *l, size_t room, bool keep)
{
    return keep ? l->steps * room * lc_padded(l->inputs) : 0;
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

extern const lc_layer_kind lc_layer_dropout;
const lc_layer_kind lc_layer_dropout = {
    .name = "dropout",
    .params = lc_none,
    .packed = lc_none,
    .saved = saved,
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
