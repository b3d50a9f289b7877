#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/joint.h"
#include "base/rng.h"
#include "unit/support/unit.h"

enum { N = 5, ROWS = 4000, BROKEN = 3000 };

static lc_joint *created(size_t n, double alarms_per)
{
    lc_joint *j;
    ck_assert_int_eq(lc_joint_create(&j, n, alarms_per, NULL), LC_OK);
    return j;
}

/* A column that its own detector finds usual. */
static lc_finding usual(double expected, lc_rng *r)
{
    lc_finding f = lc_finding_none;
    f.expected = expected;
    f.p = lc_rng_uniform(r);
    f.scored = true;
    return f;
}

/* N columns that follow a shared process which nobody can forecast, so that none of them ever looks unusual. */
static void make_row(double *y, lc_finding *f, lc_rng *r)
{
    const double shared = lc_rng_normal(r);
    for (size_t i = 0; i < N; i++) {
        y[i] = 100 + shared * (double)(i + 1) + .1 * lc_rng_normal(r);
        f[i] = usual(100, r);
    }
}

START_TEST(a_column_that_leaves_the_others_is_found)
{
    lc_rng r = lc_rng_make(11, LC_STREAM_TEST, 0);
    lc_joint *j = created(N, 1);
    size_t before = 0, flags = 0;
    for (size_t t = 0; t < ROWS; t++) {
        double y[N];
        lc_finding f[N], row;
        make_row(y, f, &r);
        if (t >= BROKEN && t < BROKEN + 30) y[3] = 100; /* right in its middle */
        lc_joint_push(j, y, f, &row);
        ck_assert(isnan(row.expected) && isnan(row.lo) && isnan(row.hi));
        ck_assert(row.scored && row.score >= 0 && row.score <= 1 && row.p >= 0 && row.p <= 1);
        ck_assert(row.raised == (row.score >= .5));
        if (t < BROKEN) before += row.anomaly;
        if (!row.anomaly || t < BROKEN || t > BROKEN + 30) continue;
        flags++;
        ck_assert_int_eq(row.statistic, LC_STATISTIC_JOINT);
        ck_assert_uint_eq(row.column, 3);
    }
    ck_assert_uint_le(before, 1);
    ck_assert_uint_eq(flags, 1);
    lc_joint_free(j);
}
END_TEST

START_TEST(a_column_of_its_own_is_found)
{
    lc_rng r = lc_rng_make(12, LC_STREAM_TEST, 0);
    lc_joint *j = created(N, 1);
    for (size_t t = 0; t < 600; t++) {
        double y[N];
        lc_finding f[N], row;
        make_row(y, f, &r);
        for (size_t i = 0; t == 500 && i < N; i++) f[i].p = i == 2 ? 1e-7 : .5;
        f[2].statistic = t == 500 ? LC_STATISTIC_LEVEL : LC_STATISTICS;
        lc_joint_push(j, y, f, &row);
        if (t != 500) continue;
        /* Twice for two kinds of evidence, five times for as many columns. */
        ck_assert_double_eq_tol(row.p, 2 * N * 1e-7, 1e-12);
        ck_assert(row.anomaly && row.statistic == LC_STATISTIC_LEVEL && row.column == 2);
    }
    lc_joint_free(j);
}
END_TEST

/* At most twice as many alarms as were asked for where nothing is wrong: columns that hang together, and such that do
 * not. */
START_TEST(alarms_keep_to_what_was_asked)
{
    const bool together = _i;
    size_t flags = 0, rows = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        lc_rng r = lc_rng_make(seed, LC_STREAM_TEST, 1);
        lc_joint *j = created(N, 10);
        for (size_t t = 0; t < ROWS; t++) {
            double y[N];
            lc_finding f[N], row;
            make_row(y, f, &r);
            for (size_t i = 0; i < N && !together; i++) y[i] = lc_rng_normal(&r);
            lc_joint_push(j, y, f, &row);
            flags += row.anomaly;
            rows += row.scored;
        }
        lc_joint_free(j);
    }
    const double per = 1e4 * (double)flags / (double)rows;
    ck_assert_msg(per > 1 && per < 20, "%.2f of 10,000 rows flagged, 10 asked", per);
}
END_TEST

START_TEST(rows_without_a_verdict)
{
    lc_joint *j = created(N, 1);
    lc_finding f[N], row;
    double y[N];
    for (size_t t = 0; t < 200; t++) {
        for (size_t i = 0; i < N; i++) {
            y[i] = t % 3 ? NAN : 1;
            f[i] = lc_finding_none;
        }
        lc_joint_push(j, y, f, &row);
        ck_assert(!row.scored && !row.anomaly && row.score == 0 && isnan(row.p));
    }
    lc_joint_free(j);
}
END_TEST

/* Very many columns are judged by their own evidence alone. */
START_TEST(more_columns_than_can_be_held_against_each_other)
{
    enum { MANY = LC_JOINT_COLUMNS + 1 };
    static double y[MANY];
    static lc_finding f[MANY];
    lc_rng r = lc_rng_make(13, LC_STREAM_TEST, 0);
    lc_joint *j = created(MANY, 1);
    lc_finding row;
    for (size_t i = 0; i < MANY; i++) f[i] = usual(0, &r);
    f[100].p = 1e-8;
    f[100].statistic = LC_STATISTIC_VALUE;
    lc_joint_push(j, y, f, &row);
    ck_assert_double_eq_tol(row.p, MANY * 1e-8, 1e-12);
    ck_assert(row.anomaly && row.column == 100);
    lc_joint_reset(j);
    lc_joint_free(j);
}
END_TEST

START_TEST(reset_forgets_all)
{
    lc_joint *used = created(N, 1), *fresh = created(N, 1);
    for (int round = 0; round < 2; round++) {
        lc_rng r = lc_rng_make(14, LC_STREAM_TEST, 0);
        for (size_t t = 0; t < 500; t++) {
            double y[N];
            lc_finding f[N], a, b;
            make_row(y, f, &r);
            lc_joint_push(used, y, f, &a);
            if (round == 0) continue;
            lc_joint_push(fresh, y, f, &b);
            ck_assert(a.p == b.p && a.score == b.score && a.anomaly == b.anomaly && a.since == b.since);
        }
        lc_joint_reset(used);
    }
    lc_joint_free(used);
    lc_joint_free(fresh);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("joint");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_column_that_leaves_the_others_is_found);
    tcase_add_test(t, a_column_of_its_own_is_found);
    tcase_add_loop_test(t, alarms_keep_to_what_was_asked, 0, 2);
    tcase_add_test(t, rows_without_a_verdict);
    tcase_add_test(t, more_columns_than_can_be_held_against_each_other);
    tcase_add_test(t, reset_forgets_all);
    suite_add_tcase(s, t);
    return s;
}
