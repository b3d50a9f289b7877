#include "anomaly/method_run.h"

#include "anomaly/crew.h"
#include "base/memory.h"
#include "train/fit.h"

typedef struct job {
    const lc_method *method;
    const lc_method_options options;
    const lc_detection *from;
    const lc_panel *p;
    lc_detection *out;
} job;

static lc_code judge(void *ctx, size_t thread, size_t i, lc_status *st)
{
    const job *j = ctx;
    const lc_series *s = &j->p->series[i];
    double *y = lc_calloc(s->steps, sizeof *y), *expected = lc_calloc(s->steps, sizeof *expected);
    lc_finding *found = j->out->of[i] = lc_calloc(s->steps, sizeof *found);
    lc_code code = y && expected && found ? LC_OK : lc_fail_memory(st);
    (void)thread;
    for (size_t k = 0; code == LC_OK && k < s->steps; k++) {
        y[k] = lc_detection_value(s, k);
        expected[k] = j->from->of[i][k].expected;
    }
    if (code == LC_OK) code = j->method->find(found, y, expected, s->steps, &j->options, st);
    lc_free(y);
    lc_free(expected);
    return code;
}

lc_code lc_method_run(lc_detection *out, const lc_method *m, const lc_detection *from, const lc_panel *p,
                      const lc_settings *s, lc_status *st)
{
    *out = (lc_detection){.of = lc_calloc(p->n_series, sizeof *out->of), .n_series = p->n_series};
    job j = {.method = m, .options = {.alarms_per = lc_settings_alarms(s)}, .from = from, .p = p, .out = out};
    lc_code code = out->of ? lc_crew_run(p->n_series, lc_fit_threads(s), judge, &j, st) : lc_fail_memory(st);
    if (code == LC_OK) lc_detection_count(out, p);
    else lc_detection_free(out);
    return code;
}
