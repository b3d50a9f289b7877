#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/tail.h"
#include "base/rng.h"
#include "unit/support/unit.h"

#define LN10 2.302585092994045684

static lc_tail *filled(const double *x, size_t n, size_t capacity)
{
    lc_tail *t = lc_tail_create(capacity);
    ck_assert_ptr_nonnull(t);
    for (size_t i = 0; i < n; i++) lc_tail_push(t, x[i]);
    return t;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The definition step by step, on a freshly sorted copy of the last `capacity` of n values; sign -1 for the lower tail.
 */
static double twin(const double *x, size_t n, size_t capacity, double at, double floor, double sign)
{
    size_t k = n < capacity ? n : capacity;
    if (k < 50) return 0;
    double *s = malloc(k * sizeof *s);
    for (size_t i = 0; i < k; i++) s[i] = sign * x[n - k + i];
    qsort(s, k, sizeof *s, ascending);
    at *= sign;
    size_t nu = k / 200 < 10 ? 10 : k / 200;
    double u = s[k - 1 - nu];
    double q;
    if (at <= u) {
        size_t as_far = 0;
        for (size_t i = 0; i < k; i++) as_far += s[i] >= at;
        q = -log10((double)(as_far + 1) / (double)(k + 1));
    } else {
        long double m = 0, s2 = 0;
        for (size_t i = k - nu; i < k; i++) m += s[i] - u;
        m /= nu;
        for (size_t i = k - nu; i < k; i++) s2 += (s[i] - u - m) * (s[i] - u - m);
        s2 /= nu;
        double ratio = s2 > 0 ? (double)(m * m / s2) : 1;
        double xi = (1 - ratio) / 2, beta = (double)m * (ratio + 1) / 2;
        if (xi < 0) {
            xi = 0;
            beta = (double)m;
        }
        beta += floor;
        double y = (at - u) / beta;
        q = -log10((double)nu / (double)(k + 1)) + (xi > 0 ? log10(1 + xi * y) / xi : y / LN10);
    }
    free(s);
    return q;
}

START_TEST(small_memories_have_no_opinion)
{
    double x[50];
    for (int i = 0; i < 50; i++) x[i] = i;
    lc_tail *t = filled(x, 49, 100);
    ck_assert_uint_eq(lc_tail_count(t), 49);
    ck_assert(lc_tail_upper(t, 1e9, .05) == 0);
    lc_tail_push(t, 49);
    ck_assert(lc_tail_upper(t, 1e9, .05) > 3);
    lc_tail_free(t);
    lc_tail_free(NULL);
}
END_TEST

START_TEST(hundred_values_by_hand)
{
    double x[100];
    for (int i = 0; i < 100; i++) x[i] = (i * 37) % 100 + 1; /* 1..100, mixed */
    lc_tail *t = filled(x, 100, 100);
    /* ranks up to u = 90 */
    ck_assert_double_eq_tol(lc_tail_upper(t, 90, 0), log10(101. / 12), 1e-12);
    ck_assert_double_eq_tol(lc_tail_upper(t, 50, 0), log10(101. / 52), 1e-12);
    ck_assert_double_eq_tol(lc_tail_upper(t, 50.5, 0), log10(101. / 51), 1e-12);
    ck_assert_double_eq_tol(lc_tail_upper(t, -5, 0), 0, 1e-12);
    ck_assert_double_eq_tol(lc_tail_lower(t, 11, 0), log10(101. / 12), 1e-12);
    ck_assert_double_eq_tol(lc_tail_lower(t, 50.5, 0), log10(101. / 51), 1e-12);
    /* excesses 1..10: mean 5.5, variance 8.25, so the shape is held at 0 */
    ck_assert_double_eq_tol(lc_tail_upper(t, 101, .5), log10(10.1) + 11 / (6 * LN10), 1e-12);
    ck_assert_double_eq_tol(lc_tail_lower(t, 0, .5), log10(10.1) + 11 / (6 * LN10), 1e-12);
    lc_tail_free(t);
}
END_TEST

START_TEST(heavy_tail_by_hand)
{
    /* Excesses: nine of 1 and one of 91. Mean 10, variance 729. */
    double x[60] = {0};
    for (int i = 0; i < 9; i++) x[i] = 1;
    x[9] = 91;
    lc_tail *t = filled(x, 60, 60);
    double ratio = 100. / 729, xi = (1 - ratio) / 2, beta = 10 * (ratio + 1) / 2 + .05;
    ck_assert_double_eq_tol(lc_tail_upper(t, 200, .05), log10(6.1) + log10(1 + xi * 200 / beta) / xi, 1e-12);
    lc_tail_free(t);
}
END_TEST

/* Kinds of series: normal, exponential, coarse steps with many ties, heavy tail, nearly constant, wandering. */
static double draw(lc_rng *r, int kind, double before)
{
    switch (kind) {
    case 0: return lc_rng_normal(r);
    case 1: return -log(1 - lc_rng_uniform(r));
    case 2: return round(4 * lc_rng_normal(r)) / 4;
    case 3: return lc_rng_normal(r) / (.01 + lc_rng_uniform(r));
    case 4: return lc_rng_uniform(r) < .002 ? lc_rng_normal(r) : 3;
    default: return before + lc_rng_normal(r);
    }
}

START_TEST(memory_agrees_with_its_definition)
{
    enum { N = 4000 }; /* beyond 2000 values the fitted tail grows */
    const size_t capacities[] = {50, 64, 333, 1000, 5000};
    for (int kind = 0; kind < 6; kind++) {
        for (size_t c = 0; c < 5; c++) {
            double x[N];
            lc_rng r = lc_rng_make(11, LC_STREAM_TEST, (uint64_t)kind * 5 + c);
            lc_tail *t = lc_tail_create(capacities[c]);
            for (size_t i = 0; i < N; i++) {
                x[i] = draw(&r, kind, i ? x[i - 1] : 0);
                if (i % 211 == 0 || (i % 7 == 0 && i < 1000) || i < 60) {
                    double want = twin(x, i, capacities[c], x[i], .05, 1);
                    double got = lc_tail_upper(t, x[i], .05);
                    ck_assert_msg(fabs(got - want) <= 1e-9 * (1 + want),
                                  "kind %d capacity %zu row %zu: %.15g, not %.15g", kind, capacities[c], i, got, want);
                    want = twin(x, i, capacities[c], x[i], .05, -1);
                    got = lc_tail_lower(t, x[i], .05);
                    ck_assert_msg(fabs(got - want) <= 1e-9 * (1 + want),
                                  "kind %d capacity %zu row %zu: %.15g, not %.15g", kind, capacities[c], i, got, want);
                }
                lc_tail_push(t, x[i]);
                ck_assert_uint_eq(lc_tail_count(t), i + 1 < capacities[c] ? i + 1 : capacities[c]);
            }
            lc_tail_free(t);
        }
    }
}
END_TEST

START_TEST(scores_rise_with_the_value)
{
    for (int kind = 0; kind < 6; kind++) {
        double x[3000];
        lc_rng r = lc_rng_make(12, LC_STREAM_TEST, (uint64_t)kind);
        for (size_t i = 0; i < 3000; i++) x[i] = draw(&r, kind, i ? x[i - 1] : 0);
        lc_tail *t = filled(x, 3000, 2500);
        double up = 0, low = INFINITY;
        for (double v = -150; v <= 150; v += .0625) {
            double u = lc_tail_upper(t, v, .05), l = lc_tail_lower(t, v, .05);
            ck_assert_msg(u >= up && l <= low && u >= 0 && l >= 0, "kind %d at %g", kind, v);
            up = u;
            low = l;
        }
        lc_tail_free(t);
    }
}
END_TEST

/* The share of values that score 3 or more against those before them must be near one in a thousand. */
static double share_beyond_3(int kind, uint64_t seed)
{
    lc_rng r = lc_rng_make(seed, LC_STREAM_TEST, (uint64_t)kind);
    lc_tail *t = lc_tail_create(8000);
    size_t beyond = 0, rows = 0;
    for (size_t i = 0; i < 20000; i++) {
        double x = lc_rng_normal(&r);
        if (kind == 1) x = -log(1 - lc_rng_uniform(&r));
        if (kind == 2) { /* Student's t, 4 degrees of freedom */
            double chi = 0;
            for (int j = 0; j < 4; j++) {
                double z = lc_rng_normal(&r);
                chi += z * z;
            }
            x /= sqrt(chi / 4);
        }
        if (i >= 500) {
            rows++;
            beyond += lc_tail_upper(t, x, .05) >= 3;
        }
        lc_tail_push(t, x);
    }
    lc_tail_free(t);
    return (double)beyond / (double)rows;
}

START_TEST(probabilities_hold)
{
    for (int kind = 0; kind < 3; kind++) {
        double mean = 0;
        for (uint64_t seed = 0; seed < 5; seed++) {
            double share = share_beyond_3(kind, seed);
            /* about 20 of 19,500 are expected; these bounds are four standard deviations away */
            ck_assert_msg(share > .2e-3 && share < 2.2e-3, "kind %d, seed %u: %g", kind, (unsigned)seed, share);
            mean += share / 5;
        }
        ck_assert_msg(mean > .7e-3 && mean < 1.4e-3, "kind %d: %g on average", kind, mean);
    }
}
END_TEST

START_TEST(ties_and_constants_stay_finite)
{
    double x[200];
    for (int i = 0; i < 200; i++) x[i] = 7;
    lc_tail *t = filled(x, 200, 200);
    ck_assert_double_eq_tol(lc_tail_upper(t, 7, .05), 0, 1e-12);
    ck_assert_double_eq_tol(lc_tail_lower(t, 7, .05), 0, 1e-12);
    ck_assert_double_eq_tol(lc_tail_upper(t, 7.1, .05), log10(20.1) + .1 / .05 / LN10, 1e-9);
    ck_assert_double_eq_tol(lc_tail_lower(t, 6.9, .05), log10(20.1) + .1 / .05 / LN10, 1e-9);
    /* without a floor nothing says how far is far */
    ck_assert(lc_tail_upper(t, 7.1, 0) == LC_TAIL_MOST);
    ck_assert(lc_tail_upper(t, 7.1, NAN) == LC_TAIL_MOST);
    lc_tail_push(t, -0.0);
    lc_tail_push(t, 0.0);
    for (int i = 0; i < 300; i++) lc_tail_push(t, 5);
    ck_assert_double_eq_tol(lc_tail_upper(t, 5, .05), 0, 1e-12);
    lc_tail_free(t);
}
END_TEST

START_TEST(extreme_values_stay_finite)
{
    const double scale[] = {1, 1e-310, 1e-160, 1e150, DBL_MAX / 8};
    const double at[] = {0, 1, -1, 1e-300, 1e300, -1e300, DBL_MAX, -DBL_MAX, INFINITY, -INFINITY};
    for (size_t i = 0; i < 5; i++) {
        lc_rng r = lc_rng_make(13, LC_STREAM_TEST, i);
        lc_tail *t = lc_tail_create(400);
        for (int j = 0; j < 500; j++) {
            double z = lc_rng_normal(&r) * scale[i];
            lc_tail_push(t, isfinite(z) ? z : DBL_MAX);
        }
        for (size_t j = 0; j < 10; j++) {
            for (int f = 0; f < 2; f++) {
                double u = lc_tail_upper(t, at[j], f * .05), l = lc_tail_lower(t, at[j], f * .05);
                ck_assert_msg(u >= 0 && u <= LC_TAIL_MOST && l >= 0 && l <= LC_TAIL_MOST, "scale %g at %g: %g %g",
                              scale[i], at[j], u, l);
            }
        }
        ck_assert(lc_tail_upper(t, INFINITY, .05) > lc_tail_upper(t, 0, .05));
        ck_assert(lc_tail_upper(t, NAN, .05) == 0);
        lc_tail_free(t);
    }
    /* A large unit changes nothing but the rounding. */
    lc_tail *small = lc_tail_create(400), *large = lc_tail_create(400);
    lc_rng r = lc_rng_make(14, LC_STREAM_TEST, 0);
    for (int j = 0; j < 400; j++) {
        double z = lc_rng_normal(&r);
        lc_tail_push(small, z);
        lc_tail_push(large, ldexp(z, 1000));
    }
    for (double v = -8; v < 8; v += .5) {
        ck_assert_double_eq_tol(lc_tail_upper(large, ldexp(v, 1000), ldexp(.05, 1000)), lc_tail_upper(small, v, .05),
                                1e-12);
    }
    lc_tail_free(small);
    lc_tail_free(large);
}
END_TEST

START_TEST(values_that_are_not_finite_are_not_remembered)
{
    lc_tail *t = lc_tail_create(60);
    lc_tail_push(t, NAN);
    lc_tail_push(t, INFINITY);
    lc_tail_push(t, -INFINITY);
    ck_assert_uint_eq(lc_tail_count(t), 0);
    lc_tail_free(t);
    t = lc_tail_create(0);
    ck_assert_ptr_nonnull(t);
    lc_tail_push(t, 1);
    ck_assert_uint_eq(lc_tail_count(t), 0);
    lc_tail_free(t);
    t = lc_tail_create(1);
    lc_tail_push(t, 1);
    lc_tail_push(t, 2);
    ck_assert_uint_eq(lc_tail_count(t), 1);
    lc_tail_free(t);
    ck_assert_ptr_null(lc_tail_create((size_t)-1));
}
END_TEST

/* A tail keeps its fits from value to value; they must be those that the values at hand alone would give. */
START_TEST(a_restored_tail_scores_as_the_one_that_lived)
{
    enum { ROOM = 700, N = 4000 };
    lc_tail *t = lc_tail_create(ROOM), *copy = lc_tail_create(ROOM);
    lc_rng r = lc_rng_make(31, LC_STREAM_TEST, 0);
    for (int i = 0; i < N; i++) {
        /* Steps of a quarter make ties, also at thresholds; zeros of both signs are among them. */
        const double z = lc_rng_normal(&r), x = i % 3 ? z : round(4 * z) / 4;
        lc_tail_push(t, i % 1000 < 20 ? x * 5 : x);
        lc_tail_upper(t, 3, .05);
        lc_tail_lower(t, -3, .05);
        if (i % 7) continue;
        const lc_tail_values v = lc_tail_look(t);
        ck_assert(lc_tail_set(copy, v.count, v.next));
        memcpy(lc_tail_look(copy).value, v.value, v.count * sizeof *v.value);
        ck_assert(lc_tail_restored(copy));
        for (double at = -20; at <= 20; at += .625) {
            UNIT_MUST(lc_tail_upper(t, at, .05) == lc_tail_upper(copy, at, .05), "row %d, above %g", i, at);
            UNIT_MUST(lc_tail_lower(t, at, .05) == lc_tail_lower(copy, at, .05), "row %d, below %g", i, at);
            UNIT_MUST(lc_tail_either(t, at, .05) == fmax(lc_tail_upper(t, at, .05), lc_tail_lower(t, at, .05)),
                      "row %d, either side of %g", i, at);
        }
    }
    lc_tail_free(t);
    lc_tail_free(copy);
}
END_TEST

/* A huge value hides another one of its size, unless it was remembered as one that is just large; usual ones are
 * remembered as they are. */
START_TEST(a_limited_value_hides_nothing)
{
    lc_tail *plain = lc_tail_create(1000), *limited = lc_tail_create(1000);
    lc_rng r = lc_rng_make(31, LC_STREAM_TEST, 0);
    for (int i = 0; i < 900; i++) {
        const double x = i == 600 ? 1e6 : lc_rng_normal(&r);
        lc_tail_push(plain, x);
        lc_tail_push_limited(limited, x, .05);
        if (i < 600) UNIT_MUST(lc_tail_upper(plain, 3, .05) == lc_tail_upper(limited, 3, .05), "row %d", i);
    }
    ck_assert(lc_tail_upper(plain, 1e5, .05) < 6);
    ck_assert(lc_tail_upper(limited, 1e5, .05) > 9);
    ck_assert(lc_tail_quantile(limited, 1) < 20);
    lc_tail_push_limited(limited, NAN, .05);
    lc_tail_push_limited(limited, INFINITY, .05);
    ck_assert_uint_eq(lc_tail_count(limited), 900);
    lc_tail_free(plain);
    lc_tail_free(limited);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("tail scores");
    TCase *c = tcase_create("tail");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, small_memories_have_no_opinion);
    tcase_add_test(c, hundred_values_by_hand);
    tcase_add_test(c, heavy_tail_by_hand);
    tcase_add_test(c, memory_agrees_with_its_definition);
    tcase_add_test(c, scores_rise_with_the_value);
    tcase_add_test(c, probabilities_hold);
    tcase_add_test(c, ties_and_constants_stay_finite);
    tcase_add_test(c, extreme_values_stay_finite);
    tcase_add_test(c, values_that_are_not_finite_are_not_remembered);
    tcase_add_test(c, a_restored_tail_scores_as_the_one_that_lived);
    tcase_add_test(c, a_limited_value_hides_nothing);
    suite_add_tcase(s, c);
    return s;
}
