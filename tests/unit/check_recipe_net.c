#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nn/arch.h"
#include "ref/ref_recipe.h"
#include "train/engine.h"
#include "unit/support/isa.h"
#include "unit/support/unit.h"

/* The network of the default architecture against its twin: outputs, and the gradient of point and quantile losses
 * against numerical differentiation of the twin. */

typedef struct net_case {
    size_t steps, inputs, hidden, outputs, skip_from, side, batch;
    const char *loss;
    double missing;
    bool skip, weighted;
    size_t own;
} net_case;

static const net_case cases[] = {
    {2, 1, 1, 1, 0, 0, 1, "mae", 0, true, false, 0},
    {3, 7, 33, 17, 0, 0, 5, "mae", .2, true, true, 0},
    {5, 14, 1, 17, 7, 17, 9, "mae", .3, true, true, 0},
    {1, 1, 33, 1, 0, 3, 3, "mse", 0, true, true, 0},
    {4, 16, 33, 1, 7, 2, 20, "huber", .4, true, true, 0},
    {6, 3, 8, 9, 2, 40, 17, "mse", .1, true, true, 0},
    {3, 2, 16, 16, 0, 0, 8, "mae", .2, false, true, 0},
    {2, 5, 4, 3, 0, 0, 4, "mae", 1, true, true, 0}, /* nothing is observed */
    /* inputs of each output alone; skip_from = inputs: no step is passed on */
    {3, 2, 5, 4, 0, 0, 6, "mse", .1, true, true, 3},
    {4, 7, 16, 4, 7, 8, 11, "huber", .2, true, true, 10},
    {2, 3, 4, 17, 3, 0, 9, "mae", 0, true, false, 1},
    {2, 1, 3, 1, 1, 1, 1, "mse", 0, true, true, 64},
};
enum { CASES = sizeof cases / sizeof cases[0] };

static size_t side_of(const net_case *c)
{
    return c->side + c->own * c->outputs;
}

typedef struct sample {
    const net_case *c;
    struct ref_net twin;
    float *x, *side, *target, *weight; /* (batch, ...) */
    double *x_wide, *side_wide, *target_wide, *weight_wide;
} sample;

static float *drawn(lc_rng *r, size_t n, double size, double **wide)
{
    float *x = calloc(n + 1, sizeof *x);
    *wide = calloc(n + 1, sizeof **wide);
    for (size_t i = 0; i < n; i++) (*wide)[i] = (double)(x[i] = (float)(size * lc_rng_normal(r)));
    return x;
}

static sample draw(size_t index)
{
    const net_case *c = &cases[index];
    sample s = {.c = c};
    lc_rng r = lc_rng_make(17, LC_STREAM_TEST, index);
    s.twin = (struct ref_net){c->steps, c->inputs, c->hidden, c->outputs, c->skip, c->skip_from, c->side, c->own, NULL};
    const size_t params = ref_net_params(&s.twin);
    s.twin.w = calloc(params, sizeof *s.twin.w);
    for (size_t i = 0; i < params; i++)
        s.twin.w[i] = (double)(float)(lc_rng_normal(&r) / sqrt((double)c->hidden + (double)c->inputs));
    s.x = drawn(&r, c->batch * c->steps * c->inputs, 1, &s.x_wide);
    s.side = drawn(&r, c->batch * side_of(c), 1, &s.side_wide);
    s.target = drawn(&r, c->batch * c->outputs, 1.5, &s.target_wide);
    s.weight = drawn(&r, c->batch * c->outputs, 1, &s.weight_wide);
    for (size_t i = 0; i < c->batch * c->outputs; i++) {
        s.weight_wide[i] = (double)(s.weight[i] = c->weighted ? .1f + fabsf(s.weight[i]) : 1);
        if (lc_rng_uniform(&r) < c->missing) s.target_wide[i] = (double)(s.target[i] = NAN);
    }
    return s;
}

static void free_sample(sample *s)
{
    void *all[] = {s->twin.w, s->x,         s->side,        s->target,     s->weight,
                   s->x_wide, s->side_wide, s->target_wide, s->weight_wide};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) free(all[i]);
}

static void gather(void *user, size_t first, const lc_rows *to)
{
    const sample *s = user;
    const net_case *c = s->c;
    for (size_t r = 0; r < to->n; r++) {
        const size_t row = first + r;
        for (size_t t = 0; t < c->steps; t++)
            memcpy(to->x + t * to->step_stride + r * to->row_stride, s->x + (row * c->steps + t) * c->inputs,
                   c->inputs * sizeof *s->x);
        const size_t side = side_of(c);
        if (side) memcpy(to->side + r * to->side_stride, s->side + row * side, side * sizeof *s->side);
        if (!to->target) continue;
        memcpy(to->target + r * c->outputs, s->target + row * c->outputs, c->outputs * sizeof *s->target);
        memcpy(to->weight + r * c->outputs, s->weight + row * c->outputs, c->outputs * sizeof *s->weight);
    }
}

