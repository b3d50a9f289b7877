/* Compiled once for each instruction set with LC_ISA defined; see dispatch.c for the table. Written with
 * the vector extensions of GCC and clang: the same source gives AVX-512, AVX2, SSE2 and NEON code. */
#include "kernel/kernels.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define PASTE2(a, b) a##b
#define PASTE(a, b) PASTE2(a, b)
#define TEXT2(a) #a
#define TEXT(a) TEXT2(a)

#if defined(__AVX512F__)
enum { VL = 16, TILE_ROWS = 6, TILE_VECTORS = 4 };
#elif defined(__AVX2__)
enum { VL = 8, TILE_ROWS = 6, TILE_VECTORS = 2 };
#elif defined(__aarch64__)
enum { VL = 4, TILE_ROWS = 6, TILE_VECTORS = 4 };
#else
enum { VL = 4, TILE_ROWS = 6, TILE_VECTORS = 2 };
#endif

#if defined(__clang__)
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 8")
#endif
#define INLINE static inline __attribute__((always_inline))

typedef float vf __attribute__((vector_size(VL * 4)));
typedef int32_t vi __attribute__((vector_size(VL * 4)));

INLINE vf load(const float *p)
{
    vf v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store(float *p, vf v)
{
    memcpy(p, &v, sizeof v);
}

INLINE vf splat(float x)
{
    return x - (vf){0}; /* x + 0 would turn -0 into +0 and cost an addition */
}

INLINE vf pick(vi mask, vf yes, vf no)
{
    return (vf)((mask & (vi)yes) | (~mask & (vi)no));
}

/* sqrtf may set errno, which keeps compilers from making a vector of it. */
INLINE vf square_root(vf x)
{
#if defined(__AVX512F__)
    return (vf)_mm512_sqrt_ps((__m512)x);
#elif defined(__AVX2__)
    return (vf)_mm256_sqrt_ps((__m256)x);
#elif defined(__x86_64__)
    return (vf)_mm_sqrt_ps((__m128)x);
#elif defined(__aarch64__)
    return (vf)vsqrtq_f32((float32x4_t)x);
#else
    for (int l = 0; l < VL; l++) x[l] = sqrtf(x[l]);
    return x;
#endif
}

/* ---- matrix product ---- */

/* rows and vectors are constants after inlining, so the accumulators live in registers. */
INLINE void tile(const int rows, const int vectors, size_t k, const float *a, size_t a_row, size_t a_col,
                 const float *b, size_t ldb, float *c, size_t ldc)
{
    vf acc[TILE_ROWS][TILE_VECTORS];
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int j = 0; j < vectors; j++) acc[r][j] = load(c + (size_t)r * ldc + (size_t)j * VL);
    }
    for (size_t p = 0; p < k; p++) {
        vf row[TILE_VECTORS];
        UNROLL for (int j = 0; j < vectors; j++) row[j] = load(b + p * ldb + (size_t)j * VL);
        UNROLL for (int r = 0; r < rows; r++)
        {
            vf x = splat(a[(size_t)r * a_row + p * a_col]);
            UNROLL for (int j = 0; j < vectors; j++) acc[r][j] += x * row[j];
        }
    }
    UNROLL for (int r = 0; r < rows; r++)
    {
        UNROLL for (int j = 0; j < vectors; j++) store(c + (size_t)r * ldc + (size_t)j * VL, acc[r][j]);
    }
}

#define TILE_CASE(rows)                                                                                                \
    case rows: tile(rows, vectors, k, a, a_row, a_col, b, ldb, c, ldc); break

