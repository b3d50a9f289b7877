#include "forecast/forecast.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "forecast/predict.h"
#include "forecast/recent.h"

enum { COLUMN_ID, COLUMN_DS, COLUMN_FORECAST, COLUMN_BANDS };
enum { DIGITS = 9 }; /* the network computes in single precision */

static lc_code make_table(lc_result **out, const lc_levels *levels, lc_status *st)
{
    char name[48];
    *out = lc_result_create();
    if (!*out) return lc_fail_memory(st);
    lc_code code = lc_result_add_column(*out, "unique_id", LC_COLUMN_TEXT, 0, st);
    if (code == LC_OK) code = lc_result_add_column(*out, "ds", LC_COLUMN_TEXT, 0, st);
    if (code == LC_OK) code = lc_result_add_column(*out, "forecast", LC_COLUMN_REAL, DIGITS, st);
    for (size_t i = 0; code == LC_OK && i < 2 * levels->n; i++)
        code = lc_result_add_column(*out, lc_level_name(name, "forecast", i % 2 ? "hi" : "lo", levels->percent[i / 2]),
                                    LC_COLUMN_REAL, DIGITS, st);
    return code;
}

/* The forecast of a window, row by row. half (n_series, levels, horizon). */
static lc_code add_window(lc_result *r, const lc_model *m, const lc_windows *w, const lc_levels *levels,
                          const lc_bands *bands, const double *half, size_t window, lc_status *st)
{
    const size_t horizon = m->settings->horizon;
    size_t series, origin;
    lc_windows_at(w, window, &series, &origin);
    const lc_panel *p = w->panel;
    const lc_series *s = &p->series[series];
    for (size_t h = 0; h < horizon; h++) {
        char ds[LC_STAMP_TEXT];
        lc_panel_stamp_text(p, &p->frames[s->frame], origin + h, ds);
        lc_code code = lc_result_add_row(r, st);
        if (code == LC_OK) code = lc_result_set_text(r, COLUMN_ID, s->id, st);
        if (code == LC_OK) code = lc_result_set_text(r, COLUMN_DS, ds, st);
        if (code != LC_OK) return code;
        const size_t at = window * horizon + h;
        lc_result_set_real(r, COLUMN_FORECAST, bands->point[at]);
        for (size_t l = 0; l < levels->n; l++) {
            double lo, hi;
            lc_interval_around(m->settings, bands, at, half[(series * levels->n + l) * horizon + h], &lo, &hi);
            lc_result_set_real(r, COLUMN_BANDS + 2 * l, lo);
            lc_result_set_real(r, COLUMN_BANDS + 2 * l + 1, hi);
        }
    }
    return LC_OK;
}

lc_code lc_forecast_ready(const lc_panel *p, size_t horizon, lc_status *st)
{
    for (size_t i = 0; p->n_future && i < p->n_series; i++) {
        const lc_frame *f = &p->frames[p->series[i].frame];
        const size_t ahead = f->known > f->steps ? f->known - f->steps : 0;
        char shown[80];
        if (ahead >= horizon) continue;
        lc_fail_at(st, LC_E_DATA, p->source, 0, 0,
                   "series \"%s\": --future is known for %zu row%s after the last target, horizon %zu needs %zu",
                   lc_printable(shown, sizeof shown, p->series[i].id, strlen(p->series[i].id)), ahead,
                   ahead == 1 ? "" : "s", horizon, horizon);
        lc_hint(st, "add rows with those columns and no target to the file, or give them with --future-file%s",
                ahead ? "; or take a smaller --horizon" : "");
        return LC_E_DATA;
    }
    return LC_OK;
}

