#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/support/isa.h"
#include "unit/support/lstm_case.h"
#include "unit/support/unit.h"

/* The engine in single precision against the reference in double precision and against PyTorch. The reference takes
 * the same weights and data, rounded to float beforehand. */
static const double output_tolerance = 1e-5, gradient_tolerance = 1e-4; /* absolute; of the largest gradient */

typedef struct figures {
    double output, loss, gradient;
    size_t cases;
} figures;

static double *reals(size_t n)
{
    double *p = calloc(n ? n : 1, sizeof *p);
    ck_assert_ptr_nonnull(p);
    return p;
}

static const char *text_of(const struct lstm_case *c, const lc_kernels *k)
{
    static char text[160];
    const struct lstm_shape *s = &c->shape;
    snprintf(text, sizeof text,
             "%s batch %zu, steps %zu, inputs %zu, hidden %zu, layers %zu, outputs %zu, %s, %zu seen", k->isa, s->batch,
             s->steps, s->inputs, s->hidden, s->layers, s->outputs, c->loss_name, c->observed);
    return text;
}

/* Largest error of `got`, relative to the largest of all wanted. bias_hh is passed over: its gradient is that of
 * bias_ih, and the network keeps one bias. */
static double gradient_error(const struct ref_lstm *m, const double *got, const double *want)
{
    double most = 0, error = 0;
    for (size_t i = 0; i < ref_tensor_count(m); i++) {
        struct ref_tensor t = ref_tensor_at(m, i);
        bool second_bias = strstr(t.name, "bias_hh") != NULL;
        for (size_t e = t.offset; e < t.offset + t.rows * t.columns; e++) {
            most = fmax(most, fabs(want[e]));
            double d = fabs(got[e] - want[e]);
            if (second_bias) UNIT_MUST(got[e] == 0, "%s has a gradient of its own", t.name);
            else if (!(d <= error)) error = d;
        }
    }
    return most > 0 ? error / most : error;
}

/* Outputs of the engine's weights through lc_infer. */
static double output_error(const struct lstm_case *c, const lc_network *net, lc_engine *e, const double *want)
{
    lc_infer *infer;
    size_t n = c->shape.batch * c->shape.outputs;
    float *y = calloc(n, sizeof *y);
    ck_assert_int_eq(lc_infer_create(&infer, net, 100000, 1, NULL), LC_OK);
    lc_infer_predict(infer, lc_engine_weights(e), c->shape.batch, lstm_case_gather, (void *)c, y);
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double d = fabs((double)y[i] - want[i]);
        if (!(d <= most)) most = d;
    }
    lc_infer_free(infer);
    free(y);
    return most;
}

/* One step at rate 0, which leaves the weights as they are; the mean gradient in the twin's order. */
static double mean_gradient(const struct lstm_case *c, const lc_network *net, lc_engine *e, double *gradient)
{
    double loss;
    lc_status st = {0};
    ck_assert_msg(lc_engine_step(e, c->shape.batch, 0, lstm_case_gather, (void *)c, &loss, &st) == LC_OK, "%s",
                  st.text);
    lstm_get(net, lc_engine_gradient(e), &c->twin, gradient);
    for (size_t i = 0; i < ref_param_count(&c->twin); i++) gradient[i] /= c->observed ? (double)c->observed : 1;
    return loss;
}

/* want_out, want_gradient NULL: ask the twin. */
static void check_case(const struct lstm_case *c, const lc_kernels *k, size_t threads, size_t shards,
                       const double *want_out, const double *want_gradient, figures *f)
{
    size_t params = ref_param_count(&c->twin), n = c->shape.batch * c->shape.outputs;
    double *out = reals(n), *twin_gradient = reals(params), *gradient = reals(params);
    ref_forward(&c->twin, c->shape.batch, c->shape.steps, c->x_wide, out);
    double loss = ref_backward(&c->twin, c->loss, c->shape.batch, c->shape.steps, c->x_wide, c->y_wide, twin_gradient);
    lc_network *net = lstm_case_network(c, k, 0);
    lc_engine *e = lstm_case_engine(c, net, (lc_engine_options){.shards = shards, .threads = threads});
    double d_out = output_error(c, net, e, want_out ? want_out : out);
    double got = mean_gradient(c, net, e, gradient);
    double d_gradient = gradient_error(&c->twin, gradient, want_gradient ? want_gradient : twin_gradient);
    double d_loss = c->observed ? fabs(got - loss) / (1 + loss) : 0;
    ck_assert_msg(d_out <= output_tolerance, "%s: outputs off by %g", text_of(c, k), d_out);
    ck_assert_msg(d_gradient < gradient_tolerance, "%s: gradient off by %g of the largest", text_of(c, k), d_gradient);
    ck_assert_msg(d_loss < 1e-5 && isnan(got) == !c->observed, "%s: loss %.9g, wanted %.9g", text_of(c, k), got, loss);
    f->output = fmax(f->output, d_out);
    f->loss = fmax(f->loss, d_loss);
    f->gradient = fmax(f->gradient, d_gradient);
    f->cases++;
    lc_engine_free(e);
    lc_network_free(net);
    free(out);
    free(twin_gradient);
    free(gradient);
}

