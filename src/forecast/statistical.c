#include "forecast/statistical.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/order.h"
#include "par/team.h"

enum { MOST_ROWS = 4000, MOST_DIFFERENCES = 400 };

/* The statistical models whose forecasts take part. */
typedef struct parts {
    const lc_baseline *model[3];
    size_t n;
    bool median; /* of theirs and that of the networks, where there are some */
} parts;

static parts parts_of(const lc_model *m)
{
    const lc_settings *s = m->settings;
    const lc_baseline *own = lc_baseline_find(s->arch), *with = lc_baseline_find(s->blend_with);
    if (own || with) return (parts){{own ? own : with}, 1, false};
    parts p = {{lc_baseline_find("ets"), lc_baseline_find("arima")}, 2, true};
    if (!lc_model_networked(m)) p.model[p.n++] = lc_baseline_find("theta");
    return p;
}

void lc_statistical_name(const lc_model *m, char *out, size_t room)
{
    const parts p = parts_of(m);
    if (!p.median) snprintf(out, room, "%s", p.model[0]->name);
    else snprintf(out, room, "median %s", p.n > 2 ? "of ets, arima and theta" : "with ets and arima");
}

bool lc_statistical_is_slow(const lc_model *m)
{
    const parts p = parts_of(m);
    bool slow = false;
    for (size_t i = 0; i < p.n; i++) slow = slow || p.model[i]->slow;
    return slow && (m->settings->blend > 0 || !lc_model_networked(m));
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
    parts parts;
    bool networked; /* out holds the networks' forecasts */
    lc_bands *out;
    double **scratch;  /* (threads)(4 horizon, MOST_ROWS) */
    lc_status *status; /* (threads) */
} job;

static double median(double *x, size_t n)
{
    lc_sort_few(x, n);
    return n % 2 || !n ? x[n / 2] : x[n / 2 - 1] / 2 + x[n / 2] / 2;
}

/* point (parts, horizon): forecasts of the statistical models. */
static void blend(const job *j, size_t i, const double *point, const double *spread)
{
    const size_t horizon = j->w->horizon;
    lc_bands at = lc_bands_from(j->out, i, horizon);
    for (size_t h = 0; h < horizon; h++) {
        double all[4] = {0}, theirs;
        size_t n = 0;
        for (; n < j->parts.n; n++) all[n] = point[n * horizon + h];
        if (j->parts.median && j->networked) all[n++] = at.point[h];
        theirs = j->parts.median ? median(all, n) : all[0];
        at.point[h] = j->share >= 1 ? theirs : (1 - j->share) * at.point[h] + j->share * theirs;
        if (!j->networked) at.below[h] = at.above[h] = spread[h];
    }
}

static void worker(void *ctx, size_t thread, size_t threads)
{
    job *j = ctx;
    size_t begin, end;
    const size_t horizon = j->w->horizon, season = j->m->settings->season;
    double *point = j->scratch[thread], *spread = point + 3 * horizon, *y = spread + horizon;
    lc_range(j->n, threads, thread, &begin, &end);
    for (size_t i = begin; i < end; i++) {
        size_t series, origin;
        lc_windows_at(j->w, j->first + i, &series, &origin);
        const lc_series *s = &j->w->panel->series[series];
        const size_t known = lc_known_rows(s->gap, origin), n = known < MOST_ROWS ? known : MOST_ROWS;
        if (!n) {
            const lc_scale scale = j->w->scales->series[series];
            const double usual = lc_scale_restore(scale, scale.mean);
            for (size_t h = 0; h < j->parts.n * horizon; h++) point[h] = usual;
            for (size_t h = 0; h < horizon; h++) spread[h] = scale.log ? usual : scale.sd;
        } else {
            for (size_t t = 0; t < n; t++) y[t] = lc_number_written(s->y, known - n + t);
            for (size_t k = 0; k < j->parts.n; k++)
                if (lc_baseline_from(j->parts.model[k], point + k * horizon, horizon, y, n, origin - (known - n),
                                     season, &j->status[thread]) != LC_OK)
                    return;
            usual_changes(spread, horizon, y, n, season);
        }
        blend(j, i, point, spread);
    }
}

lc_code lc_statistical_blend(const lc_model *m, const lc_windows *windows, size_t first, size_t n, size_t threads,
                             double share, lc_bands *out, lc_status *st)
{
    job j = {.m = m, .w = windows, .first = first, .n = n, .share = share, .out = out};
    j.parts = parts_of(m);
    j.networked = lc_model_networked(m);
    if (threads > n) threads = n ? n : 1;
    j.scratch = lc_calloc(threads, sizeof *j.scratch);
    j.status = lc_calloc(threads, sizeof *j.status);
    lc_code code = j.scratch && j.status ? LC_OK : lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < threads; i++)
        if (!(j.scratch[i] = lc_calloc(4 * windows->horizon + MOST_ROWS, sizeof(double)))) code = lc_fail_memory(st);
    if (code == LC_OK) lc_team_run(threads, worker, &j);
    for (size_t i = 0; code == LC_OK && i < threads; i++)
        if (j.status[i].code != LC_OK) code = lc_fail(st, j.status[i].code, "%s", j.status[i].text);
    for (size_t i = 0; j.scratch && i < threads; i++) lc_free(j.scratch[i]);
    lc_free(j.scratch);
    lc_free(j.status);
    return code;
}
