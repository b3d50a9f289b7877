#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "baseline/baseline.h"
#include "unit/support/unit.h"

static void expect(lc_baseline_fn *f, const double *want, size_t horizon, const double *y, size_t n, size_t season)
{
    double got[64];
    ck_assert_int_eq(f(got, horizon, y, n, season, NULL), LC_OK);
    for (size_t h = 0; h < horizon; h++) {
        ck_assert_msg(fabs(got[h] - want[h]) <= 1e-10 * (1 + fabs(want[h])), "step %zu: %.15g, not %.15g", h + 1,
                      got[h], want[h]);
    }
}

START_TEST(table_names_the_baselines)
{
    const char *names[] = {"naive", "seasonal-naive", "naive2", "window-mean", "drift", "theta", "ets", "arima"};
    ck_assert_uint_eq(lc_baseline_count, 8);
    for (size_t i = 0; i < 8; i++) {
        ck_assert_str_eq(lc_baselines[i].name, names[i]);
        ck_assert(lc_baselines[i].help[0] != '\0');
        double out[3];
        const double y[] = {2, 2, 2, 2};
        ck_assert_int_eq(lc_baselines[i].forecast(out, 3, y, 4, 2, NULL), LC_OK);
        ck_assert(out[0] == 2 && out[2] == 2);
    }
}
END_TEST

START_TEST(naive_forecasts_repeat)
{
    const double y[] = {4, 1, 2, 3};
    expect(lc_naive, (double[]){3, 3, 3}, 3, y, 4, 2);
    expect(lc_seasonal_naive, (double[]){2, 3, 2, 3, 2}, 5, y, 4, 2);
    expect(lc_seasonal_naive, (double[]){1, 2}, 2, y, 4, 3);
    expect(lc_seasonal_naive, (double[]){4, 1, 2, 3, 4}, 5, y, 4, 4);
    expect(lc_seasonal_naive, (double[]){3, 3}, 2, y, 4, 5); /* no full season */
    expect(lc_seasonal_naive, (double[]){3, 3}, 2, y, 4, SIZE_MAX);
    expect(lc_seasonal_naive, (double[]){3, 3}, 2, y, 4, 1);
    expect(lc_seasonal_naive, (double[]){3, 3}, 2, y, 4, 0);
}
END_TEST

START_TEST(drift_goes_on_along_the_line)
{
    const double y[] = {2, 9, -4, 8};
    expect(lc_drift, (double[]){10, 12, 14}, 3, y, 4, 1);
    expect(lc_drift, (double[]){2, 2}, 2, y, 1, 1);
    const double far[] = {-DBL_MAX, 0, 0, 0, DBL_MAX}; /* y_n - y_1 overflows, the slope does not */
    expect(lc_drift, (double[]){DBL_MAX}, 1, far, 5, 1);
    const double down[] = {DBL_MAX, -DBL_MAX / 2};
    expect(lc_drift, (double[]){-DBL_MAX, -DBL_MAX}, 2, down, 2, 1);
}
END_TEST

START_TEST(window_mean_spans_whole_seasons)
{
    double y[26];
    for (size_t t = 0; t < 26; t++) y[t] = (double)(t * t);
    expect(lc_window_mean, (double[]){20.5 * 20.5 + 8.25, 428.5}, 2, y, 26, 1); /* 16^2 .. 25^2 */
    expect(lc_window_mean, (double[]){428.5}, 1, y, 26, 2);
    expect(lc_window_mean, (double[]){19.5 * 19.5 + 143. / 12}, 1, y, 26, 12);
    expect(lc_window_mean, (double[]){19.5 * 19.5 + 143. / 12}, 1, y, 26, 4); /* three seasons */
    expect(lc_window_mean, (double[]){3.5 * 3.5 + 5.25}, 1, y, 8, 8);
    expect(lc_window_mean, (double[]){55. / 6}, 1, y, 6, 104);              /* all */
    expect(lc_window_mean, (double[]){(4. + 9 + 16 + 25) / 4}, 1, y, 6, 4); /* one season of four */
}
END_TEST

