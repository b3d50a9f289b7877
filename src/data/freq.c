#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "data/calendar.h"
#include "data/clock.h"

/* The first row of a unit is how it is written. */
static const struct {
    const char *name;
    lc_freq_unit unit;
    bool month_end;
} unit_names[] = {
    {"s", LC_FREQ_SECOND, false},   {"sec", LC_FREQ_SECOND, false}, {"S", LC_FREQ_SECOND, false},
    {"min", LC_FREQ_MINUTE, false}, {"T", LC_FREQ_MINUTE, false},   {"h", LC_FREQ_HOUR, false},
    {"H", LC_FREQ_HOUR, false},     {"D", LC_FREQ_DAY, false},      {"d", LC_FREQ_DAY, false},
    {"B", LC_FREQ_BUSINESS, false}, {"b", LC_FREQ_BUSINESS, false}, {"W", LC_FREQ_WEEK, false},
    {"w", LC_FREQ_WEEK, false},     {"M", LC_FREQ_MONTH, false},    {"ME", LC_FREQ_MONTH, true},
    {"MS", LC_FREQ_MONTH, false},   {"Q", LC_FREQ_QUARTER, false},  {"QE", LC_FREQ_QUARTER, true},
    {"QS", LC_FREQ_QUARTER, false}, {"Y", LC_FREQ_YEAR, false},     {"YE", LC_FREQ_YEAR, true},
    {"YS", LC_FREQ_YEAR, false},    {"A", LC_FREQ_YEAR, false},
};

enum { UNIT_NAMES = sizeof unit_names / sizeof unit_names[0] };

#define LARGEST_MULTIPLE 1000000000

bool lc_freq_parse(lc_freq *f, const char *text)
{
    size_t digits = strspn(text, "0123456789");
    long long multiple = 1;
    if (digits && !lc_parse_int(text, digits, &multiple)) return false;
    if (multiple < 1 || multiple > LARGEST_MULTIPLE) return false;
    *f = (lc_freq){.unit = LC_FREQ_STEP, .multiple = multiple};
    if (digits && !text[digits]) return true;
    for (size_t i = 0; i < UNIT_NAMES; i++) {
        if (strcmp(text + digits, unit_names[i].name) != 0) continue;
        f->unit = unit_names[i].unit;
        f->month_end = unit_names[i].month_end;
        return true;
    }
    return false;
}

const char *lc_freq_format(const lc_freq *f, char out[24])
{
    const char *name = "";
    for (size_t i = 0; i < UNIT_NAMES && !*name; i++)
        if (unit_names[i].unit == f->unit && unit_names[i].month_end == f->month_end) name = unit_names[i].name;
    if (f->multiple == 1 && *name) snprintf(out, 24, "%s", name);
    else snprintf(out, 24, "%lld%s", (long long)f->multiple, name);
    return out;
}

/* ---- arithmetic ---- */

static int64_t fixed_length(lc_freq_unit unit)
{
    switch (unit) {
    case LC_FREQ_SECOND: return LC_MICROS_PER_SECOND;
    case LC_FREQ_MINUTE: return LC_MICROS_PER_MINUTE;
    case LC_FREQ_HOUR: return LC_MICROS_PER_HOUR;
    case LC_FREQ_DAY: return LC_MICROS_PER_DAY;
    case LC_FREQ_WEEK: return 7 * LC_MICROS_PER_DAY;
    default: return 1;
    }
}

int64_t lc_freq_length(const lc_freq *f)
{
    bool fixed = f->unit != LC_FREQ_BUSINESS && f->unit != LC_FREQ_MONTH && f->unit != LC_FREQ_QUARTER &&
                 f->unit != LC_FREQ_YEAR;
    return fixed ? lc_mul_clamped(f->multiple, fixed_length(f->unit)) : 0;
}

static int months_of(lc_freq_unit unit)
{
    return unit == LC_FREQ_MONTH ? 1 : unit == LC_FREQ_QUARTER ? 3 : unit == LC_FREQ_YEAR ? 12 : 0;
}

