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

#include "bench/peak.h"
#include "bench/work.h"
#include "par/team.h"

enum { MOST_SHAPES = 16, MOST_WORKS = 8, MOST_COUNTS = 16 };

typedef struct options {
    double seconds;
    size_t shards;
    size_t threads[MOST_COUNTS], n_threads;
    bool shape[MOST_SHAPES];
    bool work[MOST_WORKS];
    const char *json; /* NULL: table only; "-": JSON on standard output and no table */
} options;

static lc_code run(bench *b, const options *o, lc_status *st)
{
    lc_code code = bench_open(b, st);
    for (size_t i = 0; i < n_works && code == LC_OK; i++)
        if (o->work[i]) code = works[i].run(b, st);
    bench_close(b);
    return code;
}

static double of_peak(const figure *f, double peak)
{
    return peak > 0 ? 100 * f->flops / f->time.best / peak : 0;
}

static void print_heads(const bench *b, table_id table)
{
    printf("\n%-10s", "shape");
    if (table == TABLE_WHOLE) printf(" %4s %4s %3s %3s %1s", "B", "T", "I", "H", "L");
    printf(" %7s", "threads");
    for (size_t i = 0; i < b->figures; i++) {
        if (b->figure[i].table != table) continue;
        printf("  %8s ms", b->figure[i].what);
        if (b->figure[i].flops > 0) printf(" %6s %5s", "GF/s", "peak");
    }
    puts("");
}

static void print_row(const bench *b, table_id table, double peak)
{
    const shape *s = b->shape;
    printf("%-10s", s->name);
    if (table == TABLE_WHOLE) printf(" %4zu %4zu %3zu %3zu %1zu", s->batch, s->steps, s->inputs, s->hidden, s->layers);
    printf(" %7zu", b->threads);
    for (size_t i = 0; i < b->figures; i++) {
        const figure *f = &b->figure[i];
        if (f->table != table) continue;
        printf("  %11.5g", f->time.best * 1e3);
        if (f->flops > 0) printf(" %6.1f %3.0f %%", f->flops / f->time.best / 1e9, of_peak(f, peak));
    }
    puts("");
}

static bool has_table(const bench *b, table_id table)
{
    for (size_t i = 0; i < b->figures; i++)
        if (b->figure[i].table == table) return true;
    return false;
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
    bool tables = json != stdout;
    for (size_t k = 0; k < o->n_threads; k++) {
        if (tables) printf("peak of multiply-adds (%s), threads: %zu: %.1f GF/s\n", isa, o->threads[k], peak[k] / 1e9);
        if (json)
            fprintf(json,
                    "{\"engine\": \"loomcast\", \"isa\": \"%s\", \"threads\": %zu, \"what\": \"peak\", \"gflops\": "
                    "%.2f}\n",
                    isa, o->threads[k], peak[k] / 1e9);
    }
    for (size_t i = 0; json && i < n; i++) print_json(json, &done[i], peak[i % o->n_threads]);
    for (int t = 0; t < TABLES && tables && n > 0; t++) {
        if (!has_table(&done[0], (table_id)t)) continue;
        print_heads(&done[0], (table_id)t);
        for (size_t i = 0; i < n; i++) print_row(&done[i], (table_id)t, peak[i % o->n_threads]);
    }
}

/* ---- options ---- */

static void print_usage(void)
{
    fputs("usage: bench_engine [--seconds S] [--shapes a,b,...] [--threads 1,2,...] [--shards N] [--json FILE|-]\n"
          "                    [--what ",
          stderr);
    for (size_t i = 0; i < n_works; i++) fprintf(stderr, "%s,", works[i].what);
    fputs("peak]\nS is the time for each figure (default 1); without --threads one thread and all\n", stderr);
}

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
        while (i < n_shapes && strcmp(part, shapes[i].name) != 0) i++;
        if (i == n_shapes) return false;
        o->shape[i] = true;
    }
    return true;
}

static bool read_works(options *o, char *list)
{
    memset(o->work, 0, sizeof o->work);
    for (char *part = strtok(list, ","); part; part = strtok(NULL, ",")) {
        size_t i = 0;
        while (i < n_works && strcmp(part, works[i].what) != 0) i++;
        if (i < n_works) o->work[i] = true;
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
    if (strcmp(name, "--what") == 0) return read_works(o, value);
    return false;
}

static bool read_options(options *o, int argc, char **argv)
{
    size_t all = lc_team_default();
    *o = (options){.seconds = 1, .threads = {1, all}, .n_threads = all > 1 ? 2 : 1};
    for (size_t i = 0; i < n_shapes; i++) o->shape[i] = true;
    for (size_t i = 0; i < n_works; i++) o->work[i] = true;
    for (int i = 1; i < argc; i += 2)
        if (i + 1 == argc || !read_option(o, argv[i], argv[i + 1])) return false;
    return true;
}

int main(int argc, char **argv)
{
    static bench done[MOST_SHAPES * MOST_COUNTS];
    static double peak[MOST_COUNTS];
    size_t n = 0;
    options o;
    if (!read_options(&o, argc, argv)) {
        print_usage();
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
    for (size_t i = 0; i < n_shapes; i++) {
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
