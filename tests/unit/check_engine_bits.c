#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "unit/support/heap.h"
#include "unit/support/isa.h"
#include "unit/support/lstm_case.h"
#include "unit/support/unit.h"

/* What the engine promises beside the numbers: the same bits on any number of threads, no allocation in a step, and
 * weights that no bad step touches. No test here may open a thread team outside of a test: Check forks. */

static uint64_t hash_of(const float *p, size_t n, uint64_t hash)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &p[i], sizeof bits);
        hash = lc_hash64(hash ^ bits);
    }
    return hash;
}

static const struct lstm_shape shapes[] = {
    {1, 1, 1, 1, 1, 1},   {2, 3, 1, 4, 1, 2},   {7, 5, 2, 9, 2, 3},   {16, 4, 1, 16, 1, 4}, {17, 6, 3, 17, 1, 1},
    {32, 8, 1, 32, 1, 6}, {33, 3, 4, 8, 2, 2},  {40, 5, 1, 20, 3, 5}, {64, 2, 2, 48, 1, 3}, {50, 4, 20, 5, 1, 18},
    {100, 3, 1, 6, 2, 1}, {23, 9, 1, 64, 1, 2}, {48, 2, 1, 33, 2, 9},
};
enum { SHAPES = sizeof shapes / sizeof shapes[0], STEPS = 5 };

/* Hash of the weights after five steps with minibatches of different sizes, and of the losses. */
static uint64_t train(const struct lstm_case *c, const lc_kernels *k, size_t threads, size_t shards, double dropout,
                      uint64_t seed)
{
    lc_network *net = lstm_case_network(c, k, dropout);
    lc_engine *e =
        lstm_case_engine(c, net, (lc_engine_options){.threads = threads, .shards = shards, .clip = .5, .seed = seed});
    uint64_t hash = 1;
    for (size_t step = 0; step < STEPS; step++) {
        /* The last minibatch of an epoch is smaller, perhaps than the number of shards. */
        size_t n = step % 3 == 1 ? (c->shape.batch + 2) / 3 : c->shape.batch;
        double loss;
        lc_status st = {0};
        lc_code code = lc_engine_step(e, n, .01, lstm_case_gather, (void *)c, &loss, &st);
        UNIT_MUST(code == LC_OK && isfinite(loss), "%s", st.text);
        float narrow = (float)loss;
        hash = hash_of(&narrow, 1, hash);
    }
    hash = hash_of(lc_engine_weights(e), net->params, hash);
    hash = hash_of(lc_engine_gradient(e), net->params, hash);
    lc_engine_free(e);
    lc_network_free(net);
    return hash;
}

START_TEST(same_bits_on_any_number_of_threads)
{
    static const size_t threads[] = {2, 3, 4, 7};
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t i = 0; k && i < 2 * SHAPES; i++) {
        double dropout = i % 2 ? .3 : 0;
        struct lstm_case c = lstm_case_draw(i, shapes[i / 2], i % 3 ? "mse" : "huber", i % 4 ? 0 : .2);
        size_t shards = i / 2 % 3 == 0 ? 5 : 0;
        uint64_t want = train(&c, k, 1, shards, dropout, 11);
        ck_assert_uint_eq(train(&c, k, 1, shards, dropout, 11), want);
        for (size_t t = 0; t < 4; t++)
            UNIT_MUST(train(&c, k, threads[t], shards, dropout, 11) == want, "%s: shape %zu, dropout %g, %zu threads",
                      k->isa, i / 2, dropout, threads[t]);
        lstm_case_free(&c);
    }
}
END_TEST