static lc_stamp add_months(const lc_freq *f, lc_stamp local, int64_t months)
{
    enum { FARTHEST = 250000 * 12 }; /* int64_t microseconds end in the year 294247 */
    lc_civil c = lc_civil_of(local);
    int64_t month = lc_add_clamped((int64_t)c.year * 12 + c.month - 1, months);
    if (month > FARTHEST) return INT64_MAX;
    if (month < -FARTHEST) return INT64_MIN;
    c.year = (int)lc_floor_div(month, 12);
    c.month = (int)lc_floor_mod(month, 12) + 1;
    int days = lc_month_days(c.year, c.month);
    if (f->month_end || c.day > days) c.day = days;
    return lc_stamp_of(&c);
}

/* Business days since Monday 1969-12-29; Saturday and Sunday count as the Friday before. */
static int64_t business_day(int64_t day)
{
    int64_t week = lc_floor_div(day + 3, 7), weekday = lc_floor_mod(day + 3, 7);
    return week * 5 + (weekday < 4 ? weekday : 4);
}

static lc_stamp add_business(lc_stamp local, int64_t days)
{
    int64_t index = lc_add_clamped(business_day(lc_floor_div(local, LC_MICROS_PER_DAY)), days);
    int64_t day = lc_mul_clamped(lc_floor_div(index, 5), 7);
    day = lc_add_clamped(day, lc_floor_mod(index, 5) - 3);
    return lc_add_clamped(lc_mul_clamped(day, LC_MICROS_PER_DAY), lc_floor_mod(local, LC_MICROS_PER_DAY));
}

lc_stamp lc_freq_add(const lc_freq *f, lc_stamp t, int64_t k)
{
    int64_t units = lc_mul_clamped(k, f->multiple);
    int months = months_of(f->unit);
    if (!months && f->unit != LC_FREQ_BUSINESS) return lc_add_clamped(t, lc_mul_clamped(units, fixed_length(f->unit)));
    int64_t offset = f->offset_minutes * LC_MICROS_PER_MINUTE;
    lc_stamp local = lc_add_clamped(t, offset);
    local = months ? add_months(f, local, lc_mul_clamped(units, months)) : add_business(local, units);
    return lc_sub_clamped(local, offset);
}

static int64_t business_between(lc_stamp a, lc_stamp b, bool *exact)
{
    int64_t day_a = lc_floor_div(a, LC_MICROS_PER_DAY), day_b = lc_floor_div(b, LC_MICROS_PER_DAY);
    int64_t time_a = lc_floor_mod(a, LC_MICROS_PER_DAY), time_b = lc_floor_mod(b, LC_MICROS_PER_DAY);
    bool weekend = lc_floor_mod(day_b + 3, 7) > 4;
    *exact = !weekend && time_a == time_b;
    return business_day(day_b) - business_day(day_a) - (!weekend && time_b < time_a);
}

int64_t lc_freq_steps(const lc_freq *f, lc_stamp a, lc_stamp b, bool *on_grid)
{
    int months = months_of(f->unit);
    int64_t length;
    bool exact = true;
    if (months) {
        int64_t offset = f->offset_minutes * LC_MICROS_PER_MINUTE;
        lc_civil ca = lc_civil_of(lc_add_clamped(a, offset)), cb = lc_civil_of(lc_add_clamped(b, offset));
        int64_t apart = ((int64_t)cb.year - ca.year) * 12 + cb.month - ca.month;
        int64_t k = lc_floor_div(apart, lc_mul_clamped(f->multiple, months));
        if (lc_freq_add(f, a, k) > b) k--;
        *on_grid = lc_freq_add(f, a, k) == b;
        return k;
    }
    int64_t apart;
    if (f->unit == LC_FREQ_BUSINESS) {
        int64_t offset = f->offset_minutes * LC_MICROS_PER_MINUTE;
        apart = business_between(lc_add_clamped(a, offset), lc_add_clamped(b, offset), &exact);
        length = f->multiple;
    } else {
        apart = lc_sub_clamped(b, a);
        length = lc_mul_clamped(f->multiple, fixed_length(f->unit));
    }
    *on_grid = exact && lc_floor_mod(apart, length) == 0;
    return lc_floor_div(apart, length);
}

/* 1970-01-01 was a Thursday: weeks are counted from the Monday before. */
static int64_t bucket_origin(const lc_freq *f)
{
    return f->unit == LC_FREQ_WEEK ? -3 * LC_MICROS_PER_DAY : 0;
}

