/* Loops over flat blocks of parameters: reduction and optimizer. */
#include "kernel/isa/vector.h"

double KERNEL(reduce)(size_t n, const float *const *part, size_t parts, size_t offset, float *out)
{
    double lane[VL] = {0};
    size_t i = 0;
    for (; i + VL <= n; i += VL) {
        vf sum = load(part[0] + offset + i);
        for (size_t p = 1; p < parts; p++) sum += load(part[p] + offset + i);
        store(out + offset + i, sum);
        for (size_t l = 0; l < VL; l++) lane[l] += (double)sum[l] * (double)sum[l];
    }
    double squares = 0;
    for (size_t l = 0; l < VL; l++) squares += lane[l];
    for (; i < n; i++) {
        float sum = part[0][offset + i];
        for (size_t p = 1; p < parts; p++) sum += part[p][offset + i];
        out[offset + i] = sum;
        squares += (double)sum * (double)sum;
    }
    return squares;
}

typedef struct adam_step {
    float keep, scale, rate, beta1, beta2, fresh1, fresh2, inv_sqrt_correction2, eps;
} adam_step;

INLINE void adam_vector(const adam_step *s, float *w, const float *g, float *m, float *v)
{
    vf d = load(g) * s->scale;
    vf first = madd(splat(s->beta1), load(m), s->fresh1 * d);
    vf second = madd(splat(s->beta2), load(v), s->fresh2 * d * d);
    store(m, first);
    store(v, second);
    vf size = madd(square_root(second), splat(s->inv_sqrt_correction2), splat(s->eps));
    store(w, load(w) * s->keep - s->rate * first / size);
}

void KERNEL(adam)(size_t n, float *restrict w, const float *restrict g, float *restrict m, float *restrict v,
                  float keep, float scale, float rate, double beta1, double beta2, float inv_sqrt_correction2,
                  float eps)
{
    /* 1 - beta before rounding: 1 - 0.999f is off by 1e-5 of itself. */
    const adam_step s = {
        keep, scale, rate, (float)beta1, (float)beta2, (float)(1 - beta1), (float)(1 - beta2), inv_sqrt_correction2,
        eps};
    size_t i = 0;
    for (; i + VL <= n; i += VL) adam_vector(&s, w + i, g + i, m + i, v + i);
    if (i == n) return;
    /* The last few take the same way, so that no bit depends on where a slice ends. */
    float rest[4][VL] = {{0}};
    float *all[] = {w + i, m + i, v + i};
    size_t bytes = (n - i) * sizeof *w;
    for (size_t k = 0; k < 3; k++) memcpy(rest[k], all[k], bytes);
    memcpy(rest[3], g + i, bytes);
    adam_vector(&s, rest[0], rest[3], rest[1], rest[2]);
    for (size_t k = 0; k < 3; k++) memcpy(all[k], rest[k], bytes);
}

void KERNEL(average)(size_t n, float *restrict average, const float *restrict w, float share)
{
    size_t i = 0;
    for (; i + VL <= n; i += VL)
        store(average + i, madd(splat(share), load(w + i) - load(average + i), load(average + i)));
    if (i == n) return;
    /* As above. */
    float rest[2][VL] = {{0}};
    size_t bytes = (n - i) * sizeof *w;
    memcpy(rest[0], average + i, bytes);
    memcpy(rest[1], w + i, bytes);
    store(rest[0], madd(splat(share), load(rest[1]) - load(rest[0]), load(rest[0])));
    memcpy(average + i, rest[0], bytes);
}