/* The hash can tell: another seed of the dropout, another rate, and usually another split give other bits. */
START_TEST(other_runs_have_other_bits)
{
    struct lstm_case c = lstm_case_draw(3, shapes[7], "mse", 0);
    const lc_kernels *k = isa_at(0);
    uint64_t plain = train(&c, k, 2, 0, 0, 11);
    ck_assert_uint_eq(train(&c, k, 2, 0, 0, 12), plain); /* the weights are given, so the seed has no say */
    ck_assert_uint_ne(train(&c, k, 2, 0, .3, 11), plain);
    ck_assert_uint_ne(train(&c, k, 2, 0, .3, 12), train(&c, k, 2, 0, .3, 11));
    ck_assert_uint_ne(train(&c, k, 2, 7, 0, 11), plain);
    lstm_case_free(&c);
}
END_TEST

/* Dropout's noise belongs to the rows: another split sums in another order, no more. */
START_TEST(shards_change_rounding_only)
{
    struct lstm_case c = lstm_case_draw(4, (struct lstm_shape){40, 6, 2, 18, 2, 3}, "mse", .2);
    for (int drop = 0; drop < 2; drop++) {
        lc_network *net = lstm_case_network(&c, lc_kernels_select(NULL), drop ? .4 : 0);
        float *whole = malloc(net->params * sizeof *whole);
        double most = 0, worst = 0;
        for (size_t shards = 1; shards <= 40; shards += shards < 8 ? 1 : 8) {
            lc_engine *e = lstm_case_engine(&c, net, (lc_engine_options){.shards = shards, .threads = 2, .seed = 5});
            double loss;
            ck_assert_int_eq(lc_engine_step(e, 40, 0, lstm_case_gather, &c, &loss, NULL), LC_OK);
            if (shards == 1) memcpy(whole, lc_engine_gradient(e), net->params * sizeof *whole);
            for (size_t i = 0; i < net->params; i++) {
                most = fmax(most, fabs((double)whole[i]));
                worst = fmax(worst, fabs((double)whole[i] - (double)lc_engine_gradient(e)[i]));
            }
            lc_engine_free(e);
        }
        UNIT_MUST(most > 0 && worst < 2e-6 * most, "dropout %d: the split changes the gradient by %g of %g", drop,
                  worst, most);
        free(whole);
        lc_network_free(net);
    }
    lstm_case_free(&c);
}
END_TEST

/* ---- inference ---- */

START_TEST(a_row_depends_on_nothing_but_itself)
{
    enum { ROWS = 150, OUT = 3 };
    const lc_kernels *k = isa_at((size_t)_i);
    if (!k) return;
    struct lstm_case c = lstm_case_draw(6, (struct lstm_shape){ROWS, 5, 2, 19, 2, OUT}, "mse", .3);
    lc_network *net = lstm_case_network(&c, k, .5); /* dropout is off in inference */
    lc_engine *e = lstm_case_engine(&c, net, (lc_engine_options){.threads = 1});
    static float whole[ROWS * OUT], part[ROWS * OUT];
    double first_loss = 0;
    for (size_t threads = 1; threads <= 7; threads++) {
        lc_infer *f;
        ck_assert_int_eq(lc_infer_create(&f, net, 100000, threads, NULL), LC_OK);
        for (size_t n = 0; n <= ROWS; n += n < 40 ? 13 : 37) {
            size_t rows = n + 37 > ROWS ? ROWS : n;
            memset(part, 0xff, sizeof part);
            lc_infer_predict(f, lc_engine_weights(e), rows, lstm_case_gather, &c, part);
            if (threads == 1 && n == 0) {
                lc_infer_predict(f, lc_engine_weights(e), ROWS, lstm_case_gather, &c, whole);
            }
            UNIT_MUST(memcmp(whole, part, rows * OUT * sizeof *part) == 0, "%s: %zu rows, %zu threads", k->isa, rows,
                      threads);
            for (size_t i = rows * OUT; i < ROWS * OUT; i++) UNIT_MUST(isnan(part[i]), "written past row %zu", rows);
        }
        double loss = lc_infer_loss(f, lc_engine_weights(e), lc_loss_find("mse"), ROWS, lstm_case_gather, &c);
        if (threads == 1) first_loss = loss;
        ck_assert(loss == first_loss);
        lc_infer_free(f);
    }
    double out[ROWS * OUT];
    ref_forward(&c.twin, ROWS, 5, c.x_wide, out);
    ck_assert_double_eq_tol(first_loss, ref_loss(REF_MSE, ROWS * OUT, out, c.y_wide), 1e-5);
    lc_engine_free(e);
    lc_network_free(net);
    lstm_case_free(&c);
}
END_TEST

