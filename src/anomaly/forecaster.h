/* The forecaster under a detector: a small LSTM with linear branches that learns from every row as it comes, and from
 * earlier rows again (replay). It forecasts several horizons at once; the long ones serve to tell the unusual from the
 * usual, since a forecast of the next row adapts to an anomaly as soon as that has begun. */
#ifndef LC_ANOMALY_FORECASTER_H
#define LC_ANOMALY_FORECASTER_H

#include "anomaly/history.h"
#include "train/online.h"

enum { LC_HORIZONS = 4 };
extern const uint32_t lc_horizon_rows[LC_HORIZONS]; /* ascending; the first is the next row */

typedef struct lc_forecaster {
    lc_network *net;
    lc_online online;
    uint64_t key;   /* of the random rows to learn from again, */
    uint64_t drawn; /* and how many were drawn */
    uint64_t seed;
    lc_cycles cycles;                 /* that the network has inputs for */
    uint64_t origin[2 * LC_HORIZONS]; /* rows that the minibatch at hand looks ahead from */
    size_t rows;                      /* of it */
} lc_forecaster;

void lc_forecaster_free(lc_forecaster *f);

/* Fresh weights for these cycles. */
lc_code lc_forecaster_begin(lc_forecaster *f, lc_cycles cycles, uint64_t seed, lc_status *st);

/* Goes so many times through the origins of rows first..end-1 of the history. */
void lc_forecaster_fit(lc_forecaster *f, const lc_history *h, uint64_t first, uint64_t end, uint64_t epochs);

/* Forecasts of row t, the last one of the history, of which only the stamp need be known; out (LC_HORIZONS) by horizon,
 * NaN for one that reaches back before row `first`. */
void lc_forecaster_expect(lc_forecaster *f, const lc_history *h, uint64_t first, uint64_t t, float *out);

/* One step on the origins of those forecasts and as many random ones, now that row t is there. Follows
 * lc_forecaster_expect of the same row. */
void lc_forecaster_learn(lc_forecaster *f, const lc_history *h, uint64_t t);

#endif
