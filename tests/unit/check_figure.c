/* What figures show: ranges, ticks, dates, thinning, and figures at the edge of what can be drawn. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/axis.h"
#include "report/chart.h"
#include "report/trace.h"
#include "unit/support/unit.h"

static void expect_numbers(double lo, double hi, int most, const char *want)
{
    lc_ticks *t = calloc(1, sizeof *t);
    lc_range r = {lo, hi, true};
    lc_ticks_numbers(t, &r, most, false);
    char got[1024] = "";
    for (size_t i = 0; i < t->n; i++) {
        ck_assert(t->tick[i].at >= lo && t->tick[i].at <= hi);
        strcat(got, i ? " " : "");
        strcat(got, t->tick[i].label);
    }
    ck_assert_str_eq(got, want);
    free(t);
}

START_TEST(numbers_get_round_ticks)
{
    expect_numbers(0, 10, 6, "0 2 4 6 8 10");
    expect_numbers(-.3, 1.1, 5, "0 0.5 1.0");
    expect_numbers(-1500, 36000, 5, "0 10,000 20,000 30,000");
    expect_numbers(0, 3000000, 4, "0 1,000,000 2,000,000 3,000,000");
    expect_numbers(0, 3e30, 4,
                   "0 1\xc3\x97"
                   "10\xc2\xb3\xe2\x81\xb0 2\xc3\x97"
                   "10\xc2\xb3\xe2\x81\xb0 3\xc3\x97"
                   "10\xc2\xb3\xe2\x81\xb0");
    expect_numbers(0, 2e-30, 3,
                   "0 1\xc3\x97"
                   "10\xe2\x81\xbb\xc2\xb3\xe2\x81\xb0 2\xc3\x97"
                   "10\xe2\x81\xbb\xc2\xb3\xe2\x81\xb0");
    expect_numbers(-2, 1, 4,
                   "\xe2\x88\x92"
                   "2 \xe2\x88\x92"
                   "1 0 1");
    char label[LC_TICK_TEXT];
    lc_number_label(label, .125, 6);
    ck_assert_str_eq(label, "0.125");
    lc_number_label(label, 400, 6);
    ck_assert_str_eq(label, "400");
}
END_TEST

START_TEST(ranges_have_a_width)
{
    static const double v[][2] = {{5, 5},      {0, 0},   {NAN, NAN},          {INFINITY, NAN},  {1e30, 1e30},
                                  {1e-320, 0}, {-7, -7}, {1.7e308, -1.7e308}, {1e9, 1e9 + 1e-7}};
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
        lc_range r = {0};
        lc_range_add(&r, v[i], 2);
        lc_range_pad(&r, .05);
        ck_assert_msg(isfinite(r.hi - r.lo) && r.hi - r.lo > 1e-9 * fabs(r.hi), "case %zu", i);
        lc_ticks *t = calloc(1, sizeof *t);
        lc_ticks_numbers(t, &r, 6, false);
        ck_assert_msg(t->n >= 2 && t->n <= 6, "case %zu: %zu ticks", i, t->n);
        free(t);
    }
}
END_TEST

START_TEST(ticks_never_overflow)
{
    lc_ticks *t = calloc(1, sizeof *t);
    for (int e = -300; e <= 299; e += 7) {
        for (int most = 2; most <= 12; most++) {
            lc_range r = {-.37 * pow(10, e), 1.93 * pow(10, e), true};
            lc_ticks_numbers(t, &r, most, false);
            ck_assert_uint_ge(t->n, 1);
            ck_assert_uint_le(t->n, (size_t)most);
            r.lo = 1e-280;
            r.hi = fmax(1e-270, pow(10, e));
            lc_ticks_log(t, &r);
            ck_assert_uint_ge(t->n, 2);
        }
    }
    free(t);
}
END_TEST

/* Days since 1970-01-01 of some dates. */
enum { D2014_03_05 = 16134, D2024_01_01 = 19723 };

