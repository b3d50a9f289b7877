#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "train/recipe.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

/* What the default architecture derives from the data: expectations by hand from shared/design/forecasting.md. */

static lc_panel *panel_of_series(size_t series, size_t rows)
{
    lc_buf b = {0};
    lc_buf_puts(&b, "unique_id,ds,y\n");
    for (size_t i = 0; i < series; i++)
        for (size_t t = 0; t < rows; t++) lc_buf_printf(&b, "s%03zu,%zu,%zu\n", i, t + 1, 1 + (t * 7 + i) % 11);
    lc_panel *p = panel_of(b.data, "");
    lc_buf_free(&b);
    return p;
}

static lc_settings *resolve(const lc_panel *p, const char *options)
{
    lc_settings *s = panel_settings(options);
    lc_status st = {0};
    ck_assert_msg(lc_resolve_settings(s, p, NULL, &st) == LC_OK, "%s", st.text);
    return s;
}

typedef struct expected {
    size_t rows, season, horizon;
    size_t segment, lookback;
    const char *base;
    size_t train; /* rows before the first validation target */
} expected;

static const expected few[] = {
    /* no season: segments of min(H, 8) and at least 2, 32 rows or 2 H */
    {400, 1, 1, 2, 32, "off", 340},  /* 0.15 * 400 - 1 + 1 = 60 windows, the last one from row 399 on */
    {400, 1, 14, 8, 32, "off", 340}, /* 60 - 14 + 1 = 47 windows, 13 rows more */
    {400, 3, 30, 8, 56, "off", 340}, /* 2 H = 60, whole segments of it */
    {60, 1, 4, 4, 20, "off", 51},    /* 0.35 * 60 = 21 */
    /* months: 14 years, 35 % of the rows */
    {1000, 12, 18, 12, 168, "on", 850},
    {144, 12, 12, 12, 48, "on", 121},  /* 50.4 rows are 4 years: 4 m, so the base is on */
    {132, 12, 12, 12, 36, "off", 109}, /* 46.2 are 3 */
    {50, 12, 12, 12, 24, "off", 34},   /* at least 2 seasons; valid: max(min(12, 5), 7 - 11) = 5, a third of 15 */
    {36, 12, 12, 12, 12, "off", 22},   /* 24 + 12 + 8 > 36 */
    /* weeks, hours, half-hours, minutes */
    {2000, 52, 13, 26, 104, "off", 1700},
    {2000, 24, 24, 24, 336, "on", 1700},
    {5000, 48, 48, 48, 336, "on", 4250},
    {5000, 96, 96, 48, 336, "off", 4250},
    {9000, 168, 24, 42, 336, "off", 7650},
    {9000, 365, 30, 24, 720, "off", 7650}, /* 365 = 5 * 73 has no divisor from 6 to 48 */
    {20000, 1440, 60, 48, 2880, "off", 17000},
};
enum { FEW = sizeof few / sizeof few[0] };

START_TEST(sizes_follow_from_length_season_and_horizon)
{
    const expected *e = &few[_i];
    char options[96];
    lc_panel *p = panel_of_series(1, e->rows);
    snprintf(options, sizeof options, "horizon=%zu;season=%zu;second-season=1", e->horizon, e->season);
    lc_settings *s = resolve(p, options);
    lc_split split;
    lc_resolve_split(&split, p, s, NULL);
    ck_assert_msg(s->segment == e->segment && s->lookback == e->lookback && strcmp(s->seasonal_base, e->base) == 0 &&
                      split.train == e->train && split.end == e->rows,
                  "%zu rows, season %zu, horizon %zu: segment %zu, lookback %zu, base %s, %zu rows to learn from",
                  e->rows, e->season, e->horizon, s->segment, s->lookback, s->seasonal_base, split.train);
    lc_settings_free(s);
    lc_panel_free(p);
}
END_TEST

START_TEST(collections_have_rules_of_their_own)
{
    lc_panel *p = panel_of_series(50, 60), *less = panel_of_series(49, 60);
    lc_settings *s = resolve(p, "horizon=6;season=7"), *t = resolve(less, "horizon=6;season=7");
    /* 0.35 * 60 = 21 rows are 3 seasons: enough for the base of a collection. */
    ck_assert_uint_eq(s->lookback, 21);
    ck_assert_str_eq(s->seasonal_base, "on");
    ck_assert_str_eq(s->final_fit, "off");
    ck_assert_double_eq(s->blend, 0);
    ck_assert_uint_eq(t->lookback, 21);
    ck_assert_str_eq(t->seasonal_base, "off");
    ck_assert_str_eq(t->final_fit, "on");
    ck_assert_double_eq(t->blend, 1);
    ck_assert_str_eq(t->blend_with, "median");
    lc_split split[50];
    lc_resolve_split(split, p, s, NULL);
    for (size_t i = 0; i < 50; i++) ck_assert(split[i].train == 54 && split[i].end == 60); /* one window each */
    lc_resolve_split(split, less, t, NULL);
    ck_assert_uint_eq(split[0].train, 60 - 6 - 6 + 1); /* max(min(6, 6), 9 - 5) */
    lc_settings_free(s);
    lc_settings_free(t);
    lc_panel_free(p);
    lc_panel_free(less);
}
END_TEST

