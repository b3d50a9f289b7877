#include "baseline/ets_fit.h"

#include <math.h>

#include "baseline/minimize.h"
#include "baseline/seasonal_indices.h"

/* The usual region, as shares: beta = share alpha, gamma = share (1 - alpha). */
#define LEAST_SHARE 1e-4
#define MOST_SHARE .9999
#define LEAST_DAMPING .8
#define MOST_DAMPING .98

#define LEAST_LINE 10 /* values under the first line */
/* Steps end where the log likelihood gains less: AICc is compared in units of 1. */
#define LEAST_GAIN 1e-4
#define MOST_STEPS 200
#define START_HALVINGS 6

/* The line through the first x's; sets the mean, level before the first value, slope and noise. */
static void first_line(lc_ets_starts *out, lc_ets_season form, const double *x, size_t n, size_t m)
{
    size_t k = 2 * m > LEAST_LINE ? 2 * m : LEAST_LINE;
    if (k > n) k = n;
    const double middle = ((double)k - 1) / 2;
    double mean = 0, slope = 0, squares = 0, level = 0;
    for (size_t t = 0; t < k; t++) mean += x[t] / (double)k;
    for (size_t t = 0; t < k; t++) slope += ((double)t - middle) * (x[t] - mean);
    if (k > 1) slope /= (double)k * ((double)k * (double)k - 1) / 12;
    for (size_t t = 0; t < k; t++) {
        const double e = x[t] - mean - slope * ((double)t - middle);
        squares += e * e;
        level = fmax(level, fabs(x[t]));
    }
    out->of[form].mean = mean;
    out->of[form].level = mean - slope * (middle + 1);
    out->of[form].slope = slope;
    out->of[form].noise = fmax(sqrt(squares / (double)k), 1e-6 * level + 1e-12);
}

void lc_ets_find_starts(lc_ets_starts *out, const double *y, size_t n, size_t m, double *work)
{
    *out = (lc_ets_starts){0};
    out->of[LC_ETS_NO_SEASON].usable = true;
    first_line(out, LC_ETS_NO_SEASON, y, n, 1);
    if (m < 2 || n / 2 < m) return;
    bool positive = true;
    for (size_t t = 0; t < n; t++) positive = positive && y[t] > 0;
    for (int form = LC_ETS_ADDITIVE; form <= LC_ETS_MULTIPLICATIVE; form++) {
        const bool times = form == LC_ETS_MULTIPLICATIVE;
        double *index = out->of[form].index, *adjusted = work + 3 * n;
        if (times && !positive) continue;
        if (!lc_seasonal_indices(index, y, n, m, times, work)) continue;
        for (size_t t = 0; t < n; t++) adjusted[t] = times ? y[t] / index[t % m] : y[t] - index[t % m];
        out->of[form].usable = true;
        first_line(out, (lc_ets_season)form, adjusted, n, m);
    }
}

/* ---- a form's weights as the variables of the search ---- */

enum { MOST_VARIABLES = 6 + LC_ETS_MOST_SEASON - 1 };

typedef struct layout {
    size_t n;
    size_t beta, gamma, phi, level, slope, season; /* places; 0 (alpha's): not there */
} layout;

static layout lay_out(const lc_ets_form *f)
{
    layout l = {.n = 1};
    if (f->trend) l.beta = l.n++;
    if (f->season) l.gamma = l.n++;
    if (f->damped) l.phi = l.n++;
    l.level = l.n++;
    if (f->trend) l.slope = l.n++;
    if (f->season) {
        /* The last index follows from the others. */
        l.season = l.n;
        l.n += f->m - 1;
    }
    return l;
}

size_t lc_ets_parameters(const lc_ets_form *f)
{
    return lay_out(f).n + 1;
}

typedef struct problem {
    const lc_ets_form *form;
    layout at;
    const double *y;
    size_t n;
    lc_ets_trace trace;
    double squares;
    lc_ets_weights weights; /* of the last value */
    lc_ets_state end;
} problem;

static void to_weights(lc_ets_weights *w, const problem *p, const double *x)
{
    const layout *at = &p->at;
    w->alpha = x[0];
    w->beta = at->beta ? x[at->beta] * w->alpha : 0;
    w->gamma = at->gamma ? x[at->gamma] * (1 - w->alpha) : 0;
    w->phi = at->phi ? x[at->phi] : 1;
    w->start.level = x[at->level];
    w->start.slope = at->slope ? x[at->slope] : 0;
    if (!at->season) return;
    const size_t last = p->form->m - 1;
    double rest = p->form->season == LC_ETS_MULTIPLICATIVE ? (double)p->form->m : 0;
    for (size_t i = 0; i < last; i++) {
        w->start.season[i] = x[at->season + i];
        rest -= x[at->season + i];
    }
    w->start.season[last] = rest;
}

static double value(void *ctx, const double *x)
{
    problem *p = ctx;
    to_weights(&p->weights, p, x);
    if (!lc_ets_is_stable(p->form, &p->weights)) return INFINITY;
    return lc_ets_run(p->form, &p->weights, p->y, p->n, &p->trace, &p->end, &p->squares);
}

