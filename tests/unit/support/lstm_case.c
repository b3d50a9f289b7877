#include "unit/support/lstm_case.h"

#include "nn/arch.h"
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void *room(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    ck_assert_ptr_nonnull(p);
    return p;
}

static enum ref_loss loss_kind(const char *name)
{
    if (strcmp(name, "mae") == 0) return REF_MAE;
    if (strcmp(name, "huber") == 0) return REF_HUBER;
    ck_assert_str_eq(name, "mse");
    return REF_MSE;
}

static struct lstm_case empty(struct lstm_shape s, const char *loss)
{
    struct lstm_case c = {.shape = s, .loss_name = loss, .loss = loss_kind(loss)};
    c.twin = (struct ref_lstm){s.inputs, s.hidden, s.layers, s.outputs, NULL};
    c.twin.w = room(ref_param_count(&c.twin), sizeof *c.twin.w);
    c.x = room(s.batch * s.steps * s.inputs, sizeof *c.x);
    c.y = room(s.batch * s.outputs, sizeof *c.y);
    c.x_wide = room(s.batch * s.steps * s.inputs, sizeof *c.x_wide);
    c.y_wide = room(s.batch * s.outputs, sizeof *c.y_wide);
    return c;
}

static void widen(struct lstm_case *c)
{
    const struct lstm_shape *s = &c->shape;
    for (size_t i = 0; i < s->batch * s->steps * s->inputs; i++) c->x_wide[i] = (double)c->x[i];
    for (size_t i = 0; i < s->batch * s->outputs; i++) {
        c->y_wide[i] = (double)c->y[i];
        c->observed += isnan(c->y[i]) ? 0 : 1;
    }
}

struct lstm_case lstm_case_draw(uint64_t index, struct lstm_shape s, const char *loss, double missing)
{
    struct lstm_case c = empty(s, loss);
    lc_rng r = lc_rng_make(71, LC_STREAM_TEST, index);
    double bound = 1.5 / sqrt((double)s.hidden);
    for (size_t i = 0; i < ref_param_count(&c.twin); i++)
        c.twin.w[i] = (double)(float)(bound * (2 * lc_rng_uniform(&r) - 1));
    for (size_t i = 0; i < s.batch * s.steps * s.inputs; i++) c.x[i] = (float)lc_rng_normal(&r);
    for (size_t i = 0; i < s.batch * s.outputs; i++) {
        double y = 1.5 * lc_rng_normal(&r);
        c.y[i] = lc_rng_uniform(&r) < missing ? NAN : (float)y;
    }
    if (missing < 1 && isnan(c.y[0])) c.y[0] = 1;
    widen(&c);
    return c;
}

struct lstm_case lstm_case_golden(const struct golden *g)
{
    struct lstm_shape s = {g->batch, g->steps, g->inputs, g->hidden, g->layers, g->outputs};
    struct lstm_case c = empty(s, g->loss_name);
    for (size_t i = 0; i < g->params; i++)
        for (size_t k = 0; k < g->param[i].size; k++)
            c.twin.w[ref_tensor_at(&c.twin, i).offset + k] = (double)g->param[i].data[k];
    memcpy(c.x, g->x, g->batch * g->steps * g->inputs * sizeof *c.x);
    memcpy(c.y, g->y, g->batch * g->outputs * sizeof *c.y);
    widen(&c);
    return c;
}

void lstm_case_free(struct lstm_case *c)
{
    free(c->twin.w);
    free(c->x);
    free(c->y);
    free(c->x_wide);
    free(c->y_wide);
    *c = (struct lstm_case){0};
}

lc_network *lstm_case_network(const struct lstm_case *c, const lc_kernels *k, double dropout)
{
    const struct lstm_shape *s = &c->shape;
    lc_network_spec spec = {.arch = lc_arch_find("lstm"),
                            .inputs = s->inputs,
                            .steps = s->steps,
                            .hidden = s->hidden,
                            .layers = s->layers,
                            .outputs = s->outputs,
                            .dropout = dropout};
    lc_network *net;
    lc_status st = {0};
    ck_assert_msg(lc_network_create(&net, &spec, k, &st) == LC_OK, "%s", st.text);
    return net;
}

