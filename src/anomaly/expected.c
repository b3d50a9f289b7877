#include "anomaly/expected.h"

#include <math.h>

#include "base/memory.h"
#include "data/window.h"
#include "forecast/predict.h"

enum { FIRST_ROWS = 50 }; /* beside a window, to scale a series that the model does not know */

void lc_expected_free(double **expected, size_t n_series)
{
    for (size_t i = 0; expected && i < n_series; i++) lc_free(expected[i]);
    lc_free(expected);
}

/* Long horizons: a forecast of the next row adapts to an anomaly as soon as it has begun. */
static size_t horizons_of(size_t horizon, size_t out[3])
{
    static const size_t wanted[] = {24, 48, 96};
    size_t n = 0;
    for (size_t i = 0; i < 3; i++)
        if (wanted[i] <= horizon) out[n++] = wanted[i];
    if (!n) out[n++] = horizon;
    return n;
}

/* What window w, whose first step is row `at` of its series, says of rows that lie a horizon ahead. */
static void take(double *expected, size_t steps, size_t at, const double *point, const size_t *ahead, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const size_t row = at + ahead[i] - 1;
        if (row >= steps) continue;
        const double before = isnan(expected[row]) ? 0 : expected[row];
        expected[row] = before + point[ahead[i] - 1];
    }
}

/* How many forecasts a row has: windows begin at row `first`. */
static size_t opinions(size_t row, size_t first, const size_t *ahead, size_t n)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++) found += row + 1 >= first + ahead[i];
    return found;
}

static lc_code expect(double **expected, const lc_model *m, const lc_panel *p, const lc_windows *w, size_t threads,
                      lc_status *st)
{
    enum { ROUND = 4096 }; /* windows at a time */
    const size_t horizon = m->settings->horizon, round = w->n < ROUND ? w->n : ROUND;
    size_t ahead[3];
    const size_t n_ahead = horizons_of(horizon, ahead);
    lc_bands all;
    lc_code code = lc_bands_create(&all, round, horizon, st);
    for (size_t at = 0, series = 0; code == LC_OK && at < w->n; at += round) {
        const size_t n = w->n - at < round ? w->n - at : round;
        code = lc_predict(m, w, at, n, threads, &all, st);
        for (size_t i = 0; code == LC_OK && i < n; i++) {
            while (at + i >= w->first[series + 1]) series++;
            /* Window k of a series looks ahead from its row k: its first step is row k + 1. */
            take(expected[series], p->series[series].steps, at + i - w->first[series] + 1, all.point + i * horizon,
                 ahead, n_ahead);
        }
    }
    lc_bands_free(&all);
    for (size_t i = 0; code == LC_OK && i < p->n_series; i++)
        for (size_t row = 0; row < p->series[i].steps; row++)
            if (!isnan(expected[i][row])) expected[i][row] /= (double)opinions(row, 1, ahead, n_ahead);
    return code;
}

/* Rows that are not known, that follow too few, or that a series is scaled by, have no expectation. */
static void forget(double **expected, const lc_model *m, const lc_panel *p)
{
    for (size_t i = 0; i < p->n_series; i++)
        for (size_t row = 0; row < p->series[i].steps; row++)
            if (row < m->settings->lookback + FIRST_ROWS || !lc_known_rows(p->series[i].gap, row))
                expected[i][row] = NAN;
}

lc_code lc_expected_rows(double ***out, const lc_model *m, const lc_panel *p, size_t threads, lc_status *st)
{
    lc_scales scales = {0};
    lc_windows windows = {0};
    size_t unknown, *rows = lc_calloc(p->n_series, sizeof *rows);
    lc_span *span = lc_calloc(p->n_series, sizeof *span);
    double **expected = lc_calloc(p->n_series, sizeof *expected);
    lc_code code = rows && span && expected ? LC_OK : lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < p->n_series; i++) {
        const size_t steps = p->series[i].steps;
        rows[i] = m->settings->lookback + FIRST_ROWS;
        span[i] = (lc_span){1, steps, steps};
        if (!(expected[i] = lc_calloc(steps, sizeof **expected))) code = lc_fail_memory(st);
        for (size_t k = 0; code == LC_OK && k < steps; k++) expected[i][k] = NAN;
    }
    if (code == LC_OK) code = lc_model_scales(m, p, rows, &scales, &unknown, st);
    if (code == LC_OK) code = lc_predict_windows(&windows, m, p, &scales, span, 1, st);
    if (code == LC_OK) code = expect(expected, m, p, &windows, threads, st);
    if (code == LC_OK) forget(expected, m, p);
    lc_windows_free(&windows);
    lc_scales_free(&scales);
    lc_free(rows);
    lc_free(span);
    if (code == LC_OK) *out = expected;
    else lc_expected_free(expected, p->n_series);
    return code;
}
