/* Training losses. A new loss is one function and one row of the table in loss.c. */
#ifndef LC_NN_LOSS_H
#define LC_NN_LOSS_H

#include <stddef.h>

typedef struct lc_loss {
    const char *name;
    /* Value of one error e = forecast - truth; *slope receives its derivative. */
    float (*value)(float e, float *slope);
} lc_loss;

const lc_loss *lc_loss_find(const char *name); /* NULL: unknown */

/* Sum of the loss over rows x n targets (row strides y_ld and n); a NaN target is not observed and counts
 * for nothing. dy (rows, y_ld), unless NULL, receives the gradient of the sum, zero elsewhere. *observed
 * is added to. */
double lc_loss_sum(const lc_loss *loss, size_t rows, size_t n, const float *y, size_t y_ld, const float *target,
                   float *dy, size_t *observed);

#endif
