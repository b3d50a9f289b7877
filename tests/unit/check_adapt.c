#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "forecast/adapt.h"
#include "forecast/backtest.h"
#include "forecast/forecast.h"
#include "forecast/recent.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

/* ---- against the definition ---- */

enum { ORIGINS = 60, STEPS = 7, LEVELS = 3 };
static const double levels[LEVELS] = {95, 50, 80};

/* What came out (origins, steps), NaN: never known, and the origins' rows. */
typedef struct story {
    double truth[ORIGINS][STEPS];
    size_t origin[ORIGINS];
} story;

static story made_story(size_t stride, uint64_t seed)
{
    story s;
    lc_rng r = lc_rng_make(seed, LC_STREAM_TEST, stride);
    for (size_t k = 0; k < ORIGINS; k++) {
        s.origin[k] = 100 + k * stride;
        for (size_t h = 0; h < STEPS; h++)
            s.truth[k][h] = lc_rng_uniform(&r) < 0.1 ? NAN : lc_rng_normal(&r) * (k < ORIGINS / 2 ? 1 : 3);
    }
    return s;
}

static double calibrated(size_t level, size_t h)
{
    return (0.5 + 0.1 * (double)h) * (levels[level] == 95 ? 2 : levels[level] == 80 ? 1.3 : 0.7);
}

/* Widths at all origins from the beginning for each of them: a window's step counts once its row is known. */
static void twin(const story *s, double rate, double half[ORIGINS][LEVELS][STEPS])
{
    for (size_t k = 0; k < ORIGINS; k++)
        for (size_t h = 0; h < STEPS; h++) {
            double f[LEVELS];
            for (size_t l = 0; l < LEVELS; l++) {
                f[l] = 1;
                for (size_t j = 0; j < k; j++) {
                    if (s->origin[j] + h >= s->origin[k] || isnan(s->truth[j][h])) continue;
                    const double beyond = fabs(s->truth[j][h]) > half[j][l][h] ? 1 : 0;
                    f[l] *= exp(rate * (beyond - (1 - levels[l] / 100)));
                    f[l] = f[l] < 0.25 ? 0.25 : f[l] > 4 ? 4 : f[l];
                }
            }
            half[k][1][h] = calibrated(1, h) * f[1];
            half[k][2][h] = fmax(half[k][1][h], calibrated(2, h) * f[2]);
            half[k][0][h] = fmax(half[k][2][h], calibrated(0, h) * f[0]);
        }
}

/* A calibration whose widths for the three levels are those: scores of 100 windows, all but the ends in steps. */
static lc_calibration calibration_of(void)
{
    lc_calibration c = {.windows = 99, .blocks = 99, .kept = 99};
    c.score = lc_calloc(STEPS * c.kept, sizeof *c.score);
    for (size_t h = 0; h < STEPS; h++)
        for (size_t i = 0; i < c.kept; i++)
            c.score[h * c.kept + i] = calibrated(i + 1 > 80 ? 0 : i + 1 > 50 ? 2 : 1, h);
    return c;
}

static lc_adapt adapt_of(const lc_calibration *c, size_t stride, double rate)
{
    lc_adapt a;
    ck_assert_int_eq(lc_adapt_create(&a, c, levels, LEVELS, STEPS, stride, ORIGINS, rate, NULL), LC_OK);
    return a;
}

static void push(lc_adapt *a, const story *s, size_t k)
{
    double zero[2 * STEPS] = {0}, one[2 * STEPS];
    for (size_t i = 0; i < sizeof one / sizeof *one; i++) one[i] = 1;
    const lc_bands b = {zero, one, one};
    lc_adapt_push(a, s->origin[k], s->truth[k], &b, 1);
}

