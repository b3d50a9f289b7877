#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/model.h"
#include "nn/arch.h"
#include "train/fit.h"
#include "train/learn.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

/* ---- the engine's schedule, decay and average ---- */

/* One LSTM unit whose forecast stays far below the truth: with the absolute error the bias of the head has the gradient
 * -1 in every step, so that Adam moves it by exactly the rate. */
typedef struct lone {
    lc_network *net;
    lc_engine *e;
    size_t bias; /* its place among the parameters */
} lone;

static void far_away(void *user, size_t first, const lc_rows *to)
{
    (void)user, (void)first;
    for (size_t r = 0; r < to->n; r++) {
        to->x[r * to->row_stride] = .5f;
        if (to->target) to->target[r] = 1e5f;
    }
}

static lone make_lone(lc_engine_options o)
{
    const lc_network_spec spec = {
        .arch = lc_arch_find("lstm"), .inputs = 1, .steps = 1, .hidden = 1, .layers = 1, .outputs = 1};
    lone l;
    ck_assert_int_eq(lc_network_create(&l.net, &spec, lc_kernels_select(NULL), NULL), LC_OK);
    o.loss = lc_loss_find("mae");
    o.batch = 4;
    o.threads = 1;
    ck_assert_int_eq(lc_engine_create(&l.e, l.net, &o, NULL), LC_OK);
    const lc_layer *head = &l.net->layer[l.net->n_layers - 1];
    float *trial = calloc(l.net->params, sizeof *trial);
    const float one = 1;
    head->kind->put(head, trial + head->param_at, 1, &one);
    for (l.bias = 0; trial[l.bias] == 0; l.bias++) {
    }
    free(trial);
    return l;
}

static void free_lone(lone *l)
{
    lc_engine_free(l->e);
    lc_network_free(l->net);
}

static double bias_after_step(lone *l, double rate)
{
    double loss;
    ck_assert_int_eq(lc_engine_step(l->e, 4, rate, far_away, NULL, &loss, NULL), LC_OK);
    return (double)lc_engine_weights(l->e)[l->bias];
}

