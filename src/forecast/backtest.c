#include "forecast/backtest.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "forecast/adapt.h"
#include "forecast/backtest_tables.h"
#include "forecast/fitting.h"
#include "forecast/predict.h"
#include "forecast/verdict.h"
#include "train/recipe.h"

enum { AT_A_TIME = 4000000 }; /* doubles that hold the forecasts of some windows */

typedef struct backtest {
    const lc_panel *p;
    lc_settings *s; /* the caller's with horizon and season */
    const lc_backtest_sinks *sinks;
    lc_backtest_rows *rows; /* (n_series) */
    lc_levels levels;
    size_t horizon, stride, threads;
    size_t *origins;       /* (n_series) */
    size_t most, windows;  /* origins of a series, and of all together */
    size_t *first_of_time; /* (n_series) which of the duels' origins a series' first one is */
    lc_rivals rivals;
    lc_scores scores;
    lc_duels duels;
    lc_backtest_view *view; /* NULL: nobody asks */
    lc_backtest_names names;
} backtest;

/* ---- what is forecast when ---- */

static size_t series_origins(const lc_backtest_rows *r, size_t horizon, size_t stride)
{
    return r->end - r->test >= horizon ? (r->end - r->test - horizon) / stride + 1 : 0;
}

/* Rows from the panel's first stamp to the first stamp of a frame; 0 where that cannot be told. */
static size_t frame_offset(const lc_panel *p, size_t frame)
{
    lc_stamp first = lc_panel_stamp(p, &p->frames[frame], 0), least = first;
    for (size_t i = 0; i < p->n_frames; i++) {
        const lc_stamp t = p->frames[i].steps ? lc_panel_stamp(p, &p->frames[i], 0) : first;
        if (t < least) least = t;
    }
    bool on_grid;
    const int64_t steps = first > least ? lc_freq_steps(&p->freq, least, first, &on_grid) : 0;
    return steps > 0 ? (size_t)steps : 0;
}

/* Origins of all series on one time axis in units of the stride. Where they lie too far apart for that, the first of
 * all are one origin, and so on. */
static lc_code place_origins(backtest *b, lc_status *st)
{
    const lc_panel *p = b->p;
    size_t *offset = lc_calloc(p->n_frames, sizeof *offset);
    if (!offset) return lc_fail_memory(st);
    size_t least = SIZE_MAX, times = 0;
    bool aligned = true;
    for (size_t i = 0; p->n_frames > 1 && i < p->n_frames; i++) offset[i] = frame_offset(p, i);
    for (size_t i = 0; i < p->n_series; i++) {
        const size_t at = offset[p->series[i].frame] + b->rows[i].test;
        if (b->origins[i] && at < least) least = at;
    }
    for (size_t i = 0; i < p->n_series; i++) {
        if (!b->origins[i]) continue;
        const size_t at = offset[p->series[i].frame] + b->rows[i].test - least;
        b->first_of_time[i] = at / b->stride;
        aligned = aligned && at % b->stride == 0;
        if (b->first_of_time[i] + b->origins[i] > times) times = b->first_of_time[i] + b->origins[i];
    }
    if (times / 4 > b->windows) {
        times = b->most;
        memset(b->first_of_time, 0, p->n_series * sizeof *b->first_of_time);
    }
    lc_free(offset);
    lc_code code = lc_duels_create(&b->duels, times, b->rivals.n, st);
    b->duels.aligned = aligned;
    b->duels.horizon = b->horizon;
    b->duels.stride = b->stride;
    return code;
}

static lc_code measure_scales(backtest *b, lc_status *st)
{
    size_t longest = 0;
    for (size_t i = 0; i < b->p->n_series; i++)
        if (b->p->series[i].steps > longest) longest = b->p->series[i].steps;
    double *y = lc_calloc(longest, sizeof *y);
    if (!y) return lc_fail_memory(st);
    for (size_t i = 0; i < b->p->n_series; i++) {
        const lc_series *s = &b->p->series[i];
        for (size_t t = 0; t < b->rows[i].test; t++) y[t] = lc_number_written(s->y, t);
        b->scores.scale[i] = lc_mase_scale(y, s->mask, b->rows[i].test, b->s->season);
    }
    lc_free(y);
    return LC_OK;
}