static lc_network *network(const net_case *c, const lc_kernels *k)
{
    const lc_network_spec spec = {.arch = lc_arch_find("auto"),
                                  .inputs = c->inputs,
                                  .steps = c->steps,
                                  .hidden = c->hidden,
                                  .layers = 1,
                                  .outputs = c->outputs,
                                  .quantiles = true,
                                  .skip = c->skip,
                                  .skip_from = c->skip_from,
                                  .side = c->side,
                                  .own = c->own};
    lc_network *net;
    lc_status st = {0};
    ck_assert_msg(lc_network_create(&net, &spec, k, &st) == LC_OK, "%s", st.text);
    ck_assert_uint_eq(lc_network_width(net), c->outputs * (1 + REF_QUANTILES));
    return net;
}

static struct ref_block block_named(const struct ref_net *twin, const char *name)
{
    for (size_t i = 0; i < REF_BLOCKS; i++)
        if (strcmp(ref_net_block(twin, i).name, name) == 0) return ref_net_block(twin, i);
    ck_abort_msg("the twin has no block \"%s\"", name);
    return (struct ref_block){0};
}

/* The twin's parameters to the network's, or the network's block to the twin's order; the two biases of the LSTM are
 * one in the network. */
static void exchange(const lc_network *net, float *block, const struct ref_net *twin, double *params, bool put)
{
    size_t covered = 0;
    for (size_t i = 0; i < net->n_layers; i++) {
        const lc_layer *l = &net->layer[i];
        lc_layer_tensor t[LC_LAYER_TENSORS];
        const size_t n = l->kind->tensors(l, t);
        for (size_t k = 0; k < n; k++) {
            const struct ref_block b = block_named(twin, t[k].name);
            const size_t size = b.rows * b.columns;
            ck_assert_uint_eq(t[k].shape[0], b.rows);
            ck_assert_uint_eq(t[k].shape[1], b.columns);
            float *values = calloc(size, sizeof *values);
            if (put) {
                for (size_t e = 0; e < size; e++) values[e] = (float)params[b.at + e];
                l->kind->put(l, block + l->param_at, k, values);
            } else {
                l->kind->get(l, block + l->param_at, k, values);
                for (size_t e = 0; e < size; e++) params[b.at + e] = (double)values[e];
            }
            free(values);
            covered += size;
        }
    }
    ck_assert_uint_eq(covered, ref_net_params(twin));
}

static lc_engine *engine(const sample *s, const lc_network *net, size_t threads, size_t shards)
{
    lc_engine *e;
    lc_status st = {0};
    const lc_engine_options o = {
        .loss = lc_loss_find(s->c->loss), .batch = s->c->batch, .threads = threads, .shards = shards};
    ck_assert_msg(lc_engine_create(&e, net, &o, &st) == LC_OK, "%s", st.text);
    memset(lc_engine_weights(e), 0, net->params * sizeof(float));
    exchange(net, lc_engine_weights(e), &s->twin, s->twin.w, true);
    lc_engine_weights_changed(e);
    return e;
}

/* Point and quantile losses of the whole batch. */
static void twin_losses(const sample *s, double *point, double *quantiles)
{
    const net_case *c = s->c;
    double *y = calloc(c->outputs * (1 + REF_QUANTILES), sizeof *y);
    *point = *quantiles = 0;
    for (size_t r = 0; r < c->batch; r++) {
        ref_net_forward(&s->twin, s->x_wide + r * c->steps * c->inputs, s->side_wide + r * side_of(c), y);
        const double *target = s->target_wide + r * c->outputs, *weight = s->weight_wide + r * c->outputs;
        *point += ref_point_loss(c->loss[1] == 'a'   ? 'a'
                                 : c->loss[0] == 'h' ? 'h'
                                                     : 'e',
                                 c->outputs, y, target, weight);
        *quantiles += ref_quantile_loss(c->outputs, y, target, weight);
    }
    free(y);
}

/* Central differences. The quantiles see state and point as given, so only the head's rows that are theirs answer for
 * their loss, and those answer for nothing else. */
