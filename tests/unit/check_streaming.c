#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/streaming.h"
#include "unit/support/heap.h"
#include "unit/support/isa.h"
#include "unit/support/lstm_case.h"
#include "unit/support/unit.h"

/* Step by step through a case's windows: out (rows, outputs) after the last one. */
static void stream_through(lc_streaming *s, const struct lstm_case *c, const float *w, float *out)
{
    const struct lstm_shape *n = &c->shape;
    float *x = calloc(n->batch * n->inputs, sizeof *x);
    lc_streaming_reset(s);
    for (size_t t = 0; t < n->steps; t++) {
        for (size_t r = 0; r < n->batch; r++)
            memcpy(x + r * n->inputs, c->x + (r * n->steps + t) * n->inputs, n->inputs * sizeof *x);
        lc_streaming_step(s, w, x, out);
    }
    free(x);
}

static const struct lstm_shape shapes[] = {
    {1, 1, 1, 1, 1, 1},    {1, 9, 2, 17, 1, 3},   {3, 12, 1, 32, 2, 4},  {40, 5, 3, 33, 3, 2}, {7, 6, 20, 64, 1, 1},
    {33, 4, 1, 50, 2, 18}, {100, 3, 2, 80, 2, 1}, {1, 5, 3, 200, 2, 40}, {2, 6, 1, 150, 3, 1},
};

START_TEST(a_stream_is_its_window_step_by_step)
{
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t i = 0; k && i < sizeof shapes / sizeof shapes[0]; i++) {
        struct lstm_case c = lstm_case_draw(i, shapes[i], "mse", 0);
        lc_network *net = lstm_case_network(&c, k, i % 2 ? .4 : 0); /* dropout is off in inference */
        size_t n = shapes[i].batch * shapes[i].outputs;
        float *w = lc_calloc(net->params, sizeof *w), *whole = calloc(n, sizeof *whole), *out = calloc(n, sizeof *out);
        lstm_put(net, w, &c.twin, c.twin.w);
        lc_infer *infer;
        ck_assert_int_eq(lc_infer_create(&infer, net, shapes[i].batch, 1, NULL), LC_OK);
        lc_infer_predict(infer, w, shapes[i].batch, lstm_case_gather, &c, whole);
        for (size_t threads = 1; threads <= 3; threads++) {
            lc_streaming *s;
            ck_assert_int_eq(lc_streaming_create(&s, net, shapes[i].batch, threads, NULL), LC_OK);
            for (int again = 0; again < 2; again++) {
                memset(out, 0xff, n * sizeof *out);
                stream_through(s, &c, w, out);
                UNIT_MUST(memcmp(out, whole, n * sizeof *out) == 0, "%s: shape %zu, %zu threads, pass %d", k->isa, i,
                          threads, again);
            }
            lc_streaming_free(s);
        }
        lc_infer_free(infer);
        lc_free(w);
        free(whole);
        free(out);
        lc_network_free(net);
        lstm_case_free(&c);
    }
}
END_TEST

START_TEST(steps_allocate_nothing)
{
    struct lstm_case c = lstm_case_draw(1, (struct lstm_shape){5, 3, 2, 20, 2, 3}, "mse", 0);
    lc_network *net = lstm_case_network(&c, lc_kernels_select(NULL), 0);
    float *w = lc_calloc(net->params, sizeof *w), x[10] = {0}, out[15];
    lc_streaming *s;
    ck_assert_int_eq(lc_streaming_create(&s, net, 5, 1, NULL), LC_OK);
    size_t library = lc_allocations(), all = heap_calls();
    for (int i = 0; i < 20; i++) lc_streaming_step(s, w, x, out);
    size_t library_after = lc_allocations(), all_after = heap_calls();
    ck_assert_uint_eq(library_after, library);
    ck_assert_uint_eq(all_after, all);
    lc_streaming_free(s);
    lc_streaming_free(NULL);
    ck_assert_int_eq(lc_streaming_create(&s, net, 0, 1, NULL), LC_E_USAGE);
    lc_free(w);
    lc_network_free(net);
    lstm_case_free(&c);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("streaming");
    TCase *c = tcase_create("stream");
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, a_stream_is_its_window_step_by_step, 0, ISA_COUNT);
    tcase_add_test(c, steps_allocate_nothing);
    suite_add_tcase(s, c);
    return s;
}
