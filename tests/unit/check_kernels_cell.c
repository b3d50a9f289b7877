#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "unit/support/isa.h"
#include "unit/support/lstm_step.h"
#include "unit/support/unit.h"

/* The kernels of an LSTM layer, beside the equations in double precision. Every test runs once for each instruction
 * set; the shapes are all numbers of rows and of units, what else there is to choose is drawn. */
enum { MOST_ROWS = 33, MOST_UNITS = 70 };

static values drawn_for(size_t rows, size_t units, uint64_t test)
{
    values v = {lc_rng_make(7, LC_STREAM_TEST, (test * 100 + rows) * 100 + units), false};
    v.exact = values_upto(&v, 4) > 1;
    return v;
}

/* All heights of a tile with all numbers of units; beyond, some. */
static size_t next_rows(size_t rows, size_t units)
{
    return rows < 13 ? rows + 1 : rows == 13 ? 14 + units % 3 : rows + 3;
}

/* ---- forward ---- */

/* The largest error of a row's unit, whose results are taken away. */
static double forward_error(const forward_case *c, size_t r, size_t u, const forward_out *o)
{
    enum { C = 4, TANH_C, H, ALL };
    double want[ALL], got[ALL], before = c->has & HAS_CELL_PREV ? (double)*paneled_at(&c->cell_prev, r, 0, u) : 0;
    for (size_t g = 0; g < 4; g++) {
        double z = (double)*paneled_at(&c->w, 0, g, u);
        for (size_t i = 0; i < c->inputs; i++)
            z += (double)c->x.at[r * c->x.ld + i] * (double)*paneled_at(&c->w, 1 + i, g, u);
        for (size_t i = 0; c->has & HAS_H_PREV && i < c->units; i++)
            z += (double)c->h_prev.at[r * c->h_prev.ld + i] * (double)*paneled_at(&c->w, 1 + c->inputs + i, g, u);
        want[g] = g == 2 ? tanh(z) : sigma(z);
        got[g] = c->has & HAS_GATES ? (double)guarded_take(paneled_at(&o->gates, r, g, u)) : want[g];
    }
    want[C] = want[1] * before + want[0] * want[2];
    want[TANH_C] = tanh(want[C]);
    want[H] = want[3] * want[TANH_C];
    got[C] = (double)guarded_take(paneled_at(&o->cell, r, 0, u));
    got[TANH_C] = (double)guarded_take(paneled_at(&o->cell, r, 1, u));
    got[H] = (double)guarded_take(&o->h.at[r * o->h.ld + u]);
    /* The padding of h is a 0 that the layer above relies on. */
    UNIT_MUST(u < c->units || got[H] == 0, "%s: padding of h is %g", c->k->isa, got[H]);
    double most = 0;
    for (size_t i = 0; i < ALL; i++) {
        UNIT_MUST(isfinite(got[i]), "%s: result %zu of row %zu, unit %zu is %g", c->k->isa, i, r, u, got[i]);
        most = fmax(most, fabs(got[i] - want[i]) / (i == C ? 1 + fabs(before) : 1));
    }
    return most;
}

START_TEST(forward_follows_the_equations)
{
    static const double spreads[] = {1, 0x1p-10, 0x1p5, 0x1p13, 0x1p-130};
    const lc_kernels *k = isa_at((size_t)_i);
    double most[2] = {0};
    for (size_t units = 1; k && units <= MOST_UNITS; units++)
        for (size_t rows = 1; rows <= MOST_ROWS; rows = next_rows(rows, units)) {
            values v = drawn_for(rows, units, 1);
            double spread = v.exact ? spreads[values_upto(&v, 5) - 1] : 1;
            forward_case c = forward_create(k, rows, units, drawn_arrays(&v), spread, &v);
            forward_out o = forward_room(&c, &v);
            forward(&c, 0, rows, values_upto(&v, 2) > 1, &o);
            for (size_t r = 0; r < rows; r++)
                for (size_t u = 0; u < whole_panels(k, units); u++) {
                    double error = forward_error(&c, r, u, &o);
                    most[v.exact] = fmax(most[v.exact], error);
                    UNIT_MUST(error < 1e-6, "%s, %zu rows, %zu inputs, %zu units, weights of size %g: off by %g",
                              k->isa, rows, c.inputs, units, spread, error);
                }
            UNIT_MUST(guarded_whole(o.h.at) && guarded_whole(o.cell.at) && guarded_whole(o.gates.at),
                      "%s, %zu rows, %zu units: written outside", k->isa, rows, units);
            forward_room_free(&o);
            forward_free(&c);
        }
    if (k) printf("  %-7s forward: largest error %.1e; where sums are rounded %.1e\n", k->isa, most[1], most[0]);
}
END_TEST

