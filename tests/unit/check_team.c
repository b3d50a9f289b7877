#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "par/team.h"
#include "unit/support/unit.h"

START_TEST(ranges_cover_all_once)
{
    for (size_t n = 0; n <= 40; n++)
        for (size_t parts = 1; parts <= 45; parts++) {
            size_t at = 0, largest = SIZE_MAX;
            for (size_t i = 0; i < parts; i++) {
                size_t begin, end;
                lc_range(n, parts, i, &begin, &end);
                size_t size = end - begin;
                UNIT_MUST(begin == at && size <= largest && size >= n / parts && size <= n / parts + 1,
                          "part %zu of %zu of %zu: %zu to %zu", i, parts, n, begin, end);
                largest = size;
                at = end;
            }
            UNIT_MUST(at == n, "%zu parts of %zu end at %zu", parts, n, at);
        }
}
END_TEST

enum { ROUNDS = 20, MOST = 16 };

typedef struct meeting {
    atomic_size_t seen[MOST], rounds, early;
    size_t threads;
} meeting;

/* Nobody may pass a barrier before all have come. */
static void meet(void *ctx, size_t thread, size_t threads)
{
    meeting *m = ctx;
    if (thread < MOST) m->seen[thread]++;
    if (thread == 0) m->threads = threads;
    for (size_t i = 1; i <= ROUNDS; i++) {
        m->rounds++;
        lc_team_barrier();
        if (m->rounds < i * threads) m->early++;
        lc_team_barrier();
    }
}

START_TEST(every_thread_comes_once_and_waits)
{
    for (size_t threads = 0; threads <= MOST; threads++) {
        meeting m = {0};
        lc_team_run(threads, meet, &m);
        ck_assert(m.threads >= 1 && m.threads <= (threads ? threads : 1));
        for (size_t i = 0; i < MOST; i++) ck_assert_uint_eq(m.seen[i], i < m.threads ? 1 : 0);
        ck_assert_uint_eq(m.rounds, ROUNDS * m.threads);
        ck_assert_uint_eq(m.early, 0);
    }
}
END_TEST

START_TEST(default_is_at_least_one)
{
    ck_assert_uint_ge(lc_team_default(), 1);
    ck_assert_uint_le(lc_team_default(), 1 << 20);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("team");
    TCase *c = tcase_create("threads");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, ranges_cover_all_once);
    tcase_add_test(c, every_thread_comes_once_and_waits);
    tcase_add_test(c, default_is_at_least_one);
    suite_add_tcase(s, c);
    return s;
}
