#include "train/engine.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "par/team.h"
#include "train/optimizer.h"

enum {
    ROWS_PER_SHARD = 8, /* keeps the tiles of the matrix kernels full */
    MOST_SHARDS = 4096,
    SLICE = 4096 /* floats that one thread reduces at a time: the norm is summed by slice */
};

struct lc_engine {
    const lc_network *net;
    lc_engine_options o;
    lc_adam adam;
    float *w;       /* (params) */
    float *packed;  /* (net->packed) */
    float *g;       /* (params) reduced gradient */
    float **part;   /* (shards)(params) gradient buffers */
    float **work;   /* (threads) workspaces */
    float **target; /* (threads)(rows of a shard, outputs) */
    double *loss;   /* (shards) */
    size_t *seen;   /* (shards) observed targets */
    double *square; /* (slices) */
    size_t slices;
    uint64_t steps_done;
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
    e->slices = (net->params + SLICE - 1) / SLICE;
    size_t rows = (o->batch + e->o.shards - 1) / e->o.shards;
    size_t floats, targets;
    bool ok = lc_network_workspace(net, rows, true, &floats) && lc_mul(rows, net->spec.outputs, &targets);
    if (ok) {
        ok = (e->w = lc_calloc(net->params, sizeof *e->w)) && (e->g = lc_calloc(net->params, sizeof *e->g)) &&
             (e->packed = lc_calloc(net->packed, sizeof *e->packed)) && book_each(&e->part, e->o.shards, net->params) &&
             book_each(&e->work, e->o.threads, floats) && book_each(&e->target, e->o.threads, targets) &&
             (e->loss = lc_calloc(e->o.shards, sizeof *e->loss)) &&
             (e->seen = lc_calloc(e->o.shards, sizeof *e->seen)) &&
             (e->square = lc_calloc(e->slices, sizeof *e->square)) && lc_adam_create(&e->adam, net->params);
    }
    if (!ok) {
        lc_engine_free(e);
        lc_fail_memory(st);
        lc_hint(st, "lower --hidden, --batch or --lookback");
        return LC_E_MEMORY;
    }
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
    free_each(e->work, e->o.threads);
    free_each(e->target, e->o.threads);
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

void lc_engine_weights_changed(lc_engine *e)
{
    lc_network_pack(e->net, e->w, e->packed, 0, 1);
}

const float *lc_engine_packed(const lc_engine *e)
{
    return e->packed;
}

const float *lc_engine_gradient(const lc_engine *e)
{
    return e->g;
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
} pass_job;

/* The minibatch at hand: rows first..first+n-1 of the pass. */
typedef struct minibatch {
    size_t first, n, shards;
    uint64_t noise;
} minibatch;

static minibatch minibatch_at(const pass_job *job, size_t i)
{
    const lc_engine *e = job->e;
    minibatch b = {.first = i * e->o.batch};
    b.n = job->n - b.first < e->o.batch ? job->n - b.first : e->o.batch;
    b.shards = e->o.shards < b.n ? e->o.shards : b.n;
    b.noise = lc_hash64(e->o.seed ^ lc_hash64(e->steps_done + i + 1));
    return b;
}

static void run_shard(const pass_job *job, const minibatch *b, size_t shard, size_t thread)
{
    lc_engine *e = job->e;
    size_t begin, end;
    lc_range(b->n, b->shards, shard, &begin, &end);
    /* Rows of a batch have their own noise, so that dropout does not depend on the split either. */
    lc_network_run run = {.w = e->w,
                          .packed = e->packed,
                          .workspace = e->work[thread],
                          .rows = end - begin,
                          .keep = true,
                          .noise = b->noise + begin * 0x9e3779b97f4a7c15u,
                          .g = e->part[shard]};
    lc_gather_into(e->net, &run, b->first + begin, job->gather, job->user, e->target[thread]);
    lc_network_forward(e->net, &run);
    e->seen[shard] = 0;
    e->loss[shard] =
        lc_loss_sum(e->o.loss, run.rows, e->net->spec.outputs, lc_network_output(e->net, run.workspace, run.rows, true),
                    lc_padded(e->net->spec.outputs), e->target[thread],
                    lc_network_output_gradient(e->net, run.workspace, run.rows), &e->seen[shard]);
    memset(run.g, 0, e->net->params * sizeof *run.g);
    lc_network_backward(e->net, &run);
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
    for (size_t s = begin; s < end; s++) run_shard(job, b, s, thread);
    lc_team_barrier();

    lc_range(e->slices, threads, thread, &begin, &end);
    for (size_t i = begin; i < end; i++) {
        size_t at = i * SLICE, n = e->net->params - at < SLICE ? e->net->params - at : SLICE;
        e->square[i] = e->net->kernels->reduce(n, (const float *const *)e->part, b->shards, at, e->g);
    }
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
            size_t at = i * SLICE, n = e->net->params - at < SLICE ? e->net->params - at : SLICE;
            lc_adam_update(&adam, e->net->kernels, n, at, e->w, e->g, scale, job->rate);
        }
        lc_team_barrier();
        lc_network_pack(e->net, e->w, e->packed, thread, threads);
    }
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

static void pass_worker(void *ctx, size_t thread, size_t threads)
{
    pass_job *job = ctx;
    size_t done = 0, batches = (job->n + job->e->o.batch - 1) / job->e->o.batch;
    bool finite = true;
    while (finite && done < batches) {
        minibatch b = minibatch_at(job, done++);
        finite = run_minibatch(job, &b, thread, threads);
    }
    lc_team_barrier();
    if (thread == 0) job->e->steps_done += done;
}

lc_code lc_engine_pass(lc_engine *e, size_t n, double rate, lc_gather_fn gather, void *user, double *loss,
                       lc_status *st)
{
    pass_job job = {.e = e, .n = n, .gather = gather, .user = user, .rate = rate, .finite = true};
    /* One region for the pass: between regions OpenMP's threads spin, and on a busy machine that took the processor
     * from the thread that they wait for. */
    lc_team_run(e->o.threads, pass_worker, &job);
    *loss = job.batches ? job.sum / (double)job.batches : NAN;
    if (!job.finite) {
        lc_fail(st, LC_E_NUMERIC, "training diverged at step %llu: the loss or its gradient is not finite",
                (unsigned long long)e->steps_done);
        lc_hint(st, "lower --lr, set --clip, or look for extreme values in the data");
        return LC_E_NUMERIC;
    }
    return LC_OK;
}

lc_code lc_engine_step(lc_engine *e, size_t n, double rate, lc_gather_fn gather, void *user, double *loss,
                       lc_status *st)
{
    if (n == 0 || n > e->o.batch)
        return lc_fail(st, LC_E_USAGE, "a minibatch of %zu rows does not fit an engine for %zu", n, e->o.batch);
    return lc_engine_pass(e, n, rate, gather, user, loss, st);
}