/* More rows than one round of jobs: the loss is still summed in order. */
START_TEST(loss_of_many_rows)
{
    enum { ROWS = 5000 };
    struct lstm_case c = lstm_case_draw(7, (struct lstm_shape){ROWS, 2, 1, 3, 1, 2}, "mae", .5);
    lc_network *net = lstm_case_network(&c, lc_kernels_select(NULL), 0);
    lc_engine *e = lstm_case_engine(&c, net, (lc_engine_options){.batch = 1, .threads = 1});
    double *out = malloc(ROWS * 2 * sizeof *out), loss[3];
    ref_forward(&c.twin, ROWS, 2, c.x_wide, out);
    for (size_t i = 0; i < 3; i++) {
        lc_infer *f;
        ck_assert_int_eq(lc_infer_create(&f, net, 100000, 1 + 2 * i, NULL), LC_OK);
        loss[i] = lc_infer_loss(f, lc_engine_weights(e), lc_loss_find("mae"), ROWS, lstm_case_gather, &c);
        ck_assert(isnan(lc_infer_loss(f, lc_engine_weights(e), lc_loss_find("mae"), 0, lstm_case_gather, &c)));
        lc_infer_free(f);
    }
    ck_assert(loss[0] == loss[1] && loss[0] == loss[2]);
    ck_assert_double_eq_tol(loss[0], ref_loss(REF_MAE, ROWS * 2, out, c.y_wide), 1e-5);
    free(out);
    lc_engine_free(e);
    lc_network_free(net);
    lstm_case_free(&c);
}
END_TEST

/* ---- no allocation ---- */

START_TEST(steps_allocate_nothing)
{
    struct lstm_case c = lstm_case_draw(8, (struct lstm_shape){48, 6, 2, 20, 2, 3}, "mse", .1);
    for (size_t threads = 1; threads <= 4; threads += 3) {
        lc_network *net = lstm_case_network(&c, lc_kernels_select(NULL), .2);
        lc_engine *e = lstm_case_engine(&c, net, (lc_engine_options){.threads = threads, .clip = 1});
        lc_infer *f;
        double loss;
        static float out[48 * 3];
        ck_assert_int_eq(lc_infer_create(&f, net, 100000, threads, NULL), LC_OK);
        /* The first region makes the threads, which the runtime keeps. */
        ck_assert_int_eq(lc_engine_step(e, 48, .01, lstm_case_gather, &c, &loss, NULL), LC_OK);
        size_t library = lc_allocations(), all = heap_calls();
        bool good = true;
        for (size_t step = 0; step < 50; step++) {
            size_t n = step % 2 ? 48 : 31;
            good = good && lc_engine_step(e, n, .01, lstm_case_gather, &c, &loss, NULL) == LC_OK;
            lc_infer_predict(f, lc_engine_weights(e), n, lstm_case_gather, &c, out);
            loss += lc_infer_loss(f, lc_engine_weights(e), lc_loss_find("mse"), n, lstm_case_gather, &c);
            good = good && isfinite(loss);
        }
        size_t library_after = lc_allocations(), all_after = heap_calls();
        ck_assert(good);
        ck_assert_uint_eq(library_after - library, 0);
        ck_assert_uint_eq(all_after - all, 0);
        lc_infer_free(f);
        lc_engine_free(e);
        lc_network_free(net);
    }
    lstm_case_free(&c);
}
END_TEST

/* The watch itself works, where there is one; elsewhere the library's own count has to do. */
START_TEST(allocations_are_counted)
{
    size_t library = lc_allocations(), all = heap_calls();
    lc_free(lc_calloc(3, 5));
    void *volatile p = malloc(7);
    free(p);
    ck_assert_uint_eq(lc_allocations() - library, 1);
    if (heap_is_watched()) ck_assert_uint_ge(heap_calls() - all, 1);
}
END_TEST

