#include "data/features.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "data/calendar.h"

typedef enum cycle { CYCLE_DAY, CYCLE_WEEK, CYCLE_YEAR, CYCLES } cycle;

static const char *const names[CYCLES][2] = {
    {"hour sin", "hour cos"}, {"weekday sin", "weekday cos"}, {"month sin", "month cos"}};

static bool is_meaningful(const lc_freq *f, cycle c)
{
    int64_t length = lc_freq_length(f);
    bool below_a_day = length && length < LC_MICROS_PER_DAY, days = f->unit == LC_FREQ_BUSINESS && f->multiple == 1;
    switch (c) {
    case CYCLE_DAY: return below_a_day;
    case CYCLE_WEEK: return below_a_day || days || length == LC_MICROS_PER_DAY;
    default: return f->unit != LC_FREQ_YEAR && (f->unit != LC_FREQ_QUARTER || f->multiple < 4);
    }
}

/* Where in the cycle the local time lies, from 0 to 1. */
static double phase(cycle c, lc_stamp local)
{
    lc_civil t = lc_civil_of(local);
    double day = (double)lc_floor_mod(local, LC_MICROS_PER_DAY) / (double)LC_MICROS_PER_DAY;
    switch (c) {
    case CYCLE_DAY: return day;
    case CYCLE_WEEK: return (t.weekday + day) / 7;
    default: return (t.month - 1 + (t.day - 1 + day) / lc_month_days(t.year, t.month)) / 12;
    }
}

static double angle_of(const lc_panel *p, const lc_frame *f, cycle c, size_t step)
{
    const double turn = 6.283185307179586;
    const int offset = f->offset ? f->offset[step < f->length ? step : f->length - 1] : p->clock.offset_minutes;
    return turn * phase(c, lc_add_clamped(lc_panel_stamp(p, f, step), offset * LC_MICROS_PER_MINUTE));
}

double lc_feature_at(const lc_panel *p, const lc_frame *f, size_t i, size_t step)
{
    size_t left = i / 2;
    int c = CYCLE_DAY;
    while (c < CYCLES - 1 && (!is_meaningful(&p->freq, (cycle)c) || left-- > 0)) c++;
    const double angle = angle_of(p, f, (cycle)c, step);
    return i % 2 ? cos(angle) : sin(angle);
}

static bool add_to_frame(const lc_panel *p, lc_frame *f, const cycle *list, size_t n)
{
    const size_t all = p->n_past + 2 * n;
    lc_numbers *past = calloc(all, sizeof *past);
    uint32_t **gap = calloc(all, sizeof *gap);
    bool *borrowed = calloc(all, sizeof *borrowed), ok = past && gap && borrowed;
    for (size_t i = 0; ok && i < p->n_past; i++) {
        past[i] = f->past[i];
        gap[i] = f->past_gap[i];
        borrowed[i] = f->past_borrowed[i];
    }
    for (size_t i = p->n_past; ok && i < all; i++) ok = lc_numbers_create(&past[i], f->steps, false);
    for (size_t k = 0; ok && k < f->steps; k++) {
        for (size_t i = 0; i < n; i++) {
            double angle = angle_of(p, f, list[i], k);
            past[p->n_past + 2 * i].f[k] = (float)sin(angle);
            past[p->n_past + 2 * i + 1].f[k] = (float)cos(angle);
        }
    }
    if (!ok) {
        for (size_t i = p->n_past; past && i < all; i++) lc_numbers_free(&past[i]);
        free(past);
        free(gap);
        free(borrowed);
        return false;
    }
    free(f->past);
    free(f->past_gap);
    free(f->past_borrowed);
    f->past = past;
    f->past_gap = gap;
    f->past_borrowed = borrowed;
    return true;
}

static bool add_names(lc_panel *p, const cycle *list, size_t n)
{
    size_t cap = p->n_past;
    if (!LC_GROW(&p->past, &cap, p->n_past + 2 * n)) return false;
    for (size_t i = 0; i < 2 * n; i++)
        if (!(p->past[p->n_past + i] = lc_strdup(names[list[i / 2]][i % 2]))) {
            while (i--) free(p->past[p->n_past + i]);
            return false;
        }
    return true;
}

lc_code lc_features_add(lc_panel *p, lc_status *st)
{
    cycle list[CYCLES];
    size_t n = 0;
    for (int c = CYCLE_DAY; c < CYCLES; c++)
        if (is_meaningful(&p->freq, (cycle)c)) list[n++] = (cycle)c;
    if (!lc_clock_is_calendar(&p->clock) || !n) {
        lc_fail_at(st, LC_E_USAGE, p->source, 0, 0, "--calendar needs time stamps with steps of less than a year");
        lc_hint(st, "leave it out, or name the column of stamps with --time");
        return LC_E_USAGE;
    }
    /* Names first: when memory fails halfway, every frame still has what the panel counts. */
    if (!add_names(p, list, n)) return lc_fail_memory(st);
    size_t before = p->n_past;
    for (size_t i = 0; i < p->n_frames; i++) {
        if (add_to_frame(p, &p->frames[i], list, n)) continue;
        for (size_t k = 0; k < i; k++)
            for (size_t c = before; c < before + 2 * n; c++) lc_numbers_free(&p->frames[k].past[c]);
        for (size_t c = 0; c < 2 * n; c++) free(p->past[before + c]);
        return lc_fail_memory(st);
    }
    p->n_past += 2 * n;
    p->n_features = 2 * n;
    return LC_OK;
}