static struct ref_tensor tensor_named(const struct ref_lstm *m, const char *name)
{
    for (size_t i = 0; i < ref_tensor_count(m); i++) {
        struct ref_tensor t = ref_tensor_at(m, i);
        if (strcmp(t.name, name) == 0) return t;
    }
    ck_abort_msg("the reference has no tensor \"%s\"", name);
    return (struct ref_tensor){0};
}

/* Every tensor of every layer in turn: from `params` into the block, or back. */
static void exchange(const lc_network *net, float *block, const struct ref_lstm *m, double *params, bool put)
{
    size_t covered = 0;
    for (size_t i = 0; i < net->n_layers; i++) {
        const lc_layer *l = &net->layer[i];
        lc_layer_tensor t[LC_LAYER_TENSORS];
        size_t n = l->kind->tensors(l, t);
        for (size_t k = 0; k < n; k++) {
            struct ref_tensor twin = tensor_named(m, t[k].name);
            size_t size = twin.rows * twin.columns;
            ck_assert_uint_eq(t[k].shape[0], twin.rows);
            if (t[k].dims == 2) ck_assert_uint_eq(t[k].shape[1], twin.columns);
            else ck_assert_uint_eq(twin.columns, 1);
            float *narrow = room(size, sizeof *narrow);
            if (put) {
                for (size_t e = 0; e < size; e++) narrow[e] = (float)params[twin.offset + e];
                l->kind->put(l, block + l->param_at, k, narrow);
            } else {
                l->kind->get(l, block + l->param_at, k, narrow);
                for (size_t e = 0; e < size; e++) params[twin.offset + e] = (double)narrow[e];
            }
            free(narrow);
            covered += size;
        }
    }
    ck_assert_uint_eq(covered, ref_param_count(m));
}

void lstm_put(const lc_network *net, float *block, const struct ref_lstm *m, const double *params)
{
    memset(block, 0, net->params * sizeof *block);
    exchange(net, block, m, (double *)params, true);
}

void lstm_get(const lc_network *net, const float *block, const struct ref_lstm *m, double *params)
{
    exchange(net, (float *)block, m, params, false);
}

lc_engine *lstm_case_engine(const struct lstm_case *c, const lc_network *net, lc_engine_options o)
{
    lc_engine *e;
    lc_status st = {0};
    o.loss = lc_loss_find(c->loss_name);
    if (!o.batch) o.batch = c->shape.batch;
    ck_assert_msg(lc_engine_create(&e, net, &o, &st) == LC_OK, "%s", st.text);
    lstm_put(net, lc_engine_weights(e), &c->twin, c->twin.w);
    lc_engine_weights_changed(e);
    return e;
}

void lstm_case_gather(void *user, size_t first, const lc_rows *rows)
{
    const struct lstm_case *c = user;
    const struct lstm_shape *s = &c->shape;
    for (size_t r = 0; r < rows->n; r++) {
        const float *from = c->x + (first + r) * s->steps * s->inputs;
        for (size_t t = 0; t < s->steps; t++)
            memcpy(rows->x + t * rows->step_stride + r * rows->row_stride, from + t * s->inputs,
                   s->inputs * sizeof *from);
        if (rows->target)
            memcpy(rows->target + r * s->outputs, c->y + (first + r) * s->outputs, s->outputs * sizeof *c->y);
    }
}

void lstm_one_bias(const struct ref_lstm *m, double *grad)
{
    for (size_t l = 0; l < m->layers; l++) {
        struct ref_tensor t = ref_tensor_at(m, 4 * l + 3);
        memset(grad + t.offset, 0, t.rows * sizeof *grad);
    }
}
