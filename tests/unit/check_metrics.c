#include <float.h>
#include <math.h>

#include "forecast/metrics.h"
#include "unit/support/unit.h"

#define near(got, want) ck_assert_double_eq_tol(got, want, 1e-12)

/* Errors 1, 2, 0, 3 on truths 10, 20, 30, 3. */
static const double truth[] = {10, 20, 30, 3};
static const double forecast[] = {11, 18, 30, 0};

START_TEST(measures_follow_their_definitions)
{
    lc_metrics m = {0};
    lc_metrics_add(&m, 4, truth, forecast, NULL, NULL, 4);
    near(lc_metrics_mae(&m), 1.5);
    near(lc_metrics_rmse(&m), sqrt(14. / 4));
    near(lc_metrics_smape(&m), 200. / 4 * (1. / 21 + 2. / 38 + 0 + 1));
    near(lc_metrics_mase(&m), 1.5 / 4);
    ck_assert_double_nan(lc_metrics_coverage(&m));
}
END_TEST

START_TEST(steps_that_were_not_observed_do_not_count)
{
    const double y[] = {10, NAN, 30, NAN};
    const double f[] = {12, 1e9, 30, NAN};
    const double lo[] = {0, 0, 31, 0}, hi[] = {20, 0, 40, 0};
    lc_metrics m = {0};
    lc_metrics_add(&m, 4, y, f, lo, hi, 2);
    ck_assert_uint_eq(m.steps, 2);
    ck_assert_uint_eq(m.scaled_steps, 2);
    ck_assert_uint_eq(m.banded, 2);
    near(lc_metrics_mae(&m), 1);
    near(lc_metrics_mase(&m), .5);
    near(lc_metrics_coverage(&m), 50);
}
END_TEST

START_TEST(bounds_belong_to_the_interval)
{
    const double y[] = {1, 1, 1, 1, 1};
    const double lo[] = {1, 0, 1.5, NAN, 0}, hi[] = {2, 1, 2, 2, NAN};
    lc_metrics m = {0};
    lc_metrics_add(&m, 5, y, y, lo, hi, 1);
    ck_assert_uint_eq(m.steps, 5);
    ck_assert_uint_eq(m.banded, 3);
    ck_assert_uint_eq(m.covered, 2);
    lc_metrics none = {0};
    lc_metrics_add(&none, 5, y, y, lo, NULL, 1);
    ck_assert_uint_eq(none.banded, 0);
}
END_TEST

START_TEST(mase_needs_a_scale)
{
    const double scales[] = {0, NAN, INFINITY, -1};
    for (size_t i = 0; i < 4; i++) {
        lc_metrics m = {0};
        lc_metrics_add(&m, 4, truth, forecast, NULL, NULL, scales[i]);
        ck_assert_double_nan(lc_metrics_mase(&m));
        near(lc_metrics_mae(&m), 1.5);
        /* a window that has one does not pay for the others */
        lc_metrics_add(&m, 4, truth, forecast, NULL, NULL, 3);
        near(lc_metrics_mase(&m), .5);
        near(lc_metrics_mae(&m), 1.5);
    }
}
END_TEST

START_TEST(nothing_measured_is_nan)
{
    lc_metrics m = {0};
    const double nothing[] = {NAN};
    lc_metrics_add(&m, 1, nothing, truth, truth, truth, 1);
    lc_metrics_add(&m, 0, NULL, NULL, NULL, NULL, 1);
    ck_assert_double_nan(lc_metrics_mae(&m));
    ck_assert_double_nan(lc_metrics_rmse(&m));
    ck_assert_double_nan(lc_metrics_smape(&m));
    ck_assert_double_nan(lc_metrics_mase(&m));
    ck_assert_double_nan(lc_metrics_coverage(&m));
}
END_TEST

