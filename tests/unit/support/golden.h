/* Golden files: small LSTMs with what PyTorch computed for them (scripts/make_golden.py wrote them), and random
 * shapes for the tests that make their own. */
#ifndef LC_TESTS_GOLDEN_H
#define LC_TESTS_GOLDEN_H

#include "base/rng.h"
#include "model/safetensors.h"

/* One parameter; all arrays are row-major of shape (rows,columns) and belong to the golden file. */
struct golden_param {
    const char *name;     /* "lstm.weight_ih_l0", ..., "head.bias" */
    size_t rows, columns; /* columns 1 for a bias */
    size_t size;          /* rows * columns */
    const float *data;
    const float *grad;  /* the loss's gradient by it */
    const float *after; /* after the Adam steps; NULL in a file without them */
};

struct golden {
    char name[64]; /* the file's, without folder and ending */
    size_t batch, steps, inputs, hidden, layers, outputs;
    const char *loss_name; /* "mse", "mae" or "huber" (delta 1) */
    size_t missing;        /* NaN among the targets */
    const float *x;        /* (batch,steps,inputs) */
    const float *y;        /* (batch,outputs), NaN = not observed */
    const float *out;      /* (batch,outputs) */
    float loss;            /* mean over the observed targets */
    size_t params;
    struct golden_param *param; /* (params) in PyTorch's state_dict order: layer by layer, then the head */
    size_t adam_steps;          /* 0: no `after`; else steps of clip_grad_norm_ and Adam on this batch */
    double adam_lr, adam_clip;
    lc_safetensors *file;
};

/* The sorted paths of all golden files in $LC_TEST_DATA, or tests/golden; free with golden_free_list. Fails the
 * test when there are none. */
size_t golden_list(char ***paths);
void golden_free_list(char **paths, size_t n);

/* Reads a file and fails the test when it lacks anything or a shape is wrong. */
void golden_read(struct golden *g, const char *path);
void golden_free(struct golden *g);

/* What a small LSTM test needs to know about its sizes. */
struct lstm_shape {
    size_t batch, steps, inputs, hidden, layers, outputs;
};

/* Every size drawn from 1..its value in `most`. */
struct lstm_shape random_shape(lc_rng *r, struct lstm_shape most);

#endif
