/* One LSTM with a minibatch, for the library's engine and for the reference twin alike. */
#ifndef LC_TESTS_LSTM_CASE_H
#define LC_TESTS_LSTM_CASE_H

#include "ref/ref_lstm.h"
#include "train/engine.h"
#include "unit/support/golden.h"

struct lstm_case {
    struct lstm_shape shape;
    const char *loss_name;
    enum ref_loss loss;
    struct ref_lstm twin;    /* weights in PyTorch's order, both biases drawn */
    float *x, *y;            /* (batch,steps,inputs), (batch,outputs): NaN where not observed */
    double *x_wide, *y_wide; /* the same */
    size_t observed;         /* targets that are not NaN */
};

/* Weights and data drawn from `index`; `missing` is the share of NaN targets. Everything is rounded to float, so that
 * the twin gets exactly what the engine gets. */
struct lstm_case lstm_case_draw(uint64_t index, struct lstm_shape shape, const char *loss, double missing);
struct lstm_case lstm_case_golden(const struct golden *g);
void lstm_case_free(struct lstm_case *c);

/* A network of the case's shape. */
lc_network *lstm_case_network(const struct lstm_case *c, const lc_kernels *k, double dropout);

/* Parameters in the twin's order <-> a block of the network's layout. The network's one bias takes the sum of the two
 * and comes back as bias_ih beside a bias_hh of zeros. */
void lstm_put(const lc_network *net, float *block, const struct ref_lstm *m, const double *params);
void lstm_get(const lc_network *net, const float *block, const struct ref_lstm *m, double *params);

/* An engine for the case's minibatch that holds the twin's weights. */
lc_engine *lstm_case_engine(const struct lstm_case *c, const lc_network *net, lc_engine_options o);

/* lc_gather_fn over a struct lstm_case. */
void lstm_case_gather(void *user, size_t first, const lc_rows *rows);

/* The twin's optimizer with one bias where PyTorch has two: bias_hh gets no gradient, so that neither the clipped norm
 * nor the step counts it twice. grad (ref_param_count) is changed. */
void lstm_one_bias(const struct ref_lstm *m, double *grad);

#endif
