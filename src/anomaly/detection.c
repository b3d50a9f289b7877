#include "anomaly/detection.h"

#include <math.h>
#include <stdatomic.h>

#include "anomaly/expected.h"
#include "anomaly/watch.h"
#include "base/memory.h"
#include "data/calendar.h"
#include "par/team.h"
#include "train/fit.h"

void lc_detection_free(lc_detection *d)
{
    for (size_t i = 0; d->of && i < d->n_series; i++) lc_free(d->of[i]);
    lc_free(d->of);
    *d = (lc_detection){0};
}

typedef struct job {
    lc_detection *d;
    const lc_panel *p;
    double *const *expected; /* (n_series)(steps); NULL: no forecasts from outside */
    lc_watch_options o;
    lc_detection_progress_fn progress;
    void *user;
    size_t rows; /* of all series */
    atomic_size_t next, done;
    atomic_bool stop;
    atomic_size_t scored, flagged;
    lc_code *code; /* (threads) */
    lc_status *status;
} job;

/* The stamp in the time of the clocks on the wall where it was taken: days begin there. */
static lc_stamp local_stamp(const lc_panel *p, const lc_frame *f, size_t step)
{
    const int minutes = f->offset ? f->offset[step] : p->clock.offset_minutes;
    return lc_add_clamped(lc_panel_stamp(p, f, step), minutes * LC_MICROS_PER_MINUTE);
}

static lc_code watch_series(job *j, lc_watch *w, size_t i, bool leads, lc_status *st)
{
    enum { ROUND = 512 }; /* rows between two looks at the caller */
    const lc_series *s = &j->p->series[i];
    const lc_frame *f = &j->p->frames[s->frame];
    lc_finding *found = j->d->of[i];
    size_t scored = 0, flagged = 0;
    lc_watch_reset(w);
    for (size_t k = 0; k < s->steps; k++) {
        found[k] = lc_finding_none;
        if (s->mask && s->mask[k] == LC_MISSING_STEP) continue; /* no row stands for it */
        /* The number as it was written is what it would be in a stream. */
        const lc_watch_row row = {local_stamp(j->p, f, k), lc_is_observed(s, k) ? lc_number_written(s->y, k) : NAN,
                                  j->expected ? j->expected[i][k] : NAN};
        const lc_code code = lc_watch_push(w, &row, &found[k], st);
        if (code != LC_OK) return code;
        scored += found[k].scored;
        flagged += found[k].anomaly;
        if ((k + 1) % ROUND && k + 1 < s->steps) continue;
        const size_t step = k % ROUND + 1, done = atomic_fetch_add(&j->done, step) + step;
        if (leads && j->progress && !j->progress(j->user, done, j->rows)) atomic_store(&j->stop, true);
        if (atomic_load(&j->stop)) return LC_OK;
    }
    atomic_fetch_add(&j->scored, scored);
    atomic_fetch_add(&j->flagged, flagged);
    return LC_OK;
}

static void worker(void *ctx, size_t thread, size_t threads)
{
    job *j = ctx;
    (void)threads;
    lc_watch *w;
    lc_code code = lc_watch_create(&w, &j->o, &j->status[thread]);
    while (code == LC_OK && !atomic_load(&j->stop)) {
        const size_t i = atomic_fetch_add(&j->next, 1);
        if (i >= j->d->n_series) break;
        code = watch_series(j, w, i, thread == 0, &j->status[thread]);
    }
    if (code != LC_OK) atomic_store(&j->stop, true);
    j->code[thread] = code;
    lc_watch_free(w);
}

static lc_code watch_all(job *j, size_t threads, lc_status *st)
{
    if (threads > j->d->n_series) threads = j->d->n_series;
    if (!threads) return LC_OK;
    j->code = lc_calloc(threads, sizeof *j->code);
    j->status = lc_calloc(threads, sizeof *j->status);
    lc_code code = j->code && j->status ? LC_OK : lc_fail_memory(st);
    if (code == LC_OK) lc_team_run(threads, worker, j);
    for (size_t i = 0; code == LC_OK && i < threads; i++) {
        code = j->code[i];
        if (code != LC_OK && st) *st = j->status[i];
    }
    if (code == LC_OK && atomic_load(&j->stop)) code = lc_fail(st, LC_E_CANCELLED, "detection was interrupted");
    lc_free(j->code);
    lc_free(j->status);
    return code;
}

lc_code lc_detection_run(lc_detection *out, const lc_model *m, const lc_panel *p, const lc_settings *s,
                         lc_detection_progress_fn progress, void *user, lc_status *st)
{
    double **expected = NULL;
    *out = (lc_detection){.n_series = p->n_series};
    job j = {.d = out, .p = p, .progress = progress, .user = user};
    j.o = (lc_watch_options){.alarms_per = lc_settings_alarms(s),
                             .seed = s->seed,
                             .stamps = lc_clock_is_calendar(&p->clock),
                             .given = m != NULL};
    out->of = lc_calloc(p->n_series, sizeof *out->of);
    lc_code code = out->of ? LC_OK : lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < p->n_series; i++) {
        j.rows += p->series[i].steps;
        if (!(out->of[i] = lc_calloc(p->series[i].steps, sizeof **out->of))) code = lc_fail_memory(st);
    }
    if (code == LC_OK && m) code = lc_expected_rows(&expected, m, p, lc_fit_threads(s), st);
    j.expected = expected;
    if (code == LC_OK) code = watch_all(&j, lc_fit_threads(s), st);
    out->scored = atomic_load(&j.scored);
    out->flagged = atomic_load(&j.flagged);
    lc_expected_free(expected, p->n_series);
    if (code != LC_OK) lc_detection_free(out);
    return code;
}
