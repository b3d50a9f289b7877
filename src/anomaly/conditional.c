#include "anomaly/conditional.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/unit.h"
#include "base/cholesky.h"
#include "base/memory.h"
#include "base/sums.h"

enum { FIRST = LC_CONDITIONAL_FIRST, LONGEST = LC_CONDITIONAL_LONGEST };
static const size_t spans[LC_CONDITIONAL_SPANS] = {1, 5, LONGEST};

static const double memory = 20000;     /* rows: what is older fades */
static const double least_shrink = .02; /* of the correlations */
static const double most_learned = 4;   /* standard deviations: an anomaly is not to become the rule */
static const double far = 1e6;          /* numbers beyond it are as good as it */

/* All numbers that are saved lie in one block, so that they are one array. */
struct lc_conditional {
    size_t n;
    double *all;     /* the block, (count) */
    size_t count;    /* of the numbers below */
    double *rows;    /* (1) learned so far */
    double *next;    /* (1) rows at which the inverse is taken anew */
    double *center;  /* (n) of the first rows */
    double *scale;   /* (n) the same; > 0 */
    double *mean;    /* (n) in these units, as all below */
    double *spread;  /* (n) standard deviations that the inverse belongs to */
    double *kept;    /* (LONGEST, n) the first rows until the inverse is there, then r of the last rows */
    double *moment;  /* (n, n) covariance, the lower triangle */
    double *inverse; /* (n, n) P */
    double *x, *r;   /* (n) scratch */
};

/* The first rows need more room than the last ones. */
enum { KEPT = FIRST > LONGEST ? FIRST : LONGEST };

lc_conditional *lc_conditional_create(size_t n)
{
    size_t square, rest, all;
    lc_conditional *c = lc_calloc(1, sizeof *c);
    if (!c) return NULL;
    c->n = n;
    if (lc_mul(n, n, &square) && lc_mul(n, 4 + KEPT, &rest) && lc_mul(square, 2, &square) &&
        lc_add(square, rest, &all) && lc_add(all, 2, &c->count))
        c->all = lc_calloc(c->count, sizeof *c->all);
    c->x = lc_calloc(n, sizeof *c->x);
    c->r = lc_calloc(n, sizeof *c->r);
    if (!c->all || !c->x || !c->r) {
        lc_conditional_free(c);
        return NULL;
    }
    double **const part[] = {&c->rows,   &c->next, &c->center, &c->scale,  &c->mean,
                             &c->spread, &c->kept, &c->moment, &c->inverse};
    const size_t size[] = {1, 1, n, n, n, n, KEPT * n, n * n, n * n};
    double *at = c->all;
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        *part[i] = at;
        at += size[i];
    }
    return c;
}

void lc_conditional_free(lc_conditional *c)
{
    if (!c) return;
    lc_free(c->all);
    lc_free(c->x);
    lc_free(c->r);
    lc_free(c);
}

void lc_conditional_clear(lc_conditional *c)
{
    memset(c->all, 0, c->count * sizeof *c->all);
}

/* ---- what is learned ---- */

/* Mean and covariance with a row (n) in units of the scale. */
static void learn(lc_conditional *c, const double *x)
{
    const size_t n = c->n;
    double *d = c->r;
    *c->rows += 1;
    const double weight = 1 / fmin(*c->rows, memory);
    for (size_t i = 0; i < n; i++) {
        d[i] = x[i] - c->mean[i];
        c->mean[i] += weight * d[i];
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double *v = &c->moment[i * n + j];
            *v = (1 - weight) * (*v + weight * d[i] * d[j]);
        }
}

/* The inverse of the shrunk correlations; where there is none, as if the numbers had nothing to do with each other. */
static void invert(lc_conditional *c)
{
    const size_t n = c->n;
    const double shrink = fmax(least_shrink, (double)n / ((double)n + *c->rows));
    double *p = c->inverse;
    for (size_t i = 0; i < n; i++) c->spread[i] = sqrt(fmax(c->moment[i * n + i], 1e-12));
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++)
            p[i * n + j] = (1 - shrink) * c->moment[i * n + j] / (c->spread[i] * c->spread[j]);
        p[i * n + i] = 1;
    }
    if (!lc_cholesky_invert(p, n))
        for (size_t i = 0; i < n * n; i++) p[i] = i % (n + 1) ? 0 : 1;
    *c->next = *c->rows + fmax(1, floor(0.1 * fmin(*c->rows, memory)));
}

/* ---- the first rows ---- */

/* Of what the first rows have of number i. */
static void find_unit(lc_conditional *c, size_t i)
{
    double x[FIRST];
    size_t n = 0;
    for (size_t k = 0; k < FIRST; k++)
        if (!isnan(c->kept[k * c->n + i])) x[n++] = c->kept[k * c->n + i];
    const lc_unit u = lc_unit_of(x, n);
    c->center[i] = u.center;
    c->scale[i] = u.spread;
}