static const char *const losses[] = {"mse", "mae", "huber"};

/* Everything that is easily one off: single rows, steps and units, widths at and beside the vectors'. */
static const struct lstm_shape edges[] = {
    {1, 1, 1, 1, 1, 1},    {1, 1, 1, 1, 3, 1},   {2, 1, 3, 4, 2, 5},   {1, 7, 2, 9, 1, 3},   {5, 6, 1, 1, 2, 2},
    {3, 5, 1, 15, 1, 15},  {3, 5, 1, 16, 1, 16}, {3, 5, 1, 17, 1, 17}, {4, 3, 15, 16, 2, 1}, {4, 3, 16, 17, 2, 1},
    {4, 3, 17, 15, 2, 33}, {6, 4, 2, 31, 1, 2},  {7, 4, 2, 32, 1, 2},  {11, 4, 2, 33, 1, 2}, {13, 9, 40, 5, 1, 3},
    {33, 3, 3, 10, 1, 4},  {2, 60, 1, 8, 1, 7},  {2, 40, 2, 8, 3, 7},  {1, 2, 1, 64, 1, 1},  {9, 2, 1, 3, 1, 49},
};
enum { EDGES = sizeof edges / sizeof edges[0], RANDOM = 72 };

START_TEST(agrees_with_the_reference)
{
    static const size_t threads[] = {1, 2, 3, 4, 7};
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t t = 0; k && t < sizeof threads / sizeof threads[0]; t++) {
        figures f = {0};
        lc_rng r = lc_rng_make(8, LC_STREAM_TEST, 0);
        for (uint64_t i = 0; i < EDGES + RANDOM; i++) {
            struct lstm_shape s = i < EDGES ? edges[i] : random_shape(&r, (struct lstm_shape){20, 20, 9, 40, 3, 9});
            struct lstm_case c = lstm_case_draw(i, s, losses[i % 3], i % 2 ? 0 : .35);
            check_case(&c, k, threads[t], 1 + i % 7, NULL, NULL, &f);
            lstm_case_free(&c);
        }
        printf("  %-7s %zu thread%s, %zu shapes against the reference: output %.1e, loss %.1e, gradient %.1e of the "
               "largest\n",
               k->isa, threads[t], threads[t] == 1 ? "" : "s", f.cases, f.output, f.loss, f.gradient);
    }
}
END_TEST

/* Loud and quiet data: saturated gates, and inputs a million times smaller and larger than usual. */
START_TEST(agrees_on_loud_and_quiet_data)
{
    const lc_kernels *k = isa_at((size_t)_i);
    if (!k) return;
    figures f = {0};
    const float sizes[] = {1e-6f, 1e-3f, 30, 1e6f};
    for (uint64_t i = 0; i < 12; i++) {
        struct lstm_case c = lstm_case_draw(500 + i, (struct lstm_shape){6, 8, 2, 13, 2, 3}, losses[i % 3], 0);
        for (size_t j = 0; j < 6 * 8 * 2; j++) {
            c.x[j] *= sizes[i / 3];
            c.x_wide[j] = (double)c.x[j];
        }
        check_case(&c, k, 1, 2, NULL, NULL, &f);
        lstm_case_free(&c);
    }
    printf("  %-7s loud and quiet data: output %.1e, gradient %.1e of the largest\n", k->isa, f.output, f.gradient);
}
END_TEST

START_TEST(no_target_is_no_gradient)
{
    const lc_kernels *k = isa_at((size_t)_i);
    if (!k) return;
    struct lstm_case c = lstm_case_draw(1, (struct lstm_shape){5, 4, 2, 7, 2, 3}, "mse", 2);
    ck_assert_uint_eq(c.observed, 0);
    lc_network *net = lstm_case_network(&c, k, 0);
    lc_engine *e = lstm_case_engine(&c, net, (lc_engine_options){.threads = 1, .clip = 1});
    float *before = malloc(net->params * sizeof *before);
    memcpy(before, lc_engine_weights(e), net->params * sizeof *before);
    double loss = 0;
    ck_assert_int_eq(lc_engine_step(e, 5, .1, lstm_case_gather, &c, &loss, NULL), LC_OK);
    ck_assert(isnan(loss));
    ck_assert(memcmp(before, lc_engine_weights(e), net->params * sizeof *before) == 0);
    for (size_t i = 0; i < net->params; i++) UNIT_MUST(lc_engine_gradient(e)[i] == 0, "parameter %zu", i);
    free(before);
    lc_engine_free(e);
    lc_network_free(net);
    lstm_case_free(&c);
}
END_TEST

