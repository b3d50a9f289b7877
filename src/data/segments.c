#include "data/segments.h"

#include <math.h>

#include "base/memory.h"
#include "data/features.h"
#include "data/window_view.h"

/* A season is repeated as far as it explains more than this part of a window's variance, fully when all of it. */
static const double least_rho = 0.8;
/* Smallest spread around the repetition, in units of the window's sd. */
static const double least_spread = 0.01;

static size_t rows_of(const lc_series *s, const lc_span *span)
{
    return span->limit < s->steps ? span->limit : s->steps;
}

lc_code lc_segments_create(lc_segments *g, const lc_windows *w, size_t first, size_t n, size_t width, size_t season,
                           size_t second, lc_status *st)
{
    *g = (lc_segments){.windows = w, .width = width, .season = season, .second = second};
    g->z = lc_calloc(w->panel->n_series, sizeof *g->z);
    for (size_t i = 0; g->z && i < w->panel->n_series; i++) {
        const lc_series *s = &w->panel->series[i];
        const lc_scale scale = w->scales->series[i];
        if (w->first[i] == w->first[i + 1] || w->first[i + 1] <= first || w->first[i] >= first + n) continue;
        const lc_span *span = &w->span[i]; /* windows may begin where targets no longer count */
        const size_t reach = span->end > span->limit ? span->end : span->limit,
                     rows = reach < s->steps ? reach : s->steps;
        g->z[i] = lc_calloc(rows, sizeof **g->z);
        if (!g->z[i]) {
            lc_segments_free(g);
            return lc_fail_memory(st);
        }
        for (size_t t = 0; t < rows; t++)
            g->z[i][t] = lc_bounded(lc_scaled(lc_scale_transform(scale, lc_value(s, t)), scale.mean, scale.sd));
    }
    return g->z ? LC_OK : lc_fail_memory(st);
}

void lc_segments_free(lc_segments *g)
{
    for (size_t i = 0; g->z && i < g->windows->panel->n_series; i++) lc_free(g->z[i]);
    lc_free(g->z);
    *g = (lc_segments){0};
}

/* Columns of a step: the window's values, their departures from the season, covariates row by row, and of those that
 * change slowly or never one value. */
lc_segment_shape lc_segments_shape(lc_covariate_counts n, size_t lookback, size_t horizon, size_t width, bool season)
{
    const size_t few = n.fixed + n.calendar, ahead = n.ahead + n.calendar;
    return (lc_segment_shape){.steps = lookback / width,
                              .inputs = width * ((season ? 2 : 1) + n.all - few) + few,
                              .skip_from = season ? width : 0,
                              .side = horizon * ahead};
}

/* The window's values. */
typedef struct window {
    const float *z;
    size_t origin, lookback, known; /* rows before the origin, those that are known */
    float held;                     /* for those that are not */
    double mean, sd;
} window;

static float value_at(const window *w, size_t t)
{
    const size_t back = w->lookback - t, row = w->origin > back ? w->origin - back : 0;
    return w->z && row < w->known ? w->z[row] : w->held;
}

/* Padding and holding are rare: else the window is part of the series. */
static const float *whole(const window *w)
{
    return w->origin >= w->lookback && w->known == w->origin ? w->z + w->origin - w->lookback : NULL;
}

/* Sum of n values, and of their squared distances from the mean; four sums side by side. */
static void sums(const float *z, size_t n, double *sum, double *square)
{
    double a[4] = {0}, b[4] = {0};
    for (size_t t = 0; t < n; t++) a[t % 4] += (double)z[t];
    *sum = a[0] + a[1] + (a[2] + a[3]);
    const double mean = *sum / (double)n;
    for (size_t t = 0; t < n; t++) {
        const double d = (double)z[t] - mean;
        b[t % 4] += d * d;
    }
    *square = b[0] + b[1] + (b[2] + b[3]);
}

static window window_of(const lc_segments *g, size_t series, size_t origin)
{
    const lc_series *s = &g->windows->panel->series[series];
    window w = {.z = g->z[series], .origin = origin, .lookback = g->windows->lookback};
    w.known = lc_known_rows(s->gap, origin);
    w.held = w.known ? w.z[w.known - 1] : 0;
    w.sd = 1;
    if (!g->windows->per_window) return w; /* the series' scaler is all there is */
    const float *all = whole(&w);
    double sum = 0, square = 0, n = (double)w.lookback;
    if (all) sums(all, w.lookback, &sum, &square);
    for (size_t t = 0; !all && t < w.lookback; t++) sum += (double)value_at(&w, t);
    w.mean = sum / n;
    for (size_t t = 0; !all && t < w.lookback; t++) {
        const double d = (double)value_at(&w, t) - w.mean;
        square += d * d;
    }
    w.sd = sqrt(square / n + LC_LEAST_VARIANCE);
    return w;
}