START_TEST(theta_by_hand)
{
    /* The theta = 2 line of a straight line is that line. Smoothing follows it best at its largest weight, .99:
     * levels 1, 1.99, 2.9899, 3.989899. */
    const double y[] = {1, 2, 3, 4};
    expect(lc_theta, (double[]){(3.989899 + 5) / 2, (3.989899 + 6) / 2}, 2, y, 4, 1);
    /* Regression of 0, 1, 0 on 0, 1, 2: slope 0, mean 1/3; theta = 2 line -1/3, 5/3, -1/3. Levels with weight a: -1/3,
     * -1/3 + 2a, ..; errors 2 and 2a (in size): least at a = .01, last level -1/3 + .02 (1 - .01). */
    const double peak[] = {0, 1, 0};
    expect(lc_theta, (double[]){.0198 / 2, .0198 / 2}, 2, peak, 3, 1);
}
END_TEST

/* Theta step by step from its description, with windows summed one by one and a fine plain grid of smoothing weights.
 */
static void theta_twin(double *out, size_t horizon, const double *y, size_t n, size_t m, bool may_multiply)
{
    double *s = calloc(m, sizeof *s), *x = malloc(n * sizeof *x);
    bool seasonal = false, multiply = may_multiply;
    double mean = 0, variance = 0, squares = 0, r = 0;
    for (size_t t = 0; t < n; t++) mean += y[t] / (double)n;
    for (size_t t = 0; t < n; t++) variance += pow(y[t] - mean, 2);
    if (m > 1 && n >= 3 * m) {
        for (size_t k = 1; k <= m; k++) {
            squares += k > 1 ? r * r : 0;
            r = 0;
            for (size_t t = k; t < n; t++) r += (y[t] - mean) * (y[t - k] - mean) / variance;
        }
        seasonal = fabs(r) > 1.645 * sqrt((1 + 2 * squares) / (double)n);
    }
    for (size_t t = 0; t < n; t++) multiply = multiply && y[t] > 0;
    double total = 0;
    for (size_t p = 0; seasonal && p < m; p++) {
        double sum = 0;
        size_t count = 0;
        for (size_t t = p; t < n; t += m) {
            if (t < m / 2 || t + m / 2 >= n) continue;
            double a = 0;
            for (size_t j = t - m / 2; j <= t + m / 2; j++) {
                bool end = m % 2 == 0 && (j == t - m / 2 || j == t + m / 2);
                a += y[j] * (end ? .5 : 1) / (double)m;
            }
            sum += multiply ? y[t] / a : y[t] - a;
            count++;
        }
        s[p] = sum / (double)count;
        total += s[p] / (double)m;
    }
    for (size_t p = 0; seasonal && p < m; p++) s[p] = multiply ? s[p] / total : s[p] - total;
    double st = 0, sx = 0, stt = 0, stx = 0;
    for (size_t t = 0; t < n; t++) {
        x[t] = !seasonal ? y[t] : multiply ? y[t] / s[t % m] : y[t] - s[t % m];
        st += (double)t;
        sx += x[t];
        stt += (double)t * (double)t;
        stx += (double)t * x[t];
    }
    double slope = ((double)n * stx - st * sx) / ((double)n * stt - st * st);
    double start = (sx - slope * st) / (double)n;
    double best = INFINITY, level = 0;
    for (int a = 100; a <= 9900; a++) {
        double l = 2 * x[0] - start, error = 0;
        for (size_t t = 1; t < n; t++) {
            double e = 2 * x[t] - start - slope * (double)t - l;
            error += e * e;
            l += a * 1e-4 * e;
        }
        if (error >= best) continue;
        best = error;
        level = l;
    }
    for (size_t h = 0; h < horizon; h++) {
        double f = (level + start + slope * (double)(n + h)) / 2;
        out[h] = !seasonal ? f : multiply ? f * s[(n + h) % m] : f + s[(n + h) % m];
    }
    free(s);
    free(x);
}

/* Trend, season and autocorrelated noise in changing shares; negative values in every third. */
static void make_series(double *y, size_t n, size_t m, uint64_t index)
{
    lc_rng r = lc_rng_make(21, LC_STREAM_TEST, index);
    double level = index % 3 == 2 ? 0 : 60, strength = (double)(index % 4) / 4, noise = 0, keep = lc_rng_uniform(&r);
    double slope = index % 5 == 0 ? .1 : 0;
    for (size_t t = 0; t < n; t++) {
        noise = keep * noise + lc_rng_normal(&r);
        double wave = strength * sin(6.283185307179586 * (double)t / (double)m);
        y[t] =
            index % 3 == 2 ? 10 * wave + noise + slope * (double)t : (level + noise + slope * (double)t) * (1 + wave);
    }
}

