#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/detector.h"
#include "base/rng.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

enum { ID, DS, Y, EXPECTED, LO, HI, SCORE, ANOMALY };

static const char quick[] = "epochs=3;hidden=6;lookback=10;season=1;threads=2";

static lc_result *detect(const lc_panel *p, const lc_model *m, const char *options, lc_detect_info *info)
{
    lc_settings *s = panel_settings(options);
    lc_result *r = NULL;
    lc_status st = {0};
    lc_detect_info own;
    lc_code code = lc_detect(&r, info ? info : &own, m, p, s, NULL, NULL, &st);
    ck_assert_msg(code == LC_OK, "%s (%s)", st.text, st.hint);
    lc_settings_free(s);
    return r;
}

static size_t count_flags(const lc_result *r)
{
    size_t n = 0;
    for (size_t i = 0; i < lc_result_rows(r); i++) n += lc_result_real(r, i, ANOMALY) == 1;
    return n;
}

/* What holds for every row of every result. */
static void check_rows(const lc_result *r, const lc_detect_info *info)
{
    static const char *const names[] = {"unique_id", "ds", "y", "expected", "lo", "hi", "score", "anomaly"};
    size_t scored = 0;
    ck_assert_uint_eq(lc_result_columns(r), 8);
    for (size_t c = 0; c < 8; c++) ck_assert_str_eq(lc_result_column_name(r, c), names[c]);
    for (size_t i = 0; i < lc_result_rows(r); i++) {
        double y = lc_result_real(r, i, Y), lo = lc_result_real(r, i, LO), hi = lc_result_real(r, i, HI);
        double score = lc_result_real(r, i, SCORE), flag = lc_result_real(r, i, ANOMALY);
        ck_assert(score >= 0 && score <= 1);
        ck_assert(flag == 0 || flag == 1);
        ck_assert_msg((score >= 0.5) == (flag == 1), "row %zu: score %.17g, flag %g", i, score, flag);
        ck_assert(isnan(lo) == isnan(hi));
        if (isnan(lo) || isnan(y)) ck_assert(score == 0 && flag == 0);
        if (isnan(lo)) continue;
        scored++;
        ck_assert_msg(lo <= hi, "row %zu: [%g, %g]", i, lo, hi);
        double slack = 1e-9 * (fabs(lo) + fabs(hi));
        if (flag == 1) ck_assert_msg(y < lo + slack || y > hi - slack, "row %zu: %g in [%g, %g]", i, y, lo, hi);
        else ck_assert_msg(y > lo - slack && y < hi + slack, "row %zu: %g not in [%g, %g]", i, y, lo, hi);
    }
    if (!info) return;
    ck_assert_uint_eq(info->rows, lc_result_rows(r));
    ck_assert_uint_eq(info->scored, scored);
    ck_assert_uint_eq(info->flagged, count_flags(r));
}

START_TEST(a_spike_is_flagged_and_little_else)
{
    enum { N = 1200 };
    double y[N];
    lc_detect_info info;
    make_sine(y, N, 24, .5, 1);
    y[700] += 12;
    y[900] -= 12;
    lc_panel *p = panel_of_values(y, N, "");
    lc_result *r = detect(p, NULL, "epochs=20;hidden=8;lookback=24;season=24;threads=2", &info);
    check_rows(r, &info);
    ck_assert_double_eq(lc_result_real(r, 700, ANOMALY), 1);
    ck_assert_double_eq(lc_result_real(r, 900, ANOMALY), 1);
    ck_assert(lc_result_real(r, 700, SCORE) > .6);
    size_t elsewhere = 0;
    for (size_t i = 0; i < N; i++) /* the spikes pass through the network's window */
        if ((i < 700 || i > 724) && (i < 900 || i > 924)) elsewhere += lc_result_real(r, i, ANOMALY) == 1;
    ck_assert_msg(elsewhere <= 2, "%zu flags elsewhere", elsewhere);
    ck_assert_uint_eq(info.model.horizon, 1);
    lc_result_free(r);
    lc_panel_free(p);
}
END_TEST

