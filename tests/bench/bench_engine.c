/* Times the engine on the shapes that other engines are timed on too (scripts/bench/engine-peers): one row for each
 * shape and number of threads, as a table or as JSON lines, beside the peak of multiply-adds that this machine reaches
 * with the same instructions.
 * FLOPs of a training step are counted as 3 * 2 * 4H * (inputs + H) * steps * batch, summed over layers; inference is a
 * third of it. That counts the gradient of the input too, which no first layer computes: where inputs are as wide as H,
 * a sixth of the FLOPs is not there to be done, and the share of the peak can pass 100 %. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/rng.h"
#include "bench/measure.h"
#include "bench/peak.h"
#include "nn/arch.h"
#include "par/team.h"
#include "train/engine.h"

typedef struct shape {
    const char *name;
    size_t batch, steps, inputs, hidden, layers, outputs;
} shape;

static const shape shapes[] = {
    {"a", 32, 24, 1, 32, 1, 1},
    {"b", 64, 48, 8, 64, 1, 1},
    {"c", 64, 96, 8, 128, 1, 1},
    {"d", 128, 96, 8, 128, 2, 1},
    {"e", 128, 168, 16, 256, 1, 1},
    {"h16", 32, 16, 11, 16, 1, 4},         /* as detect trains */
    {"auto-large", 256, 14, 64, 64, 1, 1}, /* the default recipe with many windows */
    {"auto-small", 32, 14, 32, 32, 1, 1},  /* and with few */
};
enum { SHAPES = sizeof shapes / sizeof shapes[0], MOST_FIGURES = 16, MOST_COUNTS = 16 };

typedef struct figure {
    const char *what;
    timing time;
    double flops; /* 0: not counted */
} figure;

/* One shape on one number of threads. */
typedef struct bench {
    const shape *shape;
    size_t threads, shards;
    double seconds;
    float *data; /* (batch + steps + outputs, inputs): rows of a series, windows overlap as they do in training */
    float *out;  /* (batch, outputs) */
    lc_network *net;
    lc_engine *engine;
    lc_infer *infer;
    size_t rows; /* that measured inference asks for */
    figure figure[MOST_FIGURES];
    size_t figures;
} bench;

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

/* ---- what can be measured: each adds one figure or several ---- */

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

static const struct {
    const char *what;
    lc_code (*run)(bench *b, lc_status *st);
} measures[] = {{"train", measure_train}, {"infer", measure_infer}, {"window1", measure_window1}};
enum { MEASURES = sizeof measures / sizeof measures[0] };

/* ---- a run ---- */

typedef struct options {
    double seconds;
    size_t shards;
    size_t threads[MOST_COUNTS], n_threads;
    bool shape[SHAPES];
    bool measure[MEASURES];
    const char *json; /* NULL: table only; "-": JSON on standard output and no table */
} options;

static void bench_close(bench *b)
{
    lc_infer_free(b->infer);
    lc_engine_free(b->engine);
    lc_network_free(b->net);
    lc_free(b->data);
    lc_free(b->out);
}

static lc_code bench_open(bench *b, lc_status *st)
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

static lc_code run(bench *b, const options *o, lc_status *st)
{
    lc_code code = bench_open(b, st);
    for (size_t i = 0; i < MEASURES && code == LC_OK; i++)
        if (o->measure[i]) code = measures[i].run(b, st);
    bench_close(b);
    return code;
}

static double of_peak(const figure *f, double peak)
{
    return peak > 0 ? 100 * f->flops / f->time.best / peak : 0;
}

static void print_heads(const bench *b)
{
    printf("%-10s %4s %4s %3s %3s %1s  %7s", "shape", "B", "T", "I", "H", "L", "threads");
    for (size_t i = 0; i < b->figures; i++) {
        printf("  %10s ms", b->figure[i].what);
        if (b->figure[i].flops > 0) printf(" %7s %5s", "GF/s", "peak");
    }
    puts("");
}

static void print_row(const bench *b, double peak)
{
    const shape *s = b->shape;
    printf("%-10s %4zu %4zu %3zu %3zu %1zu  %7zu", s->name, s->batch, s->steps, s->inputs, s->hidden, s->layers,
           b->threads);
    for (size_t i = 0; i < b->figures; i++) {
        const figure *f = &b->figure[i];
        printf("  %13.5g", f->time.best * 1e3);
        if (f->flops > 0) printf(" %7.1f %3.0f %%", f->flops / f->time.best / 1e9, of_peak(f, peak));
    }
    puts("");
}

static void print_json(FILE *out, const bench *b, double peak)
{
    for (size_t i = 0; i < b->figures; i++) {
        const figure *f = &b->figure[i];
        fprintf(out,
                "{\"engine\": \"loomcast\", \"isa\": \"%s\", \"shape\": \"%s\", \"threads\": %zu, \"shards\": %zu, "
                "\"what\": \"%s\", \"ms\": %.6f, \"median_ms\": %.6f",
                lc_kernels_default()->isa, b->shape->name, b->threads, b->shards, f->what, f->time.best * 1e3,
                f->time.median * 1e3);
        if (f->flops > 0)
            fprintf(out, ", \"gflops\": %.2f, \"of_peak\": %.1f", f->flops / f->time.best / 1e9, of_peak(f, peak));
        fputs("}\n", out);
    }
}

