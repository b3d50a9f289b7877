#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nn/network.h"
#include "unit/support/isa.h"
#include "unit/support/unit.h"

/* Every kind of layer in the table, by the contract of nn/layer.h alone: a new row is tested without a change here,
 * as long as its kind works on any of these sizes. */

/* A layer with all blocks that a pass needs. */
typedef struct rig {
    lc_layer layer;
    size_t rows, dy_steps, dx_steps;
    size_t params, packed_n, x_n, y_n, dy_n, dx_n, saved_n; /* floats */
    float *w, *packed, *x, *y, *saved, *dy, *dx, *g;
    bool *covered; /* (params) belongs to a named tensor, so it is no padding */
} rig;

static float *block(size_t n)
{
    float *p = calloc(n + 1, sizeof *p);
    ck_assert_ptr_nonnull(p);
    return p;
}

/* (steps, rows, padded width) with random numbers in the columns that count. */
static void draw(float *to, size_t steps_rows, size_t width, lc_rng *r)
{
    for (size_t i = 0; i < steps_rows; i++)
        for (size_t j = 0; j < width; j++) to[i * lc_padded(width) + j] = (float)lc_rng_normal(r);
}

/* Fills every tensor: with ones, or with random numbers. */
static void put_all(const lc_layer *l, float *w, lc_rng *r)
{
    lc_layer_tensor t[LC_LAYER_TENSORS];
    size_t n = l->kind->tensors(l, t);
    ck_assert_uint_le(n, LC_LAYER_TENSORS);
    for (size_t i = 0; i < n; i++) {
        ck_assert(t[i].name[0] && (t[i].dims == 1 || t[i].dims == 2) && t[i].shape[0] > 0);
        if (t[i].dims == 1) ck_assert_uint_eq(t[i].shape[1], 1);
        size_t size = t[i].shape[0] * t[i].shape[1];
        float *values = block(size);
        for (size_t e = 0; e < size; e++) values[e] = r ? (float)(.6 * lc_rng_normal(r)) : 1;
        l->kind->put(l, w, i, values);
        free(values);
    }
}

static rig make_rig(const lc_layer_kind *kind, size_t steps, size_t rows, size_t inputs, size_t outputs, double rate,
                    bool all_steps)
{
    rig b = {.rows = rows};
    b.layer = (lc_layer){.kind = kind, .steps = steps, .inputs = inputs, .outputs = outputs, .rate = rate};
    const lc_layer *l = &b.layer;
    size_t out_steps = kind->out_steps(l);
    ck_assert(out_steps >= 1 && out_steps <= steps);
    b.dy_steps = all_steps ? out_steps : 1;
    b.dx_steps = kind->dx_steps(l, b.dy_steps);
    ck_assert(b.dx_steps >= 1 && b.dx_steps <= steps);
    b.params = kind->params(l);
    ck_assert_uint_eq(b.params % LC_LANES, 0);
    b.packed_n = kind->packed(l);
    b.saved_n = kind->saved(l, rows, true);
    ck_assert_uint_le(kind->saved(l, rows, false), b.saved_n);
    b.x_n = steps * rows * lc_padded(inputs);
    b.dx_n = b.dx_steps * rows * lc_padded(inputs);
    b.y_n = out_steps * rows * lc_padded(outputs);
    b.dy_n = b.dy_steps * rows * lc_padded(outputs);
    float **blocks[] = {&b.w, &b.packed, &b.x, &b.y, &b.saved, &b.dy, &b.dx, &b.g};
    size_t floats[] = {b.params, b.packed_n, b.x_n, b.y_n, b.saved_n, b.dy_n, b.dx_n, b.params};
    for (size_t i = 0; i < 8; i++) *blocks[i] = block(floats[i]);

    put_all(l, b.w, NULL);
    b.covered = calloc(b.params + 1, sizeof *b.covered);
    for (size_t i = 0; i < b.params; i++) b.covered[i] = b.w[i] != 0;
    memset(b.w, 0, b.params * sizeof *b.w);
    lc_rng r = lc_rng_make(3, LC_STREAM_TEST, steps * 1000 + rows * 100 + inputs);
    put_all(l, b.w, &r);
    draw(b.x, steps * rows, inputs, &r);
    draw(b.dy, b.dy_steps * rows, outputs, &r);
    return b;
}