static void expect_same_rows(const lc_result *a, const lc_result *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ck_assert_str_eq(lc_result_text(a, i, ID), lc_result_text(b, i, ID));
        ck_assert_str_eq(lc_result_text(a, i, DS), lc_result_text(b, i, DS));
        for (size_t c = Y; c <= ANOMALY; c++) {
            double x = lc_result_real(a, i, c), z = lc_result_real(b, i, c);
            ck_assert_msg(x == z || (isnan(x) && isnan(z)), "row %zu, column %zu: %g and %g", i, c, x, z);
        }
    }
}

/* The file cut at some row, the rest changed: what comes before must be the same with the same model. */
static void check_causal(const double *y, size_t n, const lc_model *m)
{
    lc_panel *p = panel_of_values(y, n, "");
    lc_result *whole = detect(p, m, "threads=2", NULL);
    check_rows(whole, NULL);
    ck_assert(lc_result_real(whole, n * 3 / 5, EXPECTED) == lc_result_real(whole, n * 3 / 5, EXPECTED));
    const size_t cuts[] = {n * 3 / 5, n * 3 / 5 + 1, n * 4 / 5};
    for (size_t k = 0; k < 3; k++) {
        if (isnan(y[cuts[k] - 1])) continue;
        lc_panel *part = panel_of_values(y, cuts[k], "");
        lc_result *r = detect(part, m, "threads=1", NULL);
        ck_assert_uint_eq(lc_result_rows(r), cuts[k]);
        expect_same_rows(whole, r, cuts[k]);
        lc_result_free(r);
        lc_panel_free(part);
    }
    lc_result_free(whole);
    lc_panel_free(p);
}

START_TEST(no_row_depends_on_a_later_one)
{
    enum { N = 500 };
    double y[N], other[N];
    make_sine(y, N, 12, 1, 2);
    for (int i = 296; i < 300; i++) y[i] = NAN; /* up to the cut */
    y[310] = y[150] = NAN;
    lc_panel *p = panel_of_values(y, N, "");
    lc_model *m = fit_model_of(p, "arch=lstm;epochs=2;hidden=6;lookback=10;horizon=3;season=1");
    y[299] = 100;
    check_causal(y, N, m);
    /* A series that the model does not know has a scaler of its own. */
    free(m->scales[0].id);
    m->scales[0].id = lc_strdup("somebody else");
    make_sine(other, N, 12, 1, 3);
    for (int i = 0; i < N; i++) other[i] = other[i] * 50 + i * i * .1;
    check_causal(other, N, m);
    lc_model_free(m);
    lc_panel_free(p);
}
END_TEST

/* The line through a gap leads to the value after it: that value must not be forecast from its own half. */
START_TEST(a_value_after_a_gap_is_not_seen_ahead_of_time)
{
    enum { N = 400 };
    double y[N], changed[N];
    make_sine(y, N, 12, 1, 4);
    lc_panel *p = panel_of_values(y, N, "");
    lc_model *m = fit_model_of(p, "arch=lstm;epochs=2;hidden=6;lookback=10;horizon=1;season=1");
    for (int i = 250; i < 255; i++) y[i] = NAN;
    memcpy(changed, y, sizeof y);
    changed[255] += 500;
    lc_panel *a = panel_of_values(y, N, ""), *b = panel_of_values(changed, N, "");
    lc_result *x = detect(a, m, "", NULL), *z = detect(b, m, "", NULL);
    for (size_t i = 0; i <= 255; i++)
        ck_assert(i < 10 || lc_result_real(x, i, EXPECTED) == lc_result_real(z, i, EXPECTED));
    ck_assert(lc_result_real(x, 256, EXPECTED) != lc_result_real(z, 256, EXPECTED));
    ck_assert_double_eq(lc_result_real(z, 255, ANOMALY), 1);
    ck_assert_double_eq(lc_result_real(x, 255, ANOMALY), 0);
    lc_result_free(x);
    lc_result_free(z);
    lc_panel_free(a);
    lc_panel_free(b);
    lc_panel_free(p);
    lc_model_free(m);
}
END_TEST

