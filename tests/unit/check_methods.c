#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/method.h"
#include "base/rng.h"
#include "unit/support/unit.h"

static lc_finding *find(const lc_method *m, const double *y, const double *expected, size_t n, double alarms_per)
{
    lc_finding *f = malloc((n + 1) * sizeof *f);
    lc_status st = {0};
    lc_method_options o = {alarms_per};
    ck_assert_msg(m->find(f, y, expected, n, &o, &st) == LC_OK, "%s: %s", m->name, st.text);
    return f;
}

/* A noisy wave, its noiseless forecast, every 17th value and every 23rd forecast missing, a spike and a shift. */
static void series(double *y, double *expected, size_t n, uint64_t seed)
{
    lc_rng r = lc_rng_make(seed, LC_STREAM_TEST, 0);
    for (size_t i = 0; i < n; i++) {
        expected[i] = 10 * sin((double)i / 20);
        y[i] = expected[i] + lc_rng_normal(&r);
        if (i == 700) y[i] += 30;
        if (i >= 1200 && i < 1300) y[i] += 15;
        if (i % 17 == 5) y[i] = NAN;
        if (i % 23 == 7) expected[i] = NAN;
    }
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static void must_equal(const lc_method *m, const lc_finding *a, const lc_finding *b, size_t i)
{
    UNIT_MUST(same(a->expected, b->expected) && same(a->lo, b->lo) && same(a->hi, b->hi) && a->score == b->score &&
                  same(a->p, b->p) && a->scored == b->scored && a->raised == b->raised && a->anomaly == b->anomaly &&
                  a->statistic == b->statistic && a->since == b->since,
              "%s: row %zu differs", m->name, i);
}

START_TEST(table_names_every_method_once)
{
    ck_assert_uint_eq(lc_method_count(), 3);
    for (size_t i = 0; i < lc_method_count(); i++) {
        const lc_method *m = lc_method_at(i);
        ck_assert(m->about[0] && m->least > 0 && m->batch > 0 && m->lookback >= m->least);
    }
    ck_assert_ptr_null(lc_method_at(lc_method_count()));
}
END_TEST

START_TEST(rates_out_of_range_are_refused)
{
    const double wrong[] = {0, -1, 1e4, INFINITY, NAN};
    double y[3] = {1, 2, 3};
    lc_finding f[3];
    for (size_t i = 0; i < lc_method_count(); i++) {
        const lc_method *m = lc_method_at(i);
        for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
            lc_status st = {0};
            lc_code code = m->find(f, y, y, 3, &(lc_method_options){wrong[k]}, &st);
            ck_assert_int_eq(code, m->heeds_alarms_per ? LC_E_USAGE : LC_OK);
            if (m->heeds_alarms_per) ck_assert(strstr(st.text, "alarms-per") && st.hint[0]);
        }
    }
}
END_TEST

START_TEST(rows_without_a_number_get_no_verdict)
{
    enum { N = 1500 };
    static double y[N], expected[N], none[N];
    series(y, expected, N, 1);
    for (size_t i = 0; i < N; i++) none[i] = NAN;
    for (size_t k = 0; k < lc_method_count(); k++) {
        const lc_method *m = lc_method_at(k);
        free(find(m, y, expected, 0, 1));
        lc_finding *f = find(m, y, expected, N, 1);
        size_t seen = 0;
        for (size_t i = 0; i < N; i++) {
            bool known = !isnan(y[i]) && !isnan(expected[i]);
            UNIT_MUST(same(f[i].expected, expected[i]), "%s: row %zu expected %g", m->name, i, f[i].expected);
            UNIT_MUST(f[i].scored == (known && seen >= m->least), "%s: row %zu, after %zu", m->name, i, seen);
            if (!f[i].scored)
                UNIT_MUST(f[i].score == 0 && !f[i].raised && !f[i].anomaly && f[i].since == 0 && isnan(f[i].p) &&
                              isnan(f[i].lo) && isnan(f[i].hi) && f[i].statistic == LC_STATISTICS,
                          "%s: row %zu has a verdict", m->name, i);
            seen += known;
        }
        free(f);
        for (int which = 0; which < 2; which++) {
            f = find(m, which ? none : y, which ? expected : none, N, 1);
            for (size_t i = 0; i < N; i++) UNIT_MUST(!f[i].scored && !f[i].raised, "%s: row %zu", m->name, i);
            free(f);
        }
    }
}
END_TEST

