#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "unit/support/isa.h"
#include "unit/support/paneled.h"
#include "unit/support/unit.h"

/* Selection, the general product and the activations. Every test runs once for each instruction set. */
static const lc_kernels *usable(int i)
{
    return isa_at((size_t)i);
}

static float *drawn(size_t n, uint64_t index)
{
    float *p = malloc((n + 1) * sizeof *p);
    ck_assert_ptr_nonnull(p);
    lc_rng r = lc_rng_make(5, LC_STREAM_TEST, index);
    for (size_t i = 0; i < n; i++) p[i] = (float)lc_rng_normal(&r);
    return p;
}

/* ---- selection ---- */

START_TEST(selection)
{
    ck_assert_ptr_nonnull(isa_at(0));
    ck_assert_ptr_null(lc_kernels_select("sse9"));
    ck_assert_ptr_null(lc_kernels_select(""));
    const lc_kernels *widest = NULL;
    for (size_t i = 0; i < ISA_COUNT; i++)
        if (isa_at(i)) {
            widest = isa_at(i);
            /* Rows padded to LC_LANES hold whole panels. */
            ck_assert(widest->lanes > 0 && LC_LANES % widest->lanes == 0);
            ck_assert_ptr_eq(lc_kernels_select(widest->isa), widest);
            ck_assert_ptr_nonnull(strstr(lc_kernels_names(), widest->isa));
        }
    ck_assert_ptr_eq(lc_kernels_select(NULL), widest);
    ck_assert_ptr_eq(lc_kernels_select("base"), isa_at(0));
    setenv("LOOMCAST_ISA", "base", 1);
    ck_assert_ptr_eq(lc_kernels_default(), isa_at(0));
    setenv("LOOMCAST_ISA", "nonsense", 1);
    ck_assert_ptr_null(lc_kernels_default());
    setenv("LOOMCAST_ISA", "", 1);
    ck_assert_ptr_eq(lc_kernels_default(), widest);
    unsetenv("LOOMCAST_ISA");
}
END_TEST

/* ---- gemm ---- */

typedef struct product {
    size_t m, n, k;
    size_t lda, ldb, ldc; /* row strides; of A as it lies in memory */
    bool transposed;      /* A lies as (k, m) */
    float *a, *b, *c;
} product;

static product make_product(size_t m, size_t n, size_t k, bool transposed, uint64_t index)
{
    product p = {.m = m, .n = n, .k = k, .transposed = transposed, .ldb = n + 16, .ldc = n + 32};
    p.lda = (transposed ? m : k) + 3;
    p.a = drawn(p.lda * ((transposed ? k : m) + 1), index);
    p.b = drawn(p.ldb * (k + 1), index + 1);
    p.c = drawn(p.ldc * (m + 1), index + 2);
    return p;
}

static void free_product(product *p)
{
    free(p->a);
    free(p->b);
    free(p->c);
}

static void multiply(const lc_kernels *k, const product *p, size_t from, size_t rows, float *c)
{
    size_t a_row = p->transposed ? 1 : p->lda, a_col = p->transposed ? p->lda : 1;
    k->gemm(rows, p->n, p->k, p->a + from * a_row, a_row, a_col, p->b, p->ldb, c + from * p->ldc, p->ldc);
}

static double check_product(const lc_kernels *kernels, const product *p)
{
    size_t size = p->ldc * (p->m + 1);
    float *c = malloc(size * sizeof *c);
    memcpy(c, p->c, size * sizeof *c);
    multiply(kernels, p, 0, p->m, c);
    double worst = 0;
    for (size_t i = 0; i <= p->m; i++)
        for (size_t j = 0; j < p->ldc; j++) {
            double sum = (double)p->c[i * p->ldc + j], size_of_terms = fabs(sum);
            for (size_t q = 0; i < p->m && j < p->n && q < p->k; q++) {
                double a = (double)(p->transposed ? p->a[q * p->lda + i] : p->a[i * p->lda + q]);
                double term = a * (double)p->b[q * p->ldb + j];
                sum += term;
                size_of_terms += fabs(term);
            }
            double error = fabs((double)c[i * p->ldc + j] - sum);
            /* The bound of summing k terms one after another (Higham 2002); 0 outside of the product. */
            double bound = i < p->m && j < p->n ? (double)(p->k + 1) * FLT_EPSILON * size_of_terms : 0;
            UNIT_MUST(error <= bound, "%s %zux%zux%zu%s: element %zu,%zu is off by %g", kernels->isa, p->m, p->n, p->k,
                      p->transposed ? " of A transposed" : "", i, j, error);
            worst = fmax(worst, size_of_terms > 0 ? error / size_of_terms : 0);
        }
    free(c);
    return worst;
}

