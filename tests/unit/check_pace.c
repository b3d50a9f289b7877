#include "train/pace.h"
#include "unit/support/unit.h"

/* A machine on which n threads take seconds[n] for a row. Returns the threads of block number `blocks`, and counts in
 * *other the blocks before it that ran on another number. */
static size_t settle(lc_pace *p, const double *seconds, size_t blocks, size_t *other)
{
    size_t last = 0;
    *other = 0;
    for (size_t i = 0; i < blocks; i++) {
        size_t n = lc_pace_threads(p), rows = lc_pace_rows(p);
        ck_assert(n >= 1 && n <= p->threads);
        if (!rows) rows = 8;
        lc_pace_note(p, rows, (double)rows * seconds[n]);
        last = p->threads >> p->home ? p->threads >> p->home : 1;
        *other += n != last;
    }
    return last;
}

/* Seconds a row where every thread helps. */
static const double quiet[] = {0, 8e-6, 4e-6, 2.7e-6, 2e-6, 1.6e-6, 1.4e-6, 1.2e-6, 1e-6};

START_TEST(all_threads_where_they_help)
{
    for (size_t n = 1; n <= 8; n++) {
        lc_pace p;
        size_t other;
        lc_pace_begin(&p, n);
        ck_assert_uint_eq(settle(&p, quiet, 1000, &other), n);
        UNIT_MUST(other <= 1, "%zu threads: %zu blocks on others", n, other); /* the look at one thread */
    }
}
END_TEST

START_TEST(fewer_where_they_wait_for_each_other)
{
    const double busy[] = {0, 8e-6, 5e-6, 1, 3e-6, 1, 1, 1, 60e-6};
    lc_pace p;
    size_t other;
    lc_pace_begin(&p, 8);
    ck_assert_uint_eq(settle(&p, busy, 1000, &other), 4);
    ck_assert_uint_lt(other, 100);
    const double alone[] = {0, 8e-6, 100e-6};
    lc_pace_begin(&p, 2);
    ck_assert_uint_eq(settle(&p, alone, 1000, &other), 1);
    ck_assert_uint_lt(other, 20);
}
END_TEST

/* Others come and go. */
START_TEST(follows_the_machine)
{
    const double busy[] = {0, 8e-6, 100e-6};
    lc_pace p;
    size_t other;
    lc_pace_begin(&p, 2);
    ck_assert_uint_eq(settle(&p, quiet, 300, &other), 2);
    ck_assert_uint_eq(settle(&p, busy, 300, &other), 1);
    ck_assert_uint_eq(settle(&p, quiet, 600, &other), 2);
    ck_assert_uint_eq(settle(&p, busy, 600, &other), 1);
}
END_TEST

START_TEST(odd_calls)
{
    lc_pace p;
    lc_pace_begin(&p, 0);
    ck_assert_uint_eq(lc_pace_threads(&p), 1);
    lc_pace_note(&p, 5, 1);
    ck_assert_uint_eq(lc_pace_threads(&p), 1);
    lc_pace_begin(&p, 1024);
    for (int i = 0; i < 1000; i++) {
        lc_pace_note(&p, i % 3 ? 1 : 0, i % 5 ? 1e-3 : 0);
        ck_assert(lc_pace_threads(&p) >= 1 && lc_pace_threads(&p) <= 1024);
    }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("pace");
    TCase *c = tcase_create("pace");
    tcase_add_test(c, all_threads_where_they_help);
    tcase_add_test(c, fewer_where_they_wait_for_each_other);
    tcase_add_test(c, follows_the_machine);
    tcase_add_test(c, odd_calls);
    suite_add_tcase(s, c);
    return s;
}
