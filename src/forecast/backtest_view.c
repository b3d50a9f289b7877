#include "forecast/backtest_view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "base/text.h"

enum { QUANTILE_LEVELS = LC_CRPS_QUANTILES / 2 };

/* ---- what it is about ---- */

/* only: the single series, or NULL. */
static char *subject_of(const lc_panel *p, const lc_series *only)
{
    lc_buf b = {0};
    if (p->n_files > 1) lc_buf_printf(&b, "%zu files", p->n_files);
    else lc_buf_puts(&b, lc_base_name(p->source));
    if (only && *only->id) {
        lc_buf_puts(&b, ", ");
        lc_buf_puts(&b, only->id);
    }
    char *subject = b.failed ? NULL : lc_strdup(b.data);
    lc_buf_free(&b);
    return subject;
}

/* The levels that were asked for, and those between them that are there without asking. */
static void place_levels(lc_backtest_view *v, const lc_levels *levels)
{
    for (size_t l = 0; l < levels->n; l++) v->level[v->n_levels++] = (lc_view_level){levels->percent[l], true, {0}};
    for (size_t q = 0; q < QUANTILE_LEVELS; q++) {
        const double percent = lc_crps_level(q);
        size_t at = 0;
        while (at < v->n_levels && v->level[at].percent < percent) at++;
        if (at < v->n_levels && v->level[at].percent == percent) continue;
        memmove(&v->level[at + 1], &v->level[at], (v->n_levels++ - at) * sizeof v->level[0]);
        v->level[at] = (lc_view_level){percent, false, {0}};
    }
}

lc_code lc_backtest_view_create(lc_backtest_view **out, const lc_panel *p, const lc_rivals *rivals,
                                const lc_levels *levels, const lc_settings *s, const size_t *origins,
                                const double *scale, lc_status *st)
{
    const lc_series *only = NULL;
    bool scalable = false;
    size_t cells;
    lc_backtest_view *v = *out = lc_calloc(1, sizeof *v);
    if (!v) return lc_fail_memory(st);
    *v = (lc_backtest_view){.horizon = s->horizon,
                            .stride = s->stride ? s->stride : s->horizon,
                            .season = s->season,
                            .rivals = rivals->n,
                            .best = SIZE_MAX};
    for (size_t i = 0; i < p->n_series; i++) {
        if (!origins[i]) continue;
        v->series++;
        only = &p->series[i];
        scalable = scalable || (scale[i] > 0 && isfinite(scale[i]));
    }
    if (v->series > 1) only = NULL;
    v->scaled = v->series > 1 && scalable;
    v->subject = subject_of(p, only);
    v->label = lc_strdup(only && !*p->value_label ? only->id : p->value_label);
    v->model = lc_strdup(s->arch);
    v->rival = lc_calloc(rivals->n, sizeof *v->rival);
    v->rival_windows = lc_calloc(rivals->n, sizeof *v->rival_windows);
    v->step = lc_calloc(s->horizon, sizeof *v->step);
    if (lc_mul(rivals->n, s->horizon, &cells)) {
        v->theirs = lc_calloc(cells, sizeof *v->theirs);
        v->mine = lc_calloc(cells, sizeof *v->mine);
    }
    v->residual = lc_calloc(LC_VIEW_RESIDUALS, sizeof *v->residual);
    const bool ok = v->subject && v->label && v->model && v->rival && v->rival_windows && v->step && v->theirs &&
                    v->mine && v->residual;
    lc_code code = ok ? lc_correlogram_create(&v->one_step, origins, p->n_series, st) : lc_fail_memory(st);
    if (code != LC_OK) {
        lc_backtest_view_free(v);
        *out = NULL;
        return code;
    }
    if (rivals->n) memcpy(v->rival, rivals->rival, rivals->n * sizeof *v->rival);
    place_levels(v, levels);
    return LC_OK;
}

void lc_backtest_view_free(lc_backtest_view *v)
{
    if (!v) return;
    free(v->subject);
    free(v->label);
    free(v->model);
    lc_free(v->rival);
    lc_free(v->rival_windows);
    lc_free(v->step);
    lc_free(v->theirs);
    lc_free(v->mine);
    lc_free(v->residual);
    lc_correlogram_free(&v->one_step);
    lc_free(v);
}

/* ---- windows ---- */

/* Once there is no room, each of all that were seen has the same chance to be kept (Vitter's algorithm R, 1985). */
static void keep_residual(lc_backtest_view *v, double x)
{
    if (!isfinite(x)) return;
    const size_t nth = v->residuals++;
    const size_t at = nth < LC_VIEW_RESIDUALS ? nth : lc_hash64(nth) % (nth + 1);
    if (at < LC_VIEW_RESIDUALS) v->residual[at] = x;
}

static void add_steps(lc_metrics *step, size_t horizon, const double *truth, const double *forecast, double scale)
{
    for (size_t h = 0; h < horizon; h++) lc_metrics_add(&step[h], 1, truth + h, forecast + h, NULL, NULL, scale);
}

void lc_backtest_view_add(lc_backtest_view *v, size_t series, const double *truth, const double *point,
                          const double *band, const double *quantile, double scale)
{
    const size_t horizon = v->horizon, last = LC_CRPS_QUANTILES - 1;
    size_t given = 0;
    v->windows++;
    add_steps(v->step, horizon, truth, point, scale);
    for (size_t l = 0; l < v->n_levels; l++) {
        lc_view_level *one = &v->level[l];
        size_t q = 0;
        while (!one->given && lc_crps_level(q) != one->percent) q++;
        const double *lo = one->given ? band + 2 * given * horizon : quantile + q * horizon;
        const double *hi = one->given ? lo + horizon : quantile + (last - q) * horizon;
        lc_metrics_add(&one->metrics, horizon, truth, point, lo, hi, scale);
        given += one->given;
    }
    for (size_t h = 0; h < horizon; h++) {
        const double x = truth[h] - point[h];
        if (v->scaled) keep_residual(v, scale > 0 ? x / scale : NAN);
        else keep_residual(v, x);
    }
    lc_correlogram_add(&v->one_step, series, truth[0] - point[0]);
}

void lc_backtest_view_add_rival(lc_backtest_view *v, size_t rival, const double *truth, const double *point,
                                const double *theirs, double scale)
{
    v->rival_windows[rival]++;
    add_steps(v->theirs + rival * v->horizon, v->horizon, truth, theirs, scale);
    add_steps(v->mine + rival * v->horizon, v->horizon, truth, point, scale);
}

/* ---- errors ---- */

static double error_of(const lc_metrics *m, bool scaled)
{
    return scaled ? lc_metrics_mase(m) : lc_metrics_mae(m);
}

void lc_backtest_view_errors(const lc_backtest_view *v, bool scaled, double *out)
{
    for (size_t h = 0; h < v->horizon; h++) out[h] = error_of(&v->step[h], scaled);
}

void lc_backtest_view_rival_errors(const lc_backtest_view *v, size_t rival, bool scaled, double *out)
{
    for (size_t h = 0; h < v->horizon; h++) {
        const size_t at = rival * v->horizon + h;
        out[h] = error_of(&v->theirs[at], scaled);
        if (v->rival_windows[rival] < v->windows)
            out[h] *= error_of(&v->step[h], scaled) / error_of(&v->mine[at], scaled);
    }
}
