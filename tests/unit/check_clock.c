#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/rng.h"
#include "data/calendar.h"
#include "data/clock.h"
#include "data/clock_column.h"
#include "unit/support/unit.h"

START_TEST(every_day_from_1900_to_2100_agrees_with_timegm)
{
    int64_t day = 0;
    bool first = true;
    for (int year = 1900; year <= 2100; year++)
        for (int month = 1; month <= 12; month++) {
            struct tm after = {.tm_year = year - 1900, .tm_mon = month, .tm_mday = 1};
            struct tm start = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = 1};
            int days = (int)((timegm(&after) - timegm(&start)) / 86400);
            ck_assert_int_eq(lc_month_days(year, month), days);
            for (int d = 1; d <= days; d++) {
                struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = d, .tm_hour = 23, .tm_min = 59};
                lc_stamp want = (lc_stamp)timegm(&tm) * LC_MICROS_PER_SECOND + 7;
                lc_civil c = {.year = year, .month = month, .day = d, .hour = 23, .minute = 59, .micro = 7};
                ck_assert_int_eq(lc_stamp_of(&c), want);
                lc_civil back = lc_civil_of(want);
                ck_assert(back.year == year && back.month == month && back.day == d);
                ck_assert(back.hour == 23 && back.minute == 59 && back.second == 0 && back.micro == 7);
                ck_assert_int_eq(back.weekday, (tm.tm_wday + 6) % 7);
                int64_t number = lc_day_number(year, month, d);
                ck_assert(first || number == day + 1);
                day = number;
                first = false;
            }
        }
}
END_TEST

START_TEST(far_stamps_stay_defined)
{
    const lc_stamp far[] = {INT64_MIN, INT64_MIN + 1, -1, 0, INT64_MAX - 1, INT64_MAX};
    for (size_t i = 0; i < sizeof far / sizeof far[0]; i++) {
        lc_civil c = lc_civil_of(far[i]);
        ck_assert_int_ge(c.month, 1);
        ck_assert_int_le(c.month, 12);
        ck_assert_int_ge(c.day, 1);
        ck_assert_int_le(c.day, 31);
        if (i > 1) ck_assert_int_eq(lc_stamp_of(&c), far[i]);
    }
}
END_TEST

static lc_clock learn(const char *cell)
{
    lc_clock c;
    bool ambiguous;
    ck_assert_msg(lc_clock_learn(&c, &cell, 1, &ambiguous), "\"%s\" must read as a time stamp", cell);
    return c;
}

START_TEST(examples_are_written_back_as_read)
{
    static const char *const cells[] = {"2020-01-31",
                                        "2020-1-3",
                                        "0001-01-01",
                                        "9999-12-31",
                                        "2020-01-31 13:45",
                                        "2020-01-31T13:45:09",
                                        "2020-01-31T13:45:09Z",
                                        "2020-01-31T13:45:09+02:00",
                                        "2020-01-31 13:45:09-0530",
                                        "2020-01-31 13:45-08",
                                        "2020-01-31 13:45:09.5",
                                        "2020-01-31 13:45:09.000123",
                                        "2020-02-29 00:00:00",
                                        "2020/01/31",
                                        "2020/1/5 9:05",
                                        "31.01.2020",
                                        "1.2.2020 8:00",
                                        "01/31/2020",
                                        "1/31/2020 9:00:00",
                                        "31/01/2020 23:59",
                                        "1600000000",
                                        "1600000000123",
                                        "2020-07",
                                        "2020",
                                        "17",
                                        "-3",
                                        "0"};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        lc_clock c = learn(cells[i]);
        lc_stamp t;
        char out[LC_STAMP_TEXT];
        ck_assert_msg(lc_clock_parse(&c, cells[i], &t), "\"%s\"", cells[i]);
        ck_assert_str_eq(lc_clock_format(&c, t, out), cells[i]);
    }
}
END_TEST

START_TEST(values_are_right)
{
    lc_stamp t;
    lc_clock c = learn("1970-01-02 00:00:01.5+01:00");
    ck_assert(lc_clock_parse(&c, "1970-01-02 00:00:01.5+01:00", &t));
    ck_assert_int_eq(t, (23 * 3600 + 1) * LC_MICROS_PER_SECOND + 500000);
    c = learn("1600000000");
    ck_assert_int_eq(c.style, LC_CLOCK_EPOCH_S);
    ck_assert(lc_clock_parse(&c, "1600000000", &t));
    ck_assert_int_eq(t, INT64_C(1600000000000000));
    c = learn("1600000000123");
    ck_assert_int_eq(c.style, LC_CLOCK_EPOCH_MS);
    ck_assert(lc_clock_parse(&c, "1600000000123", &t));
    ck_assert_int_eq(t, INT64_C(1600000000123000));
    c = learn("1971");
    ck_assert_int_eq(c.style, LC_CLOCK_YEAR);
    ck_assert(lc_clock_parse(&c, "1971", &t));
    ck_assert_int_eq(t, 365 * LC_MICROS_PER_DAY);
    ck_assert(lc_clock_is_calendar(&c));
    c = learn("999");
    ck_assert_int_eq(c.style, LC_CLOCK_INTEGER);
    ck_assert(!lc_clock_is_calendar(&c));
}
END_TEST

