/* Vectors of one instruction set, in the vector extensions of GCC and clang: the same source gives AVX-512,
 * AVX2, SSE2 and NEON code. The files of this folder are compiled once for each set, with LC_ISA its name.
 *
 * Products and sums are fused by name (madd) or not at all: the compiler, which could fuse a*b + c*d in two
 * ways, is told to leave them alone (-ffp-contract=off), so that a result does not depend on the loop that
 * a compiler made of it. */
#ifndef LC_KERNEL_ISA_VECTOR_H
#define LC_KERNEL_ISA_VECTOR_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernel/kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define PASTE3(a, b, c) a##b##c
#define PASTE(a, b, c) PASTE3(a, b, c)
/* The name of a kernel of this instruction set: lc_avx2_gemm. */
#define KERNEL(name) PASTE(lc_, LC_ISA, _##name)

/* What the files of this folder define, for the table. */
void KERNEL(lstm_forward)(const lc_lstm_forward *s);
void KERNEL(lstm_backward)(const lc_lstm_backward *s);
void KERNEL(lstm_input_gradient)(const lc_lstm_input_gradient *s);
void KERNEL(weight_gradient)(const lc_weight_gradient *s);
void KERNEL(lstm_transpose)(size_t k, size_t panels, const float *w, size_t w_panel, float *to);
void KERNEL(gemm)(size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_col, const float *b, size_t ldb,
                  float *c, size_t ldc);
double KERNEL(reduce)(size_t n, const float *const *part, size_t parts, size_t offset, float *out);
void KERNEL(adam)(size_t n, float *w, const float *g, float *m, float *v, float keep, float scale, float rate,
                  double beta1, double beta2, float inv_sqrt_correction2, float eps);
void KERNEL(relu)(size_t n, const float *x, float *y);
void KERNEL(relu_backward)(size_t n, const float *y, const float *dy, float *dx);
double KERNEL(pinball)(size_t n, float above, float below, const float *y, const float *delta, const float *target,
                       const float *weight, float *slope);
void KERNEL(average)(size_t n, float *average, const float *w, float share);

/* Tiles whose sums fill the registers: CELL_ROWS beside the 4 gates of a panel, SIDE_ROWS beside 2 vectors, TILE_ROWS
 * beside TILE_VECTORS. */
#if defined(__AVX512F__)
enum { VL = 16, CELL_ROWS = 6, SIDE_ROWS = 12, TILE_ROWS = 6, TILE_VECTORS = 4 };
#elif defined(__AVX2__)
enum { VL = 8, CELL_ROWS = 3, SIDE_ROWS = 6, TILE_ROWS = 6, TILE_VECTORS = 2 };
#elif defined(__aarch64__)
enum { VL = 4, CELL_ROWS = 6, SIDE_ROWS = 12, TILE_ROWS = 6, TILE_VECTORS = 4 };
#else
enum { VL = 4, CELL_ROWS = 2, SIDE_ROWS = 6, TILE_ROWS = 6, TILE_VECTORS = 2 };
#endif
/* Floats of a row of a panel: its gates, of which each lies AT_..., and c beside tanh c. */
enum { AT_I = 0, AT_F = VL, AT_G = 2 * VL, AT_O = 3 * VL, GATES = 4 * VL, CELL = 2 * VL };

/* clang looks at a function before it is inlined, when its rows are not yet constant: unless the loop is to be unrolled
 * fully or not at all, it takes eight rows at a time there, and the sums of fewer stay in memory. */
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif
/* Sums over k, where there are registers to spare: counting takes issue slots of the products. Without them (AVX2) GCC
 * moves loads ahead and spills. */
#if defined(__AVX512F__) && defined(__clang__)
#define UNROLL_SUMS _Pragma("clang loop unroll_count(4)")
#elif defined(__AVX512F__)
#define UNROLL_SUMS _Pragma("GCC unroll 4")
#else
#define UNROLL_SUMS
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

/* a b + c, rounded once wherever the machine can. */
INLINE vf madd(vf a, vf b, vf c)
{
#if defined(__AVX512F__)
    return (vf)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__AVX2__)
    return (vf)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__aarch64__)
    return (vf)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
    return a * b + c;
#endif
}

/* c - a b */
INLINE vf nmadd(vf a, vf b, vf c)
{
#if defined(__AVX512F__)
    return (vf)_mm512_fnmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__AVX2__)
    return (vf)_mm256_fnmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__aarch64__)
    return (vf)vfmsq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
    return c - a * b;
#endif
}

/* x within -limit..limit; NaN stays NaN (x86 gives the second operand when one is NaN). */
INLINE vf clamp(vf x, float limit)
{
#if defined(__AVX512F__)
    return (vf)_mm512_max_ps(_mm512_set1_ps(-limit), _mm512_min_ps(_mm512_set1_ps(limit), (__m512)x));
#elif defined(__AVX2__)
    return (vf)_mm256_max_ps(_mm256_set1_ps(-limit), _mm256_min_ps(_mm256_set1_ps(limit), (__m256)x));
#elif defined(__x86_64__)
    return (vf)_mm_max_ps(_mm_set1_ps(-limit), _mm_min_ps(_mm_set1_ps(limit), (__m128)x));
#elif defined(__aarch64__)
    return (vf)vmaxq_f32(vdupq_n_f32(-limit), vminq_f32(vdupq_n_f32(limit), (float32x4_t)x));
#else
    for (int l = 0; l < VL; l++) x[l] = x[l] > limit ? limit : x[l] < -limit ? -limit : x[l];
    return x;
#endif
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

/* Part i of n rows in tiles of even height, at most `most`: 32 rows are 6+6+5+5+5+5, not 6+6+6+6+6+2. */
INLINE size_t even_height(size_t n, size_t most, size_t i)
{
    size_t tiles = (n + most - 1) / most;
    return n / tiles + (i < n % tiles);
}

#endif