static void free_rig(rig *b)
{
    float *blocks[] = {b->w, b->packed, b->x, b->y, b->saved, b->dy, b->dx, b->g};
    for (size_t i = 0; i < 8; i++) free(blocks[i]);
    free(b->covered);
}

static lc_pass pass_of(rig *b, bool keep)
{
    return (lc_pass){.kernels = lc_kernels_select(NULL),
                     .rows = b->rows,
                     .keep = keep,
                     .noise = 99,
                     .w = b->w,
                     .packed = b->packed,
                     .x = b->x,
                     .y = b->y,
                     .saved = b->saved,
                     .dy = b->dy,
                     .dy_steps = b->dy_steps,
                     .dx = b->dx,
                     .g = b->g};
}

/* The number whose gradient is dy: the sum of dy times the last dy_steps steps of y. */
static double value_of(rig *b)
{
    b->layer.kind->pack(&b->layer, b->w, b->packed);
    for (size_t i = 0; i < b->y_n; i++) b->y[i] = NAN;
    lc_pass p = pass_of(b, true);
    b->layer.kind->forward(&b->layer, &p);
    double sum = 0;
    const float *y = b->y + b->y_n - b->dy_n;
    for (size_t i = 0; i < b->dy_n; i++) sum += (double)b->dy[i] * (double)y[i];
    return sum;
}

/* By how much the value changes with *at: central differences of fourth order, since float leaves no room for small
 * steps. */
static double slope_at(rig *b, float *at)
{
    const float h = 0.03f, was = *at;
    double value[4];
    for (int i = 0; i < 4; i++) {
        const float step[] = {-2, -1, 1, 2};
        *at = was + step[i] * h;
        value[i] = value_of(b);
    }
    *at = was;
    return (8 * (value[2] - value[1]) - (value[3] - value[0])) / (12 * (double)h);
}

static void check_slopes(rig *b, float *values, const float *gradient, size_t n, const bool *covered, const char *what)
{
    const char *kind = b->layer.kind->name;
    double most = 1e-3;
    for (size_t i = 0; i < n; i++) most = fmax(most, fabs((double)gradient[i]));
    for (size_t i = 0; i < n; i++) {
        if (!covered[i]) {
            UNIT_MUST(gradient[i] == 0, "%s: padding %zu of %s has the gradient %g", kind, i, what,
                      (double)gradient[i]);
            continue;
        }
        double slope = slope_at(b, &values[i]);
        UNIT_MUST(fabs(slope - (double)gradient[i]) < 1e-3 * most,
                  "%s, %zu steps, %zu rows, %zu -> %zu, gradient of %zu steps: %s %zu has %g, differences say %g", kind,
                  b->layer.steps, b->rows, b->layer.inputs, b->layer.outputs, b->dy_steps, what, i, (double)gradient[i],
                  slope);
    }
}

static void check_gradient(rig *b)
{
    const lc_layer *l = &b->layer;
    value_of(b);
    for (size_t i = 0; i < b->dx_n; i++) b->dx[i] = NAN; /* overwritten, not added to */
    for (size_t i = 0; i < b->params; i++) b->g[i] = (b->covered[i] ? 2.0f : 0.0f);
    lc_pass p = pass_of(b, true);
    l->kind->backward(l, &p);
    float *g = block(b->params), *dx = block(b->dx_n);
    for (size_t i = 0; i < b->params; i++) g[i] = b->g[i] - (b->covered[i] ? 2.0f : 0.0f); /* added to */
    memcpy(dx, b->dx, b->dx_n * sizeof *dx);

    /* dx is not asked for by the lowest layer. */
    float *alone = block(b->params);
    value_of(b);
    p = pass_of(b, true);
    p.dx = NULL;
    p.g = alone;
    l->kind->backward(l, &p);
    for (size_t i = 0; i < b->params; i++)
        UNIT_MUST(fabsf(alone[i] - g[i]) <= 1e-5f * (1 + fabsf(g[i])), "%s: parameter %zu without dx", l->kind->name,
                  i);

    check_slopes(b, b->w, g, b->params, b->covered, "parameter");
    bool *counts = calloc(b->x_n + 1, sizeof *counts);
    for (size_t i = 0; i < b->x_n; i++) counts[i] = i % lc_padded(l->inputs) < l->inputs;
    float *last = b->x + b->x_n - b->dx_n;
    check_slopes(b, last, dx, b->dx_n, counts, "input");
    /* Steps without a gradient have none. */
    float *zero = block(b->x_n);
    check_slopes(b, b->x, zero, b->x_n - b->dx_n, counts, "early input");
    free(zero);
    free(counts);
    free(g);
    free(dx);
    free(alone);
}

