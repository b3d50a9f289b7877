#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "train/resolve.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

/* Settings that follow from the data. Days from 2023-01-01, or hours of them. */
static lc_panel *dated(size_t n, size_t season, bool hours)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(f);
    fputs("ds,y\n", f);
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = 2023, month = 0, day = 1;
    lc_rng r = lc_rng_make(2, LC_STREAM_TEST, n);
    for (size_t i = 0; i < n; i++) {
        double y = .1 * lc_rng_normal(&r) + (season > 1 ? 3 * sin(6.283185307 * (double)i / (double)season) : 0);
        fprintf(f, "%d-%02d-%02d %02zu:00,%.4f\n", year, month + 1, day, hours ? i % 24 : 0, y);
        if (hours && i % 24 < 23) continue;
        if (++day <= days[month] + (month == 1 && year % 4 == 0)) continue;
        day = 1;
        if (++month == 12) month = 0, year++;
    }
    fclose(f);
    lc_panel *p = panel_of(text, "target=y");
    free(text);
    return p;
}

static lc_settings *resolved(const lc_panel *p, lc_settings *s)
{
    lc_status st = {0};
    ck_assert_msg(lc_resolve_settings(s, p, NULL, &st) == LC_OK, "%s", st.text);
    return s;
}

typedef struct expected {
    size_t rows, made_season;
    bool hours;
    const char *horizon, *season, *lookback; /* given by the user; "" is not */
    size_t want_horizon, want_season, want_lookback;
} expected;

static const expected cases[] = {
    {400, 7, false, "", "", "", 14, 7, 16},        /* at least 16 rows */
    {400, 1, false, "", "", "", 14, 1, 16},        /* no season */
    {400, 7, false, "40", "", "", 40, 7, 40},      /* the horizon, where it is longer */
    {400, 7, false, "", "12", "", 14, 12, 24},     /* two seasons */
    {400, 7, false, "", "", "9", 14, 7, 9},        /* as told */
    {400, 7, false, "3", "1", "100", 3, 1, 100},   /* all told */
    {400, 1, false, "", "100", "", 14, 100, 56},   /* a long season is not seen twice, nor at all */
    {30, 7, false, "2", "7", "", 2, 7, 10},        /* a third of the series */
    {3000, 7, false, "900", "1", "", 900, 1, 336}, /* a long horizon is not seen whole */
    {600, 24, true, "", "", "", 48, 24, 48},
};

START_TEST(defaults_follow_from_the_data)
{
    const expected *c = &cases[_i];
    lc_panel *p = dated(c->rows, c->made_season, c->hours);
    lc_settings *s = settings_of("arch=lstm", NULL);
    const char *given[][2] = {{"horizon", c->horizon}, {"season", c->season}, {"lookback", c->lookback}};
    for (size_t i = 0; i < 3; i++)
        if (given[i][1][0]) ck_assert_int_eq(lc_settings_set(s, given[i][0], given[i][1], NULL), LC_OK);
    resolved(p, s);
    ck_assert_msg(s->horizon == c->want_horizon && s->season == c->want_season && s->lookback == c->want_lookback,
                  "horizon %zu, season %zu, lookback %zu", s->horizon, s->season, s->lookback);
    /* Nothing is left to resolve. */
    size_t lookback = s->lookback;
    resolved(p, s);
    ck_assert_uint_eq(s->lookback, lookback);
    lc_settings_free(s);
    lc_panel_free(p);
}
END_TEST