START_TEST(forward_rows_do_not_depend_on_how_many_there_are)
{
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t units = 1; k && units <= MOST_UNITS; units += 3) {
        values v = drawn_for(MOST_ROWS, units, 2);
        v.exact = false;
        forward_case c = forward_create(k, MOST_ROWS, units, HAS_ALL, 1, &v);
        for (size_t rows = 1; rows <= MOST_ROWS; rows++) {
            values same = v;
            forward_out together = forward_room(&c, &v), alone = forward_room(&c, &same);
            forward(&c, 0, rows, rows % 2, &together);
            for (size_t r = 0; r < rows; r++) forward(&c, r, 1, r % 3, &alone);
            UNIT_MUST(forward_same(&together, &alone), "%s, %zu units: %zu rows together", k->isa, units, rows);
            /* Nor on whether somebody wants the gates. */
            c.has = HAS_ALL - HAS_GATES;
            forward(&c, 0, rows, false, &alone);
            c.has = HAS_ALL;
            UNIT_MUST(forward_same(&together, &alone), "%s, %zu units, %zu rows: no gates", k->isa, units, rows);
            forward_room_free(&together);
            forward_room_free(&alone);
        }
        forward_free(&c);
    }
}
END_TEST

/* ---- backward ---- */

/* Row r of the gates' gradients times a row of weights; the terms' sizes are added to *terms. */
static double product(const paneled *dz, size_t r, const paneled *w, size_t row, double *terms)
{
    double sum = 0;
    for (size_t g = 0; g < 4; g++)
        for (size_t u = 0; u < dz->units; u++) {
            double term = (double)*paneled_at(dz, r, g, u) * (double)*paneled_at(w, row, g, u);
            sum += term;
            *terms += fabs(term);
        }
    return sum;
}

/* The largest error of a row's unit, relative to what is summed; the results are taken away. */
static double backward_error(const backward_case *c, size_t r, size_t u, bool exact, const backward_out *out)
{
    double up = c->dy.at ? (double)c->dy.at[r * c->dy.ld + u] : 0, terms = fabs(up);
    if (c->dz_next.at && u < c->units) up += product(&c->dz_next, r, &c->w, u, &terms);
    double i = (double)*paneled_at(&c->gates, r, 0, u), f = (double)*paneled_at(&c->gates, r, 1, u),
           g = (double)*paneled_at(&c->gates, r, 2, u), o = (double)*paneled_at(&c->gates, r, 3, u),
           t = (double)*paneled_at(&c->cell, r, 1, u);
    double before = c->cell_prev.at ? (double)*paneled_at(&c->cell_prev, r, 0, u) : 0;
    double d = up * o * (1 - t * t) + (c->dz_next.at ? (double)*paneled_at(&c->dc, r, 0, u) : 0);
    double want[5] = {d * g * i * (1 - i), d * before * f * (1 - f), d * i * (1 - g * g), up * t * o * (1 - o), d * f};
    double size = (fabs(d) + (exact ? fabs(up) : terms)) * (1 + fabs(before)) + 1e-30, most = 0;
    for (size_t n = 0; n < 5; n++) {
        double got = (double)guarded_take(n < 4 ? paneled_at(&out->gates, r, n, u) : paneled_at(&out->dc, r, 0, u));
        /* A padding that is not 0 would grow into weights. */
        UNIT_MUST(u < c->units || got == 0, "%s: padding has the gradient %g", c->k->isa, got);
        UNIT_MUST(isfinite(got), "%s: gradient %zu of row %zu, unit %zu is %g", c->k->isa, n, r, u, got);
        most = fmax(most, fabs(got - want[n]) / size);
    }
    return most;
}

