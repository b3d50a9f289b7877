/* A column as it was known at an origin. For windows and segments only. */
#ifndef LC_DATA_WINDOW_VIEW_H
#define LC_DATA_WINDOW_VIEW_H

#include "data/window.h"

/* Added to the variance of a window, in units of the series' scaler. */
#define LC_LEAST_VARIANCE 1e-5

/* The line through a gap that reaches the origin leads to a value of the future: instead the last known value is held,
 * and before any the scaler's mean. Rows before the first repeat it. */
typedef struct lc_view {
    lc_numbers y;
    size_t origin, lookback, known;
    double held;
    lc_scale scale;
} lc_view;

lc_view lc_view_of(lc_numbers y, const uint32_t *gap, lc_scale scale, size_t origin, size_t lookback);

/* Scale of the column over the window. */
lc_window_scale lc_view_scale(const lc_view *v, bool per_window);

/* Scaled input steps from..from+n-1 of the window to x[i * stride]. */
void lc_view_fill(const lc_view *v, lc_window_scale scale, size_t from, size_t n, float *x, size_t stride);

/* x within -limit..limit. */
double lc_within(double x, double limit);

/* (y - center) / spread; by halves, because the difference of two finite numbers can overflow. */
double lc_scaled(double y, double center, double spread);

/* A window can hold values far outside what the scaler has seen; float has to hold them. */
float lc_bounded(double u);

#endif