START_TEST(rows_that_were_learned_from_are_not_scored)
{
    enum { N = 1000 };
    double y[N];
    make_ar1(y, N, .5, 5);
    lc_panel *p = panel_of_values(y, N, "");
    lc_settings *s = panel_settings("valid=0.5");
    lc_split split;
    lc_detector_split(&split, p, s);
    ck_assert_uint_eq(split.end, 200);
    ck_assert_uint_eq(split.train, 100);
    lc_result *r = detect(p, NULL, "epochs=2;hidden=4;lookback=10;season=1;valid=0.5", NULL);
    /* The 100 rows that stopped the training tell the size of residuals, but get no verdict. */
    for (size_t i = 0; i < N; i++) ck_assert_int_eq(isnan(lc_result_real(r, i, LO)) != 0, i < 200);
    lc_result_free(r);
    lc_settings_free(s);
    lc_panel_free(p);
}
END_TEST

static lc_panel *long_panel(lc_buf *text, const char *options)
{
    double a[300], b[300], c[300];
    make_sine(a, 300, 12, 1, 6);
    make_ar1(b, 300, .5, 7);
    make_ar1(c, 300, .5, 8);
    lc_buf_puts(text, "unique_id,ds,u,v\n");
    for (int i = 0; i < 300; i++) {
        lc_buf_printf(text, "A,%d,%g,%g\n", i + 1, a[i], b[i]);
        if (i % 10 == 4) lc_buf_printf(text, "B,%d,,\n", i + 1); /* a row with missing cells */
        else lc_buf_printf(text, "B,%d,%g,\n", i + 1, c[i]);     /* v has no number in B */
    }
    return panel_of(text->data, options);
}

START_TEST(every_input_row_has_its_row_for_every_target)
{
    static const char *const gaps[] = {"gaps=fill", "gaps=skip"};
    static const char *const ids[] = {"A:u", "B:u", "A:v", "B:v"};
    for (size_t g = 0; g < 2; g++) {
        lc_buf text = {0};
        lc_detect_info info;
        lc_panel *p = long_panel(&text, gaps[g]);
        ck_assert_uint_eq(p->n_series, 3);
        lc_result *r = detect(p, NULL, quick, &info);
        check_rows(r, &info);
        ck_assert_uint_eq(lc_result_rows(r), 1200);
        for (size_t i = 0; i < 1200; i++) {
            char ds[16];
            size_t target = i / 600, step = i % 600 / 2, frame = i % 2;
            snprintf(ds, sizeof ds, "%zu", step + 1);
            ck_assert_str_eq(lc_result_text(r, i, ID), ids[2 * target + frame]);
            ck_assert_str_eq(lc_result_text(r, i, DS), ds);
            bool empty = frame && (target || step % 10 == 4);
            ck_assert_int_eq(isnan(lc_result_real(r, i, Y)) != 0, empty);
            if (empty) ck_assert(lc_result_real(r, i, SCORE) == 0 && lc_result_real(r, i, ANOMALY) == 0);
        }
        lc_result_free(r);
        lc_panel_free(p);
        lc_buf_free(&text);
    }
}
END_TEST

/* Hours of a place whose clocks are put forward after 150 of them. */
static const char *stamp_of(char out[48], int i)
{
    int hour = i + (i >= 150);
    snprintf(out, 48, "2021-01-%02dT%02d:00%s", hour / 24 + 1, hour % 24, i < 150 ? "+01:00" : "+02:00");
    return out;
}

START_TEST(rows_that_are_left_out_keep_stamp_and_value)
{
    lc_buf b = {0};
    lc_buf_puts(&b, "time,y,z\n");
    for (int i = 0; i < 300; i++) {
        char ds[48];
        lc_buf_printf(&b, "%s,%d,%s\n", stamp_of(ds, i), i % 13, i % 20 == 7 ? "" : "5");
    }
    lc_panel *p = panel_of(b.data, "gaps=skip");
    ck_assert_uint_eq(p->n_left_out, 15);
    lc_result *r = detect(p, NULL, quick, NULL);
    ck_assert_uint_eq(lc_result_rows(r), 600);
    for (int i = 0; i < 300; i++) {
        char ds[48];
        ck_assert_str_eq(lc_result_text(r, (size_t)i, DS), stamp_of(ds, i));
        ck_assert_double_eq(lc_result_real(r, (size_t)i, Y), i % 13);
        if (i % 20 == 7) ck_assert(isnan(lc_result_real(r, (size_t)i, EXPECTED)));
    }
    lc_result_free(r);
    lc_panel_free(p);
    lc_buf_free(&b);
}
END_TEST

