#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/model.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

enum { N = 900, ID = 0, DS, Y, EXPECTED, LO, HI, SCORE, ANOMALY };

static lc_result *detect(const double *y, size_t n, const lc_model *m, const char *options)
{
    lc_detect_info info;
    lc_panel *p = panel_of_values(y, n, "");
    lc_result *r = detect_of(p, m, options, &info);
    lc_panel_free(p);
    ck_assert_uint_eq(lc_result_rows(r), n);
    return r;
}

static size_t flags(const lc_result *r)
{
    size_t n = 0;
    for (size_t i = 0; i < lc_result_rows(r); i++) n += lc_result_real(r, i, ANOMALY) == 1;
    return n;
}

/* What holds for every row of every result. */
static void check_rows(const lc_result *r, const lc_detect_info *info)
{
    static const char *const names[] = {"unique_id", "ds", "y", "expected", "lo", "hi", "score", "anomaly"};
    ck_assert_uint_eq(lc_result_columns(r), 8);
    for (size_t c = 0; c < 8; c++) ck_assert_str_eq(lc_result_column_name(r, c), names[c]);
    for (size_t i = 0; i < lc_result_rows(r); i++) {
        const double y = lc_result_real(r, i, Y), lo = lc_result_real(r, i, LO), hi = lc_result_real(r, i, HI);
        const double score = lc_result_real(r, i, SCORE), flag = lc_result_real(r, i, ANOMALY);
        UNIT_MUST(score >= 0 && score <= 1 && (flag == 0 || flag == 1), "row %zu: %g, %g", i, score, flag);
        UNIT_MUST(flag == 0 || score >= .5, "row %zu is flagged with a score of %g", i, score);
        const size_t length = strlen(lc_result_text(r, i, ID));
        const bool whole = lc_result_text(r, i, ID)[length - 1] == '*';
        UNIT_MUST(!isnan(y) || score == 0 || whole, "row %zu has no value but a score of %g", i, score);
        UNIT_MUST(isnan(lo) || isnan(hi) || lo <= hi, "row %zu: %g..%g", i, lo, hi);
        UNIT_MUST(isnan(lo) || isnan(y) || score >= .5 || (y >= lo && y <= hi), "row %zu: %g not in %g..%g", i, y, lo,
                  hi);
    }
    if (!info) return;
    ck_assert_uint_eq(info->rows, lc_result_rows(r));
    ck_assert_uint_eq(info->flagged + info->rows_flagged, flags(r));
    ck_assert_uint_le(info->scored, info->rows);
}

static void expect_same(const lc_result *a, const lc_result *b, size_t n, const char *what)
{
    for (size_t i = 0; i < n; i++) {
        UNIT_MUST(strcmp(lc_result_text(a, i, ID), lc_result_text(b, i, ID)) == 0 &&
                      strcmp(lc_result_text(a, i, DS), lc_result_text(b, i, DS)) == 0,
                  "%s, row %zu", what, i);
        for (size_t k = Y; k <= ANOMALY; k++) {
            const double x = lc_result_real(a, i, k), z = lc_result_real(b, i, k);
            UNIT_MUST(x == z || (isnan(x) && isnan(z)), "%s, row %zu of %zu, column %zu: %g %g", what, i, n, k, x, z);
        }
    }
}

/* ---- what is flagged ---- */

START_TEST(a_spike_is_flagged_once)
{
    double y[N];
    make_sine(y, N, 24, .5, 1);
    y[700] += 40;
    lc_result *r = detect(y, N, NULL, "threads=1");
    check_rows(r, NULL);
    ck_assert(lc_result_real(r, 700, ANOMALY) == 1);
    ck_assert(y[700] > lc_result_real(r, 700, HI) * (1 - 1e-9));
    for (size_t i = 701; i < 740; i++) ck_assert(lc_result_real(r, i, ANOMALY) == 0);
    for (size_t i = 0; i < 100; i++) ck_assert(lc_result_real(r, i, SCORE) == 0);
    for (size_t i = 101; i < N; i++) ck_assert(lc_result_real(r, i, SCORE) > 0);
    lc_result_free(r);
}
END_TEST

