#include "ref/ref_recipe.h"

#include <math.h>
#include <stdlib.h>

const double ref_quantile_level[REF_QUANTILES] = {.1, .2, .3, .4, .6, .7, .8, .9};

/* ---- the network ---- */

struct ref_block ref_net_block(const struct ref_net *n, size_t block)
{
    static const char *const names[REF_BLOCKS] = {"embed.weight",      "embed.bias",      "lstm.weight_ih_l0",
                                                  "lstm.weight_hh_l0", "lstm.bias_ih_l0", "lstm.bias_hh_l0",
                                                  "head.weight",       "head.bias",       "skip.weight"};
    const size_t h = n->hidden, out = n->outputs * (1 + REF_QUANTILES);
    const size_t sources = n->steps * (n->inputs - n->skip_from) + n->side + n->own;
    const size_t shape[REF_BLOCKS][2] = {{h, n->inputs}, {h, 1},     {4 * h, h},
                                         {4 * h, h},     {4 * h, 1}, {4 * h, 1},
                                         {out, h},       {out, 1},   {n->skip ? n->outputs : 0, sources}};
    struct ref_block b = {names[block], 0, shape[block][0], shape[block][1]};
    for (size_t i = 0; i < block; i++) b.at += shape[i][0] * shape[i][1];
    return b;
}

size_t ref_net_params(const struct ref_net *n)
{
    const struct ref_block last = ref_net_block(n, REF_SKIP_W);
    return last.at + last.rows * last.columns;
}

/* Row r of W x. */
static double row_times(const struct ref_net *n, size_t block, size_t r, const double *x)
{
    const struct ref_block b = ref_net_block(n, block);
    double sum = 0;
    for (size_t c = 0; c < b.columns; c++) sum += n->w[b.at + r * b.columns + c] * x[c];
    return sum;
}

static double bias(const struct ref_net *n, size_t block, size_t r)
{
    return n->w[ref_net_block(n, block).at + r];
}

static double sigma(double a)
{
    return 1 / (1 + exp(-a));
}

void ref_net_forward(const struct ref_net *n, const double *x, const double *side, double *y)
{
    const size_t H = n->hidden, out = n->outputs * (1 + REF_QUANTILES), from = n->skip_from;
    double *e = calloc(H, sizeof *e), *h = calloc(H, sizeof *h), *c = calloc(H, sizeof *c),
           *a = calloc(4 * H, sizeof *a);
    if (!e || !h || !c || !a) abort();
    for (size_t t = 0; t < n->steps; t++) {
        /* e_t = max(0, W x_t + b) */
        for (size_t r = 0; r < H; r++)
            e[r] = fmax(0, row_times(n, REF_EMBED_W, r, x + t * n->inputs) + bias(n, REF_EMBED_B, r));
        /* gates i, f, g, o of e_t and h_{t-1} */
        for (size_t r = 0; r < 4 * H; r++)
            a[r] =
                row_times(n, REF_IH, r, e) + bias(n, REF_B_IH, r) + row_times(n, REF_HH, r, h) + bias(n, REF_B_HH, r);
        for (size_t r = 0; r < H; r++) {
            /* c_t = f c_{t-1} + i g; h_t = o tanh c_t */
            c[r] = sigma(a[H + r]) * c[r] + sigma(a[r]) * tanh(a[2 * H + r]);
            h[r] = sigma(a[3 * H + r]) * tanh(c[r]);
        }
    }
    for (size_t r = 0; r < out; r++) y[r] = row_times(n, REF_HEAD_W, r, h) + bias(n, REF_HEAD_B, r);
    /* points + S [columns from.. of every step, side, the output's own] */
    const struct ref_block s = ref_net_block(n, REF_SKIP_W);
    for (size_t r = 0; r < s.rows; r++) {
        const double *w = n->w + s.at + r * s.columns;
        for (size_t t = 0; t < n->steps; t++)
            for (size_t k = from; k < n->inputs; k++) y[r] += *w++ * x[t * n->inputs + k];
        for (size_t k = 0; k < n->side; k++) y[r] += *w++ * side[k];
        for (size_t k = 0; k < n->own; k++) y[r] += *w++ * side[n->side + k * n->outputs + r];
    }
    free(e);
    free(h);
    free(c);
    free(a);
}

