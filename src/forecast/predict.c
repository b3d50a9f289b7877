#include "forecast/predict.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/order.h"
#include "forecast/statistical.h"
#include "model/feed.h"
#include "nn/quantile.h"

enum { ROUND = 4096 }; /* windows at a time: bounds the memory of their outputs */

lc_code lc_bands_create(lc_bands *b, size_t n, size_t horizon, lc_status *st)
{
    size_t steps;
    *b = (lc_bands){0};
    if (lc_mul(n, horizon, &steps)) {
        b->point = lc_calloc(steps, sizeof *b->point);
        b->below = lc_calloc(steps, sizeof *b->below);
        b->above = lc_calloc(steps, sizeof *b->above);
    }
    if (b->point && b->below && b->above) return LC_OK;
    lc_bands_free(b);
    return lc_fail_memory(st);
}

void lc_bands_free(lc_bands *b)
{
    lc_free(b->point);
    lc_free(b->below);
    lc_free(b->above);
    *b = (lc_bands){0};
}

lc_bands lc_bands_from(const lc_bands *b, size_t i, size_t horizon)
{
    return (lc_bands){b->point + i * horizon, b->below + i * horizon, b->above + i * horizon};
}

lc_code lc_predict_windows(lc_windows *out, const lc_model *m, const lc_panel *p, const lc_scales *scales,
                           const lc_span *span, size_t stride, lc_status *st)
{
    bool per_window = strcmp(m->settings->norm, "window") == 0;
    return lc_windows_create(out, p, scales, m->settings->lookback, m->settings->horizon, per_window, span, stride, st);
}

/* ---- what the networks say ---- */

/* The windows of a round: outputs of the networks, summed, and how they were scaled. */
typedef struct work {
    const lc_feed *feed;
    size_t begin;
    double *center, *spread; /* (rows, horizon) */
} work;

static void gather(void *user, size_t first, const lc_rows *rows)
{
    const work *r = user;
    const size_t horizon = r->feed->windows->horizon;
    for (size_t i = 0; i < rows->n; i++) {
        size_t series, origin, at = (first + i) * horizon;
        lc_windows_at(r->feed->windows, r->begin + first + i, &series, &origin);
        lc_feed_fill(r->feed, series, origin, rows, i, r->center + at, r->spread + at);
    }
}

static lc_code not_finite(const lc_windows *w, size_t window, lc_status *st)
{
    size_t series, origin;
    lc_windows_at(w, window, &series, &origin);
    lc_fail(st, LC_E_NUMERIC, "the forecast of \"%.80s\" is not finite", w->panel->series[series].id);
    lc_hint(st, "look for extreme values in the series, or fit the model anew");
    return LC_E_NUMERIC;
}

/* One step of a window from the mean output of the networks: y, and for quantiles their differences from it at
 * y[horizon], y[2 horizon] .... Sorted, the middle one is the forecast. */
static void step_of(const double *y, size_t horizon, bool quantiles, double center, double spread, lc_scale scale,
                    double *point, double *below, double *above)
{
    double q[1 + LC_QUANTILES];
    if (!quantiles) {
        *point = lc_scale_restore(scale, center + spread * y[0]);
        *below = *above = spread;
        if (!scale.log) return;
        *below = *point - lc_scale_restore(scale, center + spread * (y[0] - 1));
        *above = lc_scale_restore(scale, center + spread * (y[0] + 1)) - *point;
        return;
    }
    q[0] = y[0];
    for (size_t k = 1; k <= LC_QUANTILES; k++) q[k] = y[0] + y[k * horizon];
    lc_sort_few(q, 1 + LC_QUANTILES);
    for (size_t k = 0; k <= LC_QUANTILES; k++) q[k] = lc_scale_restore(scale, center + spread * q[k]);
    *point = q[LC_QUANTILES / 2];
    *below = *point - q[0];
    *above = q[LC_QUANTILES] - *point;
}