START_TEST(scores_tell_what_is_raised_and_bounds_agree)
{
    enum { N = 3000 };
    static double y[N], expected[N];
    for (uint64_t seed = 1; seed <= 5; seed++) {
        series(y, expected, N, seed);
        for (size_t k = 0; k < lc_method_count(); k++) {
            const lc_method *m = lc_method_at(k);
            lc_finding *f = find(m, y, expected, N, 20);
            size_t raised = 0;
            for (size_t i = 0; i < N; i++) {
                raised += f[i].raised;
                UNIT_MUST(f[i].score >= 0 && f[i].score <= 1, "%s: score %g", m->name, f[i].score);
                UNIT_MUST((f[i].score >= 0.5) == f[i].raised, "%s: score %g", m->name, f[i].score);
                UNIT_MUST(isnan(f[i].lo) == isnan(f[i].hi), "%s: half a bound", m->name);
                if (isnan(f[i].lo)) continue;
                double slack = 1e-9 * (fabs(f[i].lo) + fabs(f[i].hi));
                UNIT_MUST(f[i].lo < f[i].hi, "%s: [%g, %g]", m->name, f[i].lo, f[i].hi);
                if (f[i].raised) UNIT_MUST(y[i] < f[i].lo + slack || y[i] > f[i].hi - slack, "%s: row %zu", m->name, i);
                else UNIT_MUST(y[i] > f[i].lo - slack && y[i] < f[i].hi + slack, "%s: row %zu", m->name, i);
                UNIT_MUST((f[i].p <= 20e-4 * (1 + 1e-9)) >= f[i].raised, "%s: p %g", m->name, f[i].p);
            }
            ck_assert_msg(raised > 0, "%s: nothing", m->name);
            free(f);
        }
    }
}
END_TEST

START_TEST(spike_and_shift_are_found)
{
    enum { N = 2000 };
    static double y[N], expected[N];
    series(y, expected, N, 9);
    for (size_t k = 0; k < lc_method_count(); k++) {
        const lc_method *m = lc_method_at(k);
        lc_finding *f = find(m, y, expected, N, 1);
        size_t elsewhere = 0, shift = 0, first = N;
        for (size_t i = 0; i < N; i++) {
            if (i >= 1200 && i < 1300) {
                shift += f[i].raised;
                if (f[i].raised && first == N) first = i;
            } else if (i < 700 || (i >= 760 && i < 1200) || i >= 1500) {
                elsewhere += f[i].raised;
            }
        }
        ck_assert_msg(m == &lc_method_dynamic_threshold || (f[700].raised && f[700].anomaly), "%s: spike", m->name);
        ck_assert_msg(shift > 0 && first < 1240, "%s: shift, from row %zu", m->name, first);
        ck_assert_msg(elsewhere == 0, "%s: %zu rows elsewhere", m->name, elsewhere);
        free(f);
    }
}
END_TEST

/* What is said of a row does not change with the rows after it; with verdicts by batch, after its batch. */
START_TEST(later_rows_change_nothing)
{
    enum { N = 2500 };
    static double y[N], expected[N];
    series(y, expected, N, 3);
    for (size_t k = 0; k < lc_method_count(); k++) {
        const lc_method *m = lc_method_at(k);
        lc_finding *all = find(m, y, expected, N, 5);
        size_t seen = 0;
        for (size_t n = 1; n <= N; n++) {
            bool known = !isnan(y[n - 1]) && !isnan(expected[n - 1]);
            seen += known;
            if (!known || seen % m->batch || n % 7) continue;
            lc_finding *part = find(m, y, expected, n, 5);
            for (size_t i = 0; i < n; i++) must_equal(m, &part[i], &all[i], i);
            free(part);
        }
        free(all);
    }
}
END_TEST

START_TEST(units_change_nothing)
{
    enum { N = 2000 };
    static double y[N], expected[N], large[N], expected_large[N];
    const double unit = 0x1p40;
    series(y, expected, N, 4);
    for (size_t i = 0; i < N; i++) {
        large[i] = y[i] * unit;
        expected_large[i] = expected[i] * unit;
    }
    for (size_t k = 0; k < lc_method_count(); k++) {
        const lc_method *m = lc_method_at(k);
        lc_finding *a = find(m, y, expected, N, 5), *b = find(m, large, expected_large, N, 5);
        for (size_t i = 0; i < N; i++) {
            b[i].expected /= unit;
            b[i].lo /= unit;
            b[i].hi /= unit;
            must_equal(m, &a[i], &b[i], i);
        }
        free(a);
        free(b);
    }
}
END_TEST

