#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "forecast/interval.h"
#include "train/fit.h"
#include "train/learn.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

/* Whole fits of the default architecture. */

typedef struct run {
    lc_panel *p;
    lc_settings *s;
    lc_split *split;
    lc_model *m;
    lc_code code;
    lc_status st;
} run;

static run fit(lc_panel *p, const char *options, lc_progress_fn progress, void *user)
{
    run r = {.p = p, .s = panel_settings(options), .split = calloc(p->n_series, sizeof *r.split)};
    ck_assert_int_eq(lc_resolve_settings(r.s, p, NULL, &r.st), LC_OK);
    lc_resolve_split(r.split, p, r.s, NULL);
    r.code = lc_fit(&r.m, p, r.s, r.split, NULL, progress, user, &r.st);
    return r;
}

static void free_run(run *r)
{
    lc_model_free(r->m);
    lc_settings_free(r->s);
    free(r->split);
}

static size_t weights_of(const lc_model *m)
{
    return m->settings->members * m->net->params;
}

static lc_panel *waves(size_t n)
{
    double *y = malloc(n * sizeof *y);
    make_sine(y, n, 12, 3, 4);
    lc_panel *p = panel_of_values(y, n, "");
    free(y);
    return p;
}

/* Small minibatches: the networks learn side by side; large ones: one after another on all threads. */
START_TEST(same_bits_on_any_number_of_threads)
{
    static const char *const kinds[] = {"batch=32", "batch=32;members=2", "batch=128", "batch=32;members=5;blend=0"};
    static const size_t threads[] = {1, 2, 3, 4, 7};
    lc_panel *p = waves(200);
    run first = {0};
    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
        lc_buf b = {0};
        lc_buf_printf(&b, "horizon=4;season=12;hidden=9;steps=40;threads=%zu;%s", threads[i], kinds[_i]);
        run r = fit(p, b.data, NULL, NULL);
        ck_assert_msg(r.code == LC_OK, "%s", r.st.text);
        ck_assert_int_eq(lc_interval_calibrate(r.m, p, r.split, threads[i], NULL), LC_OK);
        ck_assert_int_eq(lc_fit_final(r.m, p, r.split, NULL, NULL, NULL, NULL), LC_OK);
        if (i) {
            UNIT_MUST(memcmp(first.m->w, r.m->w, weights_of(r.m) * sizeof(float)) == 0, "%zu threads: other weights",
                      threads[i]);
            char *a = lc_model_config(first.m), *c = lc_model_config(r.m);
            ck_assert_str_eq(a, c);
            free(a);
            free(c);
            free_run(&r);
        } else {
            first = r;
        }
        lc_buf_free(&b);
    }
    /* The networks differ from each other. */
    ck_assert(
        memcmp(lc_model_weights(first.m, 0), lc_model_weights(first.m, 1), first.m->net->params * sizeof(float)) != 0);
    free_run(&first);
    lc_panel_free(p);
}
END_TEST

/* Of `mixed` networks every third has a linear branch of zeros, or without a season of what it started from, after the
 * final fit as well. */
START_TEST(every_third_network_learns_no_linear_branch)
{
    static const size_t seasons[] = {12, 1};
    for (size_t k = 0; k < 2; k++) {
        lc_panel *p = waves(200);
        lc_buf b = {0};
        lc_buf_printf(&b, "horizon=4;season=%zu;hidden=5;steps=20;members=6;skip=mixed;final-fit=on", seasons[k]);
        run r = fit(p, b.data, NULL, NULL);
        ck_assert_msg(r.code == LC_OK, "%s", r.st.text);
        ck_assert_int_eq(lc_interval_calibrate(r.m, p, r.split, 1, NULL), LC_OK);
        ck_assert_int_eq(lc_fit_final(r.m, p, r.split, NULL, NULL, NULL, NULL), LC_OK);
        const lc_layer *skip = &r.m->net->layer[r.m->net->n_layers - 1];
        for (size_t i = 0; i < 6; i++) {
            size_t set = 0;
            const float *w = lc_model_weights(r.m, i);
            for (size_t at = skip->param_at; at < r.m->net->params; at++) set += w[at] != 0;
            const size_t most = seasons[k] > 1 ? 0 : 4; /* the last value, to each of 4 steps */
            if (i % 3 == 2) ck_assert(set <= most && (set > 0) == (most > 0));
            else ck_assert_uint_gt(set, 4);
        }
        free_run(&r);
        lc_panel_free(p);
        lc_buf_free(&b);
    }
}
END_TEST

