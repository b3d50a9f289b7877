/* Days and months of the proleptic Gregorian calendar, and arithmetic that saturates instead of wrapping. */
#ifndef LC_DATA_CALENDAR_H
#define LC_DATA_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#define LC_MICROS_PER_SECOND INT64_C(1000000)
#define LC_MICROS_PER_MINUTE (60 * LC_MICROS_PER_SECOND)
#define LC_MICROS_PER_HOUR (60 * LC_MICROS_PER_MINUTE)
#define LC_MICROS_PER_DAY (24 * LC_MICROS_PER_HOUR)

int lc_month_days(int64_t year, int month);              /* month 1..12 */
int64_t lc_day_number(int64_t year, int month, int day); /* days since 1970-01-01 */

/* Quotient and remainder rounded towards minus infinity; b > 0. */
static inline int64_t lc_floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static inline int64_t lc_floor_mod(int64_t a, int64_t b)
{
    int64_t r = a % b;
    return r < 0 ? r + b : r;
}

static inline int64_t lc_add_clamped(int64_t a, int64_t b)
{
    int64_t r;
    return __builtin_add_overflow(a, b, &r) ? (b < 0 ? INT64_MIN : INT64_MAX) : r;
}

static inline int64_t lc_sub_clamped(int64_t a, int64_t b)
{
    int64_t r;
    return __builtin_sub_overflow(a, b, &r) ? (b < 0 ? INT64_MAX : INT64_MIN) : r;
}

static inline int64_t lc_mul_clamped(int64_t a, int64_t b)
{
    int64_t r;
    return __builtin_mul_overflow(a, b, &r) ? ((a < 0) != (b < 0) ? INT64_MIN : INT64_MAX) : r;
}

#endif
