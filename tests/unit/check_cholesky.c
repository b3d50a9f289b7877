#include <math.h>

#include "base/cholesky.h"
#include "base/rng.h"
#include "unit/support/unit.h"

enum { MOST = 40 };

/* B B' + I / 10, of numbers of very different size. */
static void make(double *a, size_t n, uint64_t seed)
{
    static double b[MOST * MOST];
    lc_rng r = lc_rng_make(seed, LC_STREAM_TEST, 0);
    for (size_t i = 0; i < n * n; i++) b[i] = lc_rng_normal(&r) * (1 + (double)(i / n % 5));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            a[i * n + j] = i == j ? .1 : 0;
            for (size_t k = 0; k < n; k++) a[i * n + j] += b[i * n + k] * b[j * n + k];
        }
}

START_TEST(times_the_matrix_it_is_one)
{
    static double a[MOST * MOST], inverse[MOST * MOST];
    const size_t n = (size_t)_i;
    make(a, n, (uint64_t)n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) inverse[i * n + j] = j <= i ? a[i * n + j] : NAN; /* not read */
    ck_assert(lc_cholesky_invert(inverse, n));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double product = 0, size = 0;
            for (size_t k = 0; k < n; k++) {
                product += a[i * n + k] * inverse[k * n + j];
                size += fabs(a[i * n + k] * inverse[k * n + j]);
            }
            UNIT_MUST(fabs(product - (i == j)) <= 1e-11 * (1 + size), "%zu, %zu of %zu: %g", i, j, n, product);
            ck_assert(inverse[i * n + j] == inverse[j * n + i]);
        }
}
END_TEST

START_TEST(what_is_not_positive_definite_is_refused)
{
    double none[] = {0}, minus[] = {1, 2, 2, 1}, nan[] = {1, 0, NAN, 1}, huge[] = {INFINITY};
    ck_assert(!lc_cholesky_invert(none, 1));
    ck_assert(!lc_cholesky_invert(minus, 2));
    ck_assert(!lc_cholesky_invert(nan, 2));
    ck_assert(!lc_cholesky_invert(huge, 1));
}
END_TEST

START_TEST(solutions_are_those_of_the_inverse)
{
    static double a[MOST * MOST], inverse[MOST * MOST];
    double b[MOST], x[MOST];
    const size_t n = (size_t)_i;
    make(a, n, 7);
    make(inverse, n, 7);
    ck_assert(lc_cholesky_invert(inverse, n));
    for (size_t i = 0; i < n; i++) b[i] = x[i] = cos((double)i);
    lc_cholesky_solve(a, x, n);
    for (size_t i = 0; i < n; i++) {
        double want = 0, size = 0;
        for (size_t k = 0; k < n; k++) {
            want += inverse[i * n + k] * b[k];
            size += fabs(inverse[i * n + k] * b[k]);
        }
        UNIT_MUST(fabs(x[i] - want) <= 1e-11 * (1 + size), "%zu of %zu: %g, %g", i, n, x[i], want);
    }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("cholesky");
    TCase *t = tcase_create("inverse");
    tcase_add_loop_test(t, times_the_matrix_it_is_one, 1, MOST + 1);
    tcase_add_loop_test(t, solutions_are_those_of_the_inverse, 1, MOST + 1);
    tcase_add_test(t, what_is_not_positive_definite_is_refused);
    suite_add_tcase(s, t);
    return s;
}