START_TEST(rate_warms_up_and_falls_by_half_a_cosine)
{
    static const struct {
        size_t warm, steps;
    } rows[] = {{20, 400}, {50, 120}, {1, 10}, {0, 30}, {10, 0}, {0, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const double rate = .25, pi = 3.14159265358979323846;
        lone l = make_lone((lc_engine_options){.warm = rows[i].warm, .steps = rows[i].steps});
        double was = (double)lc_engine_weights(l.e)[l.bias];
        for (size_t t = 1; t <= 430; t++) {
            const double n = (double)rows[i].steps, w = (double)rows[i].warm;
            const double warm = rows[i].warm && (double)t < w ? (double)t / w : 1;
            const double cosine = rows[i].steps ? .5 * (1 + cos(pi * ((double)t < n ? (double)t / n : 1))) : 1;
            const double want = rate * warm * (.99 * cosine + .01), now = bias_after_step(&l, rate);
            UNIT_MUST(fabs(now - was - want) < 1e-5, "%zu, %zu: step %zu moves by %g, not %g", rows[i].warm,
                      rows[i].steps, t, now - was, want);
            was = now;
        }
        free_lone(&l);
    }
}
END_TEST

START_TEST(decay_is_apart_from_the_gradient)
{
    static const double decays[] = {0, .01, .5};
    for (size_t i = 0; i < 3; i++) {
        lone l = make_lone((lc_engine_options){.decay = decays[i]});
        double w = (double)lc_engine_weights(l.e)[l.bias];
        for (size_t t = 1; t <= 200; t++) {
            w = w - .1 * decays[i] * w + .1; /* AdamW (Loshchilov & Hutter 2019, algorithm 2) */
            const double got = bias_after_step(&l, .1);
            UNIT_MUST(fabs(got - w) < 2e-6 * (double)t, "decay %g, step %zu: %g, not %g", decays[i], t, got, w);
        }
        free_lone(&l);
    }
}
END_TEST

START_TEST(average_follows_its_recursion)
{
    static const double decays[] = {.95, .99, .999, .2};
    for (size_t i = 0; i < 4; i++) {
        lone l = make_lone((lc_engine_options){.average = decays[i], .warm = 5, .steps = 100});
        const size_t n = l.net->params;
        double *mean = calloc(n, sizeof *mean);
        for (size_t k = 0; k < n; k++) mean[k] = (double)lc_engine_weights(l.e)[k];
        ck_assert(memcmp(lc_engine_weights(l.e), lc_engine_average(l.e), n * sizeof(float)) == 0);
        for (size_t t = 1; t <= 150; t++) {
            bias_after_step(&l, .1);
            const double d = fmin(decays[i], (double)t / ((double)t + 10));
            for (size_t k = 0; k < n; k++) {
                mean[k] = d * mean[k] + (1 - d) * (double)lc_engine_weights(l.e)[k];
                const double got = (double)lc_engine_average(l.e)[k];
                UNIT_MUST(fabs(got - mean[k]) < 1e-5 * (1 + fabs(mean[k])), "decay %g, step %zu: %g, not %g", decays[i],
                          t, got, mean[k]);
            }
        }
        /* It lags behind what grows. */
        ck_assert(lc_engine_average(l.e)[l.bias] < lc_engine_weights(l.e)[l.bias]);
        free(mean);
        free_lone(&l);
    }
    lone l = make_lone((lc_engine_options){.average = 0});
    ck_assert_ptr_eq(lc_engine_average(l.e), lc_engine_weights(l.e));
    free_lone(&l);
}
END_TEST

/* ---- layers that do not learn ---- */

static void noise_rows(void *user, size_t first, const lc_rows *to)
{
    const lc_network_spec *s = user;
    for (size_t r = 0; r < to->n; r++) {
        lc_rng rng = lc_rng_make(11, LC_STREAM_TEST, first + r);
        for (size_t t = 0; t < s->steps; t++)
            for (size_t c = 0; c < s->inputs; c++)
                to->x[t * to->step_stride + r * to->row_stride + c] = (float)lc_rng_normal(&rng);
        for (size_t h = 0; to->target && h < s->outputs; h++)
            to->target[r * s->outputs + h] = (float)(9 + 3 * lc_rng_normal(&rng));
    }
}

/* After a step from equal weights the others are where they would be had the fixed ones never been there: the norm that
 * clips is theirs alone. */
START_TEST(fixed_layers_stay_as_they_start)
{
    lc_network_spec with = {.arch = lc_arch_find("auto"),
                            .inputs = 3,
                            .steps = 2,
                            .hidden = 5,
                            .layers = 1,
                            .outputs = 2,
                            .quantiles = true,
                            .skip = true};
    lc_network_spec without = with;
    without.skip = false;
    static const double clips[] = {0, .01};
    for (size_t i = 0; i < 4; i++) {
        lc_network *a, *b;
        lc_engine *e[2];
        double loss[2];
        ck_assert_int_eq(lc_network_create(&a, &with, lc_kernels_select(NULL), NULL), LC_OK);
        ck_assert_int_eq(lc_network_create(&b, &without, lc_kernels_select(NULL), NULL), LC_OK);
        const size_t from = a->layer[a->n_layers - 1].param_at;
        ck_assert_uint_eq(from, b->params);
        lc_engine_options o = {.loss = lc_loss_find("mae"),
                               .batch = 24,
                               .threads = 1 + i / 2,
                               .clip = clips[i % 2],
                               .decay = .1,
                               .average = .9};
        ck_assert_int_eq(lc_engine_create(&e[1], b, &o, NULL), LC_OK);
        o.fixed_from = from;
        ck_assert_int_eq(lc_engine_create(&e[0], a, &o, NULL), LC_OK);
        float *w = lc_engine_weights(e[0]);
        for (size_t t = 0; t < 5; t++) {
            for (size_t k = 0; k < 2; k++)
                ck_assert_int_eq(lc_engine_step(e[k], 24, .1, noise_rows, k ? &without : &with, &loss[k], NULL), LC_OK);
            UNIT_MUST(loss[0] == loss[1], "step %zu: %g, not %g", t, loss[0], loss[1]);
            ck_assert(memcmp(w, lc_engine_weights(e[1]), from * sizeof *w) == 0);
            ck_assert(memcmp(lc_engine_average(e[0]), lc_engine_average(e[1]), from * sizeof *w) == 0);
        }
        for (size_t k = from; k < a->params; k++) ck_assert(w[k] == 0 && lc_engine_average(e[0])[k] == 0);

        /* Not only at zero. */
        w[from] = 2;
        lc_engine_weights_changed(e[0]);
        ck_assert_int_eq(lc_engine_step(e[0], 24, .1, noise_rows, &with, loss, NULL), LC_OK);
        ck_assert(w[from] == 2 && lc_engine_average(e[0])[from] == 2);
        for (size_t k = 0; k < 2; k++) lc_engine_free(e[k]);
        lc_network_free(a);
        lc_network_free(b);
    }
}
END_TEST

/* ---- one network learns ---- */

typedef struct lesson {
    lc_panel *p;
    lc_settings *s;
    lc_scales scales;
    lc_windows train, valid;
    lc_feed train_feed, valid_feed;
    lc_network *net;
    float *w;
    lc_learned learned;
    lc_code code;
    lc_status st;
} lesson;

/* The panel and resolved settings with train_span of origins to learn from, and valid_span to validate on. */
static lesson *lesson_create(lc_panel *p, lc_settings *s, const lc_span *train, const lc_span *valid)
{
    lesson *l = calloc(1, sizeof *l);
    l->p = p;
    l->s = s;
    ck_assert_int_eq(lc_scales_fit(&l->scales, p, NULL, lc_feed_scaling(s), NULL), LC_OK);
    ck_assert_int_eq(lc_windows_create(&l->train, p, &l->scales, s->lookback, s->horizon, true, train, 1, NULL), LC_OK);
    ck_assert_int_eq(lc_windows_create(&l->valid, p, &l->scales, s->lookback, s->horizon, true, valid, 1, NULL), LC_OK);
    ck_assert_int_eq(lc_feed_create(&l->train_feed, &l->train, 0, l->train.n, s, NULL), LC_OK);
    ck_assert_int_eq(lc_feed_create(&l->valid_feed, &l->valid, 0, l->valid.n, s, NULL), LC_OK);
    ck_assert_int_eq(lc_model_network(&l->net, s, lc_panel_covariates(p), NULL), LC_OK);
    l->w = calloc(l->net->params, sizeof *l->w);
    return l;
}

static void lesson_run(lesson *l, uint64_t seed, size_t stop)
{
    free(l->learned.train_loss);
    free(l->learned.valid_loss);
    memset(l->w, 0, l->net->params * sizeof *l->w);
    l->learned = (lc_learned){.w = l->w};
    l->st = (lc_status){0};
    const lc_learning how = {.net = l->net,
                             .settings = l->s,
                             .train = &l->train_feed,
                             .valid = &l->valid_feed,
                             .threads = 1,
                             .seed = seed,
                             .stop = stop};
    l->code = lc_learn(&l->learned, &how, &l->st);
}

static void lesson_free(lesson *l)
{
    free(l->learned.train_loss);
    free(l->learned.valid_loss);
    free(l->w);
    lc_network_free(l->net);
    lc_feed_free(&l->train_feed);
    lc_feed_free(&l->valid_feed);
    lc_windows_free(&l->train);
    lc_windows_free(&l->valid);
    lc_scales_free(&l->scales);
    lc_settings_free(l->s);
    lc_panel_free(l->p);
    free(l);
}

static lc_settings *settings_for(const lc_panel *p, const char *options)
{
    lc_settings *s = panel_settings(options);
    lc_status st = {0};
    ck_assert_msg(lc_resolve_settings(s, p, NULL, &st) == LC_OK, "%s", st.text);
    return s;
}

/* Weights that stand still tell by the loss of a round which windows it had. A round of as many rows as there are
 * windows has each of them once. */
START_TEST(every_window_of_a_series_is_drawn_equally_often)
{
    enum { WINDOWS = 60 };
    double y[200];
    make_ar1(y, 200, .3, 2);
    lc_panel *p = panel_of_values(y, 200, "");
    const lc_span train = {40, 40 + WINDOWS, 200}, valid = {150, 160, 200};
    lc_settings *s =
        settings_for(p, "horizon=3;season=1;segment=4;lookback=12;hidden=4;batch=4;steps=300;patience=0;dropout=0");
    s->lr = 1e-30; /* no command line takes this */
    lesson *l = lesson_create(p, s, &train, &valid);
    lesson_run(l, 1, 0);
    ck_assert_int_eq(l->code, LC_OK);
    ck_assert_uint_eq(l->learned.rounds, 20); /* of 15 minibatches */
    for (size_t i = 1; i < 20; i++) {
        ck_assert_double_eq_tol(l->learned.train_loss[i], l->learned.train_loss[0], 1e-6);
        ck_assert_double_eq(l->learned.valid_loss[i], l->learned.valid_loss[0]);
    }
    /* Half as many rows a round: the halves differ, and add up to the same. */
    const double whole = l->learned.train_loss[0];
    s->batch = 2;
    lesson_run(l, 1, 0);
    size_t differ = 0;
    for (size_t i = 0; i < 20; i += 2) {
        ck_assert_double_eq_tol((l->learned.train_loss[i] + l->learned.train_loss[i + 1]) / 2, whole, 1e-6);
        differ += fabs(l->learned.train_loss[i] - whole) > 1e-4;
    }
    ck_assert_uint_ge(differ, 7);
    /* Another order in each pass. */
    ck_assert(fabs(l->learned.train_loss[0] - l->learned.train_loss[2]) > 1e-6);
    lesson_free(l);
}
END_TEST

/* A constant has the same loss in all its windows, so has a ramp: the mean of both says how often each was drawn. */
START_TEST(series_are_drawn_equally_often_whatever_their_length)
{
    lc_buf b = {0};
    lc_buf_puts(&b, "unique_id,ds,y\n");
    for (size_t t = 0; t < 300; t++) lc_buf_printf(&b, "ramp,%zu,%zu\n", t + 1, 1000 + 10 * t);
    for (size_t t = 0; t < 20; t++) lc_buf_printf(&b, "flat,%zu,5\n", t + 1);
    lc_panel *p = panel_of(b.data, "");
    lc_buf_free(&b);
    ck_assert_uint_eq(p->n_series, 2);
    ck_assert_str_eq(p->series[0].id, "ramp");
    const lc_span both[] = {{20, 290, 300}, {13, 17, 20}}, ramp[] = {{20, 290, 300}, {0, 0, 0}},
                  flat[] = {{0, 0, 0}, {13, 17, 20}}, none[] = {{0, 0, 0}, {0, 0, 0}};
    const lc_span *const spans[] = {ramp, flat, both};
    double loss[3];
    for (size_t k = 0; k < 3; k++) {
        lc_settings *s = settings_for(p, "horizon=3;season=1;segment=4;lookback=12;hidden=4;batch=3;steps=200;"
                                         "patience=0;dropout=0;transform=none");
        s->lr = 1e-30;
        lesson *l = lesson_create(p, s, spans[k], none);
        lesson_run(l, 1, 0);
        ck_assert_int_eq(l->code, LC_OK);
        loss[k] = 0;
        for (size_t i = 0; i < 20; i++) {
            loss[k] += l->learned.train_loss[i] / 20;
            if (k < 2) ck_assert_double_eq_tol(l->learned.train_loss[i], l->learned.train_loss[0], 2e-4);
        }
        l->p = NULL; /* the next one has it, too */
        lesson_free(l);
    }
    ck_assert(fabs(loss[0] - loss[1]) > .05);
    ck_assert_double_eq_tol(loss[2], (loss[0] + loss[1]) / 2, 5e-4);
    lc_panel_free(p);
}
END_TEST

/* As many minibatches as were best give the very weights that were best; another number gives others. */
START_TEST(stopping_after_the_best_steps_gives_the_best_weights)
{
    double y[160];
    make_sine(y, 160, 9, 6, 3);
    lc_panel *p = panel_of_values(y, 160, "");
    const lc_span train = {24, 120, 124}, valid = {124, 157, 160};
    lesson *l = lesson_create(p, settings_for(p, "horizon=4;season=1;hidden=8;batch=16;steps=400;lr=0.02;patience=4"),
                              &train, &valid);
    lesson_run(l, 7, 0);
    ck_assert_int_eq(l->code, LC_OK);
    const lc_learned told = l->learned;
    ck_assert(told.best >= 1 && told.best <= told.rounds && told.rounds < 20);
    ck_assert_uint_eq(told.rounds - told.best, 4);
    ck_assert_uint_eq(told.steps, told.best * 20);
    for (size_t i = 0; i < told.rounds; i++) ck_assert(told.valid_loss[i] >= told.valid_loss[told.best - 1]);
    const size_t bytes = l->net->params * sizeof *l->w, steps = told.steps;
    float *best = malloc(bytes);
    memcpy(best, l->w, bytes);
    lesson_run(l, 7, steps);
    ck_assert_int_eq(l->code, LC_OK);
    ck_assert_uint_eq(l->learned.steps, steps);
    ck_assert(memcmp(best, l->w, bytes) == 0);
    lesson_run(l, 7, steps + 1);
    ck_assert(memcmp(best, l->w, bytes) != 0);
    lesson_run(l, 8, steps);
    ck_assert(memcmp(best, l->w, bytes) != 0);
    free(best);
    lesson_free(l);
}
END_TEST

START_TEST(rounds_are_laid_out_by_steps)
{
    static const struct {
        const char *options;
        size_t rounds;
    } rows[] = {{"steps=400", 20}, {"steps=1000", 20}, {"steps=19", 2}, {"steps=1", 1},
                {"steps=205", 21}, {"steps=10", 1},    {"epochs=2", 2}};
    double y[160];
    make_ar1(y, 160, .5, 3);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lc_buf options = {0};
        lc_buf_printf(&options, "horizon=2;season=1;hidden=2;batch=8;patience=0;%s", rows[i].options);
        lc_panel *p = panel_of_values(y, 160, "");
        const lc_span train = {24, 104, 160}, valid = {124, 157, 160};
        lesson *l = lesson_create(p, settings_for(p, options.data), &train, &valid);
        lesson_run(l, 1, 0);
        ck_assert_int_eq(l->code, LC_OK);
        UNIT_MUST(l->learned.rounds == rows[i].rounds, "%s: %zu rounds", rows[i].options, l->learned.rounds);
        lesson_free(l);
        lc_buf_free(&options);
    }
}
END_TEST

