#define _POSIX_C_SOURCE 200809L
#include "train/engine.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "par/team.h"
#include "train/optimizer.h"
#include "train/pace.h"

enum {
    ROWS_PER_SHARD = 8, /* fill tiles of the kernels, and stay in the cache where BPTT keeps much of them */
    MOST_SHARDS = 4096,
    GROUP_ROWS = 32,           /* most rows that a thread takes through time together, */
    GROUP_FLOATS = 512 * 1024, /* as far as what BPTT keeps of them stays near the core */
    SLICE = 4096               /* floats that one thread reduces at a time: the norm is summed by slice */
};

/* Padded to cache lines of its own. */
typedef struct stopwatch {
    double last, phase[LC_PHASES];
    char apart[64];
} stopwatch;

struct lc_engine {
    const lc_network *net;
    lc_engine_options o;
    lc_adam adam;
    float *w;            /* (params) */
    float *average;      /* (params) NULL: none is kept */
    float *packed;       /* (net->packed) */
    float *g;            /* (params) reduced gradient */
    float **part;        /* (shards)(params) gradient buffers */
    size_t group;        /* shards that run together */
    lc_workspace **work; /* (threads) each for the rows of a group */
    float **target;      /* (threads)(rows of a group, outputs) */
    float **weight;      /* the same */
    double *loss;        /* (shards) */
    size_t *seen;        /* (shards) observed targets */
    double *square;      /* (slices) */
    size_t learned;      /* parameters that do: the first ones */
    size_t slices;       /* of those */
    uint64_t steps_done;
    stopwatch *watch; /* (threads); NULL: not timed */
    lc_pace pace;
};

static bool book_each(float ***list, size_t n, size_t floats)
{
    *list = lc_calloc(n, sizeof **list);
    for (size_t i = 0; *list && i < n; i++)
        if (!((*list)[i] = lc_calloc(floats, sizeof(float)))) return false;
    return *list != NULL;
}

static void free_each(float **list, size_t n)
{
    for (size_t i = 0; list && i < n; i++) lc_free(list[i]);
    lc_free(list);
}

static bool book_workspaces(lc_engine *e, size_t room)
{
    e->work = lc_calloc(e->o.threads, sizeof(lc_workspace *));
    for (size_t i = 0; e->work && i < e->o.threads; i++)
        if (!(e->work[i] = lc_workspace_create(e->net, room, true))) return false;
    return e->work != NULL;
}

static bool book_weights(lc_engine *e, size_t n)
{
    e->weight = lc_calloc(e->o.threads, sizeof *e->weight);
    for (size_t i = 0; e->weight && i < e->o.threads; i++)
        if (!(e->weight[i] = lc_gather_weights(n))) return false;
    return e->weight != NULL;
}

/* Shards of `rows` rows that run together: together they fill the tiles of the kernels better. */
static size_t group_size(const lc_network *net, size_t rows)
{
    double most = fmin(GROUP_ROWS, GROUP_FLOATS / lc_workspace_row(net)) / (double)rows;
    return most > 1 ? (size_t)most : 1;
}

