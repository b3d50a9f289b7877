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

static void forward(const lc_layer *l, const lc_pass *p)
{
    size_t width = lc_padded(l->inputs), ld = lc_stride(l->inputs);
    if (p->part) return;
    for (size_t t = 0; t < l->steps; t++)
        for (size_t r = 0; r < p->rows; r++) {
            const float *restrict x = p->x + (t * p->room + r) * ld;
            float *restrict y = p->y + (t * p->room + r) * ld;
            for (size_t u = 0; u < width; u++) y[u] = x[u] > 0 ? x[u] : x[u] * 0; /* a NaN stays one */
        }
}

static void backward(const lc_layer *l, const lc_pass *p)
{
    size_t width = lc_padded(l->inputs), ld = lc_stride(l->inputs), silent = l->steps - p->dy_steps;
    for (size_t t = 0; t < p->dy_steps && p->dx; t++)
        for (size_t r = 0; r < p->rows; r++) {
            size_t at = (t * p->room + r) * ld;
            const float *restrict dy = p->dy + at, *restrict y = p->y + silent * p->room * ld + at;
            float *restrict dx = p->dx + at;
            for (size_t u = 0; u < width; u++) dx[u] = y[u] > 0 ? dy[u] : 0;
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