START_TEST(widths_follow_their_definition)
{
    static const size_t strides[] = {1, 2, 3, STEPS - 1, STEPS, STEPS + 4};
    static double want[ORIGINS][LEVELS][STEPS];
    const lc_calibration c = calibration_of();
    for (size_t i = 0; i < sizeof strides / sizeof strides[0]; i++) {
        const double rate = 0.004;
        const story s = made_story(strides[i], 1), other = made_story(strides[i], 2);
        lc_adapt a = adapt_of(&c, strides[i], rate);
        twin(&s, rate * (double)(strides[i] < 7 ? strides[i] : 7), want);
        for (size_t k = 0; k < ORIGINS; k++) { /* another series before it leaves nothing behind */
            lc_adapt_reach(&a, other.origin[k]);
            push(&a, &other, k);
        }
        lc_adapt_begin(&a);
        for (size_t k = 0; k < ORIGINS; k++) {
            lc_adapt_reach(&a, s.origin[k]);
            for (size_t l = 0; l < LEVELS; l++)
                for (size_t h = 0; h < STEPS; h++)
                    UNIT_MUST(fabs(a.half[l * STEPS + h] - want[k][l][h]) < 1e-12, "stride %zu, origin %zu: %g, not %g",
                              strides[i], k, a.half[l * STEPS + h], want[k][l][h]);
            push(&a, &s, k);
        }
        ck_assert_double_ne(want[ORIGINS - 1][2][0], calibrated(2, 0));
        lc_adapt_free(&a);
    }
    lc_free(c.score);
}
END_TEST

START_TEST(without_a_rate_widths_stay)
{
    const lc_calibration c = calibration_of();
    const story s = made_story(1, 3);
    lc_adapt a = adapt_of(&c, 1, 0);
    for (size_t k = 0; k < ORIGINS; k++) {
        lc_adapt_reach(&a, s.origin[k]);
        for (size_t l = 0; l < LEVELS; l++)
            for (size_t h = 0; h < STEPS; h++) ck_assert_double_eq(a.half[l * STEPS + h], calibrated(l, h));
        push(&a, &s, k);
    }
    lc_adapt_free(&a);
    lc_free(c.score);
}
END_TEST

static bool same(const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a[i] != b[i]) return false;
    return true;
}

START_TEST(what_cannot_be_known_yet_changes_nothing)
{
    const lc_calibration c = calibration_of();
    const story s = made_story(1, 4);
    story lie = s;
    enum { AT = 40 };
    for (size_t k = 0; k < AT; k++)
        for (size_t h = 0; h < STEPS; h++)
            if (s.origin[k] + h >= s.origin[AT]) lie.truth[k][h] = 1e9;
    lc_adapt a = adapt_of(&c, 1, 0.01), b = adapt_of(&c, 1, 0.01);
    for (size_t k = 0; k < AT; k++) {
        lc_adapt_reach(&a, s.origin[k]);
        push(&a, &s, k);
        lc_adapt_reach(&b, s.origin[k]);
        push(&b, &lie, k);
    }
    lc_adapt_reach(&a, s.origin[AT]);
    lc_adapt_reach(&b, s.origin[AT]);
    ck_assert(same(a.half, b.half, a.n * a.horizon));
    lc_adapt_reach(&a, s.origin[AT] + STEPS);
    lc_adapt_reach(&b, s.origin[AT] + STEPS);
    ck_assert(!same(a.half, b.half, a.n * a.horizon));
    lc_adapt_free(&a);
    lc_adapt_free(&b);
    lc_free(c.score);
}
END_TEST

START_TEST(coverage_comes_back_when_errors_change_their_size)
{
    const double sizes[] = {0.5, 2};
    double score[99];
    for (size_t i = 0; i < 99; i++) score[i] = sqrt(2) * 1.163 * (double)(i + 1) / 100; /* of some distribution */
    const lc_calibration c = {.windows = 99, .blocks = 99, .kept = 99, .score = score};
    for (size_t i = 0; i < 2; i++) {
        const double percent = 80;
        size_t inside = 0, seen = 0;
        lc_adapt a;
        lc_rng r = lc_rng_make(7, LC_STREAM_TEST, i);
        ck_assert_int_eq(lc_adapt_create(&a, &c, &percent, 1, 1, 1, 10000, 0.01, NULL), LC_OK);
        for (size_t t = 0; t < 10000; t++) {
            const double zero = 0, one = 1, truth = sizes[i] * lc_rng_normal(&r);
            const lc_bands b = {(double *)&zero, (double *)&one, (double *)&one};
            lc_adapt_reach(&a, t);
            lc_adapt_push(&a, t, &truth, &b, 0);
            if (t < 1000) continue;
            seen++;
            inside += fabs(truth) <= a.half[0];
        }
        const double covered = (double)inside / (double)seen;
        ck_assert_msg(fabs(covered - 0.8) < 0.01, "errors of size %g: %g", sizes[i], covered);
        lc_adapt_free(&a);
    }
}
END_TEST

