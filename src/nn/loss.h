/* Training losses. A new loss is one function and one row of the table in loss.c. */
#ifndef LC_NN_LOSS_H
#define LC_NN_LOSS_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/kernels.h"

typedef struct lc_loss {
    const char *name;
    /* Value of one error e = forecast - truth; *slope receives its derivative. */
    float (*value)(float e, float *slope);
} lc_loss;

const lc_loss *lc_loss_find(const char *name); /* NULL: unknown */

/* What outputs are held against. */
typedef struct lc_truth {
    const float *target; /* (rows, n) NaN: not observed, counts for nothing */
    const float *weight; /* (rows, n) unit of an error: the loss sees weight * (output - target) */
    size_t n;
    bool quantiles; /* after the n points of a row of outputs come n differences for each of LC_QUANTILES */
} lc_truth;

/* Sum of the loss over the observed targets of `rows` rows of outputs (row stride y_ld); with quantiles, that of the
 * points plus the mean over the quantiles of twice the pinball loss (Koenker & Bassett 1978) of point + difference,
 * where the point gets no gradient: quantiles do not cost accuracy. dy (rows, y_ld), unless NULL, receives the gradient
 * of the sum, zero elsewhere. *observed is added to. */
double lc_loss_sum(const lc_loss *loss, const lc_kernels *k, size_t rows, const float *y, size_t y_ld,
                   const lc_truth *truth, float *dy, size_t *observed);

#endif
