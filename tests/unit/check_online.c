#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "train/online.h"
#include "unit/support/heap.h"
#include "unit/support/isa.h"
#include "unit/support/lstm_case.h"
#include "unit/support/unit.h"

static lc_online online_of(const lc_network *net, size_t room, double clip)
{
    lc_online o;
    lc_status st = {0};
    ck_assert_msg(lc_online_create(&o, net, room, clip, &st) == LC_OK, "%s", st.text);
    return o;
}

/* Rows first..first+n-1 of the case become the minibatch. */
static void put_rows(lc_online *o, const struct lstm_case *c, size_t first, size_t n)
{
    const lc_rows to = {
        .n = n, .x = lc_online_input(o), .step_stride = o->step, .row_stride = o->row, .target = o->target};
    lstm_case_gather((void *)c, first, &to);
}

static void start_from(lc_online *o, const struct lstm_case *c)
{
    lc_online_begin(o, 1);
    lstm_put(o->net, o->w, &c->twin, c->twin.w);
    lc_online_weights_changed(o);
}

enum { ROWS = 12, STEPS = 7, FEATURES = 2, HIDDEN = 9 };

static struct lstm_case drawn(uint64_t index, size_t outputs, double missing)
{
    return lstm_case_draw(index, (struct lstm_shape){ROWS, STEPS, FEATURES, HIDDEN, 1, outputs}, "huber", missing);
}

/* By how much a step may differ because Adam's eps, 1e-8, means more to a gradient that is so many times smaller. */
static double eps_matters(const lc_online *o, size_t i, double rate, double times)
{
    const double size = sqrt((double)o->adam.v[i] / (1 - o->adam.power2));
    return size > 0 ? rate * times * 1e-8 / size : 0;
}

/* With one output the mean over rows is that over targets, and all bits are those of the engine with one shard. With
 * more, the gradient is as many times that of the engine, which Adam does not mind once the bound on its norm is, too.
 * The norm of a bounded one is rounded elsewhere. */
START_TEST(steps_are_those_of_the_engine)
{
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t outputs = 1; k && outputs <= 4; outputs += 3)
        for (int clipped = 0; clipped < 2; clipped++) {
            struct lstm_case c = drawn(outputs, outputs, 0);
            lc_network *net = lstm_case_network(&c, k, 0);
            const double clip = clipped ? .05 : 0;
            lc_online o = online_of(net, ROWS + 3, clip);
            lc_engine *e = lstm_case_engine(
                &c, net, (lc_engine_options){.batch = ROWS, .shards = 1, .threads = 1, .clip = clip / (double)outputs});
            start_from(&o, &c);
            const double rate = .01;
            double off, loss;
            for (int step = 0; step < 30; step++) {
                const size_t n = step % 3 == 2 ? 5 : ROWS;
                if (outputs > 1) memcpy(o.w, lc_engine_weights(e), net->params * sizeof *o.w); /* step by step */
                lc_online_weights_changed(&o);
                put_rows(&o, &c, 0, n);
                lc_online_forward(&o, n);
                lc_online_learn(&o, n, rate);
                ck_assert_int_eq(lc_engine_step(e, n, rate, lstm_case_gather, &c, &loss, NULL), LC_OK);
                UNIT_MUST((outputs == 1 && step) || memcmp(o.g, lc_engine_gradient(e), net->params * sizeof *o.g) == 0,
                          "%s, %zu outputs, step %d: another gradient", k->isa, outputs, step);
                for (size_t i = 0; i < net->params; i++) {
                    off = fabs((double)o.w[i] - (double)lc_engine_weights(e)[i]);
                    const double may = outputs > 1 ? 1e-6 + eps_matters(&o, i, rate, (double)outputs)
                                       : clipped   ? 2e-6
                                                   : 0;
                    UNIT_MUST(off <= may, "%s, %zu outputs, clip %g, step %d: parameter %zu is off by %g", k->isa,
                              outputs, clip, step, i, off);
                }
            }
            lc_engine_free(e);
            lc_online_free(&o);
            lc_network_free(net);
            lstm_case_free(&c);
        }
}
END_TEST

START_TEST(outputs_are_the_twins)
{
    const lc_kernels *k = isa_at((size_t)_i);
    if (!k) return;
    struct lstm_case c = drawn(8, 3, 0);
    lc_network *net = lstm_case_network(&c, k, 0);
    lc_online o = online_of(net, ROWS, 0);
    double want[ROWS * 3];
    ref_forward(&c.twin, ROWS, STEPS, c.x_wide, want);
    start_from(&o, &c);
    put_rows(&o, &c, 0, ROWS);
    const float *y = lc_online_forward(&o, ROWS);
    for (size_t r = 0; r < ROWS; r++)
        for (size_t j = 0; j < 3; j++) {
            const double got = (double)y[r * o.out + j];
            UNIT_MUST(fabs(got - want[r * 3 + j]) < 3e-6, "row %zu, output %zu: %g, not %g", r, j, got,
                      want[r * 3 + j]);
        }
    lc_online_free(&o);
    lc_network_free(net);
    lstm_case_free(&c);
}
END_TEST

