#include "train/learn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/sums.h"

enum {
    ENOUGH = 2000, /* minibatches of a default training on little data */
    LEAST_EPOCHS = 40,
    LEAST_JUDGED = 50, /* minibatches: shorter epochs say too little, patience then spans several */
    LOOKS = 20,        /* at the validation windows, where minibatches are counted, */
    LEAST_ROUND = 10   /* and how many there are between two */
};

/* How a training is laid out: `rounds` rounds of `rows` rows, the last one of `rest`. */
typedef struct plan {
    bool epochs; /* a round is a pass over all windows */
    size_t batch, rounds, rows, rest;
    size_t steps;    /* minibatches of a round */
    size_t patience; /* rounds; 0: for ever */
    size_t schedule; /* minibatches over which the rate falls; 0: it does not */
} plan;

/* Passes that give a small series enough minibatches to learn from. */
static size_t default_epochs(size_t batches)
{
    size_t n = (ENOUGH + batches - 1) / batches;
    return n > LEAST_EPOCHS ? n : LEAST_EPOCHS;
}

static plan plan_of(const lc_learning *l)
{
    const lc_settings *s = l->settings;
    const size_t n = l->train->windows->n, batch = s->batch < n ? s->batch : n, batches = (n + batch - 1) / batch;
    const size_t patience = (size_t)s->patience;
    plan p = {.batch = batch};
    if (strcmp(s->arch, "lstm") == 0) {
        p.epochs = true;
        p.rounds = s->epochs ? s->epochs : default_epochs(batches);
        p.rows = p.rest = n;
        p.steps = batches;
        p.patience = patience * ((LEAST_JUDGED + batches - 1) / batches);
        return p;
    }
    const size_t all = s->epochs ? s->epochs * batches : s->steps, stop = l->stop ? l->stop : all;
    p.schedule = all;
    p.steps = l->stop ? stop : all / LOOKS > LEAST_ROUND ? all / LOOKS : LEAST_ROUND;
    p.rounds = (stop + p.steps - 1) / p.steps;
    p.rows = p.steps * batch;
    p.rest = (stop - (p.rounds - 1) * p.steps) * batch;
    p.patience = patience;
    return p;
}

/* Which window each row of a round is. */
typedef struct sampler {
    const lc_feed *feed;
    bool in_order; /* all windows as they come */
    uint64_t key;  /* of an epoch; 0: rows are counted over all rounds */
    uint64_t seed;
    uint64_t before; /* rows of earlier rounds */
    size_t *series;  /* (n_series) those with windows, which are drawn equally often */
    size_t n_series;
} sampler;

static size_t window_of(const sampler *r, uint64_t row)
{
    const lc_windows *w = r->feed->windows;
    if (r->in_order) return (size_t)row;
    if (r->key) return (size_t)lc_permute(row, w->n, r->key);
    row += r->before;
    if (r->n_series == 1) return (size_t)lc_permute(row % w->n, w->n, lc_hash64(r->seed + lc_hash64(row / w->n)) | 1);
    const uint64_t turn = row / r->n_series;
    const size_t i = r->series[lc_permute(row % r->n_series, r->n_series, lc_hash64(r->seed + lc_hash64(turn)) | 1)];
    return w->first[i] + (size_t)(lc_hash64(r->seed ^ lc_hash64(~row)) % (w->first[i + 1] - w->first[i]));
}

static void gather(void *user, size_t first, const lc_rows *rows)
{
    const sampler *r = user;
    for (size_t i = 0; i < rows->n; i++) {
        size_t series, origin;
        lc_windows_at(r->feed->windows, window_of(r, first + i), &series, &origin);
        lc_feed_fill(r->feed, series, origin, rows, i, NULL, NULL);
    }
}

static bool open_sampler(sampler *r, const lc_learning *l)
{
    const lc_windows *w = l->train->windows;
    *r = (sampler){.feed = l->train, .seed = lc_hash64(l->seed ^ 0x5a4d504c4552u)};
    r->series = lc_calloc(w->panel->n_series, sizeof *r->series);
    for (size_t i = 0; r->series && i < w->panel->n_series; i++)
        if (w->first[i + 1] > w->first[i]) r->series[r->n_series++] = i;
    return r->series != NULL;
}