int64_t lc_freq_bucket(const lc_freq *f, lc_stamp t)
{
    int64_t offset = f->unit == LC_FREQ_STEP ? 0 : f->offset_minutes * LC_MICROS_PER_MINUTE;
    lc_stamp local = lc_add_clamped(t, offset);
    int months = months_of(f->unit);
    if (months) {
        lc_civil c = lc_civil_of(local);
        return lc_floor_div((int64_t)c.year * 12 + c.month - 1, lc_mul_clamped(f->multiple, months));
    }
    if (f->unit == LC_FREQ_BUSINESS)
        return lc_floor_div(business_day(lc_floor_div(local, LC_MICROS_PER_DAY)), f->multiple);
    return lc_floor_div(lc_sub_clamped(local, bucket_origin(f)), lc_freq_length(f));
}

lc_stamp lc_freq_bucket_start(const lc_freq *f, int64_t bucket)
{
    int64_t offset = f->unit == LC_FREQ_STEP ? 0 : f->offset_minutes * LC_MICROS_PER_MINUTE;
    int months = months_of(f->unit);
    lc_stamp local;
    if (months) {
        int64_t month = lc_mul_clamped(bucket, lc_mul_clamped(f->multiple, months));
        lc_civil c = {.year = (int)lc_floor_div(month, 12), .month = (int)lc_floor_mod(month, 12) + 1, .day = 1};
        local = lc_stamp_of(&c);
    } else if (f->unit == LC_FREQ_BUSINESS) {
        local = add_business(-3 * LC_MICROS_PER_DAY, lc_mul_clamped(bucket, f->multiple));
    } else {
        local = lc_add_clamped(bucket_origin(f), lc_mul_clamped(bucket, lc_freq_length(f)));
    }
    return lc_sub_clamped(local, offset);
}

/* ---- defaults that follow from the frequency ---- */

size_t lc_freq_horizon(const lc_freq *f)
{
    enum { LEAST = 6 };
    size_t usual = 12;
    switch (f->unit) {
    case LC_FREQ_STEP: return usual;
    case LC_FREQ_SECOND: usual = 60; break;
    case LC_FREQ_MINUTE: {
        /* A day, where that is at most 96 steps: 48 half hours, 96 quarters; else 96. */
        size_t day = f->multiple <= 1440 ? (size_t)(1440 / f->multiple) : 0;
        return day > 96 ? 96 : day > LEAST ? day : LEAST;
    }
    case LC_FREQ_HOUR: usual = 48; break;
    case LC_FREQ_DAY: usual = 14; break;
    case LC_FREQ_BUSINESS: usual = 10; break;
    case LC_FREQ_WEEK: usual = 13; break;
    case LC_FREQ_MONTH: usual = 18; break;
    case LC_FREQ_QUARTER: usual = 8; break;
    case LC_FREQ_YEAR: usual = 6; break;
    }
    size_t multiple = f->multiple > 0 ? (size_t)f->multiple : 1;
    return usual / multiple > LEAST ? usual / multiple : LEAST;
}

size_t lc_freq_seasons(const lc_freq *f, size_t out[4])
{
    int64_t cycle[4] = {0}; /* natural periods in units of the frequency */
    switch (f->unit) {
    case LC_FREQ_STEP: return 0;
    case LC_FREQ_SECOND: cycle[0] = 60, cycle[1] = 3600, cycle[2] = 86400, cycle[3] = 604800; break;
    case LC_FREQ_MINUTE:
        /* Within an hour, five-minute rows and coarser ones show noise rather than a season. */
        cycle[0] = f->multiple < 5 ? 60 : 0, cycle[1] = 1440, cycle[2] = 10080;
        break;
    case LC_FREQ_HOUR: cycle[0] = 24, cycle[1] = 168; break;
    case LC_FREQ_DAY: cycle[0] = 7, cycle[1] = f->multiple == 1 ? 365 : 0; break;
    case LC_FREQ_BUSINESS: cycle[0] = 5; break;
    case LC_FREQ_WEEK: cycle[0] = 52; break;
    case LC_FREQ_MONTH: cycle[0] = 12; break;
    case LC_FREQ_QUARTER: cycle[0] = 4; break;
    case LC_FREQ_YEAR: return 0;
    }
    size_t n = 0;
    for (size_t i = 0; i < 4; i++)
        if (cycle[i] && cycle[i] % f->multiple == 0 && cycle[i] / f->multiple >= 2)
            out[n++] = (size_t)(cycle[i] / f->multiple);
    return n;
}
