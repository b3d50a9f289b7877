#include "forecast/rivals.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "par/team.h"

lc_code lc_rivals_create(lc_rivals *r, const char *arch, size_t season, size_t windows, lc_status *st)
{
    *r = (lc_rivals){.season = season};
    r->slow_every = windows > LC_RIVALS_SLOW ? (windows + LC_RIVALS_SLOW - 1) / LC_RIVALS_SLOW : 1;
    r->rival = lc_calloc(lc_baseline_count, sizeof *r->rival);
    if (!r->rival) return lc_fail_memory(st);
    for (size_t i = 0; i < lc_baseline_count; i++)
        if (strcmp(lc_baselines[i].name, arch) != 0) r->rival[r->n++] = &lc_baselines[i];
    return LC_OK;
}

void lc_rivals_free(lc_rivals *r)
{
    lc_free(r->rival);
    *r = (lc_rivals){0};
}

bool lc_rivals_runs(const lc_rivals *r, size_t rival, size_t origin)
{
    return !r->rival[rival]->slow || origin % r->slow_every == 0;
}

size_t lc_window_truth(double *truth, const lc_windows *w, size_t series, size_t origin)
{
    const lc_series *s = &w->panel->series[series];
    const bool known = lc_known_rows(s->gap, origin) > 0;
    size_t n = 0;
    for (size_t h = 0; h < w->horizon; h++) {
        const bool observed = known && origin + h < s->steps && lc_is_observed(s, origin + h);
        truth[h] = observed ? lc_number_written(s->y, origin + h) : NAN;
        n += observed;
    }
    return n;
}

static size_t longest_series(const lc_panel *p)
{
    size_t longest = 0;
    for (size_t i = 0; i < p->n_series; i++)
        if (p->series[i].steps > longest) longest = p->series[i].steps;
    return longest;
}

typedef struct job {
    const lc_rivals *r;
    const lc_windows *w;
    const size_t *skipped;
    size_t first, n;
    double *out;       /* (rivals, n, horizon) */
    double **scratch;  /* (threads)(horizon and the longest series) */
    lc_status *status; /* (threads) */
} job;

static void worker(void *ctx, size_t thread, size_t threads)
{
    job *j = ctx;
    const lc_windows *w = j->w;
    const size_t horizon = w->horizon;
    size_t begin, end, loaded = SIZE_MAX, rows = 0;
    double *truth = j->scratch[thread], *y = truth + horizon;
    lc_range(j->n, threads, thread, &begin, &end);
    for (size_t i = begin; i < end; i++) {
        size_t series, origin;
        lc_windows_at(w, j->first + i, &series, &origin);
        if (!lc_window_truth(truth, w, series, origin)) continue;
        const lc_series *s = &w->panel->series[series];
        if (loaded != series) rows = 0;
        loaded = series;
        for (; rows < origin; rows++) y[rows] = lc_number_written(s->y, rows);
        const size_t nth = j->skipped[series] + j->first + i - w->first[series];
        for (size_t k = 0; k < j->r->n; k++) {
            if (!lc_rivals_runs(j->r, k, nth)) continue;
            lc_code code = lc_baseline_from(j->r->rival[k], j->out + (k * j->n + i) * horizon, horizon, y,
                                            lc_known_rows(s->gap, origin), origin, j->r->season, &j->status[thread]);
            if (code != LC_OK) return;
        }
    }
}

lc_code lc_rivals_forecast(const lc_rivals *r, const lc_windows *w, const size_t *skipped, size_t first, size_t n,
                           size_t threads, double *out, lc_status *st)
{
    job j = {.r = r, .w = w, .skipped = skipped, .first = first, .n = n, .out = out};
    if (threads > n) threads = n ? n : 1;
    j.scratch = lc_calloc(threads, sizeof *j.scratch);
    j.status = lc_calloc(threads, sizeof *j.status);
    lc_code code = j.scratch && j.status ? LC_OK : lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < threads; i++)
        if (!(j.scratch[i] = lc_calloc(w->horizon + longest_series(w->panel), sizeof(double))))
            code = lc_fail_memory(st);
    if (code == LC_OK) lc_team_run(threads, worker, &j);
    for (size_t i = 0; code == LC_OK && i < threads; i++)
        if (j.status[i].code != LC_OK) code = lc_fail(st, j.status[i].code, "%s", j.status[i].text);
    for (size_t i = 0; j.scratch && i < threads; i++) lc_free(j.scratch[i]);
    lc_free(j.scratch);
    lc_free(j.status);
    return code;
}