/* All that does not depend on a fit. */
static lc_code prepare(backtest *b, const lc_settings *s, lc_status *st)
{
    const size_t n = b->p->n_series;
    b->rows = lc_calloc(n, sizeof *b->rows);
    b->origins = lc_calloc(n, sizeof *b->origins);
    b->first_of_time = lc_calloc(n, sizeof *b->first_of_time);
    b->s = lc_settings_copy(s);
    lc_split *split = lc_calloc(n, sizeof *split);
    lc_code code = b->rows && b->origins && b->first_of_time && b->s && split ? LC_OK : lc_fail_memory(st);
    if (code == LC_OK) code = lc_levels_parse(&b->levels, s->level, st);
    if (code == LC_OK && !b->s->horizon) b->s->horizon = lc_freq_horizon(&b->p->freq);
    if (code == LC_OK) code = lc_backtest_split(b->rows, b->p, b->s, st);
    if (code == LC_OK) {
        lc_backtest_fit_rows(split, b->rows, n, 0, 1);
        if (!b->s->season) code = lc_resolve_season(&b->s->season, b->p, split, st);
    }
    lc_free(split);
    if (code != LC_OK) return code;
    b->horizon = b->s->horizon;
    b->stride = b->s->stride ? b->s->stride : b->horizon;
    b->threads = lc_fit_threads(s);
    for (size_t i = 0; i < n; i++) {
        b->origins[i] = series_origins(&b->rows[i], b->horizon, b->stride);
        b->windows += b->origins[i];
        if (b->origins[i] > b->most) b->most = b->origins[i];
    }
    code = lc_rivals_create(&b->rivals, s->arch, b->s->season, b->windows, st);
    if (code == LC_OK)
        code = lc_scores_create(&b->scores, n, b->levels.n, b->rivals.n, b->horizon, b->sinks->steps != NULL, st);
    if (code == LC_OK) code = measure_scales(b, st);
    if (code == LC_OK) code = place_origins(b, st);
    if (code == LC_OK && b->sinks->view)
        code = lc_backtest_view_create(&b->view, b->p, &b->rivals, &b->levels, b->s, b->origins, b->scores.scale, st);
    b->names = (lc_backtest_names){b->p, b->s->arch, &b->rivals, &b->levels};
    return code;
}

/* ---- forecasts ---- */

/* Windows that are forecast and scored together. */
typedef struct part {
    const lc_model *m;
    const lc_windows *w;
    size_t *skipped; /* (n_series) origins before the first of w */
    size_t first, n;
    lc_bands bands; /* (n, horizon) */
    double *rivals; /* (rivals, n, horizon) */
    lc_adapt adapt; /* the levels asked for, then those whose ends are the quantiles .1 and .9, .2 and .8 ... */
    size_t series;  /* that adapt follows; SIZE_MAX: none yet */
    double *truth;  /* (horizon) */
    double *band;   /* (levels, {lo, hi}, horizon) */
    double *quantile;
} part;

_Static_assert(LC_ADAPT_LEVELS >= sizeof((lc_levels *)0)->percent / sizeof(double) + LC_CRPS_QUANTILES / 2,
               "room for all levels");

static lc_code follow(const backtest *b, part *x, size_t windows, lc_status *st)
{
    double percent[LC_ADAPT_LEVELS];
    size_t n = 0;
    for (; n < b->levels.n; n++) percent[n] = b->levels.percent[n];
    for (size_t q = 0; q < LC_CRPS_QUANTILES / 2; q++) percent[n++] = lc_crps_level(q);
    x->series = SIZE_MAX;
    return lc_adapt_create(&x->adapt, &x->m->calibration, percent, n, b->horizon, b->stride, windows, b->s->adapt, st);
}

