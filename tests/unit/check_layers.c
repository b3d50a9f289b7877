#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nn/network.h"
#include "unit/support/activations.h"
#include "unit/support/isa.h"
#include "unit/support/unit.h"

/* Every kind of layer in the table, by the contract of nn/layer.h alone: a new row is tested without a change here,
 * as long as its kind works on any of these sizes. */

/* A layer with all blocks that a pass needs, in a workspace with room for more rows than are in use. */
typedef struct rig {
    lc_layer layer;
    const lc_kernels *kernels;
    size_t rows, room, dy_steps, dx_steps;
    size_t params, packed_n, x_n, y_n, dy_n, dx_n, saved_n; /* floats */
    float *w, *packed, *x, *y, *saved, *dy, *dx, *g;
    float *input, *side; /* of the network: what a branch past other layers sees */
    bool *covered;       /* (params) belongs to a named tensor, so it is no padding */
} rig;

enum { SPARE_ROWS = 2 };

/* Element i of activations is of a unit and of a row in use. */
static bool counts_at(const rig *b, size_t i, size_t width)
{
    size_t ld = lc_stride(width);
    return i % ld < width && i / ld % b->room < b->rows;
}

/* At least 0.1 away from 0, where a layer may have a kink that differences must not reach across. */
static void draw(const rig *b, float *to, size_t n, size_t width, lc_rng *r)
{
    for (size_t i = 0; i < n; i++) {
        if (!counts_at(b, i, width)) continue;
        const double x = lc_rng_normal(r);
        to[i] = (float)(x + copysign(.1, x));
    }
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

/* A network around the layer: 2 steps of 3 inputs, the last 2 of which the layer sees, 4 shared side inputs and 3 of
 * each output. */
static void give_source(rig *b)
{
    lc_layer *l = &b->layer;
    l->source.steps = 2;
    l->source.inputs = 3;
    l->source.from = 1;
    l->source.side = 4;
    l->source.own = 3;
    l->source.outputs = (l->outputs + 1) / 2;
    const size_t side = l->source.side + l->source.own * l->source.outputs;
    const size_t input_n = l->source.steps * b->room * lc_stride(l->source.inputs), side_n = b->room * lc_stride(side);
    lc_rng r = lc_rng_make(4, LC_STREAM_TEST, l->outputs);
    b->input = activations(input_n, l->source.inputs);
    b->side = activations(side_n, side);
    draw(b, b->input, input_n, l->source.inputs, &r);
    draw(b, b->side, side_n, side, &r);
}

static rig make_rig(const lc_layer_kind *kind, const lc_kernels *kernels, size_t steps, size_t rows, size_t inputs,
                    size_t outputs, double rate, bool all_steps, bool sourced)
{
    rig b = {.kernels = kernels, .rows = rows, .room = rows + SPARE_ROWS};
    b.layer = (lc_layer){.kind = kind, .steps = steps, .inputs = inputs, .outputs = outputs, .rate = rate};
    b.layer.lanes = kernels->lanes;
    if (sourced) give_source(&b);
    const lc_layer *l = &b.layer;
    size_t out_steps = kind->out_steps(l);
    ck_assert(out_steps >= 1 && out_steps <= steps);
    b.dy_steps = all_steps ? out_steps : 1;
    b.dx_steps = kind->dx_steps(l, b.dy_steps);
    ck_assert(b.dx_steps >= 1 && b.dx_steps <= steps);
    b.params = kind->params(l);
    ck_assert_uint_eq(b.params % LC_LANES, 0);
    b.packed_n = kind->packed(l);
    b.saved_n = kind->saved(l, b.room, true);
    size_t inference = kind->saved(l, b.room, false);
    if (inference > b.saved_n) b.saved_n = inference;
    b.x_n = steps * b.room * lc_stride(inputs);
    b.dx_n = b.dx_steps * b.room * lc_stride(inputs);
    b.y_n = out_steps * b.room * lc_stride(outputs);
    b.dy_n = b.dy_steps * b.room * lc_stride(outputs);
    float **blocks[] = {&b.w, &b.packed, &b.saved, &b.dy, &b.dx, &b.g};
    size_t floats[] = {b.params, b.packed_n, b.saved_n, b.dy_n, b.dx_n, b.params};
    for (size_t i = 0; i < 6; i++) *blocks[i] = block(floats[i]);
    b.x = activations(b.x_n, inputs);
    b.y = activations(b.y_n, outputs);

    put_all(l, b.w, NULL);
    b.covered = calloc(b.params + 1, sizeof *b.covered);
    for (size_t i = 0; i < b.params; i++) b.covered[i] = b.w[i] != 0;
    memset(b.w, 0, b.params * sizeof *b.w);
    lc_rng r = lc_rng_make(3, LC_STREAM_TEST, steps * 1000 + rows * 100 + inputs);
    put_all(l, b.w, &r);
    draw(&b, b.x, b.x_n, inputs, &r);
    draw(&b, b.dy, b.dy_n, outputs, &r);
    return b;
}

static void free_rig(rig *b)
{
    float *blocks[] = {b->w, b->packed, b->saved, b->dy, b->dx, b->g};
    for (size_t i = 0; i < 6; i++) free(blocks[i]);
    free_activations(b->x);
    free_activations(b->y);
    if (b->input) free_activations(b->input);
    if (b->side) free_activations(b->side);
    free(b->covered);
}

static lc_pass pass_of(rig *b, bool keep)
{
    return (lc_pass){.kernels = b->kernels,
                     .rows = b->rows,
                     .room = b->room,
                     .keep = keep,
                     .noise = 99,
                     .w = b->w,
                     .packed = b->packed,
                     .x = b->x,
                     .y = b->y,
                     .input = b->input,
                     .side = b->side,
                     .saved = b->saved,
                     .dy = b->dy,
                     .dy_steps = b->dy_steps,
                     .dx = b->dx,
                     .shard = b->rows,
                     .g = b->g};
}

/* The number whose gradient is dy: the sum of dy times the last dy_steps steps of y. */
static double value_of(rig *b)
{
    for (size_t part = 0; part < 3; part++) b->layer.kind->pack(&b->layer, b->kernels, b->w, b->packed, part, 3);
    for (size_t i = 0; i < b->y_n; i++)
        if (counts_at(b, i, b->layer.outputs)) b->y[i] = NAN;
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
    float most = 1e-3f; /* in float: GCC 12 for ARM fails on a maximum of doubles made from floats */
    for (size_t i = 0; i < n; i++) most = fmaxf(most, fabsf(gradient[i]));
    for (size_t i = 0; i < n; i++) {
        if (!covered[i]) {
            UNIT_MUST(gradient[i] == 0, "%s: padding %zu of %s has the gradient %g", kind, i, what,
                      (double)gradient[i]);
            continue;
        }
        double slope = slope_at(b, &values[i]);
        UNIT_MUST(fabs(slope - (double)gradient[i]) < 1e-3 * (double)most,
                  "%s, %zu steps, %zu rows, %zu -> %zu, gradient of %zu steps: %s %zu has %g, differences say %g", kind,
                  b->layer.steps, b->rows, b->layer.inputs, b->layer.outputs, b->dy_steps, what, i, (double)gradient[i],
                  slope);
    }
}

/* The gradient block of rows first..first+shard-1, overwriting what was there. */
static float *gradient_of(rig *b, size_t first, size_t shard)
{
    float *g = block(b->params);
    for (size_t i = 0; i < b->params; i++) g[i] = b->covered[i] ? 2 : 0;
    lc_pass p = pass_of(b, true);
    p.first = first;
    p.shard = shard;
    p.g = g;
    b->layer.kind->gradient(&b->layer, &p);
    return g;
}

static void check_gradient(rig *b)
{
    const lc_layer *l = &b->layer;
    value_of(b);
    for (size_t i = 0; i < b->dx_n; i++) /* overwritten, not added to */
        if (counts_at(b, i, l->inputs)) b->dx[i] = NAN;
    lc_pass p = pass_of(b, true);
    l->kind->backward(l, &p);
    float *g = gradient_of(b, 0, b->rows), *dx = block(b->dx_n);
    memcpy(dx, b->dx, b->dx_n * sizeof *dx);

    /* The shards' gradients add up to the whole. */
    size_t cut = b->rows / 3;
    float *low = gradient_of(b, 0, cut), *high = gradient_of(b, cut, b->rows - cut);
    for (size_t i = 0; i < b->params; i++)
        UNIT_MUST(fabsf(low[i] + high[i] - g[i]) <= 1e-5f * (1 + fabsf(g[i])), "%s: parameter %zu of two shards",
                  l->kind->name, i);
    free(low);
    free(high);

    /* dx is not asked for by the lowest layer. */
    value_of(b);
    p = pass_of(b, true);
    p.dx = NULL;
    l->kind->backward(l, &p);
    float *alone = gradient_of(b, 0, b->rows);
    UNIT_MUST(memcmp(alone, g, b->params * sizeof *g) == 0, "%s: the gradient without dx", l->kind->name);

    check_slopes(b, b->w, g, b->params, b->covered, "parameter");
    bool *counts = calloc(b->x_n + 1, sizeof *counts);
    for (size_t i = 0; i < b->x_n; i++) counts[i] = counts_at(b, i, l->inputs);
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

/* A kind without parameters of its own keeps its width. */
static bool fits(const lc_layer_kind *kind, const size_set *s)
{
    lc_layer l = {.kind = kind, .steps = s->steps, .inputs = s->inputs, .outputs = s->outputs, .lanes = LC_LANES};
    return kind->params(&l) > 0 || s->inputs == s->outputs;
}

static rig rig_of(size_t kind, const lc_kernels *k, const size_set *s, double rate, bool all_steps)
{
    return make_rig(lc_layer_kinds[kind], k, s->steps, s->rows, s->inputs, s->outputs, rate, all_steps, true);
}

START_TEST(gradients_agree_with_differences)
{
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t kind = 0; k && lc_layer_kinds[kind]; kind++)
        for (size_t i = 0; i < SETS; i++)
            for (int all_steps = 0; all_steps < 2; all_steps++) {
                if (!fits(lc_layer_kinds[kind], &sets[i])) continue;
                rig b = rig_of(kind, k, &sets[i], .4, all_steps);
                check_gradient(&b);
                free_rig(&b);
            }
}
END_TEST

/* Padding and rows that are not in use stay as they were, and so do the constants. */
START_TEST(nothing_but_outputs_is_written)
{
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t kind = 0; k && lc_layer_kinds[kind]; kind++)
        for (size_t i = 0; i < SETS; i++)
            for (int keep = 0; keep < 2; keep++) {
                if (!fits(lc_layer_kinds[kind], &sets[i])) continue;
                rig b = rig_of(kind, k, &sets[i], .4, true);
                size_t width = sets[i].outputs, ld = lc_stride(width);
                value_of(&b);
                lc_pass p = pass_of(&b, keep);
                b.layer.kind->forward(&b.layer, &p);
                for (size_t e = 0; e < b.y_n; e++) {
                    float want = e % ld == ld - 1 && e + 1 < b.y_n ? 1 : 0;
                    UNIT_MUST(counts_at(&b, e, width) ? isfinite(b.y[e]) : b.y[e] == want, "%s: y[%zu] is %g",
                              b.layer.kind->name, e, (double)b.y[e]);
                }
                ck_assert(b.y[-1] == 1);
                free_rig(&b);
            }
}
END_TEST