/* Distances that are units may not vanish. */
static void floor_bands(double *below, double *above, double point)
{
    const double least = fmax(1e-3 * (*below + *above), fmax(1e-12 * fabs(point), DBL_MIN));
    *below = fmin(fmax(*below, least), DBL_MAX);
    *above = fmin(fmax(*above, least), DBL_MAX);
}

static lc_code unscale(const lc_model *m, const work *r, size_t n, const double *y, lc_bands *out, lc_status *st)
{
    const lc_windows *w = r->feed->windows;
    const size_t horizon = w->horizon, width = lc_network_width(m->net);
    for (size_t i = 0; i < n; i++) {
        size_t series, origin;
        lc_windows_at(w, r->begin + i, &series, &origin);
        for (size_t h = 0; h < horizon; h++) {
            const size_t at = i * horizon + h;
            if (!isfinite(y[i * width + h])) return not_finite(w, r->begin + i, st);
            step_of(y + i * width + h, horizon, m->net->spec.quantiles, r->center[at], r->spread[at],
                    w->scales->series[series], &out->point[at], &out->below[at], &out->above[at]);
            if (!isfinite(out->point[at]) || !isfinite(out->below[at]) || !isfinite(out->above[at]))
                return not_finite(w, r->begin + i, st);
            floor_bands(&out->below[at], &out->above[at], out->point[at]);
        }
    }
    return LC_OK;
}

static lc_code networks(const lc_model *m, const lc_windows *windows, size_t first, size_t n, size_t threads,
                        lc_bands *out, lc_status *st)
{
    const size_t rows = n < ROUND ? n : ROUND, width = lc_network_width(m->net), members = m->settings->members;
    lc_infer *infer = NULL;
    lc_feed feed = {0};
    work r = {.feed = &feed};
    float *one = lc_calloc(rows * width, sizeof *one);
    double *sum = lc_calloc(rows * width, sizeof *sum);
    r.center = lc_calloc(rows * windows->horizon, sizeof *r.center);
    r.spread = lc_calloc(rows * windows->horizon, sizeof *r.spread);
    lc_code code = one && sum && r.center && r.spread ? LC_OK : lc_fail_memory(st);
    if (code == LC_OK) code = lc_feed_create(&feed, windows, first, n, m->settings, st);
    if (code == LC_OK) code = lc_infer_create(&infer, m->net, rows, threads, st);
    for (size_t at = 0; code == LC_OK && at < n; at += rows) {
        const size_t some = n - at < rows ? n - at : rows;
        r.begin = first + at;
        memset(sum, 0, some * width * sizeof *sum);
        for (size_t k = 0; k < members; k++) {
            lc_infer_predict(infer, lc_model_weights(m, k), some, gather, &r, one);
            for (size_t i = 0; i < some * width; i++) sum[i] += (double)one[i] / (double)members;
        }
        lc_bands part = lc_bands_from(out, at, windows->horizon);
        code = unscale(m, &r, some, sum, &part, st);
    }
    lc_infer_free(infer);
    lc_feed_free(&feed);
    lc_free(r.center);
    lc_free(r.spread);
    lc_free(one);
    lc_free(sum);
    return code;
}

/* ---- the whole ---- */

static void keep_within(const lc_settings *s, double *point)
{
    if (*point < s->least) *point = s->least;
    if (*point > s->most) *point = s->most;
}

lc_code lc_predict(const lc_model *m, const lc_windows *windows, size_t first, size_t n, size_t threads, lc_bands *out,
                   lc_status *st)
{
    const lc_settings *s = m->settings;
    const bool networked = lc_model_networked(m);
    lc_code code = networked ? networks(m, windows, first, n, threads, out, st) : LC_OK;
    if (code == LC_OK && (!networked || s->blend > 0))
        code = lc_statistical_blend(m, windows, first, n, threads, networked ? s->blend : 1, out, st);
    for (size_t i = 0; code == LC_OK && i < n * windows->horizon; i++) {
        keep_within(s, &out->point[i]);
        floor_bands(&out->below[i], &out->above[i], out->point[i]);
    }
    return code;
}
