#include "unit/support/lstm_step.h"

#include <math.h>
#include <string.h>

#include "unit/support/unit.h"

double sigma(double x)
{
    return 1 / (1 + exp(-x));
}

size_t whole_panels(const lc_kernels *k, size_t width)
{
    return (width + k->lanes - 1) / k->lanes * k->lanes;
}

unsigned drawn_arrays(values *v)
{
    return (unsigned)(lc_rng_u64(&v->rng) >> 32) & HAS_ALL;
}

/* Floats between rows or panels beyond what is needed. */
static size_t slack(values *v)
{
    return (values_upto(v, 3) - 1) * values_upto(v, 20);
}

/* ---- forward ---- */

forward_case forward_create(const lc_kernels *k, size_t rows, size_t units, unsigned has, double spread, values *v)
{
    size_t inputs = values_upto(v, 20);
    forward_case c = {.k = k, .rows = rows, .inputs = inputs, .units = units, .has = has};
    c.x = plain_create(rows, inputs, inputs + slack(v));
    plain_draw(&c.x, v, 1);
    c.h_prev = plain_create(rows, units, units + slack(v));
    plain_draw(&c.h_prev, v, v->exact ? 1 : .5);
    c.w = paneled_create(k->lanes, units, 1 + inputs + units, 4, 0);
    paneled_draw(&c.w, v, spread * (v->exact ? .25 : 1 / sqrt((double)(1 + inputs + units))));
    c.cell_prev = paneled_create(k->lanes, units, rows, 2, slack(v));
    paneled_draw(&c.cell_prev, v, 1);
    for (size_t r = 0; r < rows; r++) /* nothing reads the tanh of the cell before */
        for (size_t u = 0; u < whole_panels(k, units); u++) guarded_take(paneled_at(&c.cell_prev, r, 1, u));
    return c;
}

void forward_free(forward_case *c)
{
    guarded_free(c->x.at);
    guarded_free(c->h_prev.at);
    guarded_free(c->w.at);
    guarded_free(c->cell_prev.at);
}

forward_out forward_room(const forward_case *c, values *v)
{
    size_t width = whole_panels(c->k, c->units);
    return (forward_out){.h = plain_create(c->rows, width, width + slack(v)),
                         .cell = paneled_like(&c->cell_prev),
                         .gates = paneled_create(c->k->lanes, c->units, c->rows, 4, slack(v))};
}

void forward_room_free(forward_out *o)
{
    guarded_free(o->h.at);
    guarded_free(o->cell.at);
    guarded_free(o->gates.at);
}

bool forward_same(const forward_out *a, const forward_out *b)
{
    return guarded_same(a->h.at, b->h.at) && guarded_same(a->cell.at, b->cell.at) &&
           guarded_same(a->gates.at, b->gates.at);
}

void forward(const forward_case *c, size_t from, size_t rows, bool in_place, const forward_out *o)
{
    const paneled *before = in_place ? &o->cell : &c->cell_prev;
    if (c->has & HAS_CELL_PREV && in_place) paneled_copy(&o->cell, from, &c->cell_prev, from, rows);
    lc_lstm_forward step = {.rows = rows,
                            .inputs = c->inputs,
                            .units = c->units,
                            .w = c->w.at,
                            .x = c->x.at + from * c->x.ld,
                            .x_ld = c->x.ld,
                            .h_prev = c->has & HAS_H_PREV ? c->h_prev.at + from * c->h_prev.ld : NULL,
                            .h_prev_ld = c->h_prev.ld,
                            .cell_prev = c->has & HAS_CELL_PREV ? paneled_at(before, from, 0, 0) : NULL,
                            .cell = paneled_at(&o->cell, from, 0, 0),
                            .cell_panel = o->cell.panel,
                            .gates = c->has & HAS_GATES ? paneled_at(&o->gates, from, 0, 0) : NULL,
                            .gates_panel = o->gates.panel,
                            .h = o->h.at + from * o->h.ld,
                            .h_ld = o->h.ld};
    c->k->lstm_forward(&step);
}

/* ---- backward ---- */