static void gradient(void *ctx, const double *x, double *g)
{
    const problem *p = ctx;
    const layout *at = &p->at;
    lc_ets_weights by;
    lc_ets_gradient(&by, p->form, &p->weights, p->y, p->n, &p->trace, p->squares);
    g[0] = by.alpha;
    if (at->beta) {
        g[0] += by.beta * x[at->beta];
        g[at->beta] = by.beta * p->weights.alpha;
    }
    if (at->gamma) {
        g[0] -= by.gamma * x[at->gamma];
        g[at->gamma] = by.gamma * (1 - p->weights.alpha);
    }
    if (at->phi) g[at->phi] = by.phi;
    g[at->level] = by.start.level;
    if (at->slope) g[at->slope] = by.start.slope;
    if (!at->season) return;
    const size_t last = p->form->m - 1;
    for (size_t i = 0; i < last; i++) g[at->season + i] = by.start.season[i] - by.start.season[last];
}

/* The likelihood often has several minima in the smoothing weights: the search starts from the best of these. */
static double best_of_grid(problem *p, double *x)
{
    static const double alphas[] = {.02, .1, .3, .6, .9}, betas[] = {.02, .2, .6}, gammas[] = {.02, .2};
    const layout *at = &p->at;
    double best = INFINITY, best_x[3] = {0};
    for (size_t a = 0; a < 5; a++) {
        for (size_t b = 0; b < (at->beta ? 3 : 1); b++) {
            for (size_t c = 0; c < (at->gamma ? 2 : 1); c++) {
                x[0] = alphas[a];
                if (at->beta) x[at->beta] = betas[b];
                if (at->gamma) x[at->gamma] = gammas[c];
                const double now = value(p, x);
                if (!(now < best)) continue;
                best = now;
                best_x[0] = alphas[a];
                best_x[1] = betas[b];
                best_x[2] = gammas[c];
            }
        }
    }
    x[0] = best_x[0];
    if (at->beta) x[at->beta] = best_x[1];
    if (at->gamma) x[at->gamma] = best_x[2];
    return best;
}

void lc_ets_fit_form(lc_ets_fit *out, const lc_ets_form *f, const lc_ets_starts *starts, const double *y, size_t n,
                     double *work)
{
    problem p = {.form = f, .at = lay_out(f), .y = y, .n = n};
    p.trace = (lc_ets_trace){work, work + n, work + 2 * n, work + 3 * n};
    const layout *at = &p.at;
    *out = (lc_ets_fit){.form = *f, .parameters = lc_ets_parameters(f), .aicc = INFINITY};
    if (!starts->of[f->season].usable || n < out->parameters + 2) return;

    double x[MOST_VARIABLES], low[MOST_VARIABLES], high[MOST_VARIABLES], unit[MOST_VARIABLES];
    const double noise = starts->of[f->season].noise;
    const double typical = fabs(starts->of[f->season].mean);
    for (size_t i = 0; i < at->n; i++) {
        low[i] = i < at->level ? LEAST_SHARE : -INFINITY;
        high[i] = i < at->level ? MOST_SHARE : INFINITY;
        unit[i] = i < at->level ? 1 : noise;
    }
    if (at->phi) {
        x[at->phi] = MOST_DAMPING - .02;
        low[at->phi] = LEAST_DAMPING;
        high[at->phi] = MOST_DAMPING;
        unit[at->phi] = .2;
    }
    x[at->level] = f->trend ? starts->of[f->season].level : starts->of[f->season].mean;
    if (at->slope) {
        x[at->slope] = starts->of[f->season].slope;
        unit[at->slope] = noise / 3;
    }
    for (size_t i = 0; at->season && i + 1 < f->m; i++) {
        x[at->season + i] = starts->of[f->season].index[i];
        if (f->season == LC_ETS_MULTIPLICATIVE) unit[at->season + i] = noise / typical;
    }
    /* In a growing series the indices of the whole can be larger than its first values, and a line can start below
     * zero: a multiplicative error then needs a start nearer to the mean. */
    double best = best_of_grid(&p, x);
    for (int k = 0; k < START_HALVINGS && !isfinite(best); k++) {
        const bool last = k + 1 == START_HALVINGS;
        for (size_t i = 0; at->season && f->season == LC_ETS_ADDITIVE && i + 1 < f->m; i++)
            x[at->season + i] *= last ? 0 : .5;
        if (at->slope) x[at->slope] *= last ? 0 : .5;
        if (last) x[at->level] = starts->of[f->season].mean;
        best = best_of_grid(&p, x);
    }
    if (!isfinite(best)) return;

    const lc_objective objective = {&p, value, gradient, at->n, low, high, unit};
    lc_minimize(&objective, x, LEAST_GAIN, MOST_STEPS);
    best = value(&p, x);
    const double k = (double)out->parameters, count = (double)n;
    out->weights = p.weights;
    out->end = p.end;
    out->variance = p.squares / (count - k);
    out->aicc = best + 2 * k + 2 * k * (k + 1) / (count - k - 1);
}