/* As lc_recent_half_widths, at the origins of the spans. */
static lc_code find_half_widths(double **half, const lc_model *m, const lc_panel *p, const lc_levels *levels,
                                const lc_scales *scales, const lc_span *span, double adapt, size_t threads,
                                lc_status *st)
{
    size_t each, all;
    size_t *origin = lc_calloc(p->n_series, sizeof *origin);
    for (size_t i = 0; origin && i < p->n_series; i++) origin[i] = span[i].begin;
    if (lc_mul(levels->n, m->settings->horizon, &each) && lc_mul(each, p->n_series, &all))
        *half = lc_calloc(all, sizeof **half);
    const lc_code code = origin && *half ? lc_recent_half_widths(*half, levels->percent, levels->n, m, p, scales,
                                                                 origin, adapt, threads, st)
                                         : lc_fail_memory(st);
    lc_free(origin);
    return code;
}

/* Forecasts from one origin of each series, that of its span; a span without one leaves the series out. */
static lc_code forecast_spans(lc_result **out, const lc_model *m, const lc_panel *p, const lc_levels *levels,
                              const lc_span *span, double adapt, size_t threads, size_t *unknown, lc_status *st)
{
    lc_scales scales = {0};
    lc_windows w = {0};
    lc_bands b = {0};
    lc_result *r = NULL;
    double *half = NULL;
    lc_code code = lc_model_scales(m, p, NULL, &scales, unknown, st);
    if (code == LC_OK) code = lc_predict_windows(&w, m, p, &scales, span, 1, st);
    if (code != LC_OK) goto done;
    code = lc_bands_create(&b, w.n, m->settings->horizon, st);
    if (code == LC_OK) code = lc_predict(m, &w, 0, w.n, threads, &b, st);
    if (code == LC_OK) code = make_table(&r, levels, st);
    if (code == LC_OK) code = find_half_widths(&half, m, p, levels, &scales, span, adapt, threads, st);
    for (size_t i = 0; code == LC_OK && i < w.n; i++) code = add_window(r, m, &w, levels, &b, half, i, st);
done:
    lc_free(half);
    lc_bands_free(&b);
    lc_windows_free(&w);
    lc_scales_free(&scales);
    if (code == LC_OK) *out = r;
    else lc_result_free(r);
    return code;
}

lc_code lc_forecast_table(lc_result **out, const lc_model *m, const lc_panel *p, const lc_levels *levels, double adapt,
                          size_t threads, size_t *unknown, lc_status *st)
{
    lc_span *span = lc_calloc(p->n_series, sizeof *span);
    if (!span) return lc_fail_memory(st);
    for (size_t i = 0; i < p->n_series; i++) {
        const size_t end = p->series[i].steps;
        span[i] = (lc_span){end, end + 1, end};
    }
    lc_code code = lc_forecast_ready(p, m->settings->horizon, st);
    if (code == LC_OK) code = forecast_spans(out, m, p, levels, span, adapt, threads, unknown, st);
    lc_free(span);
    return code;
}

lc_code lc_forecast_past_table(lc_result **out, const lc_model *m, const lc_panel *p, const lc_levels *levels,
                               double adapt, size_t threads, lc_status *st)
{
    const size_t horizon = m->settings->horizon, least = m->settings->lookback + horizon;
    size_t unknown = 0, able = 0;
    const bool learned = lc_model_networked(m) && strcmp(m->settings->final_fit, "on") == 0;
    lc_span *span = lc_calloc(p->n_series, sizeof *span);
    lc_stamp *known = lc_calloc(p->n_series, sizeof *known);
    lc_code code = span && known ? lc_model_known(m, p, known, st) : lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < p->n_series; i++) {
        const size_t steps = p->series[i].steps;
        if (steps < least || steps < 2 * horizon) continue;
        if (learned && lc_panel_stamp(p, &p->frames[p->series[i].frame], steps - horizon) <= known[i]) continue;
        span[i] = (lc_span){steps - horizon, steps - horizon + 1, steps};
        able++;
    }
    if (code == LC_OK && able) code = forecast_spans(out, m, p, levels, span, adapt, threads, &unknown, st);
    lc_free(span);
    lc_free(known);
    return code;
}
