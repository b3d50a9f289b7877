#include "train/fit.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "par/team.h"
#include "train/learn.h"
#include "train/recipe.h"

enum {
    SHARED_BATCH = 128 /* windows in a minibatch from which on all threads work on one network at a time */
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
    for (size_t i = 0; i < p->n_series; i++) span[i] = lc_recipe_training(s, split[i]);
    lc_code code = lc_windows_create(out, p, scales, s->lookback, s->horizon, per_window(s), span, 1, st);
    lc_free(span);
    return code;
}

static lc_code too_short(const lc_panel *p, const lc_settings *s, const lc_split *split, lc_status *st)
{
    lc_split longest = {0, 0};
    for (size_t i = 0; i < p->n_series; i++)
        if (split[i].end > longest.end) longest = split[i];
    lc_fail_at(st, LC_E_DATA, p->source, 0, 0,
               "too short to learn from: the longest series has %zu rows to fit on, horizon %zu needs %zu", longest.end,
               s->horizon, least_rows(s, &longest));
    /* The largest horizon that leaves one window beside those that validate. */
    const size_t valid = (size_t)ceil(s->valid * (double)longest.end) + 1;
    const size_t beside = longest.end > valid ? longest.end - valid : 0,
                 half = longest.end > 1 ? (longest.end - 1) / 2 : 0;
    const size_t most = beside < half ? beside : half;
    if (most && most < s->horizon) lc_hint(st, "give more rows, or --horizon %zu, the largest that fits", most);
    else lc_hint(st, "give more rows");
    return LC_E_DATA;
}

lc_code lc_fit_validation(lc_windows *out, const lc_panel *p, const lc_scales *scales, const lc_settings *s,
                          const lc_split *split, size_t most, lc_status *st)
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
    size_t stride = all > most ? (all + most - 1) / most : 1;
    lc_code code = lc_windows_create(out, p, scales, s->lookback, s->horizon, per_window(s), span, stride, st);
    lc_free(span);
    return code;
}

static size_t observed_rows(const lc_panel *p, const lc_split *split)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_series; i++)
        for (size_t r = 0; r < split[i].end; r++) n += lc_is_observed(&p->series[i], r);
    return n;
}

/* All networks of a model learn. */
typedef struct stage {
    lc_model *model;
    lc_windows train, valid;
    lc_feed train_feed, valid_feed;
    double *slope, *effect; /* as in learn.h */
    float *start;           /* (members, params) the same; NULL: none */
    bool last;              /* as many steps as were best, on all rows */
    lc_checkpoint *checkpoint;
    lc_progress_fn progress;
    void *user;
    size_t parallel;     /* networks that learn side by side, one thread each */
    lc_learned *learned; /* (members) */
    lc_code *code;       /* (members) */
    lc_status *status;   /* (members) */
    atomic_bool cancelled;
} stage;

static void learn_member(stage *g, size_t member, size_t threads, bool tells)
{
    const lc_settings *s = g->model->settings;
    const lc_learning l = {.net = g->model->net,
                           .settings = s,
                           .train = &g->train_feed,
                           .valid = &g->valid_feed,
                           .threads = threads,
                           .seed = s->seed + member * 0x9e3779b97f4a7c15u,
                           .slope = g->slope,
                           .effect = g->effect,
                           .start = g->start ? g->start + member * g->model->net->params : NULL,
                           .plain = lc_recipe_plain(s, member),
                           .stop = g->last ? g->model->training.steps[member] : 0,
                           .checkpoint = g->checkpoint,
                           .slot = member + (g->last ? s->members : 0),
                           .progress = tells ? g->progress : NULL,
                           .user = g->user,
                           .cancelled = &g->cancelled};
    g->learned[member].w = lc_model_weights(g->model, member);
    g->code[member] = lc_learn(&g->learned[member], &l, &g->status[member]);
}

static void member_worker(void *ctx, size_t thread, size_t threads)
{
    stage *g = ctx;
    for (size_t i = thread; i < g->parallel; i += threads) learn_member(g, i, 1, thread == 0);
}

