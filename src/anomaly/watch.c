#include "anomaly/watch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/watch_inner.h"
#include "base/memory.h"
#include "base/order.h"
#include "data/calendar.h"

/* What the row at hand is held against. */
typedef struct outlook {
    double next, m; /* forecasts on the scale of the history: from the row before, and of the long horizons; NaN */
} outlook;

lc_code lc_watch_create(lc_watch **out, const lc_watch_options *o, lc_status *st)
{
    *out = NULL;
    lc_watch *s = lc_calloc(1, sizeof *s);
    if (!s) return lc_fail_memory(st);
    s->o = *o;
    s->history.with_given = o->given;
    s->unit = (lc_unit){0, 1};
    lc_counter_clear(&s->counter, false);
    lc_code code = lc_statistics_create(&s->statistics, st);
    if (code == LC_OK) *out = s;
    else lc_watch_free(s);
    return code;
}

void lc_watch_free(lc_watch *s)
{
    if (!s) return;
    lc_history_free(&s->history);
    lc_forecaster_free(&s->forecaster);
    lc_statistics_free(&s->statistics);
    lc_free(s);
}

void lc_watch_reset(lc_watch *s)
{
    s->history.count = s->history.known = 0;
    s->calibration = (lc_calibration){0};
    s->alarm = (lc_alarm){0};
    lc_counter_clear(&s->counter, false);
    s->learned = 0;
    s->unit = (lc_unit){0, 1};
    lc_statistics_clear(&s->statistics);
}

static double scaled(const lc_watch *s, double y)
{
    return lc_unit_scaled(s->unit, y, 1e30);
}

static double unscaled(const lc_watch *s, double z)
{
    const double y = s->unit.center + s->unit.spread * sinh(z);
    return isfinite(y) ? y : NAN;
}

static double at(const lc_history *h, uint64_t row)
{
    return h->y[lc_history_at(h, row)];
}

/* Whether the values so far count up; forecasts from outside are of the values themselves. */
static bool is_counter(const lc_watch *s)
{
    const lc_history *h = &s->history;
    lc_counter_test test;
    lc_counter_test_begin(&test);
    for (uint64_t r = lc_history_first(h); r < h->count; r++) lc_counter_test_push(&test, at(h, r));
    return !s->o.given && lc_counter_test_end(&test);
}

/* Of the first n values that are watched. */
static void find_unit(lc_watch *s, size_t n)
{
    const lc_history *h = &s->history;
    lc_counter counter = s->counter;
    double value[LC_WATCH_LAST];
    size_t found = 0;
    for (uint64_t r = lc_history_first(h); r < h->count && found < n; r++) {
        value[found] = lc_counter_growth(&counter, at(h, r));
        lc_counter_push(&counter, at(h, r));
        found += isnan(value[found]) ? 0 : 1;
    }
    s->unit = lc_unit_of(value, found);
}

/* Forecasts of row t, whose value nobody knows yet. */
static outlook look_out(lc_watch *s, uint64_t first, uint64_t t)
{
    if (s->o.given) {
        const double *given = s->history.given;
        const double m = given ? asinh(scaled(s, given[lc_history_at(&s->history, t)])) : (double)NAN;
        return (outlook){m, m};
    }
    float ahead[LC_HORIZONS] = {NAN, NAN, NAN, NAN};
    lc_forecaster_expect(&s->forecaster, &s->history, first, t, ahead);
    outlook o = {ahead[0], 0};
    size_t n = 0;
    for (size_t j = 1; j < LC_HORIZONS; j++) {
        if (isnan(ahead[j])) continue;
        o.m += (double)ahead[j];
        n++;
    }
    o.m = n ? o.m / (double)n : NAN;
    return o;
}

/* A missing row is seen as it was expected, or as the row before it. */
static void settle(lc_watch *s, uint64_t first, uint64_t t, double y, double seen, const outlook *o)
{
    lc_history *h = &s->history;
    const size_t here = lc_history_at(h, t);
    double z = isnan(seen) ? o->next : asinh(scaled(s, seen));
    if (isnan(z)) z = t > first ? (double)h->z[lc_history_at(h, t - 1)] : 0;
    h->y[here] = y;
    h->z[here] = (float)z;
    lc_counter_push(&s->counter, y);
}

/* How far the row is from what was expected; NaN where it cannot be said. */
static double error_of(const lc_watch *s, double y, const outlook *o)
{
    return asinh(scaled(s, y)) - o->m;
}

static void remember(lc_watch *s, double y, const outlook *o)
{
    if (!isnan(y)) lc_statistics_push(&s->statistics, scaled(s, y), error_of(s, y, o));
}

static void learn(lc_watch *s, uint64_t t)
{
    if (!s->o.given) lc_forecaster_learn(&s->forecaster, &s->history, t);
}

static void fit(lc_watch *s, uint64_t first, uint64_t end)
{
    /* What is learned before the last start does not stay. */
    const uint64_t epochs = s->learned < LC_WATCH_LAST ? 10 : 20;
    if (!s->o.given) lc_forecaster_fit(&s->forecaster, &s->history, first, end, epochs);
}