/* ---- what is not finite ---- */

enum bad { BAD_TARGET, INFINITE_TARGET, INFINITE_INPUT, NAN_INPUT, BAD_WEIGHT, HUGE_RATE, BADS };

/* A bad step in the middle: refused, the weights as they were, and the next good step goes on as if nothing had been.
 */
static void check_bad(const lc_kernels *k, enum bad bad, size_t threads)
{
    const size_t last = (size_t)20 * 4 * 2 - 1;
    struct lstm_case c = lstm_case_draw(9, (struct lstm_shape){20, 4, 2, 9, 2, 3}, "mse", 0);
    struct lstm_case broken = lstm_case_draw(9, (struct lstm_shape){20, 4, 2, 9, 2, 3}, "mse", 0);
    if (bad == BAD_TARGET) broken.y[59] = 1e30f;
    if (bad == INFINITE_TARGET) broken.y[59] = -INFINITY;
    if (bad == INFINITE_INPUT) broken.x[last] = INFINITY; /* meets weights of both signs in the product */
    if (bad == NAN_INPUT) broken.x[last] = NAN;
    lc_network *net = lstm_case_network(&c, k, 0);
    lc_engine *e = lstm_case_engine(&c, net, (lc_engine_options){.threads = threads, .shards = 3, .clip = 1});
    lc_engine *untouched = lstm_case_engine(&c, net, (lc_engine_options){.threads = 1, .shards = 3, .clip = 1});
    size_t bytes = net->params * sizeof(float);
    float *before = malloc(bytes);
    double loss;
    lc_status st = {0};
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(lc_engine_step(e, 20, .01, lstm_case_gather, &c, &loss, NULL), LC_OK);
        ck_assert_int_eq(lc_engine_step(untouched, 20, .01, lstm_case_gather, &c, &loss, NULL), LC_OK);
    }
    if (bad == BAD_WEIGHT) {
        lc_engine_weights(e)[net->layer[1].param_at] = NAN;
        lc_engine_weights_changed(e);
    }
    if (bad == HUGE_RATE) {
        /* The step before is good, only its size is absurd. */
        lc_engine_step(e, 20, 1e300, lstm_case_gather, &c, &loss, NULL);
    }
    memcpy(before, lc_engine_weights(e), bytes);
    lc_code code = lc_engine_step(e, 20, .01, lstm_case_gather, &broken, &loss, &st);
    UNIT_MUST(code == LC_E_NUMERIC && st.code == code, "%s, kind %d: code %d, loss %g", k->isa, bad, code, loss);
    UNIT_MUST(strstr(st.text, "step") && st.hint[0], "\"%s\", \"%s\"", st.text, st.hint);
    UNIT_MUST(memcmp(before, lc_engine_weights(e), bytes) == 0, "%s, kind %d: the weights changed", k->isa, bad);
    if (bad < BAD_WEIGHT) {
        ck_assert_int_eq(lc_engine_step(e, 20, .01, lstm_case_gather, &c, &loss, NULL), LC_OK);
        ck_assert_int_eq(lc_engine_step(untouched, 20, .01, lstm_case_gather, &c, &loss, NULL), LC_OK);
        UNIT_MUST(memcmp(lc_engine_weights(untouched), lc_engine_weights(e), bytes) == 0,
                  "%s, kind %d: the bad step left a trace", k->isa, bad);
    }
    free(before);
    lc_engine_free(e);
    lc_engine_free(untouched);
    lc_network_free(net);
    lstm_case_free(&c);
    lstm_case_free(&broken);
}

START_TEST(bad_steps_change_nothing)
{
    const lc_kernels *k = isa_at((size_t)_i);
    for (int bad = 0; k && bad < BADS; bad++)
        for (size_t threads = 1; threads <= 3; threads += 2) check_bad(k, (enum bad)bad, threads);
}
END_TEST