START_TEST(training_follows_from_the_number_of_windows)
{
    static const struct {
        size_t series, rows, hidden, batch, steps;
        double lr, average, blend;
        const char *last;
    } rows[] = {
        {1, 600, 32, 32, 400, 2e-3, .95, 1, "on"},
        {1, 400, 32, 32, 400, 2e-3, .95, 1, "on"},
        {1, 1000, 32, 32, 400, 2e-3, .95, 1, "on"},
        {1, 1250, 32, 32, 400, 2e-3, .95, .5, "on"},
        {1, 1500, 32, 32, 400, 2e-3, .95, 0, "on"},
        {1, 4800, 32, 32, 400, 2e-3, .95, 0, "on"}, /* 4080 - 98 - 7 + 1 windows: just under 4000 */
        {1, 5000, 64, 256, 1000, 1e-3, .99, 0, "off"},
        {45, 200, 64, 256, 1000, 1e-3, .99, 1, "on"}, /* 45 * 94 windows */
        {60, 2000, 64, 256, 1500, 1e-3, .99, 0, "off"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lc_panel *p = panel_of_series(rows[i].series, rows[i].rows);
        lc_settings *s = resolve(p, "horizon=7;season=7;second-season=1");
        UNIT_MUST(s->hidden == rows[i].hidden && s->batch == rows[i].batch && s->steps == rows[i].steps,
                  "row %zu: hidden %zu, batch %zu, steps %zu", i, s->hidden, s->batch, s->steps);
        ck_assert_double_eq(s->lr, rows[i].lr);
        ck_assert_double_eq(s->average, rows[i].average);
        ck_assert_double_eq_tol(s->blend, rows[i].blend, 1e-12);
        ck_assert_str_eq(s->final_fit, rows[i].last);
        ck_assert(s->members == 3 && s->layers == 1);
        ck_assert(s->valid == .15 && s->decay == .01 && s->dropout == .2 && s->patience == 8 && s->clip == 1);
        ck_assert_str_eq(s->loss, "mae");
        ck_assert_str_eq(s->skip, rows[i].hidden == 64 ? "mixed" : "on");
        for (size_t k = 0; k < 6; k++) ck_assert(lc_recipe_plain(s, k) == (rows[i].hidden == 64 && (k == 2 || k == 5)));
        lc_settings_free(s);
        lc_panel_free(p);
    }
}
END_TEST

/* The logarithm where every value is positive and relative changes are more even than absolute ones. */
START_TEST(logarithms_where_they_even_out_the_spread)
{
    enum { N = 96 };
    static const char *const want[] = {"log", "none", "none", "none", "none", "log"};
    for (size_t kind = 0; kind < 6; kind++) {
        lc_rng r = lc_rng_make(4, LC_STREAM_TEST, kind);
        lc_buf b = {0};
        lc_buf_puts(&b, "a,b\n");
        for (size_t t = 0; t < N; t++) {
            const double wave = sin(6.283185307 * (double)t / 12), grown = exp(.03 * (double)t);
            const double even = 200 + 2 * (double)t + 10 * wave + lc_rng_normal(&r);
            const double value[] = {
                grown * (10 + 3 * wave), even, -grown * (10 + 3 * wave), 7, t == 50 ? 0 : grown * (10 + 3 * wave),
                grown * (10 + 3 * wave)};
            /* The last kind: one of two series says yes, which is half. */
            lc_buf_printf(&b, "%.9g,%.9g\n", value[kind], kind == 5 ? even : value[kind]);
        }
        lc_panel *p = panel_of(b.data, "");
        lc_settings *s = resolve(p, "horizon=6;season=12");
        UNIT_MUST(strcmp(s->transform, want[kind]) == 0, "kind %zu: %s", kind, s->transform);
        lc_settings_free(s);
        s = resolve(p, "horizon=6;season=12;transform=none");
        ck_assert_str_eq(s->transform, "none");
        lc_settings_free(s);
        lc_panel_free(p);
        lc_buf_free(&b);
    }
}
END_TEST

START_TEST(what_is_given_stays)
{
    lc_panel *p = panel_of_series(1, 400);
    lc_settings *s = resolve(p, "horizon=5;season=12;segment=5;lookback=33;hidden=7;batch=9;steps=11;lr=0.5;ema=0;"
                                "decay=0;dropout=0;patience=0;valid=0.3;members=1;blend=0.25;transform=log;"
                                "final-fit=off;seasonal-base=off;skip=off;shards=2");
    ck_assert(s->segment == 5 && s->lookback == 35 && s->hidden == 7 && s->batch == 9 && s->steps == 11);
    ck_assert(s->lr == .5 && s->average == 0 && s->decay == 0 && s->dropout == 0 && s->patience == 0);
    ck_assert(s->valid == .3 && s->members == 1 && s->blend == .25 && s->shards == 2);
    ck_assert_str_eq(s->transform, "log");
    ck_assert_str_eq(s->final_fit, "off");
    ck_assert_str_eq(s->seasonal_base, "off");
    lc_settings_free(s);
    lc_panel_free(p);
}
END_TEST

/* For any length and horizon: sizes fit together, and no training window's targets reach into the rows that validate.
 */
START_TEST(everything_stays_in_range)
{
    static const size_t seasons[] = {1, 2, 4, 7, 12, 52, 168}, series[] = {1, 50};
    size_t learned = 0;
    for (size_t k = 0; k < 2; k++)
        for (size_t n = 1; n <= 60; n += k ? 7 : 1) {
            lc_panel *p = panel_of_series(series[k], n);
            for (size_t m = 0; m < sizeof seasons / sizeof seasons[0]; m++)
                for (size_t horizon = 1; horizon <= 50; horizon += 3) {
                    char options[64];
                    snprintf(options, sizeof options, "horizon=%zu;season=%zu", horizon, seasons[m]);
                    lc_settings *s = resolve(p, options);
                    UNIT_MUST(s->segment && s->lookback >= s->segment && s->lookback % s->segment == 0,
                              "%zu rows, %s: segment %zu, lookback %zu", n, options, s->segment, s->lookback);
                    UNIT_MUST(strcmp(s->seasonal_base, "on") != 0 ||
                                  (seasons[m] >= 4 && s->lookback >= (series[k] < 50 ? 4 : 2) * seasons[m]),
                              "%zu rows, %s: base with lookback %zu", n, options, s->lookback);
                    UNIT_MUST(s->second == 1 || 2 * s->second <= s->lookback, "%zu rows, %s: second season", n,
                              options);
                    lc_split *split = calloc(series[k], sizeof *split);
                    lc_resolve_split(split, p, s, NULL);
                    const lc_span span = lc_recipe_training(s, split[0]);
                    UNIT_MUST(split[0].train <= n && split[0].end == n, "%zu rows, %s", n, options);
                    const size_t valid = n - split[0].train;
                    /* Windows that validate: two, a horizon of targets each, where there are as many rows. */
                    if (n >= horizon + 1)
                        UNIT_MUST(valid == (n < valid ? n : valid) && valid >= horizon + (series[k] < 50 ? 1 : 0),
                                  "%zu rows, %s: %zu validate", n, options, valid);
                    if (span.end > span.begin) {
                        learned++;
                        UNIT_MUST(span.begin >= 1 && span.end - 1 + horizon <= split[0].train,
                                  "%zu rows, %s: targets of the last window reach to %zu of %zu", n, options,
                                  span.end - 1 + horizon, split[0].train);
                        UNIT_MUST(span.limit == split[0].train, "%zu rows, %s: limit", n, options);
                        /* Every window of the series validates, is learned from, or has targets on both sides. */
                        if (n >= s->lookback + horizon && split[0].train >= s->lookback + horizon)
                            UNIT_MUST(span.end - span.begin + (valid - horizon + 1) + (horizon - 1) ==
                                          n - s->lookback - horizon + 1,
                                      "%zu rows, %s: %zu windows", n, options, span.end - span.begin);
                    }
                    free(split);
                    lc_settings_free(s);
                }
            lc_panel_free(p);
        }
    ck_assert_uint_gt(learned, 1000);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("recipe");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, sizes_follow_from_length_season_and_horizon, 0, FEW);
    tcase_add_test(t, collections_have_rules_of_their_own);
    tcase_add_test(t, training_follows_from_the_number_of_windows);
    tcase_add_test(t, logarithms_where_they_even_out_the_spread);
    tcase_add_test(t, what_is_given_stays);
    tcase_add_test(t, everything_stays_in_range);
    suite_add_tcase(suite, t);
    return suite;
}