/* From the first row on with what is known now: `learned` values. */
static lc_code start(lc_watch *s, size_t learned, lc_status *st)
{
    lc_history *h = &s->history;
    const lc_cycles cycles = lc_history_cycles(h, s->o.stamps);
    const uint64_t first = lc_history_first(h), end = h->count;
    const outlook nothing = {NAN, NAN};
    if (cycles != h->cycles) lc_history_set_cycles(h, cycles);
    lc_code code = s->o.given ? LC_OK : lc_forecaster_begin(&s->forecaster, cycles, s->o.seed, st);
    if (code != LC_OK) return code;
    lc_counter_clear(&s->counter, is_counter(s));
    find_unit(s, learned / 2);
    lc_statistics_clear(&s->statistics);
    s->learned = learned;
    size_t known = 0;
    for (uint64_t t = first; t < end; t++) {
        const double y = at(h, t), seen = lc_counter_growth(&s->counter, y);
        outlook o = nothing;
        if (known >= learned / 2) o = look_out(s, first, t);
        settle(s, first, t, y, seen, &o);
        remember(s, seen, &o);
        if (known >= learned / 2) learn(s, t);
        known += isnan(y) ? 0 : 1;
        if (known == learned / 2 && !isnan(y)) fit(s, first, t + 1);
    }
    fit(s, first, end);
    return LC_OK;
}

/* Where days may matter nothing is judged before the first one is over: what its hours do is not known yet. */
static bool is_ready(const lc_watch *s, uint64_t first, uint64_t row)
{
    const lc_history *h = &s->history;
    if (h->cycles != LC_CYCLES_DAY || row >= LC_WATCH_DAY) return true;
    return lc_sub_clamped(h->stamp[lc_history_at(h, row)], h->stamp[lc_history_at(h, first)]) >= LC_MICROS_PER_DAY;
}

/* In the data's units. */
static double told(const lc_watch *s, double y, double z)
{
    const double value = lc_counter_value(&s->counter, y, unscaled(s, z));
    return isfinite(value) ? value : NAN;
}

static void judge(lc_watch *s, double y, double seen, const outlook *o, lc_finding *out)
{
    lc_evidence e;
    const double threshold = lc_calibration_threshold(&s->calibration, &lc_prior_of_columns, s->o.alarms_per / 1e4);
    if (!isnan(o->m)) {
        double lo, hi;
        lc_statistics_bounds(&s->statistics, o->m, threshold, &lo, &hi);
        out->lo = told(s, y, lo);
        out->hi = told(s, y, hi);
    }
    if (isnan(seen)) {
        lc_alarm_skip(&s->alarm);
        return;
    }
    lc_statistics_weigh(&s->statistics, scaled(s, seen), error_of(s, seen, o), &e);
    /* Bounds are found roughly: where the value lies between them and the truth, it is the truth. */
    if (e.fused >= threshold && y > out->lo && y < out->hi) {
        if (y > out->expected) out->hi = y;
        else out->lo = y;
    } else if (e.fused < threshold) {
        if (y > out->hi) out->hi = y;
        if (y < out->lo) out->lo = y;
    }
    const lc_alarm_verdict v = lc_alarm_push(&s->alarm, e.fused, threshold);
    out->scored = true;
    out->score = lc_finding_score(e.fused, threshold, v.raised);
    out->p = lc_calibration_p(&s->calibration, &lc_prior_of_columns, e.fused);
    out->raised = v.raised;
    out->anomaly = v.alarm;
    out->since = v.since;
    if (v.raised) out->statistic = e.most;
    lc_calibration_push(&s->calibration, &lc_prior_of_columns, e.fused);
}

lc_code lc_watch_push(lc_watch *s, const lc_watch_row *next_row, lc_finding *out, lc_status *st)
{
    lc_history *h = &s->history;
    *out = lc_finding_none;
    const double y = isfinite(next_row->y) ? next_row->y : NAN;
    if (!h->count && isnan(y)) return LC_OK; /* nothing begins before the first value */
    lc_code code = lc_history_open(h, next_row->t, st);
    if (code != LC_OK) return code;
    const uint64_t first = lc_history_first(h), row = h->count - 1;
    const double seen = lc_counter_growth(&s->counter, y);
    outlook o = {NAN, NAN};
    if (h->given) h->given[lc_history_at(h, row)] = next_row->forecast;
    if (s->learned) {
        o = look_out(s, first, row);
        out->expected = told(s, y, o.m);
        if (is_ready(s, first, row)) judge(s, y, seen, &o, out);
    }
    settle(s, first, row, y, seen, &o);
    if (s->learned) {
        remember(s, seen, &o);
        learn(s, row);
    }
    if (isnan(y)) return LC_OK;
    h->known++;
    const uint64_t next = s->learned ? 2 * s->learned : LC_WATCH_FIRST;
    if (h->known == next && next <= LC_WATCH_LAST) code = start(s, (size_t)next, st);
    return code;
}