/* Looking at the clock changes nothing, and the phases are all there. */
START_TEST(phases_are_timed)
{
    struct lstm_case c = lstm_case_draw(12, (struct lstm_shape){40, 12, 2, 33, 2, 3}, "mse", 0);
    lc_network *net = lstm_case_network(&c, lc_kernels_select(NULL), 0);
    lc_engine *plain = lstm_case_engine(&c, net, (lc_engine_options){.threads = 2});
    lc_engine *timed = lstm_case_engine(&c, net, (lc_engine_options){.threads = 2, .timed = true});
    double loss;
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(lc_engine_step(plain, 40, .01, lstm_case_gather, &c, &loss, NULL), LC_OK);
        ck_assert_int_eq(lc_engine_step(timed, 40, .01, lstm_case_gather, &c, &loss, NULL), LC_OK);
    }
    ck_assert(memcmp(lc_engine_weights(plain), lc_engine_weights(timed), net->params * sizeof(float)) == 0);
    ck_assert_ptr_null(lc_engine_phases(plain));
    for (int i = 0; i < LC_PHASES; i++) {
        double seconds = lc_engine_phases(timed)[i];
        UNIT_MUST(seconds > 0 && seconds < 10, "phase %d took %g s", i, seconds);
    }
    lc_engine_free(plain);
    lc_engine_free(timed);
    lc_network_free(net);
    lstm_case_free(&c);
}
END_TEST

