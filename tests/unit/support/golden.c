#define _GNU_SOURCE
#include "unit/support/golden.h"

#include <check.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define ENDING ".safetensors"

static int is_golden(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name), k = strlen(ENDING);
    return n > k && strcmp(entry->d_name + n - k, ENDING) == 0;
}

size_t golden_list(char ***paths)
{
    const char *folder = getenv("LC_TEST_DATA");
    if (!folder || !*folder) folder = "tests/golden";
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_golden, alphasort);
    ck_assert_msg(n > 0, "no golden files in %s: run from the repository root or set LC_TEST_DATA", folder);
    *paths = calloc((size_t)n, sizeof **paths);
    ck_assert_ptr_nonnull(*paths);
    for (int i = 0; i < n; i++) {
        ck_assert_int_gt(asprintf(&(*paths)[i], "%s/%s", folder, entries[i]->d_name), 0);
        free(entries[i]);
    }
    free(entries);
    return (size_t)n;
}

void golden_free_list(char **paths, size_t n)
{
    for (size_t i = 0; i < n; i++) free(paths[i]);
    free(paths);
}

static const char *text_of(const struct golden *g, const char *key)
{
    const char *text = lc_safetensors_metadata(g->file, key);
    ck_assert_msg(text != NULL, "%s: no metadata \"%s\"", g->name, key);
    return text;
}

static size_t count_of(const struct golden *g, const char *key)
{
    const char *text = text_of(g, key);
    long long n;
    ck_assert_msg(lc_parse_int(text, strlen(text), &n) && n >= 0, "%s: %s is \"%s\"", g->name, key, text);
    return (size_t)n;
}

static double real_of(const struct golden *g, const char *key)
{
    const char *text = text_of(g, key);
    double x;
    ck_assert_msg(lc_parse_double(text, strlen(text), &x), "%s: %s is \"%s\"", g->name, key, text);
    return x;
}

/* The data of the tensor prefix + name, which must have this shape; a size of 0 ends the list. */
static const float *tensor_of(const struct golden *g, const char *prefix, const char *name, size_t a, size_t b,
                              size_t c)
{
    char full[80];
    snprintf(full, sizeof full, "%s%s", prefix, name);
    const lc_tensor *t = lc_safetensors_find(g->file, full);
    ck_assert_msg(t != NULL, "%s: no tensor \"%s\"", g->name, full);
    const size_t want[] = {a, b, c};
    size_t dims = c ? 3 : b ? 2 : 1;
    ck_assert_msg(t->dims == dims && memcmp(t->shape, want, dims * sizeof want[0]) == 0, "%s: the shape of \"%s\"",
                  g->name, full);
    return t->data;
}

static void read_param(struct golden *g, struct golden_param *p, size_t columns)
{
    const lc_tensor *t = lc_safetensors_find(g->file, p->name);
    p->columns = columns ? columns : 1;
    p->size = p->rows * p->columns;
    p->data = tensor_of(g, "", p->name, p->rows, columns, 0);
    p->grad = tensor_of(g, "grad.", p->name, p->rows, columns, 0);
    if (g->adam_steps) p->after = tensor_of(g, "after.", p->name, p->rows, columns, 0);
    p->name = t->name; /* lives as long as the file */
}

void golden_read(struct golden *g, const char *path)
{
    *g = (struct golden){0};
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    snprintf(g->name, sizeof g->name, "%.*s", (int)(strlen(base) - strlen(ENDING)), base);
    lc_status st = {0};
    ck_assert_msg(lc_safetensors_read(&g->file, path, &st) == LC_OK, "%s: %s", path, st.text);

    g->batch = count_of(g, "batch");
    g->steps = count_of(g, "steps");
    g->inputs = count_of(g, "inputs");
    g->hidden = count_of(g, "hidden");
    g->layers = count_of(g, "layers");
    g->outputs = count_of(g, "outputs");
    g->missing = count_of(g, "missing");
    g->loss_name = text_of(g, "loss");
    if (lc_safetensors_metadata(g->file, "adam_steps")) {
        g->adam_steps = count_of(g, "adam_steps");
        g->adam_lr = real_of(g, "adam_lr");
        g->adam_clip = real_of(g, "adam_clip");
    }
    g->x = tensor_of(g, "", "x", g->batch, g->steps, g->inputs);
    g->y = tensor_of(g, "", "y", g->batch, g->outputs, 0);
    g->out = tensor_of(g, "", "out", g->batch, g->outputs, 0);
    g->loss = tensor_of(g, "", "loss", 1, 0, 0)[0];
    size_t missing = 0;
    for (size_t i = 0; i < g->batch * g->outputs; i++) missing += isnan(g->y[i]) != 0;
    ck_assert_uint_eq(missing, g->missing);

    g->params = 4 * g->layers + 2;
    g->param = calloc(g->params, sizeof *g->param);
    ck_assert_ptr_nonnull(g->param);
    for (size_t i = 0; i < g->params; i++) {
        static const char *const kinds[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"};
        size_t layer = i / 4;
        const size_t columns[] = {layer ? g->hidden : g->inputs, g->hidden, 0, 0};
        struct golden_param *p = &g->param[i];
        char name[64];
        p->name = name;
        p->rows = layer < g->layers ? 4 * g->hidden : g->outputs;
        if (layer < g->layers) snprintf(name, sizeof name, "lstm.%s_l%zu", kinds[i % 4], layer);
        else snprintf(name, sizeof name, i % 4 ? "head.bias" : "head.weight");
        read_param(g, p, layer < g->layers ? columns[i % 4] : i % 4 ? 0 : g->hidden);
    }
}

void golden_free(struct golden *g)
{
    free(g->param);
    lc_safetensors_free(g->file);
    *g = (struct golden){0};
}

static size_t one_to(lc_rng *r, size_t most)
{
    return 1 + (size_t)(lc_rng_u64(r) % most);
}

struct lstm_shape random_shape(lc_rng *r, struct lstm_shape most)
{
    struct lstm_shape s;
    s.batch = one_to(r, most.batch);
    s.steps = one_to(r, most.steps);
    s.inputs = one_to(r, most.inputs);
    s.hidden = one_to(r, most.hidden);
    s.layers = one_to(r, most.layers);
    s.outputs = one_to(r, most.outputs);
    return s;
}
