#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/rng.h"
#include "data/season.h"
#include "unit/support/unit.h"

#define TURN 6.283185307179586

typedef struct {
    const char *name;
    size_t periods[2], n_periods;
    size_t least, most; /* lengths */
} kind_of_data;

static const kind_of_data kinds[] = {
    {"hourly", {24, 168}, 2, 120, 1500}, {"half-hourly", {48, 336}, 2, 200, 2500},
    {"daily", {7, 365}, 2, 60, 1500},    {"weekly", {52}, 1, 156, 520},
    {"monthly", {12}, 1, 48, 300},       {"quarterly", {4}, 1, 24, 120},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static lc_season find(const double *y, size_t n, const kind_of_data *k)
{
    lc_season s;
    ck_assert_int_eq(lc_season_find_periods(&s, y, n, k->periods, k->n_periods, NULL), LC_OK);
    size_t accepted[3] = {1, 0, 0}, count = 0;
    for (size_t i = 0; i < s.n; i++) {
        ck_assert_uint_eq(s.candidate[i].period, k->periods[i]);
        if (!s.candidate[i].accepted) continue;
        ck_assert(s.candidate[i].z > 2.5 && s.candidate[i].acf > 0);
        accepted[count++] = s.candidate[i].period;
    }
    ck_assert_uint_eq(s.period, accepted[0]);
    ck_assert_uint_eq(s.second, accepted[1]);
    return s;
}

static lc_season find_free(const double *y, size_t n)
{
    lc_season s;
    ck_assert_int_eq(lc_season_find_free(&s, y, n, NULL), LC_OK);
    return s;
}

/* A random shape of one period: three harmonics, and now and then a single bump as of a working day. Standard deviation
 * about 1. */
static void make_shape(double *shape, size_t period, lc_rng *r)
{
    double square = 0;
    double a[3], b[3];
    for (int j = 0; j < 3; j++) {
        a[j] = lc_rng_normal(r);
        b[j] = TURN * lc_rng_uniform(r);
    }
    bool bump = lc_rng_uniform(r) < .3;
    for (size_t p = 0; p < period; p++) {
        shape[p] = 0;
        for (int j = 0; j < 3; j++)
            shape[p] += a[j] / (j + 1) * sin(TURN * (double)p * (j + 1) / (double)period + b[j]);
        if (bump) shape[p] = p * 3 < period ? 1.4 : -.7;
        square += shape[p] * shape[p];
    }
    double sd = sqrt(square / (double)period);
    for (size_t p = 0; p < period; p++) shape[p] /= sd;
}

/* White noise, random walk or first-order autocorrelation, perhaps with a trend or a few outliers. */
static void make_noise(double *y, size_t n, int process, lc_rng *r)
{
    double keep = process == 0 ? 0 : process == 1 ? 1 : .3 + .65 * lc_rng_uniform(r);
    double slope = lc_rng_uniform(r) < .3 ? .02 : 0;
    bool outliers = lc_rng_uniform(r) < .3;
    double level = 0;
    for (size_t t = 0; t < n; t++) {
        level = keep * level + lc_rng_normal(r);
        y[t] = level + slope * (double)t;
        if (outliers && lc_rng_uniform(r) < .01) y[t] += 15;
    }
}

static size_t draw_length(const kind_of_data *k, lc_rng *r)
{
    return k->least + (size_t)((double)(k->most - k->least) * lc_rng_uniform(r));
}

START_TEST(noise_has_no_season)
{
    enum { SERIES = 300 };
    double y[2500];
    for (int process = 0; process < 3; process++) {
        int found = 0;
        for (uint64_t i = 0; i < SERIES; i++) {
            lc_rng r = lc_rng_make(31, LC_STREAM_TEST, (uint64_t)process * SERIES + i);
            const kind_of_data *k = &kinds[i % KINDS];
            size_t n = draw_length(k, &r);
            make_noise(y, n, process, &r);
            found += find(y, n, k).period != 1;
        }
        ck_assert_msg(found <= SERIES * 4 / 100, "process %d: %d of %d", process, found, SERIES);
    }
}
END_TEST

START_TEST(short_noise_has_no_season)
{
    double y[48];
    int found = 0;
    for (uint64_t i = 0; i < 3000; i++) {
        lc_rng r = lc_rng_make(37, LC_STREAM_TEST, i);
        size_t n = i % 2 ? 12 : 36;
        make_noise(y, n, (int)(i % 3), &r);
        found += find(y, n, &kinds[i % 2 ? 5 : 4]).period != 1;
    }
    ck_assert_msg(found <= 120, "%d of 3000", found);
}
END_TEST

START_TEST(noisy_seasons_are_found)
{
    enum { SERIES = 300 };
    double y[2500], shape[48];
    int found = 0;
    for (uint64_t i = 0; i < SERIES; i++) {
        lc_rng r = lc_rng_make(32, LC_STREAM_TEST, i);
        const kind_of_data *k = &kinds[i % KINDS];
        size_t n = draw_length(k, &r), p = k->periods[0];
        if (p > 48) continue;
        make_noise(y, n, i % 2 ? 2 : 0, &r);
        make_shape(shape, p, &r);
        for (size_t t = 0; t < n; t++) y[t] += shape[t % p];
        found += find(y, n, k).period == p;
    }
    ck_assert_msg(found >= 250 * 9 / 10, "%d of 250", found);
}
END_TEST

START_TEST(search_without_frequency)
{
    enum { SERIES = 60 };
    double y[600], shape[40];
    int wrong = 0, found = 0, doubled = 0;
    for (uint64_t i = 0; i < SERIES; i++) {
        lc_rng r = lc_rng_make(33, LC_STREAM_TEST, i);
        size_t n = 60 + (size_t)(540 * lc_rng_uniform(&r)), p = 3 + (size_t)(17 * lc_rng_uniform(&r));
        make_noise(y, n, (int)(i % 3), &r);
        wrong += find_free(y, n).period != 1;
        make_noise(y, n, i % 2 ? 2 : 0, &r);
        make_shape(shape, p, &r);
        for (size_t t = 0; t < n; t++) y[t] += 2 * shape[t % p];
        lc_season s = find_free(y, n);
        found += s.period == p;
        doubled += s.period > p && s.period % p == 0;
    }
    ck_assert_msg(wrong <= 2, "%d of %d without a season", wrong, SERIES);
    ck_assert_msg(found >= SERIES * 7 / 10, "%d of %d (%d doubled)", found, SERIES, doubled);
}
END_TEST

/* .02 t + .4 sin(2 pi t / period) + noise of a linear congruential generator */
static void make_plain(double *y, size_t n, size_t period)
{
    uint32_t state = 12345;
    for (size_t t = 0; t < n; t++) {
        state = (uint32_t)(((uint64_t)state * 1103515245u + 12345u) % 0x80000000u);
        y[t] = .02 * (double)t + .4 * sin(TURN * (double)t / (double)period) + (state >> 8) % 1000 / 1000.;
    }
}

/* Figures of an independent program (NumPy) for the same series. */
START_TEST(figures_are_those_of_the_method)
{
    const struct {
        size_t n, period;
        double acf, z;
    } want[] = {
        {101, 12, 0.6643183264344735, 6.2246481157960405},
        {65, 4, 0.46086746828494846, 5.565161571601951},
        {300, 24, 0.5530515012983915, 11.83248707873338}, /* from 24 on: also in twelve bins */
        {1200, 24, 0.5132481507459464, 25.02722854078117},
    };
    double y[1200];
    for (size_t i = 0; i < 4; i++) {
        make_plain(y, want[i].n, want[i].period);
        lc_season s;
        ck_assert_int_eq(lc_season_find_periods(&s, y, want[i].n, &want[i].period, 1, NULL), LC_OK);
        ck_assert_uint_eq(s.period, want[i].period);
        ck_assert_uint_eq(s.second, 0);
        ck_assert_uint_eq(s.n, 1);
        ck_assert_uint_eq(s.candidate[0].period, want[i].period);
        ck_assert(s.candidate[0].accepted);
        ck_assert_double_eq_tol(s.candidate[0].acf, want[i].acf, 1e-9);
        ck_assert_double_eq_tol(s.candidate[0].z, want[i].z, 1e-8);
    }
    make_plain(y, 200, 9);
    lc_season s = find_free(y, 200);
    ck_assert_uint_eq(s.period, 9);
    ck_assert_double_eq_tol(s.candidate[0].acf, 0.4381719623270251, 1e-9);
    ck_assert_double_eq_tol(s.candidate[0].z, 9.097335706340742, 1e-8);
    ck_assert_uint_eq(s.n, LC_SEASON_CANDIDATES);
    for (size_t i = 2; i < s.n; i++) ck_assert(s.candidate[i].z <= s.candidate[i - 1].z);
}
END_TEST

START_TEST(a_second_season_is_reported)
{
    double y[1000];
    lc_rng r = lc_rng_make(34, LC_STREAM_TEST, 0);
    for (size_t t = 0; t < 1000; t++) {
        double weekend = t / 24 % 7 >= 5 ? .2 : 1;
        y[t] = 10 + 4 * weekend * sin(TURN * (double)t / 24) + .5 * lc_rng_normal(&r);
    }
    lc_season s = find(y, 1000, &kinds[0]);
    ck_assert_uint_eq(s.period, 24);
    ck_assert_uint_eq(s.second, 168);
    ck_assert_uint_eq(s.n, 2);
    /* a week alone, without days in it */
    for (size_t t = 0; t < 1000; t++) y[t] = (t / 24 % 7 >= 5 ? 3 : 0) + .5 * lc_rng_normal(&r);
    s = find(y, 1000, &kinds[0]);
    ck_assert_uint_eq(s.period, 168);
    ck_assert_uint_eq(s.second, 0);
    ck_assert(!s.candidate[0].accepted && s.candidate[1].accepted);
    /* too few weeks to tell: 168 is not even tried */
    s = find(y, 503, &kinds[0]);
    ck_assert_uint_eq(s.n, 1);
    s = find(y, 504, &kinds[0]);
    ck_assert_uint_eq(s.n, 2);
}
END_TEST

START_TEST(noiseless_series)
{
    double y[480];
    /* a pure season, however large its offset */
    for (int offset = 0; offset < 3; offset++) {
        for (size_t t = 0; t < 480; t++) y[t] = offset * 1e6 + sin(TURN * (double)(t % 24) / 24);
        lc_season s = find(y, 480, &kinds[0]);
        ck_assert_uint_eq(s.period, 24);
        ck_assert(isfinite(s.candidate[0].z) && s.candidate[0].z > 10);
        ck_assert_double_eq_tol(s.candidate[0].acf, 1, .01);
    }
    /* constants, and lines and their rounding errors */
    const double slopes[] = {0, 1, .1, -1e-3, 1e-9}, offsets[] = {0, .1, 1e9, -1e300};
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < 4; j++) {
            for (size_t t = 0; t < 480; t++) y[t] = offsets[j] + slopes[i] * (double)t;
            for (size_t k = 0; k < KINDS; k++) {
                lc_season s = find(y, 480, &kinds[k]);
                ck_assert_msg(s.period == 1 && !s.second, "%s: slope %g from %g", kinds[k].name, slopes[i], offsets[j]);
            }
            ck_assert_uint_eq(find_free(y, 480).period, 1);
        }
    }
}
END_TEST