static void expect_dates(double from, double span, int columns, const char *want)
{
    lc_ticks *t = calloc(1, sizeof *t);
    lc_range r = {from, from + span, true};
    ck_assert(lc_ticks_dates(t, &r, columns));
    char got[1024] = "";
    for (size_t i = 0; i < t->n; i++) {
        strcat(got, i ? "|" : "");
        strcat(got, t->tick[i].label);
    }
    ck_assert_str_eq(got, want);
    free(t);
}

START_TEST(dates_get_the_ticks_of_a_person)
{
    double day = 86400, spring = D2014_03_05 * day;
    expect_dates(spring + 60, 120, 60, "00:01:00\\nMar 5, 2014|00:01:30|00:02:00|00:02:30|00:03:00");
    expect_dates(spring, day, 80, "00:00\\nMar 5, 2014|03:00|06:00|09:00|12:00|15:00|18:00|21:00|00:00\\nMar 6");
    expect_dates(spring + 3600 * 20, 3600 * 12, 40, "21:00|00:00\\nMar 6, 2014|03:00|06:00");
    expect_dates(spring, 6 * day, 80, "Mar 5\\n2014|Mar 6|Mar 7|Mar 8|Mar 9|Mar 10|Mar 11");
    expect_dates(spring, 30 * day, 60, "Mar 10\\n2014|Mar 17|Mar 24|Mar 31"); /* Mondays */
    expect_dates(D2024_01_01 * day - 20 * day, 40 * day, 60, "Dec 18\\n2023|Dec 25|Jan 1\\n2024|Jan 8|Jan 15");
    expect_dates(D2024_01_01 * day, 170 * day, 80, "Jan 2024|Feb 2024|Mar 2024|Apr 2024|May 2024|Jun 2024");
    expect_dates(D2024_01_01 * day, 366 * day, 60, "Jan 2024|Apr 2024|Jul 2024|Oct 2024|Jan 2025");
    expect_dates(0, 30 * 365.25 * day, 80, "1970|1975|1980|1985|1990|1995|2000");
    expect_dates(-200 * 365.25 * day, 100 * 365.25 * day, 60, "1780|1800|1820|1840|1860");
}
END_TEST

START_TEST(dates_out_of_reach_are_left_to_numbers)
{
    static const double bad[][2] = {{-1e300, 1e300}, {1e18, 2e18}, {0, 1e12}, {5, 5}};
    lc_ticks *t = calloc(1, sizeof *t);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        lc_range r = {bad[i][0], bad[i][1], true};
        ck_assert_msg(!lc_ticks_dates(t, &r, 80), "case %zu", i);
    }
    /* Every span from a millisecond to thousands of years has ticks, in order, within range. */
    for (double span = .001; span < 2e11; span *= 1.7) {
        lc_range r = {1.7e9 - (span > 1e10 ? 3e10 : 0), 0, true};
        r.hi = r.lo + span;
        ck_assert(lc_ticks_dates(t, &r, 110));
        ck_assert_msg(t->n >= 2 && t->n <= 13, "span %g: %zu ticks", span, t->n);
        for (size_t i = 0; i < t->n; i++) {
            ck_assert(t->tick[i].at >= r.lo && t->tick[i].at <= r.hi);
            ck_assert(i == 0 || t->tick[i].at > t->tick[i - 1].at);
        }
    }
    char label[LC_TICK_TEXT];
    lc_date_label(label, 1e30, 1);
    ck_assert_str_eq(label, "");
    lc_date_label(label, D2014_03_05 * 86400. + 3600 * 6, 86400);
    ck_assert_str_eq(label, "Mar 5, 06:00");
    free(t);
}
END_TEST

/* ---- traces ---- */

