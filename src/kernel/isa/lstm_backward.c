/* A step of an LSTM layer backward: the product of the next step's gate gradients with the transposed
 * weights gives the gradient of h, from which this step's gate gradients follow while it is in the cache. */
#include "kernel/isa/vector.h"

/* The gradients of 4 * lanes gates lie side by side, by panel; the weights are transposed to match. */
typedef struct operand {
    size_t units, panels; /* hidden */
    const float *dz;      /* (panels; dz_panel)(rows, 4, lanes) */
    size_t dz_panel;
    const float *wt; /* (output panels)(panels, 4, lanes, lanes) */
} operand;

enum { BLOCK = GATES * VL }; /* transposed weights of a pair of panels */

/* acc += dz (rows, k) wt (k, outputs): k gate gradients one after another. */
INLINE void multiply(const size_t rows, const size_t outputs, size_t k, const float *dz, const float *const wt[],
                     vf acc[][3])
{
    UNROLL_SUMS for (size_t p = 0; p < k; p++)
    {
        vf w[3];
        UNROLL for (size_t q = 0; q < outputs; q++) w[q] = load(wt[q] + p * VL);
        UNROLL for (size_t r = 0; r < rows; r++)
        {
            vf x = splat(dz[r * GATES + p]);
            UNROLL for (size_t q = 0; q < outputs; q++) acc[r][q] = madd(x, w[q], acc[r][q]);
        }
    }
}

/* Rows row.. and output panels panel.. of the product, added to what out (rows, outputs; row stride ld) holds. */
INLINE void product(const size_t rows, const size_t outputs, const operand *o, size_t row, size_t panel, float *out,
                    size_t ld)
{
    vf acc[SIDE_ROWS][3];
    const float *wt[3];
    UNROLL for (size_t q = 0; q < outputs; q++) wt[q] = o->wt + (panel + q) * o->panels * BLOCK;
    UNROLL for (size_t r = 0; r < rows; r++)
    {
        UNROLL for (size_t q = 0; q < outputs; q++) acc[r][q] = load(out + r * ld + q * VL);
    }
    for (size_t p = 0; p < o->panels; p++) {
        const float *dz = o->dz + p * o->dz_panel + row * GATES;
        size_t lanes = o->units - p * VL;
        if (lanes >= VL) multiply(rows, outputs, GATES, dz, wt, acc);
        else
            for (size_t g = 0; g < 4; g++) {
                const float *part[3];
                UNROLL for (size_t q = 0; q < outputs; q++) part[q] = wt[q] + g * VL * VL;
                multiply(rows, outputs, lanes, dz + g * VL, part, acc);
            }
        UNROLL for (size_t q = 0; q < outputs; q++) wt[q] += BLOCK;
    }
    UNROLL for (size_t r = 0; r < rows; r++)
    {
        UNROLL for (size_t q = 0; q < outputs; q++) store(out + r * ld + q * VL, acc[r][q]);
    }
}

#define ROWS_CASE(n)                                                                                                   \
    case n: product(n, outputs, o, row, panel, out, ld); break

INLINE void product_rows(size_t rows, const size_t outputs, const operand *o, size_t row, size_t panel, float *out,
                         size_t ld)
{
    switch (rows) {
        ROWS_CASE(1);
        ROWS_CASE(2);
        ROWS_CASE(3);
        ROWS_CASE(4);
        ROWS_CASE(5);
        ROWS_CASE(6);
#if defined(__AVX512F__) || defined(__aarch64__)
        ROWS_CASE(7);
        ROWS_CASE(8);
        ROWS_CASE(9);
        ROWS_CASE(10);
        ROWS_CASE(11);
        ROWS_CASE(12);
#endif
    default: break;
    }
}

static void product_any(size_t rows, size_t outputs, const operand *o, size_t row, size_t panel, float *out, size_t ld)
{
    if (outputs == 2) product_rows(rows, 2, o, row, panel, out, ld);
    else product_rows(rows, 1, o, row, panel, out, ld);
}

