#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ref/ref_lstm.h"
#include "unit/support/golden.h"
#include "unit/support/unit.h"

struct problem {
    struct ref_lstm m;
    struct lstm_shape s;
    enum ref_loss kind;
    double *x, *y, *target, *grad;
};

static double *room(size_t n)
{
    double *p = calloc(n, sizeof *p);
    ck_assert_ptr_nonnull(p);
    return p;
}

/* Targets keep away from the kinks of |d| at 0 and of Huber's loss at 1, where there is no derivative to compare;
 * one in five of them is missing. */
static void problem_make(struct problem *p, struct lstm_shape s, enum ref_loss kind, uint64_t seed)
{
    lc_rng r = lc_rng_make(seed, LC_STREAM_TEST, 0);
    p->s = s;
    p->kind = kind;
    p->m = (struct ref_lstm){s.inputs, s.hidden, s.layers, s.outputs, NULL};
    size_t n = ref_param_count(&p->m), nx = s.batch * s.steps * s.inputs, ny = s.batch * s.outputs;
    p->m.w = room(n);
    p->grad = room(n);
    p->x = room(nx);
    p->y = room(ny);
    p->target = room(ny);
    for (size_t i = 0; i < n; i++) p->m.w[i] = .6 * lc_rng_normal(&r);
    for (size_t i = 0; i < nx; i++) p->x[i] = lc_rng_normal(&r);
    ref_forward(&p->m, s.batch, s.steps, p->x, p->y);
    for (size_t i = 0; i < ny; i++) {
        double far = lc_rng_uniform(&r) < .5 ? .2 + .6 * lc_rng_uniform(&r) : 1.2 + .8 * lc_rng_uniform(&r);
        p->target[i] = p->y[i] + (lc_rng_uniform(&r) < .5 ? far : -far);
        if (i && i % 5 == 0) p->target[i] = NAN;
    }
}

static void problem_free(struct problem *p)
{
    free(p->m.w);
    free(p->grad);
    free(p->x);
    free(p->y);
    free(p->target);
}

static double loss_at(struct problem *p, size_t i, double w)
{
    double kept = p->m.w[i];
    p->m.w[i] = w;
    ref_forward(&p->m, p->s.batch, p->s.steps, p->x, p->y);
    p->m.w[i] = kept;
    return ref_loss(p->kind, p->s.batch * p->s.outputs, p->y, p->target);
}

/* Central differences at h and h/2, extrapolated: error O(h^4). */
static double slope_at(struct problem *p, size_t i)
{
    const double h = 1e-3;
    double w = p->m.w[i];
    double coarse = (loss_at(p, i, w + h) - loss_at(p, i, w - h)) / (2 * h);
    double fine = (loss_at(p, i, w + h / 2) - loss_at(p, i, w - h / 2)) / h;
    return (4 * fine - coarse) / 3;
}

/* The largest error of a tensor's gradient, relative to its largest component, over all tensors. A gradient of
 * zeros (MAE's signs can cancel) is measured by the largest component of all. */
static double largest_error(struct problem *p)
{
    double worst = 0, overall = 0;
    ref_backward(&p->m, p->kind, p->s.batch, p->s.steps, p->x, p->target, p->grad);
    for (size_t i = 0; i < ref_param_count(&p->m); i++) overall = fmax(overall, fabs(p->grad[i]));
    ck_assert_double_gt(overall, 0);
    for (size_t k = 0; k < ref_tensor_count(&p->m); k++) {
        struct ref_tensor t = ref_tensor_at(&p->m, k);
        double scale = 0, error = 0;
        for (size_t i = t.offset; i < t.offset + t.rows * t.columns; i++) {
            scale = fmax(scale, fabs(p->grad[i]));
            double d = fabs(p->grad[i] - slope_at(p, i));
            if (!(d <= error)) error = d;
        }
        /* With one step the state before it is zero, and nothing depends on weight_hh. */
        if (p->s.steps == 1 && strstr(t.name, "weight_hh")) ck_assert(scale == 0 && error == 0);
        double relative = error / (scale > 0 ? scale : overall);
        ck_assert_msg(relative < 1e-7, "%s: the gradient is off by %g", t.name, relative);
        worst = fmax(worst, relative);
    }
    return worst;
}

static const struct lstm_shape shapes[] = {
    /* batch, steps, inputs, hidden, layers, outputs */
    {1, 1, 1, 1, 1, 1}, {1, 1, 3, 2, 2, 2}, {1, 9, 1, 1, 1, 1}, {2, 2, 1, 3, 1, 2},  {3, 5, 2, 4, 1, 3},
    {2, 7, 3, 5, 2, 1}, {1, 4, 1, 3, 3, 2}, {4, 3, 5, 1, 2, 3}, {3, 12, 1, 2, 3, 1}, {5, 6, 2, 7, 1, 4},
};