START_TEST(exact_forecasts_and_constants_are_silent)
{
    enum { N = 1000 };
    static double y[N], expected[N];
    const double levels[] = {0, 1, -7e9, 1e-300};
    for (size_t k = 0; k < lc_method_count(); k++) {
        const lc_method *m = lc_method_at(k);
        for (size_t l = 0; l < sizeof levels / sizeof levels[0]; l++) {
            for (size_t i = 0; i < N; i++) {
                expected[i] = levels[l];
                y[i] = levels[l] * (1 + (i % 5 == 0) * 1e-12); /* rounding */
            }
            lc_finding *f = find(m, y, expected, N, 5000);
            for (size_t i = 0; i < N; i++) UNIT_MUST(!f[i].raised, "%s: row %zu of %g", m->name, i, levels[l]);
            free(f);
        }
    }
}
END_TEST

START_TEST(hostile_values_give_sound_findings)
{
    enum { N = 1200 };
    static double y[N], expected[N];
    series(y, expected, N, 5);
    y[100] = 1.7e308;
    y[101] = -1.7e308;
    expected[102] = -1.7e308;
    y[500] = INFINITY;
    expected[501] = -INFINITY;
    y[900] = 1e200;
    for (size_t k = 0; k < lc_method_count(); k++) {
        lc_finding *f = find(lc_method_at(k), y, expected, N, 5);
        for (size_t i = 0; i < N; i++) {
            UNIT_MUST(f[i].score >= 0 && f[i].score <= 1 && (f[i].score >= 0.5) == f[i].raised, "row %zu: %g", i,
                      f[i].score);
            UNIT_MUST(isnan(f[i].p) || (f[i].p >= 0 && f[i].p <= 1), "row %zu: p %g", i, f[i].p);
        }
        free(f);
    }
}
END_TEST

START_TEST(one_event_is_flagged_once)
{
    enum { N = 200 };
    lc_finding f[N];
    memset(f, 0, sizeof f);
    const size_t raised[] = {3, 4, 10, 30, 51, 150, 171, 191};
    const bool first[] = {true, false, false, false, true, true, true, false};
    const uint32_t since[] = {0, 1, 7, 27, 0, 0, 0, 20};
    const size_t n = sizeof raised / sizeof raised[0];
    for (size_t i = 0; i < n; i++) f[raised[i]].raised = true;
    f[7].anomaly = true; /* of another marking */
    lc_method_mark_events(f, N);
    for (size_t i = 0; i < n; i++) {
        ck_assert_int_eq(f[raised[i]].anomaly, first[i]);
        ck_assert_uint_eq(f[raised[i]].since, since[i]);
        ck_assert_int_eq(f[raised[i]].statistic, LC_STATISTIC_ERROR);
    }
    ck_assert(!f[7].anomaly && f[7].statistic == LC_STATISTICS && !f[0].anomaly);
}
END_TEST

START_TEST(sizes_by_hand)
{
    double median, x[20] = {0};
    ck_assert(lc_method_size(x, 0, &median) == 0);
    const double few[] = {3, 1e9, 1, 2}; /* median 2.5; distances 0.5, 0.5, 1.5, 1e9 */
    ck_assert_double_eq_tol(lc_method_size(few, 4, &median), 1.4826, 1e-12);
    ck_assert(median == 2.5);
    x[3] = 1e9;
    x[4] = -9;
    ck_assert(lc_method_size(x, 20, &median) == 0 && median == 0); /* two of twenty say nothing */
    x[5] = x[6] = 9;
    ck_assert_double_eq_tol(lc_method_size(x, 20, &median), 18. / 18, 1e-12); /* the two largest left out */
    const double y[] = {NAN, 4, 4, INFINITY, 4};
    ck_assert(lc_method_unit(y, 1) == 1 && lc_method_unit(y, 0) == 1);
    ck_assert_double_eq_tol(lc_method_unit(y, 5), 4e-6, 1e-20);
    double long_one[60];
    for (int i = 0; i < 60; i++) long_one[i] = i < 50 ? i % 2 : 1e6 * i;
    ck_assert_double_eq_tol(lc_method_unit(long_one, 60), 1.4826 * 0.5, 1e-12);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("methods");
    TCase *c = tcase_create("methods");
    tcase_set_timeout(c, 240);
    tcase_add_test(c, table_names_every_method_once);
    tcase_add_test(c, rates_out_of_range_are_refused);
    tcase_add_test(c, rows_without_a_number_get_no_verdict);
    tcase_add_test(c, scores_tell_what_is_raised_and_bounds_agree);
    tcase_add_test(c, spike_and_shift_are_found);
    tcase_add_test(c, later_rows_change_nothing);
    tcase_add_test(c, units_change_nothing);
    tcase_add_test(c, exact_forecasts_and_constants_are_silent);
    tcase_add_test(c, hostile_values_give_sound_findings);
    tcase_add_test(c, one_event_is_flagged_once);
    tcase_add_test(c, sizes_by_hand);
    suite_add_tcase(s, c);
    return s;
}
