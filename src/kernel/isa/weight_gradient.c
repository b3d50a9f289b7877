/* The gradient of the weights: a product over all rows of all steps, some steps at a time. Within them, panel by panel
 * and tile by tile of the weights' rows, the gate gradients stream by while the sums stay in registers. */
#include "kernel/isa/vector.h"

enum { PASS = 96 * 1024 }; /* floats of `a` that stay in the cache while all panels use them */

typedef struct place {
    size_t panel, from, steps; /* steps from.. of the product */
    size_t column, row;        /* vector and row of the panel's gradient */
} place;

/* g (rows, TILE_VECTORS; stride 4 VL) = or += the sum over steps and rows of a[.][rows] dz[.][TILE_VECTORS]. */
INLINE void tile(const size_t rows, const lc_weight_gradient *s, place at)
{
    vf acc[TILE_ROWS][TILE_VECTORS];
    float *g = s->g + at.panel * s->g_panel + at.row * GATES + at.column * VL;
    bool add = at.from > 0;
    UNROLL for (size_t r = 0; r < rows; r++)
    {
        UNROLL for (size_t j = 0; j < TILE_VECTORS; j++) acc[r][j] = add ? load(g + r * GATES + j * VL) : splat(0.0f);
    }
    for (size_t t = at.from; t < at.from + at.steps; t++) {
        const float *a = s->a + t * s->a_step + at.row;
        const float *dz = s->dz + at.panel * s->dz_panel + t * s->dz_step + at.column * VL;
        UNROLL_SUMS for (size_t n = 0; n < s->rows; n++, a += s->a_ld, dz += GATES)
        {
            vf d[TILE_VECTORS];
            UNROLL for (size_t j = 0; j < TILE_VECTORS; j++) d[j] = load(dz + j * VL);
            UNROLL for (size_t r = 0; r < rows; r++)
            {
                vf x = splat(a[r]);
                UNROLL for (size_t j = 0; j < TILE_VECTORS; j++) acc[r][j] = madd(x, d[j], acc[r][j]);
            }
        }
    }
    UNROLL for (size_t r = 0; r < rows; r++)
    {
        UNROLL for (size_t j = 0; j < TILE_VECTORS; j++) store(g + r * GATES + j * VL, acc[r][j]);
    }
}

#define TILE_CASE(n)                                                                                                   \
    case n: tile(n, s, at); break

static void tiles_of(const lc_weight_gradient *s, place at)
{
    size_t tiles = (s->k + TILE_ROWS - 1) / TILE_ROWS;
    for (size_t t = 0; t < tiles; t++) {
        size_t rows = even_height(s->k, TILE_ROWS, t);
        switch (rows) {
            TILE_CASE(1);
            TILE_CASE(2);
            TILE_CASE(3);
            TILE_CASE(4);
            TILE_CASE(5);
            TILE_CASE(6);
        default: break;
        }
        at.row += rows;
    }
}

void KERNEL(weight_gradient)(const lc_weight_gradient *s)
{
    size_t passes = (s->steps * s->rows * s->a_ld + PASS - 1) / PASS, from = 0;
    if (passes > s->steps) passes = s->steps;
    for (size_t pass = 0; pass < passes; pass++) {
        size_t steps = s->steps / passes + (pass < s->steps % passes);
        for (size_t panel = 0; panel < s->panels; panel++)
            for (size_t column = 0; column < 4; column += TILE_VECTORS)
                tiles_of(s, (place){panel, from, steps, column, 0});
        from += steps;
    }
    if (passes > 0) return;
    for (size_t panel = 0; panel < s->panels; panel++)
        memset(s->g + panel * s->g_panel, 0, s->k * GATES * sizeof *s->g);
}