double ref_point_loss(char loss, size_t outputs, const double *y, const double *target, const double *weight)
{
    double sum = 0;
    for (size_t j = 0; j < outputs; j++) {
        if (isnan(target[j])) continue;
        const double e = weight[j] * (y[j] - target[j]);
        if (loss == 'e') sum += e * e;
        else if (loss == 'a') sum += fabs(e);
        else sum += fabs(e) <= 1 ? e * e / 2 : fabs(e) - .5;
    }
    return sum;
}

double ref_quantile_loss(size_t outputs, const double *y, const double *target, const double *weight)
{
    double sum = 0;
    for (size_t q = 0; q < REF_QUANTILES; q++)
        for (size_t j = 0; j < outputs; j++) {
            if (isnan(target[j])) continue;
            const double level = ref_quantile_level[q];
            const double e = weight[j] * (target[j] - (y[j] + y[(1 + q) * outputs + j]));
            sum += 2 * fmax(level * e, (level - 1) * e) / REF_QUANTILES;
        }
    return sum;
}

/* ---- a window ---- */

static double clip(double x, double lo, double hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

/* rho = 1 - mean over t >= m of (u_t - u_{t-m})^2 / 2 */
static double similarity(const double *u, size_t n, size_t m)
{
    double sum = 0;
    for (size_t t = m; t < n; t++) sum += (u[t] - u[t - m]) * (u[t] - u[t - m]);
    return 1 - sum / (double)(n - m) / 2;
}

void ref_window_fill(struct ref_window *w)
{
    const size_t n = w->lookback;
    double *x = calloc(n, sizeof *x);
    if (!x) abort();
    w->mean = w->sd = 0;
    for (size_t t = 0; t < n; t++) {
        const size_t back = n - t;
        x[t] = w->z[w->origin >= back ? w->origin - back : 0]; /* short series: the first value again */
        w->mean += x[t] / (double)n;
    }
    for (size_t t = 0; t < n; t++) w->sd += (x[t] - w->mean) * (x[t] - w->mean) / (double)n;
    w->sd = sqrt(w->sd + 1e-5);
    for (size_t t = 0; t < n; t++) w->u[t] = (x[t] - w->mean) / w->sd;
    free(x);

    w->taken = w->season;
    w->rho = w->share = 0;
    if (w->season) {
        w->rho = similarity(w->u, n, w->season);
        if (w->second && similarity(w->u, n, w->second) > w->rho) {
            w->taken = w->second;
            w->rho = similarity(w->u, n, w->second);
        }
        w->share = clip((w->rho - .8) / .2, 0, 1);
    }
    const size_t m = w->taken;
    const double a = w->share, k = fmax(.01, sqrt(fmax(0, 1 + a * a - 2 * a * w->rho)));
    for (size_t t = 0; m && t < n; t++) w->v[t] = t < m ? (1 - a) * w->u[t] / k : (w->u[t] - a * w->u[t - m]) / k;
    for (size_t h = 0; h < w->horizon; h++) {
        const double j = m ? floor((double)h / (double)m) + 1 : 1, b = m ? pow(a, j) : 0;
        const double rho_j = pow(fmax(w->rho, 0), j), rest = m ? sqrt(fmax(0, 1 + b * b - 2 * b * rho_j)) : 1;
        const double kh = m ? fmax(.01, rest) : 1;
        w->center[h] = w->mean + (m ? w->sd * b * w->u[n - m + h % m] : 0);
        w->spread[h] = w->sd * kh;
        w->target[h] = (w->z[w->origin + h] - w->center[h]) / w->spread[h];
        w->weight[h] = sqrt(kh);
    }
}