static double twin_slope(const sample *s, size_t i)
{
    const double step = 1e-6, was = s->twin.w[i];
    const struct ref_block w = ref_net_block(&s->twin, REF_HEAD_W), b = ref_net_block(&s->twin, REF_HEAD_B);
    const bool quantile = (i >= w.at && i < w.at + w.rows * w.columns && (i - w.at) / w.columns >= s->c->outputs) ||
                          (i >= b.at && i < b.at + b.rows && i - b.at >= s->c->outputs);
    double point[2], quantiles[2];
    for (int k = 0; k < 2; k++) {
        s->twin.w[i] = was + (k ? step : -step);
        twin_losses(s, &point[k], &quantiles[k]);
    }
    s->twin.w[i] = was;
    return quantile ? (quantiles[1] - quantiles[0]) / (2 * step) : (point[1] - point[0]) / (2 * step);
}

START_TEST(outputs_agree_with_the_twin)
{
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t i = 0; k && i < CASES; i++) {
        sample s = draw(i);
        const net_case *c = s.c;
        const size_t width = c->outputs * (1 + REF_QUANTILES);
        lc_network *net = network(c, k);
        lc_engine *e = engine(&s, net, 1, 0);
        lc_infer *f;
        ck_assert_int_eq(lc_infer_create(&f, net, c->batch, 2, NULL), LC_OK);
        float *y = calloc(c->batch * width, sizeof *y);
        double *want = calloc(width, sizeof *want), most = 0;
        lc_infer_predict(f, lc_engine_weights(e), c->batch, gather, &s, y);
        for (size_t r = 0; r < c->batch; r++) {
            ref_net_forward(&s.twin, s.x_wide + r * c->steps * c->inputs, s.side_wide + r * side_of(c), want);
            for (size_t j = 0; j < width; j++)
                most = fmax(most, fabs((double)y[r * width + j] - want[j]) / (1 + fabs(want[j])));
        }
        UNIT_MUST(most < 3e-6, "%s, case %zu: off by %g", k->isa, i, most);
        /* The loss of validation is the twin's, too. */
        double point, quantiles;
        twin_losses(&s, &point, &quantiles);
        size_t seen = 0;
        for (size_t j = 0; j < c->batch * c->outputs; j++) seen += isnan(s.target[j]) ? 0 : 1;
        const double loss = lc_infer_loss(f, lc_engine_weights(e), lc_loss_find(c->loss), c->batch, gather, &s);
        if (!seen) ck_assert(isnan(loss));
        else
            UNIT_MUST(fabs(loss - (point + quantiles) / (double)seen) < 3e-6 * (1 + loss), "%s, case %zu: loss %g",
                      k->isa, i, loss);
        free(y);
        free(want);
        lc_infer_free(f);
        lc_engine_free(e);
        lc_network_free(net);
        free_sample(&s);
    }
}
END_TEST

START_TEST(gradients_agree_with_differences_of_the_twin)
{
    enum { MOST = 700 }; /* parameters that are tried */
    sample s = draw((size_t)_i);
    const size_t params = ref_net_params(&s.twin), stride = params / MOST + 1;
    double *slope = calloc(params, sizeof *slope), *got = calloc(params, sizeof *got), point, quantiles, largest = 1e-3;
    for (size_t i = 0; i < params; i += stride) {
        slope[i] = twin_slope(&s, i);
        largest = fmax(largest, fabs(slope[i]));
    }
    twin_losses(&s, &point, &quantiles);
    const struct ref_block unused = ref_net_block(&s.twin, REF_B_HH);
    size_t seen = 0;
    for (size_t j = 0; j < s.c->batch * s.c->outputs; j++) seen += isnan(s.target[j]) ? 0 : 1;
    for (size_t isa = 0; isa < ISA_COUNT; isa++)
        for (size_t shards = 1; shards <= 3; shards += 2) {
            const lc_kernels *k = isa_at(isa);
            if (!k) continue;
            lc_network *net = network(s.c, k);
            lc_engine *e = engine(&s, net, 2, shards);
            double loss;
            ck_assert_int_eq(lc_engine_step(e, s.c->batch, 0, gather, &s, &loss, NULL), LC_OK);
            if (!seen) ck_assert(isnan(loss));
            else ck_assert_double_eq_tol(loss, (point + quantiles) / (double)seen, 3e-6 * (1 + loss));
            exchange(net, (float *)lc_engine_gradient(e), &s.twin, got, false);
            for (size_t i = 0; i < params; i += stride) {
                if (i >= unused.at && i < unused.at + unused.rows) continue; /* the same as bias_ih's */
                UNIT_MUST(fabs(got[i] - slope[i]) < 2e-5 * largest,
                          "%s, %zu shards: parameter %zu has %g, differences say %g", k->isa, shards, i, got[i],
                          slope[i]);
            }
            lc_engine_free(e);
            lc_network_free(net);
        }
    free(slope);
    free(got);
    free_sample(&s);
}
END_TEST