/* What nobody observed counts for nothing: rows without a target change the mean alone. */
START_TEST(targets_that_are_missing_count_for_nothing)
{
    struct lstm_case c = drawn(5, 3, .4);
    lc_network *net = lstm_case_network(&c, isa_at(0), 0);
    lc_online whole = online_of(net, 2 * ROWS, 0), part = online_of(net, ROWS, 0);
    start_from(&whole, &c);
    start_from(&part, &c);
    for (size_t i = 0; i < 2 * ROWS * 3; i++) whole.target[i] = NAN;
    put_rows(&part, &c, 0, ROWS);
    put_rows(&whole, &c, 0, ROWS);
    lc_online_forward(&part, ROWS);
    lc_online_forward(&whole, 2 * ROWS);
    lc_online_learn(&part, ROWS, .01);
    lc_online_learn(&whole, 2 * ROWS, .01);
    double off = 0, moved = 0, largest = 0;
    for (size_t i = 0; i < net->params; i++) {
        off = fmax(off, fabs((double)part.g[i] - (double)whole.g[i]));
        largest = fmax(largest, fabs((double)part.g[i]));
    }
    ck_assert(largest > .1 && off < 1e-5 * largest);
    /* Without any target nothing moves, whatever has been learned before. */
    float *before = malloc(net->params * sizeof *before);
    memcpy(before, whole.w, net->params * sizeof *before);
    for (size_t i = 0; i < ROWS * 3; i++) whole.target[i] = NAN;
    lc_online_forward(&whole, ROWS);
    lc_online_learn(&whole, ROWS, .01);
    for (size_t i = 0; i < net->params; i++) moved = fmax(moved, fabs((double)whole.w[i] - (double)before[i]));
    ck_assert_double_eq(moved, 0);
    free(before);
    lc_online_free(&whole);
    lc_online_free(&part);
    lc_network_free(net);
    lstm_case_free(&c);
}
END_TEST

/* A gradient that is not finite changes nothing: the next good step is as if it had not been. */
START_TEST(bad_steps_change_nothing)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    struct lstm_case c = drawn(6, 2, 0);
    lc_network *net = lstm_case_network(&c, isa_at(0), 0);
    for (size_t b = 0; b < 3; b++) {
        lc_online hurt = online_of(net, ROWS, 1), whole = online_of(net, ROWS, 1);
        start_from(&hurt, &c);
        start_from(&whole, &c);
        for (int step = 0; step < 5; step++) {
            put_rows(&hurt, &c, 0, ROWS);
            put_rows(&whole, &c, 0, ROWS);
            if (step == 2) {
                lc_online_input(&hurt)[3 * hurt.step + hurt.row] = bad[b];
                lc_online_forward(&hurt, ROWS);
                lc_online_learn(&hurt, ROWS, .01);
                put_rows(&hurt, &c, 0, ROWS);
            }
            lc_online_forward(&hurt, ROWS);
            lc_online_learn(&hurt, ROWS, .01);
            lc_online_forward(&whole, ROWS);
            lc_online_learn(&whole, ROWS, .01);
        }
        if (b == 0) ck_assert(memcmp(hurt.w, whole.w, net->params * sizeof *hurt.w) == 0);
        for (size_t i = 0; i < net->params; i++)
            UNIT_MUST(isfinite(hurt.w[i]), "parameter %zu with %g", i, (double)bad[b]);
        lc_online_free(&hurt);
        lc_online_free(&whole);
    }
    lc_network_free(net);
    lstm_case_free(&c);
}
END_TEST

START_TEST(begins_anew_with_the_same_bits)
{
    struct lstm_case c = drawn(7, 2, 0);
    lc_network *net = lstm_case_network(&c, isa_at(0), 0);
    lc_online o = online_of(net, ROWS, 1);
    float *w[3];
    put_rows(&o, &c, 0, ROWS);
    for (int run = 0; run < 3; run++) {
        lc_online_begin(&o, run == 2 ? 4 : 3);
        for (int step = 0; step < 5; step++) {
            lc_online_forward(&o, ROWS);
            lc_online_learn(&o, ROWS, .01);
        }
        w[run] = malloc(net->params * sizeof *w[run]);
        memcpy(w[run], o.w, net->params * sizeof *w[run]);
    }
    ck_assert(memcmp(w[0], w[1], net->params * sizeof *w[0]) == 0);
    ck_assert(memcmp(w[0], w[2], net->params * sizeof *w[0]) != 0);
    for (int run = 0; run < 3; run++) free(w[run]);
    lc_online_free(&o);
    lc_network_free(net);
    lstm_case_free(&c);
}
END_TEST

START_TEST(steps_allocate_nothing)
{
    struct lstm_case c = drawn(9, 2, .2);
    lc_network *net = lstm_case_network(&c, isa_at(0), 0);
    lc_online o = online_of(net, ROWS, 1);
    lc_online_begin(&o, 3);
    put_rows(&o, &c, 0, ROWS);
    const size_t library = lc_allocations(), all = heap_calls();
    for (size_t step = 0; step < 50; step++) {
        lc_online_forward(&o, 1 + step % ROWS);
        lc_online_learn(&o, 1 + step % ROWS, .01);
    }
    const size_t library_after = lc_allocations(), all_after = heap_calls();
    ck_assert_uint_eq(library_after - library, 0);
    ck_assert_uint_eq(all_after - all, 0);
    lc_online_free(&o);
    lc_online_free(&o); /* empty now */
    lc_network_free(net);
    lstm_case_free(&c);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("online training");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, steps_are_those_of_the_engine, 0, ISA_COUNT);
    tcase_add_loop_test(c, outputs_are_the_twins, 0, ISA_COUNT);
    tcase_add_test(c, targets_that_are_missing_count_for_nothing);
    tcase_add_test(c, bad_steps_change_nothing);
    tcase_add_test(c, begins_anew_with_the_same_bits);
    tcase_add_test(c, steps_allocate_nothing);
    suite_add_tcase(s, c);
    return s;
}
