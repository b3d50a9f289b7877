#include <math.h>

#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

enum { N = 900, EXPECTED = 3, LO, HI, SCORE, ANOMALY };

static lc_result *detect(const double *y, size_t n, const char *options)
{
    lc_panel *p = panel_of_values(y, n, "");
    lc_settings *s = panel_settings(options);
    lc_result *r = NULL;
    lc_status st = {0};
    ck_assert_msg(lc_detect(&r, NULL, NULL, p, s, NULL, NULL, &st) == LC_OK, "%s", st.text);
    lc_settings_free(s);
    lc_panel_free(p);
    return r;
}

static size_t flags(const lc_result *r)
{
    size_t n = 0;
    for (size_t i = 0; i < lc_result_rows(r); i++) n += lc_result_real(r, i, ANOMALY) == 1;
    return n;
}

START_TEST(a_spike_is_flagged_once)
{
    double y[N];
    make_sine(y, N, 24, .5, 1);
    y[700] += 40;
    lc_result *r = detect(y, N, "threads=1");
    ck_assert_uint_eq(lc_result_rows(r), N);
    ck_assert(lc_result_real(r, 700, ANOMALY) == 1);
    ck_assert(y[700] > lc_result_real(r, 700, HI) * (1 - 1e-9));
    for (size_t i = 701; i < 740; i++) ck_assert(lc_result_real(r, i, ANOMALY) == 0);
    for (size_t i = 0; i < 100; i++) ck_assert(lc_result_real(r, i, SCORE) == 0);
    for (size_t i = 0; i < N; i++) ck_assert(lc_result_real(r, i, ANOMALY) == 0 || lc_result_real(r, i, SCORE) >= .5);
    lc_result_free(r);
}
END_TEST

START_TEST(no_row_depends_on_a_later_one)
{
    static const size_t cuts[] = {150, 399, 540};
    double y[N];
    make_sine(y, N, 24, .5, 2);
    lc_result *all = detect(y, N, "threads=2");
    for (size_t c = 0; c < 3; c++) {
        lc_result *part = detect(y, cuts[c], "threads=1");
        for (size_t i = 0; i < cuts[c]; i++)
            for (size_t k = EXPECTED; k <= ANOMALY; k++) {
                double a = lc_result_real(all, i, k), b = lc_result_real(part, i, k);
                UNIT_MUST(a == b || (isnan(a) && isnan(b)), "row %zu of %zu, column %zu: %g %g", i, cuts[c], k, a, b);
            }
        lc_result_free(part);
    }
    lc_result_free(all);
}
END_TEST

START_TEST(a_constant_series_is_quiet_until_it_moves)
{
    double y[N];
    for (size_t i = 0; i < N; i++) y[i] = i < 600 ? 7 : 9;
    lc_result *r = detect(y, N, "");
    ck_assert_uint_ge(flags(r), 1);
    for (size_t i = 0; i < 600; i++) ck_assert(lc_result_real(r, i, ANOMALY) == 0);
    ck_assert(lc_result_real(r, 600, ANOMALY) == 1);
    lc_result_free(r);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("detection");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, a_spike_is_flagged_once);
    tcase_add_test(c, no_row_depends_on_a_later_one);
    tcase_add_test(c, a_constant_series_is_quiet_until_it_moves);
    suite_add_tcase(s, c);
    return s;
}
