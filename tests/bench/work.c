#include "bench/work.h"

#include <math.h>
#include <stdlib.h>
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
static void gather(void *user, size_t first, const lc_rows *to)
{
    const bench *b = user;
    const shape *s = b->shape;
    float *x = to->x, *target = to->target;
    const size_t rows = to->n, row_stride = to->row_stride, step_stride = to->step_stride;
    for (size_t t = 0; t < s->steps; t++)
        for (size_t r = 0; r < rows; r++)
            memcpy(x + t * step_stride + r * row_stride, b->data + (first + r + t) * s->inputs, s->inputs * sizeof *x);
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

static lc_code open_engine(bench *b, bool timed, lc_status *st)
{
    lc_engine_options o = {.loss = lc_loss_find("mse"),
                           .batch = b->shape->batch,
                           .shards = b->shards,
                           .threads = b->threads,
                           .clip = 1,
                           .seed = 1,
                           .timed = timed};
    return lc_engine_create(&b->engine, b->net, &o, st);
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
    size_t cells = (s->batch + s->steps + s->outputs) * s->inputs;
    b->data = lc_calloc(cells, sizeof *b->data);
    b->out = lc_calloc(s->batch * s->outputs, sizeof *b->out);
    if (!b->data || !b->out) return lc_fail_memory(st);
    lc_rng rng = lc_rng_make(1, LC_STREAM_TEST, 0);
    for (size_t i = 0; i < cells; i++) b->data[i] = (float)lc_rng_normal(&rng);
    lc_code code = lc_network_create(&b->net, &spec, lc_kernels_default(), st);
    return code == LC_OK ? open_engine(b, false, st) : code;
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

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

typedef double phases[LC_PHASES];

/* The phases of the fastest of n steps, so that they add up to a step, and the median of each. */
static lc_code add_phases(bench *b, const phases *step, size_t n, lc_status *st)
{
    static const char *const names[LC_PHASES] = {"gather", "forward", "backward", "dW", "reduce", "update"};
    const shape *s = b->shape;
    double h = (double)s->hidden, rows = (double)(s->steps * s->batch), least = INFINITY;
    /* The FLOPs that are really there: no layer below the first one wants a gradient of its input. */
    double flops[LC_PHASES] = {[LC_PHASE_FORWARD] = rows * step_flops(s),
                               [LC_PHASE_BACKWARD] = rows * (step_flops(s) - 8 * h * (double)s->inputs),
                               [LC_PHASE_GRADIENT] = rows * step_flops(s)};
    size_t best = 0;
    double *sorted = lc_calloc(n, sizeof *sorted);
    if (!sorted) return lc_fail_memory(st);
    for (size_t i = 0; i < n; i++) {
        double whole = 0;
        for (size_t k = 0; k < LC_PHASES; k++) whole += step[i][k];
        if (whole >= least) continue;
        least = whole;
        best = i;
    }
    for (size_t k = 0; k < LC_PHASES; k++) {
        for (size_t i = 0; i < n; i++) sorted[i] = step[i][k];
        qsort(sorted, n, sizeof *sorted, ascending);
        b->figure[b->figures++] = (figure){TABLE_PHASES, names[k], {step[best][k], sorted[n / 2]}, flops[k]};
    }
    lc_free(sorted);
    return LC_OK;
}

/* On an engine of its own, as looking at the clock so often would cost the others time. */
static lc_code measure_phases(bench *b, lc_status *st)
{
    bench own = *b;
    phases *step = NULL;
    size_t n = 0, room = 0;
    own.figures = 0;
    lc_code code = open_engine(&own, true, st);
    for (double end = seconds_now() + b->seconds; code == LC_OK && (n < 4 || seconds_now() < end); n++) {
        phases before;
        if (!LC_GROW(&step, &room, n + 1)) {
            code = lc_fail_memory(st);
            break;
        }
        memcpy(before, lc_engine_phases(own.engine), sizeof before);
        code = one_step(&own, st);
        for (size_t k = 0; k < LC_PHASES; k++) step[n][k] = lc_engine_phases(own.engine)[k] - before[k];
    }
    if (code == LC_OK) code = add_phases(b, step, n, st);
    free(step);
    lc_engine_free(own.engine);
    return code;
}

static lc_code one_inference(void *ctx, lc_status *st)
{
    (void)st;
    bench *b = ctx;
    lc_infer_predict(b->infer, lc_engine_weights(b->engine), b->rows, gather, b, b->out);
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

static lc_code one_row(void *ctx, lc_status *st)
{
    bench *b = ctx;
    (void)st;
    lc_streaming_step(b->stream, lc_engine_weights(b->engine), b->data, b->out);
    return LC_OK;
}

/* The next step of one row whose state is at hand. */
static lc_code measure_row(bench *b, lc_status *st)
{
    lc_code code = lc_streaming_create(&b->stream, b->net, 1, b->threads, st);
    if (code == LC_OK) code = add_figure(b, "row", step_flops(b->shape), one_row, st);
    lc_streaming_free(b->stream);
    b->stream = NULL;
    return code;
}

const work works[] = {{"train", measure_train},
                      {"phases", measure_phases},
                      {"infer", measure_infer},
                      {"window1", measure_window1},
                      {"row", measure_row}};
const size_t n_works = sizeof works / sizeof works[0];