START_TEST(gemm_agrees_with_a_naive_product)
{
    static const size_t rows[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 17, 19, 23, 31, 32, 33};
    static const size_t columns[] = {16, 32, 48, 64, 80, 96, 112, 128, 144, 208};
    static const size_t depths[] = {0, 1, 2, 3, 5, 16, 37, 255, 256, 257, 513};
    const lc_kernels *k = usable(_i);
    double worst = 0;
    uint64_t index = 0;
    for (size_t i = 0; k && i < sizeof rows / sizeof *rows; i++)
        for (size_t j = 0; j < sizeof columns / sizeof *columns; j++)
            for (size_t d = 0; d < sizeof depths / sizeof *depths; d++) {
                index += 3;
                /* The deepest products with a few shapes only: the naive loop is slow. */
                if (depths[d] > 100 && (i + 2 * j + d) % 13) continue;
                product p = make_product(rows[i], columns[j], depths[d], (i + j + d) % 2, index);
                worst = fmax(worst, check_product(k, &p));
                free_product(&p);
            }
    if (k) printf("  %-7s gemm: largest error %.1e of the terms' sizes\n", k->isa, worst);
}
END_TEST

START_TEST(gemm_rows_do_not_depend_on_how_many_there_are)
{
    const lc_kernels *k = usable(_i);
    for (int transposed = 0; k && transposed < 2; transposed++) {
        product p = make_product(37, 112, 300, transposed, 900);
        size_t size = p.ldc * (p.m + 1);
        float *whole = malloc(size * sizeof *whole), *parts = malloc(size * sizeof *parts);
        memcpy(whole, p.c, size * sizeof *whole);
        multiply(k, &p, 0, p.m, whole);
        for (size_t part = 1; part < p.m; part++) {
            memcpy(parts, p.c, size * sizeof *parts);
            for (size_t from = 0; from < p.m; from += part)
                multiply(k, &p, from, p.m - from < part ? p.m - from : part, parts);
            UNIT_MUST(same_bits(whole, parts, size), "%s: %zu rows at a time", k->isa, part);
        }
        free(whole);
        free(parts);
        free_product(&p);
    }
}
END_TEST

/* ---- activations, seen through the gates ---- */

enum { BIAS = 4 * LC_LANES, ROWS = 1 + 1 + LC_LANES };

/* The gates z (4, LC_LANES) of units whose gate inputs are x, bit for bit: x is their bias, beside an input whose
 * weights are -0, which no sum notices. Nothing reads the recurrent weights: before the first step h is 0. */
static void gates_of(const lc_kernels *k, const float x[LC_LANES], float z[BIAS])
{
    const float one = 1;
    size_t lanes = k->lanes, row = 4 * lanes;
    float w[ROWS * BIAS], gates[BIAS], cell[2 * LC_LANES], h[LC_LANES];
    for (size_t i = 0; i < ROWS * BIAS; i++) w[i] = i / row % ROWS > 1 ? NAN : -0.0f;
    for (size_t i = 0; i < BIAS; i++) w[i / row * ROWS * row + i % row] = x[i / row * lanes + i % lanes];
    lc_lstm_forward step = {.rows = 1,
                            .inputs = 1,
                            .units = LC_LANES,
                            .w = w,
                            .x = &one,
                            .x_ld = 1,
                            .cell = cell,
                            .cell_panel = 2 * lanes,
                            .gates = gates,
                            .gates_panel = row,
                            .h = h,
                            .h_ld = LC_LANES};
    k->lstm_forward(&step);
    for (size_t gate = 0; gate < 4; gate++)
        for (size_t u = 0; u < LC_LANES; u++)
            z[gate * LC_LANES + u] = gates[u / lanes * row + gate * lanes + u % lanes];
}

typedef struct worst {
    double sigmoid, tangent;   /* absolute */
    double relative_near_zero; /* of tanh */
    float sigmoid_at, tangent_at;
} worst;

