#include "ref/ref_lstm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double *zeros(size_t n)
{
    double *p = calloc(n ? n : 1, sizeof *p);
    if (!p) abort();
    return p;
}

static double sigma(double a)
{
    return 1 / (1 + exp(-a));
}

static size_t layer_inputs(const struct ref_lstm *m, size_t l)
{
    return l ? m->hidden : m->inputs;
}

static size_t layer_size(const struct ref_lstm *m, size_t l)
{
    size_t h4 = 4 * m->hidden;
    return h4 * layer_inputs(m, l) + h4 * m->hidden + h4 + h4;
}

static size_t layer_offset(const struct ref_lstm *m, size_t l)
{
    size_t at = 0;
    for (size_t k = 0; k < l; k++) at += layer_size(m, k);
    return at;
}

size_t ref_param_count(const struct ref_lstm *m)
{
    return layer_offset(m, m->layers) + m->outputs * m->hidden + m->outputs;
}

size_t ref_tensor_count(const struct ref_lstm *m)
{
    return 4 * m->layers + 2;
}

struct ref_tensor ref_tensor_at(const struct ref_lstm *m, size_t i)
{
    struct ref_tensor t = {.columns = 1};
    size_t h = m->hidden;
    size_t l = i / 4;
    size_t in = layer_inputs(m, l);
    t.offset = layer_offset(m, l < m->layers ? l : m->layers);
    if (i == 4 * m->layers) {
        snprintf(t.name, sizeof t.name, "head.weight");
        t.rows = m->outputs;
        t.columns = h;
    } else if (i > 4 * m->layers) {
        snprintf(t.name, sizeof t.name, "head.bias");
        t.offset += m->outputs * h;
        t.rows = m->outputs;
    } else {
        static const char *const kinds[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"};
        const size_t columns[] = {in, h, 1, 1};
        snprintf(t.name, sizeof t.name, "lstm.%s_l%zu", kinds[i % 4], l);
        for (size_t k = 0; k < i % 4; k++) t.offset += 4 * h * columns[k];
        t.rows = 4 * h;
        t.columns = columns[i % 4];
    }
    return t;
}

/* A layer's block of w, or of the gradient. */
struct layer {
    double *w_ih; /* (4H,K) */
    double *w_hh; /* (4H,H) */
    double *b_ih; /* (4H) */
    double *b_hh; /* (4H) */
};

static struct layer layer_at(const struct ref_lstm *m, double *block, size_t l)
{
    double *w[4];
    for (size_t k = 0; k < 4; k++) w[k] = block + ref_tensor_at(m, 4 * l + k).offset;
    return (struct layer){w[0], w[1], w[2], w[3]};
}

/* What one layer computed for one sequence: every array (T,H). */
struct trace {
    double *i, *f, *g, *o; /* gates after their activation */
    double *c, *h;         /* cell state and hidden state */
};

static struct trace *trace_new(const struct ref_lstm *m, size_t steps)
{
    struct trace *tr = calloc(m->layers, sizeof *tr);
    if (!tr) abort();
    for (size_t l = 0; l < m->layers; l++) {
        double *p = zeros(6 * steps * m->hidden);
        double **fields[6] = {&tr[l].i, &tr[l].f, &tr[l].g, &tr[l].o, &tr[l].c, &tr[l].h};
        for (size_t k = 0; k < 6; k++) *fields[k] = p + k * steps * m->hidden;
    }
    return tr;
}

static void trace_free(const struct ref_lstm *m, struct trace *tr)
{
    for (size_t l = 0; l < m->layers; l++) free(tr[l].i);
    free(tr);
}

/* a = W_ih x + b_ih + W_hh h' + b_hh for one row of the gates; h' (H) is NULL before the first step, where it is 0. */
static double preactivation(const struct layer *p, size_t row, size_t in, size_t hidden, const double *x,
                            const double *h_prev)
{
    double a = p->b_ih[row] + p->b_hh[row];
    for (size_t k = 0; k < in; k++) a += p->w_ih[row * in + k] * x[k];
    for (size_t k = 0; h_prev && k < hidden; k++) a += p->w_hh[row * hidden + k] * h_prev[k];
    return a;
}

/* x (T,K) through one layer. */
static void layer_forward(const struct layer *p, size_t in, size_t hidden, size_t steps, const double *x,
                          struct trace *tr)
{
    for (size_t t = 0; t < steps; t++) {
        const double *x_t = x + t * in;
        const double *h_prev = t ? tr->h + (t - 1) * hidden : NULL;
        for (size_t j = 0; j < hidden; j++) {
            size_t at = t * hidden + j;
            double c_prev = t ? tr->c[at - hidden] : 0;
            /* i_t = sigma(W_i [h_{t-1}, x_t] + b_i) */
            tr->i[at] = sigma(preactivation(p, 0 * hidden + j, in, hidden, x_t, h_prev));
            /* f_t = sigma(W_f [h_{t-1}, x_t] + b_f) */
            tr->f[at] = sigma(preactivation(p, 1 * hidden + j, in, hidden, x_t, h_prev));
            /* C~_t = tanh(W_C [h_{t-1}, x_t] + b_C) */
            tr->g[at] = tanh(preactivation(p, 2 * hidden + j, in, hidden, x_t, h_prev));
            /* o_t = sigma(W_o [h_{t-1}, x_t] + b_o) */
            tr->o[at] = sigma(preactivation(p, 3 * hidden + j, in, hidden, x_t, h_prev));
            /* C_t = f_t o C_{t-1} + i_t o C~_t */
            tr->c[at] = tr->f[at] * c_prev + tr->i[at] * tr->g[at];
            /* h_t = o_t o tanh(C_t) */
            tr->h[at] = tr->o[at] * tanh(tr->c[at]);
        }
    }
}

/* One sequence x (T,inputs) through all layers and the head: y (outputs). */
static void sequence_forward(const struct ref_lstm *m, size_t steps, const double *x, struct trace *tr, double *y)
{
    size_t hidden = m->hidden;
    for (size_t l = 0; l < m->layers; l++) {
        struct layer p = layer_at(m, m->w, l);
        layer_forward(&p, layer_inputs(m, l), hidden, steps, l ? tr[l - 1].h : x, &tr[l]);
    }
    const double *head = m->w + layer_offset(m, m->layers);
    const double *bias = head + m->outputs * hidden;
    const double *h_last = tr[m->layers - 1].h + (steps - 1) * hidden;
    for (size_t k = 0; k < m->outputs; k++) {
        /* y = W_y h_T + b_y */
        y[k] = bias[k];
        for (size_t j = 0; j < hidden; j++) y[k] += head[k * hidden + j] * h_last[j];
    }
}

void ref_forward(const struct ref_lstm *m, size_t batch, size_t steps, const double *x, double *y)
{
    struct trace *tr = trace_new(m, steps);
    for (size_t b = 0; b < batch; b++) sequence_forward(m, steps, x + b * steps * m->inputs, tr, y + b * m->outputs);
    trace_free(m, tr);
}

/* The loss of one target, and its derivative with respect to y. */
static double loss_of(enum ref_loss kind, double y, double target, double *slope)
{
    double d = y - target;
    double sign = d > 0 ? 1 : d < 0 ? -1 : 0;
    switch (kind) {
    case REF_MAE:
        /* L = |d|, dL/dy = sign(d), 0 at 0 */
        *slope = sign;
        return fabs(d);
    case REF_HUBER:
        /* |d| > 1: L = |d| - 1/2, dL/dy = sign(d) */
        if (fabs(d) > 1) {
            *slope = sign;
            return fabs(d) - .5;
        }
        /* |d| <= 1: L = d^2 / 2, dL/dy = d */
        *slope = d;
        return d * d / 2;
    default:
        /* L = d^2, dL/dy = 2 d */
        *slope = 2 * d;
        return d * d;
    }
}

/* dy (n) may be NULL. */
static double mean_loss(enum ref_loss kind, size_t n, const double *y, const double *target, double *dy)
{
    double sum = 0;
    size_t observed = 0;
    for (size_t k = 0; k < n; k++) {
        double slope = 0;
        if (!isnan(target[k])) {
            sum += loss_of(kind, y[k], target[k], &slope);
            observed++;
        }
        if (dy) dy[k] = slope;
    }
    for (size_t k = 0; dy && observed && k < n; k++) dy[k] /= (double)observed;
    return observed ? sum / (double)observed : 0;
}

double ref_loss(enum ref_loss kind, size_t n, const double *y, const double *target)
{
    return mean_loss(kind, n, y, target, NULL);
}

/* Back through one layer and its time. dh_out (T,H): what reaches h_t from above; dx (T,K) is overwritten; the
 * gradient d is added to. Below, "da" is the derivative by a gate before its activation. */
static void layer_backward(const struct layer *p, size_t in, size_t hidden, size_t steps, const double *x,
                           const struct trace *tr, const double *dh_out, double *dx, const struct layer *d)
{
    double *da = zeros(4 * hidden);
    double *dh_next = zeros(hidden); /* what reaches h_t from step t + 1 */
    double *dc_next = zeros(hidden); /* what reaches C_t from step t + 1 */
    for (size_t t = steps; t-- > 0;) {
        for (size_t j = 0; j < hidden; j++) {
            size_t at = t * hidden + j;
            double i = tr->i[at], f = tr->f[at], g = tr->g[at], o = tr->o[at];
            double c_prev = t ? tr->c[at - hidden] : 0;
            double tanh_c = tanh(tr->c[at]);
            /* dL/dh_t = from above + from step t+1 */
            double dh = dh_out[at] + dh_next[j];
            /* dL/do_t = dL/dh_t o tanh(C_t) */
            double d_o = dh * tanh_c;
            /* dL/dC_t = dL/dh_t o o_t o (1 - tanh(C_t)^2) + from step t+1 */
            double d_c = dh * o * (1 - tanh_c * tanh_c) + dc_next[j];
            /* dL/di_t = dL/dC_t o C~_t */
            double d_i = d_c * g;
            /* dL/dC~_t = dL/dC_t o i_t */
            double d_g = d_c * i;
            /* dL/df_t = dL/dC_t o C_{t-1} */
            double d_f = d_c * c_prev;
            /* dL/dC_{t-1} = dL/dC_t o f_t */
            dc_next[j] = d_c * f;
            /* sigma'(a) = sigma(a) (1 - sigma(a)), tanh'(a) = 1 - tanh(a)^2 */
            da[0 * hidden + j] = d_i * i * (1 - i);
            da[1 * hidden + j] = d_f * f * (1 - f);
            da[2 * hidden + j] = d_g * (1 - g * g);
            da[3 * hidden + j] = d_o * o * (1 - o);
        }
        for (size_t row = 0; row < 4 * hidden; row++) {
            /* dL/dW_ih += da_t x_t' */
            for (size_t k = 0; k < in; k++) d->w_ih[row * in + k] += da[row] * x[t * in + k];
            /* dL/dW_hh += da_t h_{t-1}' */
            for (size_t k = 0; t && k < hidden; k++) d->w_hh[row * hidden + k] += da[row] * tr->h[(t - 1) * hidden + k];
            /* dL/db_ih += da_t */
            d->b_ih[row] += da[row];
            /* dL/db_hh += da_t */
            d->b_hh[row] += da[row];
        }
        /* dL/dx_t = W_ih' da_t */
        for (size_t k = 0; k < in; k++) {
            dx[t * in + k] = 0;
            for (size_t row = 0; row < 4 * hidden; row++) dx[t * in + k] += p->w_ih[row * in + k] * da[row];
        }
        /* dL/dh_{t-1} = W_hh' da_t */
        for (size_t k = 0; k < hidden; k++) {
            dh_next[k] = 0;
            for (size_t row = 0; row < 4 * hidden; row++) dh_next[k] += p->w_hh[row * hidden + k] * da[row];
        }
    }
    free(da);
    free(dh_next);
    free(dc_next);
}

/* Adds one sequence's share of the gradient; dy (outputs). */
static void sequence_backward(const struct ref_lstm *m, size_t steps, const double *x, const struct trace *tr,
                              const double *dy, double *grad)
{
    size_t hidden = m->hidden;
    size_t widest = hidden > m->inputs ? hidden : m->inputs;
    double *dh = zeros(steps * widest), *dx = zeros(steps * widest);
    const double *head = m->w + layer_offset(m, m->layers);
    double *d_head = grad + layer_offset(m, m->layers);
    double *d_bias = d_head + m->outputs * hidden;
    const double *h_last = tr[m->layers - 1].h + (steps - 1) * hidden;
    for (size_t k = 0; k < m->outputs; k++) {
        for (size_t j = 0; j < hidden; j++) {
            /* dL/dW_y += dL/dy h_T' */
            d_head[k * hidden + j] += dy[k] * h_last[j];
            /* dL/dh_T = W_y' dL/dy */
            dh[(steps - 1) * hidden + j] += head[k * hidden + j] * dy[k];
        }
        /* dL/db_y += dL/dy */
        d_bias[k] += dy[k];
    }
    for (size_t l = m->layers; l-- > 0;) {
        struct layer p = layer_at(m, m->w, l), d = layer_at(m, grad, l);
        layer_backward(&p, layer_inputs(m, l), hidden, steps, l ? tr[l - 1].h : x, &tr[l], dh, dx, &d);
        /* The input of layer l is the hidden state of layer l-1. */
        if (l) memcpy(dh, dx, steps * hidden * sizeof *dh);
    }
    free(dh);
    free(dx);
}

double ref_backward(const struct ref_lstm *m, enum ref_loss kind, size_t batch, size_t steps, const double *x,
                    const double *target, double *grad)
{
    size_t n = batch * m->outputs;
    double *y = zeros(n), *dy = zeros(n);
    struct trace *tr = trace_new(m, steps);
    ref_forward(m, batch, steps, x, y);
    double loss = mean_loss(kind, n, y, target, dy);
    memset(grad, 0, ref_param_count(m) * sizeof *grad);
    for (size_t b = 0; b < batch; b++) {
        const double *x_b = x + b * steps * m->inputs;
        sequence_forward(m, steps, x_b, tr, y + b * m->outputs);
        sequence_backward(m, steps, x_b, tr, dy + b * m->outputs, grad);
    }
    trace_free(m, tr);
    free(y);
    free(dy);
    return loss;
}

double ref_clip(size_t n, double *g, double max_norm)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++) sum += g[k] * g[k];
    /* |g| = sqrt(sum of g^2) */
    double norm = sqrt(sum);
    /* g *= min(1, max_norm / (|g| + 1e-6)) */
    double scale = max_norm / (norm + 1e-6);
    for (size_t k = 0; scale < 1 && k < n; k++) g[k] *= scale;
    return norm;
}

void ref_adam_step(size_t n, double *w, const double *g, double *m1, double *m2, size_t t, double lr)
{
    const double beta1 = .9, beta2 = .999, epsilon = 1e-8;
    for (size_t k = 0; k < n; k++) {
        /* m_t = beta1 m_{t-1} + (1 - beta1) g_t */
        m1[k] = beta1 * m1[k] + (1 - beta1) * g[k];
        /* v_t = beta2 v_{t-1} + (1 - beta2) g_t^2 */
        m2[k] = beta2 * m2[k] + (1 - beta2) * g[k] * g[k];
        /* m^_t = m_t / (1 - beta1^t) */
        double m_hat = m1[k] / (1 - pow(beta1, (double)t));
        /* v^_t = v_t / (1 - beta2^t) */
        double v_hat = m2[k] / (1 - pow(beta2, (double)t));
        /* w_t = w_{t-1} - lr m^_t / (sqrt(v^_t) + epsilon) */
        w[k] -= lr * m_hat / (sqrt(v_hat) + epsilon);
    }
}
