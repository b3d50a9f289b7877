#include <math.h>

#include "base/student.h"
#include "forecast/compare.h"
#include "forecast/verdict.h"
#include "unit/support/unit.h"

/* 2 * pt(-t, v) of R 4.2. */
START_TEST(tails_of_student_agree_with_r)
{
    static const struct {
        double t, freedom, p;
    } table[] = {{0, 1, 1},
                 {0.1, 1, 0.936548965138893},
                 {0.1, 2, 0.92946543841414},
                 {0.1, 3, 0.926652348800806},
                 {0.1, 10, 0.922320718564408},
                 {0.1, 99, 0.920546550737582},
                 {0.1, 2784, 0.920351525588557},
                 {1, 1, 0.5},
                 {1, 2, 0.422649730810374},
                 {1, 3, 0.391002218955771},
                 {1, 10, 0.34089313230206},
                 {1, 99, 0.319748474139302},
                 {1, 2784, 0.317397414829339},
                 {2.5, 1, 0.242237883181687},
                 {2.5, 2, 0.129611720221511},
                 {2.5, 3, 0.0877066470080655},
                 {2.5, 10, 0.0314468442366088},
                 {2.5, 99, 0.0140625969211491},
                 {2.5, 2784, 0.0124764389115207},
                 {10, 1, 0.0634510348611071},
                 {10, 2, 0.00985245702332569},
                 {10, 10, 1.58955317559641e-06},
                 {10, 99, 1.0939757007992e-16},
                 {10, 2784, 3.72821232430692e-23},
                 {50, 3, 1.7617152041272e-05},
                 {50, 99, 4.59536589935939e-72}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        double p = lc_student_two_sided(table[i].t, table[i].freedom);
        ck_assert_msg(fabs(p - table[i].p) <= 1e-11 * table[i].p, "t %g, freedom %g: %.15g", table[i].t,
                      table[i].freedom, p);
        ck_assert_double_eq(lc_student_two_sided(-table[i].t, table[i].freedom), p);
    }
    ck_assert_double_eq(lc_student_two_sided(INFINITY, 5), 0);
    ck_assert_double_eq(lc_student_two_sided(1e300, 5), 0);
    ck_assert_double_eq_tol(lc_student_two_sided(1e-300, 5), 1, 1e-15);
    ck_assert_double_nan(lc_student_two_sided(NAN, 5));
    ck_assert_double_nan(lc_student_two_sided(1, 0));
}
END_TEST

static void expect(const double *d, size_t n, size_t reach, double statistic, size_t freedom, double p)
{
    lc_comparison c;
    lc_compare(&c, d, n, reach);
    ck_assert_double_eq_tol(c.statistic, statistic, 1e-10);
    ck_assert_uint_eq(c.freedom, freedom);
    ck_assert_double_eq_tol(c.p, p, 1e-10);
}

static const double apart[] = {0.3, -1.2, 0.8, 0.1, -0.4, -0.9, 0.6, -0.7, -0.2, 0.5, -1.1, -0.3};

/* forecast 8.20 for R: dm.test(10 + d, rep(10, 12), h = 1, power = 1). */
START_TEST(without_overlap_the_test_is_that_of_r)
{
    expect(apart, 12, 1, -1.063108138906, 11, 0.310514723934);
}
END_TEST

/* The same of R with h = 4 on means of four neighbours: its p has 56 degrees of freedom, ours is 2 * pt(-2.08197, 13).
 */
START_TEST(with_overlap_the_statistic_is_that_of_r)
{
    static const double x[] = {-0.93, -0.12, -1.14, 1.3,   0.03,  -1.12, 0.19, 0.44, 0.28,  -0.61, 1.21,  0.09,
                               -0.92, -2.51, 0.82,  -0.34, -0.32, 0.64,  0.52, 0.29, 0.62,  0.48,  -0.23, -2.29,
                               0.32,  -0.36, -0.46, -1.77, -0.78, 0.12,  1.06, -0.4, 0.09,  -0.35, -1.68, -0.71,
                               -0.69, -0.36, 0.8,   0.46,  -0.46, -0.55, 0.4,  0.26, -0.99, -1.01, 0.06,  0.47,
                               -0.41, 0.58,  0.1,   -0.91, 0.04,  -1.43, 1.13, 1.68, -0.67, -1.34, 0.27,  -0.44};
    double d[57];
    for (size_t i = 0; i < 57; i++) d[i] = (x[i] + x[i + 1] + x[i + 2] + x[i + 3]) / 4;
    expect(d, 57, 4, -2.081966890487, 13, 0.0576674126975);
}
END_TEST