START_TEST(extremes_stay_finite)
{
    const double scale[] = {1, 4.9e-324, 1e-200, 1e200, DBL_MAX};
    double y[200];
    for (size_t i = 0; i < 5; i++) {
        lc_rng r = lc_rng_make(35, LC_STREAM_TEST, i);
        for (size_t t = 0; t < 200; t++) y[t] = scale[i] * sin(lc_rng_normal(&r));
        y[77] = -DBL_MAX;
        lc_season s = find(y, 200, &kinds[4]), f = find_free(y, 200);
        for (size_t c = 0; c < s.n; c++) ck_assert(isfinite(s.candidate[c].z) && isfinite(s.candidate[c].acf));
        for (size_t c = 0; c < f.n; c++) ck_assert(isfinite(f.candidate[c].z) && isfinite(f.candidate[c].acf));
    }
    /* the unit makes no difference */
    double z[200];
    make_plain(y, 200, 12);
    for (size_t t = 0; t < 200; t++) z[t] = ldexp(y[t], 900);
    ck_assert(find(y, 200, &kinds[4]).candidate[0].z == find(z, 200, &kinds[4]).candidate[0].z);
}
END_TEST

START_TEST(short_series_have_none)
{
    const double y[] = {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1};
    for (size_t n = 0; n <= 11; n++) {
        lc_season s = find(y, n, &kinds[5]), f = find_free(y, n);
        ck_assert_uint_eq(s.period, 1);
        ck_assert_uint_eq(s.n, 0);
        ck_assert(f.period == 1 || f.period == 2);
        ck_assert(n >= 6 || f.n == 0);
    }
    lc_season s;
    ck_assert_int_eq(lc_season_find_periods(&s, y, 11, NULL, 0, NULL), LC_OK);
    ck_assert_uint_eq(s.period, 1);
    ck_assert_int_eq(lc_season_find_periods(&s, y, 11, (size_t[]){2, SIZE_MAX}, 2, NULL), LC_OK);
    ck_assert_uint_eq(s.n, 1);
}
END_TEST