/* What repeating the season leaves: the share of its repetition that is taken, and the spread of what is not. */
typedef struct base {
    size_t season;
    double rho, share, spread;
} base;

static double remaining(double share, double rho)
{
    return fmax(least_spread, sqrt(fmax(0, 1 + share * share - 2 * share * rho)));
}

static size_t place(const lc_segments *g, size_t stride, size_t t)
{
    return t / g->width * stride + t % g->width;
}

/* The normalized window u to the first columns of every step. */
static void fill_values(const lc_segments *g, const window *w, float *x, size_t stride)
{
    const float mean = (float)w->mean, factor = (float)(1 / w->sd);
    const float *all = whole(w);
    for (size_t at = 0; at < w->lookback; at += g->width, x += stride)
        for (size_t t = 0; t < g->width; t++) x[t] = ((all ? all[at + t] : value_at(w, at + t)) - mean) * factor;
}

/* Walks over the rows t of a window and those a season before them, segment by segment: the two runs that both lie
 * within one segment. */
typedef struct pairs {
    size_t t, n;       /* rows t..t+n-1 */
    size_t at, before; /* their places */
    size_t season;
} pairs;

static bool next_pairs(pairs *p, const lc_segments *g, size_t stride)
{
    p->t += p->n;
    if (p->t >= g->windows->lookback) return false;
    const size_t w = g->width, in = p->t % w, in_before = (p->t - p->season) % w;
    p->n = w - (in > in_before ? in : in_before);
    p->at = place(g, stride, p->t);
    p->before = place(g, stride, p->t - p->season);
    return true;
}

static base base_of(const lc_segments *g, const float *x, size_t stride, size_t season)
{
    double square = 0;
    for (pairs p = {.t = season, .season = season}; next_pairs(&p, g, stride);) {
        float sum = 0;
        for (size_t i = 0; i < p.n; i++) {
            const float d = x[p.at + i] - x[p.before + i];
            sum += d * d;
        }
        square += (double)sum;
    }
    const double rho = 1 - square / (2 * (double)(g->windows->lookback - season));
    const double share = fmin(fmax((rho - least_rho) / (1 - least_rho), 0), 1);
    return (base){season, rho, share, remaining(share, rho)};
}

/* The departures v from the season to the columns after those of u. */
static void fill_departures(const lc_segments *g, float *x, size_t stride, base b)
{
    const float first = (float)((1 - b.share) / b.spread), factor = (float)(1 / b.spread), share = (float)b.share;
    for (size_t t = 0; t < b.season; t++) {
        const size_t at = place(g, stride, t);
        x[at + g->width] = first * x[at];
    }
    for (pairs p = {.t = b.season, .season = b.season}; next_pairs(&p, g, stride);) {
        const float *u = x + p.at, *before = x + p.before;
        float *v = x + p.at + g->width;
        for (size_t i = 0; i < p.n; i++) v[i] = factor * (u[i] - share * before[i]);
    }
}

