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

/* 2 max(q e, (q - 1) e) for e = truth - quantile over one row of n outputs, missing ones left out; delta are
 * differences from y. Straight loops, so that a compiler makes vectors of them. */
static double pinball(size_t n, float level, const float *y, const float *delta, const lc_truth *truth, size_t row,
                      float *slope)
{
    const float *target = truth->target + row * n, *weight = truth->weight + row * n;
    const float above = 2 * level / LC_QUANTILES, below = 2 * (1 - level) / LC_QUANTILES;
    double sum = 0;
    for (size_t j = 0; j < n; j++) {
        const float e = weight[j] * (target[j] - (y[j] + delta[j]));
        const bool observed = target[j] == target[j];
        const float value = e > 0 ? above * e : -below * e;
        sum += observed ? (double)value : 0;
        if (slope) slope[j] = !observed ? 0 : weight[j] * (e > 0 ? -above : e < 0 ? below : e);
    }
    return sum;
}

double lc_loss_sum(const lc_loss *loss, size_t rows, const float *y, size_t y_ld, const lc_truth *truth, float *dy,
                   size_t *observed)
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
            sum += pinball(n, (float)lc_quantile_level[q], point, point + at, truth, r, slopes ? slopes + at : NULL);
        }
    }
    return sum;
}