/* A state that is not a number is no forecast; a target that is not observed is nothing. */
START_TEST(inputs_that_are_no_numbers_show)
{
    const lc_kernels *k = isa_at((size_t)_i);
    if (!k) return;
    for (size_t j = 0; j < 2; j++) {
        sample s = draw(1);
        lc_network *net = network(s.c, k);
        lc_engine *e = engine(&s, net, 1, 0);
        double loss;
        s.x[3] = j ? INFINITY : NAN;
        ck_assert_int_eq(lc_engine_step(e, s.c->batch, .1, gather, &s, &loss, NULL), LC_E_NUMERIC);
        lc_engine_free(e);
        lc_network_free(net);
        free_sample(&s);
    }
}
END_TEST

/* The skip starts at zero, the quantiles as half a normal distribution's, far less noisy than the points. */
START_TEST(starts_as_the_recipe_says)
{
    static const double normal[] = {-1.2815515655446004, -0.8416212335729143, -0.5244005127080407, -0.2533471031357997};
    sample s = draw(1);
    lc_network *net = network(s.c, isa_at(0));
    float *w = calloc(net->params, sizeof *w);
    double *params = calloc(ref_net_params(&s.twin), sizeof *params), square = 0;
    lc_network_init(net, w, 5);
    exchange(net, w, &s.twin, params, false);
    const struct ref_block skip = ref_net_block(&s.twin, REF_SKIP_W), head = ref_net_block(&s.twin, REF_HEAD_W);
    const struct ref_block b = ref_net_block(&s.twin, REF_HEAD_B);
    for (size_t i = 0; i < skip.rows * skip.columns; i++) ck_assert(params[skip.at + i] == 0);
    const size_t h = s.c->outputs, n = REF_QUANTILES * h * head.columns;
    for (size_t q = 0; q < REF_QUANTILES; q++)
        for (size_t j = 0; j < h; j++)
            ck_assert_double_eq_tol(params[b.at + (1 + q) * h + j], .5 * (q < 4 ? normal[q] : -normal[7 - q]), 1e-7);
    for (size_t i = 0; i < n; i++) square += pow(params[head.at + h * head.columns + i], 2) / (double)n;
    ck_assert_double_eq_tol(sqrt(square), .01, 5e-4);
    double most = 0;
    for (size_t i = 0; i < h * head.columns; i++) most = fmax(most, fabs(params[head.at + i]));
    ck_assert(most <= 1 / sqrt((double)s.c->hidden) && most > .9 / sqrt((double)s.c->hidden));
    free(params);
    free(w);
    lc_network_free(net);
    free_sample(&s);
}
END_TEST

START_TEST(same_bits_on_any_number_of_threads)
{
    for (size_t isa = 0; isa < ISA_COUNT; isa++) {
        if (!isa_at(isa)) continue;
        sample s = draw((size_t)_i);
        lc_network *net = network(s.c, isa_at(isa));
        lc_engine *e[4];
        for (size_t threads = 0; threads < 4; threads++) {
            double loss;
            lc_status st = {0};
            e[threads] = engine(&s, net, threads + 1, 3);
            for (size_t step = 0; step < 5; step++) {
                const size_t rows = step == 2 ? (s.c->batch + 1) / 2 : s.c->batch;
                const lc_code code = lc_engine_step(e[threads], rows, .01, gather, &s, &loss, &st);
                UNIT_MUST(code == LC_OK, "%s", st.text);
            }
            UNIT_MUST(memcmp(lc_engine_weights(e[0]), lc_engine_weights(e[threads]), net->params * sizeof(float)) == 0,
                      "%s, case %d: %zu threads", isa_at(isa)->isa, _i, threads + 1);
        }
        for (size_t threads = 0; threads < 4; threads++) lc_engine_free(e[threads]);
        lc_network_free(net);
        free_sample(&s);
    }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("network of the default architecture");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, outputs_agree_with_the_twin, 0, ISA_COUNT);
    tcase_add_loop_test(t, gradients_agree_with_differences_of_the_twin, 0, CASES);
    tcase_add_loop_test(t, same_bits_on_any_number_of_threads, CASES - 5, CASES);
    tcase_add_loop_test(t, inputs_that_are_no_numbers_show, 0, ISA_COUNT);
    tcase_add_test(t, starts_as_the_recipe_says);
    suite_add_tcase(suite, t);
    return suite;
}
