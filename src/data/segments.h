/* Windows as the default recipe sees them: a step of the network is a segment of neighbouring rows (Lin et al. 2023),
 * each window is normalized by its own mean and sd (Kim et al. 2022), and where a season is strong, what the network
 * has to learn is only how a window departs from its repetition. */
#ifndef LC_DATA_SEGMENTS_H
#define LC_DATA_SEGMENTS_H

#include "data/window.h"

typedef struct lc_segments {
    const lc_windows *windows; /* lookback is a multiple of width */
    size_t width;              /* rows of a segment */
    size_t season;             /* that is repeated, at most half the lookback; 0: none */
    size_t second;             /* another one, which a window takes where it repeats better; 0: none */
    float **z;                 /* (n_series)(rows) scaled values; NULL for series without one of the windows */
} lc_segments;

/* For the n windows from `first` on. */
lc_code lc_segments_create(lc_segments *g, const lc_windows *w, size_t first, size_t n, size_t width, size_t season,
                           size_t second, lc_status *st);
void lc_segments_free(lc_segments *g);

/* What a network over such windows sees: how many steps, the width of a step, the column from which on it also has a
 * linear branch, and inputs that belong to no step (what is known of the horizon, covariate by covariate). */
typedef struct lc_segment_shape {
    size_t steps, inputs, skip_from, side;
} lc_segment_shape;
lc_segment_shape lc_segments_shape(lc_covariate_counts n, size_t lookback, size_t horizon, size_t width, bool season);

/* Where a window goes; any but x may be NULL. */
typedef struct lc_segment_rows {
    float *x; /* input c of step t: x[t * step_stride + c] */
    size_t step_stride;
    float *side;
    float *target; /* (horizon) in units of the output, NaN where not observed */
    float *weight; /* (horizon) unit of an error there, against the window's sd: the root of what is left of it */
    double *center, *spread; /* (horizon) the transformed value (lc_scale_transform) = center + spread * output */
} lc_segment_rows;

void lc_segments_fill(const lc_segments *g, size_t series, size_t origin, const lc_segment_rows *to);

/* Slope (horizon) of the later values on the last one over all windows, in units of each window, within 0..1.5: about 1
 * for a random walk, 0 for returns. */
lc_code lc_segments_slope(const lc_segments *g, double *slope, lc_status *st);

/* Effects of what is known ahead (covariates and calendar, in the order of the side inputs) on the value of the same
 * step, in units of the output: least squares over at most some thousand windows, all steps of the horizon alike. */
lc_code lc_segments_effects(const lc_segments *g, double *effect, lc_status *st);

#endif