INLINE void tile_rows(size_t rows, const int vectors, size_t k, const float *a, size_t a_row, size_t a_col,
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

static void tile_any(size_t rows, size_t vectors, size_t k, const float *a, size_t a_row, size_t a_col, const float *b,
                     size_t ldb, float *c, size_t ldc)
{
    switch (vectors) {
    case 1: tile_rows(rows, 1, k, a, a_row, a_col, b, ldb, c, ldc); break;
    case 2: tile_rows(rows, 2, k, a, a_row, a_col, b, ldb, c, ldc); break;
#if defined(__AVX512F__) || defined(__aarch64__)
    case 3: tile_rows(rows, 3, k, a, a_row, a_col, b, ldb, c, ldc); break;
    case 4: tile_rows(rows, 4, k, a, a_row, a_col, b, ldb, c, ldc); break;
#endif
    default: break;
    }
}

static void gemm(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_col, const float *b, size_t ldb,
                 float *c, size_t ldc)
{
    enum { DEPTH = 256, COLUMNS = TILE_VECTORS * VL };
    /* Tiles of even height: 32 rows are 6+6+5+5+5+5, not 6+6+6+6+6+2. */
    size_t tiles = (m + TILE_ROWS - 1) / TILE_ROWS;
    for (size_t k0 = 0; k0 < k; k0 += DEPTH) {
        size_t depth = k - k0 < DEPTH ? k - k0 : DEPTH;
        for (size_t j = 0; j < n; j += COLUMNS) {
            size_t vectors = (n - j < COLUMNS ? n - j : COLUMNS) / VL;
            size_t r = 0;
            for (size_t t = 0; t < tiles; t++) {
                size_t rows = m / tiles + (t < m % tiles);
                tile_any(rows, vectors, depth, a + r * a_row + k0 * a_col, a_row, a_col, b + k0 * ldb + j, ldb,
                         c + r * ldc + j, ldc);
                r += rows;
            }
        }
    }
}

/* ---- activations ---- */

/* 2^y = scale * (1 + q) with |fraction| <= 1/2; q is kept apart because 2^y - 1 would lose it near y = 0.
 * The polynomial is a Chebyshev fit of (2^r - 1) / r, relative error of 2^y 5e-9
 * before rounding. NaN stays NaN. */
INLINE vf exp2_parts(vf y, vf *scale)
{
    const float shift = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer */
    vf t = y + shift;
    vf r = y - (t - shift);
    *scale = (vf)(((vi)t - (int32_t)0x4b400000 + 127) << 23);
    vf q = splat(0.00015461448f);
    q = q * r + 0.0013390867f;
    q = q * r + 0.009618057f;
    q = q * r + 0.05550357f;
    q = q * r + 0.2402265f;
    q = q * r + 0.6931472f;
    return q * r;
}

INLINE vf clamp(vf x, float limit)
{
    x = pick(x > limit, splat(limit), x);
    return pick(x < -limit, splat(-limit), x);
}

static const float log2_e = 1.44269504088896341f;

INLINE vf sigmoid(vf x)
{
    vf scale, q = exp2_parts(clamp(x, 60.0f) * -log2_e, &scale);
    return 1.0f / (1.0f + (scale * q + scale));
}

INLINE vf hyperbolic_tangent(vf x)
{
    vf scale, q = exp2_parts(clamp(x, 30.0f) * (2 * log2_e), &scale);
    vf minus1 = scale * q + (scale - 1.0f);
    return minus1 / (minus1 + 2.0f);
}

/* ---- LSTM cell ---- */

static void lstm_forward(size_t rows, size_t h, float *z, const float *c_prev, float *c, float *tanh_c, float *out)
{
    for (size_t r = 0; r < rows; r++) {
        float *gate = z + r * 4 * h;
        for (size_t u = 0; u < h; u += VL) {
            vf i = sigmoid(load(gate + u));                    /* i_t = sigma(W_i [h, x] + b_i) */
            vf f = sigmoid(load(gate + h + u));                /* f_t = sigma(W_f [h, x] + b_f) */
            vf g = hyperbolic_tangent(load(gate + 2 * h + u)); /* C~_t = tanh(W_C [h, x] + b_C) */
            vf o = sigmoid(load(gate + 3 * h + u));            /* o_t = sigma(W_o [h, x] + b_o) */
            vf cell = i * g;                                   /* C_t = f_t C_(t-1) + i_t C~_t */
            if (c_prev) cell = f * load(c_prev + r * h + u) + cell;
            vf squashed = hyperbolic_tangent(cell);
            store(gate + u, i);
            store(gate + h + u, f);
            store(gate + 2 * h + u, g);
            store(gate + 3 * h + u, o);
            store(c + r * h + u, cell);
            store(tanh_c + r * h + u, squashed);
            store(out + r * h + u, o * squashed); /* h_t = o_t tanh(C_t) */
        }
    }
}

static void lstm_backward(size_t rows, size_t h, float *z, const float *c_prev, const float *tanh_c, const float *dh,
                          float *dc)
{
    for (size_t r = 0; r < rows; r++) {
        float *gate = z + r * 4 * h;
        for (size_t u = 0; u < h; u += VL) {
            vf i = load(gate + u), f = load(gate + h + u), g = load(gate + 2 * h + u), o = load(gate + 3 * h + u);
            vf squashed = load(tanh_c + r * h + u);
            vf up = load(dh + r * h + u);
            vf cell = load(dc + r * h + u) + up * o * (1.0f - squashed * squashed);
            vf before = c_prev ? load(c_prev + r * h + u) : splat(0.0f);
            store(gate + u, cell * g * i * (1.0f - i));
            store(gate + h + u, cell * before * f * (1.0f - f));
            store(gate + 2 * h + u, cell * i * (1.0f - g * g));
            store(gate + 3 * h + u, up * squashed * o * (1.0f - o));
            store(dc + r * h + u, cell * f);
        }
    }
}

/* ---- flat loops ---- */

static void add_rows(size_t rows, size_t n, const float *a, float *out)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < n; j += VL) store(out + j, load(out + j) + load(a + r * n + j));
}

