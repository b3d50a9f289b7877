#include "forecast/backtest.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "baseline/baseline.h"
#include "forecast/metrics.h"
#include "forecast/predict.h"
#include "par/team.h"

enum { DIGITS = 6 };

typedef struct backtest {
    const lc_model *m;
    const lc_panel *p;
    const lc_settings *s;
    const lc_backtest_rows *rows;
    lc_levels levels;
    lc_windows w;
    lc_bands bands;       /* (windows, horizon) */
    double *scale;        /* (n_series) MASE's denominator */
    lc_metrics *baseline; /* (baselines, windows) */
} backtest;

/* Truth of a window; NaN where it was not observed, and where nothing before it was: nobody can forecast from that.
 * Returns how many steps there are to score. */
static size_t truth_of(const backtest *b, size_t series, size_t origin, double *truth)
{
    const lc_series *s = &b->p->series[series];
    bool known = lc_known_rows(s->gap, origin) > 0;
    size_t n = 0;
    for (size_t h = 0; h < b->w.horizon; h++) {
        bool observed = known && lc_is_observed(s, origin + h);
        truth[h] = observed ? lc_number_written(s->y, origin + h) : NAN;
        n += observed;
    }
    return n;
}

/* ---- baselines, windows split over the threads ---- */

/* A series as its file writes it; to (steps). */
static const double *written(double *to, const lc_series *s)
{
    for (size_t i = 0; i < s->steps; i++) to[i] = lc_number_written(s->y, i);
    return to;
}

static size_t longest_series(const lc_panel *p)
{
    size_t longest = 0;
    for (size_t i = 0; i < p->n_series; i++)
        if (p->series[i].steps > longest) longest = p->series[i].steps;
    return longest;
}

typedef struct baseline_job {
    backtest *b;
    double **scratch;  /* (threads)(2 horizon and the longest series) */
    lc_status *status; /* (threads) */
} baseline_job;

static void baseline_worker(void *ctx, size_t thread, size_t threads)
{
    baseline_job *j = ctx;
    backtest *b = j->b;
    size_t begin, end, horizon = b->w.horizon;
    double *truth = j->scratch[thread], *forecast = truth + horizon, *y = forecast + horizon;
    size_t loaded = SIZE_MAX;
    lc_range(b->w.n, threads, thread, &begin, &end);
    for (size_t i = begin; i < end; i++) {
        size_t series, origin;
        lc_windows_at(&b->w, i, &series, &origin);
        if (!truth_of(b, series, origin, truth)) continue;
        const lc_series *s = &b->p->series[series];
        if (loaded != series) written(y, s);
        loaded = series;
        for (size_t k = 0; k < lc_baseline_count; k++) {
            lc_code code = lc_baseline_from(&lc_baselines[k], forecast, horizon, y, lc_known_rows(s->gap, origin),
                                            origin, b->m->settings->season, &j->status[thread]);
            if (code != LC_OK) return;
            lc_metrics_add(&b->baseline[k * b->w.n + i], horizon, truth, forecast, NULL, NULL, b->scale[series]);
        }
    }
}

static lc_code run_baselines(backtest *b, lc_status *st)
{
    size_t threads = lc_fit_threads(b->s);
    baseline_job j = {.b = b};
    j.scratch = lc_calloc(threads, sizeof *j.scratch);
    j.status = lc_calloc(threads, sizeof *j.status);
    lc_code code = j.scratch && j.status ? LC_OK : lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < threads; i++)
        if (!(j.scratch[i] = lc_calloc(2 * b->w.horizon + longest_series(b->p), sizeof(double))))
            code = lc_fail_memory(st);
    if (code == LC_OK) lc_team_run(threads, baseline_worker, &j);
    for (size_t i = 0; code == LC_OK && i < threads; i++)
        if (j.status[i].code != LC_OK) code = lc_fail(st, j.status[i].code, "%s", j.status[i].text);
    for (size_t i = 0; j.scratch && i < threads; i++) lc_free(j.scratch[i]);
    lc_free(j.scratch);
    lc_free(j.status);
    return code;
}

/* ---- the table ---- */

enum { ID, MODEL, WINDOWS, MAE, RMSE, SMAPE, MASE, COVERAGE };

static lc_code make_table(lc_result **out, const lc_levels *levels, lc_status *st)
{
    static const char *const names[] = {"mae", "rmse", "smape", "mase"};
    char name[48];
    *out = lc_result_create();
    if (!*out) return lc_fail_memory(st);
    lc_code code = lc_result_add_column(*out, "unique_id", LC_COLUMN_TEXT, 0, st);
    if (code == LC_OK) code = lc_result_add_column(*out, "model", LC_COLUMN_TEXT, 0, st);
    if (code == LC_OK) code = lc_result_add_column(*out, "windows", LC_COLUMN_INT, 0, st);
    for (size_t i = 0; code == LC_OK && i < 4; i++)
        code = lc_result_add_column(*out, names[i], LC_COLUMN_REAL, DIGITS, st);
    for (size_t i = 0; code == LC_OK && i < levels->n; i++)
        code = lc_result_add_column(*out, lc_level_name(name, "coverage", "", levels->percent[i]), LC_COLUMN_REAL,
                                    DIGITS, st);
    return code;
}

