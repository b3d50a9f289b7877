#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "train/engine.h"
#include "train/fit.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

#define TURN 6.283185307179586

/* ---- making and judging fits ---- */

typedef struct run {
    lc_panel *panel;
    lc_settings *s;
    lc_split *split;
    lc_model *model;
    lc_code code;
    lc_status st;
} run;

static run fit_panel(lc_panel *p, lc_settings *s, lc_progress_fn progress, void *user)
{
    run r = {.panel = p, .s = s, .split = calloc(p->n_series, sizeof *r.split)};
    ck_assert_int_eq(lc_resolve_settings(s, p, NULL, NULL), LC_OK);
    lc_resolve_split(r.split, p, s, NULL);
    r.model = (lc_model *)p; /* must be overwritten */
    if (!s->batch) s->batch = 32;
    r.code = lc_fit(&r.model, p, s, r.split, NULL, progress, user, &r.st);
    return r;
}

static run fit_values(const double *y, size_t n, lc_settings *s, lc_progress_fn progress, void *user)
{
    return fit_panel(panel_of_values(y, n, ""), s, progress, user);
}

static void free_run(run *r)
{
    lc_model_free(r->model);
    lc_panel_free(r->panel);
    lc_settings_free(r->s);
    free(r->split);
}

static void must_be_good(const run *r)
{
    ck_assert_msg(r->code == LC_OK, "%s", r->st.text);
    const lc_training_summary *t = &r->model->training;
    ck_assert(t->epochs >= 1 && t->best_epoch >= 1 && t->best_epoch <= t->epochs);
    for (size_t i = 0; i < t->epochs; i++)
        UNIT_MUST(isfinite(t->train_loss[i]) && isfinite(t->valid_loss[i]), "epoch %zu: losses %g, %g", i + 1,
                  t->train_loss[i], t->valid_loss[i]);
    for (size_t i = 0; i < r->model->net->params; i++) UNIT_MUST(isfinite(r->model->w[i]), "weight %zu", i);
}

typedef struct source {
    const lc_windows *w;
} source;

static void gather(void *user, size_t first, const lc_rows *rows)
{
    const source *f = user;
    for (size_t i = 0; i < rows->n; i++) {
        size_t series, origin;
        lc_windows_at(f->w, first + i, &series, &origin);
        lc_windows_fill(f->w, series, origin, rows->x + i * rows->row_stride, rows->step_stride,
                        rows->target ? rows->target + i * f->w->horizon : NULL);
    }
}

/* Validation loss of the model as it was handed out. */
static double loss_again(const run *r)
{
    lc_scales scales;
    lc_windows w;
    lc_infer *f;
    size_t *train = calloc(r->panel->n_series, sizeof *train);
    for (size_t i = 0; i < r->panel->n_series; i++) train[i] = r->split[i].train;
    ck_assert_int_eq(lc_scales_fit(&scales, r->panel, train, LC_SCALE_SD, NULL), LC_OK);
    ck_assert_int_eq(lc_fit_validation(&w, r->panel, &scales, r->s, r->split, LC_FIT_VALIDATION, NULL), LC_OK);
    ck_assert_uint_eq(w.n, r->model->training.valid_windows);
    ck_assert_int_eq(lc_infer_create(&f, r->model->net, 100000, 1, NULL), LC_OK);
    source from = {&w};
    double loss = lc_infer_loss(f, r->model->w, lc_loss_find(r->s->loss), w.n, gather, &from);
    lc_infer_free(f);
    lc_windows_free(&w);
    lc_scales_free(&scales);
    free(train);
    return loss;
}

static void sine(double *y, size_t n, double period, double noise)
{
    lc_rng r = lc_rng_make(1, LC_STREAM_TEST, 0);
    for (size_t i = 0; i < n; i++) y[i] = 50 + 10 * sin(TURN * (double)i / period) + noise * lc_rng_normal(&r);
}

/* ---- learning ---- */

START_TEST(learns_a_sine)
{
    enum { N = 300, H = 6 };
    static const char *const losses[] = {"loss=mae", "loss=mse", "loss=huber"};
    static double y[N];
    sine(y, N, 12.5, 0);
    run r = fit_values(y, N,
                       settings_of("arch=lstm", "horizon=6", "lookback=24", "hidden=16", "epochs=30", "lr=0.01",
                                   losses[_i], "threads=2", NULL),
                       NULL, NULL);
    must_be_good(&r);
    const lc_training_summary *t = &r.model->training;
    /* The naive forecast repeats the last value; in the window's units its mean absolute error is about 1. */
    double naive = 0;
    size_t n = 0;
    for (size_t origin = r.split[0].train; origin + H <= N; origin++)
        for (size_t h = 0; h < H; h++, n++) naive += fabs(y[origin + h] - y[origin - 1]) / (10 * sqrt(.5));
    naive /= (double)n;
    double best = t->valid_loss[t->best_epoch - 1];
    ck_assert_msg(best < (_i ? .05 * naive * naive : .15 * naive), "validation loss %g, naive %g", best, naive);
    ck_assert_double_lt(best, .5 * t->valid_loss[0] + 1e-9);
    ck_assert_uint_eq(t->series, 1);
    ck_assert_uint_eq(t->rows, N);
    ck_assert_uint_eq(r.split[0].train, 240);
    ck_assert_uint_eq(t->windows, 240 - 24 - 6 + 1);
    ck_assert_uint_eq(t->valid_windows, 60 - 6 + 1);
    free_run(&r);
}
END_TEST