/* Without dropout, keeping what backward needs changes no output; with it, inference passes everything on. */
START_TEST(inference_computes_the_same)
{
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t kind = 0; k && lc_layer_kinds[kind]; kind++)
        for (size_t i = 0; i < SETS; i++) {
            if (!fits(lc_layer_kinds[kind], &sets[i])) continue;
            float *y[2] = {NULL, NULL};
            for (int v = 0; v < 2; v++) {
                rig b = rig_of(kind, k, &sets[i], v ? .5 : 0, true);
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
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t kind = 0; k && lc_layer_kinds[kind]; kind++)
        for (size_t i = 0; i < SETS; i++) {
            if (!fits(lc_layer_kinds[kind], &sets[i])) continue;
            rig b = rig_of(kind, k, &sets[i], 0, true);
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
                const bool drawn =
                    b.covered[e] && l->kind != lc_layer_find("skip"); /* starts as if it were not there */
                UNIT_MUST(drawn ? isfinite(again[e]) && again[e] != 0 : again[e] == 0, "%s: parameter %zu starts at %g",
                          l->kind->name, e, (double)again[e]);
                UNIT_MUST(b.covered[e] || b.w[e] == 0, "%s: padding %zu", l->kind->name, e);
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
    rig b = make_rig(lc_layer_find("lstm"), lc_kernels_select(NULL), 2, 1, 3, 5, 0, true, false);
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
    /* Gate 2 of unit 4, in the first or second panel of 1 + 3 + 5 rows: input 1, and the bias. */
    size_t lanes = b.layer.lanes, at = 4 / lanes * 9 * 4 * lanes + 2 * lanes + 4 % lanes;
    ck_assert(b.w[at + 2 * 4 * lanes] == ih[(2 * 5 + 4) * 3 + 1]);
    ck_assert(b.w[at] == bias[2 * 5 + 4] + 100);
    free_rig(&b);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("layers");
    TCase *c = tcase_create("every kind");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, gradients_agree_with_differences, 0, ISA_COUNT);
    tcase_add_loop_test(c, nothing_but_outputs_is_written, 0, ISA_COUNT);
    tcase_add_loop_test(c, inference_computes_the_same, 0, ISA_COUNT);
    tcase_add_loop_test(c, parameters_go_there_and_back, 0, ISA_COUNT);
    tcase_add_test(c, kinds_are_found_by_name);
    tcase_add_test(c, lstm_tensors_are_pytorchs);
    suite_add_tcase(s, c);
    return s;
}