START_TEST(gaps_break_lines)
{
    double x[] = {1, 2, 3, 4, 5, 6, 7, 8}, y[] = {NAN, 1, 2, NAN, 3, INFINITY, 4, 5};
    lc_trace t = {0};
    lc_trace_line(&t, x, y, 8, 0);
    ck_assert_str_eq(t.line.data, "2 1\n3 2\n\n7 4\n8 5\n");
    ck_assert_str_eq(t.dots.data, "5 3\n"); /* without neighbours: a dot */
    lc_trace_free(&t);
    double lo[] = {NAN, 0, 1, NAN, 2, 2, 3, 9}, hi[] = {1, 2, 3, 4, 4, NAN, 5, 6};
    lc_trace_band(&t, x, lo, hi, 8, 0, .25);
    ck_assert_str_eq(t.line.data, "2 0 2\n3 1 3\n\n4.75 2 4\n5.25 2 4\n\n7 3 5\n8 6 9\n");
    lc_trace_free(&t);
}
END_TEST

static bool has_row(const lc_trace *t, double x, double y)
{
    char row[80];
    snprintf(row, sizeof row, "%.15g %.15g\n", x, y);
    return strstr(t->line.data, row) != NULL;
}

START_TEST(thinning_keeps_extremes_ends_and_gaps)
{
    enum { N = 100000 };
    double *x = malloc(N * sizeof *x), *y = malloc(N * sizeof *y);
    for (int i = 0; i < N; i++) {
        x[i] = i;
        y[i] = i * 7919 % 1009;
    }
    y[12345] = 5000;
    y[54321] = -5000;
    for (int i = 70000; i < 71000; i++) y[i] = NAN;
    for (int i = 0; i < N; i += 1000) y[i + 3] = NAN; /* narrower than a pixel */
    lc_trace t = {0};
    lc_trace_line(&t, x, y, N, 100);
    ck_assert_uint_le(t.n_line, 4 * 1001);
    ck_assert_uint_gt(t.n_line, 2000);
    ck_assert(has_row(&t, 12345, 5000) && has_row(&t, 54321, -5000));
    ck_assert(has_row(&t, 0, y[0]) && has_row(&t, N - 1, y[N - 1]));
    ck_assert(has_row(&t, 69999, y[69999]) && has_row(&t, 71000, y[71000]));
    size_t gaps = 0;
    double last = -1;
    for (const char *p = t.line.data; *p; p = strchr(p, '\n') + 1) {
        if (*p == '\n') {
            gaps++;
            continue;
        }
        ck_assert(atof(p) > last); /* in the order of x, nothing twice */
        last = atof(p);
    }
    ck_assert_uint_eq(gaps, 1);
    lc_trace_free(&t);
    lc_trace_band(&t, x, y, y, N, 100, 1);
    ck_assert_uint_le(t.n_line, 1010);
    ck_assert_ptr_nonnull(strstr(t.line.data, " 5000\n"));
    ck_assert_ptr_nonnull(strstr(t.line.data, " -5000 "));
    lc_trace_free(&t);
    /* Every other value missing is no reason to draw them all. */
    for (int i = 0; i < N; i += 2) y[i] = NAN;
    lc_trace_line(&t, x, y, N, 100);
    ck_assert_uint_le(t.n_line + t.n_dots, 4 * 1001);
    lc_trace_free(&t);
    free(x);
    free(y);
}
END_TEST

START_TEST(no_flag_is_dropped)
{
    enum { N = 100000 };
    char folder[] = "/tmp/loomcast-figure-XXXXXX", path[96];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.gp", folder);
    double *x = malloc(N * sizeof *x), *y = malloc(N * sizeof *y);
    int *flag = calloc(N, sizeof *flag);
    size_t flagged = 0;
    for (int i = 0; i < N; i++) {
        x[i] = 1.4e9 + 60. * i;
        y[i] = i % 5 == 0 ? NAN : sin(i * .001);
        flag[i] = i % 7 == 0;
        flagged += (size_t)flag[i];
    }
    lc_detect_figure f = {"t", "y", true, N, x, y, y, y, y, y, flag, NULL};
    lc_status st = {0};
    ck_assert_int_eq(lc_chart_detect(&f, 1, &(lc_drawing){path, false, NULL}, &st), LC_OK);
    FILE *in = fopen(path, "r");
    char line[4096];
    size_t rows = 0, others = 0;
    bool inside = false;
    while (fgets(line, sizeof line, in)) {
        if (strcmp(line, "EOD\n") == 0) inside = false;
        if (inside) rows++;
        else others++;
        if (strncmp(line, "$flags1 <<", 10) == 0) inside = true;
    }
    fclose(in);
    ck_assert_uint_eq(rows, flagged);
    ck_assert_uint_lt(others, 30000);
    unlink(path);
    rmdir(folder);
    free(x);
    free(y);
    free(flag);
}
END_TEST