START_TEST(merging_equals_adding)
{
    const double lo[] = {10, 19, 29, 4}, hi[] = {11, 21, 31, 5};
    lc_metrics whole = {0}, left = {0}, right = {0};
    lc_metrics_add(&whole, 2, truth, forecast, lo, hi, 5);
    lc_metrics_add(&whole, 2, truth + 2, forecast + 2, lo + 2, hi + 2, 7);
    lc_metrics_add(&left, 2, truth, forecast, lo, hi, 5);
    lc_metrics_add(&right, 2, truth + 2, forecast + 2, lo + 2, hi + 2, 7);
    lc_metrics_merge(&left, &right);
    ck_assert_uint_eq(left.steps, 4);
    near(lc_metrics_mae(&left), lc_metrics_mae(&whole));
    near(lc_metrics_rmse(&left), lc_metrics_rmse(&whole));
    near(lc_metrics_smape(&left), lc_metrics_smape(&whole));
    near(lc_metrics_mase(&left), (3. / 5 + 3. / 7) / 4);
    near(lc_metrics_coverage(&left), 75);
}
END_TEST

START_TEST(smape_stays_between_0_and_200)
{
    const double y[] = {0, 1, -1, DBL_MAX, DBL_MAX};
    const double f[] = {0, 0, 1, -DBL_MAX, DBL_MAX};
    const double want[] = {0, 200, 200, 200, 0};
    for (size_t i = 0; i < 5; i++) {
        lc_metrics m = {0};
        lc_metrics_add(&m, 1, y + i, f + i, NULL, NULL, 1);
        near(lc_metrics_smape(&m), want[i]);
    }
}
END_TEST

START_TEST(a_broken_forecast_shows)
{
    const double broken[] = {NAN, 18, 30, 0};
    lc_metrics m = {0};
    lc_metrics_add(&m, 4, truth, broken, NULL, NULL, 1);
    ck_assert_uint_eq(m.steps, 4);
    ck_assert_double_nan(lc_metrics_mae(&m));
    ck_assert_double_nan(lc_metrics_smape(&m));
}
END_TEST

START_TEST(scale_is_the_mean_seasonal_difference)
{
    const double y[] = {1, 5, 2, 9, 4};
    near(lc_mase_scale(y, NULL, 5, 1), (4 + 3 + 7 + 5) / 4.);
    near(lc_mase_scale(y, NULL, 5, 0), (4 + 3 + 7 + 5) / 4.);
    near(lc_mase_scale(y, NULL, 5, 2), (1 + 4 + 2) / 3.);
    ck_assert_double_nan(lc_mase_scale(y, NULL, 5, 5));
    ck_assert_double_nan(lc_mase_scale(y, NULL, 5, (size_t)-1));
    ck_assert_double_nan(lc_mase_scale(y, NULL, 0, 1));
    const double flat[] = {3, 3, 3};
    near(lc_mase_scale(flat, NULL, 3, 1), 0);
}
END_TEST

START_TEST(scale_passes_over_what_was_filled_in)
{
    const double y[] = {1, 5, 2, 9, NAN, 4, 6};
    const unsigned char mask[] = {0, 0, 1, 0, 0, 0, 2};
    near(lc_mase_scale(y, mask, 7, 1), 4);
    near(lc_mase_scale(y, mask, 7, 2), (4 + 5) / 2.);
    near(lc_mase_scale(y, NULL, 7, 1), (4 + 3 + 7 + 2) / 4.);
    const unsigned char all[] = {1, 1, 1, 2, 2, 1, 1};
    ck_assert_double_nan(lc_mase_scale(y, all, 7, 1));
}
END_TEST

START_TEST(width_is_that_of_the_intervals)
{
    const double y[] = {1, NAN, 3, 4};
    const double lo[] = {0, 0, NAN, 3.5}, hi[] = {3, 50, 5, 4};
    lc_metrics m = {0}, more = {0};
    ck_assert_double_nan(lc_metrics_width(&m));
    lc_metrics_add(&m, 4, y, y, lo, hi, 1);
    near(lc_metrics_width(&m), (3 + .5) / 2);
    lc_metrics_add(&more, 1, y, y, lo, hi, 1);
    lc_metrics_merge(&m, &more);
    near(lc_metrics_width(&m), (3 + .5 + 3) / 3);
}
END_TEST