static lc_code no_targets(const lc_learning *l, lc_status *st)
{
    lc_fail_at(st, LC_E_DATA, l->train->windows->panel->source, 0, 0,
               "no value to learn from: every step that a training window forecasts is missing");
    lc_hint(st, "give series with values before the last %g %% of their rows", 100 * l->settings->valid);
    return LC_E_DATA;
}

/* The last update of a round may have ruined weights that no later minibatch would tell of. */
static lc_code diverged(const plan *p, size_t round, lc_status *st)
{
    lc_fail(st, LC_E_NUMERIC, "training diverged in %s %zu: weights or validation loss are not finite",
            p->epochs ? "epoch" : "round", round);
    lc_hint(st, "lower --lr, set --clip, or look for extreme values in the data");
    return LC_E_NUMERIC;
}

/* NULL: there is none. */
static const lc_layer *skip_of(const lc_network *net)
{
    return net->spec.skip ? &net->layer[net->n_layers - 1] : NULL;
}

/* The linear branch starts from what the last value and what is known ahead say of the values to come. */
static lc_code start_skip(const lc_learning *l, lc_engine *e, lc_status *st)
{
    const lc_layer *skip = skip_of(l->net);
    lc_layer_tensor t[LC_LAYER_TENSORS];
    if (!(l->slope || l->effect) || !skip || skip->kind->tensors(skip, t) != 1) return LC_OK;
    const size_t columns = l->net->spec.inputs - l->net->spec.skip_from, sources = t[0].shape[1];
    const size_t last = (l->net->spec.steps - 1) * columns + l->settings->segment - 1;
    float *w = lc_calloc(t[0].shape[0] * sources, sizeof *w);
    if (!w) return lc_fail_memory(st);
    const size_t horizon = t[0].shape[0], side = l->net->spec.steps * columns;
    for (size_t h = 0; l->slope && h < horizon; h++) w[h * sources + last] = (float)l->slope[h];
    for (size_t c = 0; l->effect && horizon && c < l->net->spec.side / horizon; c++)
        for (size_t h = 0; h < horizon; h++) w[h * sources + side + c * horizon + h] = (float)l->effect[c];
    skip->kind->put(skip, lc_engine_weights(e) + skip->param_at, 0, w);
    lc_engine_weights_changed(e);
    lc_free(w);
    return LC_OK;
}

typedef struct run {
    const lc_learning *l;
    plan p;
    sampler train, valid;
    lc_engine *engine;
    lc_infer *infer;
    double best;
    size_t since_best;
} run;

static lc_code run_round(run *r, size_t round, double *train, double *valid, lc_status *st)
{
    const lc_settings *s = r->l->settings;
    const size_t rows = round == r->p.rounds ? r->p.rest : r->p.rows;
    if (r->p.epochs) r->train.key = lc_hash64(r->l->seed * 0x9e3779b97f4a7c15u + round) | 1;
    lc_code code = lc_engine_pass(r->engine, rows, s->lr, gather, &r->train, train, st);
    if (code != LC_OK) return code;
    r->train.before += rows;
    if (isnan(*train)) return no_targets(r->l, st);
    *valid = NAN;
    if (r->infer)
        *valid = lc_infer_loss(r->infer, lc_engine_average(r->engine), lc_loss_find(s->loss), r->l->valid->windows->n,
                               gather, &r->valid);
    if (isinf(*valid) || !lc_all_finite(lc_engine_weights(r->engine), r->l->net->params))
        return diverged(&r->p, round, st);
    return LC_OK;
}

/* What a checkpoint holds of the training. */
static lc_round_state look(run *r, const lc_learned *out, bool ended)
{
    return (lc_round_state){.engine = lc_engine_look(r->engine),
                            .best_weights = out->w,
                            .train_loss = out->train_loss,
                            .valid_loss = out->valid_loss,
                            .room = r->p.rounds,
                            .round_steps = r->p.steps,
                            .stop = r->l->stop,
                            .best_score = r->best,
                            .rounds = out->rounds,
                            .best = out->best,
                            .steps = out->steps,
                            .since_best = r->since_best,
                            .before = r->train.before,
                            .ended = ended};
}

/* Goes on where the checkpoint says; *ended: there is nothing more to do. */
static lc_code go_on(run *r, lc_learned *out, bool *ended, lc_status *st)
{
    bool found;
    lc_round_state s = look(r, out, false);
    lc_code code = lc_checkpoint_restore(r->l->checkpoint, r->l->slot, &s, &found, st);
    *ended = code == LC_OK && found && s.ended;
    if (code != LC_OK || !found) return code;
    r->best = s.best_score;
    r->since_best = (size_t)s.since_best;
    r->train.before = s.before;
    out->rounds = (size_t)s.rounds;
    out->best = (size_t)s.best;
    out->steps = (size_t)s.steps;
    lc_engine_restored(r->engine);
    return LC_OK;
}