/* ---- figures at the edge ---- */

enum { H = 400, F = 40 };

static double hx[H], fx[F], flat[H], none[H], huge[H], tiny[H], large[H], back[H];

static void edge_values(void)
{
    for (int i = 0; i < H; i++) {
        hx[i] = i + 1;
        flat[i] = 5;
        none[i] = NAN;
        huge[i] = i % 2 ? 1.7e308 : -1.7e308;
        tiny[i] = 1e-30 * sin(i);
        large[i] = 1e30 * sin(i);
        back[i] = -i;
    }
    for (int i = 0; i < F; i++) fx[i] = H + 1 + i;
}

START_TEST(odd_figures_are_drawn)
{
    char folder[] = "/tmp/loomcast-figure-XXXXXX", path[96];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.svg", folder);
    edge_values();
    static const double level[] = {50, 99.9, 80};
    const double *none3[] = {none, none, none}, *tiny3[] = {tiny, tiny, tiny}, *huge3[] = {huge, huge, huge};
    const double *const values[] = {flat, none, huge, tiny, large};
    lc_status st = {0};
    for (size_t v = 0; v < 5; v++) {
        for (int shape = 0; shape < 8; shape++) {
            size_t nh = shape == 0 ? 0 : shape == 1 ? 1 : shape == 2 ? 2 : H, n = shape == 3 ? 0 : shape < 3 ? 1 : F;
            lc_forecast_figure f = {"odd",
                                    "y",
                                    shape == 4,
                                    nh,
                                    hx,
                                    values[v],
                                    n,
                                    fx,
                                    values[(v + 1) % 5],
                                    3,
                                    level,
                                    v % 2 ? none3 : tiny3,
                                    v == 2  ? huge3
                                    : v % 2 ? none3
                                            : tiny3,
                                    n,
                                    fx,
                                    values[(v + 2) % 5]};
            if (shape == 5) f.n_levels = 0;
            if (shape == 6) f.history_x = back, f.x = back; /* x that runs backwards */
            if (shape == 7) f.history_x = none, f.x = huge, f.calendar = true;
            ck_assert_msg(lc_chart_forecast(&f, 1, &(lc_drawing){path, true, NULL}, &st) == LC_OK, "%zu %d: %s", v,
                          shape, st.text);
        }
        int flag[H] = {[0] = 1, [H - 1] = 1};
        for (size_t n = 0; n <= H; n = n ? n * 20 : 1) {
            lc_detect_figure d = {"odd", "", false, n, hx, values[v], none, tiny, large, values[v], flag, NULL};
            ck_assert_msg(lc_chart_detect(&d, 1, &(lc_drawing){path, true, NULL}, &st) == LC_OK, "%zu: %s", v, st.text);
            lc_loss_figure l = {"odd", NULL, n, values[v], none, n};
            ck_assert_msg(lc_chart_loss(&l, &(lc_drawing){path, true, NULL}, &st) == LC_OK, "%zu: %s", v, st.text);
            l.best = 999; /* beyond the last epoch: none marked */
            ck_assert_int_eq(lc_chart_loss(&l, &(lc_drawing){path, true, NULL}, &st), LC_OK);
        }
    }
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(odd_backtests_are_drawn)
{
    char folder[] = "/tmp/loomcast-figure-XXXXXX", path[96];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.svg", folder);
    edge_values();
    static const double level[] = {10, 50, 80, 99.9};
    static const bool asked[] = {true, false, true, true};
    const double *const values[] = {flat, none, huge, tiny, large, back};
    lc_status st = {0};
    for (size_t v = 0; v < 6; v++) {
        for (size_t n = 0; n <= H; n = n ? n * 20 : 1) {
            const lc_error_curve curves[] = {{LC_CURVE_MODEL, "model", values[v]},
                                             {LC_CURVE_NAIVE, "naive", values[(v + 1) % 6]},
                                             {LC_CURVE_OTHER, NULL, values[(v + 2) % 6]}};
            const size_t lags = n < 40 ? n : 40;
            lc_backtest_figure f = {"odd", "", "MASE",    n,    3,    curves,    n < 4 ? n : 4,       level, values[v],
                                    asked, n,  values[v], NULL, lags, values[v], values[(v + 1) % 6], ""};
            ck_assert_msg(lc_chart_backtest(&f, &(lc_drawing){path, true, NULL}, &st) == LC_OK, "%zu %zu: %s", v, n,
                          st.text);
            f.n_curves = 0;
            ck_assert_msg(lc_chart_backtest(&f, &(lc_drawing){path, true, NULL}, &st) == LC_OK, "%zu %zu: %s", v, n,
                          st.text);
        }
    }
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(wide_numbers_leave_more_than_one_on_an_axis)
{
    char folder[] = "/tmp/loomcast-figure-XXXXXX", path[96], line[4096];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.gp", folder);
    static const double ends[] = {-460000, 460000, 0, 0};
    const lc_backtest_figure f = {.title = "wide", .detail = "", .n_residuals = 4, .residual = ends};
    lc_status st = {0};
    bool found = false;
    ck_assert_int_eq(lc_chart_backtest(&f, &(lc_drawing){path, false, NULL}, &st), LC_OK);
    FILE *in = fopen(path, "r");
    while (fgets(line, sizeof line, in))
        found = found || (strstr(line, "set xtics") && strstr(line, "400,000\" -400000, \"\" -200000, \"0\" 0"));
    fclose(in);
    ck_assert(found);
    unlink(path);
    rmdir(folder);
}
END_TEST

static bool log_axis(const double *train, size_t n)
{
    char folder[] = "/tmp/loomcast-figure-XXXXXX", path[96], line[4096];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.gp", folder);
    lc_loss_figure f = {"t", "mse", n, train, train, 1};
    lc_status st = {0};
    ck_assert_int_eq(lc_chart_loss(&f, &(lc_drawing){path, false, NULL}, &st), LC_OK);
    FILE *in = fopen(path, "r");
    bool found = false;
    while (fgets(line, sizeof line, in)) found = found || strncmp(line, "set logscale y", 14) == 0;
    fclose(in);
    unlink(path);
    rmdir(folder);
    return found;
}

START_TEST(losses_that_fall_far_are_logarithmic)
{
    ck_assert(log_axis((double[]){31, 1.01, 1}, 3));
    ck_assert(!log_axis((double[]){29, 1.01, 1}, 3));
    ck_assert(!log_axis((double[]){31, 0, 1}, 3));
    ck_assert(!log_axis((double[]){31, -1, 1}, 3));
    ck_assert(log_axis((double[]){1e300, NAN, 1e-290}, 3));
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("figures");
    TCase *c = tcase_create("figure");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, numbers_get_round_ticks);
    tcase_add_test(c, ranges_have_a_width);
    tcase_add_test(c, ticks_never_overflow);
    tcase_add_test(c, dates_get_the_ticks_of_a_person);
    tcase_add_test(c, dates_out_of_reach_are_left_to_numbers);
    tcase_add_test(c, gaps_break_lines);
    tcase_add_test(c, thinning_keeps_extremes_ends_and_gaps);
    tcase_add_test(c, no_flag_is_dropped);
    tcase_add_test(c, odd_figures_are_drawn);
    tcase_add_test(c, odd_backtests_are_drawn);
    tcase_add_test(c, wide_numbers_leave_more_than_one_on_an_axis);
    tcase_add_test(c, losses_that_fall_far_are_logarithmic);
    suite_add_tcase(s, c);
    return s;
}