/* dh (rows, outputs, lanes): the gradient of h from the next step. */
static void gate_gradients(const lc_lstm_backward *s, size_t row, size_t rows, size_t panel, size_t outputs,
                           const float *dh)
{
    for (size_t q = 0; q < outputs; q++) {
        size_t p = panel + q;
        float *gates = s->gates + p * s->gates_panel + row * GATES;
        const float *cell = s->cell + p * s->cell_panel + row * CELL;
        const float *before = s->cell_prev ? s->cell_prev + p * s->cell_panel + row * CELL : NULL;
        float *dc = s->dc + (p * s->rows + row) * VL;
        for (size_t r = 0; r < rows; r++, gates += GATES, cell += CELL, dc += VL) {
            vf i = load(gates + AT_I), f = load(gates + AT_F), g = load(gates + AT_G), o = load(gates + AT_O);
            vf squashed = load(cell + VL), up = load(dh + (r * outputs + q) * VL);
            if (s->dy) up += load(s->dy + (row + r) * s->dy_ld + p * VL);
            vf d = up * o * nmadd(squashed, squashed, splat(1.0f));
            if (s->dz_next) d += load(dc);
            vf previous = before ? load(before + r * CELL) : splat(0.0f);
            store(gates + AT_I, d * g * nmadd(i, i, i));
            store(gates + AT_F, d * previous * nmadd(f, f, f));
            store(gates + AT_G, d * i * nmadd(g, g, splat(1.0f)));
            store(gates + AT_O, up * squashed * nmadd(o, o, o));
            store(dc, d * f);
        }
    }
}

void KERNEL(lstm_backward)(const lc_lstm_backward *s)
{
    float dh[SIDE_ROWS * 2 * VL] __attribute__((aligned(64)));
    size_t panels = (s->units + VL - 1) / VL, tiles = (s->rows + SIDE_ROWS - 1) / SIDE_ROWS;
    operand o = {s->units, panels, s->dz_next, s->gates_panel, s->wt};
    for (size_t panel = 0; panel < panels; panel += 2) {
        size_t outputs = panels - panel < 2 ? 1 : 2, row = 0;
        for (size_t t = 0; t < tiles; t++) {
            size_t rows = even_height(s->rows, SIDE_ROWS, t);
            memset(dh, 0, rows * outputs * VL * sizeof *dh);
            if (s->dz_next) product_any(rows, outputs, &o, row, panel, dh, outputs * VL);
            gate_gradients(s, row, rows, panel, outputs, dh);
            row += rows;
        }
    }
}

void KERNEL(lstm_input_gradient)(const lc_lstm_input_gradient *s)
{
    size_t panels = (s->inputs + VL - 1) / VL, tiles = (s->rows + SIDE_ROWS - 1) / SIDE_ROWS;
    operand o = {s->units, (s->units + VL - 1) / VL, s->dz, s->gates_panel, s->wt};
    for (size_t panel = 0; panel < panels; panel += 2) {
        size_t outputs = panels - panel < 2 ? 1 : 2, row = 0;
        for (size_t t = 0; t < tiles; t++) {
            size_t rows = even_height(s->rows, SIDE_ROWS, t);
            float *out = s->dx + row * s->dx_ld + panel * VL;
            for (size_t r = 0; r < rows; r++) memset(out + r * s->dx_ld, 0, outputs * VL * sizeof *out);
            product_any(rows, outputs, &o, row, panel, out, s->dx_ld);
            row += rows;
        }
    }
}

/* to (panels, 4, lanes, lanes): element (p, gate, lane, k) is that of row k, panel p, gate and lane of w. */
void KERNEL(lstm_transpose)(size_t k, size_t panels, const float *w, size_t w_panel, float *to)
{
    for (size_t p = 0; p < panels; p++, w += w_panel, to += BLOCK)
        for (size_t j = 0; j < GATES; j++)
            for (size_t r = 0; r < k; r++) to[j * VL + r] = w[r * GATES + j];
}
