/* The general matrix product, for dense layers: C += A B. */
#include "kernel/isa/vector.h"

/* rows and vectors are constants after inlining, so the accumulators live in registers. */
INLINE void tile(const size_t rows, const size_t vectors, size_t k, const float *a, size_t a_row, size_t a_col,
                 const float *b, size_t ldb, float *c, size_t ldc)
{
    vf acc[TILE_ROWS][TILE_VECTORS];
    UNROLL for (size_t r = 0; r < rows; r++)
    {
        UNROLL for (size_t j = 0; j < vectors; j++) acc[r][j] = load(c + r * ldc + j * VL);
    }
    for (size_t p = 0; p < k; p++) {
        vf row[TILE_VECTORS];
        UNROLL for (size_t j = 0; j < vectors; j++) row[j] = load(b + p * ldb + j * VL);
        UNROLL for (size_t r = 0; r < rows; r++)
        {
            vf x = splat(a[r * a_row + p * a_col]);
            UNROLL for (size_t j = 0; j < vectors; j++) acc[r][j] = madd(x, row[j], acc[r][j]);
        }
    }
    UNROLL for (size_t r = 0; r < rows; r++)
    {
        UNROLL for (size_t j = 0; j < vectors; j++) store(c + r * ldc + j * VL, acc[r][j]);
    }
}

#define TILE_CASE(rows)                                                                                                \
    case rows: tile(rows, vectors, k, a, a_row, a_col, b, ldb, c, ldc); break

INLINE void tile_rows(size_t rows, const size_t vectors, size_t k, const float *a, size_t a_row, size_t a_col,
                      const float *b, size_t ldb, float *c, size_t ldc)
{
    switch (rows) {
        TILE_CASE(1);
        TILE_CASE(2);
        TILE_CASE(3);
        TILE_CASE(4);
        TILE_CASE(5);
        TILE_CASE(6);
    default: break;
    }
}

#if !defined(__AVX512F__)
_Static_assert(LC_LANES % (TILE_VECTORS * VL) == 0, "columns are a whole number of tiles");
#endif

static void tile_any(size_t rows, size_t vectors, size_t k, const float *a, size_t a_row, size_t a_col, const float *b,
                     size_t ldb, float *c, size_t ldc)
{
    switch (vectors) {
#if defined(__AVX512F__)
    case 1: tile_rows(rows, 1, k, a, a_row, a_col, b, ldb, c, ldc); break;
    case 2: tile_rows(rows, 2, k, a, a_row, a_col, b, ldb, c, ldc); break;
    case 3: tile_rows(rows, 3, k, a, a_row, a_col, b, ldb, c, ldc); break;
#endif
    case TILE_VECTORS: tile_rows(rows, TILE_VECTORS, k, a, a_row, a_col, b, ldb, c, ldc); break;
    default: break;
    }
}

void KERNEL(gemm)(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_col, const float *b, size_t ldb,
                  float *c, size_t ldc)
{
    enum { DEPTH = 256, COLUMNS = TILE_VECTORS * VL };
    size_t tiles = (m + TILE_ROWS - 1) / TILE_ROWS;
    for (size_t k0 = 0; k0 < k; k0 += DEPTH) {
        size_t depth = k - k0 < DEPTH ? k - k0 : DEPTH;
        for (size_t j = 0; j < n; j += COLUMNS) {
            size_t vectors = (n - j < COLUMNS ? n - j : COLUMNS) / VL;
            size_t r = 0;
            for (size_t t = 0; t < tiles; t++) {
                size_t rows = even_height(m, TILE_ROWS, t);
                tile_any(rows, vectors, depth, a + r * a_row + k0 * a_col, a_row, a_col, b + k0 * ldb + j, ldb,
                         c + r * ldc + j, ldc);
                r += rows;
            }
        }
    }
}