/* Measured before every shape, as clocks change; what was reached once counts for all of the run. */
static void raise_peaks(double *peak, const options *o)
{
    for (size_t k = 0; k < o->n_threads; k++) {
        double now = peak_flops(lc_kernels_default()->isa, o->threads[k]);
        if (now > peak[k]) peak[k] = now;
    }
}

static void print_all(const options *o, const bench *done, size_t n, const double *peak, FILE *json)
{
    const char *isa = lc_kernels_default()->isa;
    bool table = json != stdout;
    for (size_t k = 0; k < o->n_threads; k++) {
        if (table) printf("peak of multiply-adds (%s), threads: %zu: %.1f GF/s\n", isa, o->threads[k], peak[k] / 1e9);
        if (json)
            fprintf(json,
                    "{\"engine\": \"loomcast\", \"isa\": \"%s\", \"threads\": %zu, \"what\": \"peak\", \"gflops\": "
                    "%.2f}\n",
                    isa, o->threads[k], peak[k] / 1e9);
    }
    for (size_t i = 0; i < n; i++) {
        if (!done[i].figures) continue;
        if (table && i == 0) print_heads(&done[i]);
        if (table) print_row(&done[i], peak[i % o->n_threads]);
        if (json) print_json(json, &done[i], peak[i % o->n_threads]);
    }
}

/* ---- options ---- */

static const char usage[] =
    "usage: bench_engine [--seconds S] [--shapes a,b,...] [--threads 1,2,...] [--what train,infer,window1,peak]\n"
    "                    [--shards N] [--json FILE|-]\n"
    "S is the time for each figure (default 1); without --threads one thread and all; N 0: as the settings say\n";

static bool read_counts(options *o, char *list)
{
    o->n_threads = 0;
    for (char *part = strtok(list, ","); part; part = strtok(NULL, ",")) {
        long n = strtol(part, NULL, 10);
        if (n < 1 || o->n_threads == MOST_COUNTS) return false;
        o->threads[o->n_threads++] = (size_t)n;
    }
    return o->n_threads > 0;
}

static bool read_shapes(options *o, char *list)
{
    memset(o->shape, 0, sizeof o->shape);
    for (char *part = strtok(list, ","); part; part = strtok(NULL, ",")) {
        size_t i = 0;
        while (i < SHAPES && strcmp(part, shapes[i].name) != 0) i++;
        if (i == SHAPES) return false;
        o->shape[i] = true;
    }
    return true;
}

static bool read_measures(options *o, char *list)
{
    memset(o->measure, 0, sizeof o->measure);
    for (char *part = strtok(list, ","); part; part = strtok(NULL, ",")) {
        size_t i = 0;
        while (i < MEASURES && strcmp(part, measures[i].what) != 0) i++;
        if (i < MEASURES) o->measure[i] = true;
        else if (strcmp(part, "peak") != 0) return false; /* the peak is always measured */
    }
    return true;
}

static bool read_option(options *o, const char *name, char *value)
{
    if (strcmp(name, "--seconds") == 0) return (o->seconds = strtod(value, NULL)) > 0;
    if (strcmp(name, "--shards") == 0) {
        o->shards = strtoul(value, NULL, 10);
        return true;
    }
    if (strcmp(name, "--json") == 0) {
        o->json = value;
        return true;
    }
    if (strcmp(name, "--threads") == 0) return read_counts(o, value);
    if (strcmp(name, "--shapes") == 0) return read_shapes(o, value);
    if (strcmp(name, "--what") == 0) return read_measures(o, value);
    return false;
}

static bool read_options(options *o, int argc, char **argv)
{
    size_t all = lc_team_default();
    *o = (options){.seconds = 1, .threads = {1, all}, .n_threads = all > 1 ? 2 : 1};
    for (size_t i = 0; i < SHAPES; i++) o->shape[i] = true;
    for (size_t i = 0; i < MEASURES; i++) o->measure[i] = true;
    for (int i = 1; i < argc; i += 2)
        if (i + 1 == argc || !read_option(o, argv[i], argv[i + 1])) return false;
    return true;
}

int main(int argc, char **argv)
{
    static bench done[SHAPES * MOST_COUNTS];
    static double peak[MOST_COUNTS];
    size_t n = 0;
    options o;
    if (!read_options(&o, argc, argv)) {
        fputs(usage, stderr);
        return 2;
    }
    if (!lc_kernels_default()) {
        fputs("bench_engine: no such instruction set: see LOOMCAST_ISA\n", stderr);
        return 2;
    }
    bool apart = o.json && strcmp(o.json, "-") != 0;
    FILE *json = apart ? fopen(o.json, "w") : o.json ? stdout : NULL;
    if (apart && !json) {
        perror(o.json);
        return EXIT_FAILURE;
    }
    raise_peaks(peak, &o);
    for (size_t i = 0; i < SHAPES; i++) {
        for (size_t k = 0; k < o.n_threads && o.shape[i]; k++) {
            lc_status st = {0};
            bench *b = &done[n++];
            *b = (bench){.shape = &shapes[i], .threads = o.threads[k], .shards = o.shards, .seconds = o.seconds};
            if (isatty(STDERR_FILENO)) fprintf(stderr, "%s, threads: %zu\n", b->shape->name, b->threads);
            if (run(b, &o, &st) == LC_OK) continue;
            fprintf(stderr, "bench_engine: %s: %s\n", b->shape->name, st.text);
            return EXIT_FAILURE;
        }
        if (o.shape[i]) raise_peaks(peak, &o);
    }
    print_all(&o, done, n, peak, json);
    if (apart && fclose(json) != 0) {
        perror(o.json);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