/* A new level is told when it comes, and again as long as the statistics know it as strange: not for ever. */
START_TEST(a_new_level_is_flagged_and_then_learned)
{
    enum { LONG = 1800 };
    double y[LONG];
    make_sine(y, LONG, 24, .5, 4);
    for (size_t i = 800; i < LONG; i++) y[i] += 60;
    lc_result *r = detect(y, LONG, NULL, "");
    check_rows(r, NULL);
    size_t first = 0, later = 0;
    for (size_t i = 800; i < LONG; i++) {
        if (lc_result_real(r, i, ANOMALY) == 0) continue;
        if (!first) first = i;
        later += i > 1200;
    }
    ck_assert_uint_ge(first, 800);
    ck_assert_uint_le(first, 801);
    ck_assert_uint_eq(later, 0);
    lc_result_free(r);
}
END_TEST

START_TEST(a_constant_series_is_quiet_until_it_moves)
{
    static const double level[] = {7, 0, -1e-9, 1e12};
    for (size_t k = 0; k < 4; k++) {
        double y[N];
        const double step = level[k] == 0 ? 1 : .3 * level[k];
        for (size_t i = 0; i < N; i++) y[i] = level[k] + (i < 600 ? 0 : step);
        lc_result *r = detect(y, N, NULL, "");
        check_rows(r, NULL);
        for (size_t i = 0; i < 600; i++) UNIT_MUST(lc_result_real(r, i, ANOMALY) == 0, "%g: row %zu", level[k], i);
        ck_assert_msg(lc_result_real(r, 600, ANOMALY) == 1 || fabs(level[k]) < 1e-8, "a step from %g", level[k]);
        lc_result_free(r);
    }
}
END_TEST

/* What is unusual does not depend on the unit: powers of two change no bit of a score. */
START_TEST(units_do_not_matter)
{
    static const int powers[] = {20, -20, 300, 900};
    double y[N], other[N];
    make_sine(y, N, 24, .5, 6);
    y[500] += 30;
    lc_result *a = detect(y, N, NULL, "");
    for (size_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < N; i++) other[i] = ldexp(y[i], powers[k]);
        lc_result *b = detect(other, N, NULL, "");
        for (size_t i = 0; i < N; i++) {
            const double x = lc_result_real(a, i, SCORE), z = lc_result_real(b, i, SCORE);
            UNIT_MUST(fabs(x - z) < 1e-3 && lc_result_real(a, i, ANOMALY) == lc_result_real(b, i, ANOMALY),
                      "2^%d, row %zu: %.17g %.17g", powers[k], i, x, z);
        }
        lc_result_free(b);
    }
    lc_result_free(a);
}
END_TEST

/* 20 alarms in 10,000 rows of 12 normal series of 2,000 rows: 46 are expected of the 22,800 that are scored. */
START_TEST(false_alarms_are_as_rare_as_asked)
{
    enum { SERIES = 12, ROWS = 2000 };
    size_t flagged = 0;
    for (uint64_t k = 0; k < SERIES; k++) {
        double *y = malloc(ROWS * sizeof *y);
        if (k % 3 == 0) make_sine(y, ROWS, 24, 3, k);
        else make_ar1(y, ROWS, k % 3 == 1 ? .7 : 0, k);
        lc_result *r = detect(y, ROWS, NULL, "alarms-per=20");
        flagged += flags(r);
        lc_result_free(r);
        free(y);
    }
    const double want = 20e-4 * SERIES * (ROWS - 100);
    ck_assert_msg((double)flagged > want / 3 && (double)flagged < want * 3, "%zu, not %g", flagged, want);
}
END_TEST

/* ---- what a row may know ---- */