/* metrics: (levels), or (1) for a baseline without intervals. */
static lc_code add_row(lc_result *r, const char *id, const char *model, size_t windows, const lc_metrics *metrics,
                       size_t levels, lc_status *st)
{
    lc_code code = lc_result_add_row(r, st);
    if (code == LC_OK) code = lc_result_set_text(r, ID, id, st);
    if (code == LC_OK) code = lc_result_set_text(r, MODEL, model, st);
    if (code != LC_OK) return code;
    lc_result_set_int(r, WINDOWS, (int64_t)windows);
    lc_result_set_real(r, MAE, lc_metrics_mae(metrics));
    lc_result_set_real(r, RMSE, lc_metrics_rmse(metrics));
    lc_result_set_real(r, SMAPE, lc_metrics_smape(metrics));
    lc_result_set_real(r, MASE, lc_metrics_mase(metrics));
    for (size_t l = 0; l < levels; l++) lc_result_set_real(r, COVERAGE + l, lc_metrics_coverage(&metrics[l]));
    return LC_OK;
}

/* ---- the model's windows ---- */

enum { W_ID, W_CUTOFF, W_DS, W_Y, W_FORECAST, W_BANDS };

static lc_code make_windows_table(lc_result **out, const lc_levels *levels, lc_status *st)
{
    static const char *const texts[] = {"unique_id", "cutoff", "ds"};
    char name[48];
    *out = lc_result_create();
    if (!*out) return lc_fail_memory(st);
    lc_code code = LC_OK;
    for (size_t i = 0; code == LC_OK && i < 3; i++) code = lc_result_add_column(*out, texts[i], LC_COLUMN_TEXT, 0, st);
    if (code == LC_OK) code = lc_result_add_column(*out, "y", LC_COLUMN_REAL, 0, st);
    if (code == LC_OK) code = lc_result_add_column(*out, "forecast", LC_COLUMN_REAL, 9, st);
    for (size_t i = 0; code == LC_OK && i < 2 * levels->n; i++)
        code = lc_result_add_column(*out, lc_level_name(name, "forecast", i % 2 ? "hi" : "lo", levels->percent[i / 2]),
                                    LC_COLUMN_REAL, 9, st);
    return code;
}

static lc_code add_window(lc_result *t, const backtest *b, size_t i, size_t series, size_t origin, const double *truth,
                          const double *band, lc_status *st)
{
    const lc_series *s = &b->p->series[series];
    const lc_frame *frame = &b->p->frames[s->frame];
    char cutoff[LC_STAMP_TEXT], ds[LC_STAMP_TEXT];
    lc_panel_stamp_text(b->p, frame, origin - 1, cutoff);
    for (size_t h = 0; h < b->w.horizon; h++) {
        lc_panel_stamp_text(b->p, frame, origin + h, ds);
        lc_code code = lc_result_add_row(t, st);
        if (code == LC_OK) code = lc_result_set_text(t, W_ID, s->id, st);
        if (code == LC_OK) code = lc_result_set_text(t, W_CUTOFF, cutoff, st);
        if (code == LC_OK) code = lc_result_set_text(t, W_DS, ds, st);
        if (code != LC_OK) return code;
        lc_result_set_real(t, W_Y, truth[h]);
        lc_result_set_real(t, W_FORECAST, b->bands.point[i * b->w.horizon + h]);
        for (size_t l = 0; l < b->levels.n; l++) {
            lc_result_set_real(t, W_BANDS + 2 * l, band[2 * l * b->w.horizon + h]);
            lc_result_set_real(t, W_BANDS + 2 * l + 1, band[(2 * l + 1) * b->w.horizon + h]);
        }
    }
    return LC_OK;
}

/* Room for one window: its truth (horizon) and bands (levels, {lo, hi}, horizon). */
typedef struct scratch {
    double *truth, *band;
} scratch;

