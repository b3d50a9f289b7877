#include <math.h>
#include <stdbool.h>

#include "anomaly/calibration.h"
#include "base/rng.h"
#include "unit/support/unit.h"

static const double over = 5; /* scores above it are peaks */
static const lc_calibration_prior *const prior = &lc_prior_of_columns;

/* Rows of a source whose peaks are known: between two of them lie at least 21 low rows, so that none are taken for
 * one, and on average as many more as give this rate; their excess over 5 is exponential. */
static void push_source(lc_calibration *c, size_t peaks, double rate, double scale, uint64_t seed)
{
    enum { LEAST = 21 };
    lc_rng r = lc_rng_make(seed, LC_STREAM_TEST, 5);
    const double pause = 1 / rate - LEAST - 1; /* mean number of further rows */
    for (size_t i = 0; i < peaks; i++) {
        const size_t low = LEAST + (size_t)(2 * pause * lc_rng_uniform(&r));
        for (size_t k = 0; k < low; k++) lc_calibration_push(c, prior, over * lc_rng_uniform(&r));
        lc_calibration_push(c, prior, over - scale * log(1 - lc_rng_uniform(&r)));
    }
    for (size_t k = 0; k < LEAST; k++) lc_calibration_push(c, prior, 0); /* the last one ends */
}

static lc_calibration learned(uint64_t seed)
{
    lc_calibration c = {0};
    push_source(&c, 20 * seed, .002 * (double)(1 + seed), .5 + (double)seed, seed);
    return c;
}

/* What is usual comes before any row: 30 peaks in 10,000; and large scores are 17 times as likely as they seem. */
START_TEST(starts_from_what_is_usual)
{
    lc_calibration c = {0};
    ck_assert_double_eq_tol(lc_calibration_p(&c, prior, over), 17 * 30e-4, 1e-15);
    ck_assert_double_eq_tol(lc_calibration_p(&c, prior, over + 1), 17 * 30e-4 * pow(1 + 1 / 3.9, -6), 1e-15);
    ck_assert_double_eq_tol(lc_calibration_p(&c, &lc_prior_of_rows, over + 1), 17 * 30e-4 * pow(1 + 1 / 33., -30),
                            1e-15);
    ck_assert_double_eq_tol(lc_calibration_threshold(&c, prior, 1e-4), over + 3.9 * (pow(17 * 30, 1 / 6.) - 1), 1e-12);
    ck_assert_double_eq(lc_calibration_p(&c, prior, 0), 1);
    ck_assert_double_eq(lc_calibration_p(&c, prior, -3), 1);
}
END_TEST

/* The first rows are held to more than later ones, which are held to what was seen. */
START_TEST(few_rows_count_for_less)
{
    lc_calibration c = {0};
    double before = INFINITY;
    for (int i = 0; i < 20000; i++) {
        lc_calibration_push(&c, prior, i % 333 == 0 ? 5.65 : 0);
        if (i % 1000 != 100) continue;
        const double fused = lc_calibration_threshold(&c, prior, 1e-4);
        ck_assert_msg(fused < before, "row %d: %g after %g", i, fused, before);
        before = fused;
    }
}
END_TEST

START_TEST(p_and_threshold_are_inverse)
{
    for (uint64_t seed = 0; seed < 5; seed++) {
        const lc_calibration c = learned(seed);
        for (double p = .5; p > 1e-12; p *= .8) {
            const double fused = lc_calibration_threshold(&c, prior, p);
            /* The least score of 1 in 1,000 is that of smaller probabilities, too. */
            const double back = lc_calibration_p(&c, prior, fused);
            UNIT_MUST(fused == prior->least ? back < 1.0001 * p : fabs(back - p) < 1e-9 * p, "seed %u: p %g, score %g",
                      (unsigned)seed, p, fused);
        }
        for (double fused = .6; fused < 40; fused += .37) {
            const double p = lc_calibration_p(&c, prior, fused);
            if (p > .5) continue;
            UNIT_MUST(fabs(lc_calibration_threshold(&c, prior, p) - fused) < 1e-9 * fused, "seed %u: score %g, p %g",
                      (unsigned)seed, fused, p);
        }
    }
}
END_TEST

