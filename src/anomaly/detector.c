#include "anomaly/detector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/tail.h"
#include "base/memory.h"
#include "base/order.h"
#include "forecast/predict.h"
#include "model/feed.h"
#include "train/fit.h"

enum {
    MEMORY = 8000,           /* past residuals that count */
    WARM_UP = LC_TAIL_LEAST, /* residuals before the first score */
    LEAST_LEARNED = 200,     /* rows to learn from, where that is not too much of the series */
    MOST_LEARNED = 2000
};

void lc_detector_split(lc_split *out, const lc_panel *p, const lc_settings *s)
{
    for (size_t i = 0; i < p->n_series; i++) {
        size_t n = p->series[i].steps, fit = (size_t)ceil(0.15 * (double)n), third = (size_t)ceil(0.3 * (double)n);
        if (fit < LEAST_LEARNED) fit = third < LEAST_LEARNED ? third : LEAST_LEARNED;
        if (fit > MOST_LEARNED) fit = MOST_LEARNED;
        size_t valid = (size_t)ceil(s->valid * (double)fit);
        out[i] = (lc_split){fit > valid ? fit - valid : 0, fit};
    }
}

/* What is known about each step of a series. */
typedef struct verdict {
    double expected, lo, hi, score; /* NaN, score 0: no expectation */
    int anomaly;
} verdict;

/* The residual at which the tail score reaches q, found by bisection: the score grows with the distance. It lies on
 * the other side of 0 where residuals lean one way. */
static double bound(const lc_tail *t, double q, double unit, double floor,
                    double (*tail)(const lc_tail *, double, double), int sign)
{
    double lo = 0, hi = unit;
    if (tail(t, 0, floor) < q) {
        for (int i = 0; i < 200 && tail(t, sign * hi, floor) < q; i++) hi *= 2;
    } else {
        hi = 0;
        lo = -unit;
        for (int i = 0; i < 200 && tail(t, sign * lo, floor) >= q; i++) lo *= 2;
    }
    for (int i = 0; i < 60; i++) {
        double mid = 0.5 * (lo + hi);
        if (tail(t, sign * mid, floor) < q) lo = mid;
        else hi = mid;
    }
    return sign * hi;
}

/* What is known of a series' residuals. */
typedef struct judge {
    lc_tail *memory;
    double first[WARM_UP]; /* the first residuals, kept back until their usual size is known */
    size_t n_first;
    double floor; /* added to the scale of the fitted tail; 5 % of the residuals' usual size */
    double least; /* residuals up to this size are never unusual: 0.1 % of the series' spread */
    double threshold;
} judge;

static double median(const double *x, size_t n)
{
    double sorted[WARM_UP];
    memcpy(sorted, x, n * sizeof *x);
    qsort(sorted, n, sizeof *sorted, lc_ascending_reals);
    return 0.5 * (sorted[(n - 1) / 2] + sorted[n / 2]);
}

/* The first residuals enter the memory, outliers among them moved in: a fault in the first rows must not make
 * all later ones look usual. Their size is the median absolute deviation, scaled to a normal distribution's sd. */
static void warm_up(judge *j, double unit)
{
    double deviation[WARM_UP], mean = 0, center = median(j->first, j->n_first);
    for (size_t i = 0; i < j->n_first; i++) {
        deviation[i] = fabs(j->first[i] - center);
        mean += deviation[i] / (double)j->n_first;
    }
    double size = 1.4826 * median(deviation, j->n_first);
    if (!(size > 1e-6 * mean)) size = mean; /* most residuals are equal */
    j->least = 1e-3 * unit;
    if (!(size > j->least)) size = j->least;
    j->floor = 0.05 * size;
    for (size_t i = 0; i < j->n_first; i++) {
        double e = j->first[i], most = 10 * size;
        lc_tail_push(j->memory, e > center + most ? center + most : e < center - most ? center - most : e);
    }
}

/* Scores a residual by those before it, unless v is NULL, then remembers it. A flagged one is remembered as one of
 * half its rank, so that one fault does not hide the next, while a lasting change becomes usual step by step. */
static void judge_residual(judge *j, double e, double unit, double point, verdict *v)
{
    if (j->n_first < WARM_UP) {
        j->first[j->n_first++] = e;
        if (j->n_first == WARM_UP) warm_up(j, unit);
        return;
    }
    const double two_sided = log10(2.0), q_bound = j->threshold + two_sided;
    double up = lc_tail_upper(j->memory, e, j->floor), down = lc_tail_lower(j->memory, e, j->floor);
    double q = fabs(e) > j->least ? fmax((up > down ? up : down) - two_sided, 0) : 0;
    bool flagged = q >= j->threshold;
    if (v) {
        const double most_usual = 0.499999; /* as a table writes it, a score of 0.5 is a flag */
        v->anomaly = flagged;
        v->score = q / (q + j->threshold);
        if (!flagged && v->score > most_usual) v->score = most_usual;
        double lo = bound(j->memory, q_bound, unit, j->floor, lc_tail_lower, -1);
        double hi = bound(j->memory, q_bound, unit, j->floor, lc_tail_upper, 1);
        v->lo = point + (lo > j->least ? lo : fmin(lo, -j->least));
        v->hi = point + (hi < -j->least ? hi : fmax(hi, j->least));
    }
    if (flagged) {
        double half = 1.0 * q_bound;
        e = e > 0 ? fmin(e, bound(j->memory, half, unit, j->floor, lc_tail_upper, 1))
                  : fmax(e, bound(j->memory, half, unit, j->floor, lc_tail_lower, -1));
    }
    lc_tail_push(j->memory, e);
}

