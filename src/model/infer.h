/* Batched inference: many rows through a network on all threads, without the state that BPTT needs. */
#ifndef LC_MODEL_INFER_H
#define LC_MODEL_INFER_H

#include "nn/loss.h"
#include "nn/workspace.h"

/* Where a gather puts rows. */
typedef struct lc_rows {
    size_t n;
    float *x; /* input c of row r at step t: x[t * step_stride + r * row_stride + c] */
    size_t row_stride, step_stride;
    float *side; /* side input c of row r: side[r * side_stride + c] */
    size_t side_stride;
    float *target; /* (n, outputs) NaN: nobody observed it; NULL: no loss is asked for */
    float *weight; /* as target, of errors; 1 unless a gather always writes it */
} lc_rows;

/* Fills rows first..first+rows->n-1 of the work at hand, every input of them. Called by several threads at once. */
typedef void (*lc_gather_fn)(void *user, size_t first, const lc_rows *rows);

typedef struct lc_infer lc_infer;

/* For calls of at most `rows` rows: books no more than they can use. */
lc_code lc_infer_create(lc_infer **out, const lc_network *net, size_t rows, size_t threads, lc_status *st);
void lc_infer_free(lc_infer *f);

/* Outputs (n, lc_network_width) of n rows. A row's result depends neither on n nor on the threads. */
void lc_infer_predict(lc_infer *f, const float *w, size_t n, lc_gather_fn gather, void *user, float *out);

/* Mean loss over the observed targets of n rows; NaN without any, INFINITY where it is not finite. */
double lc_infer_loss(lc_infer *f, const float *w, const lc_loss *loss, size_t n, lc_gather_fn gather, void *user);

/* Has the input of a run filled: shared with the training engine. */
void lc_gather_into(const lc_network_run *run, size_t first, lc_gather_fn gather, void *user, float *target,
                    float *weight);

/* n weights of errors, all 1; NULL: out of memory. */
float *lc_gather_weights(size_t n);

#endif
