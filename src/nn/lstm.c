/* Long short-term memory over all steps of its input.
 *
 * Parameters: by panel of units (see kernel/kernels.h) a row of the bias, the rows of the inputs and those of
 * the hidden state (1 + inputs + hidden, 4, lanes); gates in the order i, f, g, o. PyTorch has two bias
 * vectors whose sum is all that counts; here there is one, written as bias_ih beside a bias_hh of zeros.
 * Packed: the recurrent and the input rows transposed, for the products that go backward.
 * Saved in training: gates, c and tanh(c) of every step; in inference: c and h of the last step. */
#include <math.h>
#include <string.h>

#include "nn/layer.h"

typedef struct sizes {
    size_t in, hid, panels, in_panels, lanes;
    size_t rows, gates, panel; /* rows of weights, floats of such a row and of a panel of them */
} sizes;

static sizes sizes_of(const lc_layer *l)
{
    size_t lanes = l->lanes, rows = 1 + l->inputs + l->outputs, gates = 4 * lanes;
    return (sizes){
        l->inputs, l->outputs,  (l->outputs + lanes - 1) / lanes, (l->inputs + lanes - 1) / lanes, lanes, rows,
        gates,     rows * gates};
}

static size_t params(const lc_layer *l)
{
    sizes s = sizes_of(l);
    return lc_padded(s.panels * s.panel);
}

static size_t packed(const lc_layer *l)
{
    sizes s = sizes_of(l);
    return lc_padded((s.panels + s.in_panels) * s.panels * s.gates * s.lanes);
}

/* Views into the saved block. */
typedef struct kept {
    size_t gates_panel, cell_panel; /* floats from panel to panel */
    size_t gates_step, cell_step;   /* and from step to step; 0 where one step serves all */
    float *gates, *cell;            /* (panels)(steps, room, 4 lanes), (panels)(steps, room, 2 lanes) */
    float *dc;                      /* training: (panels, rows, lanes) */
    float *h, *h_next;              /* inference: (room, stride) from the last pass and for the next */
} kept;

/* A panel more than its size away from the next: steps of a power of two would share few sets of the cache. */
static size_t apart(size_t floats)
{
    return lc_padded(floats) + LC_LANES;
}

static kept distances(const lc_layer *l, size_t room, bool keep)
{
    sizes s = sizes_of(l);
    kept k = {.gates_step = keep ? room * s.gates : 0, .cell_step = keep ? room * 2 * s.lanes : 0};
    k.gates_panel = keep ? apart(l->steps * k.gates_step) : 0;
    k.cell_panel = apart((keep ? l->steps : 1) * room * 2 * s.lanes);
    return k;
}

static size_t saved(const lc_layer *l, size_t room, bool keep)
{
    sizes s = sizes_of(l);
    kept k = distances(l, room, keep);
    size_t rest = keep ? s.panels * room * s.lanes : 2 * room * lc_stride(s.hid);
    return s.panels * (k.gates_panel + k.cell_panel) + lc_padded(rest);
}