START_TEST(theta_agrees_with_its_description)
{
    const size_t lengths[] = {7, 36, 37, 61, 150}, seasons[] = {1, 4, 7, 12};
    uint64_t index = 0;
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < 4; j++) {
            for (int k = 0; k < 12; k++) {
                double y[150], got[25], want[25], largest = 0;
                make_series(y, lengths[i], seasons[j], index++);
                for (size_t t = 0; t < lengths[i]; t++) largest = fmax(largest, fabs(y[t]));
                ck_assert_int_eq(lc_theta(got, 25, y, lengths[i], seasons[j], NULL), LC_OK);
                theta_twin(want, 25, y, lengths[i], seasons[j], true);
                for (size_t h = 0; h < 25; h++) {
                    ck_assert_msg(fabs(got[h] - want[h]) < 1e-4 * largest,
                                  "n %zu season %zu case %d step %zu: %.12g, not %.12g", lengths[i], seasons[j], k, h,
                                  got[h], want[h]);
                }
            }
        }
    }
}
END_TEST

START_TEST(theta_continues_a_season)
{
    const double shape[] = {.6, 1.5, .9, 1};
    double y[40], f[8];
    for (size_t t = 0; t < 40; t++) y[t] = 100 * shape[t % 4];
    ck_assert_int_eq(lc_theta(f, 8, y, 40, 4, NULL), LC_OK);
    for (size_t h = 0; h < 8; h++) ck_assert_double_eq_tol(f[h], 100 * shape[h % 4], 1e-9);
    /* the additive form, below zero */
    for (size_t t = 0; t < 40; t++) y[t] = 10 * shape[t % 4] - 100;
    ck_assert_int_eq(lc_theta(f, 8, y, 40, 4, NULL), LC_OK);
    for (size_t h = 0; h < 8; h++) ck_assert_double_eq_tol(f[h], 10 * shape[h % 4] - 100, 1e-9);
}
END_TEST

START_TEST(three_seasons_are_needed)
{
    double y[36], f[12];
    for (size_t t = 0; t < 36; t++) y[t] = t % 12 == 4 ? 50 : 10;
    ck_assert_int_eq(lc_theta(f, 12, y + 1, 35, 12, NULL), LC_OK);
    for (size_t h = 2; h < 12; h++) ck_assert_double_eq_tol(f[h] - 2 * f[h - 1] + f[h - 2], 0, 1e-9);
    ck_assert_int_eq(lc_theta(f, 12, y, 36, 12, NULL), LC_OK);
    for (size_t h = 0; h < 12; h++) ck_assert_double_eq_tol(f[h], h == 4 ? 50 : 10, 1e-9);
}
END_TEST

START_TEST(vanishing_indices_are_additive)
{
    /* Light by day, next to nothing by night: ratios to the average would be 1e-8 there. */
    double y[120], got[24], want[24], multiplied[24];
    lc_rng r = lc_rng_make(22, LC_STREAM_TEST, 0);
    for (size_t t = 0; t < 120; t++) {
        double sun = sin(6.283185307179586 * (double)t / 24);
        y[t] = sun > .01 ? (8 + lc_rng_normal(&r)) * sun : 1e-8 * (1 + lc_rng_uniform(&r));
    }
    ck_assert_int_eq(lc_theta(got, 24, y, 120, 24, NULL), LC_OK);
    theta_twin(want, 24, y, 120, 24, false);
    theta_twin(multiplied, 24, y, 120, 24, true);
    double apart = 0;
    for (size_t h = 0; h < 24; h++) {
        ck_assert_double_eq_tol(got[h], want[h], 1e-3);
        apart = fmax(apart, fabs(got[h] - multiplied[h]));
    }
    ck_assert(apart > .01);
}
END_TEST

