#include <math.h>
#include <string.h>

#include "anomaly/event_count.h"
#include "anomaly/nab.h"
#include "base/rng.h"
#include "ref/ref_measures.h"
#include "unit/support/unit.h"

static lc_nab_scores scores_of(const uint8_t *label, const uint8_t *flag, const double *score, size_t n)
{
    lc_nab b = {0};
    lc_nab_scores s;
    ck_assert_int_eq(lc_nab_add(&b, label, flag, score, n, NULL), LC_OK);
    ck_assert_int_eq(lc_nab_score(&s, &b, NULL), LC_OK);
    lc_nab_free(&b);
    return s;
}

START_TEST(probation_and_sigmoid_are_those_of_the_paper)
{
    ck_assert_uint_eq(lc_nab_probation(4032), 604);
    ck_assert_uint_eq(lc_nab_probation(5000), 750);
    ck_assert_uint_eq(lc_nab_probation(22000), 750);
    ck_assert_uint_eq(lc_nab_probation(6), 0);
    ck_assert_double_eq_tol(lc_nab_sigmoid(-1), 0.98661, 5e-6);
    ck_assert_double_eq_tol(lc_nab_sigmoid(-0.5), 0.84828, 5e-6);
    ck_assert_double_eq(lc_nab_sigmoid(0), 0);
    ck_assert_double_eq_tol(lc_nab_sigmoid(1), -0.98661, 5e-6);
    ck_assert_double_eq(lc_nab_sigmoid(3), -1);
}
END_TEST

/* 20 rows, 3 of probation, a window of 4 rows. */
enum { N = 20 };
static const uint8_t window[N] = {[8] = 1, [9] = 1, [10] = 1, [11] = 1};

START_TEST(nothing_is_worth_0_and_everything_right_100)
{
    uint8_t flag[N] = {0};
    double score[N] = {0};
    lc_nab_scores s = scores_of(window, flag, score, N);
    for (size_t p = 0; p < LC_NAB_PROFILES; p++) {
        ck_assert_double_eq_tol(s.flags[p], 0, 1e-12);
    }
    ck_assert(s.best[LC_NAB_STANDARD] > 0); /* all of so few rows or none: all is better */
    ck_assert_double_eq(s.threshold[LC_NAB_STANDARD], 0);
    enum { LONG = 80 };
    const uint8_t longer[LONG] = {[40] = 1, [41] = 1}, none[LONG] = {0};
    const double equal[LONG] = {0};
    s = scores_of(longer, none, equal, LONG);
    for (size_t p = 0; p < LC_NAB_PROFILES; p++) {
        ck_assert_double_eq(s.best[p], 0); /* none is better than all */
        ck_assert(isinf(s.threshold[p]));
    }
    flag[8] = 1;
    score[8] = 0.7;
    s = scores_of(window, flag, score, N);
    for (size_t p = 0; p < LC_NAB_PROFILES; p++) {
        ck_assert_double_eq_tol(s.flags[p], 100, 1e-12);
        ck_assert_double_eq_tol(s.best[p], 100, 1e-12);
        ck_assert_double_eq(s.threshold[p], 0.7);
    }
}
END_TEST

START_TEST(late_flags_and_false_alarms_cost_what_the_paper_says)
{
    uint8_t flag[N] = {0};
    double score[N] = {0};
    flag[1] = 1;  /* in the probation: free */
    flag[10] = 1; /* 2 of 4 rows left: y = -0.5 */
    flag[11] = 1; /* the window counts once */
    flag[5] = 1;  /* before any window: -1 */
    flag[12] = 1; /* the first row behind it: y = 1/3 */
    lc_nab_scores s = scores_of(window, flag, score, N);
    const double in = 0.848283639957513 / 0.986614298151430, out = -1 + (2 / (1 + exp(5.0 / 3)) - 1);
    ck_assert_double_eq_tol(s.flags[LC_NAB_STANDARD], 100 * (in + 0.11 * out + 1) / 2, 1e-9);
    ck_assert_double_eq_tol(s.flags[LC_NAB_LOW_FP], 100 * (in + 0.22 * out + 1) / 2, 1e-9);
    ck_assert_double_eq_tol(s.flags[LC_NAB_LOW_FN], 100 * (in + 0.11 * out + 2) / 3, 1e-9);
}
END_TEST

