#include "bench/work.h"

#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "nn/arch.h"

const shape shapes[] = {
    {"a", 32, 24, 1, 32, 1, 1},
    {"b", 64, 48, 8, 64, 1, 1},
    {"c", 64, 96, 8, 128, 1, 1},
    {"d", 128, 96, 8, 128, 2, 1},
    {"e", 128, 168, 16, 256, 1, 1},
    {"h16", 32, 16, 11, 16, 1, 4},         /* as detect trains */
    {"auto-large", 256, 14, 64, 64, 1, 1}, /* the default recipe with many windows */
    {"auto-small", 32, 14, 32, 32, 1, 1},  /* and with few */
};
const size_t n_shapes = sizeof shapes / sizeof shapes[0];

/* Window r is rows r..r+steps-1 of the data; what follows them is its target. */
static void gather(void *user, size_t first, size_t rows, float *x, size_t ld, float *target)
{
    const bench *b = user;
    const shape *s = b->shape;
    for (size_t t = 0; t < s->steps; t++)
        for (size_t r = 0; r < rows; r++)
            memcpy(x + (t * rows + r) * ld, b->data + (first + r + t) * s->inputs, s->inputs * sizeof *x);
    for (size_t r = 0; r < rows && target; r++)
        for (size_t k = 0; k < s->outputs; k++)
            target[r * s->outputs + k] = b->data[(first + r + s->steps + k) * s->inputs];
}

static double step_flops(const shape *s)
{
    double h = (double)s->hidden;
    return 2 * 4 * h * ((double)s->inputs + h + (double)(s->layers - 1) * 2 * h);
}

static lc_code add_figure(bench *b, const char *what, double flops, work_fn fn, lc_status *st)
{
    figure f = {.what = what, .flops = flops};
    lc_code code = measure(&f.time, b->seconds, fn, b, st);
    if (code == LC_OK) b->figure[b->figures++] = f;
    return code;
}

void bench_close(bench *b)
{
    lc_infer_free(b->infer);
    lc_engine_free(b->engine);
    lc_network_free(b->net);
    lc_free(b->data);
    lc_free(b->out);
}

lc_code bench_open(bench *b, lc_status *st)
{
    const shape *s = b->shape;
    lc_network_spec spec = {.arch = lc_arch_find("lstm"),
                            .inputs = s->inputs,
                            .steps = s->steps,
                            .hidden = s->hidden,
                            .layers = s->layers,
                            .outputs = s->outputs};
    lc_engine_options o = {.loss = lc_loss_find("mse"),
                           .batch = s->batch,
                           .shards = b->shards,
                           .threads = b->threads,
                           .clip = 1,
                           .seed = 1};
    size_t cells = (s->batch + s->steps + s->outputs) * s->inputs;
    b->data = lc_calloc(cells, sizeof *b->data);
    b->out = lc_calloc(s->batch * s->outputs, sizeof *b->out);
    if (!b->data || !b->out) return lc_fail_memory(st);
    lc_rng rng = lc_rng_make(1, LC_STREAM_TEST, 0);
    for (size_t i = 0; i < cells; i++) b->data[i] = (float)lc_rng_normal(&rng);
    lc_code code = lc_network_create(&b->net, &spec, lc_kernels_default(), st);
    return code == LC_OK ? lc_engine_create(&b->engine, b->net, &o, st) : code;
}

/* ---- what can be measured ---- */

static lc_code one_step(void *ctx, lc_status *st)
{
    bench *b = ctx;
    double loss;
    return lc_engine_step(b->engine, b->shape->batch, 1e-3, gather, b, &loss, st);
}

static lc_code measure_train(bench *b, lc_status *st)
{
    const shape *s = b->shape;
    return add_figure(b, "train", 3 * step_flops(s) * (double)(s->steps * s->batch), one_step, st);
}

static lc_code one_inference(void *ctx, lc_status *st)
{
    (void)st;
    bench *b = ctx;
    lc_infer_predict(b->infer, lc_engine_weights(b->engine), lc_engine_packed(b->engine), b->rows, gather, b, b->out);
    return LC_OK;
}

static lc_code measure_rows(bench *b, const char *what, size_t rows, lc_status *st)
{
    b->rows = rows;
    lc_code code = lc_infer_create(&b->infer, b->net, rows, b->threads, st);
    if (code == LC_OK)
        code = add_figure(b, what, step_flops(b->shape) * (double)(b->shape->steps * rows), one_inference, st);
    lc_infer_free(b->infer);
    b->infer = NULL;
    return code;
}

static lc_code measure_infer(bench *b, lc_status *st)
{
    return measure_rows(b, "infer", b->shape->batch, st);
}

/* All steps of a single window. */
static lc_code measure_window1(bench *b, lc_status *st)
{
    return measure_rows(b, "window1", 1, st);
}

const work works[] = {{"train", measure_train}, {"infer", measure_infer}, {"window1", measure_window1}};
const size_t n_works = sizeof works / sizeof works[0];