lc_code lc_engine_create(lc_engine **out, const lc_network *net, const lc_engine_options *o, lc_status *st)
{
    *out = NULL;
    lc_engine *e = lc_calloc(1, sizeof *e);
    if (!e) return lc_fail_memory(st);
    e->net = net;
    e->o = *o;
    if (!e->o.shards) e->o.shards = (o->batch + ROWS_PER_SHARD - 1) / ROWS_PER_SHARD;
    if (e->o.shards > o->batch) e->o.shards = o->batch;
    if (e->o.shards > MOST_SHARDS) e->o.shards = MOST_SHARDS;
    if (!e->o.shards) e->o.shards = 1;
    /* A thread without a shard would only need memory. */
    if (e->o.threads > e->o.shards) e->o.threads = e->o.shards;
    if (!e->o.threads) e->o.threads = 1;
    e->learned = o->fixed_from ? o->fixed_from : net->params;
    e->slices = (e->learned + SLICE - 1) / SLICE;
    size_t rows = (o->batch + e->o.shards - 1) / e->o.shards, targets, room;
    e->group = group_size(net, rows);
    size_t most = (e->o.shards + e->o.threads - 1) / e->o.threads;
    if (e->group > most) e->group = most;
    bool ok = lc_mul(rows, e->group, &room) && lc_mul(room, net->spec.outputs, &targets);
    if (ok) {
        ok = (e->w = lc_calloc(net->params, sizeof *e->w)) && (e->g = lc_calloc(net->params, sizeof *e->g)) &&
             (e->packed = lc_calloc(net->packed, sizeof *e->packed)) && book_each(&e->part, e->o.shards, net->params) &&
             book_workspaces(e, room) && book_each(&e->target, e->o.threads, targets) && book_weights(e, targets) &&
             (o->average <= 0 || (e->average = lc_calloc(net->params, sizeof *e->average))) &&
             (e->loss = lc_calloc(e->o.shards, sizeof *e->loss)) &&
             (e->seen = lc_calloc(e->o.shards, sizeof *e->seen)) &&
             (e->square = lc_calloc(e->slices, sizeof *e->square)) && lc_adam_create(&e->adam, net->params) &&
             (!o->timed || (e->watch = lc_calloc(e->o.threads, sizeof *e->watch)));
    }
    if (!ok) {
        lc_engine_free(e);
        lc_fail_memory(st);
        lc_hint(st, "lower --hidden, --batch or --lookback");
        return LC_E_MEMORY;
    }
    lc_pace_begin(&e->pace, e->o.threads);
    lc_network_init(net, e->w, o->seed);
    lc_engine_weights_changed(e);
    *out = e;
    return LC_OK;
}

void lc_engine_free(lc_engine *e)
{
    if (!e) return;
    lc_adam_free(&e->adam);
    free_each(e->part, e->o.shards);
    for (size_t i = 0; e->work && i < e->o.threads; i++) lc_workspace_free(e->work[i]);
    lc_free(e->work);
    lc_free(e->watch);
    free_each(e->target, e->o.threads);
    free_each(e->weight, e->o.threads);
    lc_free(e->average);
    lc_free(e->w);
    lc_free(e->g);
    lc_free(e->packed);
    lc_free(e->loss);
    lc_free(e->seen);
    lc_free(e->square);
    lc_free(e);
}

float *lc_engine_weights(lc_engine *e)
{
    return e->w;
}

const float *lc_engine_average(const lc_engine *e)
{
    return e->average ? e->average : e->w;
}

void lc_engine_weights_changed(lc_engine *e)
{
    if (e->average) memcpy(e->average, e->w, e->net->params * sizeof *e->w);
    lc_network_pack(e->net, e->w, e->packed, 0, 1);
}

lc_engine_state lc_engine_look(lc_engine *e)
{
    return (lc_engine_state){.params = e->net->params,
                             .w = e->w,
                             .average = e->average,
                             .m = e->adam.m,
                             .v = e->adam.v,
                             .power1 = &e->adam.power1,
                             .power2 = &e->adam.power2,
                             .steps = &e->steps_done};
}

void lc_engine_restored(lc_engine *e)
{
    lc_network_pack(e->net, e->w, e->packed, 0, 1);
}

const float *lc_engine_gradient(const lc_engine *e)
{
    return e->g;
}

const double *lc_engine_phases(const lc_engine *e)
{
    return e->watch ? e->watch[0].phase : NULL;
}

/* ---- training ---- */

/* A pass over n rows in minibatches of e->o.batch. */
typedef struct pass_job {
    lc_engine *e;
    size_t n;
    lc_gather_fn gather;
    void *user;
    double rate;
    double sum;     /* of the minibatches' mean losses */
    size_t batches; /* with an observed target */
    bool finite;
    size_t first, last; /* minibatches of the block at hand */
} pass_job;

/* The minibatch at hand: rows first..first+n-1 of the pass. */
typedef struct minibatch {
    size_t first, n, shards;
    uint64_t noise;
    double rate;
    float share; /* of the weights in their average */
} minibatch;

/* Loshchilov & Hutter 2017, one period, after a linear warm-up. */
static double rate_factor(const lc_engine_options *o, double step)
{
    const double pi = 3.14159265358979323846, warm = o->warm ? fmin(1, step / (double)o->warm) : 1;
    if (!o->steps) return warm;
    return warm * (0.99 * 0.5 * (1 + cos(pi * fmin(1, step / (double)o->steps))) + 0.01);
}