START_TEST(windows_in_the_probation_do_not_count)
{
    const uint8_t label[N] = {[1] = 1, [2] = 1};
    const uint8_t across[N] = {[1] = 1, [2] = 1, [3] = 1};
    uint8_t flag[N] = {[1] = 1};
    const double score[N] = {0};
    ck_assert_double_nan(scores_of(label, flag, score, N).flags[0]);
    ck_assert_double_eq_tol(scores_of(across, flag, score, N).flags[0], 0, 1e-12); /* its flag does not */
    flag[3] = 1;
    const double last = lc_nab_sigmoid(-1.0 / 3) / lc_nab_sigmoid(-1);
    ck_assert_double_eq_tol(scores_of(across, flag, score, N).flags[0], 100 * (last + 1) / 2, 1e-9);
    ck_assert_double_nan(scores_of(label, flag, score, 0).flags[0]);
}
END_TEST

START_TEST(windows_that_touch_are_two)
{
    const uint8_t label[N] = {[8] = 1, [9] = 1, [10] = 2, [11] = 1};
    const uint8_t flag[N] = {[8] = 1};
    const double score[N] = {[8] = 1, [10] = 0.6};
    lc_nab_scores s = scores_of(label, flag, score, N);
    ck_assert_double_eq_tol(s.flags[0], 50, 1e-9);
    ck_assert_double_eq_tol(s.best[0], 100, 1e-9);
    ck_assert_double_eq(s.threshold[0], 0.6);
}
END_TEST

START_TEST(one_threshold_serves_all_series)
{
    /* What is right in one series is a false alarm in the other. */
    const uint8_t none[N] = {0}, flag[N] = {0};
    double one[N] = {[8] = 0.5}, other[N] = {[5] = 0.9, [6] = 0.8, [7] = 0.7};
    lc_nab b = {0};
    lc_nab_scores s;
    ck_assert_int_eq(lc_nab_add(&b, window, flag, one, N, NULL), LC_OK);
    ck_assert_int_eq(lc_nab_add(&b, none, flag, other, N, NULL), LC_OK);
    ck_assert_int_eq(lc_nab_score(&s, &b, NULL), LC_OK);
    ck_assert_uint_eq(b.windows, 1);
    ck_assert_double_eq_tol(s.best[LC_NAB_STANDARD], 100 * (2 - 0.33) / 2, 1e-9);
    ck_assert_double_eq_tol(s.best[LC_NAB_LOW_FN], 100 * (3 - 0.33) / 3, 1e-9);
    lc_nab_free(&b);
}
END_TEST

START_TEST(scores_are_those_of_the_naive_twin)
{
    enum { MOST = 300 };
    uint8_t label[MOST], flag[MOST];
    double score[MOST];
    lc_rng r = lc_rng_make(7, LC_STREAM_TEST, 0);
    for (size_t k = 0; k < 100; k++) {
        const size_t n = 1 + (size_t)(lc_rng_uniform(&r) * MOST);
        const double share = lc_rng_uniform(&r), levels = 1 + floor(20 * lc_rng_uniform(&r));
        for (size_t i = 0; i < n; i++) {
            const bool in = i && label[i - 1] && lc_rng_uniform(&r) < 0.9;
            label[i] = in || lc_rng_uniform(&r) < 0.03;
            if (label[i] && lc_rng_uniform(&r) < 0.05) label[i] = LC_LABEL_BEGIN;
            score[i] = floor(levels * lc_rng_uniform(&r)) / levels;
            flag[i] = score[i] >= share;
        }
        const lc_nab_scores s = scores_of(label, flag, score, n);
        for (size_t p = 0; p < LC_NAB_PROFILES; p++) {
            const lc_nab_profile *f = &lc_nab_profiles[p];
            const double flags = ref_nab(label, score, n, share, f->hit, f->false_alarm, f->miss);
            if (isnan(flags)) {
                ck_assert_double_nan(s.flags[p]);
                continue;
            }
            ck_assert_double_eq_tol(s.flags[p], flags, 1e-9);
            ck_assert_double_eq_tol(s.best[p], ref_nab_best(label, score, n, f->hit, f->false_alarm, f->miss), 1e-9);
        }
    }
}
END_TEST