/* A minibatch without targets is none: the next one is Adam's first step, not its second. */
START_TEST(no_target_is_no_step)
{
    struct lstm_case c = lstm_case_draw(2, (struct lstm_shape){5, 4, 2, 7, 1, 3}, "mse", 0);
    struct lstm_case blank = lstm_case_draw(2, (struct lstm_shape){5, 4, 2, 7, 1, 3}, "mse", 2);
    lc_network *net = lstm_case_network(&c, isa_at(0), 0);
    lc_engine *e[2];
    double loss;
    for (int i = 0; i < 2; i++) {
        e[i] = lstm_case_engine(&c, net, (lc_engine_options){.threads = 1});
        for (int j = 0; j < 3 * i; j++)
            ck_assert_int_eq(lc_engine_step(e[i], 5, .1, lstm_case_gather, &blank, &loss, NULL), LC_OK);
        for (int j = 0; j < 2; j++)
            ck_assert_int_eq(lc_engine_step(e[i], 5, .1, lstm_case_gather, &c, &loss, NULL), LC_OK);
    }
    ck_assert(memcmp(lc_engine_weights(e[0]), lc_engine_weights(e[1]), net->params * sizeof(float)) == 0);
    lc_engine_free(e[0]);
    lc_engine_free(e[1]);
    lc_network_free(net);
    lstm_case_free(&c);
    lstm_case_free(&blank);
}
END_TEST

/* ---- the optimizer in its place ---- */

static double largest_difference(const struct ref_lstm *m, const double *got, const double *want)
{
    double most = 0;
    for (size_t i = 0; i < ref_param_count(m); i++)
        if (!(fabs(got[i] - want[i]) <= most)) most = fabs(got[i] - want[i]);
    return most;
}

/* Steps of the engine beside steps of the twin, with one bias each; clip 0: none. Returns the largest difference of a
 * parameter. */
static double train_both(const struct lstm_case *c, const lc_kernels *k, size_t steps, double rate, double clip)
{
    struct ref_lstm m = c->twin;
    size_t n = ref_param_count(&m);
    double *w = reals(n), *g = reals(n), *m1 = reals(n), *m2 = reals(n), *got = reals(n);
    m.w = w;
    memcpy(w, c->twin.w, n * sizeof *w);
    for (size_t l = 0; l < m.layers; l++) {
        struct ref_tensor ih = ref_tensor_at(&m, 4 * l + 2), hh = ref_tensor_at(&m, 4 * l + 3);
        for (size_t e = 0; e < ih.rows; e++) {
            w[ih.offset + e] += w[hh.offset + e];
            w[hh.offset + e] = 0;
        }
    }
    lc_network *net = lstm_case_network(c, k, 0);
    lc_engine *e = lstm_case_engine(c, net, (lc_engine_options){.shards = 2, .threads = 1, .clip = clip});
    for (size_t step = 1; step <= steps; step++) {
        double loss, twin_loss = ref_backward(&m, c->loss, c->shape.batch, c->shape.steps, c->x_wide, c->y_wide, g);
        lstm_one_bias(&m, g);
        if (clip > 0) ref_clip(n, g, clip);
        ref_adam_step(n, w, g, m1, m2, step, rate);
        lc_status st = {0};
        ck_assert_msg(lc_engine_step(e, c->shape.batch, rate, lstm_case_gather, (void *)c, &loss, &st) == LC_OK, "%s",
                      st.text);
        ck_assert_msg(fabs(loss - twin_loss) < 1e-4 * (1 + twin_loss), "step %zu: loss %g, wanted %g", step, loss,
                      twin_loss);
    }
    lstm_get(net, lc_engine_weights(e), &m, got);
    double most = largest_difference(&m, got, w);
    lc_engine_free(e);
    lc_network_free(net);
    free(w);
    free(g);
    free(m1);
    free(m2);
    free(got);
    return most;
}

/* mse and huber only: with mae two errors of opposite sign can be told apart by rounding alone. */
START_TEST(trains_like_the_reference)
{
    const lc_kernels *k = isa_at((size_t)_i);
    double most = 0;
    for (uint64_t i = 0; k && i < 8; i++) {
        const double clips[] = {0, 1e9, .3, .01}; /* none, never reached, reached now and then, always */
        struct lstm_shape s = {3 + i, 5, 1 + i % 3, 6 + 5 * (size_t)i, 1 + i % 2, 1 + i % 4};
        struct lstm_case c = lstm_case_draw(900 + i, s, losses[i % 2 * 2], i % 2 ? .3 : 0);
        double d = train_both(&c, k, 6, 1e-3, clips[i % 4]);
        most = fmax(most, d);
        /* Adam divides by the gradient's own size, so a gradient of rounding errors moves a weight by a whole rate. */
        ck_assert_msg(d < 1e-4, "%s: a parameter is off by %g after 6 steps at rate 1e-3", text_of(&c, k), d);
        lstm_case_free(&c);
    }
    if (k) printf("  %-7s 6 steps of training: parameters off by %.1e at most\n", k->isa, most);
}
END_TEST

