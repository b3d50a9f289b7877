/* Elementwise loops: the rectifier and the loss of quantiles. */
#include "kernel/isa/vector.h"

INLINE vf choose(vi mask, vf x)
{
    return (vf)((vi)x & mask);
}

void KERNEL(relu)(size_t n, const float *restrict x, float *restrict y)
{
    size_t i = 0;
    for (; i + VL <= n; i += VL) {
        vf v = load(x + i);
        store(y + i, choose(~(v <= 0), v));
    }
    for (; i < n; i++) y[i] = x[i] <= 0 ? 0 : x[i];
}

void KERNEL(relu_backward)(size_t n, const float *restrict y, const float *restrict dy, float *restrict dx)
{
    size_t i = 0;
    for (; i + VL <= n; i += VL) store(dx + i, choose(~(load(y + i) <= 0), load(dy + i)));
    for (; i < n; i++) dx[i] = y[i] <= 0 ? 0 : dy[i];
}

typedef struct pinball {
    vf value, slope;
} pinball;

INLINE pinball pinball_of(float above, float below, vf y, vf delta, vf target, vf weight)
{
    const vf e = weight * (target - (y + delta));
    const vi observed = (target <= 0) | (target > 0), over = e > 0, under = e < 0;
    const vf value = choose(over, above * e) - choose(under, below * e);
    /* A target that is not observed says nothing; a forecast that is not a number has to show. */
    const vf slope = choose(under, weight * below) - choose(over, weight * above);
    return (pinball){choose(observed, value + choose(~((e <= 0) | (e > 0)), e)), choose(observed, slope)};
}

double KERNEL(pinball)(size_t n, float above, float below, const float *y, const float *delta, const float *target,
                       const float *weight, float *slope)
{
    vf sum = splat(0.0f);
    size_t i = 0;
    for (; i + VL <= n; i += VL) {
        const pinball p = pinball_of(above, below, load(y + i), load(delta + i), load(target + i), load(weight + i));
        sum += p.value;
        if (slope) store(slope + i, p.slope);
    }
    if (i < n) {
        float rest[4][VL];
        const float *from[] = {y + i, delta + i, target + i, weight + i};
        for (size_t k = 0; k < 4; k++) {
            memset(rest[k], 0, sizeof rest[k]);
            memcpy(rest[k], from[k], (n - i) * sizeof *y);
        }
        const pinball p = pinball_of(above, below, load(rest[0]), load(rest[1]), load(rest[2]), load(rest[3]));
        sum += p.value;
        store(rest[0], p.slope);
        if (slope) memcpy(slope + i, rest[0], (n - i) * sizeof *y);
    }
    double all = 0;
    for (size_t l = 0; l < VL; l++) all += (double)sum[l];
    return all;
}