static lc_code run_rounds(run *r, lc_learned *out, lc_status *st)
{
    const lc_learning *l = r->l;
    out->train_loss = calloc(r->p.rounds, sizeof *out->train_loss);
    out->valid_loss = calloc(r->p.rounds, sizeof *out->valid_loss);
    if (!out->train_loss || !out->valid_loss) return lc_fail_memory(st);
    bool ended;
    lc_code code = go_on(r, out, &ended, st);
    if (code != LC_OK || ended) return code;
    for (size_t round = out->rounds + 1; round <= r->p.rounds; round++) {
        double train, valid;
        code = run_round(r, round, &train, &valid, st);
        if (code != LC_OK) return code;
        out->train_loss[round - 1] = train;
        out->valid_loss[round - 1] = valid;
        out->rounds = round;
        /* Without a validation loss the training loss decides. */
        double score = isnan(valid) ? train : valid;
        r->since_best++;
        if (out->best == 0 || score < r->best || l->stop) {
            r->best = score;
            r->since_best = 0;
            out->best = round;
            out->steps = l->stop ? l->stop : round * r->p.steps;
            memcpy(out->w, lc_engine_average(r->engine), l->net->params * sizeof *out->w);
        }
        const bool enough = r->p.patience && r->since_best >= r->p.patience && !l->stop;
        const lc_round_state state = look(r, out, enough || round == r->p.rounds);
        code = lc_checkpoint_keep(l->checkpoint, l->slot, &state, st);
        if (code != LC_OK) return code;
        const lc_progress now = {.epoch = round,
                                 .epochs = r->p.rounds,
                                 .windows = l->train->windows->n,
                                 .seen = r->train.before,
                                 .train_loss = train,
                                 .valid_loss = valid,
                                 .best_epoch = out->best};
        /* Networks that come after a stop learn for one round, so that there is a model, and ask nobody. */
        const bool stopped = l->cancelled && atomic_load(l->cancelled);
        if (!stopped && l->progress && !l->progress(l->user, &now)) atomic_store(l->cancelled, true);
        if (l->cancelled && atomic_load(l->cancelled))
            return lc_fail(st, LC_E_CANCELLED, "stopped after %s %zu", r->p.epochs ? "epoch" : "round", round);
        if (enough) break;
    }
    return LC_OK;
}

lc_code lc_learn(lc_learned *out, const lc_learning *l, lc_status *st)
{
    enum { WARM = 20, WARM_BIG = 50, BIG_BATCH = 128 };
    const lc_settings *s = l->settings;
    run r = {.l = l, .p = plan_of(l), .valid = {.feed = l->valid, .in_order = true}};
    const lc_layer *skip = skip_of(l->net);
    const lc_engine_options o = {.loss = lc_loss_find(s->loss),
                                 .batch = r.p.batch,
                                 .shards = s->shards,
                                 .threads = l->threads,
                                 .clip = s->clip,
                                 .decay = s->decay,
                                 .fixed_from = l->plain && skip ? skip->param_at : 0,
                                 .average = s->average,
                                 .warm = r.p.schedule ? (s->batch < BIG_BATCH ? WARM : WARM_BIG) : 0,
                                 .steps = r.p.schedule,
                                 .seed = l->seed};
    const size_t valid = l->stop ? 0 : l->valid->windows->n;
    lc_code code = open_sampler(&r.train, l) ? LC_OK : lc_fail_memory(st);
    if (code == LC_OK) code = lc_engine_create(&r.engine, l->net, &o, st);
    if (code == LC_OK && !l->start) code = start_skip(l, r.engine, st);
    if (code == LC_OK && l->start) {
        memcpy(lc_engine_weights(r.engine), l->start, l->net->params * sizeof *l->start);
        lc_engine_weights_changed(r.engine);
    }
    if (code == LC_OK && valid) code = lc_infer_create(&r.infer, l->net, valid, l->threads, st);
    if (code == LC_OK) code = run_rounds(&r, out, st);
    lc_infer_free(r.infer);
    lc_engine_free(r.engine);
    lc_free(r.train.series);
    return code;
}