/* Quantiles 1 to 9 of a distribution, truth 4.5: the pinball losses by hand, level (y - q) where y is above and
 * (1 - level) (q - y) where it is below. */
START_TEST(crps_is_the_mean_of_twice_the_pinball_losses)
{
    const double above = .1 * 3.5 + .2 * 2.5 + .3 * 1.5 + .4 * .5;
    const double below = .5 * .5 + .4 * 1.5 + .3 * 2.5 + .2 * 3.5 + .1 * 4.5;
    const double y[] = {4.5, NAN, 7, 2}, point = 4;
    double q[LC_CRPS_QUANTILES][4];
    for (size_t k = 0; k < LC_CRPS_QUANTILES; k++) {
        q[k][0] = q[k][1] = (double)(k + 1);
        q[k][2] = point;                /* a forecast without spread: the absolute error */
        q[k][3] = k == 3 ? NAN : point; /* an interval that is not known */
    }
    lc_metrics m = {0}, whole = {0}, part = {0};
    ck_assert_double_nan(lc_metrics_crps(&m));
    lc_metrics_add_quantiles(&m, 1, y, q[0], 4);
    near(lc_metrics_crps(&m), 2 * (above + below) / 9);
    lc_metrics_add_quantiles(&whole, 4, y, q[0], 4);
    ck_assert_uint_eq(whole.quantiled, 2);
    near(lc_metrics_crps(&whole), (2 * (above + below) / 9 + 3) / 2);
    lc_metrics_add_quantiles(&part, 1, y + 2, q[0] + 2, 4);
    near(lc_metrics_crps(&part), 3);
    lc_metrics_merge(&m, &part);
    near(lc_metrics_crps(&m), lc_metrics_crps(&whole));
}
END_TEST

START_TEST(owa_is_relative_to_naive2)
{
    const double y[] = {10, 20}, mine[] = {11, 20}, theirs[] = {10, 24};
    lc_metrics m = {0}, naive2 = {0}, none = {0};
    lc_metrics_add(&m, 2, y, mine, NULL, NULL, 3);
    lc_metrics_add(&naive2, 2, y, theirs, NULL, NULL, 3);
    near(lc_metrics_owa(&m, &naive2), ((1 / 10.5) / (4 / 22.) + 1. / 4) / 2);
    near(lc_metrics_owa(&naive2, &naive2), 1);
    lc_metrics_add(&none, 2, y, y, NULL, NULL, 3);
    near(lc_metrics_owa(&none, &naive2), 0);
    ck_assert_double_nan(lc_metrics_owa(&m, &none)); /* Naive2 without an error */
    none = (lc_metrics){0};
    lc_metrics_add(&none, 2, y, theirs, NULL, NULL, 0);
    ck_assert_double_nan(lc_metrics_owa(&none, &naive2)); /* no MASE */
    ck_assert_double_nan(lc_metrics_owa(&m, &none));
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("accuracy of forecasts");
    TCase *c = tcase_create("metrics");
    tcase_add_test(c, measures_follow_their_definitions);
    tcase_add_test(c, steps_that_were_not_observed_do_not_count);
    tcase_add_test(c, bounds_belong_to_the_interval);
    tcase_add_test(c, mase_needs_a_scale);
    tcase_add_test(c, nothing_measured_is_nan);
    tcase_add_test(c, merging_equals_adding);
    tcase_add_test(c, smape_stays_between_0_and_200);
    tcase_add_test(c, a_broken_forecast_shows);
    tcase_add_test(c, width_is_that_of_the_intervals);
    tcase_add_test(c, crps_is_the_mean_of_twice_the_pinball_losses);
    tcase_add_test(c, owa_is_relative_to_naive2);
    tcase_add_test(c, scale_is_the_mean_seasonal_difference);
    tcase_add_test(c, scale_passes_over_what_was_filled_in);
    suite_add_tcase(s, c);
    return s;
}
