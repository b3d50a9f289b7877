#include <math.h>
#include <stdlib.h>

#include "anomaly/statistics.h"
#include "base/rng.h"
#include "ref/ref_statistics.h"
#include "unit/support/unit.h"

enum { KINDS = 5 };

/* Values and errors of one kind: normal, coarse steps with many ties, heavy tails, wandering, nearly constant. Some
 * rows have no forecast, the first ones among them. */
static void draw(int kind, double *x, double *e, size_t n)
{
    lc_rng r = lc_rng_make(23, LC_STREAM_TEST, (uint64_t)kind);
    for (size_t i = 0; i < n; i++) {
        const double z = lc_rng_normal(&r), u = lc_rng_uniform(&r), before = i ? x[i - 1] : 0;
        const double kinds[KINDS] = {z, round(4 * z) / 4, z / (.01 + u), before + z, u < .02 ? z : 3};
        x[i] = kinds[kind];
        e[i] = kind == 1 ? round(2 * lc_rng_normal(&r)) / 2 : .3 * lc_rng_normal(&r) + .1 * z;
        if (i < 30 || lc_rng_uniform(&r) < .05) e[i] = NAN;
        if (i % 97 == 96) e[i] = 4 + u;
    }
}

static lc_statistics created(void)
{
    lc_statistics s;
    ck_assert_int_eq(lc_statistics_create(&s, NULL), LC_OK);
    return s;
}

/* Row t against the twin, at its own value and error. */
static void compare(lc_statistics *s, const double *x, const double *e, size_t t, const char *what)
{
    lc_evidence got;
    double q[REF_STATISTICS];
    const double fused = ref_evidence(x, e, t, q);
    lc_statistics_weigh(s, x[t], e[t], &got);
    for (int i = 0; i < REF_STATISTICS; i++)
        UNIT_MUST(fabs(got.q[i] - q[i]) <= 1e-9 * (1 + q[i]), "%s, row %zu, statistic %d: %.15g, the twin %.15g", what,
                  t, i, got.q[i], q[i]);
    UNIT_MUST(fabs(got.fused - fused) <= 1e-9 * (1 + fused), "%s, row %zu: fused %.15g, the twin %.15g", what, t,
              got.fused, fused);
}

START_TEST(agree_with_the_twin)
{
    enum { N = 900 };
    static const char *const names[KINDS] = {"normal", "steps", "heavy", "wandering", "constant"};
    double x[N], e[N];
    draw(_i, x, e, N);
    lc_statistics s = created();
    for (size_t t = 0; t < N; t++) {
        if (t < 130 || t % 13 == 0 || t % 97 > 94) compare(&s, x, e, t, names[_i]);
        lc_statistics_push(&s, x[t], e[t]);
    }
    lc_statistics_free(&s);
}
END_TEST

/* Only the last 8000 rows are remembered, and more of them lie in the tail. */
START_TEST(agree_with_the_twin_beyond_their_memory)
{
    enum { N = 9000 };
    double *x = malloc(N * sizeof *x), *e = malloc(N * sizeof *e);
    draw(0, x, e, N);
    for (size_t t = 0; t < 500; t++) x[t] += 50; /* forgotten in the end */
    lc_statistics s = created();
    for (size_t t = 0; t < N; t++) {
        if (t == 2800 || t == 7999 || t >= N - 3) compare(&s, x, e, t, "long");
        lc_statistics_push(&s, x[t], e[t]);
    }
    lc_statistics_free(&s);
    free(x);
    free(e);
}
END_TEST

START_TEST(say_what_stands_out)
{
    enum { N = 600 };
    double x[N], e[N];
    lc_evidence found;
    draw(0, x, e, N);
    for (size_t t = 0; t < N; t++) e[t] = .1 * x[t];
    lc_statistics s = created();
    for (size_t t = 0; t < N; t++) lc_statistics_push(&s, x[t], e[t]);
    lc_statistics_weigh(&s, 40, 0, &found);
    ck_assert_int_eq(found.most, LC_STATISTIC_VALUE);
    lc_statistics_weigh(&s, 0, 3, &found);
    ck_assert(found.most == LC_STATISTIC_ERROR || found.most == LC_STATISTIC_ENERGY);
    /* Errors of changing sign show in their energy alone, a level that none of its values gives away in the mean. */
    for (int i = 0; i < 19; i++) lc_statistics_push(&s, 0, i % 2 ? .35 : -.35);
    lc_statistics_weigh(&s, 0, .35, &found);
    ck_assert_int_eq(found.most, LC_STATISTIC_ENERGY);
    lc_statistics_clear(&s);
    for (size_t t = 0; t < N; t++) lc_statistics_push(&s, x[t], e[t]);
    for (int i = 0; i < 9; i++) lc_statistics_push(&s, 2.2, 0);
    lc_statistics_weigh(&s, 2.2, 0, &found);
    ck_assert_int_eq(found.most, LC_STATISTIC_LEVEL);
    lc_statistics_free(&s);
}
END_TEST

