#include <math.h>

#include "forecast/correlogram.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

/* The textbook's autocorrelation, by two passes, with the mean's bias given back. */
static double textbook(const double *x, size_t n, size_t lag)
{
    double mean = 0, square = 0, sum = 0;
    for (size_t i = 0; i < n; i++) mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++) square += (x[i] - mean) * (x[i] - mean);
    for (size_t i = lag; i < n; i++) sum += (x[i] - mean) * (x[i - lag] - mean);
    return sum / square + (double)(n - lag) / ((double)n * (double)(n - 1));
}

typedef struct found {
    size_t lags;
    double r[LC_LAGS_MOST], band[LC_LAGS_MOST];
} found;

/* Series of n[i] values each, one after the other. */
static found find(const double *const *x, const size_t *n, size_t series)
{
    found f;
    lc_correlogram c;
    ck_assert_int_eq(lc_correlogram_create(&c, n, series, NULL), LC_OK);
    for (size_t i = 0; i < series; i++)
        for (size_t t = 0; t < n[i]; t++) lc_correlogram_add(&c, i, x[i][t]);
    f.lags = lc_correlogram_find(&c, f.r, f.band);
    lc_correlogram_free(&c);
    return f;
}

START_TEST(correlations_are_the_textbooks)
{
    static const size_t lengths[] = {10, 11, 40, 159, 160, 1000};
    double x[1000];
    for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++) {
        const size_t n = lengths[k];
        make_ar1(x, n, .7, k);
        /* A mean that is large beside the changes costs no digits. */
        for (size_t i = 0; i < n; i++) x[i] += 1e6;
        const double *one = x;
        const found f = find(&one, &n, 1);
        ck_assert_uint_eq(f.lags, n / 4 < LC_LAGS_MOST ? n / 4 : LC_LAGS_MOST);
        for (size_t lag = 1; lag <= f.lags; lag++) {
            ck_assert_double_eq_tol(f.r[lag - 1], textbook(x, n, lag), 1e-8);
            ck_assert_double_eq_tol(f.band[lag - 1], 1.96 / sqrt((double)n), 1e-12);
        }
    }
}
END_TEST

START_TEST(few_values_say_nothing)
{
    double x[60], y[60];
    make_ar1(x, 60, 0, 1);
    make_ar1(y, 60, 0, 2);
    const double *const both[] = {x, y};
    static const size_t nine[] = {4, 5}, ten[] = {5, 5}, tiny[] = {3, 60};
    ck_assert_uint_eq(find(both, (const size_t[]){9}, 1).lags, 0);
    ck_assert_uint_eq(find(both, (const size_t[]){10}, 1).lags, 2);
    ck_assert_uint_eq(find(both, nine, 2).lags, 0);
    ck_assert_uint_eq(find(both, ten, 2).lags, 1);
    /* A series of three takes no part. */
    const found f = find(both, tiny, 2), alone = find(both + 1, tiny + 1, 1);
    ck_assert_uint_eq(f.lags, 15);
    ck_assert_double_eq(f.r[0], alone.r[0]);
    ck_assert_double_eq(f.band[0], alone.band[0]);
}
END_TEST

START_TEST(several_series_count_by_their_length)
{
    double x[20], y[60];
    make_ar1(x, 20, .9, 1);
    make_ar1(y, 60, -.5, 2);
    const double *const both[] = {x, y};
    const size_t n[] = {20, 60};
    const found f = find(both, n, 2);
    ck_assert_uint_eq(f.lags, 15);
    ck_assert_double_eq_tol(f.r[4], (20 * textbook(x, 20, 5) + 60 * textbook(y, 60, 5)) / 80, 1e-10);
    ck_assert_double_eq_tol(f.band[4], 1.96 / sqrt(80), 1e-12);
    /* Beyond a quarter of its length a series says nothing. */
    ck_assert_double_eq_tol(f.r[5], textbook(y, 60, 6), 1e-10);
    ck_assert_double_eq_tol(f.band[5], 1.96 / sqrt(60), 1e-12);
}
END_TEST

/* Many short series of white noise: taking off each one's own mean would leave -1/12 at every lag. */
START_TEST(white_noise_of_many_series_is_white)
{
    enum { SERIES = 6000, LENGTH = 12 };
    size_t n[SERIES];
    lc_correlogram c;
    found f;
    for (size_t i = 0; i < SERIES; i++) n[i] = LENGTH;
    ck_assert_int_eq(lc_correlogram_create(&c, n, SERIES, NULL), LC_OK);
    for (size_t i = 0; i < SERIES; i++) {
        double x[LENGTH];
        make_ar1(x, LENGTH, 0, i);
        for (size_t t = 0; t < LENGTH; t++) lc_correlogram_add(&c, i, x[t]);
    }
    f.lags = lc_correlogram_find(&c, f.r, f.band);
    ck_assert_uint_eq(f.lags, 3);
    for (size_t k = 0; k < f.lags; k++) ck_assert_double_lt(fabs(f.r[k]), 1.5 * f.band[k]);
    lc_correlogram_free(&c);
}
END_TEST

START_TEST(missing_values_break_pairs)
{
    double x[80];
    const size_t n = 80;
    const double *one = x;
    /* 0, 1, 0, 1, ...: perfect at every even lag, whatever is missing. */
    for (size_t i = 0; i < n; i++) x[i] = i % 13 == 5 ? NAN : (double)(i % 2);
    const found f = find(&one, &n, 1);
    ck_assert_uint_eq(f.lags, 74 / 4);
    for (size_t lag = 1; lag <= 4; lag++) {
        ck_assert_double_gt(lag % 2 ? -f.r[lag - 1] : f.r[lag - 1], .8);
        ck_assert_double_eq_tol(f.band[lag - 1], 1.96 / sqrt(74), 1e-12);
    }
}
END_TEST

START_TEST(values_that_are_all_the_same_have_none)
{
    double x[40];
    const size_t n = 40;
    const double *one = x;
    for (size_t i = 0; i < n; i++) x[i] = 1. / 3;
    found f = find(&one, &n, 1);
    ck_assert_uint_eq(f.lags, 10);
    for (size_t k = 0; k < 10; k++) ck_assert(isnan(f.r[k]) && isnan(f.band[k]));
    for (size_t i = 0; i < n; i++) x[i] = i % 2 ? 1e300 : -1e300; /* squares overflow */
    f = find(&one, &n, 1);
    ck_assert(isnan(f.r[0]));
    for (size_t i = 0; i < n; i++) x[i] = NAN;
    ck_assert_uint_eq(find(&one, &n, 1).lags, 0);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("correlogram");
    TCase *c = tcase_create("correlogram");
    tcase_add_test(c, correlations_are_the_textbooks);
    tcase_add_test(c, few_values_say_nothing);
    tcase_add_test(c, several_series_count_by_their_length);
    tcase_add_test(c, white_noise_of_many_series_is_white);
    tcase_add_test(c, missing_values_break_pairs);
    tcase_add_test(c, values_that_are_all_the_same_have_none);
    suite_add_tcase(s, c);
    return s;
}