/* Small networks learn side by side, as many as fill the threads; what is left, and large ones, one after another on
 * all threads. The weights do not depend on it. */
static void learn_members(stage *g, size_t threads)
{
    const lc_settings *s = g->model->settings;
    if (threads > s->members) threads = s->batch < SHARED_BATCH && s->members > 1 ? s->members : threads;
    if (threads > 1 && s->members > 1 && s->batch < SHARED_BATCH) {
        g->parallel = s->members / threads * threads;
        lc_team_run(threads, member_worker, g);
    }
    for (size_t i = g->parallel; i < s->members; i++) learn_member(g, i, threads, true);
}

/* The first failure that is not a matter of numbers, else the first; all failed, or some network has no weights: none
 * is usable. */
static lc_code judge(const stage *g, bool *usable, lc_status *st)
{
    size_t bad = SIZE_MAX;
    *usable = true;
    for (size_t i = 0; i < g->model->settings->members; i++) {
        const bool kept = g->code[i] == LC_OK || g->code[i] == LC_E_NUMERIC || g->code[i] == LC_E_CANCELLED;
        if (g->code[i] != LC_OK && (bad == SIZE_MAX || !kept)) bad = i;
        if (!kept || !g->learned[i].best) *usable = false;
    }
    if (bad == SIZE_MAX) return LC_OK;
    if (st) *st = g->status[bad];
    return g->code[bad];
}

/* By way of the model's own weights, which are learned anew. */
static lc_code take_start(stage *g, lc_status *st)
{
    const size_t n = g->model->settings->members * g->model->net->params;
    lc_code code = lc_model_start(g->model, g->model->settings->from, st);
    g->start = lc_calloc(n, sizeof *g->start);
    if (code == LC_OK && !g->start) code = lc_fail_memory(st);
    if (code == LC_OK) memcpy(g->start, g->model->w, n * sizeof *g->start);
    return code;
}

static lc_code run_stage(stage *g, size_t threads, bool *usable, lc_status *st)
{
    const lc_settings *s = g->model->settings;
    lc_code code = lc_feed_create(&g->train_feed, &g->train, 0, g->train.n, s, st);
    if (code == LC_OK) code = lc_feed_create(&g->valid_feed, &g->valid, 0, g->valid.n, s, st);
    g->learned = lc_calloc(s->members, sizeof *g->learned);
    g->code = lc_calloc(s->members, sizeof *g->code);
    g->status = lc_calloc(s->members, sizeof *g->status);
    if (code == LC_OK && !(g->learned && g->code && g->status)) code = lc_fail_memory(st);
    if (code == LC_OK && g->train_feed.segmented && s->season < 4) {
        g->slope = lc_calloc(s->horizon, sizeof *g->slope);
        code = g->slope ? lc_segments_slope(&g->train_feed.segments, g->slope, st) : lc_fail_memory(st);
    }
    if (code == LC_OK && g->model->net->spec.side) {
        g->effect = lc_calloc(g->model->net->spec.side / s->horizon, sizeof *g->effect);
        code = g->effect ? lc_segments_effects(&g->train_feed.segments, g->effect, st) : lc_fail_memory(st);
    }
    if (code == LC_OK && *s->from) code = take_start(g, st);
    *usable = false;
    if (code != LC_OK) return code;
    learn_members(g, threads);
    return judge(g, usable, st);
}

/* The model keeps what its first network told of its rounds. */
static void keep_summary(stage *g)
{
    lc_training_summary *t = &g->model->training;
    snprintf(t->program, sizeof t->program, "%s", LC_VERSION);
    for (size_t i = 0; g->learned && i < g->model->settings->members; i++) {
        if (!g->last) t->steps[i] = g->learned[i].steps;
        if (i == 0 && !g->last) {
            t->epochs = g->learned[0].rounds;
            t->best_epoch = g->learned[0].best;
            t->train_loss = g->learned[0].train_loss;
            t->valid_loss = g->learned[0].valid_loss;
            continue;
        }
        free(g->learned[i].train_loss);
        free(g->learned[i].valid_loss);
    }
}