/* From nearly linear to saturated; in padding what forward makes of weights and cells that are 0. */
static void draw_gates(backward_case *c, values *v)
{
    double spread = pow(10, 3 * lc_rng_uniform(&v->rng) - 1.5);
    for (size_t r = 0; r < c->rows; r++)
        for (size_t u = 0; u < whole_panels(c->k, c->units); u++) {
            double on = u < c->units ? spread : 0, cell = on * (double)values_next(v);
            for (size_t g = 0; g < 4; g++) {
                double z = on * (double)values_next(v);
                *paneled_at(&c->gates, r, g, u) = (float)(g == 2 ? tanh(z) : sigma(z));
            }
            *paneled_at(&c->cell, r, 0, u) = (float)cell;
            *paneled_at(&c->cell, r, 1, u) = (float)tanh(cell);
        }
}

backward_case backward_create(const lc_kernels *k, size_t rows, size_t units, unsigned has, values *v)
{
    size_t lanes = k->lanes, padded = whole_panels(k, units), more[2] = {slack(v), slack(v)};
    backward_case c = {.k = k, .rows = rows, .units = units};
    c.w = paneled_create(lanes, units, units, 4, 0);
    paneled_draw(&c.w, v, .25);
    c.wt = paneled_transposed(&c.w, 0, units);
    c.gates = paneled_create(lanes, units, rows, 4, more[0]);
    c.cell = paneled_create(lanes, units, rows, 2, more[1]);
    draw_gates(&c, v);
    c.dc = paneled_create(lanes, units, rows, 1, 0); /* guards at the last step */
    if (has & HAS_DZ_NEXT) {
        paneled_draw(&c.dc, v, 1);
        c.dz_next = paneled_create(lanes, units, rows, 4, more[0]);
        paneled_draw(&c.dz_next, v, 1);
    }
    if (has & HAS_CELL_PREV) {
        c.cell_prev = paneled_create(lanes, units, rows, 2, more[1]);
        paneled_draw(&c.cell_prev, v, 1);
    }
    if (has & HAS_DY) {
        c.dy = plain_create(rows, padded, padded + slack(v));
        plain_draw(&c.dy, v, 1);
        for (size_t r = 0; r < rows; r++)
            for (size_t u = units; u < padded; u++) c.dy.at[r * c.dy.ld + u] = 0;
    }
    return c;
}

void backward_free(backward_case *c)
{
    paneled *all[] = {&c->w, &c->gates, &c->cell, &c->cell_prev, &c->dc, &c->dz_next};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) guarded_free(all[i]->at);
    guarded_free(c->wt);
    guarded_free(c->dy.at);
}

backward_out backward_room(const backward_case *c)
{
    return (backward_out){paneled_like(&c->gates), paneled_like(&c->dc)};
}

void backward_room_free(backward_out *o)
{
    guarded_free(o->gates.at);
    guarded_free(o->dc.at);
}

static const float *row_of(const paneled *p, size_t row)
{
    return p->at ? paneled_at(p, row, 0, 0) : NULL;
}

void backward(const backward_case *c, size_t from, size_t rows, const backward_out *o)
{
    /* The rows of dc lie close together, however many they are. */
    paneled dc = paneled_create(c->k->lanes, c->units, rows, 1, 0);
    paneled_copy(&dc, 0, &c->dc, from, rows);
    paneled_copy(&o->gates, from, &c->gates, from, rows);
    lc_lstm_backward step = {.rows = rows,
                             .units = c->units,
                             .wt = c->wt,
                             .dz_next = row_of(&c->dz_next, from),
                             .dy = c->dy.at ? c->dy.at + from * c->dy.ld : NULL,
                             .dy_ld = c->dy.ld,
                             .gates = paneled_at(&o->gates, from, 0, 0),
                             .gates_panel = o->gates.panel,
                             .cell = row_of(&c->cell, from),
                             .cell_prev = row_of(&c->cell_prev, from),
                             .cell_panel = c->cell.panel,
                             .dc = dc.at};
    c->k->lstm_backward(&step);
    paneled_copy(&o->dc, from, &dc, 0, rows);
    for (size_t r = 0; r < rows; r++)
        for (size_t u = 0; u < whole_panels(c->k, c->units); u++) guarded_take(paneled_at(&dc, r, 0, u));
    UNIT_MUST(guarded_whole(dc.at), "%s, %zu rows, %zu units: written outside of dc", c->k->isa, rows, c->units);
    guarded_free(dc.at);
}