static minibatch minibatch_at(const pass_job *job, size_t i)
{
    const lc_engine *e = job->e;
    minibatch b = {.first = i * e->o.batch};
    b.n = job->n - b.first < e->o.batch ? job->n - b.first : e->o.batch;
    b.shards = e->o.shards < b.n ? e->o.shards : b.n;
    const double step = (double)(e->steps_done + i + 1);
    b.noise = lc_hash64(e->o.seed ^ lc_hash64(e->steps_done + i + 1));
    b.rate = job->rate * rate_factor(&e->o, step);
    b.share = (float)(1 - fmin(e->o.average, step / (step + 10))); /* the first weights must not weigh long */
    return b;
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The time since the last lap counts for this phase. */
static void lap(const lc_engine *e, size_t thread, lc_phase phase)
{
    if (!e->watch) return;
    double now = seconds_now();
    stopwatch *w = &e->watch[thread];
    if (phase < LC_PHASES) w->phase[phase] += now - w->last;
    w->last = now;
}

static void shard_rows(const minibatch *b, size_t shard, size_t *begin, size_t *end)
{
    lc_range(b->n, b->shards, shard, begin, end);
}

/* Shards first..last-1 go forward and back through time together, as rows do not depend on each other; then each has
 * its gradient summed by itself. */
static void run_group(const pass_job *job, const minibatch *b, size_t first, size_t last, size_t thread)
{
    lc_engine *e = job->e;
    size_t begin, end, from, to, outputs = e->net->spec.outputs, ld = lc_stride(lc_network_width(e->net));
    shard_rows(b, first, &begin, &to);
    shard_rows(b, last - 1, &from, &end);
    /* Rows of a batch have their own noise, so that dropout does not depend on the split either. */
    lc_network_run run = {.w = e->w,
                          .packed = e->packed,
                          .work = e->work[thread],
                          .rows = end - begin,
                          .fixed_from = e->o.fixed_from,
                          .noise = b->noise + begin * 0x9e3779b97f4a7c15u};
    lc_gather_into(&run, b->first + begin, job->gather, job->user, e->target[thread], e->weight[thread]);
    lap(e, thread, LC_PHASE_GATHER);
    lc_network_forward(e->net, &run);
    const float *y = lc_workspace_output(run.work);
    float *dy = lc_workspace_output_gradient(run.work);
    for (size_t s = first; s < last; s++) {
        shard_rows(b, s, &from, &to);
        size_t at = from - begin;
        e->seen[s] = 0;
        const lc_truth truth = {e->target[thread] + at * outputs, e->weight[thread] + at * outputs, outputs,
                                e->net->spec.quantiles};
        e->loss[s] =
            lc_loss_sum(e->o.loss, e->net->kernels, to - from, y + at * ld, ld, &truth, dy + at * ld, &e->seen[s]);
    }
    lap(e, thread, LC_PHASE_FORWARD);
    lc_network_backward(e->net, &run);
    lap(e, thread, LC_PHASE_BACKWARD);
    for (size_t s = first; s < last; s++) {
        shard_rows(b, s, &from, &to);
        lc_network_gradient(e->net, &run, from - begin, to - from, e->part[s]);
    }
    lap(e, thread, LC_PHASE_GRADIENT);
}

/* Every thread sums the same numbers in the same order: no thread has to tell the others. */
static void total(const lc_engine *e, size_t shards, double *sum, size_t *seen, double *square)
{
    *sum = *square = 0;
    *seen = 0;
    for (size_t s = 0; s < shards; s++) {
        *sum += e->loss[s];
        *seen += e->seen[s];
    }
    for (size_t i = 0; i < e->slices; i++) *square += e->square[i];
}

/* One minibatch on all threads; false when it is not finite, and then nothing was updated. */
static bool run_minibatch(pass_job *job, const minibatch *b, size_t thread, size_t threads)
{
    lc_engine *e = job->e;
    size_t begin, end;
    lc_range(b->shards, threads, thread, &begin, &end);
    size_t mine = end - begin, groups = (mine + e->group - 1) / e->group;
    lap(e, thread, LC_PHASES);
    for (size_t i = 0; i < groups; i++) {
        size_t first, last;
        lc_range(mine, groups, i, &first, &last);
        run_group(job, b, begin + first, begin + last, thread);
    }
    lc_team_barrier();

    lc_range(e->slices, threads, thread, &begin, &end);
    for (size_t i = begin; i < end; i++) {
        size_t at = i * SLICE, n = e->learned - at < SLICE ? e->learned - at : SLICE;
        e->square[i] = e->net->kernels->reduce(n, (const float *const *)e->part, b->shards, at, e->g);
    }
    lap(e, thread, LC_PHASE_REDUCE);
    lc_team_barrier();

    double sum, square;
    size_t seen;
    total(e, b->shards, &sum, &seen, &square);
    double norm = seen ? sqrt(square) / (double)seen : 0;
    bool finite = isfinite(sum) && isfinite(norm);
    lc_adam adam = e->adam;
    if (finite && seen) {
        double scale = 1 / (double)seen;
        if (e->o.clip > 0 && norm > e->o.clip) scale *= e->o.clip / (norm + 1e-6); /* as PyTorch's clip_grad_norm_ */
        lc_adam_begin(&adam);
        for (size_t i = begin; i < end; i++) {
            size_t at = i * SLICE, n = e->learned - at < SLICE ? e->learned - at : SLICE;
            lc_adam_update(&adam, e->net->kernels, n, at, e->w, e->g, scale, b->rate, e->o.decay);
            if (e->average) e->net->kernels->average(n, e->average + at, e->w + at, b->share);
        }
        lc_team_barrier();
        lc_network_pack(e->net, e->w, e->packed, thread, threads);
    }
    lap(e, thread, LC_PHASE_UPDATE);
    lc_team_barrier(); /* the next minibatch reads what was packed, and writes the losses read above */
    if (thread == 0) {
        e->adam = adam; /* a minibatch without an update does not count for the bias corrections */
        job->finite = finite;
        if (seen) {
            job->sum += sum / (double)seen;
            job->batches++;
        }
    }
    return finite;
}

/* A block of minibatches. One region for all of it: between regions OpenMP's threads spin, and on a busy machine that
 * took the processor from the thread that they wait for. */
static void block_worker(void *ctx, size_t thread, size_t threads)
{
    pass_job *job = ctx;
    size_t done = job->first;
    bool finite = true;
    while (finite && done < job->last) {
        minibatch b = minibatch_at(job, done++);
        finite = run_minibatch(job, &b, thread, threads);
    }
    lc_team_barrier();
    if (thread == 0) job->first = done;
}

static lc_code run_pass(lc_engine *e, size_t n, double rate, lc_gather_fn gather, void *user, lc_pace *pace,
                        double *loss, lc_status *st)
{
    enum { FIRST_BLOCK = 8 }; /* minibatches, before their pace is known */
    pass_job job = {.e = e, .n = n, .gather = gather, .user = user, .rate = rate, .finite = true};
    size_t batch = e->o.batch, batches = (n + batch - 1) / batch;
    while (job.finite && job.first < batches) {
        size_t rows = lc_pace_rows(pace), from = job.first, block = rows ? (rows + batch - 1) / batch : FIRST_BLOCK;
        job.last = batches - from < block ? batches : from + block;
        double begun = seconds_now();
        lc_team_run(lc_pace_threads(pace), block_worker, &job);
        size_t end = job.first == batches ? n : job.first * batch;
        lc_pace_note(pace, end - from * batch, seconds_now() - begun);
    }
    e->steps_done += job.first;
    *loss = job.batches ? job.sum / (double)job.batches : NAN;
    if (!job.finite) {
        lc_fail(st, LC_E_NUMERIC, "training diverged at step %llu: the loss or its gradient is not finite",
                (unsigned long long)e->steps_done);
        lc_hint(st, "lower --lr, set --clip, or look for extreme values in the data");
        return LC_E_NUMERIC;
    }
    return LC_OK;
}

lc_code lc_engine_pass(lc_engine *e, size_t n, double rate, lc_gather_fn gather, void *user, double *loss,
                       lc_status *st)
{
    return run_pass(e, n, rate, gather, user, &e->pace, loss, st);
}

lc_code lc_engine_step(lc_engine *e, size_t n, double rate, lc_gather_fn gather, void *user, double *loss,
                       lc_status *st)
{
    if (n == 0 || n > e->o.batch)
        return lc_fail(st, LC_E_USAGE, "a minibatch of %zu rows does not fit an engine for %zu", n, e->o.batch);
    lc_pace all;
    lc_pace_begin(&all, e->o.threads);
    return run_pass(e, n, rate, gather, user, &all, loss, st);
}