/* The series cut at some row, with the same model or with none. */
static void check_causal(const double *y, size_t n, const lc_model *m, const char *what)
{
    const size_t cuts[] = {101, 125, 250, 399, 540};
    lc_result *all = detect(y, n, m, "threads=2");
    check_rows(all, NULL);
    for (size_t c = 0; c < sizeof cuts / sizeof cuts[0]; c++) {
        if (isnan(y[cuts[c] - 1])) continue;
        lc_result *part = detect(y, cuts[c], m, "threads=1");
        expect_same(all, part, cuts[c], what);
        lc_result_free(part);
    }
    lc_result_free(all);
}

START_TEST(no_row_depends_on_a_later_one)
{
    double y[N];
    make_sine(y, N, 24, .5, 2);
    check_causal(y, N, NULL, "whole");
    for (size_t i = 300; i < 340; i++) y[i] = NAN;
    y[120] = y[398] = NAN;
    y[340] += 50;
    check_causal(y, N, NULL, "with gaps");
}
END_TEST

/* A series that the model does not know is scaled by its first rows, which must not see what comes after them. */
START_TEST(no_row_depends_on_a_later_one_with_a_model)
{
    double y[N], other[N];
    make_sine(y, N, 24, .5, 3);
    lc_panel *p = panel_of_values(y, N, "");
    lc_model *m = fit_model_of(p, "arch=lstm;epochs=1;hidden=4;lookback=96;horizon=24;season=1");
    y[340] += 50;
    for (size_t i = 300; i < 340; i++) y[i] = NAN; /* longer than the horizon */
    check_causal(y, N, m, "known");
    make_sine(other, N, 24, .5, 5);
    for (size_t i = 0; i < N; i++) other[i] = 3 * other[i] + (i >= 125 ? 200 : 0);
    free(m->scales[0].id);
    m->scales[0].id = lc_strdup("somebody else");
    check_causal(other, N, m, "unknown");
    /* But it has expectations. */
    lc_result *r = detect(other, N, m, "");
    size_t expected = 0;
    for (size_t i = 0; i < N; i++) expected += isnan(lc_result_real(r, i, EXPECTED)) ? 0 : 1;
    ck_assert_uint_eq(expected, N - 96 - 50);
    lc_result_free(r);
    lc_model_free(m);
    lc_panel_free(p);
}
END_TEST

/* The line through a gap leads to the value after it: that value must not be forecast from its own half. */
START_TEST(a_value_after_a_gap_is_not_seen_ahead_of_time)
{
    double y[N], changed[N];
    make_sine(y, N, 24, .5, 7);
    lc_panel *p = panel_of_values(y, N, "");
    lc_model *m = fit_model_of(p, "arch=lstm;epochs=1;hidden=4;lookback=48;horizon=24;season=1");
    for (size_t i = 500; i < 560; i++) y[i] = NAN;
    memcpy(changed, y, sizeof y);
    changed[560] += 500;
    lc_result *a = detect(y, N, m, ""), *b = detect(changed, N, m, "");
    for (size_t i = 100; i <= 560; i++)
        UNIT_MUST(lc_result_real(a, i, EXPECTED) == lc_result_real(b, i, EXPECTED), "row %zu: %g %g", i,
                  lc_result_real(a, i, EXPECTED), lc_result_real(b, i, EXPECTED));
    ck_assert_double_eq(lc_result_real(b, 560, ANOMALY), 1);
    ck_assert_double_eq(lc_result_real(a, 560, ANOMALY), 0);
    lc_result_free(a);
    lc_result_free(b);
    lc_model_free(m);
    lc_panel_free(p);
}
END_TEST