/* point (n): the one-step forecasts of rows 1 on. */
static lc_code judge_series(verdict *v, const lc_series *s, const double *point, size_t n, size_t lookback,
                            lc_split learned, double unit, double alarms_per, lc_detector_summary *summary,
                            lc_status *st)
{
    judge j = {.memory = lc_tail_create(MEMORY), .threshold = -log10(alarms_per / 1e4)};
    if (!j.memory) return lc_fail_memory(st);
    for (size_t i = 0; i < s->steps; i++) {
        v[i] = (verdict){NAN, NAN, NAN, 0, 0};
        if (i < lookback || i > n || !lc_known_rows(s->gap, i)) continue;
        v[i].expected = point[i - 1];
        if (!lc_is_observed(s, i) || i < learned.train) continue;
        bool scored = j.n_first == WARM_UP && i >= learned.end;
        judge_residual(&j, lc_value(s, i) - v[i].expected, unit, v[i].expected, scored ? &v[i] : NULL);
        summary->scored += scored;
        summary->flagged += (size_t)v[i].anomaly;
    }
    lc_tail_free(j.memory);
    return LC_OK;
}

static lc_code make_table(lc_result **out, lc_status *st)
{
    static const struct {
        const char *name;
        lc_column_type type;
        int digits;
    } columns[] = {{"unique_id", LC_COLUMN_TEXT, 0}, {"ds", LC_COLUMN_TEXT, 0},    {"y", LC_COLUMN_REAL, 0},
                   {"expected", LC_COLUMN_REAL, 9},  {"lo", LC_COLUMN_REAL, 9},    {"hi", LC_COLUMN_REAL, 9},
                   {"score", LC_COLUMN_REAL, 6},     {"anomaly", LC_COLUMN_INT, 0}};
    *out = lc_result_create();
    if (!*out) return lc_fail_memory(st);
    lc_code code = LC_OK;
    for (size_t i = 0; code == LC_OK && i < sizeof columns / sizeof columns[0]; i++)
        code = lc_result_add_column(*out, columns[i].name, columns[i].type, columns[i].digits, st);
    return code;
}

static lc_code add_row(lc_result *r, const char *id, const char *ds, double y, const verdict *v, lc_status *st)
{
    lc_code code = lc_result_add_row(r, st);
    if (code == LC_OK) code = lc_result_set_text(r, 0, id, st);
    if (code == LC_OK) code = lc_result_set_text(r, 1, ds, st);
    if (code != LC_OK) return code;
    lc_result_set_real(r, 2, y);
    lc_result_set_real(r, 3, v->expected);
    lc_result_set_real(r, 4, v->lo);
    lc_result_set_real(r, 5, v->hi);
    lc_result_set_real(r, 6, v->score);
    lc_result_set_int(r, 7, v->anomaly);
    return LC_OK;
}

/* One row of the table for every row of the input. v[i]: the verdicts of series i. */
static lc_code add_target(lc_result *r, const lc_panel *p, size_t target, const size_t *series_of, verdict *const *v,
                          lc_status *st)
{
    static const verdict nothing = {NAN, NAN, NAN, 0, 0};
    lc_code code = LC_OK;
    for (size_t row = 0, left = 0; code == LC_OK && row < p->n_rows; row++) {
        char ds[LC_STAMP_TEXT];
        const lc_row_place place = lc_panel_row(p, row);
        size_t frame = place.frame, step = place.step, i = series_of[target * p->n_frames + frame];
        const verdict *verdict_of_row = &nothing;
        double y = NAN;
        if (step == LC_NO_STEP) {
            const lc_left_out *out = &p->left_out[left++];
            lc_panel_left_out_text(p, out, ds);
            y = out->y[target];
        } else {
            lc_panel_stamp_text(p, &p->frames[frame], step, ds);
            if (i != SIZE_MAX && step < p->series[i].steps) {
                verdict_of_row = &v[i][step];
                if (lc_is_observed(&p->series[i], step)) y = lc_number_written(p->series[i].y, step);
            }
        }
        if (i != SIZE_MAX) {
            code = add_row(r, p->series[i].id, ds, y, verdict_of_row, st);
        } else { /* no number in the whole column: there is no series, but there are rows */
            char *id = lc_panel_id_of(p, frame, target);
            code = id ? add_row(r, id, ds, y, verdict_of_row, st) : lc_fail_memory(st);
            free(id);
        }
    }
    return code;
}

