/* Streaming inference: every row goes on by one step, its state kept from call to call, so that a step costs
 * the same however long the past is. Gives the bits that lc_infer_predict gives for the whole window. */
#ifndef LC_MODEL_STREAMING_H
#define LC_MODEL_STREAMING_H

#include "nn/network.h"

typedef struct lc_streaming lc_streaming;

/* `rows` streams at once, at their beginning. LC_E_USAGE for an architecture whose weights depend on the length of
 * the window. */
lc_code lc_streaming_create(lc_streaming **out, const lc_network *net, size_t rows, size_t threads, lc_status *st);
void lc_streaming_free(lc_streaming *s);

/* Back to the beginning: the state is zero. */
void lc_streaming_reset(lc_streaming *s);

/* One step of every row: x (rows, inputs), out (rows, outputs). Allocates nothing. */
void lc_streaming_step(lc_streaming *s, const float *w, const float *x, float *out);

#endif
