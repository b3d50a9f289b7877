#include "forecast/predict.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "model/infer.h"

lc_code lc_predict_windows(lc_windows *out, const lc_model *m, const lc_panel *p, const lc_scales *scales,
                           const lc_span *span, size_t stride, lc_status *st)
{
    bool per_window = strcmp(m->settings->norm, "window") == 0;
    return lc_windows_create(out, p, scales, m->settings->lookback, m->settings->horizon, per_window, span, stride, st);
}

typedef struct work {
    const lc_windows *windows;
    size_t begin;
    lc_window_scale *scale; /* (rows of this round) */
} work;

static void gather(void *user, size_t first, size_t n, float *x, size_t row_stride, size_t step_stride, float *target)
{
    const work *w = user;
    (void)target;
    for (size_t i = 0; i < n; i++) {
        size_t series, origin;
        lc_windows_at(w->windows, w->begin + first + i, &series, &origin);
        w->scale[first + i] = lc_windows_fill(w->windows, series, origin, x + i * row_stride, step_stride, NULL);
    }
}

/* Window first + i of n, whose scaled outputs are y, in the data's units. */
static lc_code unscale(const lc_windows *windows, size_t first, size_t n, const float *y, const lc_window_scale *scale,
                       double *point, double *spread, lc_status *st)
{
    size_t horizon = windows->horizon;
    for (size_t i = 0; i < n; i++) {
        if (spread) spread[i] = scale[i].spread;
        for (size_t h = 0; h < horizon; h++) {
            double value = scale[i].center + scale[i].spread * (double)y[i * horizon + h];
            if (!isfinite(value)) {
                size_t series, origin;
                lc_windows_at(windows, first + i, &series, &origin);
                lc_fail(st, LC_E_NUMERIC, "the forecast of \"%.80s\" is not finite", windows->panel->series[series].id);
                lc_hint(st, "look for extreme values in the series, or fit the model anew");
                return LC_E_NUMERIC;
            }
            point[i * horizon + h] = value;
        }
    }
    return LC_OK;
}

lc_code lc_predict_some(const lc_model *m, const lc_windows *windows, size_t first, size_t n, size_t threads,
                        double *point, double *spread, lc_status *st)
{
    enum { ROUND = 4096 }; /* windows at a time: bounds the memory of their outputs as floats */
    size_t round = n < ROUND ? n : ROUND;
    lc_infer *infer = NULL;
    float *y = lc_calloc(round * windows->horizon, sizeof *y);
    lc_window_scale *scale = lc_calloc(round, sizeof *scale);
    lc_code code = y && scale ? lc_infer_create(&infer, m->net, round, threads, st) : lc_fail_memory(st);
    for (size_t at = 0; code == LC_OK && at < n; at += round) {
        size_t rows = n - at < round ? n - at : round;
        work w = {windows, first + at, scale};
        lc_infer_predict(infer, m->w, rows, gather, &w, y);
        code = unscale(windows, first + at, rows, y, scale, point + at * windows->horizon, spread ? spread + at : NULL,
                       st);
    }
    lc_infer_free(infer);
    lc_free(scale);
    lc_free(y);
    return code;
}

lc_code lc_predict(const lc_model *m, const lc_windows *windows, size_t threads, double *point, double *spread,
                   lc_status *st)
{
    return lc_predict_some(m, windows, 0, windows->n, threads, point, spread, st);
}