START_TEST(forecasts_are_finite)
{
    const double nasty[][6] = {
        {0, 0, 0, 0, 0, 0},
        {5, 5, 5, 5, 5, 5},
        {.1, .1, .1, .1, .1, .1},
        {DBL_MAX, -DBL_MAX, DBL_MAX, -DBL_MAX, DBL_MAX, -DBL_MAX},
        {DBL_MAX, DBL_MAX, DBL_MAX, DBL_MAX, DBL_MAX, DBL_MAX},
        {-DBL_MAX, 0, 0, 0, 0, DBL_MAX},
        {4.9e-324, 0, 4.9e-324, 0, 4.9e-324, 0},
        {1e-300, 1e300, 1e-300, 1e300, 1e-300, 1e300},
        {1, 1, 1, 1, 1, 1e308},
    };
    const size_t seasons[] = {0, 1, 2, 3, 6, 7, SIZE_MAX / 2, SIZE_MAX};
    for (size_t b = 0; b < lc_baseline_count; b++) {
        for (size_t i = 0; i < sizeof nasty / sizeof nasty[0]; i++) {
            for (size_t n = 1; n <= 6; n++) {
                for (size_t s = 0; s < 8; s++) {
                    double out[33];
                    out[32] = 42;
                    ck_assert_int_eq(lc_baselines[b].forecast(out, 32, nasty[i], n, seasons[s], NULL), LC_OK);
                    for (size_t h = 0; h < 32; h++) {
                        ck_assert_msg(isfinite(out[h]), "%s, series %zu, n %zu, season %zu", lc_baselines[b].name, i, n,
                                      seasons[s]);
                    }
                    ck_assert(out[32] == 42);
                }
            }
        }
        /* constants come back as they are */
        double out[5];
        ck_assert_int_eq(lc_baselines[b].forecast(out, 5, nasty[2], 6, 2, NULL), LC_OK);
        for (size_t h = 0; h < 5; h++) ck_assert_double_eq_tol(out[h], .1, 1e-15);
        ck_assert_int_eq(lc_baselines[b].forecast(NULL, 0, nasty[2], 6, 2, NULL), LC_OK);
    }
}
END_TEST

START_TEST(unit_of_the_data_does_not_matter)
{
    double y[150], z[150], f[12], g[12];
    make_series(y, 150, 12, 3);
    for (size_t t = 0; t < 150; t++) z[t] = ldexp(y[t], 900);
    ck_assert_int_eq(lc_theta(f, 12, y, 150, 12, NULL), LC_OK);
    ck_assert_int_eq(lc_theta(g, 12, z, 150, 12, NULL), LC_OK);
    for (size_t h = 0; h < 12; h++) ck_assert(g[h] == ldexp(f[h], 900));
}
END_TEST

START_TEST(theta_sees_the_last_20000_values)
{
    enum { N = 20000, M = 12 };
    double *y = malloc((N + 777) * sizeof *y);
    for (size_t t = 0; t < 777; t++) y[t] = t % 2 ? 1e9 : NAN;
    make_series(y + 777, N, M, 3);
    double f[24], g[24];
    ck_assert_int_eq(lc_theta(f, 24, y, N + 777, M, NULL), LC_OK);
    ck_assert_int_eq(lc_theta(g, 24, y + 777, N, M, NULL), LC_OK);
    for (size_t h = 0; h < 24; h++) ck_assert(f[h] == g[h]);
    free(y);
}
END_TEST

START_TEST(what_cannot_be_forecast_is_named)
{
    const double y[] = {1, 2, NAN};
    const double z[] = {1, INFINITY, 3, 4};
    for (size_t b = 0; b < lc_baseline_count; b++) {
        double out[2];
        lc_status st = {0};
        ck_assert_int_eq(lc_baselines[b].forecast(out, 2, NULL, 0, 1, &st), LC_E_DATA);
        ck_assert_str_eq(st.text, "a forecast needs at least one value");
        st = (lc_status){0};
        ck_assert_int_eq(lc_baselines[b].forecast(out, 2, y, 3, 2, &st), LC_E_DATA);
        ck_assert_str_eq(st.text, "value 3 of 3 is not finite");
    }
    double out[2];
    lc_status st = {0};
    ck_assert_int_eq(lc_theta(out, 2, z, 4, 1, &st), LC_E_DATA);
    ck_assert_str_eq(st.text, "value 2 of 4 is not finite");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("baselines");
    TCase *c = tcase_create("baseline");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, table_names_the_baselines);
    tcase_add_test(c, naive_forecasts_repeat);
    tcase_add_test(c, drift_goes_on_along_the_line);
    tcase_add_test(c, window_mean_spans_whole_seasons);
    tcase_add_test(c, theta_by_hand);
    tcase_add_test(c, theta_agrees_with_its_description);
    tcase_add_test(c, theta_continues_a_season);
    tcase_add_test(c, three_seasons_are_needed);
    tcase_add_test(c, vanishing_indices_are_additive);
    tcase_add_test(c, forecasts_are_finite);
    tcase_add_test(c, unit_of_the_data_does_not_matter);
    tcase_add_test(c, theta_sees_the_last_20000_values);
    tcase_add_test(c, what_cannot_be_forecast_is_named);
    suite_add_tcase(s, c);
    return s;
}
