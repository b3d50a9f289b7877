#include "nn/common.h"

#include <math.h>

size_t lc_none(const lc_layer *l)
{
    (void)l;
    return 0;
}

size_t lc_saves_none(const lc_layer *l, size_t room, bool keep)
{
    (void)l, (void)room, (void)keep;
    return 0;
}

void lc_init_none(const lc_layer *l, float *w, lc_rng *rng)
{
    (void)l, (void)w, (void)rng;
}

void lc_pack_none(const lc_layer *l, const lc_kernels *k, const float *w, float *to, size_t part, size_t parts)
{
    (void)l, (void)k, (void)w, (void)to, (void)part, (void)parts;
}

void lc_gradient_none(const lc_layer *l, const lc_pass *p)
{
    (void)l, (void)p;
}

size_t lc_tensors_none(const lc_layer *l, lc_layer_tensor t[LC_LAYER_TENSORS])
{
    (void)l, (void)t;
    return 0;
}

void lc_get_none(const lc_layer *l, const float *w, size_t tensor, float *out)
{
    (void)l, (void)w, (void)tensor, (void)out;
}

void lc_put_none(const lc_layer *l, float *w, size_t tensor, const float *in)
{
    (void)l, (void)w, (void)tensor, (void)in;
}

size_t lc_all_steps(const lc_layer *l)
{
    return l->steps;
}

size_t lc_same_steps(const lc_layer *l, size_t dy_steps)
{
    (void)l;
    return dy_steps;
}

size_t lc_affine_params(const lc_layer *l)
{
    return (l->inputs + 1) * lc_padded(l->outputs);
}

size_t lc_affine_packed(const lc_layer *l)
{
    return lc_padded(l->outputs) * lc_padded(l->inputs);
}

void lc_affine_init(const lc_layer *l, size_t outputs, float *w, lc_rng *rng)
{
    double bound = 1 / sqrt((double)l->inputs);
    for (size_t i = 0; i <= l->inputs; i++) {
        size_t row = (i + 1) % (l->inputs + 1); /* the bias is drawn last */
        for (size_t j = 0; j < outputs; j++)
            w[row * lc_padded(l->outputs) + j] = (float)(bound * (2 * lc_rng_uniform(rng) - 1));
    }
}

void lc_affine_pack(const lc_layer *l, const lc_kernels *k, const float *w, float *to, size_t part, size_t parts)
{
    (void)k;
    size_t in = lc_padded(l->inputs), out = lc_padded(l->outputs);
    for (size_t j = part; j < out; j += parts)
        for (size_t r = 0; r < l->inputs; r++) to[j * in + r] = w[(1 + r) * out + j];
}

void lc_affine_get(const lc_layer *l, const float *w, size_t tensor, float *out)
{
    size_t columns = tensor ? 1 : l->inputs, from = tensor ? 0 : 1;
    for (size_t j = 0; j < l->outputs; j++)
        for (size_t r = 0; r < columns; r++) out[j * columns + r] = w[(from + r) * lc_padded(l->outputs) + j];
}

void lc_affine_put(const lc_layer *l, float *w, size_t tensor, const float *in)
{
    size_t columns = tensor ? 1 : l->inputs, from = tensor ? 0 : 1;
    for (size_t j = 0; j < l->outputs; j++)
        for (size_t r = 0; r < columns; r++) w[(from + r) * lc_padded(l->outputs) + j] = in[j * columns + r];
}