static void try_inputs(const lc_kernels *k, const float x[LC_LANES], worst *w)
{
    float z[BIAS];
    gates_of(k, x, z);
    for (size_t u = 0; u < LC_LANES; u++) {
        double s = 1 / (1 + exp(-(double)x[u])), t = tanh((double)x[u]);
        double gate = (double)z[u], cell = (double)z[2 * LC_LANES + u];
        UNIT_MUST(gate >= 0 && gate <= 1 && fabs(cell) <= 1, "%s at %g: sigmoid %g, tanh %g", k->isa, (double)x[u],
                  gate, cell);
        UNIT_MUST(same_bits(&z[u], &z[LC_LANES + u], 1) && same_bits(&z[u], &z[3 * LC_LANES + u], 1),
                  "%s at %g: gates differ", k->isa, (double)x[u]);
        if (fabs(gate - s) > w->sigmoid) w->sigmoid = fabs(gate - s), w->sigmoid_at = x[u];
        if (fabs(cell - t) > w->tangent) w->tangent = fabs(cell - t), w->tangent_at = x[u];
        if (fabsf(x[u]) < .25f && fabsf(x[u]) > FLT_MIN)
            w->relative_near_zero = fmax(w->relative_near_zero, fabs(cell - t) / fabs(t));
    }
}

START_TEST(activations_are_close_everywhere)
{
    const lc_kernels *k = usable(_i);
    if (!k) return;
    worst w = {0};
    float x[LC_LANES];
    /* Evenly over where they bend, then by the bits over all sizes of numbers. */
    for (int i = -400000; i < 400000; i += LC_LANES) {
        for (int u = 0; u < LC_LANES; u++) x[u] = (float)(i + u) * 5e-5f;
        try_inputs(k, x, &w);
    }
    for (uint32_t bits = 0; bits < 0x461c4000 /* 1e4 */; bits += 65521) {
        for (uint32_t u = 0; u < LC_LANES; u++) {
            uint32_t b = (bits + 4099 * u) | (u % 2 ? 0x80000000u : 0);
            memcpy(&x[u], &b, sizeof b);
        }
        try_inputs(k, x, &w);
    }
    printf("  %-7s largest error: sigmoid %.2e at %g, tanh %.2e at %g; tanh near 0, relative %.2e\n", k->isa, w.sigmoid,
           (double)w.sigmoid_at, w.tangent, (double)w.tangent_at, w.relative_near_zero);
    ck_assert_double_lt(w.sigmoid, 2e-7);
    ck_assert_double_lt(w.tangent, 2.5e-7);
    ck_assert_double_lt(w.relative_near_zero, 5e-7);
}
END_TEST

START_TEST(activations_at_the_edges)
{
    const lc_kernels *k = usable(_i);
    if (!k) return;
    const float x[LC_LANES] = {0.0f,   -0.0f,   1e4f, -1e4f,   FLT_MAX,      -FLT_MAX,      INFINITY, -INFINITY,
                               1e-40f, -1e-40f, NAN,  FLT_MIN, FLT_TRUE_MIN, -FLT_TRUE_MIN, 88.5f,    -88.5f};
    float z[BIAS];
    gates_of(k, x, z);
    for (size_t u = 0; u < LC_LANES; u++) {
        double s = 1 / (1 + exp(-(double)x[u])), t = tanh((double)x[u]);
        double gate = (double)z[u], cell = (double)z[2 * LC_LANES + u];
        if (isnan(x[u])) {
            UNIT_MUST(isnan(gate) && isnan(cell), "%s: NaN becomes %g and %g", k->isa, gate, cell);
            continue;
        }
        UNIT_MUST(fabs(gate - s) < 2e-7 && fabs(cell - t) < 2e-7, "%s at %g: %g, %g", k->isa, (double)x[u], gate, cell);
        UNIT_MUST(!(cell * t < 0), "%s at %g: tanh has the wrong sign", k->isa, (double)x[u]);
    }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("kernels");
    TCase *c = tcase_create("each instruction set");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, selection);
    tcase_add_loop_test(c, gemm_agrees_with_a_naive_product, 0, ISA_COUNT);
    tcase_add_loop_test(c, gemm_rows_do_not_depend_on_how_many_there_are, 0, ISA_COUNT);
    tcase_add_loop_test(c, activations_are_close_everywhere, 0, ISA_COUNT);
    tcase_add_loop_test(c, activations_at_the_edges, 0, ISA_COUNT);
    suite_add_tcase(s, c);
    return s;
}
