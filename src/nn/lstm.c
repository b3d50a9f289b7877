/* Long short-term memory over all steps of its input.
 *
 * Parameters: a matrix (inputs + hidden + 1, 4, padded hidden), the transpose of PyTorch's: the rows of the
 * inputs, of the hidden state and one of the bias; gates in the order i, f, g, o. PyTorch has two bias
 * vectors whose sum is all that counts; here there is one, written as bias_ih beside a bias_hh of zeros.
 * Packed: the recurrent and the input rows transposed, for the products that go backward.
 * Saved: gates, c and tanh(c) of every step, or of one step where nothing is kept. */
#include <math.h>
#include <string.h>

#include "nn/layer.h"

typedef struct sizes {
    size_t in, hid, h, gates; /* inputs, hidden, padded hidden, row of all gates */
} sizes;

static sizes sizes_of(const lc_layer *l)
{
    size_t h = lc_padded(l->outputs);
    return (sizes){l->inputs, l->outputs, h, 4 * h};
}

static size_t params(const lc_layer *l)
{
    sizes s = sizes_of(l);
    return (s.in + s.hid + 1) * s.gates;
}

static size_t packed(const lc_layer *l)
{
    sizes s = sizes_of(l);
    return s.gates * (s.h + lc_padded(s.in));
}

/* Views into the saved block. */
typedef struct kept {
    float *gates, *c, *tanh_c; /* (steps, rows, 4 h), (steps, rows, h) twice */
    float *dh, *dc;            /* (rows, h) */
    size_t step;               /* rows of history between two steps: rows, or 0 where one step serves all */
} kept;

static size_t saved(const lc_layer *l, size_t rows, bool keep)
{
    sizes s = sizes_of(l);
    return (keep ? l->steps : 1) * rows * (s.gates + 2 * s.h) + (keep ? 2 * rows * s.h : 0);
}

static kept kept_of(const lc_layer *l, const lc_pass *p)
{
    sizes s = sizes_of(l);
    size_t n = (p->keep ? l->steps : 1) * p->rows;
    kept k;
    k.gates = p->saved;
    k.c = k.gates + n * s.gates;
    k.tanh_c = k.c + n * s.h;
    k.dh = k.tanh_c + n * s.h;
    k.dc = k.dh + p->rows * s.h;
    k.step = p->keep ? p->rows : 0;
    return k;
}

static size_t out_steps(const lc_layer *l)
{
    return l->steps;
}

static size_t dx_steps(const lc_layer *l, size_t dy_steps)
{
    (void)dy_steps;
    return l->steps;
}

static void init(const lc_layer *l, float *w, lc_rng *rng)
{
    sizes s = sizes_of(l);
    double bound = 1 / sqrt((double)s.hid);
    for (size_t r = 0; r < s.in + s.hid + 1; r++)
        for (size_t gate = 0; gate < 4; gate++)
            for (size_t u = 0; u < s.hid; u++)
                w[r * s.gates + gate * s.h + u] = (float)(bound * (2 * lc_rng_uniform(rng) - 1));
    /* A forget gate that starts open lets early gradients through (Jozefowicz et al. 2015). */
    float *bias = w + (s.in + s.hid) * s.gates;
    for (size_t u = 0; u < s.hid; u++) bias[s.h + u] = 1;
}

static void pack(const lc_layer *l, const float *w, float *to)
{
    sizes s = sizes_of(l);
    const float *recurrent = w + s.in * s.gates;
    for (size_t r = 0; r < s.hid; r++)
        for (size_t j = 0; j < s.gates; j++) to[j * s.h + r] = recurrent[r * s.gates + j];
    to += s.gates * s.h;
    size_t width = lc_padded(s.in);
    for (size_t r = 0; r < s.in; r++)
        for (size_t j = 0; j < s.gates; j++) to[j * width + r] = w[r * s.gates + j];
}

static void forward(const lc_layer *l, const lc_pass *p)
{
    sizes s = sizes_of(l);
    kept k = kept_of(l, p);
    size_t width = lc_padded(s.in), rows = p->rows;
    const float *recurrent = p->w + s.in * s.gates;
    const float *bias = recurrent + s.hid * s.gates;
    for (size_t t = 0; t < l->steps; t++) {
        float *z = k.gates + t * k.step * s.gates;
        for (size_t r = 0; r < rows; r++) memcpy(z + r * s.gates, bias, s.gates * sizeof *z);
        p->kernels->gemm(rows, s.gates, s.in, p->x + t * rows * width, width, 1, p->w, s.gates, z, s.gates);
        float *y = p->y + t * rows * s.h;
        if (t) p->kernels->gemm(rows, s.gates, s.hid, y - rows * s.h, s.h, 1, recurrent, s.gates, z, s.gates);
        const float *c_prev = t ? k.c + (t - 1) * k.step * s.h : NULL;
        p->kernels->lstm_forward(rows, s.h, z, c_prev, k.c + t * k.step * s.h, k.tanh_c + t * k.step * s.h, y);
    }
}

