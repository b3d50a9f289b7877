#include "train/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "par/team.h"
#include "train/engine.h"

enum {
    MOST_VALIDATION = 2000, /* windows */
    ENOUGH = 2000,          /* minibatches of a default training on little data */
    LEAST_EPOCHS = 40,
    LEAST_JUDGED = 50 /* minibatches: shorter epochs say too little, patience then spans several */
};

size_t lc_fit_threads(const lc_settings *s)
{
    return s->threads ? s->threads : lc_team_default();
}

static bool per_window(const lc_settings *s)
{
    return strcmp(s->norm, "window") == 0;
}

/* Rows that a series needs for one training window beside those that validate, more than the split has. */
static size_t least_rows(const lc_settings *s, const lc_split *split)
{
    size_t one = s->horizon + 1, least = one + s->horizon, more = split->end + one - split->train;
    size_t shared = (size_t)ceil((double)one / (1 - s->valid));
    if (shared > least) least = shared;
    return least > split->end ? least : more;
}

/* No training window's targets reach into the validation rows. A series shorter than the lookback still
 * gives its last window, padded on the left. */
static lc_code training_windows(lc_windows *out, const lc_panel *p, const lc_scales *scales, const lc_settings *s,
                                const lc_split *split, lc_status *st)
{
    lc_span *span = lc_calloc(p->n_series, sizeof *span);
    if (!span) return lc_fail_memory(st);
    lc_split longest = {0, 0};
    for (size_t i = 0; i < p->n_series; i++) {
        if (split[i].end > longest.end) longest = split[i];
        if (split[i].train <= s->horizon) continue;
        size_t last = split[i].train - s->horizon;
        span[i] = (lc_span){s->lookback < last ? s->lookback : last, last + 1, split[i].train};
    }
    lc_code code = lc_windows_create(out, p, scales, s->lookback, s->horizon, per_window(s), span, 1, st);
    lc_free(span);
    if (code == LC_OK && out->n == 0) {
        lc_windows_free(out);
        code = lc_fail_at(st, LC_E_DATA, p->source, 0, 0,
                          "too short to learn from: the longest series has %zu rows to fit on, horizon %zu needs %zu",
                          longest.end, s->horizon, least_rows(s, &longest));
        lc_hint(st, "give more rows or a smaller --horizon");
    }
    return code;
}

lc_code lc_fit_validation(lc_windows *out, const lc_panel *p, const lc_scales *scales, const lc_settings *s,
                          const lc_split *split, lc_status *st)
{
    lc_span *span = lc_calloc(p->n_series, sizeof *span);
    if (!span) return lc_fail_memory(st);
    size_t all = 0;
    for (size_t i = 0; i < p->n_series; i++) {
        size_t begin = split[i].train > 0 ? split[i].train : 1, end = split[i].end;
        if (end <= begin) continue;
        /* Fewer rows than the horizon: one window whose targets are partly unobserved. */
        size_t stop = end - begin >= s->horizon ? end - s->horizon + 1 : begin + 1;
        span[i] = (lc_span){begin, stop, end};
        all += stop - begin;
    }
    size_t stride = all > MOST_VALIDATION ? (all + MOST_VALIDATION - 1) / MOST_VALIDATION : 1;
    lc_code code = lc_windows_create(out, p, scales, s->lookback, s->horizon, per_window(s), span, stride, st);
    lc_free(span);
    return code;
}

/* The rows of a minibatch, or all validation windows in order. */
typedef struct rows {
    const lc_windows *windows;
    uint64_t key; /* of their order; 0: as they come */
} rows;

static void gather(void *user, size_t first, size_t n, float *x, size_t row_stride, size_t step_stride, float *target)
{
    const rows *r = user;
    for (size_t i = 0; i < n; i++) {
        uint64_t at = first + i;
        if (r->key) at = lc_permute(at, r->windows->n, r->key);
        size_t series, origin;
        lc_windows_at(r->windows, (size_t)at, &series, &origin);
        lc_windows_fill(r->windows, series, origin, x + i * row_stride, step_stride,
                        target ? target + i * r->windows->horizon : NULL);
    }
}

typedef struct fit {
    const lc_settings *s;
    lc_engine *engine;
    lc_infer *infer;
    lc_windows train, valid;
    const lc_loss *loss;
    lc_model *model;
    double best;
    size_t since_best;
} fit;

static lc_code run_epoch(fit *f, size_t epoch, double *mean, lc_status *st)
{
    rows r = {&f->train, lc_hash64(f->s->seed * 0x9e3779b97f4a7c15u + epoch) | 1};
    return lc_engine_pass(f->engine, f->train.n, f->s->lr, gather, &r, mean, st);
}

/* Passes that give a small series enough minibatches to learn from. */
static size_t default_epochs(size_t batches)
{
    size_t n = (ENOUGH + batches - 1) / batches;
    return n > LEAST_EPOCHS ? n : LEAST_EPOCHS;
}

static bool all_finite(const float *w, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(w[i])) return false;
    return true;
}