static double reduce(size_t n, const float *const *part, size_t parts, size_t offset, float *out)
{
    double lane[VL] = {0};
    size_t i = 0;
    for (; i + VL <= n; i += VL) {
        vf sum = load(part[0] + offset + i);
        for (size_t p = 1; p < parts; p++) sum += load(part[p] + offset + i);
        store(out + offset + i, sum);
        for (size_t l = 0; l < VL; l++) lane[l] += (double)sum[l] * (double)sum[l];
    }
    double squares = 0;
    for (size_t l = 0; l < VL; l++) squares += lane[l];
    for (; i < n; i++) {
        float sum = part[0][offset + i];
        for (size_t p = 1; p < parts; p++) sum += part[p][offset + i];
        out[offset + i] = sum;
        squares += (double)sum * (double)sum;
    }
    return squares;
}

typedef struct adam_step {
    float scale, rate, beta1, beta2, fresh1, fresh2, inv_sqrt_correction2, eps;
} adam_step;

INLINE void adam_vector(const adam_step *s, float *w, const float *g, float *m, float *v)
{
    vf d = load(g) * s->scale;
    vf first = s->beta1 * load(m) + s->fresh1 * d;
    vf second = s->beta2 * load(v) + s->fresh2 * d * d;
    store(m, first);
    store(v, second);
    store(w, load(w) - s->rate * first / (square_root(second) * s->inv_sqrt_correction2 + s->eps));
}

static void adam(size_t n, float *restrict w, const float *restrict g, float *restrict m, float *restrict v,
                 float scale, float rate, double beta1, double beta2, float inv_sqrt_correction2, float eps)
{
    /* 1 - beta before rounding: 1 - 0.999f is off by 1e-5 of itself. */
    const adam_step s = {
        scale, rate, (float)beta1, (float)beta2, (float)(1 - beta1), (float)(1 - beta2), inv_sqrt_correction2, eps};
    size_t i = 0;
    for (; i + VL <= n; i += VL) adam_vector(&s, w + i, g + i, m + i, v + i);
    if (i == n) return;
    /* The last few take the same way, so that no bit depends on where a slice ends. */
    float rest[4][VL] = {{0}};
    float *all[] = {w + i, m + i, v + i};
    size_t bytes = (n - i) * sizeof *w;
    for (size_t k = 0; k < 3; k++) memcpy(rest[k], all[k], bytes);
    memcpy(rest[3], g + i, bytes);
    adam_vector(&s, rest[0], rest[3], rest[1], rest[2]);
    for (size_t k = 0; k < 3; k++) memcpy(all[k], rest[k], bytes);
}

extern const lc_kernels PASTE(lc_kernels_, LC_ISA);
const lc_kernels PASTE(lc_kernels_, LC_ISA) = {
    .isa = TEXT(LC_ISA),
    .gemm = gemm,
    .lstm_forward = lstm_forward,
    .lstm_backward = lstm_backward,
    .add_rows = add_rows,
    .reduce = reduce,
    .adam = adam,
};
