#include "forecast/scores.h"

#include "base/memory.h"

lc_code lc_scores_create(lc_scores *s, size_t n_series, size_t levels, size_t rivals, size_t horizon, bool by_step,
                         lc_status *st)
{
    *s = (lc_scores){n_series, levels, rivals, horizon, NULL, NULL, NULL, NULL};
    size_t cells, steps, windows;
    if (lc_mul(n_series, levels + rivals, &cells) && lc_mul(cells, horizon, &steps) &&
        lc_mul(n_series, 1 + rivals, &windows)) {
        s->windows = lc_calloc(windows, sizeof *s->windows);
        s->total = lc_calloc(cells, sizeof *s->total);
        s->step = by_step ? lc_calloc(steps, sizeof *s->step) : NULL;
        s->scale = lc_calloc(n_series, sizeof *s->scale);
    }
    if (s->windows && s->total && s->scale && (s->step || !by_step)) return LC_OK;
    lc_scores_free(s);
    return lc_fail_memory(st);
}

void lc_scores_free(lc_scores *s)
{
    lc_free(s->windows);
    lc_free(s->total);
    lc_free(s->step);
    lc_free(s->scale);
    *s = (lc_scores){0};
}

static void add_cell(lc_scores *s, size_t series, size_t cell, const double *truth, const double *point,
                     const double *lo, const double *hi)
{
    const size_t at = series * (s->levels + s->rivals) + cell;
    lc_metrics_add(&s->total[at], s->horizon, truth, point, lo, hi, s->scale[series]);
    for (size_t h = 0; s->step && h < s->horizon; h++)
        lc_metrics_add(&s->step[at * s->horizon + h], 1, truth + h, point + h, lo ? lo + h : NULL, hi ? hi + h : NULL,
                       s->scale[series]);
}

void lc_scores_add_model(lc_scores *s, size_t series, const double *truth, const double *point, const double *band,
                         const double *quantile)
{
    const size_t at = series * (s->levels + s->rivals);
    for (size_t l = 0; l < s->levels; l++) {
        const double *lo = band + 2 * l * s->horizon;
        add_cell(s, series, l, truth, point, lo, lo + s->horizon);
    }
    lc_metrics_add_quantiles(&s->total[at], s->horizon, truth, quantile, s->horizon);
    for (size_t h = 0; s->step && h < s->horizon; h++)
        lc_metrics_add_quantiles(&s->step[at * s->horizon + h], 1, truth + h, quantile + h, s->horizon);
    s->windows[series * (1 + s->rivals)]++;
}

void lc_scores_add_rival(lc_scores *s, size_t series, size_t rival, const double *truth, const double *forecast)
{
    add_cell(s, series, s->levels + rival, truth, forecast, NULL, NULL);
    s->windows[series * (1 + s->rivals) + 1 + rival]++;
}
