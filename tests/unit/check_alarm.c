#include "anomaly/alarm.h"
#include "unit/support/unit.h"

/* The threshold is 10, so that scores below 7 are low. */
enum { THRESHOLD = 10 };

static lc_alarm_verdict push(lc_alarm *a, double fused)
{
    return lc_alarm_push(a, fused, THRESHOLD);
}

/* n rows of one score, none of which is news. */
static void push_quietly(lc_alarm *a, double fused, int n)
{
    for (int i = 0; i < n; i++) {
        const lc_alarm_verdict v = push(a, fused);
        ck_assert_msg(!v.alarm, "row %d of %d with a score of %g", i + 1, n, fused);
        ck_assert_int_eq(v.raised, fused >= THRESHOLD);
    }
}

START_TEST(an_event_is_told_once)
{
    lc_alarm a = {0};
    push_quietly(&a, 1, 500);
    push_quietly(&a, 9.99, 3); /* high, but not enough */
    for (uint32_t i = 0; i < 100; i++) {
        const lc_alarm_verdict v = push(&a, 12);
        ck_assert(v.raised);
        ck_assert_int_eq(v.alarm, i == 0);
        ck_assert_uint_eq(v.since, i + 3); /* it began to rise three rows earlier */
    }
    ck_assert_uint_eq(push(&a, 1).since, 0);
}
END_TEST

START_TEST(the_very_first_row_and_the_threshold_itself)
{
    lc_alarm a = {0};
    const lc_alarm_verdict v = push(&a, THRESHOLD);
    ck_assert(v.raised && v.alarm && v.since == 0);
}
END_TEST

/* What lasts is told again after 150 rows. */
START_TEST(an_event_without_end_is_told_again)
{
    lc_alarm a = {0};
    for (int told = 0; told < 4; told++) {
        ck_assert(push(&a, 12).alarm);
        push_quietly(&a, 12, 150);
    }
}
END_TEST

START_TEST(forty_calm_rows_end_an_event)
{
    lc_alarm a = {0};
    ck_assert(push(&a, 12).alarm);
    push_quietly(&a, 1, 39);
    push_quietly(&a, 12, 1); /* one too early: it still belongs to the event */
    push_quietly(&a, 6.9, 40);
    ck_assert(push(&a, 12).alarm);
}
END_TEST

START_TEST(rows_without_a_score_are_calm)
{
    lc_alarm a = {0};
    ck_assert(push(&a, 12).alarm);
    for (int i = 0; i < 20; i++) lc_alarm_skip(&a);
    push_quietly(&a, 1, 20);
    const lc_alarm_verdict v = push(&a, 12);
    ck_assert(v.alarm && v.since == 0);
}
END_TEST

/* Scores that stay up, though below the threshold, are no calm. */
START_TEST(high_scores_keep_an_event_going)
{
    lc_alarm a = {0};
    ck_assert(push(&a, 12).alarm);
    push_quietly(&a, 7, 100);
    push_quietly(&a, 12, 50);      /* up to 150 rows after the alarm */
    ck_assert(push(&a, 12).alarm); /* and this is one more */
}
END_TEST

START_TEST(twice_as_large_is_another_event)
{
    lc_alarm a = {0};
    ck_assert(push(&a, 12).alarm);
    push_quietly(&a, 12, 25);
    push_quietly(&a, 24, 1);
    const lc_alarm_verdict v = push(&a, 24.1);
    ck_assert(v.alarm);
    ck_assert_uint_eq(v.since, 27);
    push_quietly(&a, 48, 25); /* within 25 rows it only shows how large it is */
    push_quietly(&a, 96, 1);
    ck_assert(push(&a, 96.1).alarm);
}
END_TEST

START_TEST(an_event_may_grow_at_its_beginning)
{
    lc_alarm a = {0};
    ck_assert(push(&a, 12).alarm);
    push_quietly(&a, 12, 10);
    push_quietly(&a, 100, 1);
    push_quietly(&a, 12, 30);
    push_quietly(&a, 200, 1);
    ck_assert(push(&a, 201).alarm);
}
END_TEST

/* Up to five low rows do not part two rises. */
START_TEST(a_rise_begins_after_low_rows)
{
    lc_alarm a = {0};
    push_quietly(&a, 8, 1);
    push_quietly(&a, 1, 4);
    ck_assert_uint_eq(push(&a, 12).since, 5);
    push_quietly(&a, 1, 5);
    ck_assert_uint_eq(push(&a, 12).since, 0);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("alarms");
    TCase *c = tcase_create("all");
    tcase_add_test(c, an_event_is_told_once);
    tcase_add_test(c, the_very_first_row_and_the_threshold_itself);
    tcase_add_test(c, an_event_without_end_is_told_again);
    tcase_add_test(c, forty_calm_rows_end_an_event);
    tcase_add_test(c, rows_without_a_score_are_calm);
    tcase_add_test(c, high_scores_keep_an_event_going);
    tcase_add_test(c, twice_as_large_is_another_event);
    tcase_add_test(c, an_event_may_grow_at_its_beginning);
    tcase_add_test(c, a_rise_begins_after_low_rows);
    suite_add_tcase(s, c);
    return s;
}
