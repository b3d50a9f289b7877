#include "forecast/statistical.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "par/team.h"

enum { MOST_ROWS = 4000, MOST_DIFFERENCES = 400 };

const lc_baseline *lc_statistical_of(const lc_settings *s)
{
    const lc_baseline *own = lc_baseline_find(s->arch);
    return own ? own : lc_baseline_find("theta");
}

/* What a forecast of h + 1 steps is usually off by: the mean change of the last values over as many steps, with a
 * season over as many seasons; at least a part of how values differ at all, since the first ones of a series may be few
 * or equal. spread (horizon). */
static void usual_changes(double *spread, size_t horizon, double *y, size_t n, size_t season)
{
    const double part = 0.1;
    double last = part * lc_scale_fit((lc_numbers){.d = y}, NULL, n).sd;
    size_t done = 0;
    for (size_t h = 0; h < horizon; h++) {
        const size_t lag = season > 1 ? (h / season + 1) * season : h + 1;
        if (lag != done && lag < n) {
            const size_t pairs = n - lag < MOST_DIFFERENCES ? n - lag : MOST_DIFFERENCES;
            double sum = 0;
            for (size_t t = n - pairs; t < n; t++) sum += fabs(y[t] / 2 - y[t - lag] / 2) / (double)pairs;
            last = fmax(last, 2 * sum);
        } else if (lag != done && done) {
            last *= sqrt((double)lag / (double)done); /* beyond what can be seen, as a random walk's */
        }
        done = lag;
        spread[h] = last;
    }
}

typedef struct job {
    const lc_model *m;
    const lc_windows *w;
    size_t first, n;
    double share;
    lc_bands *out;
    double **scratch;  /* (threads)(2 horizon, MOST_ROWS) */
    lc_status *status; /* (threads) */
} job;

static void blend(const job *j, size_t i, const double *point, const double *spread)
{
    const size_t horizon = j->w->horizon;
    lc_bands at = lc_bands_from(j->out, i, horizon);
    for (size_t h = 0; h < horizon; h++) {
        at.point[h] = j->share >= 1 ? point[h] : (1 - j->share) * at.point[h] + j->share * point[h];
        if (j->share >= 1) at.below[h] = at.above[h] = spread[h];
    }
}

static void worker(void *ctx, size_t thread, size_t threads)
{
    job *j = ctx;
    size_t begin, end;
    const size_t horizon = j->w->horizon, season = j->m->settings->season;
    double *point = j->scratch[thread], *spread = point + horizon, *y = spread + horizon;
    const lc_baseline *b = lc_statistical_of(j->m->settings);
    lc_range(j->n, threads, thread, &begin, &end);
    for (size_t i = begin; i < end; i++) {
        size_t series, origin;
        lc_windows_at(j->w, j->first + i, &series, &origin);
        const lc_series *s = &j->w->panel->series[series];
        const size_t known = lc_known_rows(s->gap, origin), n = known < MOST_ROWS ? known : MOST_ROWS;
        if (!n) {
            const lc_scale scale = j->w->scales->series[series];
            const double usual = lc_scale_restore(scale, scale.mean);
            for (size_t h = 0; h < horizon; h++) point[h] = usual;
            for (size_t h = 0; h < horizon; h++) spread[h] = scale.log ? usual : scale.sd;
        } else {
            for (size_t t = 0; t < n; t++) y[t] = lc_number_written(s->y, known - n + t);
            if (lc_baseline_from(b, point, horizon, y, n, origin - (known - n), season, &j->status[thread]) != LC_OK)
                return;
            usual_changes(spread, horizon, y, n, season);
        }
        blend(j, i, point, spread);
    }
}

lc_code lc_statistical_blend(const lc_model *m, const lc_windows *windows, size_t first, size_t n, size_t threads,
                             double share, lc_bands *out, lc_status *st)
{
    job j = {m, windows, first, n, share, out, NULL, NULL};
    if (threads > n) threads = n ? n : 1;
    j.scratch = lc_calloc(threads, sizeof *j.scratch);
    j.status = lc_calloc(threads, sizeof *j.status);
    lc_code code = j.scratch && j.status ? LC_OK : lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < threads; i++)
        if (!(j.scratch[i] = lc_calloc(2 * windows->horizon + MOST_ROWS, sizeof(double)))) code = lc_fail_memory(st);
    if (code == LC_OK) lc_team_run(threads, worker, &j);
    for (size_t i = 0; code == LC_OK && i < threads; i++)
        if (j.status[i].code != LC_OK) code = lc_fail(st, j.status[i].code, "%s", j.status[i].text);
    for (size_t i = 0; j.scratch && i < threads; i++) lc_free(j.scratch[i]);
    lc_free(j.scratch);
    lc_free(j.status);
    return code;
}
