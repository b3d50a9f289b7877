#include <math.h>
#include <stdlib.h>

#include "report/histogram.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

static lc_histogram make(const double *v, size_t n)
{
    lc_histogram h;
    ck_assert_int_eq(lc_histogram_make(&h, v, n, NULL), LC_OK);
    ck_assert_uint_le(h.n, LC_BARS_MOST);
    double all = h.beyond;
    for (size_t i = 0; i < h.n; i++) all += h.share[i];
    if (h.values) ck_assert_double_eq_tol(all, 100, 1e-6);
    /* Zero is the middle of one of the bars. */
    const double zero = -h.first / h.width;
    if (h.n) ck_assert(fabs(zero - round(zero)) < 1e-6 && zero > -.5 && zero < (double)h.n);
    return h;
}

START_TEST(values_are_counted_in_their_bars)
{
    double v[2000];
    make_ar1(v, 2000, 0, 7);
    const lc_histogram h = make(v, 2000);
    ck_assert_uint_eq(h.values, 2000);
    ck_assert_double_eq(h.beyond, 0);
    ck_assert_double_lt(fabs(h.mean), .1);
    ck_assert_uint_gt(h.n, 15);
    for (size_t i = 0; i < h.n; i++) {
        const double lo = h.first + ((double)i - .5) * h.width;
        size_t inside = 0;
        for (size_t k = 0; k < 2000; k++) inside += v[k] >= lo && v[k] < lo + h.width;
        ck_assert_double_eq_tol(h.share[i], (double)inside / 20, .06); /* a value at an edge may count on either side */
    }
}
END_TEST

/* A span whose parts cannot be told from zero. */
START_TEST(denormal_values_have_bars)
{
    const double v[] = {0, 5e-324, 0, 5e-324, 1e-323, -5e-324}, huge[] = {-1.7e308, 1.7e308, 0};
    ck_assert_uint_eq(make(v, 6).values, 6);
    ck_assert_uint_eq(make(huge, 3).values, 3);
}
END_TEST

START_TEST(long_tails_do_not_press_the_bars_flat)
{
    double v[2000];
    make_ar1(v, 2000, 0, 7);
    for (size_t i = 0; i < 8; i++) v[i * 100] = i % 2 ? 1e6 : -1e7;
    const lc_histogram h = make(v, 2000);
    ck_assert(h.beyond >= .4 && h.beyond <= 1);
    ck_assert_double_lt(h.width, 1);
    ck_assert_double_lt(fabs(h.first), 10);
    ck_assert_double_eq_tol(h.mean, (4e6 - 4e7) / 2000, 1); /* of all of them */
}
END_TEST

START_TEST(few_and_odd_values_make_bars)
{
    static const double same[] = {0, 0, 0, 0}, far[] = {5, 5, 5}, missing[] = {NAN, INFINITY, -2, NAN},
                        none[] = {NAN, NAN}, huge[] = {1.7e308, -1.7e308, 3}, tiny[] = {1e-310, 2e-310, -1e-310};
    lc_histogram h = make(same, 4);
    ck_assert(h.n == 1 && h.share[0] == 100 && h.first == 0);
    h = make(far, 3);
    ck_assert(h.n > 5 && h.share[h.n - 1] > 99.9 && h.mean == 5);
    h = make(missing, 4);
    ck_assert(h.values == 1 && h.mean == -2 && h.share[0] == 100);
    h = make(none, 2);
    ck_assert(h.values == 0 && h.n == 0 && isnan(h.mean));
    h = make(NULL, 0);
    ck_assert_uint_eq(h.n, 0);
    h = make(huge, 3);
    ck_assert(isfinite(h.width) && isfinite(h.mean) && h.n > 5);
    h = make(tiny, 3);
    ck_assert(h.n > 0);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("histogram");
    TCase *c = tcase_create("histogram");
    tcase_add_test(c, values_are_counted_in_their_bars);
    tcase_add_test(c, denormal_values_have_bars);
    tcase_add_test(c, long_tails_do_not_press_the_bars_flat);
    tcase_add_test(c, few_and_odd_values_make_bars);
    suite_add_tcase(s, c);
    return s;
}