START_TEST(divergence_is_told)
{
    double y[160];
    make_sine(y, 160, 9, 1, 3);
    lc_panel *p = panel_of_values(y, 160, "");
    const lc_span train = {24, 120, 124}, valid = {124, 157, 160};
    lc_settings *s = settings_for(p, "horizon=4;season=1;hidden=4;batch=16;steps=100;clip=0");
    s->lr = 1e60;
    lesson *l = lesson_create(p, s, &train, &valid);
    lesson_run(l, 1, 0);
    ck_assert_int_eq(l->code, LC_E_NUMERIC);
    ck_assert_uint_eq(l->learned.best, 0);
    ck_assert_msg(strstr(l->st.text, "diverged") && strstr(l->st.hint, "--lr"), "%s", l->st.text);
    lesson_free(l);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("learning");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, rate_warms_up_and_falls_by_half_a_cosine);
    tcase_add_test(t, decay_is_apart_from_the_gradient);
    tcase_add_test(t, average_follows_its_recursion);
    tcase_add_test(t, fixed_layers_stay_as_they_start);
    tcase_add_test(t, every_window_of_a_series_is_drawn_equally_often);
    tcase_add_test(t, series_are_drawn_equally_often_whatever_their_length);
    tcase_add_test(t, stopping_after_the_best_steps_gives_the_best_weights);
    tcase_add_test(t, rounds_are_laid_out_by_steps);
    tcase_add_test(t, divergence_is_told);
    suite_add_tcase(suite, t);
    return suite;
}
