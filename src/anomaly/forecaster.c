#include "anomaly/forecaster.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "nn/arch.h"

enum {
    HIDDEN = 16,
    WINDOW = 16, /* rows that the LSTM sees */
    LAGS = 8,    /* rows that the linear branch sees */
    BATCH = 16,  /* of a fit */
    REPLAYED = 2 * LC_HORIZONS
};
static const double fit_rate = 5e-3, fit_rate_end = 0.05, online_rate = 1e-3, clip = 1;

const uint32_t lc_horizon_rows[LC_HORIZONS] = {1, 24, 48, 96};

void lc_forecaster_free(lc_forecaster *f)
{
    lc_online_free(&f->online);
    lc_network_free(f->net);
    *f = (lc_forecaster){0};
}

/* A parameter of a layer under its name of other frameworks, changed by `change`. */
static bool change_tensor(lc_forecaster *f, const char *name,
                          void (*change)(float *values, size_t rows, size_t columns))
{
    for (size_t i = 0; i < f->net->n_layers; i++) {
        const lc_layer *l = &f->net->layer[i];
        lc_layer_tensor tensor[LC_LAYER_TENSORS];
        const size_t n = l->kind->tensors(l, tensor);
        for (size_t k = 0; k < n; k++) {
            if (strcmp(tensor[k].name, name) != 0) continue;
            const size_t rows = tensor[k].shape[0], columns = tensor[k].dims > 1 ? tensor[k].shape[1] : 1;
            float *values = lc_calloc(rows * columns, sizeof *values);
            if (!values) return false;
            l->kind->get(l, f->online.w + l->param_at, k, values);
            change(values, rows, columns);
            l->kind->put(l, f->online.w + l->param_at, k, values);
            lc_free(values);
        }
    }
    return true;
}

/* The head starts small, so that the first forecasts are those of the linear branch. */
static void make_small(float *w, size_t rows, size_t columns)
{
    for (size_t i = 0; i < rows * columns; i++) w[i] *= 0.1f;
}

/* It starts as the last value, for long horizons as half of it. */
static void start_from_last(float *w, size_t rows, size_t columns)
{
    for (size_t j = 0; j < rows; j++)
        w[j * columns] = lc_horizon_rows[j] == 1 ? 1 : 0.5f * powf(0.99f, (float)lc_horizon_rows[j]);
}

lc_code lc_forecaster_begin(lc_forecaster *f, lc_cycles cycles, uint64_t seed, lc_status *st)
{
    lc_code code = LC_OK;
    if (!f->net || f->cycles != cycles) {
        const size_t inputs = 1 + (cycles == LC_CYCLES_NONE ? 0 : LC_CALENDAR_INPUTS);
        const lc_network_spec spec = {.arch = &lc_arch_online,
                                      .inputs = inputs,
                                      .steps = WINDOW,
                                      .hidden = HIDDEN,
                                      .layers = 1,
                                      .outputs = LC_HORIZONS,
                                      .skip = true,
                                      .skip_from = inputs,
                                      .side = LAGS,
                                      .own = lc_cycles_terms(cycles)};
        const lc_kernels *k = lc_kernels_default();
        lc_forecaster_free(f);
        if (!k) code = lc_fail(st, LC_E_USAGE, "LOOMCAST_ISA names no instruction set of this build");
        if (code == LC_OK) code = lc_network_create(&f->net, &spec, k, st);
        if (code == LC_OK) code = lc_online_create(&f->online, f->net, BATCH, clip, st);
        if (code != LC_OK) return code;
    }
    f->cycles = cycles;
    f->seed = seed;
    f->key = lc_hash64(seed ^ lc_hash64(LC_STREAM_SHUFFLE));
    f->drawn = 0;
    lc_online_begin(&f->online, seed);
    if (!change_tensor(f, "head.weight", make_small) || !change_tensor(f, "skip.weight", start_from_last))
        return lc_fail_memory(st);
    lc_online_weights_changed(&f->online);
    return LC_OK;
}

/* Row i of the minibatch looks ahead from row s; rows before `first` are as the first one. The calendar of rows after
 * `known` is not. */