START_TEST(other_text_is_no_stamp)
{
    static const char *const bad[] = {"",
                                      " ",
                                      "abc",
                                      "2020-13-01",
                                      "2020-00-10",
                                      "2021-02-29",
                                      "1900-02-29",
                                      "2020-04-31",
                                      "0000-01-01",
                                      "20-01-01",
                                      "2020-01-01 ",
                                      "2020-01-01 24:00",
                                      "2020-01-01 12:60",
                                      "2020-01-01 12:00:60",
                                      "2020-01-01 12",
                                      "2020-01-01 12:0",
                                      "2020-01-01 12:00:00.",
                                      "2020-01-01 12:00:00.1234567",
                                      "2020-01-01x12:00",
                                      "2020-01-01 12:00+",
                                      "2020-01-01 12:00+19",
                                      "2020-01-01 12:00+0160",
                                      "2020-01-01 12:00+01:0",
                                      "2020-01-01Z",
                                      "2020-01/01",
                                      "32.01.2020",
                                      "30.02.2020",
                                      "13/13/2020",
                                      "0/1/2020",
                                      "1.5",
                                      "1e5",
                                      "+5",
                                      "12 ",
                                      "99999999999999999999",
                                      "01.01.20",
                                      "1/2/20",
                                      "2020-01-01 13:00 PM",
                                      "2020-001-01",
                                      "20200-01-01"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        lc_clock c;
        bool ambiguous;
        ck_assert_msg(!lc_clock_learn(&c, &bad[i], 1, &ambiguous), "\"%s\" must be refused", bad[i]);
    }
    lc_clock iso = learn("2020-01-01");
    lc_stamp t;
    ck_assert(!lc_clock_parse(&iso, "2020/01/01", &t));
    ck_assert(!lc_clock_parse(&iso, "2021-02-29", &t));
    ck_assert(!lc_clock_parse(&iso, "5", &t));
}
END_TEST

START_TEST(nanosecond_zeros_are_read)
{
    lc_clock c = learn("2020-01-01T00:00:00.123456000");
    ck_assert_int_eq(c.fraction_digits, 6);
}
END_TEST

START_TEST(a_column_settles_slash_dates)
{
    lc_clock c;
    bool ambiguous;
    const char *either[] = {"01/02/2020", "03/04/2020"};
    ck_assert(lc_clock_learn(&c, either, 2, &ambiguous) && ambiguous);
    const char *day_first[] = {"01/02/2020", "13/02/2020"};
    ck_assert(lc_clock_learn(&c, day_first, 2, &ambiguous) && !ambiguous);
    ck_assert_int_eq(c.style, LC_CLOCK_EU);
    const char *month_first[] = {"01/02/2020", "02/13/2020"};
    ck_assert(lc_clock_learn(&c, month_first, 2, &ambiguous) && !ambiguous);
    ck_assert_int_eq(c.style, LC_CLOCK_US);
    const char *torn[] = {"13/02/2020", "02/13/2020"};
    ck_assert(!lc_clock_learn(&c, torn, 2, &ambiguous));

    /* The same while the column streams by: the turn is told once, and earlier stamps can be turned. */
    lc_clock_column col = {.clock = learn("01/02/2020"), .ambiguous = true};
    lc_stamp first, second, want;
    ck_assert_int_eq(lc_clock_read(&col, "01/02/2020", &first), LC_STAMP_READ);
    ck_assert_int_eq(lc_clock_read(&col, "13/02/2020", &second), LC_STAMP_TURNED);
    ck_assert(!col.ambiguous);
    lc_clock iso = learn("2020-01-01");
    ck_assert(lc_clock_parse(&iso, "2020-02-01", &want));
    ck_assert_int_eq(lc_clock_turn(&col.clock, first), want);
    ck_assert_int_eq(lc_clock_read(&col, "01/03/2020", &first), LC_STAMP_READ);
    ck_assert_int_eq(lc_clock_read(&col, "01/13/2020", &first), LC_STAMP_NO_DATE);
}
END_TEST