static void backward(const lc_layer *l, const lc_pass *p)
{
    sizes s = sizes_of(l);
    kept k = kept_of(l, p);
    size_t width = lc_padded(s.in), rows = p->rows, first = l->steps - p->dy_steps;
    memset(k.dh, 0, rows * s.h * sizeof *k.dh);
    memset(k.dc, 0, rows * s.h * sizeof *k.dc);
    for (size_t t = l->steps; t-- > 0;) {
        float *z = k.gates + t * rows * s.gates;
        if (t >= first) {
            const float *dy = p->dy + (t - first) * rows * s.h;
            for (size_t i = 0; i < rows * s.h; i++) k.dh[i] += dy[i];
        }
        const float *c_prev = t ? k.c + (t - 1) * rows * s.h : NULL;
        p->kernels->lstm_backward(rows, s.h, z, c_prev, k.tanh_c + t * rows * s.h, k.dh, k.dc);
        if (!t) break;
        memset(k.dh, 0, rows * s.h * sizeof *k.dh);
        p->kernels->gemm(rows, s.h, s.gates, z, s.gates, 1, p->packed, s.h, k.dh, s.h);
    }
    /* The weights' gradients are products over all steps at once. */
    size_t all = l->steps * rows;
    float *recurrent = p->g + s.in * s.gates;
    p->kernels->gemm(s.in, s.gates, all, p->x, 1, width, k.gates, s.gates, p->g, s.gates);
    p->kernels->gemm(s.hid, s.gates, all - rows, p->y, 1, s.h, k.gates + rows * s.gates, s.gates, recurrent, s.gates);
    p->kernels->add_rows(all, s.gates, k.gates, recurrent + s.hid * s.gates);
    if (p->dx) {
        memset(p->dx, 0, all * width * sizeof *p->dx);
        p->kernels->gemm(all, width, s.gates, k.gates, s.gates, 1, p->packed + s.gates * s.h, width, p->dx, width);
    }
}

enum { WEIGHT_IH, WEIGHT_HH, BIAS_IH, BIAS_HH };

static size_t tensors(const lc_layer *l, lc_layer_tensor t[LC_LAYER_TENSORS])
{
    static const char *const name[] = {"lstm.weight_ih_l%zu", "lstm.weight_hh_l%zu", "lstm.bias_ih_l%zu",
                                       "lstm.bias_hh_l%zu"};
    sizes s = sizes_of(l);
    for (size_t i = 0; i < 4; i++) {
        t[i].dims = i < BIAS_IH ? 2 : 1;
        t[i].shape[0] = 4 * s.hid;
        t[i].shape[1] = i == WEIGHT_IH ? s.in : i == WEIGHT_HH ? s.hid : 1;
    }
    snprintf(t[0].name, sizeof t[0].name, name[0], l->index);
    snprintf(t[1].name, sizeof t[1].name, name[1], l->index);
    snprintf(t[2].name, sizeof t[2].name, name[2], l->index);
    snprintf(t[3].name, sizeof t[3].name, name[3], l->index);
    return 4;
}

static void get(const lc_layer *l, const float *w, size_t tensor, float *out)
{
    sizes s = sizes_of(l);
    size_t from = tensor == WEIGHT_IH ? 0 : tensor == WEIGHT_HH ? s.in : s.in + s.hid;
    size_t columns = tensor == WEIGHT_IH ? s.in : tensor == WEIGHT_HH ? s.hid : 1;
    for (size_t gate = 0; gate < 4; gate++)
        for (size_t u = 0; u < s.hid; u++)
            for (size_t r = 0; r < columns; r++)
                out[(gate * s.hid + u) * columns + r] =
                    tensor == BIAS_HH ? 0 : w[(from + r) * s.gates + gate * s.h + u];
}

static void put(const lc_layer *l, float *w, size_t tensor, const float *in)
{
    sizes s = sizes_of(l);
    size_t from = tensor == WEIGHT_IH ? 0 : tensor == WEIGHT_HH ? s.in : s.in + s.hid;
    size_t columns = tensor == WEIGHT_IH ? s.in : tensor == WEIGHT_HH ? s.hid : 1;
    for (size_t gate = 0; gate < 4; gate++)
        for (size_t u = 0; u < s.hid; u++)
            for (size_t r = 0; r < columns; r++) {
                float *to = &w[(from + r) * s.gates + gate * s.h + u];
                float value = in[(gate * s.hid + u) * columns + r];
                *to = tensor == BIAS_HH ? *to + value : value; /* bias_hh comes after bias_ih */
            }
}

extern const lc_layer_kind lc_layer_lstm;
const lc_layer_kind lc_layer_lstm = {
    .name = "lstm",
    .params = params,
    .packed = packed,
    .saved = saved,
    .out_steps = out_steps,
    .dx_steps = dx_steps,
    .init = init,
    .pack = pack,
    .forward = forward,
    .backward = backward,
    .tensors = tensors,
    .get = get,
    .put = put,
};
