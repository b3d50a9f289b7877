#include "data/freq_infer.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/calendar.h"

static bool tally(lc_tally *t, int64_t value)
{
    if (t->n && t->run[t->n - 1].value == value) {
        t->run[t->n - 1].count++;
        return true;
    }
    if (!LC_GROW(&t->run, &t->cap, t->n + 1)) return false;
    t->run[t->n++] = (struct lc_tally_run){value, 1};
    return true;
}

static int by_value(const void *a, const void *b)
{
    const struct lc_tally_run *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

/* The most frequent value, the smallest of several; 0 when there is none. */
static int64_t mode(lc_tally *t)
{
    if (t->n > 1) qsort(t->run, t->n, sizeof *t->run, by_value);
    int64_t best = 0;
    size_t most = 0, sum = 0;
    for (size_t i = 0; i < t->n; i++) {
        sum = i && t->run[i].value == t->run[i - 1].value ? sum + t->run[i].count : t->run[i].count;
        if (sum > most) {
            most = sum;
            best = t->run[i].value;
        }
    }
    return best;
}

/* What one stamp says about days of the week and of the month. */
static void look_at(lc_freq_evidence *e, const lc_civil *c, int64_t time_of_day)
{
    if (!e->any) {
        e->any = true;
        e->one_time_of_day = true;
        e->time_of_day = time_of_day;
    }
    if (time_of_day != e->time_of_day) e->one_time_of_day = false;
    if (c->weekday > 4) e->weekend = true;
    if (c->day == lc_month_days(c->year, c->month)) {
        if (c->day > e->last_day) e->last_day = c->day;
    } else if (e->firm_day == 0) {
        e->firm_day = c->day;
    } else if (e->firm_day != c->day) {
        e->firm_day = -1;
    }
}

void lc_freq_evidence_begin(lc_freq_evidence *e)
{
    e->begun = false;
}

/* Rows that differ in their time of day have no step in days or months. */
static bool looks_at_days(const lc_freq_evidence *e, const lc_clock *c)
{
    const size_t enough = 200000;
    return lc_clock_is_calendar(c) && (!e->any || e->one_time_of_day) && e->looked < enough;
}

size_t lc_freq_evidence_run(lc_freq_evidence *e, const lc_stamp *t, size_t n, const lc_clock *c)
{
    if (!e->gaps.n || !e->begun || n < 2 || looks_at_days(e, c)) return 0;
    struct lc_tally_run *last = &e->gaps.run[e->gaps.n - 1];
    size_t k = 0;
    while (k + 1 < n && t[k + 1] > t[k] && (uint64_t)t[k + 1] - (uint64_t)t[k] == (uint64_t)last->value) k++;
    if (!k) return 0;
    last->count += k;
    e->last = t[k];
    return k;
}

void lc_freq_evidence_stamp(lc_freq_evidence *e, lc_stamp t, int offset_minutes, const lc_clock *c)
{
    int64_t gap = e->begun ? lc_sub_clamped(t, e->last) : 0;
    if (gap && !tally(&e->gaps, gap)) e->failed = true;
    e->last = t;
    if (looks_at_days(e, c)) {
        e->looked++;
        lc_stamp local = lc_add_clamped(t, offset_minutes * LC_MICROS_PER_MINUTE);
        lc_civil civil = lc_civil_of(local), before = e->last_civil;
        look_at(e, &civil, lc_floor_mod(local, LC_MICROS_PER_DAY));
        if (e->begun && gap) {
            if (before.weekday == 4 && civil.weekday == 0 && gap <= 4 * LC_MICROS_PER_DAY) e->across_weekend = true;
            int64_t months = ((int64_t)civil.year - before.year) * 12 + civil.month - before.month;
            if (e->firm_day >= 0 && !tally(&e->months, months)) e->failed = true;
        }
        e->last_civil = civil;
    }
    e->begun = true;
}

static bool is_monthly(const lc_freq_evidence *e)
{
    return e->one_time_of_day && e->firm_day >= 0 && (e->firm_day == 0 || e->last_day <= e->firm_day);
}

bool lc_freq_evidence_conclude(lc_freq_evidence *e, lc_freq *f, const lc_clock *c)
{
    static const struct {
        lc_freq_unit unit;
        int64_t length;
    } fixed[] = {{LC_FREQ_WEEK, 7 * LC_MICROS_PER_DAY},
                 {LC_FREQ_DAY, LC_MICROS_PER_DAY},
                 {LC_FREQ_HOUR, LC_MICROS_PER_HOUR},
                 {LC_FREQ_MINUTE, LC_MICROS_PER_MINUTE},
                 {LC_FREQ_SECOND, LC_MICROS_PER_SECOND}};
    if (e->failed) return false;
    int64_t gap = mode(&e->gaps);
    if (gap <= 0) return false;
    *f = (lc_freq){.unit = LC_FREQ_STEP, .multiple = gap, .offset_minutes = c->offset_minutes};
    if (!lc_clock_is_calendar(c)) return true;
    if (gap >= 28 * LC_MICROS_PER_DAY && is_monthly(e)) {
        int64_t months = mode(&e->months);
        int64_t per_unit = months % 12 == 0 ? 12 : months == 3 ? 3 : 1;
        f->unit = per_unit == 12 ? LC_FREQ_YEAR : per_unit == 3 ? LC_FREQ_QUARTER : LC_FREQ_MONTH;
        f->multiple = months / per_unit;
        f->month_end = e->firm_day == 0;
        return months > 0;
    }
    if (gap == LC_MICROS_PER_DAY && e->one_time_of_day && !e->weekend && e->across_weekend) {
        f->unit = LC_FREQ_BUSINESS;
        f->multiple = 1;
        return true;
    }
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (gap % fixed[i].length) continue;
        f->unit = fixed[i].unit;
        f->multiple = gap / fixed[i].length;
        break;
    }
    return true;
}