typedef struct loss_of {
    lc_feed feed;
} loss_of;

static void gather(void *user, size_t first, const lc_rows *to)
{
    const loss_of *f = user;
    for (size_t i = 0; i < to->n; i++) {
        size_t series, origin;
        lc_windows_at(f->feed.windows, first + i, &series, &origin);
        lc_feed_fill(&f->feed, series, origin, to, i, NULL, NULL);
    }
}

/* What is handed out has the loss of the best round. */
START_TEST(the_best_round_is_kept)
{
    lc_panel *p = waves(160);
    run r = fit(p, "horizon=4;season=12;hidden=16;steps=400;lr=0.02;patience=3;threads=2", NULL, NULL);
    ck_assert_msg(r.code == LC_OK, "%s", r.st.text);
    const lc_training_summary *t = &r.m->training;
    ck_assert(t->best_epoch >= 1 && t->best_epoch < t->epochs && t->epochs < 20);
    for (size_t i = 0; i < t->epochs; i++) ck_assert(t->valid_loss[i] >= t->valid_loss[t->best_epoch - 1]);
    for (size_t i = 0; i < 3; i++) ck_assert(t->steps[i] >= 20 && t->steps[i] <= 400 && t->steps[i] % 20 == 0);
    ck_assert_uint_eq(t->steps[0], 20 * t->best_epoch);
    lc_scales scales;
    lc_windows w;
    lc_infer *f;
    loss_of from;
    ck_assert_int_eq(lc_scales_fit(&scales, p, &r.split[0].train, lc_feed_scaling(r.s), NULL), LC_OK);
    ck_assert_int_eq(lc_fit_validation(&w, p, &scales, r.s, r.split, LC_FIT_VALIDATION, NULL), LC_OK);
    ck_assert_uint_eq(w.n, t->valid_windows);
    ck_assert_int_eq(lc_feed_create(&from.feed, &w, 0, w.n, r.s, NULL), LC_OK);
    ck_assert_int_eq(lc_infer_create(&f, r.m->net, w.n, 1, NULL), LC_OK);
    ck_assert_double_eq(lc_infer_loss(f, lc_model_weights(r.m, 0), lc_loss_find("mae"), w.n, gather, &from),
                        t->valid_loss[t->best_epoch - 1]);
    lc_infer_free(f);
    lc_feed_free(&from.feed);
    lc_windows_free(&w);
    lc_scales_free(&scales);
    free_run(&r);
    lc_panel_free(p);
}
END_TEST

/* The last fit is each network's training anew, on every row, for exactly as many minibatches as were best. */
START_TEST(the_final_fit_has_all_rows_and_the_best_steps)
{
    lc_panel *p = waves(150);
    run r = fit(p, "horizon=4;season=12;hidden=8;steps=200;lr=0.02;patience=2;threads=1;seed=3", NULL, NULL);
    ck_assert_msg(r.code == LC_OK, "%s", r.st.text);
    ck_assert_str_eq(r.s->final_fit, "on");
    const size_t n = r.m->net->params;
    float *before = malloc(weights_of(r.m) * sizeof *before);
    memcpy(before, r.m->w, weights_of(r.m) * sizeof *before);
    size_t steps[3];
    memcpy(steps, r.m->training.steps, sizeof steps);
    ck_assert_int_eq(lc_fit_final(r.m, p, r.split, NULL, NULL, NULL, NULL), LC_OK);
    ck_assert(memcmp(steps, r.m->training.steps, sizeof steps) == 0);

    lc_scales scales;
    lc_windows w, none;
    lc_feed feed, nothing;
    size_t unknown;
    const lc_span all = {r.s->lookback, 150 - 4 + 1, 150}, empty = {0, 0, 0};
    ck_assert_int_eq(lc_model_scales(r.m, p, NULL, &scales, &unknown, NULL), LC_OK);
    ck_assert_int_eq(lc_windows_create(&w, p, &scales, r.s->lookback, 4, true, &all, 1, NULL), LC_OK);
    ck_assert_int_eq(lc_windows_create(&none, p, &scales, r.s->lookback, 4, true, &empty, 1, NULL), LC_OK);
    ck_assert_int_eq(lc_feed_create(&feed, &w, 0, w.n, r.s, NULL), LC_OK);
    ck_assert_int_eq(lc_feed_create(&nothing, &none, 0, none.n, r.s, NULL), LC_OK);
    for (size_t i = 0; i < 3; i++) {
        lc_learned learned = {.w = calloc(n, sizeof(float))};
        const lc_learning how = {.net = r.m->net,
                                 .settings = r.s,
                                 .train = &feed,
                                 .valid = &nothing,
                                 .threads = 1,
                                 .seed = 3 + i * 0x9e3779b97f4a7c15u,
                                 .stop = steps[i]};
        ck_assert_int_eq(lc_learn(&learned, &how, NULL), LC_OK);
        UNIT_MUST(memcmp(learned.w, lc_model_weights(r.m, i), n * sizeof(float)) == 0, "network %zu", i);
        ck_assert(memcmp(learned.w, before + i * n, n * sizeof(float)) != 0);
        free(learned.w);
        free(learned.train_loss);
        free(learned.valid_loss);
    }
    lc_feed_free(&feed);
    lc_feed_free(&nothing);
    lc_windows_free(&w);
    lc_windows_free(&none);
    lc_scales_free(&scales);
    free(before);
    free_run(&r);
    lc_panel_free(p);
}
END_TEST