typedef struct size_set {
    size_t steps, rows, inputs, outputs;
} size_set;
static const size_set sets[] = {{1, 1, 1, 1}, {4, 3, 2, 2}, {3, 2, 3, 18}, {3, 7, 17, 2}, {5, 1, 16, 16}};
enum { SETS = sizeof sets / sizeof sets[0] };

/* A kind without parameters keeps its width. */
static bool fits(const lc_layer_kind *kind, const size_set *s)
{
    lc_layer l = {.kind = kind, .steps = s->steps, .inputs = s->inputs, .outputs = s->outputs};
    return kind->params(&l) > 0 || s->inputs == s->outputs;
}

START_TEST(gradients_agree_with_differences)
{
    for (size_t k = 0; lc_layer_kinds[k]; k++)
        for (size_t i = 0; i < SETS; i++)
            for (int all_steps = 0; all_steps < 2; all_steps++) {
                if (!fits(lc_layer_kinds[k], &sets[i])) continue;
                rig b = make_rig(lc_layer_kinds[k], sets[i].steps, sets[i].rows, sets[i].inputs, sets[i].outputs, .4,
                                 all_steps);
                check_gradient(&b);
                free_rig(&b);
            }
}
END_TEST

START_TEST(padding_of_outputs_is_zero)
{
    for (size_t k = 0; lc_layer_kinds[k]; k++)
        for (size_t i = 0; i < SETS; i++)
            for (int keep = 0; keep < 2; keep++) {
                if (!fits(lc_layer_kinds[k], &sets[i])) continue;
                rig b =
                    make_rig(lc_layer_kinds[k], sets[i].steps, sets[i].rows, sets[i].inputs, sets[i].outputs, .4, true);
                value_of(&b);
                lc_pass p = pass_of(&b, keep);
                b.layer.kind->forward(&b.layer, &p);
                size_t width = lc_padded(sets[i].outputs);
                for (size_t e = 0; e < b.y_n; e++) {
                    UNIT_MUST(isfinite(b.y[e]), "%s: y[%zu] is not finite", b.layer.kind->name, e);
                    UNIT_MUST(e % width < sets[i].outputs || b.y[e] == 0, "%s: padding y[%zu] is %g",
                              b.layer.kind->name, e, (double)b.y[e]);
                }
                free_rig(&b);
            }
}
END_TEST

/* Without dropout, keeping what backward needs changes no output; with it, inference passes everything on. */
START_TEST(inference_computes_the_same)
{
    for (size_t k = 0; lc_layer_kinds[k]; k++)
        for (size_t i = 0; i < SETS; i++) {
            if (!fits(lc_layer_kinds[k], &sets[i])) continue;
            float *y[2] = {NULL, NULL};
            for (int v = 0; v < 2; v++) {
                rig b = make_rig(lc_layer_kinds[k], sets[i].steps, sets[i].rows, sets[i].inputs, sets[i].outputs,
                                 v ? .5 : 0, true);
                value_of(&b);
                lc_pass p = pass_of(&b, v == 0);
                b.layer.kind->forward(&b.layer, &p);
                y[v] = block(b.y_n);
                memcpy(y[v], b.y, b.y_n * sizeof *b.y);
                if (v)
                    UNIT_MUST(memcmp(y[0], y[1], b.y_n * sizeof *b.y) == 0, "%s: inference differs",
                              b.layer.kind->name);
                free_rig(&b);
            }
            free(y[0]);
            free(y[1]);
        }
}
END_TEST