START_TEST(a_long_horizon_does_not_take_all_memory)
{
    enum { LONG = 100000 };
    const double percent = 80;
    double score[] = {1};
    const lc_calibration c = {.windows = 1, .pooled = true, .blocks = 1, .kept = 1, .score = score};
    lc_adapt a;
    ck_assert_int_eq(lc_adapt_create(&a, &c, &percent, 1, LONG, 1, SIZE_MAX / 4, 0.005, NULL), LC_OK);
    ck_assert_uint_le(a.keep, 100);
    double *zero = lc_calloc(LONG, sizeof *zero), *one = lc_calloc(LONG, sizeof *one);
    for (size_t h = 0; h < LONG; h++) one[h] = 1;
    const lc_bands b = {zero, one, one};
    for (size_t t = 0; t < 10 * a.every; t += a.every) {
        lc_adapt_reach(&a, t);
        for (size_t k = 0; k < a.every; k++) lc_adapt_push(&a, t + k, zero, &b, 0);
    }
    ck_assert_double_lt(a.half[0], a.half[LONG - 1]);
    lc_free(zero);
    lc_free(one);
    lc_adapt_free(&a);
}
END_TEST

/* Of a horizon so long that only every second, fourth ... origin can be followed. */
START_TEST(some_of_many_origins_are_followed_by_the_same_rule)
{
    enum { LONG = 5000, SOME = 40 };
    const size_t all = (size_t)SOME * LONG;
    const double percent = 80, rate = 0.001;
    double score[] = {1};
    const lc_calibration c = {.windows = 1, .blocks = SIZE_MAX / 2, .pooled = true, .kept = 1, .score = score};
    lc_adapt a;
    ck_assert_int_eq(lc_adapt_create(&a, &c, &percent, 1, LONG, 2, SIZE_MAX / 4, rate, NULL), LC_OK);
    const size_t every = a.every;
    ck_assert_uint_gt(every, 1);
    double *truth = lc_calloc(all, sizeof *truth), *zero = lc_calloc(LONG, sizeof *zero),
           *one = lc_calloc(LONG, sizeof *one), *half = lc_calloc(all, sizeof *half);
    lc_rng r = lc_rng_make(9, LC_STREAM_TEST, 0);
    for (size_t i = 0; i < all; i++) truth[i] = 2 * lc_rng_normal(&r);
    for (size_t h = 0; h < LONG; h++) one[h] = 1;
    const lc_bands b = {zero, one, one};
    const double step = rate * (2 * every < 7 ? 2 * (double)every : 7);
    for (size_t k = 0; k < SOME; k++) {
        lc_adapt_reach(&a, 2 * k);
        for (size_t h = 0; h < LONG; h++) {
            double want = a.calibrated[h];
            for (size_t j = 0; j < k; j += every)
                if (2 * j + h < 2 * k) want *= exp(step * ((fabs(truth[j * LONG + h]) > half[j * LONG + h]) - 0.2));
            UNIT_MUST(fabs(a.half[h] - want) < 1e-12, "origin %zu, step %zu: %g, not %g", k, h, a.half[h], want);
            half[k * LONG + h] = a.half[h];
        }
        lc_adapt_push(&a, 2 * k, truth + k * LONG, &b, 0);
    }
    ck_assert_double_ne(half[all - LONG], half[0]);
    lc_free(truth);
    lc_free(zero);
    lc_free(one);
    lc_free(half);
    lc_adapt_free(&a);
}
END_TEST

/* ---- in a backtest and in a forecast ---- */

/* Lower ends, step by step of all windows. */
typedef struct kept {
    double lo[1000];
    size_t n;
} kept;