typedef struct teller {
    size_t calls, stop_at;
} teller;

static bool tell(void *user, const lc_progress *now)
{
    teller *t = user;
    t->calls++;
    UNIT_MUST(now->epoch >= 1 && now->epoch <= now->epochs && now->best_epoch <= now->epoch && now->windows > 0,
              "round %zu of %zu", now->epoch, now->epochs);
    return t->calls != t->stop_at;
}

/* Whenever it is stopped, also while all is learned again: a model that forecasts. */
START_TEST(cancelled_at_any_round)
{
    static const char *const options[] = {"horizon=4;season=12;hidden=4;steps=60;threads=1",
                                          "horizon=4;season=12;hidden=4;steps=60;threads=3",
                                          "horizon=4;season=12;hidden=4;steps=60;batch=128;threads=2"};
    lc_panel *p = waves(120);
    lc_settings *plain = panel_settings("");
    size_t finished = 0;
    for (size_t k = 0; k < 3; k++)
        for (size_t stop = 1; stop <= 25; stop++) {
            teller t = {.stop_at = stop};
            lc_settings *s = panel_settings(options[k]);
            lc_model *m = NULL;
            lc_result *r = NULL;
            lc_status st = {0};
            const lc_code code = lc_model_fit(&m, p, s, tell, &t, &st);
            if (t.calls < stop) {
                ck_assert_int_eq(code, LC_OK);
                finished++;
            } else {
                UNIT_MUST(code == LC_E_CANCELLED && strstr(st.text, "stopped"), "%s, stopped at call %zu: %d %s",
                          options[k], stop, code, st.text);
                ck_assert_uint_eq(t.calls, stop);
            }
            ck_assert_ptr_nonnull(m);
            for (size_t i = 0; i < weights_of(m); i++) UNIT_MUST(isfinite(m->w[i]), "weight %zu", i);
            ck_assert_int_eq(lc_forecast(&r, m, p, plain, NULL, NULL), LC_OK);
            for (size_t i = 0; i < lc_result_rows(r); i++) {
                const double f = lc_result_real(r, i, 2);
                UNIT_MUST(f > 50 && f < 150, "%s, stopped at call %zu: forecast %g", options[k], stop, f);
            }
            lc_result_free(r);
            lc_model_free(m);
            lc_settings_free(s);
        }
    ck_assert_uint_gt(finished, 3);
    lc_settings_free(plain);
    lc_panel_free(p);
}
END_TEST

START_TEST(diverging_leaves_no_model)
{
    lc_panel *p = waves(120);
    lc_settings *s = panel_settings("horizon=4;season=12;hidden=4;steps=60;clip=0;threads=3");
    lc_model *m = NULL;
    lc_status st = {0};
    s->lr = 1e60;
    ck_assert_int_eq(lc_model_fit(&m, p, s, NULL, NULL, &st), LC_E_NUMERIC);
    ck_assert_ptr_null(m);
    ck_assert_msg(strstr(st.text, "diverged") && strstr(st.hint, "--lr"), "%s", st.text);
    lc_settings_free(s);
    lc_panel_free(p);
}
END_TEST

static double value_of(size_t kind, size_t t, lc_rng *r)
{
    const double value[] = {5,
                            0,
                            100 + 3 * (double)t + lc_rng_normal(r),
                            1e300 * (double)(1 + t % 3),
                            1e-9 * (double)(1 + t % 4),
                            lc_rng_normal(r),
                            t % 3 ? 0 : 20,
                            exp((double)t)};
    return value[kind];
}