START_TEST(keeps_the_best_epoch)
{
    static double y[150];
    sine(y, 150, 9, 8); /* mostly noise: overfits soon */
    run r = fit_values(y, 150,
                       settings_of("arch=lstm", "horizon=4", "lookback=12", "hidden=24", "epochs=60", "lr=0.03",
                                   "patience=4", "loss=mse", "batch=8", NULL),
                       NULL, NULL);
    must_be_good(&r);
    const lc_training_summary *t = &r.model->training;
    for (size_t i = 0; i < t->epochs; i++) ck_assert(t->valid_loss[i] >= t->valid_loss[t->best_epoch - 1]);
    ck_assert_msg(t->epochs < 60, "never stopped");
    ck_assert_uint_lt(t->best_epoch, t->epochs);
    /* 110 windows are 14 minibatches: patience of 4 epochs of 50 minibatches is 16 epochs. */
    ck_assert_uint_eq(t->epochs - t->best_epoch, 16);
    double again = loss_again(&r);
    ck_assert_msg(again == t->valid_loss[t->best_epoch - 1], "the model kept has %.9g, epoch %zu had %.9g", again,
                  t->best_epoch, t->valid_loss[t->best_epoch - 1]);
    free_run(&r);
}
END_TEST

START_TEST(patience_0_runs_all_epochs)
{
    static double y[100];
    sine(y, 100, 9, 20);
    run r = fit_values(y, 100,
                       settings_of("arch=lstm", "horizon=3", "lookback=8", "hidden=4", "epochs=70", "lr=0.05",
                                   "patience=0", "batch=64", NULL),
                       NULL, NULL);
    must_be_good(&r);
    ck_assert_uint_eq(r.model->training.epochs, 70);
    ck_assert(loss_again(&r) == r.model->training.valid_loss[r.model->training.best_epoch - 1]);
    free_run(&r);
}
END_TEST

/* With weights that stand still, an epoch's loss tells which window was alone in the last minibatch. */
START_TEST(every_epoch_has_its_own_order)
{
    static double y[80];
    sine(y, 80, 9, 5);
    run r = fit_values(y, 80,
                       settings_of("arch=lstm", "horizon=3", "lookback=8", "hidden=4", "epochs=12", "patience=0",
                                   "lr=1e-12", "batch=53", NULL),
                       NULL, NULL);
    must_be_good(&r);
    const lc_training_summary *t = &r.model->training;
    ck_assert_uint_eq(t->windows, 54);
    size_t same = 0;
    for (size_t i = 1; i < 12; i++) {
        UNIT_MUST(t->valid_loss[i] == t->valid_loss[0], "the weights moved in epoch %zu", i + 1);
        same += fabs(t->train_loss[i] - t->train_loss[i - 1]) < 1e-6 ? 1 : 0;
    }
    ck_assert_uint_le(same, 2);
    free_run(&r);
}
END_TEST

/* ---- telling and stopping ---- */

typedef struct teller {
    size_t calls, stop_at;
    lc_progress last;
} teller;

static bool tell(void *user, const lc_progress *p)
{
    teller *t = user;
    t->calls++;
    UNIT_MUST(p->epoch == t->calls && p->best_epoch >= 1 && p->best_epoch <= p->epoch && p->windows > 0,
              "call %zu: epoch %zu, best %zu", t->calls, p->epoch, p->best_epoch);
    t->last = *p;
    return p->epoch != t->stop_at;
}

