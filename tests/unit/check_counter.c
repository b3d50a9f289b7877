#include <math.h>

#include "anomaly/counter.h"
#include "base/rng.h"
#include "unit/support/unit.h"

START_TEST(growth_and_value_are_inverse)
{
    lc_rng r = lc_rng_make(51, LC_STREAM_TEST, 0);
    lc_counter c;
    double y = 0;
    lc_counter_clear(&c, true);
    ck_assert(isnan(lc_counter_growth(&c, 3)));
    lc_counter_push(&c, 0);
    for (int i = 0; i < 500; i++) {
        const bool again = i % 100 == 99, missing = i % 7 == 3;
        const double before = again ? 0 : c.last, now = before + (again ? 0 : 10 * lc_rng_uniform(&r));
        y = missing ? NAN : now;
        const double growth = lc_counter_growth(&c, y);
        if (missing || again) ck_assert(isnan(growth));
        else ck_assert_double_eq_tol(growth * c.rows, now - before, 1e-9);
        if (!missing && !again) ck_assert_double_eq_tol(lc_counter_value(&c, y, growth), y, 1e-9);
        lc_counter_push(&c, y);
    }
}
END_TEST

/* What stood still for two missing rows has grown by a third of it in each of three. */
START_TEST(missing_rows_share_the_growth)
{
    lc_counter c;
    lc_counter_clear(&c, true);
    lc_counter_push(&c, 100);
    lc_counter_push(&c, NAN);
    lc_counter_push(&c, NAN);
    ck_assert_double_eq(lc_counter_growth(&c, 130), 10);
    ck_assert_double_eq(lc_counter_value(&c, NAN, 10), 130);
    ck_assert(isnan(lc_counter_growth(&c, 6))); /* it began again */
    ck_assert_double_eq(lc_counter_value(&c, 6, 10), 30);
}
END_TEST

START_TEST(other_columns_are_seen_as_they_are)
{
    lc_counter c;
    lc_counter_clear(&c, false);
    lc_counter_push(&c, 100);
    ck_assert_double_eq(lc_counter_growth(&c, 130), 130);
    ck_assert_double_eq(lc_counter_value(&c, 5, 130), 130);
}
END_TEST

static bool counts(const double *y, size_t n)
{
    lc_counter_test t;
    lc_counter_test_begin(&t);
    for (size_t i = 0; i < n; i++) lc_counter_test_push(&t, y[i]);
    return lc_counter_test_end(&t);
}

START_TEST(tells_counters_from_others)
{
    enum { N = 200 };
    double meter[N], overflow[N], idle[N], noise[N], below[N], falls[N], slips[N], constant[N], gaps[N];
    lc_rng r = lc_rng_make(52, LC_STREAM_TEST, 0);
    for (size_t i = 0; i < N; i++) {
        const double x = (double)i;
        meter[i] = 1000 + 3 * x;
        overflow[i] = fmod(100 * x, 12000);
        idle[i] = i % 4 ? floor(x / 4) : x / 4; /* stands still three times of four */
        noise[i] = 100 + x + 5 * lc_rng_normal(&r);
        below[i] = x - 10;
        falls[i] = 1000 - x;
        slips[i] = i == 100 ? 290 : 3 * x; /* by a little */
        constant[i] = 7;
        gaps[i] = i % 3 ? NAN : 5 * x;
    }
    ck_assert(counts(meter, N) && counts(overflow, N) && counts(gaps, N));
    ck_assert(!counts(noise, N) && !counts(below, N) && !counts(falls, N) && !counts(slips, N) && !counts(constant, N));
    ck_assert(!counts(idle, N));
    ck_assert(!counts(meter, 1) && !counts(meter, 0));
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("counter");
    TCase *t = tcase_create("all");
    tcase_add_test(t, growth_and_value_are_inverse);
    tcase_add_test(t, missing_rows_share_the_growth);
    tcase_add_test(t, other_columns_are_seen_as_they_are);
    tcase_add_test(t, tells_counters_from_others);
    suite_add_tcase(s, t);
    return s;
}