START_TEST(rows_out_of_order_come_back_in_their_order)
{
    lc_buf b = {0};
    lc_buf_puts(&b, "t,y\n");
    for (int i = 0; i < 300; i++) lc_buf_printf(&b, "%d,%d\n", (i * 7) % 300 + 1, (i * 7) % 300 % 9);
    lc_panel *p = panel_of(b.data, "time=t");
    lc_result *r = detect(p, NULL, quick, NULL);
    for (int i = 0; i < 300; i++) {
        ck_assert_int_eq(atoi(lc_result_text(r, (size_t)i, DS)), (i * 7) % 300 + 1);
        ck_assert_double_eq(lc_result_real(r, (size_t)i, Y), (i * 7) % 300 % 9);
    }
    lc_result_free(r);
    lc_panel_free(p);
    lc_buf_free(&b);
}
END_TEST

START_TEST(a_constant_series_is_quiet_until_it_moves)
{
    enum { N = 600 };
    double y[N];
    lc_detect_info info;
    for (int i = 0; i < N; i++) y[i] = 5;
    lc_panel *p = panel_of_values(y, N, "");
    lc_result *r = detect(p, NULL, quick, &info);
    check_rows(r, &info);
    ck_assert_uint_eq(info.flagged, 0);
    ck_assert_uint_gt(info.scored, 300);
    lc_result_free(r);
    lc_panel_free(p);
    y[500] = 6;
    p = panel_of_values(y, N, "");
    r = detect(p, NULL, quick, &info);
    check_rows(r, &info);
    ck_assert_double_eq(lc_result_real(r, 500, ANOMALY), 1);
    lc_result_free(r);
    lc_panel_free(p);
}
END_TEST

/* Residuals that all lean one way: the bounds lie on the same side of what is expected. */
START_TEST(bounds_fit_the_flags_of_a_biased_model)
{
    enum { N = 800 };
    double y[N];
    make_ar1(y, N, .5, 9);
    lc_panel *p = panel_of_values(y, N, "");
    lc_model *m = fit_model_of(p, "arch=lstm;epochs=2;hidden=6;lookback=10;horizon=1;season=1;norm=series");
    for (int i = 0; i < N; i++) y[i] += 40;
    lc_panel *moved = panel_of_values(y, N, "");
    lc_detect_info info;
    lc_result *r = detect(moved, m, "alarms-per=100", &info);
    check_rows(r, &info);
    ck_assert_uint_lt(info.flagged, 40);
    ck_assert(lc_result_real(r, 700, LO) > lc_result_real(r, 700, EXPECTED));
    lc_result_free(r);
    lc_panel_free(moved);
    lc_panel_free(p);
    lc_model_free(m);
}
END_TEST

/* What is unusual does not depend on the unit, whatever the scaler of the model. */
START_TEST(small_values_are_judged_as_large_ones)
{
    enum { N = 400 };
    static const char *const kinds[] = {"transform=log", "transform=none"};
    for (size_t k = 0; k < 2; k++) {
        size_t flagged[2] = {0};
        for (size_t small = 0; small < 2; small++) {
            double y[N];
            lc_buf b = {0};
            lc_detect_info info;
            make_sine(y, N, 12, 1, 4);
            for (size_t t = 0; t < N; t++) y[t] *= small ? 1e-7 : 1;
            lc_panel *p = panel_of_values(y, N, "");
            lc_buf_printf(&b, "horizon=2;season=12;hidden=4;steps=60;members=1;%s", kinds[k]);
            lc_model *m = fit_model_of(p, b.data);
            lc_panel_free(p);
            y[300] *= 3;
            p = panel_of_values(y, N, "");
            lc_result *r = detect(p, m, "", &info);
            check_rows(r, &info);
            ck_assert_double_eq(lc_result_real(r, 300, ANOMALY), 1);
            flagged[small] = info.flagged;
            lc_result_free(r);
            lc_model_free(m);
            lc_panel_free(p);
            lc_buf_free(&b);
        }
        ck_assert_uint_eq(flagged[0], flagged[1]);
    }
}
END_TEST