/* Bands and quantiles of window i of the part. */
static void find_bounds(const backtest *b, part *x, size_t i)
{
    const size_t horizon = b->horizon, last = LC_CRPS_QUANTILES - 1;
    const double *half = x->adapt.half;
    for (size_t h = 0; h < horizon; h++) {
        const size_t at = i * horizon + h;
        for (size_t l = 0; l < b->levels.n; l++)
            lc_interval_around(x->m->settings, &x->bands, at, half[l * horizon + h], &x->band[2 * l * horizon + h],
                               &x->band[(2 * l + 1) * horizon + h]);
        for (size_t q = 0; q < LC_CRPS_QUANTILES / 2; q++)
            lc_interval_around(x->m->settings, &x->bands, at, half[(b->levels.n + q) * horizon + h],
                               &x->quantile[q * horizon + h], &x->quantile[(last - q) * horizon + h]);
        x->quantile[LC_CRPS_QUANTILES / 2 * horizon + h] = x->bands.point[at];
    }
}

static lc_code score(backtest *b, part *x, lc_result *table, lc_status *st)
{
    lc_code code = LC_OK;
    for (size_t i = 0; code == LC_OK && i < x->n; i++) {
        size_t series, origin;
        lc_windows_at(x->w, x->first + i, &series, &origin);
        const size_t nth = x->skipped[series] + x->first + i - x->w->first[series];
        const double *point = x->bands.point + i * b->horizon;
        lc_window_truth(x->truth, x->w, series, origin);
        if (x->series != series) lc_adapt_begin(&x->adapt);
        x->series = series;
        lc_adapt_reach(&x->adapt, origin);
        find_bounds(b, x, i);
        lc_adapt_push(&x->adapt, origin, x->truth, &x->bands, i);
        const double scale = b->scores.scale[series];
        lc_scores_add_model(&b->scores, series, x->truth, point, x->band, x->quantile);
        if (b->view) lc_backtest_view_add(b->view, series, x->truth, point, x->band, x->quantile, scale);
        for (size_t k = 0; k < b->rivals.n; k++) {
            if (!lc_rivals_runs(&b->rivals, k, nth)) continue;
            const double *theirs = x->rivals + (k * x->n + i) * b->horizon;
            lc_scores_add_rival(&b->scores, series, k, x->truth, theirs);
            lc_duels_add(&b->duels, b->first_of_time[series] + nth, k, x->truth, point, theirs, scale);
            if (b->view) lc_backtest_view_add_rival(b->view, k, x->truth, point, theirs, scale);
        }
        if (table)
            code = lc_backtest_add_window(table, b->p, series, origin, b->horizon, b->levels.n, x->truth, point,
                                          x->band, st);
    }
    return code;
}

static lc_code run_part(backtest *b, part *x, lc_status *st)
{
    lc_result *table = NULL;
    lc_code code = lc_predict(x->m, x->w, x->first, x->n, b->threads, &x->bands, st);
    if (code == LC_OK)
        code = lc_rivals_forecast(&b->rivals, x->w, x->skipped, x->first, x->n, b->threads, x->rivals, st);
    if (code == LC_OK && b->sinks->windows) code = lc_backtest_window_table(&table, &b->levels, st);
    if (code == LC_OK) code = score(b, x, table, st);
    if (code == LC_OK && table) code = b->sinks->windows(b->sinks->windows_user, table, st);
    lc_result_free(table);
    return code;
}

static size_t windows_at_a_time(const backtest *b, size_t n)
{
    size_t some = AT_A_TIME / (b->horizon * (b->rivals.n + 3));
    if (some < b->threads) some = b->threads;
    return some < n ? some : n;
}