START_TEST(offsets_may_change_but_not_their_style)
{
    lc_clock_column col = {.clock = learn("2020-01-01 00:00+01:00")};
    lc_stamp t, u;
    ck_assert_int_eq(lc_clock_read(&col, "2020-01-01 05:00+01:00", &t), LC_STAMP_READ);
    ck_assert_int_eq(lc_clock_read(&col, "2020-01-01 05:00+0100", &u), LC_STAMP_READ);
    ck_assert_int_eq(t, u);
    ck_assert(!col.offset_varies);
    ck_assert_int_eq(lc_clock_read(&col, "2020-01-01 06:00+02:00", &u), LC_STAMP_READ);
    ck_assert_int_eq(t, u);
    ck_assert(col.offset_varies);
    ck_assert_int_eq(col.offset_minutes, 120);
    ck_assert_int_eq(lc_clock_read(&col, "2020-01-01 05:00Z", &t), LC_STAMP_ZONE);
    ck_assert_int_eq(lc_clock_read(&col, "2020-01-01 05:00", &t), LC_STAMP_ZONE);
    ck_assert_int_eq(lc_clock_read(&col, "yesterday", &t), LC_STAMP_STRANGE);
}
END_TEST

START_TEST(integers_of_several_kinds_are_steps)
{
    lc_clock c;
    bool ambiguous;
    const char *years[] = {"1999", "2000"}, *steps[] = {"999", "1000", "1001"}, *mixed[] = {"2000", "1600000000"};
    ck_assert(lc_clock_learn(&c, years, 2, &ambiguous) && c.style == LC_CLOCK_YEAR);
    ck_assert(lc_clock_learn(&c, steps, 3, &ambiguous) && c.style == LC_CLOCK_INTEGER);
    ck_assert(lc_clock_learn(&c, mixed, 2, &ambiguous) && c.style == LC_CLOCK_INTEGER);
    const char *other[] = {"2000", "2000-01-01"};
    ck_assert(!lc_clock_learn(&c, other, 2, &ambiguous));
}
END_TEST

START_TEST(parts_that_a_column_hides_are_written_when_needed)
{
    char out[LC_STAMP_TEXT];
    lc_clock c = learn("2020-01-01");
    ck_assert_str_eq(lc_clock_format(&c, 12 * LC_MICROS_PER_HOUR, out), "1970-01-01 12:00");
    c = learn("2020-01");
    ck_assert_str_eq(lc_clock_format(&c, 3 * LC_MICROS_PER_DAY, out), "1970-01-04");
    c = learn("2020");
    ck_assert_str_eq(lc_clock_format(&c, 31 * LC_MICROS_PER_DAY, out), "1970-02-01");
    c = learn("2020-01-01 00:00");
    ck_assert_str_eq(lc_clock_format(&c, 1500000, out), "1970-01-01 00:00:01.5");
}
END_TEST

/* Random stamps in every style, written, read and written again. */
START_TEST(random_stamps_survive_every_style)
{
    static const lc_clock_style styles[] = {LC_CLOCK_ISO,      LC_CLOCK_SLASHED, LC_CLOCK_DOTTED, LC_CLOCK_US,
                                            LC_CLOCK_EU,       LC_CLOCK_MONTH,   LC_CLOCK_YEAR,   LC_CLOCK_EPOCH_S,
                                            LC_CLOCK_EPOCH_MS, LC_CLOCK_INTEGER};
    static const int offsets[] = {0, 60, -300, 345, -570, 840};
    lc_rng r = lc_rng_make(3, LC_STREAM_TEST, 0);
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = lc_rng_u64(&r);
        lc_clock c = {.style = styles[bits % 10], .separator = bits >> 8 & 1 ? 'T' : ' '};
        c.padded = bits >> 9 & 1;
        c.padded_hour = bits >> 10 & 1;
        c.has_time = c.style <= LC_CLOCK_EU && (bits >> 11 & 1);
        c.has_seconds = c.has_time && (bits >> 12 & 1);
        c.fraction_digits = c.has_seconds ? (int)(bits >> 13 & 7) % 7 : 0;
        c.zone = c.has_time ? (int)(bits >> 16 & 7) % 5 : 0;
        c.offset_minutes = c.zone >= 2 ? offsets[(bits >> 20 & 15) % 6] : 0;
        if (c.zone == 4) c.offset_minutes = c.offset_minutes / 60 * 60;
        /* years 1601 to 2400 */
        lc_stamp t = ((lc_stamp)(lc_rng_u64(&r) % 292000) - 134700) * LC_MICROS_PER_DAY;
        lc_stamp in_day = (lc_stamp)(lc_rng_u64(&r) % (uint64_t)LC_MICROS_PER_DAY);
        lc_stamp unit = 1;
        for (int k = c.fraction_digits; k < 6; k++) unit *= 10;
        if (!c.has_seconds) unit = LC_MICROS_PER_MINUTE;
        if (c.has_time) t += in_day / unit * unit - c.offset_minutes * LC_MICROS_PER_MINUTE;
        lc_civil civil = lc_civil_of(t);
        if (c.style == LC_CLOCK_MONTH || c.style == LC_CLOCK_YEAR) {
            civil.day = 1;
            if (c.style == LC_CLOCK_YEAR) civil.month = 1;
            t = lc_stamp_of(&civil);
        }
        if (c.style == LC_CLOCK_INTEGER) t = (lc_stamp)(lc_rng_u64(&r) % 2000001) - 1000000;
        char out[LC_STAMP_TEXT], again[LC_STAMP_TEXT];
        lc_stamp back;
        lc_clock_format(&c, t, out);
        ck_assert_msg(lc_clock_parse(&c, out, &back) && back == t, "style %d: \"%s\"", c.style, out);
        if (c.style == LC_CLOCK_EPOCH_S || c.style == LC_CLOCK_EPOCH_MS || c.style == LC_CLOCK_INTEGER) continue;
        /* What is learned from one cell writes this cell. */
        const char *cell = out;
        lc_clock learned;
        bool ambiguous;
        ck_assert_msg(lc_clock_learn(&learned, &cell, 1, &ambiguous), "\"%s\"", out);
        ck_assert(!ambiguous || c.style == LC_CLOCK_US || c.style == LC_CLOCK_EU);
        if (!ambiguous) ck_assert_int_eq(learned.style, c.style);
        ck_assert(lc_clock_parse(&learned, out, &back));
        lc_clock_format(&learned, back, again);
        ck_assert_str_eq(again, out);
    }
}
END_TEST