START_TEST(short_series_have_rows_without_a_verdict)
{
    enum { N = 400 };
    double y[N];
    make_sine(y, N, 12, 1, 10);
    lc_panel *p = panel_of_values(y, N, "");
    lc_model *m = fit_model_of(p, "arch=lstm;epochs=1;hidden=4;lookback=30;horizon=2;season=1");
    static const size_t lengths[] = {1, 2, 29, 30, 31, 79, 80, 81};
    for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++) {
        size_t n = lengths[k];
        lc_detect_info info;
        lc_panel *part = panel_of_values(y, n, "");
        lc_result *r = detect(part, m, "", &info);
        check_rows(r, &info);
        ck_assert_uint_eq(lc_result_rows(r), n);
        ck_assert_uint_eq(info.scored, n > 80 ? n - 80 : 0); /* a lookback and 50 residuals first */
        for (size_t i = 0; i < n; i++) ck_assert_int_eq(isnan(lc_result_real(r, i, EXPECTED)) != 0, i < 30);
        lc_result_free(r);
        lc_panel_free(part);
    }
    lc_model_free(m);
    lc_panel_free(p);
    lc_status st = {0};
    lc_detect_info info;
    lc_result *r = NULL;
    lc_settings *s = panel_settings("");
    p = panel_of_values(y, 2, "");
    ck_assert_int_eq(lc_detect(&r, &info, NULL, p, s, NULL, NULL, &st), LC_E_DATA);
    ck_assert_ptr_null(r);
    lc_settings_free(s);
    lc_panel_free(p);
}
END_TEST

/* 10 alarms in 10,000 normal rows: about 49 in those that are scored, and no less than a third nor more than thrice. */
START_TEST(false_alarms_are_as_rare_as_asked)
{
    enum { N = 50000 };
    double *y = malloc(N * sizeof *y);
    lc_detect_info info;
    make_ar1(y, N, .7, 11);
    lc_panel *p = panel_of_values(y, N, "");
    lc_result *r = detect(p, NULL, "epochs=3;hidden=8;lookback=12;season=1;alarms-per=10;threads=2", &info);
    check_rows(r, &info);
    double want = 10e-4 * (double)info.scored;
    ck_assert_uint_gt(info.scored, N - 2100);
    ck_assert_msg((double)info.flagged > want / 3 && (double)info.flagged < want * 3, "%zu flags, expected %g",
                  info.flagged, want);
    lc_result_free(r);
    lc_panel_free(p);
    free(y);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("anomaly detector");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 600);
    tcase_add_test(t, a_spike_is_flagged_and_little_else);
    tcase_add_test(t, no_row_depends_on_a_later_one);
    tcase_add_test(t, a_value_after_a_gap_is_not_seen_ahead_of_time);
    tcase_add_test(t, rows_that_were_learned_from_are_not_scored);
    tcase_add_test(t, every_input_row_has_its_row_for_every_target);
    tcase_add_test(t, rows_that_are_left_out_keep_stamp_and_value);
    tcase_add_test(t, rows_out_of_order_come_back_in_their_order);
    tcase_add_test(t, a_constant_series_is_quiet_until_it_moves);
    tcase_add_test(t, bounds_fit_the_flags_of_a_biased_model);
    tcase_add_test(t, small_values_are_judged_as_large_ones);
    tcase_add_test(t, short_series_have_rows_without_a_verdict);
    tcase_add_test(t, false_alarms_are_as_rare_as_asked);
    suite_add_tcase(suite, t);
    return suite;
}