/* ---- PyTorch ---- */

/* PyTorch holds two biases that add up, ours is one. Both of PyTorch's get the gradient that ours gets, so its clipped
 * norm counts that gradient twice and Adam moves the sum by two rates a step: PyTorch's parameters after training are
 * not what our optimizer gives, and should not be. What can be compared is the gradient on PyTorch's whole way: here
 * the engine gives it at every step and PyTorch's rule for clipping and Adam is applied outside. Our own rule is
 * compared with the reference in trains_like_the_reference. */
static double follow_golden(const struct golden *g, const struct lstm_case *c, const lc_kernels *k)
{
    size_t n = ref_param_count(&c->twin);
    double *w = reals(n), *gradient = reals(n), *m1 = reals(n), *m2 = reals(n);
    memcpy(w, c->twin.w, n * sizeof *w);
    lc_network *net = lstm_case_network(c, k, 0);
    lc_engine *e = lstm_case_engine(c, net, (lc_engine_options){.threads = 1});
    for (size_t step = 1; step <= g->adam_steps; step++) {
        lstm_put(net, lc_engine_weights(e), &c->twin, w);
        lc_engine_weights_changed(e);
        mean_gradient(c, net, e, gradient);
        for (size_t l = 0; l < c->shape.layers; l++) {
            struct ref_tensor ih = ref_tensor_at(&c->twin, 4 * l + 2), hh = ref_tensor_at(&c->twin, 4 * l + 3);
            memcpy(gradient + hh.offset, gradient + ih.offset, ih.rows * sizeof *gradient);
        }
        ref_clip(n, gradient, g->adam_clip);
        ref_adam_step(n, w, gradient, m1, m2, step, g->adam_lr);
    }
    double most = 0;
    for (size_t i = 0; i < g->params; i++)
        for (size_t j = 0; j < g->param[i].size; j++)
            most = fmax(most, fabs(w[ref_tensor_at(&c->twin, i).offset + j] - (double)g->param[i].after[j]));
    lc_engine_free(e);
    lc_network_free(net);
    free(w);
    free(gradient);
    free(m1);
    free(m2);
    return most / g->adam_lr;
}

static void check_golden(const char *path, const lc_kernels *k, figures *f, double *after)
{
    struct golden g;
    golden_read(&g, path);
    struct lstm_case c = lstm_case_golden(&g);
    double *out = reals(g.batch * g.outputs), *gradient = reals(ref_param_count(&c.twin));
    for (size_t i = 0; i < g.batch * g.outputs; i++) out[i] = (double)g.out[i];
    for (size_t i = 0; i < g.params; i++)
        for (size_t j = 0; j < g.param[i].size; j++)
            gradient[ref_tensor_at(&c.twin, i).offset + j] = (double)g.param[i].grad[j];
    check_case(&c, k, 1, 1, out, gradient, f);
    if (g.adam_steps) {
        double d = follow_golden(&g, &c, k);
        ck_assert_msg(d < 1e-3, "%s %s: a parameter after %zu steps is off by %g rates", k->isa, g.name, g.adam_steps,
                      d);
        *after = fmax(*after, d);
    }
    free(out);
    free(gradient);
    lstm_case_free(&c);
    golden_free(&g);
}

START_TEST(agrees_with_pytorch)
{
    const lc_kernels *k = isa_at((size_t)_i);
    if (!k) return;
    char **paths;
    figures f = {0};
    double after = 0;
    size_t n = golden_list(&paths);
    ck_assert_uint_ge(n, 8);
    for (size_t i = 0; i < n; i++) check_golden(paths[i], k, &f, &after);
    golden_free_list(paths, n);
    printf("  %-7s %zu files of PyTorch: output %.1e, gradient %.1e of the largest, trained parameters %.1e rates\n",
           k->isa, f.cases, f.output, f.gradient, after);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("engine");
    TCase *c = tcase_create("numbers");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, agrees_with_the_reference, 0, ISA_COUNT);
    tcase_add_loop_test(c, agrees_on_loud_and_quiet_data, 0, ISA_COUNT);
    tcase_add_loop_test(c, no_target_is_no_gradient, 0, ISA_COUNT);
    tcase_add_test(c, no_target_is_no_step);
    tcase_add_loop_test(c, trains_like_the_reference, 0, ISA_COUNT);
    tcase_add_loop_test(c, agrees_with_pytorch, 0, ISA_COUNT);
    suite_add_tcase(s, c);
    return s;
}