/* The model may not look at what it is judged by: rows past the split's end have no say. */
START_TEST(only_the_rows_of_the_split_count)
{
    double y[400];
    lc_rng r = lc_rng_make(4, LC_STREAM_TEST, 0);
    for (size_t i = 0; i < 400; i++) y[i] = lc_rng_normal(&r) + (i < 100 ? 0 : 30 * sin(6.283185307 * (double)i / 10));
    lc_panel *p = panel_of_values(y, 400, "");
    lc_split split = {60, 90};
    size_t season = 0;
    ck_assert_int_eq(lc_resolve_season(&season, p, &split, NULL), LC_OK);
    ck_assert_uint_eq(season, 1);
    ck_assert_int_eq(lc_resolve_season(&season, p, NULL, NULL), LC_OK);
    ck_assert_uint_eq(season, 10);
    lc_settings *s = settings_of("arch=lstm", "horizon=50", "season=1", NULL);
    ck_assert_int_eq(lc_resolve_settings(s, p, &split, NULL), LC_OK);
    ck_assert_uint_eq(s->lookback, 30); /* a third of 90 rows */
    lc_settings_free(s);
    lc_panel_free(p);
}
END_TEST

/* The season that most series have; a tie goes to a season before none and to the shorter one. */
START_TEST(series_vote_on_the_season)
{
    static const struct {
        size_t period[5], want;
    } votes[] = {{{7, 7, 7, 1, 1}, 7},  {{1, 1, 1, 7, 7}, 1},   {{7, 7, 1, 1, 30}, 7},
                 {{1, 1, 7, 7, 12}, 7}, {{12, 12, 7, 7, 1}, 7}, {{12, 12, 12, 7, 7}, 12}};
    for (size_t v = 0; v < sizeof votes / sizeof votes[0]; v++) {
        char *text = NULL;
        size_t size = 0;
        FILE *f = open_memstream(&text, &size);
        fputs("a,b,c,d,e\n", f);
        lc_rng r = lc_rng_make(6, LC_STREAM_TEST, v);
        for (size_t i = 0; i < 300; i++)
            for (size_t k = 0; k < 5; k++) {
                size_t period = votes[v].period[k];
                double wave = period > 1 ? 9 * sin(6.283185307 * (double)i / (double)period) : 0;
                fprintf(f, "%.4f%c", wave + lc_rng_normal(&r), k < 4 ? ',' : '\n');
            }
        fclose(f);
        lc_panel *p = panel_of(text, "");
        size_t season;
        ck_assert_int_eq(lc_resolve_season(&season, p, NULL, NULL), LC_OK);
        ck_assert_msg(season == votes[v].want, "vote %zu: season %zu, wanted %zu", v, season, votes[v].want);
        lc_panel_free(p);
        free(text);
    }
}
END_TEST

START_TEST(split_keeps_the_last_rows)
{
    static const struct {
        size_t rows, limit; /* limit 0: all */
        const char *horizon, *valid;
        size_t train, end;
    } splits[] = {
        {100, 0, "horizon=5", "valid=0.2", 80, 100},  {100, 0, "horizon=30", "valid=0.2", 70, 100},
        {101, 0, "horizon=5", "valid=0.2", 80, 101},  {100, 50, "horizon=5", "valid=0.2", 40, 50},
        {10, 0, "horizon=10", "valid=0.2", 0, 10},    {10, 0, "horizon=50", "valid=0.9", 0, 10},
        {100, 0, "horizon=1", "valid=0.01", 99, 100}, {100, 0, "horizon=1", "valid=0.9", 10, 100},
    };
    for (size_t i = 0; i < sizeof splits / sizeof splits[0]; i++) {
        double y[101] = {0};
        lc_panel *p = panel_of_values(y, splits[i].rows, "");
        lc_settings *s = settings_of("arch=lstm", splits[i].horizon, splits[i].valid, NULL);
        lc_split got;
        lc_resolve_split(&got, p, s, splits[i].limit ? &splits[i].limit : NULL);
        ck_assert_msg(got.train == splits[i].train && got.end == splits[i].end, "split %zu: %zu, %zu", i, got.train,
                      got.end);
        lc_settings_free(s);
        lc_panel_free(p);
    }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("resolve");
    TCase *c = tcase_create("defaults");
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, defaults_follow_from_the_data, 0, sizeof cases / sizeof cases[0]);
    tcase_add_test(c, only_the_rows_of_the_split_count);
    tcase_add_test(c, series_vote_on_the_season);
    tcase_add_test(c, split_keeps_the_last_rows);
    suite_add_tcase(s, c);
    return s;
}