/* Forecasts from the origins begin..end-1 of every series. */
static lc_code run_origins(backtest *b, const lc_model *m, size_t begin, size_t end, lc_status *st)
{
    lc_scales scales = {0};
    lc_windows w = {0};
    part x = {.m = m, .w = &w};
    size_t unknown, horizon = b->horizon;
    lc_span *span = lc_calloc(b->p->n_series, sizeof *span);
    x.skipped = lc_calloc(b->p->n_series, sizeof *x.skipped);
    lc_code code = span && x.skipped ? lc_model_scales(m, b->p, NULL, &scales, &unknown, st) : lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < b->p->n_series; i++) {
        const size_t stop = end < b->origins[i] ? end : b->origins[i];
        x.skipped[i] = begin;
        if (begin < stop)
            span[i] = (lc_span){b->rows[i].test + begin * b->stride, b->rows[i].test + (stop - 1) * b->stride + 1,
                                b->rows[i].end};
    }
    if (code == LC_OK) code = lc_predict_windows(&w, m, b->p, &scales, span, b->stride, st);
    const size_t some = code == LC_OK ? windows_at_a_time(b, w.n) : 0;
    if (code == LC_OK && some) {
        x.rivals = lc_calloc(some * horizon * b->rivals.n, sizeof *x.rivals);
        x.truth = lc_calloc(horizon, sizeof *x.truth);
        x.band = lc_calloc(2 * b->levels.n * horizon, sizeof *x.band);
        x.quantile = lc_calloc(LC_CRPS_QUANTILES * horizon, sizeof *x.quantile);
        code = x.rivals && x.truth && x.band && x.quantile ? lc_bands_create(&x.bands, some, horizon, st)
                                                           : lc_fail_memory(st);
        if (code == LC_OK) code = follow(b, &x, end - begin, st);
    }
    for (; code == LC_OK && x.first < w.n; x.first += x.n) {
        x.n = w.n - x.first < some ? w.n - x.first : some;
        code = run_part(b, &x, st);
    }
    lc_bands_free(&x.bands);
    lc_free(x.rivals);
    lc_adapt_free(&x.adapt);
    lc_free(x.truth);
    lc_free(x.band);
    lc_free(x.quantile);
    lc_free(x.skipped);
    lc_free(span);
    lc_windows_free(&w);
    lc_scales_free(&scales);
    return code;
}

/* ---- fits ---- */

void lc_backtest_fit_rows(lc_split *out, const lc_backtest_rows *rows, size_t n_series, size_t origins, size_t stride)
{
    for (size_t i = 0; i < n_series; i++) {
        const lc_backtest_rows *r = &rows[i];
        const size_t most = r->end - r->test, on = most / stride < origins ? most : origins * stride;
        out[i] = (lc_split){r->train + on, r->test + on};
    }
}

typedef struct watch {
    lc_progress_fn progress;
    void *user;
    size_t fit, fits;
} watch;

static bool tell(void *user, const lc_progress *p)
{
    const watch *w = user;
    lc_progress now = *p;
    now.fit = w->fit;
    now.fits = w->fits;
    return w->progress(w->user, &now);
}

static lc_code run_fit(backtest *b, lc_model **m, size_t begin, size_t end, watch *w, lc_status *st)
{
    lc_settings *resolved = lc_settings_copy(b->s);
    lc_split *split = lc_calloc(b->p->n_series, sizeof *split);
    lc_code code = resolved && split ? LC_OK : lc_fail_memory(st);
    if (code == LC_OK) code = lc_settings_set(resolved, "checkpoint", "", st); /* that is of a single fit */
    if (code == LC_OK) {
        lc_backtest_fit_rows(split, b->rows, b->p->n_series, begin, b->stride);
        code = lc_resolve_settings(resolved, b->p, split, st);
    }
    if (code == LC_OK && !*resolved->split && strcmp(resolved->arch, "lstm") != 0)
        for (size_t i = 0; i < b->p->n_series; i++) split[i] = lc_recipe_split(resolved, b->p->n_series, split[i].end);
    lc_model_free(*m);
    *m = NULL;
    if (code == LC_OK) code = lc_fit_calibrated(m, b->p, resolved, split, w->progress ? tell : NULL, w, st);
    if (code == LC_OK) code = run_origins(b, *m, begin, end, st);
    lc_settings_free(resolved);
    lc_free(split);
    return code;
}

/* ---- results ---- */

