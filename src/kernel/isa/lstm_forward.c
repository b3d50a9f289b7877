/* A step of an LSTM layer: the product of the inputs and of the hidden state with a panel's weights ends in
 * the four gates of the same units, so the cell is finished while they are in registers. */
#include "kernel/isa/activation.h"

typedef struct place {
    size_t panel, row;
} place;

/* acc += a (rows, k; stride ld) w (k, 4 vectors). */
INLINE const float *multiply(const size_t rows, size_t k, const float *a, size_t ld, const float *w, vf acc[][4])
{
    UNROLL_SUMS for (size_t p = 0; p < k; p++, w += GATES)
    {
        vf gate[4];
        UNROLL for (size_t g = 0; g < 4; g++) gate[g] = load(w + g * VL);
        UNROLL for (size_t r = 0; r < rows; r++)
        {
            vf x = splat(a[r * ld + p]);
            UNROLL for (size_t g = 0; g < 4; g++) acc[r][g] = madd(x, gate[g], acc[r][g]);
        }
    }
    return w;
}

/* rows is a constant after inlining: the accumulators live in registers. */
INLINE void tile(const size_t rows, const lc_lstm_forward *s, place at)
{
    vf acc[CELL_ROWS][4];
    const float *w = s->w + at.panel * (1 + s->inputs + s->units) * GATES;
    UNROLL for (size_t r = 0; r < rows; r++)
    {
        UNROLL for (size_t g = 0; g < 4; g++) acc[r][g] = load(w + g * VL);
    }
    w = multiply(rows, s->inputs, s->x + at.row * s->x_ld, s->x_ld, w + GATES, acc);
    if (s->h_prev) multiply(rows, s->units, s->h_prev + at.row * s->h_prev_ld, s->h_prev_ld, w, acc);

    size_t cell = at.panel * s->cell_panel + at.row * CELL;
    float *h = s->h + at.row * s->h_ld + at.panel * VL;
    vf c[CELL_ROWS], squashed[CELL_ROWS];
    UNROLL for (size_t r = 0; r < rows; r++)
    {
        vf i = sigmoid(acc[r][0]);            /* i_t = sigma(W_i [h, x] + b_i) */
        vf f = sigmoid(acc[r][1]);            /* f_t = sigma(W_f [h, x] + b_f) */
        vf g = hyperbolic_tangent(acc[r][2]); /* C~_t = tanh(W_C [h, x] + b_C) */
        acc[r][3] = sigmoid(acc[r][3]);       /* o_t = sigma(W_o [h, x] + b_o) */
        c[r] = i * g;                         /* C_t = f_t C_(t-1) + i_t C~_t */
        if (s->cell_prev) c[r] = madd(f, load(s->cell_prev + cell + r * CELL), c[r]);
        if (s->gates) {
            float *gates = s->gates + at.panel * s->gates_panel + (at.row + r) * GATES;
            store(gates + AT_I, i);
            store(gates + AT_F, f);
            store(gates + AT_G, g);
            store(gates + AT_O, acc[r][3]);
        }
    }
    UNROLL for (size_t r = 0; r < rows; r++) squashed[r] = hyperbolic_tangent(c[r]);
    UNROLL for (size_t r = 0; r < rows; r++)
    {
        store(s->cell + cell + r * CELL, c[r]);
        store(s->cell + cell + r * CELL + VL, squashed[r]);
        store(h + r * s->h_ld, acc[r][3] * squashed[r]); /* h_t = o_t tanh(C_t) */
    }
}

#define TILE_CASE(n)                                                                                                   \
    case n: tile(n, s, at); break

void KERNEL(lstm_forward)(const lc_lstm_forward *s)
{
    size_t tiles = (s->rows + CELL_ROWS - 1) / CELL_ROWS, panels = (s->units + VL - 1) / VL;
    size_t end = s->parts ? panels * (s->part + 1) / s->parts : panels;
    for (place at = {s->parts ? panels * s->part / s->parts : 0, 0}; at.panel < end; at.panel++) {
        at.row = 0;
        for (size_t t = 0; t < tiles; t++) {
            size_t rows = even_height(s->rows, CELL_ROWS, t);
            switch (rows) {
                TILE_CASE(1);
                TILE_CASE(2);
#if !defined(__x86_64__) || defined(__AVX2__)
                TILE_CASE(3);
#endif
#if defined(__AVX512F__) || defined(__aarch64__)
                TILE_CASE(4);
                TILE_CASE(5);
                TILE_CASE(6);
#endif
            default: break;
            }
            at.row += rows;
        }
    }
}