START_TEST(gradients_match_finite_differences)
{
    static const char *const names[] = {"mse", "mae", "huber"};
    lc_rng r = lc_rng_make(3, LC_STREAM_TEST, 0);
    const size_t fixed = sizeof shapes / sizeof shapes[0];
    double worst = 0;
    for (size_t i = 0; i < fixed + 5; i++) {
        struct lstm_shape s = i < fixed ? shapes[i] : random_shape(&r, (struct lstm_shape){4, 8, 4, 5, 3, 4});
        struct problem p;
        problem_make(&p, s, (enum ref_loss)_i, 100 + i);
        worst = fmax(worst, largest_error(&p));
        problem_free(&p);
    }
    printf("  %s: largest relative error of a gradient %.1e\n", names[_i], worst);
}
END_TEST

START_TEST(unobserved_targets_give_nothing)
{
    struct problem p;
    problem_make(&p, (struct lstm_shape){2, 3, 2, 3, 1, 2}, REF_MSE, 5);
    for (size_t i = 0; i < 4; i++) p.target[i] = NAN;
    ck_assert(ref_backward(&p.m, REF_MSE, 2, 3, p.x, p.target, p.grad) == 0);
    for (size_t i = 0; i < ref_param_count(&p.m); i++) ck_assert(p.grad[i] == 0);
    problem_free(&p);
}
END_TEST

static void expect(double got, double want)
{
    ck_assert_msg(fabs(got - want) < 1e-14, "got %.17g, want %.17g", got, want);
}

/* One unit, one input, two steps, worked out by hand; every gate has its own numbers, so that none can be taken for
 * another. */
START_TEST(two_steps_by_hand)
{
    double w[] = {.1,
                  .2,
                  .3,
                  .4,
                  /* weight_ih: i f g o */ .5,
                  -.6,
                  .7,
                  -.8, /* weight_hh */
                  .01,
                  .02,
                  .03,
                  .04,
                  /* bias_ih */ .1,
                  .1,
                  .2,
                  .2,
                  /* bias_hh */ 2,
                  .5 /* head */};
    struct ref_lstm m = {1, 1, 1, 1, w};
    const double x[] = {1, -2};
    ck_assert_uint_eq(ref_param_count(&m), sizeof w / sizeof w[0]);
    /* step 1, h = c = 0: a_i = .1*1 + .01 + .1, ... */
    double c1 = 1 / (1 + exp(-.21)) * tanh(.53);
    double h1 = 1 / (1 + exp(-.64)) * tanh(c1);
    /* step 2 */
    double i2 = 1 / (1 + exp(-(-.2 + .5 * h1 + .11))), f2 = 1 / (1 + exp(-(-.4 - .6 * h1 + .12)));
    double g2 = tanh(-.6 + .7 * h1 + .23), o2 = 1 / (1 + exp(-(-.8 - .8 * h1 + .24)));
    double h2 = o2 * tanh(f2 * c1 + i2 * g2);
    double y;
    ref_forward(&m, 1, 1, x, &y);
    expect(y, 2 * h1 + .5);
    ref_forward(&m, 1, 2, x, &y);
    expect(y, 2 * h2 + .5);
}
END_TEST

START_TEST(losses_by_hand)
{
    const double y[] = {1, 2, 3, 4}, target[] = {1.5, NAN, 5, 4};
    expect(ref_loss(REF_MSE, 4, y, target), (.25 + 4 + 0) / 3);
    expect(ref_loss(REF_MAE, 4, y, target), (.5 + 2 + 0) / 3);
    expect(ref_loss(REF_HUBER, 4, y, target), (.125 + 1.5 + 0) / 3);
}
END_TEST

START_TEST(clipping_by_hand)
{
    double g[] = {3, -4};
    expect(ref_clip(2, g, 10), 5);
    ck_assert(g[0] == 3 && g[1] == -4);
    expect(ref_clip(2, g, 1), 5);
    expect(g[0], 3 / 5.000001);
    expect(g[1], -4 / 5.000001);
    double none[] = {0, 0};
    expect(ref_clip(2, none, 1), 0);
    ck_assert(none[0] == 0 && none[1] == 0);
}
END_TEST

START_TEST(adam_by_hand)
{
    double w[] = {1, 1, 1}, m1[3] = {0}, m2[3] = {0};
    const double first[] = {2, -.5, 0}, second[] = {1, 0, 0};
    ref_adam_step(3, w, first, m1, m2, 1, .1);
    /* The first step's m^ is g and its v^ is g^2, whatever g is. */
    expect(w[0], 1 - .1 * 2 / (2 + 1e-8));
    expect(w[1], 1 + .1 * .5 / (.5 + 1e-8));
    expect(w[2], 1);
    double before = w[0];
    ref_adam_step(3, w, second, m1, m2, 2, .1);
    double m_hat = (.9 * .1 * 2 + .1 * 1) / (1 - .81), v_hat = (.999 * .001 * 4 + .001 * 1) / (1 - .998001);
    expect(w[0], before - .1 * m_hat / (sqrt(v_hat) + 1e-8));
    expect(w[2], 1);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("reference LSTM");
    TCase *c = tcase_create("reference");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, gradients_match_finite_differences, 0, 3);
    tcase_add_test(c, unobserved_targets_give_nothing);
    tcase_add_test(c, two_steps_by_hand);
    tcase_add_test(c, losses_by_hand);
    tcase_add_test(c, clipping_by_hand);
    tcase_add_test(c, adam_by_hand);
    suite_add_tcase(s, c);
    return s;
}