static lc_code keep_rows(void *user, const lc_result *rows, lc_status *st)
{
    kept *k = user;
    const size_t column = lc_result_find(rows, "forecast-lo-80");
    (void)st;
    for (size_t i = 0; i < lc_result_rows(rows); i++) k->lo[k->n++] = lc_result_real(rows, i, column);
    return LC_OK;
}

/* The calm first part is what the model knows; then the noise is three times as large. */
START_TEST(a_saved_model_says_on_later_rows_what_the_backtest_said)
{
    enum { N = 345, H = 5, TEST = 300, TRY = 40 };
    double y[N];
    make_sine(y, N, 7, 1, 5);
    lc_rng r = lc_rng_make(1, LC_STREAM_TEST, 0);
    for (size_t t = TEST; t < N; t++) y[t] += 5 * lc_rng_normal(&r);
    lc_panel *p = panel_of_values(y, N, "");
    static const char *const archs[] = {"arch=lstm;epochs=2;hidden=4;lookback=8", "arch=theta"};
    for (size_t k = 0; k < 2; k++) {
        char options[160];
        snprintf(options, sizeof options, "%s;season=7;horizon=5;split=240,60,45;stride=1;level=80;threads=1",
                 archs[k]);
        lc_settings *s = panel_settings(options);
        kept windows = {0};
        lc_result *table = NULL;
        lc_backtest_report report;
        lc_status st = {0};
        const lc_backtest_sinks sinks = {.windows = keep_rows, .windows_user = &windows};
        ck_assert_msg(lc_backtest(&table, &report, p, s, &sinks, NULL, NULL, &st) == LC_OK, "%s", st.text);
        lc_panel *until = panel_of_values(y, TEST + TRY, "");
        lc_levels level;
        size_t unknown;
        lc_result *f = NULL;
        ck_assert_int_eq(lc_levels_parse(&level, "80", NULL), LC_OK);
        ck_assert_int_eq(lc_forecast_table(&f, report.model, until, &level, s->adapt, 1, &unknown, &st), LC_OK);
        const size_t lo = lc_result_find(f, "forecast-lo-80");
        for (size_t h = 0; h < H; h++) ck_assert_double_eq(lc_result_real(f, h, lo), windows.lo[(size_t)TRY * H + h]);

        /* Wider than a model says that does not look at them. */
        lc_result *still = NULL;
        ck_assert_int_eq(lc_forecast_table(&still, report.model, until, &level, 0, 1, &unknown, &st), LC_OK);
        ck_assert_double_lt(lc_result_real(f, 0, lo), lc_result_real(still, 0, lo) - 0.1);
        lc_result_free(still);
        lc_result_free(f);
        lc_result_free(table);
        lc_model_free(report.model);
        lc_panel_free(until);
        lc_settings_free(s);
    }
    lc_panel_free(p);
}
END_TEST

/* Two series known to different rows, then far on: more origins than are followed, more than are forecast at once. */
static lc_panel *two_series(size_t n_a, size_t n_b)
{
    const size_t n[] = {n_a, n_b};
    lc_buf b = {0};
    lc_buf_puts(&b, "unique_id,ds,y\n");
    for (size_t i = 0; i < 2; i++) {
        lc_rng r = lc_rng_make(11, LC_STREAM_TEST, i);
        for (size_t k = 0; k < n[i]; k++)
            lc_buf_printf(&b, "%c,%zu,%.6f\n", i ? 'b' : 'a', k + 1, (k > 600 ? 3 : 1) * lc_rng_normal(&r));
    }
    lc_panel *p = panel_of(b.data, "");
    lc_buf_free(&b);
    return p;
}

