#include "data/calendar.h"

#include "data/clock.h"

static const int before_month[13] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int lc_month_days(int64_t year, int month)
{
    return before_month[month] - before_month[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 0001-01-01 to January 1st of the year. */
static int64_t days_before_year(int64_t year)
{
    int64_t y = year - 1;
    return y * 365 + lc_floor_div(y, 4) - lc_floor_div(y, 100) + lc_floor_div(y, 400);
}

enum { DAYS_TO_1970 = 719162, DAYS_IN_400_YEARS = 146097 };

int64_t lc_day_number(int64_t year, int month, int day)
{
    return days_before_year(year) - DAYS_TO_1970 + before_month[month - 1] + (month > 2 && is_leap(year)) + day - 1;
}

lc_civil lc_civil_of(lc_stamp t)
{
    int64_t day = lc_floor_div(t, LC_MICROS_PER_DAY);
    int64_t micros = lc_floor_mod(t, LC_MICROS_PER_DAY);
    int64_t since_1 = day + DAYS_TO_1970;
    /* Average years guess the year to within one. */
    int64_t year = lc_floor_div(since_1 * 400, DAYS_IN_400_YEARS) + 1;
    while (days_before_year(year) > since_1) year--;
    while (days_before_year(year + 1) <= since_1) year++;
    int in_year = (int)(since_1 - days_before_year(year));
    int month = in_year / 31 + 1;
    while (month < 12 && in_year >= before_month[month] + (month >= 2 && is_leap(year))) month++;
    lc_civil c = {.year = (int)year, .month = month};
    c.day = in_year - before_month[month - 1] - (month > 2 && is_leap(year)) + 1;
    c.hour = (int)(micros / LC_MICROS_PER_HOUR);
    c.minute = (int)(micros / LC_MICROS_PER_MINUTE % 60);
    c.second = (int)(micros / LC_MICROS_PER_SECOND % 60);
    c.micro = (int)(micros % LC_MICROS_PER_SECOND);
    c.weekday = (int)lc_floor_mod(day + 3, 7); /* 1970-01-01 was a Thursday */
    return c;
}

lc_stamp lc_stamp_of(const lc_civil *c)
{
    int64_t day = lc_day_number(c->year, c->month, c->day);
    int64_t seconds = (int64_t)c->hour * 3600 + (int64_t)c->minute * 60 + c->second;
    return lc_add_clamped(lc_mul_clamped(day, LC_MICROS_PER_DAY), seconds * LC_MICROS_PER_SECOND + c->micro);
}
