#include <math.h>
#include <stdint.h>

#include "anomaly/history.h"
#include "data/calendar.h"
#include "unit/support/unit.h"

static const lc_stamp minute = LC_MICROS_PER_MINUTE, day = LC_MICROS_PER_DAY;

/* One row whose value and stamp can be told from those of all others. */
static void open_row(lc_history *h, lc_stamp stamp)
{
    const uint64_t row = h->count;
    ck_assert_int_eq(lc_history_open(h, stamp, NULL), LC_OK);
    const size_t at = lc_history_at(h, row);
    UNIT_MUST(h->count == row + 1 && at < h->room && h->y[at] == 0 && h->z[at] == 0, "row %u", (unsigned)row);
    h->y[at] = (double)row + .5;
    h->z[at] = (float)row;
}

START_TEST(keeps_the_last_rows)
{
    enum { N = 3 * LC_HISTORY_ROWS };
    for (int given = 0; given < 2; given++) {
        lc_history h = {.with_given = given != 0};
        for (uint64_t r = 0; r < N; r++) {
            open_row(&h, (lc_stamp)(7 * r));
            if (given) {
                UNIT_MUST(isnan(h.given[lc_history_at(&h, r)]), "row %u", (unsigned)r);
                h.given[lc_history_at(&h, r)] = -(double)r;
            }
            if (r % 997 && r != 1023 && r != 1024 && r != LC_HISTORY_ROWS) continue;
            const uint64_t first = lc_history_first(&h);
            UNIT_MUST(first <= (r + 1 > LC_HISTORY_ROWS ? r + 1 - LC_HISTORY_ROWS : 0), "row %u", (unsigned)r);
            for (uint64_t k = first; k <= r; k++) {
                const size_t at = lc_history_at(&h, k);
                UNIT_MUST(h.y[at] == (double)k + .5 && h.z[at] == (float)k && h.stamp[at] == (lc_stamp)(7 * k) &&
                              (!given || h.given[at] == -(double)k),
                          "row %u of %u", (unsigned)k, (unsigned)r);
            }
        }
        ck_assert_uint_eq(h.room, LC_HISTORY_ROWS);
        ck_assert_int_eq(h.given != NULL, given);
        lc_history_free(&h);
        ck_assert(h.with_given == (given != 0) && h.count == 0 && !h.y);
    }
}
END_TEST

static lc_cycles cycles_of_step(lc_stamp step, size_t n, bool stamps)
{
    lc_history h = {0};
    for (size_t r = 0; r < n; r++) open_row(&h, (lc_stamp)r * step);
    const lc_cycles c = lc_history_cycles(&h, stamps);
    lc_history_free(&h);
    return c;
}

