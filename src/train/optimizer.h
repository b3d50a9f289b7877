/* Adam (Kingma & Ba 2015) with decoupled weight decay (Loshchilov & Hutter 2019), PyTorch's defaults: beta 0.9 and
 * 0.999, eps 1e-8. */
#ifndef LC_TRAIN_OPTIMIZER_H
#define LC_TRAIN_OPTIMIZER_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/kernels.h"

typedef struct lc_adam {
    float *m, *v;          /* (params) first and second moment */
    double power1, power2; /* beta1^t, beta2^t */
} lc_adam;

bool lc_adam_create(lc_adam *a, size_t params); /* false: out of memory */
void lc_adam_free(lc_adam *a);

/* Counts a step; call it once before the slices are updated. */
void lc_adam_begin(lc_adam *a);

/* Updates parameters at..at+n-1 with the gradient scale * g, after they have decayed by rate * decay of themselves.
 * Slices may be updated by different threads. */
void lc_adam_update(const lc_adam *a, const lc_kernels *k, size_t n, size_t at, float *w, const float *g, double scale,
                    double rate, double decay);

#endif
