/* The stacked LSTM, its losses, its gradients and its optimizer written down once more: naive loops in double
 * precision that follow the textbook's equations one by one. Shares no code with the library. */
#ifndef LC_TESTS_REF_LSTM_H
#define LC_TESTS_REF_LSTM_H

#include <stddef.h>

enum ref_loss { REF_MSE, REF_MAE, REF_HUBER /* delta = 1 */ };

/* Parameters in PyTorch's state_dict order, gate rows in the order i, f, g, o; with H = hidden and K = inputs for
 * layer 0, hidden above:
 *   for every layer l: weight_ih (4H,K), weight_hh (4H,H), bias_ih (4H), bias_hh (4H);
 *   head.weight (outputs,H), head.bias (outputs). */
struct ref_lstm {
    size_t inputs, hidden, layers, outputs;
    double *w; /* (ref_param_count) */
};

/* One of the named blocks of `w`. */
struct ref_tensor {
    char name[40];        /* "lstm.weight_ih_l0", ..., "head.bias" */
    size_t offset;        /* into w */
    size_t rows, columns; /* columns 1 for a bias */
};

size_t ref_param_count(const struct ref_lstm *m);
size_t ref_tensor_count(const struct ref_lstm *m);
struct ref_tensor ref_tensor_at(const struct ref_lstm *m, size_t i);

/* x (batch,steps,inputs) -> y (batch,outputs). The state before the first step is zero. */
void ref_forward(const struct ref_lstm *m, size_t batch, size_t steps, const double *x, double *y);

/* Mean over the targets (n) that are not NaN; 0 when there are none. */
double ref_loss(enum ref_loss kind, size_t n, const double *y, const double *target);

/* Loss of a batch with target (batch,outputs); grad (ref_param_count) is overwritten with dL/dw. */
double ref_backward(const struct ref_lstm *m, enum ref_loss kind, size_t batch, size_t steps, const double *x,
                    const double *target, double *grad);

/* Scales g so that its Euclidean norm is at most max_norm, as clip_grad_norm_ does; returns the norm before. */
double ref_clip(size_t n, double *g, double max_norm);

/* Step number t (counted from 1) of Adam with PyTorch's defaults; m1 and m2 (n) start as zeros. */
void ref_adam_step(size_t n, double *w, const double *g, double *m1, double *m2, size_t t, double lr);

#endif