static kept kept_of(const lc_layer *l, const lc_pass *p)
{
    sizes s = sizes_of(l);
    kept k = distances(l, p->room, p->keep);
    k.gates = p->saved;
    k.cell = k.gates + s.panels * k.gates_panel;
    k.dc = k.cell + s.panels * k.cell_panel;
    size_t state = p->room * lc_stride(s.hid);
    k.h = k.dc + (p->flip ? state : 0);
    k.h_next = k.dc + (p->flip ? 0 : state);
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

/* Where gate g of unit u lies in a row of weights: rows in the order bias, inputs, hidden. */
static size_t weight_at(const sizes *s, size_t row, size_t gate, size_t unit)
{
    return unit / s->lanes * s->panel + row * s->gates + gate * s->lanes + unit % s->lanes;
}

static void init(const lc_layer *l, float *w, lc_rng *rng)
{
    sizes s = sizes_of(l);
    double bound = 1 / sqrt((double)s.hid);
    for (size_t i = 0; i < s.rows; i++) {
        size_t row = (i + 1) % s.rows; /* the bias is drawn last */
        for (size_t gate = 0; gate < 4; gate++)
            for (size_t u = 0; u < s.hid; u++)
                w[weight_at(&s, row, gate, u)] = (float)(bound * (2 * lc_rng_uniform(rng) - 1));
    }
    /* A forget gate that starts open lets early gradients through (Jozefowicz et al. 2015). */
    for (size_t u = 0; l->open && u < s.hid; u++) w[weight_at(&s, 0, 1, u)] = 1;
}

/* `outputs` rows of weights from `row` on, a panel of them at a time. */
static void pack_rows(const sizes *s, const lc_kernels *k, const float *w, size_t row, size_t outputs, float *to,
                      size_t part, size_t parts)
{
    size_t block = s->panels * s->gates * s->lanes;
    for (size_t i = part; i * s->lanes < outputs; i += parts) {
        size_t at = i * s->lanes, n = outputs - at < s->lanes ? outputs - at : s->lanes;
        k->lstm_transpose(n, s->panels, w + (row + at) * s->gates, s->panel, to + i * block);
    }
}

static void pack(const lc_layer *l, const lc_kernels *k, const float *w, float *to, size_t part, size_t parts)
{
    sizes s = sizes_of(l);
    pack_rows(&s, k, w, 1 + s.in, s.hid, to, part, parts);
    pack_rows(&s, k, w, 1, s.in, to + s.panels * s.panels * s.gates * s.lanes, part, parts);
}

static void forward(const lc_layer *l, const lc_pass *p)
{
    sizes s = sizes_of(l);
    kept k = kept_of(l, p);
    size_t x_ld = lc_stride(s.in), y_ld = lc_stride(s.hid), y_step = p->room * y_ld;
    for (size_t t = 0; t < l->steps; t++) {
        float *cell = k.cell + t * k.cell_step, *y = p->y + t * y_step;
        bool first = t == 0 && !p->carry;
        lc_lstm_forward step = {.rows = p->rows,
                                .inputs = s.in,
                                .units = s.hid,
                                .w = p->w,
                                .x = p->x + t * p->room * x_ld,
                                .x_ld = x_ld,
                                .h_prev = first ? NULL
                                          : t   ? y - y_step
                                                : k.h,
                                .h_prev_ld = y_ld,
                                .cell_prev = first ? NULL : cell - k.cell_step,
                                .cell = cell,
                                .cell_panel = k.cell_panel,
                                .gates = p->keep ? k.gates + t * k.gates_step : NULL,
                                .gates_panel = k.gates_panel,
                                .h = y,
                                .h_ld = y_ld,
                                .part = p->part,
                                .parts = p->parts};
        p->kernels->lstm_forward(&step);
    }
    if (p->keep) return;
    /* The units of this part; others may still read the state that was. */
    size_t from = p->parts ? s.panels * p->part / p->parts * s.lanes : 0;
    size_t to = p->parts ? s.panels * (p->part + 1) / p->parts * s.lanes : s.panels * s.lanes;
    const float *y = p->y + (l->steps - 1) * y_step;
    for (size_t r = 0; r < p->rows; r++)
        memcpy(k.h_next + r * y_ld + from, y + r * y_ld + from, (to - from) * sizeof *y);
}

static void backward(const lc_layer *l, const lc_pass *p)
{
    sizes s = sizes_of(l);
    kept k = kept_of(l, p);
    size_t x_ld = lc_stride(s.in), y_ld = lc_stride(s.hid), silent = l->steps - p->dy_steps;
    for (size_t t = l->steps; t-- > 0;) {
        float *gates = k.gates + t * k.gates_step;
        const float *cell = k.cell + t * k.cell_step;
        lc_lstm_backward step = {.rows = p->rows,
                                 .units = s.hid,
                                 .wt = p->packed,
                                 .dz_next = t + 1 < l->steps ? gates + k.gates_step : NULL,
                                 .dy = t >= silent ? p->dy + (t - silent) * p->room * y_ld : NULL,
                                 .dy_ld = y_ld,
                                 .gates = gates,
                                 .gates_panel = k.gates_panel,
                                 .cell = cell,
                                 .cell_prev = t ? cell - k.cell_step : NULL,
                                 .cell_panel = k.cell_panel,
                                 .dc = k.dc};
        p->kernels->lstm_backward(&step);
        if (!p->dx) continue;
        lc_lstm_input_gradient below = {.rows = p->rows,
                                        .inputs = s.in,
                                        .units = s.hid,
                                        .wt = p->packed + s.panels * s.panels * s.gates * s.lanes,
                                        .dz = gates,
                                        .gates_panel = k.gates_panel,
                                        .dx = p->dx + t * p->room * x_ld,
                                        .dx_ld = x_ld};
        p->kernels->lstm_input_gradient(&below);
    }
}

static void gradient(const lc_layer *l, const lc_pass *p)
{
    sizes s = sizes_of(l);
    kept k = kept_of(l, p);
    size_t x_ld = lc_stride(s.in), y_ld = lc_stride(s.hid);
    lc_weight_gradient input = {.k = 1 + s.in,
                                .panels = s.panels,
                                .steps = l->steps,
                                .rows = p->shard,
                                .a = p->x + p->first * x_ld - 1, /* the constant before each row */
                                .a_ld = x_ld,
                                .a_step = p->room * x_ld,
                                .dz = k.gates + p->first * s.gates,
                                .dz_panel = k.gates_panel,
                                .dz_step = k.gates_step,
                                .g = p->g,
                                .g_panel = s.panel};
    lc_weight_gradient recurrent = input;
    recurrent.k = s.hid;
    recurrent.steps = l->steps - 1;
    recurrent.a = p->y + p->first * y_ld;
    recurrent.a_ld = y_ld;
    recurrent.a_step = p->room * y_ld;
    recurrent.dz += k.gates_step;
    recurrent.g += (1 + s.in) * s.gates;
    p->kernels->weight_gradient(&input);
    p->kernels->weight_gradient(&recurrent);
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
    size_t from = tensor == WEIGHT_IH ? 1 : tensor == WEIGHT_HH ? 1 + s.in : 0;
    size_t columns = tensor == WEIGHT_IH ? s.in : tensor == WEIGHT_HH ? s.hid : 1;
    for (size_t gate = 0; gate < 4; gate++)
        for (size_t u = 0; u < s.hid; u++)
            for (size_t r = 0; r < columns; r++)
                out[(gate * s.hid + u) * columns + r] = tensor == BIAS_HH ? 0 : w[weight_at(&s, from + r, gate, u)];
}

static void put(const lc_layer *l, float *w, size_t tensor, const float *in)
{
    sizes s = sizes_of(l);
    size_t from = tensor == WEIGHT_IH ? 1 : tensor == WEIGHT_HH ? 1 + s.in : 0;
    size_t columns = tensor == WEIGHT_IH ? s.in : tensor == WEIGHT_HH ? s.hid : 1;
    for (size_t gate = 0; gate < 4; gate++)
        for (size_t u = 0; u < s.hid; u++)
            for (size_t r = 0; r < columns; r++) {
                float *to = &w[weight_at(&s, from + r, gate, u)];
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
    .gradient = gradient,
    .tensors = tensors,
    .get = get,
    .put = put,
};
