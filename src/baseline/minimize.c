#include "baseline/minimize.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#define MOST LC_MINIMIZE_MOST
#define ARMIJO 1e-4
#define MOST_HALVINGS 25
#define HOPE .01      /* of the least gain: a step that promises less is not worth a look */
#define POWELL .2     /* least share of the curvature that an update may leave */
#define FIRST_STEP .1 /* largest change of the first step, in units */

/* Everything below is in units of the variables. */
typedef struct search {
    const lc_objective *f;
    double x[MOST], g[MOST], low[MOST], high[MOST];
    double b[MOST][MOST]; /* approximate Hessian */
    double step[MOST];
    bool held[MOST]; /* at a bound, and would leave the box */
} search;

static double value_at(const search *s, const double *x)
{
    double raw[MOST];
    for (size_t i = 0; i < s->f->n; i++) raw[i] = x[i] * s->f->unit[i];
    return s->f->value(s->f->ctx, raw);
}

static void gradient_at(const search *s, const double *x, double *g)
{
    double raw[MOST];
    for (size_t i = 0; i < s->f->n; i++) raw[i] = x[i] * s->f->unit[i];
    s->f->gradient(s->f->ctx, raw, g);
    for (size_t i = 0; i < s->f->n; i++) g[i] *= s->f->unit[i];
}

static void reset(search *s, double curvature)
{
    const size_t n = s->f->n;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) s->b[i][j] = i == j ? curvature : 0;
    }
}

/* Solves b step = -g over the free variables by Cholesky's factors. false: b is not positive definite. */
static bool newton_step(search *s)
{
    double root[MOST][MOST];
    size_t free_at[MOST], n = 0;
    for (size_t i = 0; i < s->f->n; i++) {
        s->step[i] = 0;
        if (!s->held[i]) free_at[n++] = i;
    }
    double z[MOST];
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = s->b[free_at[i]][free_at[j]];
            for (size_t k = 0; k < j; k++) sum -= root[i][k] * root[j][k];
            if (i > j) {
                root[i][j] = sum / root[j][j];
            } else {
                if (!(sum > 0) || !isfinite(sum)) return false;
                root[i][i] = sqrt(sum);
            }
        }
        double sum = -s->g[free_at[i]];
        for (size_t k = 0; k < i; k++) sum -= root[i][k] * z[k];
        z[i] = sum / root[i][i];
    }
    for (size_t i = n; i-- > 0;) {
        double sum = z[i];
        for (size_t k = i + 1; k < n; k++) sum -= root[k][i] * s->step[free_at[k]];
        s->step[free_at[i]] = sum / root[i][i];
    }
    return true;
}

/* b <- b - b d d'b / d'b d + r r' / r'd, r between y and b d so that r'd stays positive (Powell 1978). */
static void update(search *s, const double *d, const double *y)
{
    const size_t n = s->f->n;
    double bd[MOST], dbd = 0, dy = 0;
    for (size_t i = 0; i < n; i++) {
        bd[i] = 0;
        for (size_t j = 0; j < n; j++) bd[i] += s->b[i][j] * d[j];
        dbd += d[i] * bd[i];
        dy += d[i] * y[i];
    }
    if (!(dbd > DBL_MIN) || !isfinite(dbd) || !isfinite(dy)) return;
    const double share = dy >= POWELL * dbd ? 1 : (1 - POWELL) * dbd / (dbd - dy);
    const double rd = share * dy + (1 - share) * dbd;
    for (size_t i = 0; i < n; i++) {
        const double ri = share * y[i] + (1 - share) * bd[i];
        for (size_t j = 0; j < n; j++) {
            const double rj = share * y[j] + (1 - share) * bd[j];
            s->b[i][j] += ri * rj / rd - bd[i] * bd[j] / dbd;
        }
    }
}

/* The largest halved step along s->step that gains enough; *best and x move there. false: none does. */
static bool descend(const search *s, double least_gain, double *best, double *x)
{
    const size_t n = s->f->n;
    double share = 1;
    for (int k = 0; k < MOST_HALVINGS; k++, share /= 2) {
        double slope = 0;
        for (size_t i = 0; i < n; i++) {
            x[i] = fmin(fmax(s->x[i] + share * s->step[i], s->low[i]), s->high[i]);
            slope += s->g[i] * (x[i] - s->x[i]);
        }
        if (!(-slope > HOPE * least_gain)) return false;
        const double now = value_at(s, x);
        if (now <= *best + ARMIJO * slope) { /* false for NaN */
            *best = now;
            return true;
        }
    }
    return false;
}

static double largest(const double *x, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) most = fmax(most, fabs(x[i]));
    return most;
}

/* true when there is nowhere to go. */
static bool hold(search *s)
{
    double most = 0;
    for (size_t i = 0; i < s->f->n; i++) {
        s->held[i] = (s->x[i] <= s->low[i] && s->g[i] > 0) || (s->x[i] >= s->high[i] && s->g[i] < 0);
        if (!s->held[i]) most = fmax(most, fabs(s->g[i]));
    }
    return !(most > 0) || !isfinite(most);
}

double lc_minimize(const lc_objective *f, double *x, double least_gain, size_t most_steps)
{
    const size_t n = f->n;
    search s = {.f = f};
    for (size_t i = 0; i < n; i++) {
        s.x[i] = x[i] / f->unit[i];
        s.low[i] = f->low[i] / f->unit[i];
        s.high[i] = f->high[i] / f->unit[i];
    }
    double best = value_at(&s, s.x);
    if (!isfinite(best)) return best;
    gradient_at(&s, s.x, s.g);
    bool fresh = true;
    for (size_t step = 0, small = 0; step < most_steps && small < 2; step++) {
        if (hold(&s)) break;
        if (fresh) reset(&s, largest(s.g, n) / FIRST_STEP);
        double to[MOST] = {0}, d[MOST] = {0}, y[MOST] = {0}, g[MOST] = {0};
        const double before = best;
        if (!newton_step(&s) || !descend(&s, least_gain, &best, to)) {
            if (fresh) break;
            fresh = true; /* once more along the gradient */
            continue;
        }
        gradient_at(&s, to, g);
        double dy = 0, dd = 0;
        for (size_t i = 0; i < n; i++) {
            d[i] = to[i] - s.x[i];
            y[i] = g[i] - s.g[i];
            dy += d[i] * y[i];
            dd += d[i] * d[i];
        }
        /* The first step tells the size of the curvature. */
        if (fresh && dy > 0 && dd > 0) reset(&s, dy / dd);
        fresh = false;
        update(&s, d, y);
        memcpy(s.x, to, n * sizeof *to);
        memcpy(s.g, g, n * sizeof *g);
        small = before - best < least_gain ? small + 1 : 0;
    }
    for (size_t i = 0; i < n; i++) x[i] = fmin(fmax(s.x[i] * f->unit[i], f->low[i]), f->high[i]);
    return best;
}
