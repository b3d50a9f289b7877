/* A unit test program is one file tests/unit/check_<room>.c that defines unit_suite(). */
#ifndef LC_TESTS_UNIT_H
#define LC_TESTS_UNIT_H

#include <check.h>

Suite *unit_suite(void);

#endif