/* A series of any length has finite forecasts within finite bounds, or is told to be too short. */
START_TEST(tiny_series_have_forecasts_or_a_reason)
{
    static const size_t horizons[] = {1, 3, 12, 50};
    for (size_t n = 1; n <= 30; n++)
        for (size_t h = 0; h < 4; h++) {
            lc_rng rng = lc_rng_make(6, LC_STREAM_TEST, n);
            const size_t kind = (size_t)_i;
            double y[30];
            lc_buf b = {0};
            for (size_t t = 0; t < n; t++) y[t] = value_of(kind, t, &rng);
            if (n > 4 && n % 3 == 0) y[n / 2] = NAN;
            lc_buf_printf(&b, "horizon=%zu;steps=10;hidden=4;threads=1;level=80,95%s", horizons[h],
                          n % 2 ? ";season=4" : "");
            lc_panel *p = panel_of_values(y, n, "");
            lc_settings *s = panel_settings(b.data);
            lc_model *m = NULL;
            lc_result *r = NULL;
            lc_status st = {0};
            lc_code code = lc_model_fit(&m, p, s, NULL, NULL, &st);
            if (code == LC_OK) code = lc_forecast(&r, m, p, s, NULL, &st);
            UNIT_MUST(code == LC_OK || (st.text[0] && st.hint[0] && code == LC_E_DATA), "%zu rows, horizon %zu: %s", n,
                      horizons[h], st.text);
            for (size_t i = 0; r && i < lc_result_rows(r); i++) {
                UNIT_MUST(isfinite(lc_result_real(r, i, 2)), "%zu rows, step %zu", n, i);
                const double lo = lc_result_real(r, i, 3), hi = lc_result_real(r, i, 4), f = lc_result_real(r, i, 2);
                UNIT_MUST((isnan(lo) && isnan(hi)) || (isfinite(lo) && isfinite(hi) && lo <= f && f <= hi),
                          "%zu rows, horizon %zu, step %zu: %g of %g..%g", n, horizons[h], i, f, lo, hi);
                /* Nobody believes an interval of a million times the values. */
                double size = 0;
                for (size_t t = 0; t < n; t++) size = fmax(size, isnan(y[t]) ? 0 : fabs(y[t]));
                if (size == 0) size = 1;
                UNIT_MUST(isnan(lo) || kind == 7 || hi / 2 - lo / 2 <= 1e3 * size,
                          "kind %zu, %zu rows, horizon %zu, step %zu: %g..%g", kind, n, horizons[h], i, lo, hi);
            }
            lc_result_free(r);
            lc_model_free(m);
            lc_settings_free(s);
            lc_panel_free(p);
            lc_buf_free(&b);
        }
}
END_TEST

/* Bounds that the user gives hold for every column. */
START_TEST(forecasts_keep_to_given_bounds)
{
    lc_panel *p = waves(120);
    lc_model *m = fit_model_of(p, "horizon=8;season=12;hidden=4;steps=30;min=99;max=101");
    lc_settings *s = panel_settings("level=50,99");
    lc_result *r = NULL;
    size_t at_bound = 0;
    ck_assert_int_eq(lc_forecast(&r, m, p, s, NULL, NULL), LC_OK);
    for (size_t i = 0; i < lc_result_rows(r); i++)
        for (size_t c = 2; c < 7; c++) {
            const double x = lc_result_real(r, i, c);
            ck_assert(x >= 99 && x <= 101);
            at_bound += x == 99 || x == 101;
        }
    ck_assert_uint_gt(at_bound, 16);
    lc_result_free(r);
    lc_settings_free(s);
    lc_model_free(m);
    lc_panel_free(p);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("fits of the default architecture");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 240);
    tcase_add_loop_test(t, same_bits_on_any_number_of_threads, 0, 4);
    tcase_add_test(t, every_third_network_learns_no_linear_branch);
    tcase_add_test(t, the_best_round_is_kept);
    tcase_add_test(t, the_final_fit_has_all_rows_and_the_best_steps);
    tcase_add_test(t, cancelled_at_any_round);
    tcase_add_test(t, diverging_leaves_no_model);
    tcase_add_loop_test(t, tiny_series_have_forecasts_or_a_reason, 0, 8);
    tcase_add_test(t, forecasts_keep_to_given_bounds);
    suite_add_tcase(suite, t);
    return suite;
}