START_TEST(each_series_follows_the_rows_after_its_own_end)
{
    enum { H = 50, SERIES = 2 };
    const size_t end[SERIES] = {600, 500}, steps[SERIES] = {5000, 4000};
    const double percent[] = {80, 95}, rate = 0.004;
    lc_panel *before = two_series(end[0], end[1]), *p = two_series(steps[0], steps[1]);
    lc_model *m = fit_model_of(before, "arch=naive;horizon=50;season=1");
    lc_scales scales;
    size_t unknown;
    static double half[SERIES][2][H];
    ck_assert_int_eq(lc_model_scales(m, p, NULL, &scales, &unknown, NULL), LC_OK);
    ck_assert_uint_eq(unknown, 0);
    ck_assert_int_eq(lc_recent_half_widths(&half[0][0][0], percent, 2, m, p, &scales, steps, rate, 1, NULL), LC_OK);
    for (size_t i = 0; i < SERIES; i++) {
        const size_t stride = (steps[0] - end[0] - 1) / 2000 + 1; /* of the longest */
        lc_adapt a;
        ck_assert_uint_gt(stride, 1);
        ck_assert_int_eq(lc_adapt_create(&a, &m->calibration, percent, 2, H, stride, 2000, rate, NULL), LC_OK);
        for (size_t t = end[i]; t < steps[i]; t += stride) {
            lc_span span[SERIES] = {{0}};
            lc_windows w;
            lc_bands b;
            double truth[H];
            span[i] = (lc_span){t, t + 1, t + 1};
            ck_assert_int_eq(lc_predict_windows(&w, m, p, &scales, span, 1, NULL), LC_OK);
            ck_assert_int_eq(lc_bands_create(&b, 1, H, NULL), LC_OK);
            ck_assert_int_eq(lc_predict(m, &w, 0, 1, 1, &b, NULL), LC_OK);
            for (size_t h = 0; h < H; h++) truth[h] = t + h < steps[i] ? lc_number_written(p->series[i].y, t + h) : NAN;
            lc_adapt_reach(&a, t);
            lc_adapt_push(&a, t, truth, &b, 0);
            lc_bands_free(&b);
            lc_windows_free(&w);
        }
        lc_adapt_reach(&a, steps[i]);
        ck_assert(same(a.half, &half[i][0][0], a.n * a.horizon));
        ck_assert_double_ne(a.half[0], a.calibrated[0]);
        lc_adapt_free(&a);
    }
    lc_scales_free(&scales);
    lc_model_free(m);
    lc_panel_free(before);
    lc_panel_free(p);
}
END_TEST

/* Counted rows say nothing of dates: a model that knows 300 of the ones has not seen none of the others. */
START_TEST(stamps_of_another_kind_are_not_compared)
{
    enum { H = 5, N = 300 };
    double y[N];
    make_ar1(y, N, 0.5, 3);
    lc_panel *counted = panel_of_values(y, N, "");
    lc_buf text = {0};
    lc_buf_puts(&text, "ds,y\n");
    for (size_t t = 0; t < N; t++) lc_buf_printf(&text, "20%02zu-%02zu-01,%.17g\n", 10 + t / 12, t % 12 + 1, y[t]);
    lc_panel *dated = panel_of(text.data, "");
    lc_model *m = fit_model_of(counted, "arch=naive;horizon=5;season=1");
    lc_stamp known;
    ck_assert_int_eq(lc_model_known(m, dated, &known, NULL), LC_OK);
    ck_assert(known == INT64_MAX);
    ck_assert_int_eq(lc_model_known(m, counted, &known, NULL), LC_OK);
    ck_assert(known == lc_panel_stamp(counted, &counted->frames[0], N - 1));
    lc_buf_free(&text);
    lc_model_free(m);
    lc_panel_free(counted);
    lc_panel_free(dated);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("adapt");
    TCase *c = tcase_create("adapt");
    tcase_add_test(c, widths_follow_their_definition);
    tcase_add_test(c, without_a_rate_widths_stay);
    tcase_add_test(c, what_cannot_be_known_yet_changes_nothing);
    tcase_add_test(c, coverage_comes_back_when_errors_change_their_size);
    tcase_add_test(c, a_long_horizon_does_not_take_all_memory);
    tcase_add_test(c, some_of_many_origins_are_followed_by_the_same_rule);
    tcase_add_test(c, each_series_follows_the_rows_after_its_own_end);
    tcase_add_test(c, stamps_of_another_kind_are_not_compared);
    tcase_add_test(c, a_saved_model_says_on_later_rows_what_the_backtest_said);
    tcase_set_timeout(c, 120);
    suite_add_tcase(s, c);
    return s;
}
