#include "anomaly/rows.h"

#include <math.h>

#include "anomaly/crew.h"
#include "anomaly/joint.h"
#include "base/memory.h"

typedef struct workspace {
    lc_joint *joint;
    double *y;         /* (targets) */
    lc_finding *found; /* (targets) */
} workspace;

typedef struct job {
    lc_detection *d;
    const lc_panel *p;
    const size_t *series_of;
    double alarms_per;
    workspace *of; /* (threads) */
} job;

size_t *lc_rows_series(const lc_panel *p)
{
    const size_t places = p->n_targets * p->n_frames; /* of no more than there are series and columns */
    size_t *at = lc_calloc(places, sizeof *at);
    for (size_t i = 0; at && i < places; i++) at[i] = SIZE_MAX;
    for (size_t i = 0; at && i < p->n_series; i++) at[p->series[i].target * p->n_frames + p->series[i].frame] = i;
    return at;
}

static lc_code make_workspace(workspace *w, const job *j, lc_status *st)
{
    const size_t n = j->p->n_targets;
    w->y = lc_calloc(n, sizeof *w->y);
    w->found = lc_calloc(n, sizeof *w->found);
    return w->y && w->found ? lc_joint_create(&w->joint, n, j->alarms_per, st) : lc_fail_memory(st);
}

/* What the columns have of a step; false: no row stands for it. */
static bool gather(workspace *w, const job *j, size_t frame, size_t step)
{
    const lc_panel *p = j->p;
    bool there = false;
    for (size_t t = 0; t < p->n_targets; t++) {
        const size_t i = j->series_of[t * p->n_frames + frame];
        w->y[t] = NAN;
        w->found[t] = lc_finding_none;
        if (i == SIZE_MAX || step >= p->series[i].steps) continue;
        const lc_series *s = &p->series[i];
        there = there || !s->mask || s->mask[step] != LC_MISSING_STEP;
        w->y[t] = lc_detection_value(s, step);
        w->found[t] = j->d->of[i][step];
    }
    return there;
}

static lc_code watch_rows(void *ctx, size_t thread, size_t frame, lc_status *st)
{
    job *j = ctx;
    workspace *w = &j->of[thread];
    const size_t steps = j->p->frames[frame].steps;
    lc_finding *row = j->d->row[frame] = lc_calloc(steps, sizeof *row);
    lc_code code = row ? LC_OK : lc_fail_memory(st);
    if (code == LC_OK && !w->joint) code = make_workspace(w, j, st);
    if (code != LC_OK) return code;
    lc_joint_reset(w->joint);
    for (size_t k = 0; k < steps; k++) {
        row[k] = lc_finding_none;
        if (gather(w, j, frame, k)) lc_joint_push(w->joint, w->y, w->found, &row[k]);
    }
    return LC_OK;
}

lc_code lc_rows_find(lc_detection *d, const lc_panel *p, double alarms_per, size_t threads, lc_status *st)
{
    if (p->n_targets < 2) return LC_OK;
    job j = {.d = d, .p = p, .alarms_per = alarms_per};
    size_t *series_of = lc_rows_series(p);
    d->n_frames = p->n_frames;
    d->row = lc_calloc(p->n_frames, sizeof *d->row);
    j.series_of = series_of;
    j.of = lc_calloc(threads, sizeof *j.of);
    lc_code code = series_of && d->row && j.of ? LC_OK : lc_fail_memory(st);
    if (code == LC_OK) code = lc_crew_run(p->n_frames, threads, watch_rows, &j, st);
    for (size_t f = 0; code == LC_OK && f < p->n_frames; f++)
        lc_finding_count(d->row[f], p->frames[f].steps, &d->rows_scored, &d->rows_flagged);
    for (size_t i = 0; j.of && i < threads; i++) {
        lc_joint_free(j.of[i].joint);
        lc_free(j.of[i].y);
        lc_free(j.of[i].found);
    }
    lc_free(j.of);
    lc_free(series_of);
    return code;
}