START_TEST(progress_and_cancel)
{
    static double y[120];
    sine(y, 120, 12, 1);
    for (size_t stop = 0; stop <= 3; stop++) {
        teller t = {.stop_at = stop};
        run r = fit_values(
            y, 120, settings_of("arch=lstm", "horizon=3", "lookback=8", "hidden=4", "epochs=5", "patience=0", NULL),
            tell, &t);
        ck_assert_uint_eq(t.last.epochs, 5);
        ck_assert_uint_eq(t.calls, stop ? stop : 5);
        ck_assert_int_eq(r.code, stop ? LC_E_CANCELLED : LC_OK);
        ck_assert_ptr_nonnull(r.model);
        ck_assert_uint_eq(r.model->training.epochs, t.calls);
        ck_assert(t.last.valid_loss == r.model->training.valid_loss[t.calls - 1]);
        ck_assert(loss_again(&r) == r.model->training.valid_loss[r.model->training.best_epoch - 1]);
        if (stop) {
            char text[32];
            snprintf(text, sizeof text, "after epoch %zu", stop);
            ck_assert_msg(strstr(r.st.text, text) && r.st.code == LC_E_CANCELLED, "%s", r.st.text);
        }
        free_run(&r);
    }
}
END_TEST

START_TEST(too_short)
{
    const double y[40] = {1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3};
    for (size_t n = 2; n <= 40; n++) {
        run r = fit_values(y, n, settings_of("arch=lstm", "horizon=5", "lookback=4", "hidden=2", "epochs=1", NULL),
                           NULL, NULL);
        /* 5 rows validate, 5 are a target, and one is seen before it. */
        if (n >= 11) {
            must_be_good(&r);
            if (n == 11) ck_assert_uint_eq(r.model->training.windows, 1);
        } else {
            ck_assert_int_eq(r.code, LC_E_DATA);
            ck_assert_ptr_null(r.model);
            ck_assert_str_eq(r.st.file, "f.csv");
            char has[32];
            snprintf(has, sizeof has, "%zu rows", n);
            ck_assert_msg(strstr(r.st.text, "too short") && strstr(r.st.text, has) && strstr(r.st.text, "needs 11") &&
                              strstr(r.st.text, "horizon 5"),
                          "%s", r.st.text);
            ck_assert_msg(strstr(r.st.hint, "give more rows"), "%s", r.st.hint);
        }
        free_run(&r);
    }
    /* A large share for validation needs more rows; the text must not ask for fewer than there are. */
    run r = fit_values(y, 40, settings_of("arch=lstm", "horizon=5", "lookback=4", "valid=0.9", NULL), NULL, NULL);
    ck_assert_int_eq(r.code, LC_E_DATA);
    const char *needs = strstr(r.st.text, "needs ");
    ck_assert_msg(needs && strtoul(needs + 6, NULL, 10) > 40, "%s", r.st.text);
    free_run(&r);
}
END_TEST

/* ---- the same bits ---- */

static uint64_t hash_of(const lc_model *m)
{
    uint64_t hash = m->training.epochs;
    for (size_t i = 0; i < m->net->params; i++) {
        uint32_t bits;
        memcpy(&bits, &m->w[i], sizeof bits);
        hash = lc_hash64(hash ^ bits);
    }
    for (size_t i = 0; i < 2 * m->training.epochs; i++) {
        const double *l = i % 2 ? m->training.valid_loss : m->training.train_loss;
        uint64_t bits;
        memcpy(&bits, &l[i / 2], sizeof bits);
        hash = lc_hash64(hash ^ bits);
    }
    return hash;
}

static uint64_t hash_with(const char *threads, const char *seed, const char *dropout)
{
    static double y[160];
    sine(y, 160, 12, 2);
    run r = fit_values(y, 160,
                       settings_of("arch=lstm", "horizon=4", "lookback=10", "hidden=9", "layers=2", "epochs=4",
                                   "batch=50", threads, seed, dropout, NULL),
                       NULL, NULL);
    must_be_good(&r);
    uint64_t hash = hash_of(r.model);
    free_run(&r);
    return hash;
}

START_TEST(same_bits_on_any_number_of_threads)
{
    static const char *const dropouts[] = {"dropout=0", "dropout=0.3"};
    for (size_t d = 0; d < 2; d++) {
        uint64_t one = hash_with("threads=1", "seed=1", dropouts[d]);
        ck_assert_uint_eq(hash_with("threads=2", "seed=1", dropouts[d]), one);
        ck_assert_uint_eq(hash_with("threads=4", "seed=1", dropouts[d]), one);
        ck_assert_uint_eq(hash_with("threads=7", "seed=1", dropouts[d]), one);
        ck_assert_uint_ne(hash_with("threads=1", "seed=2", dropouts[d]), one);
    }
}
END_TEST

/* ---- awkward data ---- */