/* The variance by plain sums is negative: Bartlett's weights. Figures by the formula in Python. */
START_TEST(a_variance_that_is_not_positive_is_weighted)
{
    expect(apart, 12, 2, -1.39740354647, 5, 0.221135873319);
    expect(apart, 12, 3, -1.74384026787, 3, 0.179538171135);
}
END_TEST

START_TEST(where_nothing_can_be_told_nothing_is)
{
    lc_comparison c;
    lc_compare(&c, NULL, 0, 1);
    ck_assert_double_nan(c.mean);
    ck_assert_double_nan(c.p);
    const double one[] = {-.5};
    lc_compare(&c, one, 1, 1);
    ck_assert_double_eq(c.mean, -.5);
    ck_assert_double_nan(c.statistic);
    ck_assert_double_nan(c.p);
    lc_compare(&c, apart, 12, 7); /* no two of them are apart */
    ck_assert_double_nan(c.p);
    lc_compare(&c, apart, 12, (size_t)-1);
    ck_assert_double_nan(c.p);
    const double broken[] = {1, NAN, 2, INFINITY};
    lc_compare(&c, broken, 4, 1);
    ck_assert_double_nan(c.p);
}
END_TEST

START_TEST(differences_that_are_always_the_same)
{
    lc_comparison c;
    double d[] = {-.1, -.1, -.1, -.1};
    lc_compare(&c, d, 4, 1);
    ck_assert(isinf(c.statistic) && c.statistic < 0);
    ck_assert_double_eq(c.p, 0);
    for (size_t i = 0; i < 4; i++) d[i] = 0;
    lc_compare(&c, d, 4, 2);
    ck_assert_double_eq(c.statistic, 0);
    ck_assert_double_eq(c.p, 1);
}
END_TEST

/* ---- duels ---- */

/* Four origins of two steps; the truth is 0, so forecasts are errors. Series 0 has scale 1, series 1 scale 10. */
static void fill(lc_duels *d, double scale, double second_scale)
{
    static const double truth[] = {0, 0}, half[] = {0, NAN};
    static const double mine[4][2] = {{1, 1}, {2, 1}, {1, 3}, {1, 0}};
    static const double theirs[4][2] = {{2, 2}, {2, 2}, {1, 4}, {3, 3}};
    static const double poor[] = {9, 9};
    ck_assert_int_eq(lc_duels_create(d, 4, 2, NULL), LC_OK);
    d->horizon = 2;
    d->stride = 2;
    d->aligned = true;
    for (size_t i = 0; i < 4; i++) {
        lc_duels_add(d, i, 0, truth, mine[i], poor, scale);
        lc_duels_add(d, i, 1, truth, mine[i], theirs[i], scale);
    }
    const double big[] = {30, 30}, bigger[] = {50, 50};
    lc_duels_add(d, 0, 1, half, big, bigger, second_scale); /* its second step was not observed */
}

START_TEST(duels_compare_the_errors_of_origins)
{
    lc_duels d;
    lc_verdict v = {.series = 2};
    bool scaled;
    fill(&d, 1, 10);
    ck_assert_uint_eq(lc_duels_best(&d, &scaled), 1);
    ck_assert(scaled);
    ck_assert_int_eq(lc_verdict_of(&v, &d, 1, scaled, 1, 0, NULL), LC_OK);
    ck_assert_str_eq(v.measure, "MASE");
    ck_assert_double_eq_tol(v.error, (2 + 3 + 3 + 4 + 1) / 9., 1e-12);
    ck_assert_double_eq_tol(v.baseline_error, (4 + 5 + 4 + 5 + 6) / 9., 1e-12);
    ck_assert_double_eq_tol(v.against_naive, 10. / (4 * 18), 1e-12);
    ck_assert_uint_eq(v.origins, 4);
    ck_assert_uint_eq(v.series, 2);
    /* Sums of an origin over the mean 9 / 4 steps. */
    double difference[] = {2 - 4 + 3 - 5, 3 - 4, 4 - 5, 1 - 6};
    lc_comparison want;
    for (size_t i = 0; i < 4; i++) difference[i] /= 9. / 4;
    lc_compare(&want, difference, 4, 1);
    ck_assert_double_eq_tol(want.mean, v.error - v.baseline_error, 1e-12);
    ck_assert_double_eq_tol(v.statistic, want.statistic, 1e-12);
    ck_assert_double_eq_tol(v.p, want.p, 1e-12);
    ck_assert(v.statistic < 0);
    lc_duels_free(&d);
}
END_TEST