static lc_code no_targets(const fit *f, lc_status *st)
{
    lc_fail_at(st, LC_E_DATA, f->train.panel->source, 0, 0,
               "no value to learn from: every step that a training window forecasts is missing");
    lc_hint(st, "give series with values before the last %g %% of their rows", 100 * f->s->valid);
    return LC_E_DATA;
}

/* The last update of an epoch may have ruined weights that no later minibatch would tell of. */
static lc_code diverged(size_t epoch, lc_status *st)
{
    lc_fail(st, LC_E_NUMERIC, "training diverged in epoch %zu: weights or validation loss are not finite", epoch);
    lc_hint(st, "lower --lr, set --clip, or look for extreme values in the data");
    return LC_E_NUMERIC;
}

static lc_code run_epochs(fit *f, lc_progress_fn progress, void *user, lc_status *st)
{
    lc_training_summary *t = &f->model->training;
    size_t batches = (f->train.n + f->s->batch - 1) / f->s->batch;
    size_t epochs = f->s->epochs ? f->s->epochs : default_epochs(batches);
    size_t patience = f->s->patience * ((LEAST_JUDGED + batches - 1) / batches);
    t->train_loss = calloc(epochs, sizeof *t->train_loss);
    t->valid_loss = calloc(epochs, sizeof *t->valid_loss);
    if (!t->train_loss || !t->valid_loss) return lc_fail_memory(st);
    for (size_t epoch = 1; epoch <= epochs; epoch++) {
        double train, valid;
        lc_code code = run_epoch(f, epoch, &train, st);
        if (code != LC_OK) return code;
        if (isnan(train)) return no_targets(f, st);
        rows r = {&f->valid, 0};
        valid =
            f->valid.n ? lc_infer_loss(f->infer, lc_engine_weights(f->engine), f->loss, f->valid.n, gather, &r) : NAN;
        if (isinf(valid) || !all_finite(lc_engine_weights(f->engine), f->model->net->params))
            return diverged(epoch, st);
        t->train_loss[epoch - 1] = train;
        t->valid_loss[epoch - 1] = valid;
        t->epochs = epoch;
        /* Without a validation loss the training loss decides. */
        double score = isnan(valid) ? train : valid;
        f->since_best++;
        if (t->best_epoch == 0 || score < f->best) {
            f->best = score;
            f->since_best = 0;
            t->best_epoch = epoch;
            lc_model_set_weights(f->model, lc_engine_weights(f->engine));
        }
        lc_progress now = {epoch, epochs, f->train.n, train, valid, t->best_epoch};
        if (progress && !progress(user, &now)) return lc_fail(st, LC_E_CANCELLED, "stopped after epoch %zu", epoch);
        if (patience && f->since_best >= patience) break;
    }
    return LC_OK;
}

static size_t observed_rows(const lc_panel *p, const lc_split *split)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_series; i++)
        for (size_t r = 0; r < split[i].end; r++) n += lc_is_observed(&p->series[i], r);
    return n;
}

lc_code lc_fit(lc_model **out, const lc_panel *p, const lc_settings *settings, const lc_split *split,
               lc_progress_fn progress, void *user, lc_status *st)
{
    *out = NULL;
    fit f = {.s = settings, .loss = lc_loss_find(settings->loss)};
    lc_scales scales = {0};
    size_t *train = lc_calloc(p->n_series, sizeof *train);
    lc_code code = train ? LC_OK : lc_fail_memory(st);
    for (size_t i = 0; train && i < p->n_series; i++) train[i] = split[i].train ? split[i].train : split[i].end;
    if (code == LC_OK) code = lc_scales_fit(&scales, p, train, st);
    if (code == LC_OK) code = training_windows(&f.train, p, &scales, settings, split, st);
    if (code == LC_OK) code = lc_fit_validation(&f.valid, p, &scales, settings, split, st);
    if (code == LC_OK) code = lc_model_create(&f.model, settings, lc_windows_inputs(&f.train), st);
    if (code == LC_OK) code = lc_model_adopt(f.model, p, &scales, st);
    if (code == LC_OK) {
        f.model->training.series = p->n_series;
        f.model->training.rows = observed_rows(p, split);
        f.model->training.windows = f.train.n;
        f.model->training.valid_windows = f.valid.n;
        lc_engine_options o = {.loss = f.loss,
                               .batch = settings->batch < f.train.n ? settings->batch : f.train.n,
                               .shards = settings->shards,
                               .threads = lc_fit_threads(settings),
                               .clip = settings->clip,
                               .seed = settings->seed};
        code = lc_engine_create(&f.engine, f.model->net, &o, st);
    }
    if (code == LC_OK) code = lc_infer_create(&f.infer, f.model->net, f.valid.n, lc_fit_threads(settings), st);
    if (code == LC_OK) code = run_epochs(&f, progress, user, st);

    bool whole = code == LC_OK || code == LC_E_NUMERIC || code == LC_E_CANCELLED;
    bool usable = whole && f.model && (code == LC_OK || f.model->training.best_epoch);
    if (usable) *out = f.model;
    else lc_model_free(f.model);
    lc_infer_free(f.infer);
    lc_engine_free(f.engine);
    lc_windows_free(&f.valid);
    lc_windows_free(&f.train);
    lc_scales_free(&scales);
    lc_free(train);
    return code;
}