START_TEST(both_are_monotone_and_without_a_jump)
{
    for (uint64_t seed = 0; seed < 5; seed++) {
        const lc_calibration c = learned(seed);
        double before = 1;
        for (double fused = .001; fused < 60; fused += .001) {
            const double p = lc_calibration_p(&c, prior, fused);
            const bool step = fused >= prior->least && fused - .0011 < prior->least;
            UNIT_MUST((p < before || p == 1) && p > 0 && (step || p > .99 * before), "seed %u, score %g: %g after %g",
                      (unsigned)seed, fused, p, before);
            before = p;
        }
        double last = 0;
        for (double p = .5; p > 1e-10; p *= .99) {
            const double fused = lc_calibration_threshold(&c, prior, p);
            UNIT_MUST(fused > last || fused == prior->least, "seed %u, p %g", (unsigned)seed, p);
            last = fused;
        }
    }
}
END_TEST

/* More alarms than rows can be asked for: the threshold stays above zero, so that not every row is one. */
START_TEST(large_requests_leave_a_threshold)
{
    for (uint64_t seed = 0; seed < 3; seed++) {
        const lc_calibration c = learned(seed);
        ck_assert(lc_calibration_threshold(&c, prior, 1) > 0);
        ck_assert(isfinite(lc_calibration_threshold(&c, prior, 1e-300)));
    }
    lc_calibration c = {0};
    for (int i = 0; i < 100000; i++) lc_calibration_push(&c, prior, 0);
    ck_assert(lc_calibration_threshold(&c, prior, .9) == lc_calibration_threshold(&c, prior, .6));
}
END_TEST

/* 20,000 peaks leave little of what was thought before: rate and scale within 5 %, that is four standard errors. */
START_TEST(learns_a_known_source)
{
    static const double scales[] = {.5, 1.2, 3};
    for (uint64_t i = 0; i < 3; i++) {
        const double rate = .01, scale = scales[i], p = 1e-5;
        lc_calibration c = {0};
        push_source(&c, 20000, rate, scale, 40 + i);
        ck_assert_double_eq_tol(lc_calibration_p(&c, prior, over), rate, .05 * rate);
        const double want = over + scale * log(rate / p);
        ck_assert_double_eq_tol(lc_calibration_threshold(&c, prior, p) - over, want - over, .05 * (want - over));
    }
}
END_TEST

/* A peak goes on until 20 rows were low: 100 rows of it count once, and as large as the largest. */
START_TEST(a_long_peak_is_one)
{
    lc_calibration c = {0};
    for (int i = 0; i < 100; i++) lc_calibration_push(&c, prior, i == 50 ? 8 : 6);
    for (int i = 0; i < 20; i++) lc_calibration_push(&c, prior, 4.9);
    ck_assert_double_eq(c.peaks, 0);
    lc_calibration_push(&c, prior, 5);
    for (int i = 0; i < 20; i++) lc_calibration_push(&c, prior, 0);
    ck_assert_double_eq(c.peaks, 0);
    lc_calibration_push(&c, prior, 0);
    ck_assert_double_eq(c.peaks, 1);
    ck_assert_double_eq(c.excess, 3);
    ck_assert_double_eq(c.rows, 142);
    for (int i = 0; i < 1000; i++) lc_calibration_push(&c, prior, 0);
    ck_assert_double_eq(c.peaks, 1);
}
END_TEST

/* An anomaly, however large, may not hide the next one: it counts for no more than one that is just cut. */
START_TEST(one_anomaly_moves_little)
{
    lc_calibration huge = {0}, cut = {0};
    for (int i = 0; i < 3000; i++) {
        lc_calibration_push(&huge, prior, i == 1000 ? 1e12 : 1);
        lc_calibration_push(&cut, prior, i == 1000 ? 11 : 1);
    }
    const double threshold = lc_calibration_threshold(&huge, prior, 1e-4);
    ck_assert(threshold == lc_calibration_threshold(&cut, prior, 1e-4));
    ck_assert(threshold < over + 1.2 * 1.5 * log(30));
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("calibration");
    TCase *c = tcase_create("all");
    tcase_add_test(c, starts_from_what_is_usual);
    tcase_add_test(c, few_rows_count_for_less);
    tcase_add_test(c, p_and_threshold_are_inverse);
    tcase_add_test(c, both_are_monotone_and_without_a_jump);
    tcase_add_test(c, large_requests_leave_a_threshold);
    tcase_add_test(c, learns_a_known_source);
    tcase_add_test(c, a_long_peak_is_one);
    tcase_add_test(c, one_anomaly_moves_little);
    suite_add_tcase(s, c);
    return s;
}