START_TEST(any_number_of_threads_says_the_same)
{
    enum { COLUMNS = 7, ROWS = 300 };
    static double y[COLUMNS][ROWS];
    lc_buf b = {0};
    for (size_t c = 0; c < COLUMNS; c++) {
        make_ar1(y[c], ROWS, .1 * (double)c, c);
        lc_buf_printf(&b, "%sc%zu", c ? "," : "", c);
    }
    for (size_t i = 0; i < ROWS; i++)
        for (size_t c = 0; c < COLUMNS; c++) lc_buf_printf(&b, "%s%.6g", c ? "," : "\n", y[c][i]);
    lc_buf_puts(&b, "\n");
    lc_panel *p = panel_of(b.data, "");
    lc_result *one = detect_of(p, NULL, "threads=1", NULL);
    for (int threads = 2; threads <= 9; threads += 7) {
        char options[32];
        snprintf(options, sizeof options, "threads=%d", threads);
        lc_result *r = detect_of(p, NULL, options, NULL);
        ck_assert_uint_eq(lc_result_rows(r), (COLUMNS + 1) * ROWS);
        expect_same(one, r, (COLUMNS + 1) * ROWS, options);
        lc_result_free(r);
    }
    lc_result_free(one);
    lc_panel_free(p);
    lc_buf_free(&b);
}
END_TEST

/* ---- rows and columns ---- */

START_TEST(every_input_row_has_its_row_for_every_target)
{
    static const char *const gaps[] = {"gaps=fill", "gaps=skip", "gaps=keep"};
    static const char *const ids[] = {"A:u", "B:u", "A:v", "B:v", "A:*", "B:*"};
    double a[300], b[300], c[300];
    lc_buf text = {0};
    make_sine(a, 300, 12, 1, 6);
    make_ar1(b, 300, .5, 7);
    make_ar1(c, 300, .5, 8);
    lc_buf_puts(&text, "unique_id,ds,u,v\n");
    for (int i = 0; i < 300; i++) {
        lc_buf_printf(&text, "A,%d,%g,%g\n", i + 1, a[i], b[i]);
        if (i % 10 == 4) lc_buf_printf(&text, "B,%d,,\n", i + 1); /* a row with missing cells */
        else lc_buf_printf(&text, "B,%d,%g,\n", i + 1, c[i]);     /* v has no number in B */
    }
    for (size_t g = 0; g < 3; g++) {
        lc_detect_info info;
        lc_panel *p = panel_of(text.data, gaps[g]);
        lc_result *r = detect_of(p, NULL, "", &info);
        check_rows(r, &info);
        ck_assert_uint_eq(lc_result_rows(r), 1800);
        ck_assert(info.rows_scored > 300 && info.rows_scored < 400);
        for (size_t i = 0; i < 1800; i++) {
            char ds[16];
            const size_t target = i / 600, step = i % 600 / 2, frame = i % 2;
            const bool empty = target == 2 || (frame && (target || step % 10 == 4));
            snprintf(ds, sizeof ds, "%zu", step + 1);
            UNIT_MUST(strcmp(lc_result_text(r, i, ID), ids[2 * target + frame]) == 0 &&
                          strcmp(lc_result_text(r, i, DS), ds) == 0 && isnan(lc_result_real(r, i, Y)) == empty,
                      "%s, row %zu", gaps[g], i);
        }
        lc_result_free(r);
        lc_panel_free(p);
    }
    lc_buf_free(&text);
}
END_TEST

/* Hours of a place whose clocks are put forward after 150 of them. */
static const char *stamp_of(char out[48], int i)
{
    const int hour = i + (i >= 150);
    snprintf(out, 48, "2021-01-%02dT%02d:00%s", hour / 24 + 1, hour % 24, i < 150 ? "+01:00" : "+02:00");
    return out;
}

START_TEST(rows_that_are_left_out_keep_stamp_and_value)
{
    static const char *const gaps[] = {"gaps=skip", "gaps=keep"};
    lc_buf b = {0};
    char ds[48];
    lc_buf_puts(&b, "time,y,z\n");
    for (int i = 0; i < 300; i++) lc_buf_printf(&b, "%s,%d,%s\n", stamp_of(ds, i), i % 13, i % 20 == 7 ? "" : "5");
    for (size_t g = 0; g < 2; g++) {
        lc_panel *p = panel_of(b.data, gaps[g]);
        ck_assert_uint_eq(p->n_left_out, g ? 0 : 15);
        lc_result *r = detect_of(p, NULL, "", NULL);
        ck_assert_uint_eq(lc_result_rows(r), 900);
        for (int i = 0; i < 300; i++) {
            UNIT_MUST(strcmp(lc_result_text(r, (size_t)i, DS), stamp_of(ds, i)) == 0 &&
                          lc_result_real(r, (size_t)i, Y) == i % 13,
                      "%s, row %d", gaps[g], i);
            if (i % 20 != 7) continue;
            if (!g) ck_assert(isnan(lc_result_real(r, (size_t)i, EXPECTED)));
            else ck_assert(i < 101 || lc_result_real(r, (size_t)i, SCORE) > 0); /* its own value is there */
            ck_assert(lc_result_real(r, 300 + (size_t)i, SCORE) == 0);
        }
        lc_result_free(r);
        lc_panel_free(p);
    }
    lc_buf_free(&b);
}
END_TEST

