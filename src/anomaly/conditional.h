/* How far each of the numbers of a row lies from what the others say it should be: one broken sensor of a plant stands
 * out among its neighbours long before it leaves its own range.
 *
 * Rows are taken as normal with a mean and a covariance that are learned as they come. Of a row x, in standard
 * deviations from its mean, with P the inverse of the correlations, number j given all others has the mean x_j - (P
 * x)_j / P_jj and the variance 1 / P_jj, so that r_j = (P x)_j / sqrt(P_jj) has the variance 1 (e.g. Lauritzen 1996,
 * Graphical Models, section 5.1). Correlations are shrunk towards 0, the more the fewer rows they rest on. */
#ifndef LC_ANOMALY_CONDITIONAL_H
#define LC_ANOMALY_CONDITIONAL_H

#include "anomaly/state.h"
#include "base/status.h"

enum {
    LC_CONDITIONAL_FIRST = 50, /* rows before anything is said */
    LC_CONDITIONAL_SPANS = 3,  /* means over so many last rows are looked at */
    LC_CONDITIONAL_LONGEST = 20
};

typedef struct lc_conditional lc_conditional;

/* What stands out in a row: of means of r over 1, 5 and 20 rows. */
typedef struct lc_standout {
    double size[LC_CONDITIONAL_SPANS];   /* the largest one of all numbers; NaN: nothing can be said */
    size_t number[LC_CONDITIONAL_SPANS]; /* whose it is */
} lc_standout;

/* NULL: out of memory. For rows of n > 0 numbers; memory and time of a row grow with n^2. */
lc_conditional *lc_conditional_create(size_t n);
void lc_conditional_free(lc_conditional *c);
void lc_conditional_clear(lc_conditional *c);

/* The next row, x (n); NaN: missing, which is taken as what the others say. A row without any number is passed over. */
void lc_conditional_push(lc_conditional *c, const double *x, lc_standout *out);

/* Saves or restores all as an array called `name`; see state.h. */
lc_code lc_conditional_state(lc_conditional *c, const char *name, const lc_state *state, lc_status *st);

#endif