START_TEST(only_the_latest_values_count)
{
    enum { N = 20000, OLD = 400 };
    double *y = malloc((N + OLD) * sizeof *y);
    for (size_t t = 0; t < OLD; t++) y[t] = t % 3 ? 1e12 : NAN;
    make_plain(y + OLD, N, 24);
    lc_season all = find(y, N + OLD, &kinds[0]), latest = find(y + OLD, N, &kinds[0]);
    ck_assert_uint_eq(latest.period, 24);
    ck_assert(all.candidate[0].z == latest.candidate[0].z);
    lc_season f = find_free(y, N + OLD), g = find_free(y + OLD + N - 5000, 5000);
    ck_assert_uint_eq(f.period, g.period);
    ck_assert(f.candidate[0].z == g.candidate[0].z);
    free(y);
}
END_TEST

START_TEST(wrong_input_is_named)
{
    const double y[] = {1, 2, 3, 4, INFINITY, 6, 7, 8};
    lc_season s;
    lc_status st = {0};
    ck_assert_int_eq(lc_season_find_free(&s, y, 8, &st), LC_E_DATA);
    ck_assert_str_eq(st.text, "season search: value 5 of 8 is not finite");
    st = (lc_status){0};
    ck_assert_int_eq(lc_season_find_periods(&s, y, 8, (size_t[]){2}, 1, &st), LC_E_DATA);
    st = (lc_status){0};
    ck_assert_int_eq(lc_season_find_periods(&s, y, 4, (size_t[]){7, 7}, 2, &st), LC_E_USAGE);
    ck_assert_str_eq(st.text, "season search: periods must ascend from 2, period 2 is 7");
    ck_assert_int_eq(lc_season_find_periods(&s, y, 4, (size_t[]){1}, 1, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_season_find_periods(&s, y, 4, (size_t[]){2, 3, 4, 5, 6}, 5, NULL), LC_E_USAGE);
}
END_TEST

START_TEST(centred_average_by_definition)
{
    double y[40], out[40], scratch[80];
    lc_rng r = lc_rng_make(36, LC_STREAM_TEST, 0);
    for (size_t n = 1; n <= 40; n++) {
        for (size_t t = 0; t < n; t++) y[t] = lc_rng_normal(&r);
        for (size_t p = 1; p <= n; p++) {
            size_t half = p / 2, count = lc_centred_average(out, scratch, y, n, p);
            ck_assert_uint_eq(count, n - 2 * half);
            for (size_t i = 0; i < count; i++) {
                double a = 0;
                for (size_t j = i; j <= i + 2 * half; j++) a += y[j] * (p % 2 == 0 && (j == i || j == i + p) ? .5 : 1);
                ck_assert_double_eq_tol(out[i], a / (double)p, 1e-14);
            }
        }
    }
    ck_assert_uint_eq(lc_centred_average(out, scratch, y, 3, 4), 0);
    ck_assert_uint_eq(lc_centred_average(out, scratch, y, 3, 0), 0);
    /* large neighbours leave small averages alone */
    const double steep[] = {1e17, 1e17, 1e17, 1, 2, 3, 4};
    ck_assert_uint_eq(lc_centred_average(out, scratch, steep, 7, 3), 5);
    ck_assert(out[3] == 2 && out[4] == 3);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("season");
    TCase *c = tcase_create("season");
    tcase_set_timeout(c, 300);
    tcase_add_test(c, noise_has_no_season);
    tcase_add_test(c, short_noise_has_no_season);
    tcase_add_test(c, noisy_seasons_are_found);
    tcase_add_test(c, search_without_frequency);
    tcase_add_test(c, figures_are_those_of_the_method);
    tcase_add_test(c, a_second_season_is_reported);
    tcase_add_test(c, noiseless_series);
    tcase_add_test(c, extremes_stay_finite);
    tcase_add_test(c, short_series_have_none);
    tcase_add_test(c, only_the_latest_values_count);
    tcase_add_test(c, wrong_input_is_named);
    tcase_add_test(c, centred_average_by_definition);
    suite_add_tcase(s, c);
    return s;
}
