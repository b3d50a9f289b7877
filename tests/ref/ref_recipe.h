/* The network of the default architecture and what it sees of a window, written down once more: naive loops in double
 * precision after shared/design/forecasting.md and the textbook's equations. Shares no code with the library. */
#ifndef LC_TESTS_REF_RECIPE_H
#define LC_TESTS_REF_RECIPE_H

#include <stdbool.h>
#include <stddef.h>

enum { REF_QUANTILES = 8 };
extern const double ref_quantile_level[REF_QUANTILES]; /* .1 .2 .3 .4 .6 .7 .8 .9 */

/* ---- the network ---- */

enum { REF_EMBED_W, REF_EMBED_B, REF_IH, REF_HH, REF_B_IH, REF_B_HH, REF_HEAD_W, REF_HEAD_B, REF_SKIP_W, REF_BLOCKS };

struct ref_net {
    size_t steps, inputs, hidden, outputs; /* outputs: the horizon, each with REF_QUANTILES differences */
    bool skip;
    size_t skip_from, side;
    size_t own; /* side inputs that belong to one output each: (own, outputs) after the others */
    double *w;  /* (ref_net_params) the blocks one after another */
};

struct ref_block {
    const char *name; /* PyTorch's */
    size_t at, rows, columns;
};

struct ref_block ref_net_block(const struct ref_net *n, size_t block);
size_t ref_net_params(const struct ref_net *n);

/* x (steps, inputs), side (side + own * outputs) -> y (1 + REF_QUANTILES, outputs): the points, then the quantiles'
 * differences. */
void ref_net_forward(const struct ref_net *n, const double *x, const double *side, double *y);

/* What is held against the truth of one row (outputs), NaN: not observed. loss: 'e' squared, 'a' absolute, 'h' Huber's.
 */
double ref_point_loss(char loss, size_t outputs, const double *y, const double *target, const double *weight);
/* The mean over the quantiles of twice the pinball loss. */
double ref_quantile_loss(size_t outputs, const double *y, const double *target, const double *weight);

/* ---- a window ---- */

struct ref_window {
    /* given */
    const double
        *z; /* (origin + horizon) values over the scaler's unit, from row 0; those before the origin are known */
    size_t origin, lookback, horizon;
    size_t season, second; /* 0: none */
    /* computed by ref_window_fill, of the caller's memory */
    double *u, *v;                             /* (lookback) */
    double *center, *spread, *target, *weight; /* (horizon) center and spread in the unit of z */
    double mean, sd, rho, share;
    size_t taken; /* the season that is repeated */
};

void ref_window_fill(struct ref_window *w);

#endif
