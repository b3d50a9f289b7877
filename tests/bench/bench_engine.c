/* Times whole training steps (gather, forward, backward, reduction, clip, Adam) on the shapes that other frameworks
 * are timed on, one JSON line for each shape and number of threads: the fastest of many steps.
 * FLOPs are counted as 3 * 2 * 4H * (inputs + H) * steps * batch, summed over layers. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/rng.h"
#include "nn/arch.h"
#include "par/team.h"
#include "train/engine.h"

typedef struct shape {
    const char *name;
    size_t batch, steps, inputs, hidden, layers;
} shape;

static const shape shapes[] = {
    {"a", 32, 24, 1, 32, 1},   {"b", 64, 48, 8, 64, 1},     {"c", 64, 96, 8, 128, 1},
    {"d", 128, 96, 8, 128, 2}, {"e", 128, 168, 16, 256, 1},
};

/* Noise of its own for every cell, so that nothing is denormal or constant. */
static void gather(void *user, size_t first, size_t rows, float *x, size_t row_stride, size_t step_stride,
                  float *target)
{
    const shape *s = user;
    for (size_t t = 0; t < s->steps; t++)
        for (size_t r = 0; r < rows; r++)
            for (size_t c = 0; c < s->inputs; c++)
                x[t * step_stride + r * row_stride + c] = (float)(((first + r) * 31 + t * 17 + c * 7) % 101) / 50.0f - 1.0f;
    for (size_t r = 0; r < rows && target; r++) target[r] = (float)((first + r) % 7) / 7.0f;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int run(const shape *s, size_t threads, double budget)
{
    lc_status st = {0};
    lc_network *net = NULL;
    lc_engine *e = NULL;
    lc_network_spec spec = {.arch = lc_arch_find("lstm"),
                            .inputs = s->inputs,
                            .steps = s->steps,
                            .hidden = s->hidden,
                            .layers = s->layers,
                            .outputs = 1};
    const lc_kernels *kernels = lc_kernels_default();
    lc_engine_options o = {.loss = lc_loss_find("mse"), .batch = s->batch, .threads = threads, .clip = 1, .seed = 1};
    int failed = 1;
    if (!kernels || lc_network_create(&net, &spec, kernels, &st) != LC_OK) goto done;
    if (lc_engine_create(&e, net, &o, &st) != LC_OK) goto done;
    double best = 1e9, loss = 0;
    shape copy = *s;
    for (double end = now() + budget; now() < end;) {
        double start = now();
        if (lc_engine_step(e, s->batch, 1e-3, gather, &copy, &loss, &st) != LC_OK) goto done;
        double took = now() - start;
        if (took < best) best = took;
    }
    double units = (double)(s->inputs + s->hidden) + (double)(s->layers - 1) * 2 * (double)s->hidden;
    double flops = 24.0 * (double)s->hidden * units * (double)s->steps * (double)s->batch;
    printf("{\"engine\": \"loomcast %s\", \"shape\": \"%s\", \"threads\": %zu, \"train_ms\": %.3f, \"train_gflops\": "
           "%.1f}\n",
           kernels->isa, s->name, threads, best * 1e3, flops / best / 1e9);
    failed = 0;
done:
    if (failed) fprintf(stderr, "bench_engine: %s\n", st.text);
    lc_engine_free(e);
    lc_network_free(net);
    return failed;
}

/* usage: bench_engine [SECONDS_PER_SHAPE] */
int main(int argc, char **argv)
{
    double budget = argc > 1 ? atof(argv[1]) : 1.0;
    size_t all = lc_team_default();
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (run(&shapes[i], 1, budget)) return EXIT_FAILURE;
        if (all > 1 && run(&shapes[i], all, budget)) return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