START_TEST(without_a_scale_errors_are_in_the_units_of_the_data)
{
    lc_duels d;
    lc_verdict v = {0};
    bool scaled;
    fill(&d, 0, NAN);
    ck_assert_uint_eq(lc_duels_best(&d, &scaled), 1);
    ck_assert(!scaled);
    ck_assert_int_eq(lc_verdict_of(&v, &d, 1, scaled, 1, SIZE_MAX, NULL), LC_OK);
    ck_assert_str_eq(v.measure, "MAE");
    ck_assert_double_eq_tol(v.error, (2 + 3 + 4 + 1 + 30) / 9., 1e-12);
    ck_assert_double_nan(v.against_naive);
    lc_duels_free(&d);
}
END_TEST

START_TEST(overlap_follows_from_horizon_stride_and_alignment)
{
    static const struct {
        size_t horizon, stride, every, reach; /* reach 0: too far for 4 origins */
        bool aligned;
    } cases[] = {{2, 2, 1, 1, true}, {2, 1, 1, 2, true},  {3, 2, 1, 2, true},  {3, 1, 1, 0, true}, {3, 1, 2, 2, true},
                 {4, 1, 4, 1, true}, {1, 1, 1, 1, false}, {2, 2, 1, 2, false}, {3, 1, 2, 2, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        lc_duels d;
        lc_verdict v = {0};
        fill(&d, 1, 10);
        d.horizon = cases[i].horizon;
        d.stride = cases[i].stride;
        d.aligned = cases[i].aligned;
        ck_assert_int_eq(lc_verdict_of(&v, &d, 1, true, cases[i].every, 0, NULL), LC_OK);
        if (cases[i].reach) ck_assert_uint_eq(v.freedom, 4 / cases[i].reach - 1);
        else ck_assert_double_nan(v.p);
        lc_duels_free(&d);
    }
}
END_TEST

START_TEST(duels_without_steps_have_no_verdict)
{
    static const double nothing[] = {NAN, NAN}, f[] = {1, 2}, truth[] = {1, 2};
    lc_duels d;
    bool scaled;
    ck_assert_int_eq(lc_duels_create(&d, 2, 2, NULL), LC_OK);
    d.horizon = 2;
    d.stride = 1;
    d.aligned = true;
    lc_duels_add(&d, 0, 0, nothing, f, f, 1);
    ck_assert_uint_eq(lc_duels_best(&d, &scaled), SIZE_MAX);
    /* Nobody errs: as good as each other, and nothing to divide by. */
    lc_duels_add(&d, 0, 0, truth, f, f, 1);
    lc_duels_add(&d, 1, 0, truth, f, f, 1);
    ck_assert_uint_eq(lc_duels_best(&d, &scaled), 0);
    lc_verdict v = {0};
    ck_assert_int_eq(lc_verdict_of(&v, &d, 0, scaled, 2, 0, NULL), LC_OK);
    ck_assert_double_eq(v.error, 0);
    ck_assert_double_eq(v.baseline_error, 0);
    ck_assert_double_eq(v.p, 1);
    lc_duels_free(&d);
    ck_assert_int_eq(lc_duels_create(&d, SIZE_MAX / 2, 7, NULL), LC_E_MEMORY);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("comparison of forecasts");
    TCase *c = tcase_create("compare");
    tcase_add_test(c, tails_of_student_agree_with_r);
    tcase_add_test(c, without_overlap_the_test_is_that_of_r);
    tcase_add_test(c, with_overlap_the_statistic_is_that_of_r);
    tcase_add_test(c, a_variance_that_is_not_positive_is_weighted);
    tcase_add_test(c, where_nothing_can_be_told_nothing_is);
    tcase_add_test(c, differences_that_are_always_the_same);
    tcase_add_test(c, duels_compare_the_errors_of_origins);
    tcase_add_test(c, without_a_scale_errors_are_in_the_units_of_the_data);
    tcase_add_test(c, overlap_follows_from_horizon_stride_and_alignment);
    tcase_add_test(c, duels_without_steps_have_no_verdict);
    suite_add_tcase(s, c);
    return s;
}