static void free_stage(stage *g)
{
    lc_free(g->learned);
    lc_free(g->code);
    lc_free(g->status);
    lc_free(g->slope);
    lc_free(g->effect);
    lc_free(g->start);
    lc_feed_free(&g->train_feed);
    lc_feed_free(&g->valid_feed);
    lc_windows_free(&g->train);
    lc_windows_free(&g->valid);
}

static void keep_ends(lc_model *m, const lc_panel *p, const lc_split *split)
{
    for (size_t i = 0; i < p->n_series; i++)
        if (split[i].end) m->scales[i].until = lc_panel_stamp(p, &p->frames[p->series[i].frame], split[i].end - 1);
}

lc_code lc_fit(lc_model **out, const lc_panel *p, const lc_settings *settings, const lc_split *split,
               lc_checkpoint *checkpoint, lc_progress_fn progress, void *user, lc_status *st)
{
    *out = NULL;
    stage g = {.checkpoint = checkpoint, .progress = progress, .user = user};
    lc_scales scales = {0};
    bool usable = false;
    size_t *train = lc_calloc(p->n_series, sizeof *train);
    lc_code code = train ? LC_OK : lc_fail_memory(st);
    for (size_t i = 0; train && i < p->n_series; i++) train[i] = split[i].train ? split[i].train : split[i].end;
    if (code == LC_OK) code = lc_scales_fit(&scales, p, train, lc_feed_scaling(settings), st);
    if (code == LC_OK) code = training_windows(&g.train, p, &scales, settings, split, st);
    if (code == LC_OK) code = lc_fit_validation(&g.valid, p, &scales, settings, split, LC_FIT_VALIDATION, st);
    if (code == LC_OK) code = lc_model_create(&g.model, settings, lc_panel_covariates(p), st);
    if (code == LC_OK) code = lc_model_adopt(g.model, p, &scales, st);
    if (code == LC_OK) {
        g.model->training.series = p->n_series;
        g.model->training.rows = observed_rows(p, split);
        keep_ends(g.model, p, split);
        g.model->training.windows = g.train.n;
        g.model->training.valid_windows = g.valid.n;
        if (g.model->net && !g.train.n && strcmp(settings->arch, "lstm") == 0) code = too_short(p, settings, split, st);
        else if (g.model->net && g.train.n) code = run_stage(&g, lc_fit_threads(settings), &usable, st);
        else usable = true; /* the statistical forecast alone */
        keep_summary(&g);
    }
    if (usable) *out = g.model;
    else lc_model_free(g.model);
    free_stage(&g);
    lc_scales_free(&scales);
    lc_free(train);
    return code;
}

size_t lc_fit_slots(const lc_settings *s)
{
    return 2 * s->members;
}

lc_code lc_fit_final(lc_model *m, const lc_panel *p, const lc_split *split, lc_checkpoint *checkpoint,
                     lc_progress_fn progress, void *user, lc_status *st)
{
    const lc_settings *s = m->settings;
    if (!lc_model_networked(m) || strcmp(s->final_fit, "on") != 0) return LC_OK;
    stage g = {.model = m, .last = true, .checkpoint = checkpoint, .progress = progress, .user = user};
    lc_scales scales = {0};
    size_t unknown;
    bool usable;
    lc_split *all = lc_calloc(p->n_series, sizeof *all);
    lc_span *none = lc_calloc(p->n_series, sizeof *none);
    lc_code code = all && none ? LC_OK : lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < p->n_series; i++) all[i] = (lc_split){split[i].end, split[i].end};
    if (code == LC_OK) code = lc_model_scales(m, p, NULL, &scales, &unknown, st);
    if (code == LC_OK) code = training_windows(&g.train, p, &scales, s, all, st);
    if (code == LC_OK)
        code = lc_windows_create(&g.valid, p, &scales, s->lookback, s->horizon, per_window(s), none, 1, st);
    if (code == LC_OK) code = run_stage(&g, lc_fit_threads(s), &usable, st);
    keep_summary(&g);
    free_stage(&g);
    lc_scales_free(&scales);
    lc_free(none);
    lc_free(all);
    return code;
}