START_TEST(cycles_follow_from_the_step)
{
    static const struct {
        lc_stamp step;
        lc_cycles want;
    } cases[] = {{1, LC_CYCLES_DAY},
                 {60 * LC_MICROS_PER_MINUTE, LC_CYCLES_DAY},
                 {LC_MICROS_PER_DAY / 2 - 1, LC_CYCLES_DAY},
                 {LC_MICROS_PER_DAY / 2, LC_CYCLES_WEEK},
                 {LC_MICROS_PER_DAY, LC_CYCLES_WEEK},
                 {4 * LC_MICROS_PER_DAY - 1, LC_CYCLES_WEEK},
                 {4 * LC_MICROS_PER_DAY, LC_CYCLES_YEAR},
                 {30 * LC_MICROS_PER_DAY, LC_CYCLES_YEAR},
                 {0, LC_CYCLES_NONE},
                 {-LC_MICROS_PER_DAY, LC_CYCLES_NONE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_int_eq(cycles_of_step(cases[i].step, 100, true), cases[i].want);
        ck_assert_int_eq(cycles_of_step(cases[i].step, 100, false), LC_CYCLES_NONE);
        ck_assert_int_eq(cycles_of_step(cases[i].step, 1, true), LC_CYCLES_NONE);
        ck_assert_int_eq(cycles_of_step(cases[i].step, 2, true), cases[i].want);
    }
    ck_assert_uint_eq(lc_cycles_terms(LC_CYCLES_NONE), 0);
    ck_assert_uint_eq(lc_cycles_terms(LC_CYCLES_DAY), LC_CALENDAR_TERMS);
    ck_assert_uint_eq(lc_cycles_terms(LC_CYCLES_WEEK), LC_CALENDAR_INPUTS);
    ck_assert_uint_eq(lc_cycles_terms(LC_CYCLES_YEAR), LC_CALENDAR_INPUTS);
}
END_TEST

/* Holes and repeated stamps do not hide the usual step; the ends of the range do not overflow. */
START_TEST(cycles_of_irregular_stamps)
{
    lc_history h = {0};
    lc_stamp t = 0;
    for (int r = 0; r < 300; r++) {
        t += r % 10 == 3 ? 0 : r % 10 == 7 ? 40 * day : 5 * minute;
        open_row(&h, t);
    }
    ck_assert_int_eq(lc_history_cycles(&h, true), LC_CYCLES_DAY);
    lc_history_free(&h);
    open_row(&h, INT64_MIN);
    open_row(&h, INT64_MAX);
    ck_assert_int_eq(lc_history_cycles(&h, true), LC_CYCLES_YEAR);
    for (int c = LC_CYCLES_NONE; c <= LC_CYCLES_YEAR; c++) {
        lc_history_set_cycles(&h, (lc_cycles)c);
        for (size_t i = 0; i < 2 * LC_CALENDAR_TERMS; i++) ck_assert(fabsf(h.calendar[i]) <= 1.000001f);
    }
    lc_history_free(&h);
}
END_TEST

/* Term `pair` of the calendar at row r is sine and cosine of 2 pi phase. */
static void check_pair(const lc_history *h, uint64_t r, size_t pair, double phase)
{
    const float *c = h->calendar + lc_history_at(h, r) * LC_CALENDAR_TERMS + 2 * pair;
    const double two_pi = 6.283185307179586;
    UNIT_MUST(fabs((double)c[0] - sin(two_pi * phase)) < 1e-6 && fabs((double)c[1] - cos(two_pi * phase)) < 1e-6,
              "row %u, pair %zu: %g %g, not those of phase %g", (unsigned)r, pair, (double)c[0], (double)c[1], phase);
}

static void check_calendar(lc_cycles cycles, lc_stamp begin, lc_stamp step)
{
    enum { N = 1500 };
    lc_history h = {0};
    for (int r = 0; r < N; r++) {
        if (r == N / 2) lc_history_set_cycles(&h, cycles); /* rows before are filled, later ones follow */
        open_row(&h, begin + r * step);
    }
    for (uint64_t r = 0; r < N; r++) {
        const lc_stamp t = begin + (lc_stamp)r * step;
        /* the Thursday of 1970-01-01 began a week of phase 0 */
        const double of_day = (double)lc_floor_mod(t, day) / (double)day;
        const double of_week = (double)lc_floor_mod(t, 7 * day) / (double)(7 * day);
        if (cycles == LC_CYCLES_DAY) {
            check_pair(&h, r, 0, of_day);
            check_pair(&h, r, 1, of_week);
            check_pair(&h, r, 2, 2 * of_day);
            check_pair(&h, r, 3, 3 * of_day);
            check_pair(&h, r, 4, 4 * of_day);
        }
        for (size_t k = 0; cycles == LC_CYCLES_WEEK && k < 3; k++) check_pair(&h, r, k, (double)(k + 1) * of_week);
        if (cycles != LC_CYCLES_YEAR) continue;
        const lc_civil c = lc_civil_of(t), now = {c.year, 1, 1, 0, 0, 0, 0, 0},
                       next = {c.year + 1, 1, 1, 0, 0, 0, 0, 0};
        const double begun = (double)lc_stamp_of(&now), ends = (double)lc_stamp_of(&next);
        for (size_t k = 0; k < 3; k++) check_pair(&h, r, k, (double)(k + 1) * ((double)t - begun) / (ends - begun));
    }
    lc_history_free(&h);
}

START_TEST(calendar_by_definition)
{
    const lc_civil c = {1967, 3, 4, 5, 6, 7, 89, 0};
    const lc_stamp begin = lc_stamp_of(&c); /* before 1970, and over leap years */
    check_calendar(LC_CYCLES_DAY, begin, 17 * minute);
    check_calendar(LC_CYCLES_WEEK, begin, day);
    check_calendar(LC_CYCLES_YEAR, begin, 6 * day);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("history");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, keeps_the_last_rows);
    tcase_add_test(c, cycles_follow_from_the_step);
    tcase_add_test(c, cycles_of_irregular_stamps);
    tcase_add_test(c, calendar_by_definition);
    suite_add_tcase(s, c);
    return s;
}