/* put and get are each other's inverse, up to biases that add up; padding stays zero; init fills what put fills. */
START_TEST(parameters_go_there_and_back)
{
    for (size_t k = 0; lc_layer_kinds[k]; k++)
        for (size_t i = 0; i < SETS; i++) {
            if (!fits(lc_layer_kinds[k], &sets[i])) continue;
            rig b = make_rig(lc_layer_kinds[k], sets[i].steps, sets[i].rows, sets[i].inputs, sets[i].outputs, 0, true);
            const lc_layer *l = &b.layer;
            float *again = block(b.params);
            lc_layer_tensor t[LC_LAYER_TENSORS];
            size_t n = l->kind->tensors(l, t), named = 0, covered = 0;
            for (size_t j = 0; j < n; j++) {
                size_t size = t[j].shape[0] * t[j].shape[1];
                float *values = block(size);
                for (size_t e = 0; e < size; e++) values[e] = NAN;
                l->kind->get(l, b.w, j, values);
                for (size_t e = 0; e < size; e++)
                    UNIT_MUST(isfinite(values[e]), "%s: get left %s[%zu] out", l->kind->name, t[j].name, e);
                l->kind->put(l, again, j, values);
                free(values);
                named += size;
            }
            UNIT_MUST(memcmp(again, b.w, b.params * sizeof *again) == 0, "%s: put(get) is not the same", l->kind->name);
            lc_rng r = lc_rng_make(1, LC_STREAM_INIT, 0);
            memset(again, 0, b.params * sizeof *again);
            l->kind->init(l, again, &r);
            for (size_t e = 0; e < b.params; e++) {
                covered += b.covered[e] ? 1 : 0;
                UNIT_MUST(b.covered[e] ? isfinite(again[e]) && again[e] != 0 : again[e] == 0 && b.w[e] == 0,
                          "%s: parameter %zu starts at %g", l->kind->name, e, (double)again[e]);
            }
            ck_assert_uint_le(covered, named);
            free(again);
            free_rig(&b);
        }
}
END_TEST

START_TEST(kinds_are_found_by_name)
{
    size_t n = 0;
    for (; lc_layer_kinds[n]; n++) {
        ck_assert_ptr_eq(lc_layer_find(lc_layer_kinds[n]->name), lc_layer_kinds[n]);
        for (size_t i = 0; i < n; i++) ck_assert_str_ne(lc_layer_kinds[i]->name, lc_layer_kinds[n]->name);
    }
    ck_assert_uint_ge(n, 3);
    ck_assert_ptr_null(lc_layer_find("none"));
    ck_assert_ptr_null(lc_layer_find(""));
}
END_TEST

/* PyTorch's names and layout, by hand: weight_ih[gate * H + unit][input]. */
START_TEST(lstm_tensors_are_pytorchs)
{
    rig b = make_rig(lc_layer_find("lstm"), 2, 1, 3, 5, 0, true);
    lc_layer_tensor t[LC_LAYER_TENSORS];
    b.layer.index = 7;
    ck_assert_uint_eq(b.layer.kind->tensors(&b.layer, t), 4);
    ck_assert_str_eq(t[0].name, "lstm.weight_ih_l7");
    ck_assert_str_eq(t[3].name, "lstm.bias_hh_l7");
    ck_assert(t[1].shape[0] == 20 && t[1].shape[1] == 5);
    float ih[20 * 3], hh[20], bias[20];
    for (size_t i = 0; i < 60; i++) ih[i] = (float)i;
    for (size_t i = 0; i < 20; i++) hh[i] = 100, bias[i] = (float)i;
    b.layer.kind->put(&b.layer, b.w, 0, ih);
    b.layer.kind->put(&b.layer, b.w, 2, bias);
    b.layer.kind->put(&b.layer, b.w, 3, hh);
    /* Row `input` of the block, gate 2, unit 4. */
    ck_assert(b.w[1 * 64 + 2 * 16 + 4] == ih[(2 * 5 + 4) * 3 + 1]);
    ck_assert(b.w[8 * 64 + 2 * 16 + 4] == bias[2 * 5 + 4] + 100);
    free_rig(&b);
}
END_TEST

/* ---- dropout ---- */

enum { D_STEPS = 6, D_ROWS = 50, D_WIDTH = 48 };