static void gather(lc_forecaster *f, const lc_history *h, size_t i, uint64_t first, uint64_t s, uint64_t known)
{
    const lc_online *o = &f->online;
    const size_t terms = lc_cycles_terms(f->cycles);
    float *x = lc_online_input(o) + i * o->row, *side = lc_online_side(o) + i * o->side;
    for (size_t k = 0; k < WINDOW; k++) {
        const uint64_t back = WINDOW - 1 - k, r = s >= first + back ? s - back : first;
        x[k * o->step] = h->z[lc_history_at(h, r)];
        if (terms) {
            const uint64_t next = s + 1 >= first + back ? s + 1 - back : first;
            memcpy(x + k * o->step + 1, h->calendar + lc_history_at(h, next) * LC_CALENDAR_TERMS,
                   LC_CALENDAR_INPUTS * sizeof *x);
        }
    }
    for (size_t k = 0; k < LAGS; k++) side[k] = h->z[lc_history_at(h, s >= first + k ? s - k : first)];
    for (size_t j = 0; terms && j < LC_HORIZONS; j++) {
        const uint64_t target = s + lc_horizon_rows[j];
        const float *calendar = h->calendar + lc_history_at(h, target) * LC_CALENDAR_TERMS;
        for (size_t k = 0; k < terms; k++) side[LAGS + k * LC_HORIZONS + j] = target <= known ? calendar[k] : 0;
    }
}

/* Targets of row i of the minibatch: rows up to `known`. */
static void aim(lc_forecaster *f, const lc_history *h, size_t i, uint64_t s, uint64_t known)
{
    for (size_t j = 0; j < LC_HORIZONS; j++) {
        const uint64_t target = s + lc_horizon_rows[j];
        const size_t at = lc_history_at(h, target);
        f->online.target[i * LC_HORIZONS + j] = target <= known && !isnan(h->y[at]) ? h->z[at] : NAN;
    }
}

void lc_forecaster_fit(lc_forecaster *f, const lc_history *h, uint64_t first, uint64_t end, uint64_t epochs)
{
    const double pi = 3.14159265358979323846;
    if (end < first + 2) return;
    const uint64_t origins = end - 1 - first, batches = (origins + BATCH - 1) / BATCH;
    for (uint64_t e = 0, step = 0; e < epochs; e++) {
        const uint64_t key = lc_hash64(f->key ^ lc_hash64(++f->drawn));
        for (uint64_t b = 0; b < batches; b++, step++) {
            const uint64_t from = b * BATCH, n = origins - from < BATCH ? origins - from : BATCH;
            for (uint64_t i = 0; i < n; i++) {
                const uint64_t s = first + lc_permute(from + i, origins, key);
                gather(f, h, (size_t)i, first, s, end - 1);
                aim(f, h, (size_t)i, s, end - 1);
            }
            const double cosine = 0.5 * (1 + cos(pi * (double)step / (double)(epochs * batches)));
            lc_online_forward(&f->online, (size_t)n);
            lc_online_learn(&f->online, (size_t)n, fit_rate * (fit_rate_end + (1 - fit_rate_end) * cosine));
        }
    }
}

void lc_forecaster_expect(lc_forecaster *f, const lc_history *h, uint64_t first, uint64_t t, float *out)
{
    f->rows = 0;
    for (size_t j = 0; j < LC_HORIZONS; j++)
        if (t >= first + lc_horizon_rows[j]) f->origin[f->rows++] = t - lc_horizon_rows[j];
    const size_t expecting = f->rows;
    while (t > first && f->rows < REPLAYED)
        f->origin[f->rows++] = first + lc_hash64(f->key ^ lc_hash64(++f->drawn)) % (t - first);
    for (size_t i = 0; i < f->rows; i++) gather(f, h, i, first, f->origin[i], t);
    const float *y = f->rows ? lc_online_forward(&f->online, f->rows) : NULL;
    for (size_t j = 0; j < LC_HORIZONS; j++) out[j] = j < expecting ? y[j * f->online.out + j] : NAN;
}

void lc_forecaster_learn(lc_forecaster *f, const lc_history *h, uint64_t t)
{
    for (size_t i = 0; i < f->rows; i++) aim(f, h, i, f->origin[i], t);
    if (f->rows) lc_online_learn(&f->online, f->rows, online_rate);
}
