#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "data/calendar.h"
#include "data/clock.h"
#include "unit/support/unit.h"

static const lc_clock iso = {.style = LC_CLOCK_ISO, .padded = true, .padded_hour = true};
static const lc_clock plain = {.style = LC_CLOCK_INTEGER};

static lc_stamp at(const char *text)
{
    lc_stamp t;
    ck_assert_msg(lc_clock_parse(&iso, text, &t), "%s", text);
    return t;
}

static lc_freq freq(const char *text)
{
    lc_freq f;
    ck_assert_msg(lc_freq_parse(&f, text), "%s", text);
    return f;
}

START_TEST(frequencies_are_read_and_written)
{
    static const char *const same[] = {"s", "30s", "min", "15min", "h", "2h", "D",  "B", "W",
                                       "M", "ME",  "Q",   "QE",    "Y", "YE", "6M", "7"};
    static const char *const bad[] = {"",   "m",         "0h",           "x",    "15 min", "-1D", "1.5h",
                                      "hh", "15minutes", "99999999999D", "min15"};
    char out[24];
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        lc_freq f = freq(same[i]);
        ck_assert_str_eq(lc_freq_format(&f, out), same[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        lc_freq f;
        ck_assert_msg(!lc_freq_parse(&f, bad[i]), "\"%s\" must be refused", bad[i]);
    }
    lc_freq f = freq("MS");
    ck_assert_str_eq(lc_freq_format(&f, out), "M");
    f = freq("H");
    ck_assert_str_eq(lc_freq_format(&f, out), "h");
}
END_TEST

static void expect_inferred(const char *const *cells, size_t n, const char *want)
{
    lc_stamp t[64];
    lc_freq f;
    char out[24];
    for (size_t i = 0; i < n; i++) t[i] = at(cells[i]);
    ck_assert_msg(lc_freq_infer(&f, t, n, &iso), "%s", want);
    ck_assert_str_eq(lc_freq_format(&f, out), want);
}

#define INFER(want, ...)                                                                                               \
    do {                                                                                                               \
        const char *const cells[] = {__VA_ARGS__};                                                                     \
        expect_inferred(cells, sizeof cells / sizeof cells[0], (want));                                                \
    } while (0)

START_TEST(the_common_step_is_found)
{
    INFER("15min", "2020-01-01 00:00", "2020-01-01 00:15", "2020-01-01 00:30", "2020-01-01 02:00");
    INFER("h", "2020-01-01 00:30", "2020-01-01 01:30", "2020-01-01 05:30", "2020-01-01 06:30");
    INFER("s", "2020-01-01 00:00:00", "2020-01-01 00:00:01");
    INFER("90s", "2020-01-01 00:00:00", "2020-01-01 00:01:30");
    INFER("D", "2020-01-01", "2020-01-02", "2020-01-03");
    INFER("2D", "2020-01-01", "2020-01-03", "2020-01-05");
    INFER("D", "2020-01-03", "2020-01-04", "2020-01-05", "2020-01-06");
    INFER("W", "2020-01-05", "2020-01-12", "2020-01-26", "2020-02-02");
    INFER("4W", "2021-01-01", "2021-01-29", "2021-02-26", "2021-03-26");
    INFER("M", "2020-01-01", "2020-02-01", "2020-03-01");
    INFER("M", "2021-02-01", "2021-03-01");
    INFER("M", "2020-01-15 06:00", "2020-02-15 06:00", "2020-04-15 06:00", "2020-05-15 06:00");
    INFER("ME", "2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30");
    INFER("M", "2020-01-30", "2020-02-29", "2020-03-30");
    INFER("Q", "2020-01-01", "2020-04-01", "2020-07-01", "2020-10-01");
    INFER("QE", "2020-03-31", "2020-06-30", "2020-09-30");
    INFER("6M", "2020-01-01", "2020-07-01", "2021-01-01");
}
END_TEST

START_TEST(years_and_business_days_are_found)
{
    INFER("Y", "2019-01-01", "2020-01-01", "2021-01-01");
    INFER("YE", "2019-12-31", "2020-12-31", "2021-12-31");
    INFER("5Y", "2000-01-01", "2005-01-01", "2010-01-01");
    INFER("B", "2024-01-04", "2024-01-05", "2024-01-08", "2024-01-09");
    INFER("B", "2024-01-04", "2024-01-05", "2024-01-08", "2024-01-09", "2024-01-11", "2024-01-12");
    INFER("D", "2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05");
    INFER("D", "2024-01-05", "2024-01-08", "2024-01-09", "2024-01-10", "2024-01-13");
    INFER("h", "2024-01-05 22:00", "2024-01-05 23:00", "2024-01-08 00:00", "2024-01-08 01:00");
}
END_TEST

START_TEST(odd_inputs_give_no_step)
{
    lc_freq f;
    lc_stamp one[] = {5}, same[] = {5, 5, 5}, steps[] = {10, 20, 30, 50};
    ck_assert(!lc_freq_infer(&f, one, 1, &plain));
    ck_assert(!lc_freq_infer(&f, same, 3, &plain));
    ck_assert(lc_freq_infer(&f, steps, 4, &plain));
    ck_assert_int_eq(f.unit, LC_FREQ_STEP);
    ck_assert_int_eq(f.multiple, 10);
    /* ten rows a second */
    lc_stamp fast[] = {0, 100000, 200000};
    ck_assert(lc_freq_infer(&f, fast, 3, &iso));
    ck_assert_int_eq(lc_freq_add(&f, fast[0], 2), fast[2]);
}
END_TEST

START_TEST(months_follow_the_zone)
{
    lc_clock east = {.style = LC_CLOCK_ISO, .has_time = true, .zone = 2, .offset_minutes = 120, .padded = true};
    static const char *const cells[] = {"2020-01-01 00:00+02:00", "2020-02-01 00:00+02:00", "2020-03-01 00:00+02:00"};
    lc_stamp t[3];
    lc_freq f;
    bool exact;
    for (size_t i = 0; i < 3; i++) ck_assert(lc_clock_parse(&east, cells[i], &t[i]));
    ck_assert(lc_freq_infer(&f, t, 3, &east));
    ck_assert_int_eq(f.unit, LC_FREQ_MONTH);
    ck_assert(!f.month_end);
    ck_assert_int_eq(lc_freq_add(&f, t[0], 2), t[2]);
    ck_assert_int_eq(lc_freq_steps(&f, t[0], t[2], &exact), 2);
    ck_assert(exact);
}
END_TEST

static void expect_steps(const char *f, const char *a, const char *b, int64_t want, bool on_grid)
{
    lc_freq parsed = freq(f);
    bool exact;
    ck_assert_msg(lc_freq_steps(&parsed, at(a), at(b), &exact) == want, "%s %s %s", f, a, b);
    ck_assert_msg(exact == on_grid, "%s %s %s", f, a, b);
}

START_TEST(steps_between_stamps)
{
    expect_steps("h", "2020-01-01 00:00", "2020-01-02 00:00", 24, true);
    expect_steps("h", "2020-01-01 00:00", "2020-01-01 02:30", 2, false);
    expect_steps("h", "2020-01-01 00:00", "2019-12-31 23:30", -1, false);
    expect_steps("2h", "2020-01-01 00:00", "2020-01-01 03:00", 1, false);
    expect_steps("B", "2024-01-05", "2024-01-08", 1, true);
    expect_steps("B", "2024-01-08", "2024-01-05", -1, true);
    expect_steps("B", "2024-01-05", "2024-01-06", 0, false);
    expect_steps("B", "2024-01-05 16:00", "2024-01-08 09:00", 0, false);
    expect_steps("B", "2024-01-01", "2025-01-01", 262, true);
    expect_steps("M", "2020-01-15", "2020-03-15", 2, true);
    expect_steps("M", "2020-01-15", "2020-03-14", 1, false);
    expect_steps("M", "2020-03-15", "2020-01-16", -2, false);
    expect_steps("ME", "2020-01-31", "2020-02-29", 1, true);
    expect_steps("ME", "2020-01-31", "2020-02-28", 0, false);
    expect_steps("Q", "2020-01-01", "2021-01-01", 4, true);
    expect_steps("Y", "1900-01-01", "2000-01-01", 100, true);
}
END_TEST

START_TEST(adding_and_counting_are_inverse)
{
    static const char *const units[] = {"s", "7s", "min", "15min", "h", "D",  "3D", "B",  "2B",
                                        "W", "M",  "ME",  "5M",    "Q", "QE", "Y",  "YE", "7"};
    lc_rng r = lc_rng_make(4, LC_STREAM_TEST, 0);
    for (int i = 0; i < 200000; i++) {
        lc_freq f = freq(units[i % 18]);
        f.offset_minutes = i % 5 == 0 ? 330 : 0;
        int64_t k = (int64_t)(lc_rng_u64(&r) % 4001) - 2000;
        lc_stamp t = ((lc_stamp)(lc_rng_u64(&r) % 40000) - 10000) * LC_MICROS_PER_DAY + 16 * LC_MICROS_PER_HOUR;
        t -= f.offset_minutes * LC_MICROS_PER_MINUTE;
        if (f.unit == LC_FREQ_BUSINESS || f.month_end) t = lc_freq_add(&f, t, 0); /* onto the grid */
        bool exact;
        lc_stamp there = lc_freq_add(&f, t, k);
        ck_assert_msg(lc_freq_steps(&f, t, there, &exact) == k, "%s %lld", units[i % 18], (long long)k);
        ck_assert(exact);
        lc_stamp later = there + 1;
        ck_assert_int_eq(lc_freq_steps(&f, t, later, &exact), f.unit == LC_FREQ_STEP && f.multiple == 1 ? k + 1 : k);
        ck_assert(!exact);
        if (f.unit == LC_FREQ_BUSINESS)
            ck_assert_int_le(lc_civil_of(there + f.offset_minutes * LC_MICROS_PER_MINUTE).weekday, 4);
    }
}
END_TEST

START_TEST(far_steps_saturate)
{
    static const char *const units[] = {"s", "D", "B", "W", "M", "Q", "YE", "1000000000Y", "1000000000"};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        lc_freq f = freq(units[i]);
        bool exact;
        ck_assert_int_ge(lc_freq_add(&f, 0, INT64_MAX), lc_freq_add(&f, 0, 1000));
        ck_assert_int_le(lc_freq_add(&f, 0, INT64_MIN), lc_freq_add(&f, 0, -1000));
        ck_assert_int_ge(lc_freq_steps(&f, INT64_MIN, INT64_MAX, &exact), 0);
    }
}
END_TEST

