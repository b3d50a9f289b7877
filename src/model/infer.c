#include "model/infer.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "par/team.h"

enum {
    JOB_ROWS = 16, /* rows of one job: fill the tiles of the kernels, and leave small batches something to share */
    ROUND = 128,   /* jobs whose losses are kept apart until they are summed in order */
    ROUND_ROWS = ROUND * JOB_ROWS
};

struct lc_infer {
    const lc_network *net;
    size_t threads;
    lc_workspace **work; /* (threads) */
    float **target;      /* (threads)(JOB_ROWS, outputs) */
    float **weight;      /* the same */
    double sum[ROUND];
    size_t seen[ROUND];
};

typedef struct job {
    lc_infer *f;
    const float *w;
    size_t begin, n; /* rows of this round */
    lc_gather_fn gather;
    void *user;
    float *out; /* (n, width), or NULL: sum the loss */
    const lc_loss *loss;
} job;

lc_code lc_infer_create(lc_infer **out, const lc_network *net, size_t rows, size_t threads, lc_status *st)
{
    *out = NULL;
    lc_infer *f = lc_calloc(1, sizeof *f);
    if (!f) return lc_fail_memory(st);
    f->net = net;
    size_t jobs = rows / JOB_ROWS + (rows % JOB_ROWS != 0), most = rows < JOB_ROWS ? rows : JOB_ROWS;
    f->threads = threads < jobs ? threads : jobs;
    if (!f->threads) f->threads = 1;
    f->work = lc_calloc(f->threads, sizeof(lc_workspace *));
    f->target = lc_calloc(f->threads, sizeof(float *));
    f->weight = lc_calloc(f->threads, sizeof(float *));
    bool ok = f->work && f->target && f->weight;
    for (size_t i = 0; ok && i < f->threads; i++)
        ok = (f->work[i] = lc_workspace_create(net, most, false)) &&
             (f->target[i] = lc_calloc(most * net->spec.outputs, sizeof(float))) &&
             (f->weight[i] = lc_gather_weights(most * net->spec.outputs));
    if (!ok) {
        lc_infer_free(f);
        return lc_fail_memory(st);
    }
    *out = f;
    return LC_OK;
}

void lc_infer_free(lc_infer *f)
{
    if (!f) return;
    for (size_t i = 0; i < f->threads; i++) {
        if (f->work) lc_workspace_free(f->work[i]);
        if (f->target) lc_free(f->target[i]);
        if (f->weight) lc_free(f->weight[i]);
    }
    lc_free(f->work);
    lc_free(f->target);
    lc_free(f->weight);
    lc_free(f);
}

float *lc_gather_weights(size_t n)
{
    float *weight = lc_calloc(n, sizeof *weight);
    for (size_t i = 0; weight && i < n; i++) weight[i] = 1;
    return weight;
}

void lc_gather_into(const lc_network_run *run, size_t first, lc_gather_fn gather, void *user, float *target,
                    float *weight)
{
    const lc_workspace *ws = run->work;
    const lc_rows rows = {.n = run->rows,
                          .x = lc_workspace_input(ws),
                          .row_stride = lc_stride(ws->net->spec.inputs),
                          .step_stride = ws->room * lc_stride(ws->net->spec.inputs),
                          .side = lc_workspace_side(ws),
                          .side_stride = lc_stride(lc_network_side(&ws->net->spec)),
                          .target = target,
                          .weight = weight};
    gather(user, first, &rows);
}

static void run_job(const job *j, size_t i, size_t thread)
{
    lc_infer *f = j->f;
    size_t width = lc_network_width(f->net), ld = lc_stride(width);
    size_t at = i * JOB_ROWS, rows = j->n - at < JOB_ROWS ? j->n - at : JOB_ROWS;
    lc_network_run run = {.w = j->w, .work = f->work[thread], .rows = rows};
    float *target = j->out ? NULL : f->target[thread];
    lc_gather_into(&run, j->begin + at, j->gather, j->user, target, f->weight[thread]);
    lc_network_forward(f->net, &run);
    const float *y = lc_workspace_output(run.work);
    if (j->out) {
        for (size_t r = 0; r < rows; r++) memcpy(j->out + (at + r) * width, y + r * ld, width * sizeof *y);
    } else {
        f->seen[i] = 0;
        const lc_truth truth = {target, f->weight[thread], f->net->spec.outputs, f->net->spec.quantiles};
        f->sum[i] = lc_loss_sum(j->loss, f->net->kernels, rows, y, ld, &truth, NULL, &f->seen[i]);
    }
}

static void worker(void *ctx, size_t thread, size_t threads)
{
    job *j = ctx;
    size_t begin, end;
    lc_range((j->n + JOB_ROWS - 1) / JOB_ROWS, threads, thread, &begin, &end);
    for (size_t i = begin; i < end; i++) run_job(j, i, thread);
}

void lc_infer_predict(lc_infer *f, const float *w, size_t n, lc_gather_fn gather, void *user, float *out)
{
    job j = {.f = f, .w = w, .n = n, .gather = gather, .user = user, .out = out};
    lc_team_run(f->threads, worker, &j);
}

double lc_infer_loss(lc_infer *f, const float *w, const lc_loss *loss, size_t n, lc_gather_fn gather, void *user)
{
    double sum = 0;
    size_t seen = 0;
    for (size_t done = 0; done < n; done += ROUND_ROWS) {
        job j = {.f = f, .w = w, .begin = done, .gather = gather, .user = user, .loss = loss};
        j.n = n - done < ROUND_ROWS ? n - done : ROUND_ROWS;
        lc_team_run(f->threads, worker, &j);
        for (size_t i = 0; i * JOB_ROWS < j.n; i++) {
            sum += f->sum[i];
            seen += f->seen[i];
        }
    }
    if (!seen) return NAN;
    return isfinite(sum) ? sum / (double)seen : INFINITY;
}
