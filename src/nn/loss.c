#include "nn/loss.h"

#include <math.h>
#include <string.h>

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

double lc_loss_sum(const lc_loss *loss, size_t rows, size_t n, const float *y, size_t y_ld, const float *target,
                   float *dy, size_t *observed)
{
    double sum = 0;
    if (dy) memset(dy, 0, rows * y_ld * sizeof *dy);
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < n; j++) {
            float truth = target[r * n + j];
            if (isnan(truth)) continue;
            float slope;
            sum += (double)loss->value(y[r * y_ld + j] - truth, &slope);
            if (dy) dy[r * y_ld + j] = slope;
            ++*observed;
        }
    return sum;
}
