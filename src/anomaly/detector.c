#include "anomaly/detector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/tail.h"
#include "base/memory.h"
#include "forecast/predict.h"
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

/* The residual at which the tail score reaches q, found by bisection: the score grows with the distance. */
static double bound(const lc_tail *t, double q, double unit, double floor,
                    double (*tail)(const lc_tail *, double, double), int sign)
{
    double lo = 0, hi = unit;
    for (int i = 0; i < 200 && tail(t, sign * hi, floor) < q; i++) hi *= 2;
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
    double threshold;
} judge;

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static double median(const double *x, size_t n)
{
    double sorted[WARM_UP];
    memcpy(sorted, x, n * sizeof *x);
    qsort(sorted, n, sizeof *sorted, ascending);
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
    if (!(size > 1e-9 * unit)) size = 1e-9 * unit;
    j->floor = 0.05 * size;
    for (size_t i = 0; i < j->n_first; i++) {
        double e = j->first[i], most = 10 * size;
        lc_tail_push(j->memory, e > center + most ? center + most : e < center - most ? center - most : e);
    }
}

/* Scores a residual by those before it, then remembers it; an unusual one as if it were at the bound, so that
 * one fault does not hide the next, while a lasting change moves the bound step by step. */
static void judge_residual(judge *j, double e, double unit, double point, verdict *v)
{
    if (j->n_first < WARM_UP) {
        j->first[j->n_first++] = e;
        if (j->n_first == WARM_UP) warm_up(j, unit);
        return;
    }
    const double two_sided = log10(2.0), q_bound = j->threshold + two_sided;
    double up = lc_tail_upper(j->memory, e, j->floor), down = lc_tail_lower(j->memory, e, j->floor);
    double q = (up > down ? up : down) - two_sided;
    if (q < 0) q = 0;
    double lo = bound(j->memory, q_bound, unit, j->floor, lc_tail_lower, -1);
    double hi = bound(j->memory, q_bound, unit, j->floor, lc_tail_upper, 1);
    v->score = q / (q + j->threshold);
    v->anomaly = q >= j->threshold;
    v->lo = point + lo;
    v->hi = point + hi;
    lc_tail_push(j->memory, e > hi ? hi : e < lo ? lo : e);
}

static lc_code judge_series(verdict *v, const lc_series *s, const double *point, size_t lookback, size_t first,
                            double unit, double alarms_per, lc_detector_summary *summary, lc_status *st)
{
    judge j = {.memory = lc_tail_create(MEMORY), .threshold = -log10(alarms_per / 1e4)};
    if (!j.memory) return lc_fail_memory(st);
    for (size_t i = 0; i < s->steps; i++) {
        v[i] = (verdict){NAN, NAN, NAN, 0, 0};
        if (i < lookback) continue;
        v[i].expected = point[i];
        if (s->mask[i] != LC_OBSERVED || i < first) continue;
        bool scored = j.n_first == WARM_UP;
        judge_residual(&j, s->y[i] - point[i], unit, point[i], &v[i]);
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

/* A row that stands on no step of a series, because --gaps skip left it out or the frame has no number of this
 * target, is still there, without an expectation. */
static lc_code add_row(lc_result *r, const lc_panel *p, const lc_series *s, lc_row_place at, const verdict *v,
                       lc_status *st)
{
    char ds[LC_STAMP_TEXT] = "";
    bool placed = at.step != LC_NO_STEP;
    if (placed) lc_panel_stamp_text(p, &p->frames[at.frame], at.step, ds);
    lc_code code = lc_result_add_row(r, st);
    if (code == LC_OK) code = lc_result_set_text(r, 0, s ? s->id : p->frames[at.frame].id, st);
    if (code == LC_OK) code = lc_result_set_text(r, 1, ds, st);
    if (code != LC_OK || !s || !placed) return code;
    lc_result_set_real(r, 2, s->mask[at.step] == LC_OBSERVED ? s->y[at.step] : NAN);
    lc_result_set_real(r, 3, v[at.step].expected);
    lc_result_set_real(r, 4, v[at.step].lo);
    lc_result_set_real(r, 5, v[at.step].hi);
    lc_result_set_real(r, 6, v[at.step].score);
    lc_result_set_int(r, 7, v[at.step].anomaly);
    return LC_OK;
}

static lc_code add_rows(lc_result *r, const lc_panel *p, verdict *const *v, lc_status *st)
{
    size_t *series = lc_calloc(p->n_frames, sizeof *series); /* of a frame, plus 1; 0: none */
    lc_code code = series ? LC_OK : lc_fail_memory(st);
    for (size_t target = 0; code == LC_OK && target < p->n_targets; target++) {
        for (size_t f = 0; f < p->n_frames; f++) series[f] = 0;
        for (size_t i = 0; i < p->n_series; i++)
            if (p->series[i].target == target) series[p->series[i].frame] = i + 1;
        for (size_t row = 0; code == LC_OK && row < p->n_rows; row++) {
            size_t i = series[p->rows[row].frame];
            code = add_row(r, p, i ? &p->series[i - 1] : NULL, p->rows[row], i ? v[i - 1] : NULL, st);
        }
    }
    lc_free(series);
    return code;
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
    if (code == LC_OK) code = add_rows(r, p, v, st);
    for (size_t i = 0; v && i < p->n_series; i++) lc_free(v[i]);
    lc_free(v);
    lc_free(point);
    lc_scales_free(&scales);
    if (code == LC_OK) *out = r;
    else lc_result_free(r);
    return code;
}