START_TEST(backward_follows_the_equations)
{
    const lc_kernels *k = isa_at((size_t)_i);
    double most[2] = {0};
    for (size_t units = 1; k && units <= MOST_UNITS; units++)
        for (size_t rows = 1; rows <= MOST_ROWS; rows = next_rows(rows, units)) {
            values v = drawn_for(rows, units, 3);
            backward_case c = backward_create(k, rows, units, drawn_arrays(&v), &v);
            backward_out o = backward_room(&c);
            backward(&c, 0, rows, &o);
            for (size_t r = 0; r < rows; r++)
                for (size_t u = 0; u < whole_panels(k, units); u++) {
                    double error = backward_error(&c, r, u, v.exact, &o);
                    most[v.exact] = fmax(most[v.exact], error);
                    UNIT_MUST(error < 5e-7, "%s, %zu rows, %zu units: off by %g", k->isa, rows, units, error);
                }
            UNIT_MUST(guarded_whole(o.gates.at) && guarded_whole(o.dc.at), "%s, %zu rows, %zu units: written outside",
                      k->isa, rows, units);
            backward_room_free(&o);
            backward_free(&c);
        }
    if (k) printf("  %-7s backward: relative %.1e; where sums are rounded %.1e\n", k->isa, most[1], most[0]);
}
END_TEST

START_TEST(backward_rows_do_not_depend_on_how_many_there_are)
{
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t units = 1; k && units <= MOST_UNITS; units += 3) {
        values v = drawn_for(MOST_ROWS, units, 4);
        v.exact = false;
        backward_case c = backward_create(k, MOST_ROWS, units, HAS_ALL, &v);
        for (size_t rows = 1; rows <= MOST_ROWS; rows++) {
            backward_out together = backward_room(&c), alone = backward_room(&c);
            backward(&c, 0, rows, &together);
            for (size_t r = 0; r < rows; r++) backward(&c, r, 1, &alone);
            UNIT_MUST(guarded_same(together.gates.at, alone.gates.at) && guarded_same(together.dc.at, alone.dc.at),
                      "%s, %zu units: %zu rows together", k->isa, units, rows);
            backward_room_free(&together);
            backward_room_free(&alone);
        }
        backward_free(&c);
    }
}
END_TEST

START_TEST(input_gradient_agrees_with_a_naive_product)
{
    const lc_kernels *k = isa_at((size_t)_i);
    double most = 0;
    for (size_t units = 1; k && units <= MOST_UNITS; units++)
        for (size_t rows = 1; rows <= MOST_ROWS; rows = next_rows(rows, units)) {
            values v = drawn_for(rows, units, 5);
            size_t inputs = values_upto(&v, 40), padded = whole_panels(k, inputs), ld = padded + values_upto(&v, 9) - 1;
            paneled w = paneled_create(k->lanes, units, 1 + inputs, 4, 0);
            paneled dz = paneled_create(k->lanes, units, rows, 4, values_upto(&v, 20));
            paneled_draw(&w, &v, 1);
            paneled_draw(&dz, &v, 1);
            float *wt = paneled_transposed(&w, 1, inputs);
            plain dx = plain_create(rows, padded, ld), alone = plain_create(rows, padded, ld);
            lc_lstm_input_gradient all = {rows, inputs, units, wt, dz.at, dz.panel, dx.at, ld};
            k->lstm_input_gradient(&all);
            for (size_t r = 0; r < rows; r++) {
                lc_lstm_input_gradient one = {
                    1, inputs, units, wt, paneled_at(&dz, r, 0, 0), dz.panel, alone.at + r * ld, ld};
                k->lstm_input_gradient(&one);
            }
            UNIT_MUST(guarded_same(dx.at, alone.at), "%s, %zu inputs, %zu units: %zu rows together", k->isa, inputs,
                      units, rows);
            for (size_t r = 0; r < rows; r++)
                for (size_t i = 0; i < padded; i++) {
                    double terms = 0, got = (double)guarded_take(&dx.at[r * ld + i]);
                    double sum = i < inputs ? product(&dz, r, &w, 1 + i, &terms) : 0;
                    /* Exact values have exact sums; else the bound of summing one after another (Higham 2002). */
                    double bound = v.exact ? 0 : (double)(4 * units + 1) * FLT_EPSILON * terms;
                    UNIT_MUST(fabs(got - sum) <= bound, "%s, %zu rows, %zu inputs, %zu units: %g instead of %g", k->isa,
                              rows, inputs, units, got, sum);
                    most = fmax(most, terms > 0 ? fabs(got - sum) / terms : 0);
                }
            UNIT_MUST(guarded_whole(dx.at), "%s, %zu rows, %zu inputs: written outside", k->isa, rows, inputs);
            float *mine[] = {w.at, dz.at, wt, dx.at, alone.at};
            for (size_t i = 0; i < sizeof mine / sizeof *mine; i++) guarded_free(mine[i]);
        }
    if (k) printf("  %-7s input gradient: largest error %.1e of the terms' sizes\n", k->isa, most);
}
END_TEST