START_TEST(constants_and_gaps)
{
    enum { N = 200 };
    static double y[N];
    static const char *const norms[] = {"norm=window", "norm=series"};
    lc_rng r = lc_rng_make(9, LC_STREAM_TEST, 0);
    for (int kind = 0; kind < 8; kind++) {
        for (size_t i = 0; i < N; i++) {
            y[i] = kind == 0 ? 7 : kind == 1 ? 0 : kind == 2 ? 1e300 : 5 + sin((double)i);
            if (kind == 3 && lc_rng_uniform(&r) < .6) y[i] = NAN;
            if (kind == 4) y[i] = i == 100 ? 1e12 : 1;      /* one peak */
            if (kind == 5 && i >= 160 && i % 7) y[i] = NAN; /* few values to validate on */
            if (kind == 6) y[i] = i % 2 ? 1e308 : -1e308;
            if (kind == 7 && i > 30 && i < 190) y[i] = NAN; /* one long gap */
        }
        for (int norm = 0; norm < 2; norm++) {
            run f = fit_values(
                y, N, settings_of("arch=lstm", "horizon=5", "lookback=12", "hidden=6", "epochs=3", norms[norm], NULL),
                NULL, NULL);
            must_be_good(&f);
            ck_assert(loss_again(&f) == f.model->training.valid_loss[f.model->training.best_epoch - 1]);
            free_run(&f);
        }
    }
}
END_TEST

/* Nothing observed to validate on: the training loss decides. Nothing to learn from: an error, no untrained model. */
START_TEST(parts_without_values)
{
    enum { N = 100 };
    static double y[N];
    for (size_t i = 0; i < N; i++) y[i] = i < 78 ? sin((double)i) : NAN;
    run r = fit_values(y, N,
                       settings_of("arch=lstm", "horizon=5", "lookback=12", "hidden=6", "epochs=6", "patience=0", NULL),
                       NULL, NULL);
    ck_assert_msg(r.code == LC_OK, "%s", r.st.text);
    const lc_training_summary *t = &r.model->training;
    for (size_t i = 0; i < t->epochs; i++) {
        ck_assert(isnan(t->valid_loss[i]) && isfinite(t->train_loss[i]));
        ck_assert(t->train_loss[i] >= t->train_loss[t->best_epoch - 1]);
    }
    free_run(&r);
    for (size_t i = 0; i < N; i++) y[i] = i >= 85 ? sin((double)i) : NAN;
    r = fit_values(y, N, settings_of("arch=lstm", "horizon=5", "lookback=12", "hidden=6", "epochs=3", NULL), NULL,
                   NULL);
    ck_assert_int_eq(r.code, LC_E_DATA);
    ck_assert_ptr_null(r.model);
    ck_assert_msg(strstr(r.st.text, "no value") && r.st.hint[0], "%s", r.st.text);
    free_run(&r);
}
END_TEST

/* A rate that blows the weights up: an error that says so, and never a model with weights that are not numbers. */
START_TEST(diverging)
{
    static double y[200];
    sine(y, 200, 12, 1);
    for (int epochs = 1; epochs <= 3; epochs++)
        for (int loss = 0; loss < 2; loss++) {
            char text[32];
            snprintf(text, sizeof text, "epochs=%d", epochs);
            /* All windows are one minibatch: no later one shows what an epoch's only update has done. */
            lc_settings *s = settings_of("arch=lstm", "horizon=4", "lookback=10", "hidden=6", text,
                                         loss ? "loss=mse" : "loss=mae", "batch=1000", NULL);
            s->lr = 1e60; /* no command line takes this */
            run r = fit_values(y, 200, s, NULL, NULL);
            ck_assert_msg(r.code == LC_E_NUMERIC, "code %d", r.code);
            ck_assert_msg(strstr(r.st.text, "diverged") && strstr(r.st.hint, "--lr"), "%s %s", r.st.text, r.st.hint);
            ck_assert_ptr_null(r.model);
            free_run(&r);
        }
    lc_settings *s =
        settings_of("arch=lstm", "horizon=4", "lookback=10", "hidden=6", "epochs=3", "lr=1000000", "clip=0", NULL);
    run r = fit_values(y, 200, s, NULL, NULL);
    for (size_t i = 0; r.model && i < r.model->net->params; i++) UNIT_MUST(isfinite(r.model->w[i]), "weight %zu", i);
    free_run(&r);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("fit");
    TCase *c = tcase_create("training");
    tcase_set_timeout(c, 240);
    tcase_add_loop_test(c, learns_a_sine, 0, 3);
    tcase_add_test(c, keeps_the_best_epoch);
    tcase_add_test(c, patience_0_runs_all_epochs);
    tcase_add_test(c, every_epoch_has_its_own_order);
    tcase_add_test(c, progress_and_cancel);
    tcase_add_test(c, too_short);
    tcase_add_test(c, same_bits_on_any_number_of_threads);
    tcase_add_test(c, constants_and_gaps);
    tcase_add_test(c, parts_without_values);
    tcase_add_test(c, diverging);
    suite_add_tcase(s, c);
    return s;
}
