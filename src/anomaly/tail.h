/* How unusual is a value among those seen before it: -log10 of a tail probability. */
#ifndef LC_ANOMALY_TAIL_H
#define LC_ANOMALY_TAIL_H

#include "base/status.h"

/* Fewer remembered values than this say nothing about a tail. */
#define LC_TAIL_LEAST 50
/* The largest score, far beyond any that has a meaning, so that sums of scores stay finite. */
#define LC_TAIL_MOST 1e12

/* A sliding, sorted memory of past values. */
typedef struct lc_tail lc_tail;

lc_tail *lc_tail_create(size_t capacity); /* NULL: out of memory */
void lc_tail_free(lc_tail *t);
void lc_tail_clear(lc_tail *t);
size_t lc_tail_count(const lc_tail *t);
/* The value below which this share of the remembered ones lies; 0 when there are none. */
double lc_tail_quantile(const lc_tail *t, double share);
/* Remembers x, forgetting the oldest value when full. A value that is not finite is passed over. O(capacity) moves of
 * neighbouring doubles in the worst case. */
void lc_tail_push(lc_tail *t, double x);

/* The same for what may be an anomaly, which is not to hide the next one: a value further beyond where a tail begins
 * than ten times its scale, floor added, is remembered as if it were there. */
void lc_tail_push_limited(lc_tail *t, double x, double floor);

/* q = -log10 P(X >= x) from the k remembered values: empirical up to the (nu+1)-th largest, nu = max(10, k/200), above
 * it a generalised Pareto tail fitted by moments to the nu excesses (Hosking & Wallis 1987), its shape held in [0,
 * 0.5]. `floor` (>= 0) is added to its scale so that ties do not make it vanish. Never falls as x grows; in [0,
 * LC_TAIL_MOST]. 0 when fewer than LC_TAIL_LEAST values are remembered, and for NaN. */
double lc_tail_upper(lc_tail *t, double x, double floor);
double lc_tail_lower(lc_tail *t, double x, double floor);  /* -log10 P(X <= x) */
double lc_tail_either(lc_tail *t, double x, double floor); /* the larger of both */

/* ---- to be saved and restored ---- */

/* The remembered values as they lie: (count) in order of arrival, the next one to be overwritten at `next` once the
 * memory is full. */
typedef struct lc_tail_values {
    double *value;
    size_t count, next;
} lc_tail_values;
lc_tail_values lc_tail_look(const lc_tail *t);

/* First the counts, then the values, which the caller fills in, then what follows from them. false: they fit no tail.
 */
bool lc_tail_set(lc_tail *t, size_t count, size_t next);
bool lc_tail_restored(lc_tail *t);

#endif