START_TEST(transpose_moves_every_weight)
{
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t rows = 1; k && rows <= k->lanes; rows++)
        for (size_t panels = 1; panels <= 5; panels++) {
            size_t lanes = k->lanes;
            values v = drawn_for(rows, panels, 6);
            v.exact = false;
            paneled w = paneled_create(lanes, panels * lanes, rows, 4, panels % 2 ? 0 : 4 * lanes);
            paneled_draw(&w, &v, 1);
            float *to = guarded(panels * 4 * lanes * lanes);
            k->lstm_transpose(rows, panels, w.at, w.panel, to);
            for (size_t r = 0; r < rows; r++)
                for (size_t u = 0; u < panels * lanes; u++)
                    for (size_t g = 0; g < 4; g++) {
                        float got = guarded_take(&to[((u / lanes * 4 + g) * lanes + u % lanes) * lanes + r]);
                        UNIT_MUST(same_bits(&got, paneled_at(&w, r, g, u), 1), "%s: row %zu of %zu, gate %zu, unit %zu",
                                  k->isa, r, rows, g, u);
                    }
            /* The columns of rows that are not there are somebody's zeros. */
            UNIT_MUST(guarded_whole(to), "%s, %zu rows, %zu panels: written outside", k->isa, rows, panels);
            guarded_free(w.at);
            guarded_free(to);
        }
}
END_TEST

/* ---- the gradient of weights ---- */

/* a b + c as the instruction set has it. */
static float multiply_add(bool fused, float a, float b, float c)
{
    volatile float product = a * b; /* so that no compiler fuses what must not be */
    return fused ? fmaf(a, b, c) : product + c;
}

/* Bit for bit: neither tiles nor the passes over a long product may show in the sums. */
static void check_weight_gradient(const lc_kernels *k, size_t rows_of_g, size_t steps, size_t rows, size_t panels,
                                  size_t a_slack, values *v)
{
    size_t row = 4 * k->lanes, room = rows + values_upto(v, 3) - 1, units = panels * k->lanes;
    bool fused = strcmp(k->isa, "base") != 0;
    plain a = plain_create(steps * room, rows_of_g, rows_of_g + a_slack);
    paneled dz = paneled_create(k->lanes, units, steps * room, 4, values_upto(v, 20));
    paneled g = paneled_create(k->lanes, units, rows_of_g, 4, values_upto(v, 2) > 1 ? 3 * row : 0);
    plain_draw(&a, v, 1);
    paneled_draw(&dz, v, 1);
    for (size_t i = 0; i < steps * room; i++) { /* nothing reads the rows that are not in use */
        if (i % room < rows) continue;
        for (size_t c = 0; c < rows_of_g; c++) guarded_take(&a.at[i * a.ld + c]);
        for (size_t u = 0; u < units; u++)
            for (size_t gate = 0; gate < 4; gate++) guarded_take(paneled_at(&dz, i, gate, u));
    }
    lc_weight_gradient product = {.k = rows_of_g,
                                  .panels = panels,
                                  .steps = steps,
                                  .rows = rows,
                                  .a = a.at,
                                  .a_ld = a.ld,
                                  .a_step = room * a.ld,
                                  .dz = dz.at,
                                  .dz_panel = dz.panel,
                                  .dz_step = room * row,
                                  .g = g.at,
                                  .g_panel = g.panel};
    k->weight_gradient(&product);
    for (size_t c = 0; c < rows_of_g; c++)
        for (size_t u = 0; u < units; u++)
            for (size_t gate = 0; gate < 4; gate++) {
                float want = 0, got = guarded_take(paneled_at(&g, c, gate, u));
                for (size_t t = 0; t < steps; t++)
                    for (size_t r = 0; r < rows; r++)
                        want = multiply_add(fused, a.at[(t * room + r) * a.ld + c],
                                            *paneled_at(&dz, t * room + r, gate, u), want);
                UNIT_MUST(same_bits(&got, &want, 1),
                          "%s, %zu steps of %zu rows, %zu panels: (%zu,%zu,%zu) is %a, not %a", k->isa, steps, rows,
                          panels, c, gate, u, (double)got, (double)want);
            }
    UNIT_MUST(guarded_whole(g.at), "%s, k %zu, %zu panels: written outside", k->isa, rows_of_g, panels);
    guarded_free(a.at);
    guarded_free(dz.at);
    guarded_free(g.at);
}

