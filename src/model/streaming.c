#include "model/streaming.h"

#include <string.h>

#include "base/memory.h"
#include "nn/workspace.h"
#include "par/team.h"

/* Work of a thread, in weights times rows, below which waking it and waiting for it costs more than it does: rows are
 * shared without a word, units of one row only with a barrier after every layer. */
static const double worth_by_rows = 500e3, worth_by_units = 100e3;

struct lc_streaming {
    lc_network *net; /* of windows of one step */
    size_t rows, threads;
    bool by_units;       /* threads share the units of every layer, else the rows */
    size_t works;        /* (1 by units, else threads) */
    lc_workspace **work; /* (works) */
    bool carry, flip;
};

static lc_code book(lc_streaming *s, lc_status *st)
{
    size_t most = (s->rows + s->works - 1) / s->works;
    s->work = lc_calloc(s->works, sizeof(lc_workspace *));
    for (size_t i = 0; s->work && i < s->works; i++)
        if (!(s->work[i] = lc_workspace_create(s->net, most, false))) return lc_fail_memory(st);
    return s->work ? LC_OK : lc_fail_memory(st);
}

static size_t worth(size_t threads, double most)
{
    size_t n = (double)threads < most ? threads : (size_t)most;
    return n ? n : 1;
}

lc_code lc_streaming_create(lc_streaming **out, const lc_network *net, size_t rows, size_t threads, lc_status *st)
{
    *out = NULL;
    if (!rows) return lc_fail(st, LC_E_USAGE, "there is no row to go on with");
    lc_streaming *s = lc_calloc(1, sizeof *s);
    if (!s) return lc_fail_memory(st);
    lc_network_spec spec = net->spec;
    spec.steps = 1;
    lc_code code = lc_network_create(&s->net, &spec, net->kernels, st);
    if (code == LC_OK && (s->net->params != net->params || s->net->n_layers != net->n_layers)) {
        code = lc_fail(st, LC_E_USAGE, "this architecture reads whole windows: it cannot go on step by step");
    }
    if (code == LC_OK) {
        double size = (double)rows * (double)net->params;
        s->rows = rows;
        s->by_units = rows < threads;
        s->threads = worth(threads, size / (s->by_units ? worth_by_units : worth_by_rows));
        if (!s->by_units && s->threads > rows) s->threads = rows;
        s->works = s->by_units ? 1 : s->threads;
        code = book(s, st);
    }
    if (code == LC_OK) *out = s;
    else lc_streaming_free(s);
    return code;
}

void lc_streaming_free(lc_streaming *s)
{
    if (!s) return;
    for (size_t i = 0; s->work && i < s->works; i++) lc_workspace_free(s->work[i]);
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

static void copy_rows(float *to, size_t to_ld, const float *from, size_t from_ld, size_t rows, size_t width)
{
    for (size_t r = 0; r < rows; r++) memcpy(to + r * to_ld, from + r * from_ld, width * sizeof *to);
}

static void step_rows(void *ctx, size_t thread, size_t threads)
{
    const job *j = ctx;
    const lc_network_spec *n = &j->s->net->spec;
    /* The rows of a thread do not depend on how many threads came: their state lies in its workspace. */
    for (size_t part = thread; part < j->s->works; part += threads) {
        lc_workspace *work = j->s->work[part];
        size_t begin, end;
        lc_range(j->s->rows, j->s->works, part, &begin, &end);
        copy_rows(lc_workspace_input(work), lc_stride(n->inputs), j->x + begin * n->inputs, n->inputs, end - begin,
                  n->inputs);
        lc_network_run run = {.w = j->w, .work = work, .rows = end - begin, .carry = j->s->carry, .flip = j->s->flip};
        lc_network_forward(j->s->net, &run);
        copy_rows(j->out + begin * n->outputs, n->outputs, lc_workspace_output(work), lc_stride(n->outputs),
                  end - begin, n->outputs);
    }
}

static void step_units(void *ctx, size_t thread, size_t threads)
{
    const job *j = ctx;
    lc_network_run run = {.w = j->w,
                          .work = j->s->work[0],
                          .rows = j->s->rows,
                          .carry = j->s->carry,
                          .flip = j->s->flip,
                          .part = thread,
                          .parts = threads};
    lc_network_forward(j->s->net, &run);
}

void lc_streaming_step(lc_streaming *s, const float *w, const float *x, float *out)
{
    job j = {s, w, x, out};
    const lc_network_spec *n = &s->net->spec;
    if (s->by_units) {
        copy_rows(lc_workspace_input(s->work[0]), lc_stride(n->inputs), x, n->inputs, s->rows, n->inputs);
        lc_team_run(s->threads, step_units, &j);
        copy_rows(out, n->outputs, lc_workspace_output(s->work[0]), lc_stride(n->outputs), s->rows, n->outputs);
    } else {
        lc_team_run(s->threads, step_rows, &j);
    }
    s->carry = true;
    s->flip = !s->flip;
}
