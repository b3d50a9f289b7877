#include "data/window_view.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"

/* The power of two next to the largest size among n values: divided by it, none of them and no square overflows. */
static double unit_of(lc_numbers y, const uint8_t *mask, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        const double size = mask && mask[i] ? 0 : fabs(lc_number(y, i));
        if (size > most) most = size; /* fmax of what may be a float is more than GCC 12 for ARM can take */
    }
    int exponent;
    frexp(most, &exponent);
    return most > DBL_MIN ? ldexp(1, exponent - 1) : 1;
}

lc_scale lc_scale_fit(lc_numbers y, const uint8_t *mask, size_t n)
{
    double mean = 0, square = 0, unit = unit_of(y, mask, n);
    size_t seen = 0;
    for (size_t i = 0; i < n; i++) {
        if (mask && mask[i]) continue;
        seen++;
        const double x = lc_number(y, i) / unit;
        double d = x - mean; /* Welford 1962: no cancellation at large levels */
        mean += d / (double)seen;
        square += d * (x - mean);
    }
    double sd = seen ? sqrt(square / (double)seen) * unit : 0;
    mean *= unit;
    /* Rounding alone gives a constant series of large level an sd of about 1e-16 of it. */
    if (!(sd > 1e-12 * fabs(mean)) || sd < DBL_MIN) sd = fabs(mean) >= DBL_MIN ? fabs(mean) : 1;
    return (lc_scale){.mean = mean, .sd = sd};
}

double lc_scale_transform(lc_scale s, double y)
{
    return s.log ? log(fmax(y, DBL_MIN)) : y;
}

double lc_scale_restore(lc_scale s, double transformed)
{
    return lc_within(s.log ? exp(transformed) : transformed, DBL_MAX);
}

/* The mean, and the mean size or of logarithms 1 for the unit. */
static lc_scale fit_level(lc_numbers y, const uint8_t *mask, size_t n, bool logs)
{
    lc_scale scale = {.log = logs};
    const double unit = unit_of(y, mask, n);
    double mean = 0, size = 0, seen = 0;
    for (size_t i = 0; i < n; i++) {
        if (mask && mask[i]) continue;
        seen++;
        const double x = logs ? lc_scale_transform(scale, lc_number(y, i)) : lc_number(y, i) / unit;
        mean += (x - mean) / seen;
        size += (fabs(x) - size) / seen;
    }
    scale.mean = logs ? mean : mean * unit;
    scale.sd = logs || !(size * unit > DBL_MIN) ? 1 : size * unit;
    return scale;
}

/* A static covariate says how series differ: its mean and sd are those over series. */
static bool fit_static(lc_scales *out, const lc_panel *p)
{
    if (!p->n_static) return true;
    double *x = lc_calloc(p->n_frames, sizeof *x);
    for (size_t c = 0; x && c < p->n_past; c++) {
        if (lc_panel_covariate(p, c) != LC_STATIC) continue;
        bool differ = false;
        for (size_t i = 0; i < p->n_frames; i++) {
            x[i] = lc_number(p->frames[i].past[c], 0);
            differ = differ || x[i] != x[0];
        }
        lc_scale scale = lc_scale_fit((lc_numbers){.d = x}, NULL, p->n_frames);
        if (!differ) scale.sd = 1;
        for (size_t i = 0; i < p->n_frames; i++) out->past[i * p->n_past + c] = scale;
    }
    const bool ok = x != NULL;
    lc_free(x);
    return ok;
}

lc_code lc_scales_fit(lc_scales *out, const lc_panel *p, const size_t *train, lc_scaling how, lc_status *st)
{
    out->series = lc_calloc(p->n_series, sizeof *out->series);
    out->past = lc_calloc(p->n_frames * p->n_past, sizeof *out->past);
    if (!out->series || !out->past) {
        lc_scales_free(out);
        return lc_fail_memory(st);
    }
    for (size_t s = 0; s < p->n_series; s++) {
        const lc_series *series = &p->series[s];
        size_t n = train && train[s] < series->steps ? train[s] : series->steps;
        const lc_frame *f = &p->frames[series->frame];
        out->series[s] = how == LC_SCALE_SD ? lc_scale_fit(series->y, series->mask, n)
                                            : fit_level(series->y, series->mask, n, how == LC_SCALE_LOG);
        for (size_t c = 0; c < p->n_past; c++)
            if (lc_panel_covariate(p, c) != LC_STATIC)
                out->past[series->frame * p->n_past + c] =
                    lc_scale_fit(f->past[c], NULL, lc_known_rows(f->past_gap[c], n));
    }
    if (!fit_static(out, p)) {
        lc_scales_free(out);
        return lc_fail_memory(st);
    }
    return LC_OK;
}

void lc_scales_free(lc_scales *s)
{
    lc_free(s->series);
    lc_free(s->past);
    *s = (lc_scales){0};
}