START_TEST(weight_gradient_sums_in_the_order_of_steps_and_rows)
{
    static const size_t some[] = {1, 2, 7, 19, 0};
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t g = 1; k && g <= 40; g++)
        for (size_t rows = 1; rows <= 17; rows++) {
            values v = drawn_for(rows, g, 7);
            v.exact = false;
            size_t steps = some[values_upto(&v, 5) - 1], panels = values_upto(&v, 4);
            check_weight_gradient(k, g, steps, rows, panels, values_upto(&v, 20) - 1, &v);
        }
}
END_TEST

START_TEST(weight_gradient_goes_on_over_passes)
{
    /* Many times what stays in a cache; in the last two a step alone is more than that. */
    static const size_t shapes[][5] = {
        {13, 61, 17, 2, 1000}, {40, 7, 17, 3, 9000}, {9, 900, 33, 1, 39}, {5, 2, 17, 1, 40000}, {5, 1, 17, 1, 60000}};
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t i = 0; k && i < sizeof shapes / sizeof *shapes; i++) {
        const size_t *s = shapes[i];
        values v = drawn_for(i, 0, 8);
        v.exact = false;
        check_weight_gradient(k, s[0], s[1], s[2], s[3], s[4], &v);
    }
}
END_TEST

/* ---- a NaN stays in its unit and row, and does not get lost ---- */

enum { ROWS = 15, ROW = 4, UNITS = 37, UNIT = 21 };

/* An input of 0 instead of 1 at an infinite weight is a NaN for one gate of one unit, and nothing for the others. */
START_TEST(forward_nan_stays_where_it_is)
{
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t place = 0; k && place < 5; place++) {
        values v = drawn_for(ROWS, UNITS, 9);
        forward_case c = forward_create(k, ROWS, UNITS, HAS_ALL, 1, &v);
        for (size_t g = 0; g < 4; g++)
            for (size_t u = 0; u < UNITS; u++) *paneled_at(&c.w, 1, g, u) = g == place && u == UNIT ? INFINITY : 0;
        for (size_t r = 0; r < ROWS; r++) c.x.at[r * c.x.ld] = 1;
        values same = v;
        forward_out clean = forward_room(&c, &v), dirty = forward_room(&c, &same);
        forward(&c, 0, ROWS, false, &clean);
        if (place < 4) c.x.at[ROW * c.x.ld] = 0;
        else *paneled_at(&c.cell_prev, ROW, 0, UNIT) = NAN;
        forward(&c, 0, ROWS, false, &dirty);
        float *h = &dirty.h.at[ROW * dirty.h.ld + UNIT], *cell = paneled_at(&dirty.cell, ROW, 0, UNIT);
        UNIT_MUST(isnan(*h), "%s: the NaN of place %zu is lost", k->isa, place);
        UNIT_MUST(!isnan(*cell) == (place == 3), "%s: place %zu makes the cell %g", k->isa, place, (double)*cell);
        /* With the unit's results put right, all are as they were. */
        *h = clean.h.at[ROW * clean.h.ld + UNIT];
        *cell = *paneled_at(&clean.cell, ROW, 0, UNIT);
        *paneled_at(&dirty.cell, ROW, 1, UNIT) = *paneled_at(&clean.cell, ROW, 1, UNIT);
        for (size_t g = 0; g < 4; g++) {
            float *gate = paneled_at(&dirty.gates, ROW, g, UNIT);
            UNIT_MUST(!isnan(*gate) == (g != place), "%s: place %zu makes gate %zu %g", k->isa, place, g,
                      (double)*gate);
            *gate = *paneled_at(&clean.gates, ROW, g, UNIT);
        }
        UNIT_MUST(forward_same(&clean, &dirty), "%s: the NaN of place %zu gets around", k->isa, place);
        forward_room_free(&clean);
        forward_room_free(&dirty);
        forward_free(&c);
    }
}
END_TEST