void lc_freq_evidence_free(lc_freq_evidence *e)
{
    free(e->gaps.run);
    free(e->months.run);
    memset(e, 0, sizeof *e);
}

bool lc_freq_evidence_fits(const lc_freq_evidence *e, const lc_freq *f)
{
    int64_t length = lc_freq_length(f);
    for (size_t i = 0; length && i < e->gaps.n; i++)
        if (e->gaps.run[i].value % length) return false;
    return true;
}

/* The value in the middle of the sorted tally. */
static int64_t middle(const lc_tally *t)
{
    size_t all = 0, sum = 0;
    for (size_t i = 0; i < t->n; i++) all += t->run[i].count;
    for (size_t i = 0; i < t->n; i++)
        if ((sum += t->run[i].count) * 2 >= all) return t->run[i].value;
    return 0;
}

bool lc_freq_evidence_nominal(const lc_freq_evidence *e, lc_freq *f, const lc_clock *c)
{
    static const struct {
        lc_freq_unit unit;
        int64_t length;
        int multiple[10];
    } usual[] = {{LC_FREQ_SECOND, LC_MICROS_PER_SECOND, {1, 2, 5, 10, 15, 20, 30}},
                 {LC_FREQ_MINUTE, LC_MICROS_PER_MINUTE, {1, 2, 3, 4, 5, 6, 10, 15, 20, 30}},
                 {LC_FREQ_HOUR, LC_MICROS_PER_HOUR, {1, 2, 3, 4, 6, 8, 12}},
                 {LC_FREQ_DAY, LC_MICROS_PER_DAY, {1}},
                 {LC_FREQ_WEEK, 7 * LC_MICROS_PER_DAY, {1}}};
    int64_t gap = middle(&e->gaps), nearest = INT64_MAX;
    const int64_t day = LC_MICROS_PER_DAY;
    if (!lc_clock_is_calendar(c) || gap <= 0) return false;
    *f = (lc_freq){.multiple = 1, .offset_minutes = c->offset_minutes};
    f->unit = gap >= 27 * day && gap <= 32 * day     ? LC_FREQ_MONTH
              : gap >= 87 * day && gap <= 95 * day   ? LC_FREQ_QUARTER
              : gap >= 360 * day && gap <= 371 * day ? LC_FREQ_YEAR
                                                     : LC_FREQ_STEP;
    if (f->unit != LC_FREQ_STEP) return true;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        for (size_t k = 0; k < 10 && usual[i].multiple[k]; k++) {
            int64_t step = usual[i].length * usual[i].multiple[k], away = gap > step ? gap - step : step - gap;
            if (away >= nearest || away > step / 10) continue;
            nearest = away;
            f->unit = usual[i].unit;
            f->multiple = usual[i].multiple[k];
        }
    return f->unit != LC_FREQ_STEP;
}

bool lc_freq_infer(lc_freq *f, const lc_stamp *stamps, size_t n, const lc_clock *c)
{
    lc_freq_evidence e = {0};
    for (size_t i = 0; i < n; i++) lc_freq_evidence_stamp(&e, stamps[i], c->offset_minutes, c);
    bool ok = lc_freq_evidence_conclude(&e, f, c);
    lc_freq_evidence_free(&e);
    return ok;
}
