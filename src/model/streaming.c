#include "model/streaming.h"

#include <string.h>

#include "base/memory.h"
#include "nn/workspace.h"
#include "par/team.h"

/* Work of a thread, in weights times rows, below which waking it costs more than it does: some 20 microseconds. */
static const double worth_a_thread = 500e3;

struct lc_streaming {
    lc_network *net; /* of windows of one step */
    size_t rows, threads;
    lc_workspace **work; /* (threads) */
    bool carry;
};

static lc_code book(lc_streaming *s, lc_status *st)
{
    size_t most = (s->rows + s->threads - 1) / s->threads;
    s->work = lc_calloc(s->threads, sizeof(lc_workspace *));
    for (size_t i = 0; s->work && i < s->threads; i++)
        if (!(s->work[i] = lc_workspace_create(s->net, most, false))) return lc_fail_memory(st);
    return s->work ? LC_OK : lc_fail_memory(st);
}

lc_code lc_streaming_create(lc_streaming **out, const lc_network *net, size_t rows, size_t threads, lc_status *st)
{
    *out = NULL;
    lc_streaming *s = lc_calloc(1, sizeof *s);
    if (!s) return lc_fail_memory(st);
    lc_network_spec spec = net->spec;
    spec.steps = 1;
    lc_code code = lc_network_create(&s->net, &spec, net->kernels, st);
    if (code == LC_OK && (s->net->params != net->params || s->net->n_layers != net->n_layers)) {
        code = lc_fail(st, LC_E_USAGE, "this architecture reads whole windows: it cannot go on step by step");
    }
    if (code == LC_OK) {
        double most = (double)rows * (double)net->params / worth_a_thread;
        s->rows = rows;
        s->threads = (double)threads < most ? threads : (size_t)most;
        if (s->threads > rows) s->threads = rows;
        if (!s->threads) s->threads = 1;
        code = book(s, st);
    }
    if (code == LC_OK) *out = s;
    else lc_streaming_free(s);
    return code;
}

void lc_streaming_free(lc_streaming *s)
{
    if (!s) return;
    for (size_t i = 0; s->work && i < s->threads; i++) lc_workspace_free(s->work[i]);
    lc_free(s->work);
    lc_network_free(s->net);
    lc_free(s);
}

void lc_streaming_reset(lc_streaming *s)
{
    s->carry = false;
}

typedef struct job {
    lc_streaming *s;
    const float *w, *x;
    float *out;
} job;

static void worker(void *ctx, size_t thread, size_t threads)
{
    const job *j = ctx;
    const lc_network_spec *n = &j->s->net->spec;
    /* The rows of a thread do not depend on how many threads came: their state lies in its workspace. */
    for (size_t part = thread; part < j->s->threads; part += threads) {
        lc_workspace *work = j->s->work[part];
        size_t begin, end;
        lc_range(j->s->rows, j->s->threads, part, &begin, &end);
        float *input = lc_workspace_input(work);
        for (size_t r = begin; r < end; r++)
            memcpy(input + (r - begin) * lc_stride(n->inputs), j->x + r * n->inputs, n->inputs * sizeof *input);
        lc_network_run run = {.w = j->w, .work = work, .rows = end - begin, .carry = j->s->carry};
        lc_network_forward(j->s->net, &run);
        const float *y = lc_workspace_output(work);
        for (size_t r = begin; r < end; r++)
            memcpy(j->out + r * n->outputs, y + (r - begin) * lc_stride(n->outputs), n->outputs * sizeof *y);
    }
}

void lc_streaming_step(lc_streaming *s, const float *w, const float *x, float *out)
{
    job j = {s, w, x, out};
    lc_team_run(s->threads, worker, &j);
    s->carry = true;
}