START_TEST(month_arithmetic_ends_with_the_month)
{
    lc_clock iso = learn("2020-01-01");
    lc_freq end = {.unit = LC_FREQ_MONTH, .multiple = 1, .month_end = true},
            plain = {.unit = LC_FREQ_MONTH, .multiple = 1};
    lc_freq quarter = {.unit = LC_FREQ_QUARTER, .multiple = 1, .month_end = true},
            year = {.unit = LC_FREQ_YEAR, .multiple = 1};
    lc_stamp t, jan;
    char out[LC_STAMP_TEXT];
    ck_assert(lc_clock_parse(&iso, "2020-01-31", &jan));
    ck_assert_str_eq(lc_clock_format(&iso, lc_freq_add(&end, jan, 1), out), "2020-02-29");
    ck_assert_str_eq(lc_clock_format(&iso, lc_freq_add(&end, jan, 13), out), "2021-02-28");
    ck_assert_str_eq(lc_clock_format(&iso, lc_freq_add(&end, jan, -2), out), "2019-11-30");
    ck_assert_str_eq(lc_clock_format(&iso, lc_freq_add(&plain, jan, 3), out), "2020-04-30");
    ck_assert(lc_clock_parse(&iso, "2020-02-29", &t));
    ck_assert_str_eq(lc_clock_format(&iso, lc_freq_add(&end, t, 1), out), "2020-03-31");
    ck_assert_str_eq(lc_clock_format(&iso, lc_freq_add(&plain, t, 1), out), "2020-03-29");
    ck_assert_str_eq(lc_clock_format(&iso, lc_freq_add(&quarter, t, 1), out), "2020-05-31");
    ck_assert_str_eq(lc_clock_format(&iso, lc_freq_add(&year, t, 1), out), "2021-02-28");
    ck_assert_str_eq(lc_clock_format(&iso, lc_freq_add(&year, t, 4), out), "2024-02-29");
    /* East of Greenwich local midnight is the day before in UTC. */
    lc_clock east = learn("2020-01-31 00:00+02:00");
    end.offset_minutes = 120;
    ck_assert(lc_clock_parse(&east, "2020-01-31 00:00+02:00", &t));
    ck_assert_str_eq(lc_clock_format(&east, lc_freq_add(&end, t, 1), out), "2020-02-29 00:00+02:00");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("time stamps");
    TCase *c = tcase_create("clock");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, every_day_from_1900_to_2100_agrees_with_timegm);
    tcase_add_test(c, far_stamps_stay_defined);
    tcase_add_test(c, examples_are_written_back_as_read);
    tcase_add_test(c, values_are_right);
    tcase_add_test(c, other_text_is_no_stamp);
    tcase_add_test(c, nanosecond_zeros_are_read);
    tcase_add_test(c, a_column_settles_slash_dates);
    tcase_add_test(c, offsets_may_change_but_not_their_style);
    tcase_add_test(c, integers_of_several_kinds_are_steps);
    tcase_add_test(c, parts_that_a_column_hides_are_written_when_needed);
    tcase_add_test(c, random_stamps_survive_every_style);
    tcase_add_test(c, month_arithmetic_ends_with_the_month);
    suite_add_tcase(s, c);
    return s;
}
