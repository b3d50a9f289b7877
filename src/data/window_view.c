#include "data/window_view.h"

#include <float.h>
#include <math.h>

/* Row of the series that input step t of the window shows. */
static size_t row_of(const lc_view *v, size_t t)
{
    size_t back = v->lookback - t;
    return v->origin > back ? v->origin - back : 0;
}

double lc_within(double x, double limit)
{
    return x > limit ? limit : x < -limit ? -limit : x;
}

double lc_scaled(double y, double center, double spread)
{
    return 2 * ((y / 2 - center / 2) / spread);
}

float lc_bounded(double u)
{
    return (float)lc_within(u, 1e6);
}

lc_view lc_view_of(lc_numbers y, const uint32_t *gap, lc_scale scale, size_t origin, size_t lookback)
{
    size_t known = lc_known_rows(gap, origin);
    const double none = lc_scale_restore(scale, scale.mean);
    return (lc_view){y, origin, lookback, known, known ? lc_number(y, known - 1) : none, scale};
}

static double value_at(const lc_view *v, size_t t)
{
    size_t row = row_of(v, t);
    return lc_scale_transform(v->scale, row < v->known ? lc_number(v->y, row) : v->held);
}

lc_window_scale lc_view_scale(const lc_view *v, bool per_window)
{
    lc_scale s = v->scale;
    if (!per_window) return (lc_window_scale){s.mean, s.sd};
    const double most = 1e150; /* whose square is a number */
    double mean = 0, square = 0, n = (double)v->lookback;
    for (size_t t = 0; t < v->lookback; t++) mean += lc_within(lc_scaled(value_at(v, t), s.mean, s.sd), most);
    mean /= n;
    for (size_t t = 0; t < v->lookback; t++) {
        double d = lc_within(lc_scaled(value_at(v, t), s.mean, s.sd), most) - mean;
        square += d * d;
    }
    /* Reversible instance normalization (Kim et al. 2022): the floor keeps flat windows defined. */
    double sd = sqrt(square / n + LC_LEAST_VARIANCE);
    double center = lc_within(2 * (s.mean / 2 + s.sd * (mean / 2)), DBL_MAX);
    return (lc_window_scale){center, fmax(lc_within(s.sd * sd, DBL_MAX), DBL_MIN)};
}

void lc_view_fill(const lc_view *v, lc_window_scale scale, size_t from, size_t n, float *x, size_t stride)
{
    for (size_t t = 0; t < n; t++)
        x[t * stride] = lc_bounded(lc_scaled(value_at(v, from + t), scale.center, scale.spread));
}