START_TEST(clear_forgets_all)
{
    enum { N = 300 };
    double x[N], e[N];
    draw(3, x, e, N);
    lc_statistics fresh = created(), used = created();
    for (size_t t = 0; t < N; t++) lc_statistics_push(&used, 9 - x[t], e[t]);
    lc_statistics_clear(&used);
    for (size_t t = 0; t < N; t++) {
        lc_evidence a, b;
        lc_statistics_weigh(&fresh, x[t], e[t], &a);
        lc_statistics_weigh(&used, x[t], e[t], &b);
        for (int i = 0; i < LC_STATISTICS; i++) UNIT_MUST(a.q[i] == b.q[i], "row %zu", t);
        UNIT_MUST(a.fused == b.fused && a.most == b.most, "row %zu", t);
        lc_statistics_push(&fresh, x[t], e[t]);
        lc_statistics_push(&used, x[t], e[t]);
    }
    lc_statistics_free(&fresh);
    lc_statistics_free(&used);
}
END_TEST

static double fused_at(lc_statistics *s, double m, double distance)
{
    lc_evidence found;
    lc_statistics_weigh(s, sinh(m + distance), distance, &found);
    return found.fused;
}

/* A value at the bound reaches the threshold to a twentieth, one a little nearer to the forecast does not, unless some
 * statistic is the more unusual there: a forecast may lie at the end of what is usual, and then a bound in its midst.
 */
static bool check_bound(lc_statistics *s, double m, double distance, double threshold)
{
    lc_evidence at, near;
    const double less = distance * .97 - copysign(.001, distance);
    lc_statistics_weigh(s, sinh(m + distance), distance, &at);
    lc_statistics_weigh(s, sinh(m + less), less, &near);
    UNIT_MUST(at.fused >= .95 * threshold, "%g from %g is too near: %g", distance, m, at.fused);
    for (int i = 0; i < LC_STATISTICS; i++)
        if (near.q[i] > at.q[i]) return false;
    UNIT_MUST(near.fused < threshold, "%g from %g is too far: %g", distance, m, near.fused);
    return true;
}

START_TEST(bounds_are_where_the_threshold_is_reached)
{
    enum { N = 700 };
    double x[N], e[N];
    size_t tried = 0, exact = 0;
    draw(_i, x, e, N);
    lc_statistics s = created();
    for (size_t t = 0; t < N; t++) {
        const double m = isnan(e[t]) ? 0 : asinh(x[t]) - e[t];
        for (double threshold = 6; t > 200 && t % 7 == 0 && threshold < 16; threshold += 4) {
            double lo, hi;
            lc_statistics_bounds(&s, m, threshold, &lo, &hi);
            UNIT_MUST(lo < m && m < hi && isfinite(lo) && isfinite(hi), "row %zu: %g not in %g..%g", t, m, lo, hi);
            if (fused_at(&s, m, 0) >= threshold) continue; /* it is reached whatever the value */
            tried += 2;
            exact += check_bound(&s, m, lo - m, threshold);
            exact += check_bound(&s, m, hi - m, threshold);
        }
        lc_statistics_push(&s, x[t], e[t]);
    }
    ck_assert_msg(tried > 200 && exact > tried / 2, "%zu of %zu", exact, tried);
    lc_statistics_free(&s);
}
END_TEST

/* In the middle of an event every value reaches the threshold: the bounds are those after usual rows. */
START_TEST(bounds_within_an_event_are_the_usual_ones)
{
    enum { N = 600 };
    double x[N], e[N], lo[2], hi[2];
    draw(0, x, e, N);
    lc_statistics s = created();
    for (size_t t = 0; t < N; t++) lc_statistics_push(&s, x[t], isnan(e[t]) ? .1 : e[t]);
    lc_statistics_bounds(&s, 0, 7, &lo[0], &hi[0]);
    for (int i = 0; i < 2; i++) lc_statistics_push(&s, 300, 30);
    ck_assert_double_ge(fused_at(&s, 0, 0), 7);
    lc_statistics_bounds(&s, 0, 7, &lo[1], &hi[1]);
    ck_assert(lo[1] < 0 && hi[1] > 0);
    /* The event's own rows have lengthened the tails, no more. */
    ck_assert(hi[1] < 4 * hi[0] && lo[1] > 4 * lo[0]);
    lc_statistics_free(&s);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("statistics");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, agree_with_the_twin, 0, KINDS);
    tcase_add_test(c, agree_with_the_twin_beyond_their_memory);
    tcase_add_test(c, say_what_stands_out);
    tcase_add_test(c, clear_forgets_all);
    tcase_add_loop_test(c, bounds_are_where_the_threshold_is_reached, 0, KINDS);
    tcase_add_test(c, bounds_within_an_event_are_the_usual_ones);
    suite_add_tcase(s, c);
    return s;
}