START_TEST(sizes_that_do_not_fit)
{
    struct lstm_case c = lstm_case_draw(10, (struct lstm_shape){4, 2, 1, 2, 1, 1}, "mse", 0);
    lc_network *net = lstm_case_network(&c, isa_at(0), 0);
    /* More shards than rows: one row each. */
    lc_engine *e = lstm_case_engine(&c, net, (lc_engine_options){.threads = 3, .shards = 100});
    double loss;
    lc_status st = {0};
    ck_assert_int_eq(lc_engine_step(e, 4, .01, lstm_case_gather, &c, &loss, &st), LC_OK);
    ck_assert_int_eq(lc_engine_step(e, 0, .01, lstm_case_gather, &c, &loss, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_engine_step(e, 5, .01, lstm_case_gather, &c, &loss, &st), LC_E_USAGE);
    ck_assert_msg(strstr(st.text, "5 rows") && strstr(st.text, "4"), "%s", st.text);
    lc_engine_free(e);
    lc_engine_free(NULL);
    lc_infer_free(NULL);
    lc_network_free(net);
    lc_network_free(NULL);
    const lc_network_spec refused[] = {
        {.inputs = 0, .steps = 1, .hidden = 1, .layers = 1, .outputs = 1},
        {.inputs = 1, .steps = 0, .hidden = 1, .layers = 1, .outputs = 1},
        {.inputs = 1, .steps = 1, .hidden = 0, .layers = 1, .outputs = 1},
        {.inputs = 1, .steps = 1, .hidden = 1, .layers = 0, .outputs = 1},
        {.inputs = 1, .steps = 1, .hidden = 1, .layers = 1, .outputs = 0},
        {.inputs = SIZE_MAX, .steps = 1, .hidden = 1, .layers = 1, .outputs = 1},
        {.inputs = 1, .steps = SIZE_MAX / 2, .hidden = 1, .layers = 1, .outputs = 1},
        {.inputs = 1, .steps = 1, .hidden = SIZE_MAX - 3, .layers = 1, .outputs = 1},
        {.inputs = 1, .steps = 1, .hidden = 1, .layers = SIZE_MAX, .outputs = 1},
        {.inputs = 1, .steps = 1, .hidden = 1, .layers = 1, .outputs = SIZE_MAX - 20},
        {.inputs = 1, .steps = 1, .hidden = 1u << 20, .layers = 1, .outputs = 1},
        {.inputs = 3, .steps = 1, .hidden = 1, .layers = 1, .outputs = 1, .skip_from = 3}, /* nothing is passed on */
        {.inputs = 3, .steps = 1, .hidden = 1, .layers = 1, .outputs = 1, .skip_from = 4, .side = 2, .own = 2},
        {.inputs = 1, .steps = 1, .hidden = 1, .layers = 1, .outputs = 1, .own = 65},
        {.inputs = 1, .steps = 1, .hidden = 1, .layers = 1, .outputs = 1, .own = SIZE_MAX},
        {.inputs = 1, .steps = 1, .hidden = 1, .layers = 1, .outputs = 1, .side = SIZE_MAX},
        {.inputs = 1 << 18, .steps = 1 << 18, .hidden = 1, .layers = 1, .outputs = 2, .skip = true},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        lc_status why = {0};
        UNIT_MUST(lc_network_create(&net, &refused[i], isa_at(0), &why) == LC_E_USAGE && !net && why.hint[0],
                  "specification %zu: %s", i, why.text);
    }
    lstm_case_free(&c);
}
END_TEST

/* Rows of a case from `by` on. */
struct part {
    const struct lstm_case *c;
    size_t by;
};

static void gather_part(void *user, size_t first, const lc_rows *rows)
{
    const struct part *p = user;
    lstm_case_gather((void *)p->c, p->by + first, rows);
}

/* A pass over many rows is the same as its minibatches one by one, dropout and the last, smaller one included. */
START_TEST(a_pass_is_its_minibatches)
{
    enum { ROWS = 100, BATCH = 32 };
    struct lstm_case c = lstm_case_draw(9, (struct lstm_shape){ROWS, 4, 2, 9, 2, 3}, "mse", .1);
    for (size_t threads = 1; threads <= 4; threads++) {
        lc_network *net = lstm_case_network(&c, isa_at(0), .2);
        lc_engine_options o = {.loss = lc_loss_find("mse"), .batch = BATCH, .threads = threads, .clip = 1, .seed = 5};
        lc_engine *whole, *parts;
        ck_assert_int_eq(lc_engine_create(&whole, net, &o, NULL), LC_OK);
        ck_assert_int_eq(lc_engine_create(&parts, net, &o, NULL), LC_OK);
        for (int pass = 0; pass < 2; pass++) {
            double mean, sum = 0;
            ck_assert_int_eq(lc_engine_pass(whole, ROWS, .01, lstm_case_gather, &c, &mean, NULL), LC_OK);
            for (size_t at = 0; at < ROWS; at += BATCH) {
                struct part part = {&c, at};
                double loss;
                size_t n = ROWS - at < BATCH ? ROWS - at : BATCH;
                ck_assert_int_eq(lc_engine_step(parts, n, .01, gather_part, &part, &loss, NULL), LC_OK);
                sum += loss;
            }
            ck_assert_double_eq(mean, sum / 4);
            ck_assert(memcmp(lc_engine_weights(whole), lc_engine_weights(parts), net->params * sizeof(float)) == 0);
        }
        lc_engine_free(whole);
        lc_engine_free(parts);
        lc_network_free(net);
    }
    lstm_case_free(&c);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("engine's promises");
    TCase *c = tcase_create("bits, memory, failures");
    tcase_set_timeout(c, 240);
    tcase_add_loop_test(c, same_bits_on_any_number_of_threads, 0, ISA_COUNT);
    tcase_add_test(c, other_runs_have_other_bits);
    tcase_add_test(c, shards_change_rounding_only);
    tcase_add_loop_test(c, a_row_depends_on_nothing_but_itself, 0, ISA_COUNT);
    tcase_add_test(c, loss_of_many_rows);
    tcase_add_test(c, steps_allocate_nothing);
    tcase_add_test(c, allocations_are_counted);
    tcase_add_loop_test(c, bad_steps_change_nothing, 0, ISA_COUNT);
    tcase_add_test(c, phases_are_timed);
    tcase_add_test(c, sizes_that_do_not_fit);
    tcase_add_test(c, a_pass_is_its_minibatches);
    suite_add_tcase(s, c);
    return s;
}
