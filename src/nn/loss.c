#include "nn/loss.h"

#include <math.h>
#include <string.h>

#include "nn/quantile.h"

static float squared(float e, float *slope)
{
    *slope = 2 * e;
    return e * e;
}

static float absolute(float e, float *slope)
{
    *slope = e > 0 ? 1.0f : e < 0 ? -1.0f : e; /* a NaN error stays visible */
    return fabsf(e);
}

/* Huber 1964 with delta 1. */
static float huber(float e, float *slope)
{
    float size = fabsf(e);
    if (size <= 1) {
        *slope = e;
        return 0.5f * e * e;
    }
    *slope = e > 0 ? 1.0f : e < 0 ? -1.0f : e;
    return size - 0.5f;
}

static const lc_loss losses[] = {{"mse", squared}, {"mae", absolute}, {"huber", huber}};

const lc_loss *lc_loss_find(const char *name)
{
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++)
        if (strcmp(losses[i].name, name) == 0) return &losses[i];
    return NULL;
}

double lc_loss_sum(const lc_loss *loss, const lc_kernels *k, size_t rows, const float *y, size_t y_ld,
                   const lc_truth *truth, float *dy, size_t *observed)
{
    double sum = 0;
    const size_t n = truth->n;
    if (dy) memset(dy, 0, rows * y_ld * sizeof *dy);
    for (size_t r = 0; r < rows; r++) {
        const float *point = y + r * y_ld;
        float *slopes = dy ? dy + r * y_ld : NULL;
        for (size_t j = 0; j < n; j++) {
            const float target = truth->target[r * n + j], weight = truth->weight[r * n + j];
            if (isnan(target)) continue;
            float slope;
            sum += (double)loss->value(weight * (point[j] - target), &slope);
            if (slopes) slopes[j] = weight * slope;
            ++*observed;
        }
        for (size_t q = 0; truth->quantiles && q < LC_QUANTILES; q++) {
            const size_t at = (1 + q) * n;
            const float level = (float)lc_quantile_level[q], share = 2.0f / LC_QUANTILES;
            sum += k->pinball(n, share * level, share * (1 - level), point, point + at, truth->target + r * n,
                              truth->weight + r * n, slopes ? slopes + at : NULL);
        }
    }
    return sum;
}