static lc_code write_steps(backtest *b, lc_status *st)
{
    lc_code code = LC_OK;
    for (size_t i = 0; code == LC_OK && i <= b->p->n_series; i++) {
        lc_result *t;
        if (i < b->p->n_series && !b->scores.windows[i * (1 + b->rivals.n)]) continue;
        code = lc_backtest_step_table(&t, &b->scores, i, &b->names, st);
        if (code == LC_OK) code = b->sinks->steps(b->sinks->steps_user, t, st);
        lc_result_free(t);
    }
    return code;
}

static lc_code judge(const backtest *b, lc_verdict *out, lc_status *st)
{
    bool scaled;
    size_t naive = SIZE_MAX;
    const size_t best = lc_duels_best(&b->duels, &scaled);
    memset(out, 0, sizeof *out);
    snprintf(out->model, sizeof out->model, "%s", b->s->arch);
    if (best == SIZE_MAX) return LC_OK;
    const lc_baseline *rival = b->rivals.rival[best];
    for (size_t k = 0; k < b->rivals.n; k++)
        if (b->rivals.rival[k] == lc_baseline_find("naive")) naive = k;
    snprintf(out->baseline, sizeof out->baseline, "%s", rival->name);
    for (size_t i = 0; i < b->p->n_series; i++) out->series += b->scores.windows[i * (1 + b->rivals.n)] > 0;
    return lc_verdict_of(out, &b->duels, best, scaled, rival->slow ? b->rivals.slow_every : 1, naive, st);
}

/* Of the baselines that are no plain repetition, as Naive2 is one without a season. */
static size_t best_of_others(const backtest *b)
{
    static const char *const plain[] = {"naive", "seasonal-naive", "naive2"};
    const size_t n_plain = b->s->season > 1 ? 2 : 3;
    bool scaled;
    size_t best = SIZE_MAX;
    double most = -INFINITY;
    lc_duels_best(&b->duels, &scaled);
    for (size_t k = 0; k < b->rivals.n; k++) {
        bool other = true;
        for (size_t i = 0; i < n_plain; i++) other = other && strcmp(b->rivals.rival[k]->name, plain[i]) != 0;
        const double ratio = lc_duels_ratio(&b->duels, k, scaled);
        if (!other || !(ratio > most)) continue;
        most = ratio;
        best = k;
    }
    return best;
}

lc_code lc_backtest(lc_result **out, lc_backtest_report *report, const lc_panel *p, const lc_settings *s,
                    const lc_backtest_sinks *sinks, lc_progress_fn progress, void *user, lc_status *st)
{
    backtest b = {.p = p, .sinks = sinks};
    lc_model *m = NULL;
    *out = NULL;
    *report = (lc_backtest_report){0};
    lc_code code = prepare(&b, s, st);
    const size_t every = s->refit_every ? s->refit_every : s->refit ? 1 : b.most;
    watch w = {.progress = progress, .user = user, .fits = every ? (b.most - 1) / every + 1 : 0};
    for (size_t begin = 0; code == LC_OK && begin < b.most; begin += every) {
        w.fit++;
        code = run_fit(&b, &m, begin, begin + every, &w, st);
    }
    if (code == LC_OK) code = lc_backtest_table(out, &b.scores, &b.names, st);
    if (code == LC_OK && sinks->steps) code = write_steps(&b, st);
    if (code == LC_OK) code = judge(&b, &report->verdict, st);
    if (code == LC_OK && b.view) b.view->best = best_of_others(&b);
    report->fits = w.fits;
    report->slow_every = b.rivals.slow_every;
    lc_duels_free(&b.duels);
    lc_scores_free(&b.scores);
    lc_rivals_free(&b.rivals);
    lc_settings_free(b.s);
    lc_free(b.first_of_time);
    lc_free(b.origins);
    lc_free(b.rows);
    if (code == LC_OK) {
        report->model = m;
        report->view = b.view;
        return LC_OK;
    }
    lc_model_free(m);
    lc_backtest_view_free(b.view);
    lc_result_free(*out);
    *out = NULL;
    return code;
}