/* Judged in the order of time, told in that of the file. */
START_TEST(rows_out_of_order_come_back_in_their_order)
{
    double y[300];
    lc_buf mixed = {0}, sorted = {0};
    make_sine(y, 300, 24, 1, 9);
    lc_buf_puts(&mixed, "t,y\n");
    lc_buf_puts(&sorted, "t,y\n");
    for (int i = 0; i < 300; i++) {
        lc_buf_printf(&mixed, "%d,%.6g\n", i * 7 % 300 + 1, y[i * 7 % 300]);
        lc_buf_printf(&sorted, "%d,%.6g\n", i + 1, y[i]);
    }
    lc_panel *p = panel_of(mixed.data, "time=t;gaps=keep"), *q = panel_of(sorted.data, "time=t;gaps=keep");
    lc_result *a = detect_of(p, NULL, "", NULL), *b = detect_of(q, NULL, "", NULL);
    for (size_t i = 0; i < 300; i++) {
        const size_t at = i * 7 % 300;
        UNIT_MUST(atoi(lc_result_text(a, i, DS)) == (int)at + 1, "row %zu", i);
        for (size_t k = Y; k <= ANOMALY; k++) {
            const double x = lc_result_real(a, i, k), z = lc_result_real(b, at, k);
            UNIT_MUST(x == z || (isnan(x) && isnan(z)), "row %zu, column %zu: %g %g", i, k, x, z);
        }
    }
    lc_result_free(a);
    lc_result_free(b);
    lc_panel_free(p);
    lc_panel_free(q);
    lc_buf_free(&mixed);
    lc_buf_free(&sorted);
}
END_TEST

START_TEST(short_series_have_rows_without_a_verdict)
{
    static const size_t lengths[] = {1, 2, 50, 99, 100, 101, 199, 200, 201};
    double y[N];
    make_ar1(y, N, .5, 10);
    for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++) {
        lc_detect_info info;
        const size_t n = lengths[k];
        lc_panel *p = panel_of_values(y, n, "");
        lc_result *r = detect_of(p, NULL, "", &info);
        check_rows(r, &info);
        ck_assert_uint_eq(info.rows, n);
        ck_assert_uint_eq(info.scored, n > 100 ? n - 100 : 0);
        lc_result_free(r);
        lc_panel_free(p);
    }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("detection");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, a_spike_is_flagged_once);
    tcase_add_test(c, a_new_level_is_flagged_and_then_learned);
    tcase_add_test(c, a_constant_series_is_quiet_until_it_moves);
    tcase_add_test(c, units_do_not_matter);
    tcase_add_test(c, false_alarms_are_as_rare_as_asked);
    tcase_add_test(c, no_row_depends_on_a_later_one);
    tcase_add_test(c, no_row_depends_on_a_later_one_with_a_model);
    tcase_add_test(c, a_value_after_a_gap_is_not_seen_ahead_of_time);
    tcase_add_test(c, any_number_of_threads_says_the_same);
    tcase_add_test(c, every_input_row_has_its_row_for_every_target);
    tcase_add_test(c, rows_that_are_left_out_keep_stamp_and_value);
    tcase_add_test(c, rows_out_of_order_come_back_in_their_order);
    tcase_add_test(c, short_series_have_rows_without_a_verdict);
    suite_add_tcase(s, c);
    return s;
}