START_TEST(counts_are_those_of_the_naive_twin)
{
    enum { MOST = 300 };
    uint8_t label[MOST], flag[MOST];
    lc_rng r = lc_rng_make(8, LC_STREAM_TEST, 0);
    for (size_t k = 0; k < 200; k++) {
        const size_t n = (size_t)(lc_rng_uniform(&r) * MOST);
        const double often = lc_rng_uniform(&r) * 0.3;
        for (size_t i = 0; i < n; i++) {
            label[i] = lc_rng_uniform(&r) < (i && label[i - 1] ? 0.9 : 0.05);
            if (label[i] && lc_rng_uniform(&r) < 0.1) label[i] = LC_LABEL_BEGIN;
            flag[i] = lc_rng_uniform(&r) < often;
        }
        lc_event_count c = {0};
        lc_event_count_add(&c, label, flag, n);
        const struct ref_counts want = ref_count(label, flag, n);
        ck_assert_uint_eq(c.rows, n);
        ck_assert_uint_eq(c.labelled, want.labelled);
        ck_assert_uint_eq(c.flagged, want.flagged);
        ck_assert_uint_eq(c.found, want.found);
        ck_assert_uint_eq(c.events, want.events);
        ck_assert_uint_eq(c.hit, want.hit);
        ck_assert_msg(c.false_alarms <= c.flagged - c.found, "%zu", c.false_alarms);
        ck_assert_uint_eq(c.false_alarms, want.false_alarms);
    }
}
END_TEST

START_TEST(false_alarms_within_reach_are_one)
{
    uint8_t label[100] = {0}, flag[100] = {0};
    lc_event_count c = {0};
    flag[0] = flag[20] = flag[40] = 1; /* each 20 rows behind the one before: one chain */
    flag[61] = 1;                      /* 21 rows behind */
    label[70] = label[71] = 1;
    flag[70] = flag[71] = 1; /* hits are no false alarms, and do not reach */
    flag[82] = 1;            /* 21 rows behind row 61 */
    lc_event_count_add(&c, label, flag, 100);
    ck_assert_uint_eq(c.false_alarms, 3);
    ck_assert_uint_eq(c.events, 1);
    ck_assert_uint_eq(c.hit, 1);
    ck_assert_uint_eq(c.found, 2);
    /* Another series begins anew. */
    lc_event_count_add(&c, label, flag, 100);
    ck_assert_uint_eq(c.false_alarms, 6);
    ck_assert_uint_eq(c.rows, 200);
}
END_TEST

START_TEST(rates_are_fractions_of_what_was_made_and_what_was_there)
{
    lc_hit_rates r = lc_hit_rates_of(3, 4, 6);
    ck_assert_double_eq(r.precision, 0.75);
    ck_assert_double_eq(r.recall, 0.5);
    ck_assert_double_eq_tol(r.f1, 0.6, 1e-15);
    r = lc_hit_rates_of(0, 0, 6);
    ck_assert_double_nan(r.precision);
    ck_assert_double_eq(r.recall, 0);
    ck_assert_double_eq(r.f1, 0);
    r = lc_hit_rates_of(0, 4, 0);
    ck_assert_double_eq(r.precision, 0);
    ck_assert_double_nan(r.recall);
    ck_assert_double_nan(lc_hit_rates_of(0, 0, 0).f1);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("score of the Numenta benchmark, events");
    TCase *c = tcase_create("nab");
    tcase_add_test(c, probation_and_sigmoid_are_those_of_the_paper);
    tcase_add_test(c, nothing_is_worth_0_and_everything_right_100);
    tcase_add_test(c, late_flags_and_false_alarms_cost_what_the_paper_says);
    tcase_add_test(c, windows_in_the_probation_do_not_count);
    tcase_add_test(c, windows_that_touch_are_two);
    tcase_add_test(c, one_threshold_serves_all_series);
    tcase_add_test(c, scores_are_those_of_the_naive_twin);
    TCase *e = tcase_create("events");
    tcase_add_test(e, counts_are_those_of_the_naive_twin);
    tcase_add_test(e, false_alarms_within_reach_are_one);
    tcase_add_test(e, rates_are_fractions_of_what_was_made_and_what_was_there);
    suite_add_tcase(s, c);
    suite_add_tcase(s, e);
    return s;
}
