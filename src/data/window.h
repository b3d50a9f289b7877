/* Windows of a panel as index views: a window is a series and an origin, the row of its first target. The
 * inputs are the lookback rows before the origin, the targets the horizon rows from it on. Nothing is
 * copied until a window is filled into a minibatch. */
#ifndef LC_DATA_WINDOW_H
#define LC_DATA_WINDOW_H

#include "data/panel.h"

/* Scaler of one series, learned from training rows only: z = (y - mean) / sd, with `log` that of log y. */
typedef struct lc_scale {
    double mean, sd;
    bool log;
} lc_scale;

/* What is scaled: y, or its logarithm, where the least positive double stands for what has none. */
double lc_scale_transform(lc_scale s, double y);
/* And back, finite. */
double lc_scale_restore(lc_scale s, double transformed);

/* How series are scaled. */
typedef enum lc_scaling {
    LC_SCALE_SD,    /* mean and standard deviation */
    LC_SCALE_LEVEL, /* mean, and the mean size as the unit */
    LC_SCALE_LOG    /* mean of the logarithms, unit 1 */
} lc_scaling;

/* Mean and standard deviation of the observed ones among n finite values (mask NULL: all). Always defined: sd of a
 * constant is its size, 1 for zeros; without any value mean is 0 and sd 1. */
lc_scale lc_scale_fit(lc_numbers y, const uint8_t *mask, size_t n);

/* Scalers of what the windows read: one per series, and per frame and covariate. */
typedef struct lc_scales {
    lc_scale *series; /* (n_series) */
    lc_scale *past;   /* (n_frames, n_past) */
} lc_scales;
/* Learns from the first train[series] rows of each series (NULL: all rows); covariates have mean and sd. */
lc_code lc_scales_fit(lc_scales *out, const lc_panel *p, const size_t *train, lc_scaling how, lc_status *st);
void lc_scales_free(lc_scales *s);

/* Origins begin..end-1 of a series; targets from row `limit` on do not count as observed. */
typedef struct lc_span {
    size_t begin, end, limit;
} lc_span;

typedef struct lc_windows {
    const lc_panel *panel;
    const lc_scales *scales;
    size_t lookback, horizon;
    bool per_window; /* window norm: mean and sd of the window's own inputs, on top of the scaler */
    size_t n;
    size_t stride;
    lc_span *span; /* (n_series) */
    size_t *first; /* (n_series + 1) index of each series' first window */
} lc_windows;

/* All origins of the spans (copied), every stride-th one (>= 1). Those whose covariates known ahead end before the
 * horizon does are left out. */
lc_code lc_windows_create(lc_windows *w, const lc_panel *p, const lc_scales *scales, size_t lookback, size_t horizon,
                          bool per_window, const lc_span *span, size_t stride, lc_status *st);
void lc_windows_free(lc_windows *w);
void lc_windows_at(const lc_windows *w, size_t i, size_t *series, size_t *origin);

/* Width of a step: the series' value and the covariates. */
size_t lc_windows_inputs(const lc_windows *w);

/* How a window's values were scaled: the transformed y = center + spread * u. */
typedef struct lc_window_scale {
    double center, spread;
} lc_window_scale;

/* Fills one window. x: step t, input c at x[t * step_stride + c]; rows before the series' first repeat it, and in a
 * gap that reaches the origin the last known value is held, so that nothing from the origin on is seen. Covariates
 * known ahead are seen a horizon ahead: step t has the row that is horizon rows after its own. Static ones are the same
 * at every step.
 * target (horizon), unless NULL: scaled, NaN where not observed. Non-finite scaled values cannot arise from
 * finite data. */
lc_window_scale lc_windows_fill(const lc_windows *w, size_t series, size_t origin, float *x, size_t step_stride,
                                float *target);

#endif
