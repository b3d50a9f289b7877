/* The least value of a smooth function of a few variables inside a box. */
#ifndef LC_BASELINE_MINIMIZE_H
#define LC_BASELINE_MINIMIZE_H

#include <stddef.h>

enum { LC_MINIMIZE_MOST = 32 }; /* variables */

typedef struct lc_objective {
    void *ctx;
    /* The value at x (n); anything but a finite number: x is not allowed. */
    double (*value)(void *ctx, const double *x);
    /* The gradient (n) at x, which is the point that `value` or `gradient` was called with last. */
    void (*gradient)(void *ctx, const double *x, double *gradient);
    size_t n; /* 1..LC_MINIMIZE_MOST */
    /* (n) bounds, -INFINITY and INFINITY for none */
    const double *low, *high;
    const double *unit; /* (n) > 0: a change that matters in each variable */
} lc_objective;

/* Goes from x (n, inside the box, where the value is finite) to a local minimum, by BFGS with the variables that press
 * against a bound held there (Bertsekas 1982), Powell's damping and halved steps. Ends when two steps on end gain less
 * than `least_gain`, or after `most_steps`. Returns the value; x is never worse than it was. Allocates nothing. */
double lc_minimize(const lc_objective *f, double *x, double least_gain, size_t most_steps);

#endif
