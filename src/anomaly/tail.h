/* How unusual is a value among those seen before it: -log10 of a tail probability. */
#ifndef LC_ANOMALY_TAIL_H
#define LC_ANOMALY_TAIL_H

#include "base/status.h"

/* A sliding, sorted memory of past values. */
typedef struct lc_tail lc_tail;

lc_tail *lc_tail_create(size_t capacity); /* NULL: out of memory */
void lc_tail_free(lc_tail *t);
size_t lc_tail_count(const lc_tail *t);
/* Remembers x (finite), forgetting the oldest value when full. */
void lc_tail_push(lc_tail *t, double x);

/* q = -log10 P(X >= x) from the k remembered values: empirical up to the (nu+1)-th largest, nu = max(10, k/200), above
 * it a generalised Pareto tail fitted by moments to the nu excesses. `floor` is added to its scale so that ties do not
 * make it vanish. 0 when fewer than 50 values are remembered. */
double lc_tail_upper(const lc_tail *t, double x, double floor);
double lc_tail_lower(const lc_tail *t, double x, double floor); /* -log10 P(X <= x) */

#endif