START_TEST(backward_nan_stays_where_it_is)
{
    enum { PLACES = 9, NEXT = PLACES - 1 };
    /* Whom it reaches by the equations: bits 0 to 3 the gradients of i, f, g, o; bit 4 dc. */
    static const unsigned reaches[PLACES] = {0x05, 0x12, 0x05, 0x1f, 0x1f, 0x02, 0x17, 0x1f, 0x1f};
    const lc_kernels *k = isa_at((size_t)_i);
    if (!k) return;
    values v = drawn_for(ROWS, UNITS, 10);
    backward_case c = backward_create(k, ROWS, UNITS, HAS_ALL, &v);
    float *places[PLACES] = {
        paneled_at(&c.gates, ROW, 0, UNIT), paneled_at(&c.gates, ROW, 1, UNIT), paneled_at(&c.gates, ROW, 2, UNIT),
        paneled_at(&c.gates, ROW, 3, UNIT), paneled_at(&c.cell, ROW, 1, UNIT),  paneled_at(&c.cell_prev, ROW, 0, UNIT),
        paneled_at(&c.dc, ROW, 0, UNIT),    &c.dy.at[ROW * c.dy.ld + UNIT],     paneled_at(&c.dz_next, ROW, 2, UNIT)};
    backward_out clean = backward_room(&c);
    backward(&c, 0, ROWS, &clean);
    for (size_t place = 0; place < PLACES; place++) {
        backward_out dirty = backward_room(&c);
        float right = *places[place];
        *places[place] = NAN;
        backward(&c, 0, ROWS, &dirty);
        *places[place] = right;
        for (size_t r = 0; r < ROWS; r++)
            for (size_t u = 0; u < whole_panels(k, UNITS); u++) {
                /* From the next step it comes to all units of its row, and to padding as it may. */
                if (r == ROW && place == NEXT && u >= UNITS) continue;
                unsigned reached = r == ROW && (u == UNIT || place == NEXT) ? reaches[place] : 0;
                for (size_t n = 0; n < 5; n++) {
                    const float *is = n < 4 ? paneled_at(&dirty.gates, r, n, u) : paneled_at(&dirty.dc, r, 0, u);
                    const float *was = n < 4 ? paneled_at(&clean.gates, r, n, u) : paneled_at(&clean.dc, r, 0, u);
                    UNIT_MUST(reached >> n & 1 ? isnan(*is) : same_bits(is, was, 1),
                              "%s: the NaN of place %zu makes result %zu of row %zu, unit %zu %g", k->isa, place, n, r,
                              u, (double)*is);
                }
            }
        backward_room_free(&dirty);
    }
    backward_room_free(&clean);
    backward_free(&c);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("cell kernels");
    TCase *c = tcase_create("each instruction set");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, forward_follows_the_equations, 0, ISA_COUNT);
    tcase_add_loop_test(c, forward_rows_do_not_depend_on_how_many_there_are, 0, ISA_COUNT);
    tcase_add_loop_test(c, backward_follows_the_equations, 0, ISA_COUNT);
    tcase_add_loop_test(c, backward_rows_do_not_depend_on_how_many_there_are, 0, ISA_COUNT);
    tcase_add_loop_test(c, input_gradient_agrees_with_a_naive_product, 0, ISA_COUNT);
    tcase_add_loop_test(c, transpose_moves_every_weight, 0, ISA_COUNT);
    tcase_add_loop_test(c, weight_gradient_sums_in_the_order_of_steps_and_rows, 0, ISA_COUNT);
    tcase_add_loop_test(c, weight_gradient_goes_on_over_passes, 0, ISA_COUNT);
    tcase_add_loop_test(c, forward_nan_stays_where_it_is, 0, ISA_COUNT);
    tcase_add_loop_test(c, backward_nan_stays_where_it_is, 0, ISA_COUNT);
    suite_add_tcase(s, c);
    return s;
}