/* Origins whose covariates known ahead reach to the last step of the horizon: no other window is one. */
static lc_span known_ahead(const lc_panel *p, size_t series, lc_span span, size_t horizon)
{
    if (!p->n_future) return span;
    const size_t known = p->frames[p->series[series].frame].known;
    const size_t end = known >= horizon ? known - horizon + 1 : 0;
    if (span.end > end) span.end = end;
    return span;
}

lc_code lc_windows_create(lc_windows *w, const lc_panel *p, const lc_scales *scales, size_t lookback, size_t horizon,
                          bool per_window, const lc_span *span, size_t stride, lc_status *st)
{
    *w = (lc_windows){.panel = p,
                      .scales = scales,
                      .lookback = lookback,
                      .horizon = horizon,
                      .per_window = per_window,
                      .stride = stride};
    w->span = lc_calloc(p->n_series, sizeof *w->span);
    w->first = lc_calloc(p->n_series + 1, sizeof *w->first);
    if (!w->span || !w->first) {
        lc_windows_free(w);
        return lc_fail_memory(st);
    }
    for (size_t s = 0; s < p->n_series; s++) {
        const lc_span here = w->span[s] = known_ahead(p, s, span[s], horizon);
        size_t origins = here.end > here.begin ? here.end - here.begin : 0;
        w->first[s + 1] = w->first[s] + (origins + stride - 1) / stride;
    }
    w->n = w->first[p->n_series];
    return LC_OK;
}

void lc_windows_free(lc_windows *w)
{
    lc_free(w->span);
    lc_free(w->first);
    *w = (lc_windows){0};
}

void lc_windows_at(const lc_windows *w, size_t i, size_t *series, size_t *origin)
{
    size_t lo = 0, hi = w->panel->n_series; /* first[lo] <= i < first[hi] */
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (w->first[mid] <= i) lo = mid;
        else hi = mid;
    }
    *series = lo;
    *origin = w->span[lo].begin + (i - w->first[lo]) * w->stride;
}

size_t lc_windows_inputs(const lc_windows *w)
{
    return 1 + w->panel->n_past;
}

/* What is known ahead is seen a horizon ahead: with the last input step all of the horizon is known. Its level is that
 * of the window's own rows, as the series' is; its spread is the series', because a flag may not stir in a window. */
static void fill_ahead(const lc_windows *w, const lc_view *own, size_t known, const uint32_t *gap, float *x,
                       size_t step_stride)
{
    const size_t to = own->origin + w->horizon < known ? own->origin + w->horizon : known;
    const lc_view ahead = lc_view_of(own->y, gap, own->scale, to, w->lookback);
    const lc_window_scale scale = {lc_view_scale(own, w->per_window).center, own->scale.sd};
    lc_view_fill(&ahead, scale, 0, w->lookback, x, step_stride);
}

static void fill_covariate(const lc_windows *w, size_t frame, size_t c, size_t origin, float *x, size_t step_stride)
{
    const lc_frame *f = &w->panel->frames[frame];
    const lc_scale scale = w->scales->past[frame * w->panel->n_past + c];
    const lc_covariate kind = lc_panel_covariate(w->panel, c);
    if (kind == LC_STATIC) {
        const float same = lc_bounded(lc_scaled(lc_number(f->past[c], 0), scale.mean, scale.sd));
        for (size_t t = 0; t < w->lookback; t++) x[t * step_stride] = same;
        return;
    }
    const lc_view v = lc_view_of(f->past[c], f->past_gap[c], scale, origin, w->lookback);
    if (kind == LC_KNOWN_AHEAD) {
        fill_ahead(w, &v, f->known, f->past_gap[c], x, step_stride);
        return;
    }
    /* The calendar says the same in every window. */
    lc_view_fill(&v, lc_view_scale(&v, w->per_window && kind != LC_CALENDAR), 0, w->lookback, x, step_stride);
}

lc_window_scale lc_windows_fill(const lc_windows *w, size_t series, size_t origin, float *x, size_t step_stride,
                                float *target)
{
    const lc_series *s = &w->panel->series[series];
    const lc_view v = lc_view_of(s->y, s->gap, w->scales->series[series], origin, w->lookback);
    const lc_window_scale scale = lc_view_scale(&v, w->per_window);
    lc_view_fill(&v, scale, 0, w->lookback, x, step_stride);
    for (size_t c = 0; c < w->panel->n_past; c++) fill_covariate(w, s->frame, c, origin, x + 1 + c, step_stride);
    size_t limit = w->span[series].limit < s->steps ? w->span[series].limit : s->steps;
    for (size_t h = 0; target && h < w->horizon; h++) {
        size_t row = origin + h;
        bool observed = row < limit && lc_is_observed(s, row);
        double y = observed ? lc_scale_transform(v.scale, lc_value(s, row)) : 0;
        target[h] = observed ? lc_bounded(lc_scaled(y, scale.center, scale.spread)) : NAN;
    }
    return scale;
}
