#include "anomaly/detection.h"

#include <math.h>
#include <stdatomic.h>

#include "anomaly/crew.h"
#include "anomaly/expected.h"
#include "anomaly/rows.h"
#include "anomaly/watch.h"
#include "base/memory.h"
#include "data/calendar.h"
#include "train/fit.h"

void lc_detection_free(lc_detection *d)
{
    for (size_t i = 0; d->of && i < d->n_series; i++) lc_free(d->of[i]);
    lc_free(d->of);
    for (size_t f = 0; d->row && f < d->n_frames; f++) lc_free(d->row[f]);
    lc_free(d->row);
    *d = (lc_detection){0};
}

void lc_detection_count(lc_detection *d, const lc_panel *p)
{
    d->scored = d->flagged = 0;
    for (size_t i = 0; i < d->n_series; i++) lc_finding_count(d->of[i], p->series[i].steps, &d->scored, &d->flagged);
}

typedef struct job {
    lc_detection *d;
    const lc_panel *p;
    double *const *expected; /* (n_series)(steps); NULL: no forecasts from outside */
    lc_watch_options o;
    lc_watch **watch; /* (threads) each for the series that its thread takes */
    lc_detection_progress_fn progress;
    void *user;
    size_t rows; /* of all series */
    atomic_size_t done;
} job;

/* The stamp in the time of the clocks on the wall where it was taken: days begin there. */
static lc_stamp local_stamp(const lc_panel *p, const lc_frame *f, size_t step)
{
    const int minutes = f->offset ? f->offset[step] : p->clock.offset_minutes;
    return lc_add_clamped(lc_panel_stamp(p, f, step), minutes * LC_MICROS_PER_MINUTE);
}

double lc_detection_value(const lc_series *s, size_t step)
{
    return lc_is_observed(s, step) ? lc_number_written(s->y, step) : (double)NAN;
}

static lc_code watch_series(void *ctx, size_t thread, size_t i, lc_status *st)
{
    enum { ROUND = 512 }; /* rows between two looks at the caller */
    job *j = ctx;
    const lc_series *s = &j->p->series[i];
    const lc_frame *f = &j->p->frames[s->frame];
    lc_finding *found = j->d->of[i] = lc_calloc(s->steps, sizeof *found);
    lc_code code = found ? LC_OK : lc_fail_memory(st);
    if (code == LC_OK && !j->watch[thread]) code = lc_watch_create(&j->watch[thread], &j->o, st);
    if (code != LC_OK) return code;
    lc_watch_reset(j->watch[thread]);
    for (size_t k = 0; k < s->steps; k++) {
        found[k] = lc_finding_none;
        if (s->mask && s->mask[k] == LC_MISSING_STEP) continue; /* no row stands for it */
        const lc_watch_row row = {local_stamp(j->p, f, k), lc_detection_value(s, k),
                                  j->expected ? j->expected[i][k] : (double)NAN};
        code = lc_watch_push(j->watch[thread], &row, &found[k], st);
        if (code != LC_OK) return code;
        if ((k + 1) % ROUND && k + 1 < s->steps) continue;
        const size_t step = k % ROUND + 1, done = atomic_fetch_add(&j->done, step) + step;
        if (thread == 0 && j->progress && !j->progress(j->user, done, j->rows))
            return lc_fail(st, LC_E_CANCELLED, "detection was interrupted");
    }
    return LC_OK;
}

lc_code lc_detection_run(lc_detection *out, const lc_model *m, const lc_panel *p, const lc_settings *s,
                         lc_detection_progress_fn progress, void *user, lc_status *st)
{
    double **expected = NULL;
    const size_t threads = lc_fit_threads(s);
    *out = (lc_detection){.n_series = p->n_series};
    job j = {.d = out, .p = p, .progress = progress, .user = user};
    j.o = (lc_watch_options){.alarms_per = lc_settings_alarms(s),
                             .seed = s->seed,
                             .stamps = lc_clock_is_calendar(&p->clock),
                             .given = m != NULL};
    for (size_t i = 0; i < p->n_series; i++) j.rows += p->series[i].steps;
    out->of = lc_calloc(p->n_series, sizeof *out->of);
    j.watch = lc_calloc(threads, sizeof(lc_watch *));
    lc_code code = out->of && j.watch ? LC_OK : lc_fail_memory(st);
    if (code == LC_OK && m) code = lc_expected_rows(&expected, m, p, threads, st);
    j.expected = expected;
    if (code == LC_OK) code = lc_crew_run(p->n_series, threads, watch_series, &j, st);
    if (code == LC_OK) lc_detection_count(out, p);
    if (code == LC_OK) code = lc_rows_find(out, p, j.o.alarms_per, threads, st);
    for (size_t i = 0; j.watch && i < threads; i++) lc_watch_free(j.watch[i]);
    lc_free(j.watch);
    lc_expected_free(expected, p->n_series);
    if (code != LC_OK) lc_detection_free(out);
    return code;
}