static double scaled(const lc_conditional *c, double x, size_t i)
{
    return lc_unit_scaled((lc_unit){c->center[i], c->scale[i]}, x, far);
}

/* Keeps a row until there are enough of them to begin with. */
static void keep(lc_conditional *c, const double *x)
{
    const size_t n = c->n;
    const size_t at = (size_t)*c->rows;
    memcpy(c->kept + at * n, x, n * sizeof *x);
    if (at + 1 < FIRST) {
        *c->rows += 1;
        return;
    }
    *c->rows = 0;
    for (size_t i = 0; i < n; i++) find_unit(c, i);
    for (size_t k = 0; k < FIRST; k++) {
        for (size_t i = 0; i < n; i++) {
            const double y = c->kept[k * n + i];
            c->x[i] = isnan(y) ? c->mean[i] : scaled(c, y, i);
        }
        learn(c, c->x);
    }
    memset(c->kept, 0, KEPT * n * sizeof *c->kept);
    invert(c);
}

/* ---- a row ---- */

/* What is missing of z becomes what the rest says, by a few rounds of Gauss and Seidel. */
static void impute(const lc_conditional *c, double *z, const double *given)
{
    enum { ROUNDS = 10 };
    const size_t n = c->n;
    bool whole = true;
    for (size_t i = 0; i < n; i++)
        if (isnan(given[i])) {
            z[i] = 0;
            whole = false;
        }
    for (size_t round = 0; round < ROUNDS && !whole; round++)
        for (size_t i = 0; i < n; i++) {
            const double *p = c->inverse + i * n;
            if (isnan(given[i])) z[i] -= lc_dot(p, z, n) / p[i];
        }
}

/* r of the last rows, the one at hand among them, as means over spans. */
static void stand_out(const lc_conditional *c, size_t now, size_t rows, lc_standout *out)
{
    const size_t n = c->n;
    for (size_t s = 0; s < LC_CONDITIONAL_SPANS; s++) {
        if (rows < spans[s]) continue;
        out->size[s] = 0;
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (size_t k = 0; k < spans[s]; k++) sum += c->kept[(now + LONGEST - k) % LONGEST * n + i];
            const double size = fabs(sum) / (double)spans[s];
            if (!(size > out->size[s])) continue;
            out->size[s] = size;
            out->number[s] = i;
        }
    }
}

void lc_conditional_push(lc_conditional *c, const double *x, lc_standout *out)
{
    const size_t n = c->n;
    bool any = false;
    for (size_t s = 0; s < LC_CONDITIONAL_SPANS; s++) {
        out->size[s] = NAN;
        out->number[s] = 0;
    }
    for (size_t i = 0; i < n; i++) any = any || !isnan(x[i]);
    if (!any) return;
    if (!(*c->next > 0)) {
        keep(c, x);
        return;
    }
    double *z = c->x;
    if (*c->rows >= *c->next) invert(c);
    for (size_t i = 0; i < n; i++) z[i] = isnan(x[i]) ? 0 : (scaled(c, x[i], i) - c->mean[i]) / c->spread[i];
    impute(c, z, x);
    const size_t now = (size_t)fmod(*c->rows, LONGEST);
    for (size_t i = 0; i < n; i++) {
        const double *p = c->inverse + i * n;
        c->kept[now * n + i] = isnan(x[i]) ? 0 : lc_dot(p, z, n) / sqrt(p[i]);
    }
    stand_out(c, now, (size_t)fmin(*c->rows - FIRST + 1, LONGEST), out);
    for (size_t i = 0; i < n; i++) z[i] = c->mean[i] + fmin(fmax(z[i], -most_learned), most_learned) * c->spread[i];
    learn(c, z);
}

/* ---- saved and restored ---- */

static lc_code refuse(lc_status *st)
{
    return lc_fail(st, LC_E_MODEL, "the state of a row's detector is out of its range");
}

lc_code lc_conditional_state(lc_conditional *c, const char *name, const lc_state *state, lc_status *st)
{
    lc_code code = state->visit(state->user, name, LC_SCALAR_F64, c->all, c->count, st);
    if (code != LC_OK || !state->restoring) return code;
    const bool begun = *c->next > 0;
    /* Before the inverse is there, kept numbers may be missing; after it nothing may. */
    for (size_t i = 0; i < c->count; i++)
        if (!isfinite(c->all[i]) && (begun || c->all + i < c->kept || c->all + i >= c->moment)) return refuse(st);
    if (!(*c->rows >= 0) || *c->rows > 1e15 || floor(*c->rows) < *c->rows || *c->next < 0) return refuse(st);
    if (begun ? *c->rows < FIRST : *c->rows >= FIRST) return refuse(st);
    for (size_t i = 0; begun && i < c->n; i++)
        if (!(c->scale[i] > 0 && c->spread[i] > 0 && c->inverse[i * (c->n + 1)] > 0)) return refuse(st);
    return LC_OK;
}