static void fill_covariates(const lc_segments *g, const lc_frame *f, size_t frame, size_t origin, size_t column,
                            const lc_segment_rows *to)
{
    const lc_windows *w = g->windows;
    const lc_panel *p = w->panel;
    const size_t steps = w->lookback / g->width;
    float *side = to->side;
    for (size_t c = 0; c < p->n_past; c++) {
        const lc_covariate kind = lc_panel_covariate(p, c);
        const lc_scale scale = w->scales->past[frame * p->n_past + c];
        if (kind == LC_STATIC) {
            const float same = lc_bounded(lc_scaled(lc_number(f->past[c], 0), scale.mean, scale.sd));
            for (size_t t = 0; t < steps; t++) to->x[t * to->step_stride + column] = same;
            column++;
            continue;
        }
        if (kind == LC_CALENDAR) {
            const size_t feature = c - (p->n_past - p->n_features);
            for (size_t t = 0; t < steps; t++) {
                const size_t back = w->lookback - (t + 1) * g->width + 1, row = origin > back ? origin - back : 0;
                to->x[t * to->step_stride + column] = (float)lc_number(f->past[c], row);
            }
            for (size_t h = 0; h < w->horizon; h++) *side++ = (float)lc_feature_at(p, f, feature, origin + h);
            column++;
            continue;
        }
        const lc_view own = lc_view_of(f->past[c], f->past_gap[c], scale, origin, w->lookback);
        lc_window_scale by = lc_view_scale(&own, w->per_window);
        if (kind == LC_KNOWN_AHEAD) by.spread = scale.sd; /* a flag may not stir in a window */
        for (size_t t = 0; t < steps; t++)
            lc_view_fill(&own, by, t * g->width, g->width, to->x + t * to->step_stride + column, 1);
        column += g->width;
        if (kind != LC_KNOWN_AHEAD) continue;
        const size_t end = origin + w->horizon < f->known ? origin + w->horizon : f->known;
        const lc_view ahead = lc_view_of(f->past[c], f->past_gap[c], scale, end, w->horizon);
        lc_view_fill(&ahead, by, 0, w->horizon, side, 1);
        side += w->horizon;
    }
}

void lc_segments_fill(const lc_segments *g, size_t series, size_t origin, const lc_segment_rows *to)
{
    const lc_windows *w = g->windows;
    const lc_series *s = &w->panel->series[series];
    const window win = window_of(g, series, origin);
    const size_t horizon = w->horizon, stride = to->step_stride;
    size_t m = g->season;
    fill_values(g, &win, to->x, stride);
    base b = {0, 0, 0, 1};
    if (m) {
        b = base_of(g, to->x, stride, g->season);
        if (g->second) {
            const base other = base_of(g, to->x, stride, g->second);
            if (other.rho > b.rho) b = other;
        }
        fill_departures(g, to->x, stride, b);
    }
    fill_covariates(g, &w->panel->frames[s->frame], s->frame, origin, m ? 2 * g->width : g->width, to);

    m = b.season;
    const size_t last = w->lookback - (m ? m : 1);
    const lc_scale scale = w->scales->series[series];
    const size_t limit = rows_of(s, &w->span[series]);
    double share = 1, rho = 1, rest = 1;
    for (size_t h = 0; h < horizon; h++) {
        double center = win.mean, spread = win.sd;
        if (m) {
            if (h % m == 0) { /* one more season ahead */
                share *= b.share;
                rho *= fmax(b.rho, 0);
                rest = remaining(share, rho);
            }
            center += win.sd * share * (double)to->x[place(g, stride, last + h % m)];
            spread *= rest;
        }
        const size_t row = origin + h;
        if (to->target) {
            const bool observed = row < limit && lc_is_observed(s, row);
            to->target[h] = observed ? lc_bounded(((double)win.z[row] - center) / spread) : NAN;
        }
        if (to->weight) to->weight[h] = (float)sqrt(rest);
        if (to->center) to->center[h] = lc_within(scale.mean + scale.sd * center, 1e300);
        if (to->spread) to->spread[h] = fmax(lc_within(scale.sd * spread, 1e300), 1e-300);
    }
}

lc_code lc_segments_slope(const lc_segments *g, double *slope, lc_status *st)
{
    const lc_windows *w = g->windows;
    double *product = lc_calloc(w->horizon, sizeof *product), *square = lc_calloc(w->horizon, sizeof *square);
    const lc_code code = product && square ? LC_OK : lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < w->n; i++) {
        size_t series, origin;
        lc_windows_at(w, i, &series, &origin);
        const lc_series *s = &w->panel->series[series];
        const window win = window_of(g, series, origin);
        const double last = ((double)value_at(&win, w->lookback - 1) - win.mean) / win.sd;
        for (size_t h = 0; h < w->horizon && origin + h < rows_of(s, &w->span[series]); h++) {
            if (!lc_is_observed(s, origin + h)) continue;
            product[h] += last * ((double)win.z[origin + h] - win.mean) / win.sd;
            square[h] += last * last;
        }
    }
    for (size_t h = 0; code == LC_OK && h < w->horizon; h++)
        slope[h] = square[h] > 0 ? fmin(fmax(product[h] / square[h], 0), 1.5) : 0;
    lc_free(product);
    lc_free(square);
    return code;
}
