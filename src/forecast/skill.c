#include "forecast/skill.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "baseline/baseline.h"

/* A window counts when something is known before it and one of its steps was observed. */
static bool counts(const lc_windows *w, size_t series, size_t origin)
{
    const lc_series *s = &w->panel->series[series];
    size_t limit = w->span[series].limit < s->steps ? w->span[series].limit : s->steps;
    if (!lc_known_rows(s->gap, origin)) return false;
    for (size_t row = origin; row < limit && row - origin < w->horizon; row++)
        if (lc_is_observed(s, row)) return true;
    return false;
}

/* Sum of |truth - forecast| over the observed steps of a window, in `unit`. */
static double window_error(const lc_windows *w, size_t series, size_t origin, double unit, const double *forecast)
{
    const lc_series *s = &w->panel->series[series];
    double sum = 0;
    for (size_t h = 0; h < w->horizon; h++) {
        size_t row = origin + h;
        if (row >= s->steps || row >= w->span[series].limit || !lc_is_observed(s, row)) continue;
        sum += fabs(lc_value(s, row) - forecast[h]);
    }
    return sum / unit;
}

/* The sd of a series over what the windows may see: units of series of different size. */
static double unit_of(const lc_windows *w, size_t series)
{
    const lc_series *s = &w->panel->series[series];
    const size_t limit = w->span[series].limit < s->steps ? w->span[series].limit : s->steps;
    return lc_scale_fit(s->y, s->mask, limit).sd;
}

double lc_skill_error(const lc_windows *w, const double *point)
{
    double sum = 0, unit = 1;
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < w->n; i++) {
        size_t series, origin;
        lc_windows_at(w, i, &series, &origin);
        if (series != last) unit = unit_of(w, last = series);
        if (counts(w, series, origin)) sum += window_error(w, series, origin, unit, point + i * w->horizon);
    }
    return sum;
}

/* Neither baseline looks further back than a season. */
lc_code lc_skill_baseline(double *sum, const lc_windows *w, const lc_baseline *b, size_t season, double *forecast,
                          lc_status *st)
{
    const size_t least = season > 1 ? season : 1;
    double *tail = lc_calloc(least, sizeof *tail);
    lc_code code = tail ? LC_OK : lc_fail_memory(st);
    double unit = 1;
    size_t last = SIZE_MAX;
    *sum = 0;
    for (size_t i = 0; code == LC_OK && i < w->n; i++) {
        size_t series, origin;
        lc_windows_at(w, i, &series, &origin);
        const lc_series *s = &w->panel->series[series];
        if (!counts(w, series, origin)) continue;
        const size_t known = lc_known_rows(s->gap, origin), n = known < least ? known : least;
        lc_numbers_copy(tail, s->y, known - n, n);
        code = lc_baseline_from(b, forecast, w->horizon, tail, n, origin - (known - n), season, st);
        if (series != last) unit = unit_of(w, last = series);
        if (code == LC_OK) *sum += window_error(w, series, origin, unit, forecast);
    }
    lc_free(tail);
    return code;
}

/* Against a forecast without any error everything but perfection is infinitely worse. */
static double relative(double mine, double theirs)
{
    if (theirs > 0) return mine / theirs;
    return mine > 0 ? INFINITY : NAN;
}

lc_code lc_skill_measure(lc_model *m, const lc_windows *w, const double *point, lc_status *st)
{
    double mine = lc_skill_error(w, point), naive, seasonal;
    double *forecast = lc_calloc(w->horizon, sizeof *forecast);
    if (!forecast) return lc_fail_memory(st);
    lc_code code = lc_skill_baseline(&naive, w, lc_baseline_find("naive"), 1, forecast, st);
    if (code == LC_OK) {
        m->training.against_naive = relative(mine, naive);
        code = lc_skill_baseline(&seasonal, w, lc_baseline_find("seasonal-naive"), m->settings->season, forecast, st);
    }
    if (code == LC_OK && m->settings->season > 1) m->training.against_seasonal_naive = relative(mine, seasonal);
    lc_free(forecast);
    return code;
}