/* Which units dropout passes on: y of an x of ones. */
static void dropped(float *y, double rate, uint64_t noise, size_t rows)
{
    static float x[D_STEPS * D_ROWS * D_WIDTH], saved[D_STEPS * D_ROWS * D_WIDTH];
    lc_layer l = {.kind = lc_layer_find("dropout"), .steps = D_STEPS, .inputs = D_WIDTH, .outputs = D_WIDTH};
    l.rate = rate;
    for (size_t i = 0; i < D_STEPS * rows * D_WIDTH; i++) x[i] = 1;
    lc_pass p = {.kernels = isa_at(0), .rows = rows, .keep = true, .noise = noise, .x = x, .y = y, .saved = saved};
    l.kind->forward(&l, &p);
}

START_TEST(dropout_keeps_the_mean)
{
    enum { N = D_STEPS * D_ROWS * D_WIDTH };
    static float y[N];
    const double rates[] = {0.05, 0.3, 0.5, 0.95};
    for (uint64_t i = 0; i < 40; i++) {
        double rate = rates[i % 4], sum = 0;
        size_t zeros = 0;
        dropped(y, rate, lc_hash64(i + 1), D_ROWS);
        for (size_t e = 0; e < N; e++) {
            zeros += y[e] == 0 ? 1 : 0;
            sum += (double)y[e];
            UNIT_MUST(y[e] == 0 || fabs((double)y[e] * (1 - rate) - 1) < 1e-6, "a unit became %g", (double)y[e]);
        }
        double sd = sqrt(rate * (1 - rate) / N);
        UNIT_MUST(fabs((double)zeros / N - rate) < 4.5 * sd, "%zu of %d dropped at rate %g", zeros, N, rate);
        UNIT_MUST(fabs(sum / N - 1) < 4.5 * sd / (1 - rate), "mean %g at rate %g", sum / N, rate);
    }
}
END_TEST

/* Share of units on which two draws agree, as for independent ones: both dropped, or both kept. */
static void check_apart(const float *a, const float *b, size_t n, double rate, const char *what)
{
    size_t same = 0;
    for (size_t i = 0; i < n; i++) same += (a[i] == 0) == (b[i] == 0) ? 1 : 0;
    double p = rate * rate + (1 - rate) * (1 - rate);
    UNIT_MUST(fabs((double)same / (double)n - p) < 5 * sqrt(p * (1 - p) / (double)n), "%s: %zu of %zu agree", what,
              same, n);
}

START_TEST(dropout_is_drawn_anew)
{
    enum { N = D_STEPS * D_ROWS * D_WIDTH, STEP = D_ROWS * D_WIDTH };
    static float a[N], b[N];
    dropped(a, .4, 1, D_ROWS);
    dropped(b, .4, 2, D_ROWS);
    check_apart(a, b, N, .4, "another minibatch");
    check_apart(a, a + STEP, STEP, .4, "another step");
    check_apart(a, a + D_WIDTH, N - D_WIDTH, .4, "another row");
    check_apart(a, a + 1, N - 1, .4, "another unit");
    /* A row's noise moves with it: row 7 of the whole is row 0 of a shard that starts there (train/engine.c). */
    dropped(b, .4, 1 + 7 * 0x9e3779b97f4a7c15u, 3);
    for (size_t t = 0; t < D_STEPS; t++)
        UNIT_MUST(memcmp(b + t * 3 * D_WIDTH, a + (t * D_ROWS + 7) * D_WIDTH, 3 * D_WIDTH * sizeof *a) == 0,
                  "step %zu depends on the shard", t);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("layers");
    TCase *c = tcase_create("every kind");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, gradients_agree_with_differences);
    tcase_add_test(c, padding_of_outputs_is_zero);
    tcase_add_test(c, inference_computes_the_same);
    tcase_add_test(c, parameters_go_there_and_back);
    tcase_add_test(c, kinds_are_found_by_name);
    tcase_add_test(c, lstm_tensors_are_pytorchs);
    tcase_add_test(c, dropout_keeps_the_mean);
    tcase_add_test(c, dropout_is_drawn_anew);
    suite_add_tcase(s, c);
    return s;
}
