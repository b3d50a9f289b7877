#include "anomaly/method_run.h"

#include <math.h>

#include "base/memory.h"
#include "par/team.h"
#include "train/fit.h"

typedef struct job {
    const lc_method *method;
    const lc_method_options options;
    const lc_detection *from;
    const lc_panel *p;
    lc_detection *out;
    lc_code *code;     /* (threads) */
    lc_status *status; /* (threads) */
} job;

static lc_code judge(const job *j, size_t i, lc_status *st)
{
    const lc_series *s = &j->p->series[i];
    double *y = lc_calloc(s->steps, sizeof *y), *expected = lc_calloc(s->steps, sizeof *expected);
    lc_finding *found = j->out->of[i] = lc_calloc(s->steps, sizeof *found);
    lc_code code = y && expected && found ? LC_OK : lc_fail_memory(st);
    for (size_t k = 0; code == LC_OK && k < s->steps; k++) {
        y[k] = lc_is_observed(s, k) ? lc_value(s, k) : (double)NAN;
        expected[k] = j->from->of[i][k].expected;
    }
    if (code == LC_OK) code = j->method->find(found, y, expected, s->steps, &j->options, st);
    lc_free(y);
    lc_free(expected);
    return code;
}

static void worker(void *ctx, size_t thread, size_t threads)
{
    const job *j = ctx;
    for (size_t i = thread; i < j->p->n_series && j->code[thread] == LC_OK; i += threads)
        j->code[thread] = judge(j, i, &j->status[thread]);
}

lc_code lc_method_run(lc_detection *out, const lc_method *m, const lc_detection *from, const lc_panel *p,
                      const lc_settings *s, lc_status *st)
{
    *out = (lc_detection){.of = lc_calloc(p->n_series, sizeof *out->of), .n_series = p->n_series};
    size_t threads = lc_fit_threads(s);
    if (threads > p->n_series) threads = p->n_series;
    job j = {.method = m,
             .options = {.alarms_per = lc_settings_alarms(s)},
             .from = from,
             .p = p,
             .out = out,
             .code = lc_calloc(threads, sizeof *j.code),
             .status = lc_calloc(threads, sizeof *j.status)};
    lc_code code = out->of && j.code && j.status ? LC_OK : lc_fail_memory(st);
    if (code == LC_OK && threads) lc_team_run(threads, worker, &j);
    for (size_t i = 0; code == LC_OK && i < threads; i++) {
        code = j.code[i];
        if (code != LC_OK && st) *st = j.status[i];
    }
    for (size_t i = 0; code == LC_OK && i < p->n_series; i++)
        for (size_t k = 0; k < p->series[i].steps; k++) {
            out->scored += out->of[i][k].scored;
            out->flagged += out->of[i][k].anomaly;
        }
    lc_free(j.code);
    lc_free(j.status);
    if (code != LC_OK) lc_detection_free(out);
    return code;
}
