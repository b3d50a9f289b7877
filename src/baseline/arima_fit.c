#include "baseline/arima_fit.h"

#include <math.h>
#include <string.h>

#include "baseline/minimize.h"

/* Forecasts of models with roots this near to the unit circle are erratic (Hyndman & Khandakar 2008, section 3.2). */
#define LEAST_RADIUS 1.01
#define INSIDE 1e-6     /* of that, for bounds */
#define DIFFERENCE 1e-5 /* of a partial autocorrelation, for slopes */
#define SEARCH_GAIN .01 /* of -2 log likelihood in a step */
#define SEARCH_STEPS 30
#define POLISH_GAIN 1e-3
#define POLISH_STEPS 60

typedef struct problem {
    const lc_arma_order *order;
    bool exact;
    const double *w;
    size_t n;
    double mu; /* of the conditional likelihood */
    double *work;
    double x[LC_ARMA_MOST_VARIABLES], last; /* where the value was taken last, and the value */
} problem;

static double likelihood(const problem *p, const double *x)
{
    lc_arma a;
    lc_arma_expand(&a, p->order, x);
    if (!p->exact) return lc_arma_conditional(&a, p->mu, p->w, p->n, p->work);
    lc_arma_score score;
    lc_arma_exact(&score, &a, p->order->mean, p->w, p->n, p->work);
    return score.likelihood;
}

static double value(void *ctx, const double *x)
{
    problem *p = ctx;
    const size_t n = lc_arma_variables(p->order);
    for (size_t i = 0; i < n; i++) p->x[i] = x[i];
    if (!lc_arma_roots_beyond(p->order, x, LEAST_RADIUS)) return INFINITY;
    return p->last = likelihood(p, x);
}

static void gradient(void *ctx, const double *x, double *g)
{
    problem *p = ctx;
    const size_t n = lc_arma_variables(p->order);
    double moved[LC_ARMA_MOST_VARIABLES];
    for (size_t i = 0; i < n; i++) moved[i] = x[i];
    for (size_t i = 0; i < n; i++) {
        const double d = x[i] > 0 ? -DIFFERENCE : DIFFERENCE; /* inwards */
        moved[i] = x[i] + d;
        g[i] = (likelihood(p, moved) - p->last) / d;
        if (!isfinite(g[i])) g[i] = 0;
        moved[i] = x[i];
    }
}

/* The likelihood of a mixed order often has several minima, and valleys where weights of both sides cancel: the search
 * starts from the best of these first partial autocorrelations. */
static double best_of_grid(problem *p, double *x)
{
    static const double grid[] = {0, -.5, .5, .85};
    const lc_arma_order *o = p->order;
    const size_t at[] = {0, o->p, o->p + o->q, o->p + o->q + o->P};
    const size_t points[] = {o->p ? 4 : 1, o->q ? 4 : 1, o->P ? 3 : 1, o->Q ? 3 : 1};
    double best = INFINITY;
    size_t chosen[4] = {0}, now[4] = {0};
    for (;;) {
        for (size_t i = 0; i < 4; i++)
            if (points[i] > 1) x[at[i]] = grid[now[i]];
        const double v = value(p, x);
        if (v < best) {
            best = v;
            memcpy(chosen, now, sizeof now);
        }
        size_t i = 0;
        while (i < 4 && ++now[i] == points[i]) now[i++] = 0;
        if (i == 4) break;
    }
    for (size_t i = 0; i < 4; i++)
        if (points[i] > 1) x[at[i]] = grid[chosen[i]];
    return best;
}

void lc_arima_fit_order(lc_arima_fit *out, lc_arima_effort effort, const double *w, size_t n, double *work)
{
    const lc_arma_order *o = &out->order;
    const size_t variables = lc_arma_variables(o), lags = o->p + o->P * o->m;
    const double k = (double)variables + (o->mean ? 1 : 0) + 1, count = (double)n;
    out->aicc = INFINITY;
    out->mu = 0;
    if (!(count > k + 2) || n <= lags + 2) return;

    problem p = {.order = o, .w = w, .n = n, .work = work};
    for (size_t t = 0; o->mean && t < n; t++) p.mu += w[t] / count;
    double low[LC_ARMA_MOST_VARIABLES], high[LC_ARMA_MOST_VARIABLES], unit[LC_ARMA_MOST_VARIABLES];
    for (size_t i = 0; i < variables; i++) {
        const size_t lag = i < o->p + o->q ? 1 : o->m;
        if (effort != LC_ARIMA_POLISH) out->x[i] = 0;
        high[i] = pow(LEAST_RADIUS, -(double)lag) - INSIDE;
        low[i] = -high[i];
        unit[i] = 1;
    }
    const lc_objective objective = {&p, value, gradient, variables, low, high, unit};
    double best = effort == LC_ARIMA_POLISH ? value(&p, out->x) : best_of_grid(&p, out->x);
    if (variables && effort != LC_ARIMA_POLISH) best = lc_minimize(&objective, out->x, SEARCH_GAIN, SEARCH_STEPS);
    out->mu = p.mu;
    if (effort != LC_ARIMA_CONDITIONAL) {
        p.exact = true;
        const bool polish = effort == LC_ARIMA_POLISH;
        if (variables)
            lc_minimize(&objective, out->x, polish ? POLISH_GAIN : SEARCH_GAIN, polish ? POLISH_STEPS : SEARCH_STEPS);
        lc_arma a;
        lc_arma_score score;
        lc_arma_expand(&a, o, out->x);
        lc_arma_exact(&score, &a, o->mean, w, n, work);
        best = score.likelihood;
        out->mu = score.mu;
    }
    out->aicc = best + 2 * k + 2 * k * (k + 1) / (count - k - 1);
    if (isnan(out->aicc)) out->aicc = INFINITY;
}
