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
    tcase_add_test(c, scale_is_the_mean_seasonal_difference);
    tcase_add_test(c, scale_passes_over_what_was_filled_in);
    suite_add_tcase(s, c);
    return s;
}
