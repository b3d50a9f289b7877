#include "anomaly/detector.h"

#include <math.h>
#include <string.h>

#include "anomaly/tail.h"
#include "base/memory.h"
#include "forecast/predict.h"
#include "train/fit.h"

enum {
    MEMORY = 8000, /* past residuals that count */
    MOST_LEARNED = 2000
};

void lc_detector_split(lc_split *out, const lc_panel *p, const lc_settings *s)
{
    for (size_t i = 0; i < p->n_series; i++) {
        size_t n = p->series[i].steps, fit = (size_t)ceil(0.3 * (double)n);
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

/* The largest x with upper(x) < q, found by bisection: the tail score grows with x. */
static double bound(const lc_tail *t, double q, double unit, double (*tail)(const lc_tail *, double, double), int sign)
{
    double lo = 0, hi = unit;
    for (int i = 0; i < 200 && tail(t, sign * hi, 0.05 * unit) < q; i++) hi *= 2;
    for (int i = 0; i < 50; i++) {
        double mid = 0.5 * (lo + hi);
        if (tail(t, sign * mid, 0.05 * unit) < q) lo = mid;
        else hi = mid;
    }
    return sign * lo;
}

/* Residuals are measured in `unit`, a size of the series' own, so that the floor of the tail means something. */
static lc_code judge_series(verdict *v, const lc_series *s, const double *point, size_t lookback, size_t first,
                            double unit, double alarms_per, lc_detector_summary *summary, lc_status *st)
{
    const double threshold = -log10(alarms_per / 1e4), two_sided = log10(2.0);
    lc_tail *t = lc_tail_create(MEMORY);
    if (!t) return lc_fail_memory(st);
    for (size_t i = 0; i < s->steps; i++) {
        v[i] = (verdict){NAN, NAN, NAN, 0, 0};
        if (i < lookback) continue;
        v[i].expected = point[i];
        if (s->mask[i] != LC_OBSERVED || i < first) continue;
        double e = s->y[i] - point[i];
        if (lc_tail_count(t) >= 50) {
            double up = lc_tail_upper(t, e, 0.05 * unit), down = lc_tail_lower(t, e, 0.05 * unit);
            double q = (up > down ? up : down) - two_sided;
            if (q < 0) q = 0;
            v[i].score = q / (q + threshold);
            v[i].anomaly = q >= threshold;
            v[i].lo = point[i] + bound(t, threshold + two_sided, unit, lc_tail_lower, -1);
            v[i].hi = point[i] + bound(t, threshold + two_sided, unit, lc_tail_upper, 1);
            summary->scored++;
            summary->flagged += (size_t)v[i].anomaly;
        }
        lc_tail_push(t, e);
    }
    lc_tail_free(t);
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

static lc_code add_row(lc_result *r, const lc_panel *p, const lc_series *s, size_t step, const verdict *v,
                       lc_status *st)
{
    char ds[LC_STAMP_TEXT];
    lc_clock_format(&p->clock, p->frames[s->frame].stamp[step], ds);
    lc_code code = lc_result_add_row(r, st);
    if (code == LC_OK) code = lc_result_set_text(r, 0, s->id, st);
    if (code == LC_OK) code = lc_result_set_text(r, 1, ds, st);
    if (code != LC_OK) return code;
    lc_result_set_real(r, 2, s->mask[step] == LC_OBSERVED ? s->y[step] : NAN);
    lc_result_set_real(r, 3, v->expected);
    lc_result_set_real(r, 4, v->lo);
    lc_result_set_real(r, 5, v->hi);
    lc_result_set_real(r, 6, v->score);
    lc_result_set_int(r, 7, v->anomaly);
    return LC_OK;
}

/* One-step forecasts of every row of one series: point (steps). */
static lc_code expect(const lc_model *m, const lc_panel *p, const lc_scales *scales, size_t series, size_t threads,
                      double *point, lc_status *st)
{
    size_t horizon = m->settings->horizon, steps = p->series[series].steps;
    lc_windows w = {0};
    double *all = NULL;
    lc_span *span = lc_calloc(p->n_series, sizeof *span);
    if (!span) return lc_fail_memory(st);
    span[series] = (lc_span){1, steps, steps};
    lc_code code = lc_predict_windows(&w, m, p, scales, span, 1, st);
    lc_free(span);
    if (code != LC_OK) return code;
    all = lc_calloc(w.n * horizon, sizeof *all);
    code = all ? lc_predict(m, &w, threads, all, NULL, st) : lc_fail_memory(st);
    point[0] = NAN;
    for (size_t i = 0; code == LC_OK && i < w.n; i++) point[i + 1] = all[i * horizon];
    lc_free(all);
    lc_windows_free(&w);
    return code;
}

lc_code lc_detector_table(lc_result **out, lc_detector_summary *summary, const lc_model *m, const lc_panel *p,
                          const size_t *first_scored, const lc_settings *s, lc_status *st)
{
    *out = NULL;
    *summary = (lc_detector_summary){0};
    lc_scales scales = {0};
    size_t unknown, longest = 1;
    double *point = NULL;
    lc_result *r = NULL;
    verdict **v = lc_calloc(p->n_series, sizeof *v);
    lc_code code = v ? lc_model_scales(m, p, &scales, &unknown, st) : lc_fail_memory(st);
    for (size_t i = 0; i < p->n_series; i++)
        if (p->series[i].steps > longest) longest = p->series[i].steps;
    point = lc_calloc(longest, sizeof *point);
    if (code == LC_OK && !point) code = lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < p->n_series; i++) {
        const lc_series *series = &p->series[i];
        v[i] = lc_calloc(series->steps, sizeof **v);
        if (!v[i]) code = lc_fail_memory(st);
        if (code == LC_OK) code = expect(m, p, &scales, i, lc_fit_threads(s), point, st);
        if (code == LC_OK)
            code = judge_series(v[i], series, point, m->settings->lookback, first_scored[i], scales.series[i].sd,
                                s->alarms_per, summary, st);
    }
    if (code == LC_OK) code = make_table(&r, st);
    /* Series are ordered by target, then frame, so a target's series of a frame is found by arithmetic. */
    for (size_t target = 0; code == LC_OK && target < p->n_targets; target++)
        for (size_t row = 0; code == LC_OK && row < p->n_rows; row++) {
            size_t i = target * p->n_frames + p->rows[row].frame;
            code = add_row(r, p, &p->series[i], p->rows[row].step, &v[i][p->rows[row].step], st);
        }
    for (size_t i = 0; v && i < p->n_series; i++) lc_free(v[i]);
    lc_free(v);
    lc_free(point);
    lc_scales_free(&scales);
    if (code == LC_OK) *out = r;
    else lc_result_free(r);
    return code;
}