/* One-step forecasts of every row but the first of every series. */
static lc_code expect(double *first, const lc_model *m, const lc_windows *w, size_t threads, lc_status *st)
{
    enum { ROUND = 4096 }; /* windows at a time: a model may forecast many steps, of which one is wanted */
    size_t horizon = m->settings->horizon, round = w->n < ROUND ? w->n : ROUND;
    lc_bands all;
    lc_code code = lc_bands_create(&all, round, horizon, st);
    for (size_t at = 0; code == LC_OK && at < w->n; at += round) {
        size_t n = w->n - at < round ? w->n - at : round;
        code = lc_predict(m, w, at, n, threads, &all, st);
        for (size_t i = 0; code == LC_OK && i < n; i++) first[at + i] = all.point[i * horizon];
    }
    lc_bands_free(&all);
    return code;
}

typedef struct detection {
    lc_scales scales;
    lc_windows windows;
    double *point;     /* (windows) */
    verdict **v;       /* (n_series)(steps) */
    size_t *series_of; /* (n_targets, n_frames) SIZE_MAX: none */
} detection;

static void detection_free(detection *d, size_t n_series)
{
    for (size_t i = 0; d->v && i < n_series; i++) lc_free(d->v[i]);
    lc_free(d->v);
    lc_free(d->point);
    lc_free(d->series_of);
    lc_windows_free(&d->windows);
    lc_scales_free(&d->scales);
}

static lc_code detection_create(detection *d, const lc_model *m, const lc_panel *p, lc_status *st)
{
    size_t unknown, places = p->n_targets * p->n_frames;
    size_t *rows = lc_calloc(p->n_series, sizeof *rows);
    lc_span *span = lc_calloc(p->n_series, sizeof *span);
    d->v = lc_calloc(p->n_series, sizeof *d->v);
    d->series_of = lc_calloc(places, sizeof *d->series_of);
    lc_code code = rows && span && d->v && d->series_of ? LC_OK : lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < places; i++) d->series_of[i] = SIZE_MAX;
    for (size_t i = 0; code == LC_OK && i < p->n_series; i++) {
        const lc_series *s = &p->series[i];
        d->series_of[s->target * p->n_frames + s->frame] = i;
        rows[i] = m->settings->lookback + WARM_UP;
        span[i] = (lc_span){1, s->steps, s->steps};
    }
    if (code == LC_OK) code = lc_model_scales(m, p, rows, &d->scales, &unknown, st);
    if (code == LC_OK) code = lc_predict_windows(&d->windows, m, p, &d->scales, span, 1, st);
    if (code == LC_OK && !(d->point = lc_calloc(d->windows.n, sizeof *d->point))) code = lc_fail_memory(st);
    lc_free(rows);
    lc_free(span);
    return code;
}

/* Spread of a series: its scaler's, or where that has another unit that of the rows before any score. */
static double spread_of(const lc_model *m, const lc_series *s, lc_scale scale)
{
    if (lc_feed_scaling(m->settings) == LC_SCALE_SD) return scale.sd;
    const size_t first = m->settings->lookback + WARM_UP;
    return lc_scale_fit(s->y, s->mask, first < s->steps ? first : s->steps).sd;
}

lc_code lc_detector_table(lc_result **out, lc_detector_summary *summary, const lc_model *m, const lc_panel *p,
                          const lc_split *learned, const lc_settings *s, lc_status *st)
{
    *out = NULL;
    *summary = (lc_detector_summary){0};
    detection d = {0};
    lc_result *r = NULL;
    lc_code code = detection_create(&d, m, p, st);
    if (code == LC_OK) code = expect(d.point, m, &d.windows, lc_fit_threads(s), st);
    for (size_t i = 0; code == LC_OK && i < p->n_series; i++) {
        const lc_series *series = &p->series[i];
        d.v[i] = lc_calloc(series->steps, sizeof **d.v);
        code = d.v[i] ? judge_series(d.v[i], series, d.point + d.windows.first[i],
                                     d.windows.first[i + 1] - d.windows.first[i], m->settings->lookback,
                                     learned ? learned[i] : (lc_split){0, 0}, spread_of(m, series, d.scales.series[i]),
                                     s->alarms_per, summary, st)
                      : lc_fail_memory(st);
    }
    if (code == LC_OK) code = make_table(&r, st);
    for (size_t target = 0; code == LC_OK && target < p->n_targets; target++)
        code = add_target(r, p, target, d.series_of, d.v, st);
    detection_free(&d, p->n_series);
    if (code == LC_OK) *out = r;
    else lc_result_free(r);
    return code;
}
