#include "unit/support/activations.h"

#include <check.h>
#include <stdlib.h>

#include "nn/layer.h"

float *block(size_t n)
{
    float *p = calloc(n + 1, sizeof *p);
    ck_assert_ptr_nonnull(p);
    return p;
}

float *activations(size_t n, size_t width)
{
    float *x = block(LC_LANES + n) + LC_LANES;
    for (size_t i = 0; i < n; i += lc_stride(width)) x[i - 1] = 1;
    return x;
}

void free_activations(float *x)
{
    free(x - LC_LANES);
}
