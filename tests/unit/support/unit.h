/* A unit test program is one file tests/unit/check_<room>.c that defines unit_suite(). */
#ifndef LC_TESTS_UNIT_H
#define LC_TESTS_UNIT_H

#include <check.h>

/* ck_assert_msg for inner loops: Check notes every assertion that holds in a file, which takes longer than most of
 * what is tested. */
#define UNIT_MUST(condition, ...)                                                                                      \
    do {                                                                                                               \
        if (!(condition)) ck_abort_msg(__VA_ARGS__);                                                                   \
    } while (0)

Suite *unit_suite(void);

#endif