static void expect_seasons(const char *text, size_t n, size_t a, size_t b)
{
    lc_freq f = freq(text);
    size_t out[4] = {0};
    ck_assert_msg(lc_freq_seasons(&f, out) == n, "%s", text);
    if (n > 0) ck_assert_uint_eq(out[0], a);
    if (n > 1) ck_assert_uint_eq(out[1], b);
}

START_TEST(defaults_follow_the_frequency)
{
    expect_seasons("h", 2, 24, 168);
    expect_seasons("30min", 2, 48, 336);
    expect_seasons("15min", 2, 96, 672);
    expect_seasons("min", 3, 60, 1440);
    expect_seasons("D", 2, 7, 365);
    expect_seasons("B", 1, 5, 0);
    expect_seasons("W", 1, 52, 0);
    expect_seasons("M", 1, 12, 0);
    expect_seasons("ME", 1, 12, 0);
    expect_seasons("Q", 1, 4, 0);
    expect_seasons("Y", 0, 0, 0);
    expect_seasons("5", 0, 0, 0);
    lc_freq f = freq("D");
    ck_assert_uint_eq(lc_freq_horizon(&f), 14);
    f = freq("h");
    ck_assert_uint_eq(lc_freq_horizon(&f), 48);
    f = freq("M");
    ck_assert_uint_eq(lc_freq_horizon(&f), 18);
    f = freq("1000000000min");
    ck_assert_uint_ge(lc_freq_horizon(&f), 1);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("frequencies");
    TCase *c = tcase_create("freq");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, frequencies_are_read_and_written);
    tcase_add_test(c, the_common_step_is_found);
    tcase_add_test(c, years_and_business_days_are_found);
    tcase_add_test(c, odd_inputs_give_no_step);
    tcase_add_test(c, months_follow_the_zone);
    tcase_add_test(c, steps_between_stamps);
    tcase_add_test(c, adding_and_counting_are_inverse);
    tcase_add_test(c, far_steps_saturate);
    tcase_add_test(c, defaults_follow_the_frequency);
    suite_add_tcase(s, c);
    return s;
}