static lc_code series_rows(lc_result *r, backtest *b, size_t series, scratch *x, lc_metrics *all, lc_backtest_sink sink,
                           void *user, lc_status *st)
{
    lc_metrics mine[8] = {{0}};
    lc_result *t = NULL;
    lc_code code = sink ? make_windows_table(&t, &b->levels, st) : LC_OK;
    size_t begin = b->w.first[series], end = b->w.first[series + 1];
    for (size_t i = begin; code == LC_OK && i < end; i++) {
        size_t s, origin;
        lc_windows_at(&b->w, i, &s, &origin);
        truth_of(b, series, origin, x->truth);
        const double *point = b->bands.point + i * b->w.horizon;
        for (size_t l = 0; l < b->levels.n; l++) {
            double *lo = x->band + 2 * l * b->w.horizon, *hi = lo + b->w.horizon;
            for (size_t h = 0; h < b->w.horizon; h++) {
                lc_interval_bounds(b->m, &b->bands, i * b->w.horizon + h, b->levels.percent[l], &lo[h], &hi[h]);
            }
            lc_metrics_add(&mine[l], b->w.horizon, x->truth, point, lo, hi, b->scale[series]);
        }
        if (sink) code = add_window(t, b, i, series, origin, x->truth, x->band, st);
    }
    if (code == LC_OK && sink) code = sink(user, t, st);
    lc_result_free(t);
    const char *id = b->p->series[series].id;
    if (code == LC_OK) code = add_row(r, id, b->m->settings->arch, end - begin, mine, b->levels.n, st);
    for (size_t l = 0; l < b->levels.n; l++) lc_metrics_merge(&all[l], &mine[l]);
    for (size_t k = 0; code == LC_OK && k < lc_baseline_count; k++) {
        lc_metrics sum = {0};
        for (size_t i = begin; i < end; i++) lc_metrics_merge(&sum, &b->baseline[k * b->w.n + i]);
        code = add_row(r, id, lc_baselines[k].name, end - begin, &sum, 0, st);
    }
    return code;
}

static lc_code all_rows(lc_result *r, const backtest *b, const lc_metrics *all, lc_status *st)
{
    lc_code code = add_row(r, "*", b->m->settings->arch, b->w.n, all, b->levels.n, st);
    for (size_t k = 0; code == LC_OK && k < lc_baseline_count; k++) {
        lc_metrics sum = {0};
        for (size_t i = 0; i < b->w.n; i++) lc_metrics_merge(&sum, &b->baseline[k * b->w.n + i]);
        code = add_row(r, "*", lc_baselines[k].name, b->w.n, &sum, 0, st);
    }
    return code;
}

static lc_code test_windows(backtest *b, const lc_scales *scales, lc_status *st)
{
    size_t horizon = b->m->settings->horizon, stride = b->s->stride ? b->s->stride : horizon;
    lc_span *span = lc_calloc(b->p->n_series, sizeof *span);
    if (!span) return lc_fail_memory(st);
    for (size_t i = 0; i < b->p->n_series; i++) {
        const lc_backtest_rows *r = &b->rows[i];
        if (r->end - r->test >= horizon) span[i] = (lc_span){r->test, r->end - horizon + 1, r->end};
    }
    lc_code code = lc_predict_windows(&b->w, b->m, b->p, scales, span, stride, st);
    lc_free(span);
    return code;
}

lc_code lc_backtest(lc_result **out, const lc_model *m, const lc_panel *p, const lc_backtest_rows *rows,
                    const lc_settings *s, lc_backtest_sink sink, void *user, lc_status *st)
{
    *out = NULL;
    backtest b = {.m = m, .p = p, .s = s, .rows = rows};
    lc_scales scales = {0};
    scratch x = {0};
    lc_metrics all[8] = {{0}};
    lc_result *r = NULL;
    size_t unknown;
    lc_code code = lc_levels_parse(&b.levels, s->level, st);
    if (code == LC_OK) code = lc_model_scales(m, p, NULL, &scales, &unknown, st);
    if (code == LC_OK) code = test_windows(&b, &scales, st);
    if (code != LC_OK) goto done;
    code = lc_bands_create(&b.bands, b.w.n, b.w.horizon, st);
    if (code != LC_OK) goto done;
    b.scale = lc_calloc(p->n_series, sizeof *b.scale);
    b.baseline = lc_calloc(b.w.n * lc_baseline_count, sizeof *b.baseline);
    x.truth = lc_calloc(b.w.horizon, sizeof *x.truth);
    x.band = lc_calloc(2 * b.levels.n * b.w.horizon, sizeof *x.band);
    double *y = lc_calloc(longest_series(p), sizeof *y);
    if (!b.scale || !b.baseline || !x.truth || !x.band || !y) {
        lc_free(y);
        code = lc_fail_memory(st);
        goto done;
    }
    for (size_t i = 0; i < p->n_series; i++)
        b.scale[i] = lc_mase_scale(written(y, &p->series[i]), p->series[i].mask, rows[i].test, m->settings->season);
    lc_free(y);
    code = lc_predict(m, &b.w, 0, b.w.n, lc_fit_threads(s), &b.bands, st);
    if (code == LC_OK) code = run_baselines(&b, st);
    if (code == LC_OK) code = make_table(&r, &b.levels, st);
    for (size_t i = 0; code == LC_OK && i < p->n_series; i++)
        if (b.w.first[i] < b.w.first[i + 1]) code = series_rows(r, &b, i, &x, all, sink, user, st);
    if (code == LC_OK) code = all_rows(r, &b, all, st);
done:
    lc_free(x.truth);
    lc_free(x.band);
    lc_bands_free(&b.bands);
    lc_free(b.scale);
    lc_free(b.baseline);
    lc_windows_free(&b.w);
    lc_scales_free(&scales);
    if (code == LC_OK) *out = r;
    else lc_result_free(r);
    return code;
}
