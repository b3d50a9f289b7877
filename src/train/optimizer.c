#include "train/optimizer.h"

#include <math.h>

#include "base/memory.h"

static const double beta1 = 0.9, beta2 = 0.999, eps = 1e-8;

bool lc_adam_create(lc_adam *a, size_t params)
{
    *a = (lc_adam){.power1 = 1, .power2 = 1};
    a->m = lc_calloc(params, sizeof *a->m);
    a->v = lc_calloc(params, sizeof *a->v);
    return a->m && a->v;
}

void lc_adam_free(lc_adam *a)
{
    lc_free(a->m);
    lc_free(a->v);
    *a = (lc_adam){0};
}

void lc_adam_begin(lc_adam *a)
{
    a->power1 *= beta1;
    a->power2 *= beta2;
}

void lc_adam_update(const lc_adam *a, const lc_kernels *k, size_t n, size_t at, float *w, const float *g, double scale,
                    double rate, double decay)
{
    k->adam(n, w + at, g + at, a->m + at, a->v + at, (float)(1 - rate * decay), (float)scale,
            (float)(rate / (1 - a->power1)), beta1, beta2, (float)(1 / sqrt(1 - a->power2)), (float)eps);
}
