#include "baseline/ets_model.h"

#include <float.h>
#include <math.h>

/* A relative error below this is rounding, not noise. */
#define ROUNDING 1e-12

static double least_squares_left(size_t n)
{
    return (double)n * ROUNDING * ROUNDING;
}

double lc_ets_run(const lc_ets_form *f, const lc_ets_weights *w, const double *y, size_t n, const lc_ets_trace *trace,
                  lc_ets_state *end, double *squares)
{
    const bool times = f->season == LC_ETS_MULTIPLICATIVE, plus = f->season == LC_ETS_ADDITIVE;
    const double phi = w->phi;
    *end = w->start;
    double level = end->level, slope = f->trend ? end->slope : 0;
    double sum = 0, logs = 0;
    for (size_t t = 0, p = 0; t < n; t++) {
        const double q = level + phi * slope;
        double s = times ? 1 : 0, forecast = q, u, v;
        if (plus || times) {
            s = end->season[p];
            forecast = plus ? q + s : q * s;
        }
        const double e = y[t] - forecast;
        if (times) {
            if (!(s > 0 && q > 0)) return INFINITY;
            u = e / s;
            v = e / q;
        } else {
            u = v = e;
        }
        double r = e;
        if (f->multiplicative_error) {
            if (!(forecast > DBL_MIN)) return INFINITY;
            r = e / forecast;
            logs += log(forecast);
        }
        trace->q[t] = q;
        trace->slope[t] = slope;
        trace->season[t] = s;
        trace->error[t] = e;
        sum += r * r;
        level = q + w->alpha * u;
        if (f->trend) slope = phi * slope + w->beta * u;
        if (plus || times) {
            end->season[p] = s + w->gamma * v;
            p = p + 1 < f->m ? p + 1 : 0;
        }
    }
    end->level = level;
    end->slope = slope;
    if (times)
        for (size_t p = 0; p < f->m; p++)
            if (!(end->season[p] > 0)) return INFINITY;
    *squares = fmax(sum, least_squares_left(n));
    const double value = (double)n * log(*squares) + 2 * logs;
    return isfinite(value) ? value : INFINITY;
}

void lc_ets_gradient(lc_ets_weights *gradient, const lc_ets_form *f, const lc_ets_weights *w, const double *y, size_t n,
                     const lc_ets_trace *trace, double squares)
{
    const bool times = f->season == LC_ETS_MULTIPLICATIVE, plus = f->season == LC_ETS_ADDITIVE;
    const double phi = w->phi;
    /* d value / d sum r^2; the sum does not move while it counts as rounding. */
    const double pull = squares > least_squares_left(n) ? 2 * (double)n / squares : 0;
    *gradient = (lc_ets_weights){0};
    double *season = gradient->start.season; /* by each phase's state after value t, then by that before the first */
    double level = 0, slope = 0;             /* the same for level and slope */
    size_t p = f->m ? (n - 1) % f->m : 0;
    for (size_t t = n; t-- > 0;) {
        const double q = trace->q[t], s = trace->season[t], e = trace->error[t], b = trace->slope[t];
        /* What the likelihood itself sees of the error and of the forecast. */
        double by_error = pull * e, by_forecast = 0;
        if (f->multiplicative_error) {
            const double forecast = y[t] - e, r = e / forecast;
            by_error = pull * r / forecast;
            by_forecast = (2 - pull * r * r) / forecast;
        }
        double by_q = level, by_s = 0;
        const double by_u = w->alpha * level + w->beta * slope;
        if (times) {
            const double u = e / s, v = e / q, by_v = w->gamma * season[p];
            gradient->alpha += u * level;
            gradient->beta += u * slope;
            gradient->gamma += v * season[p];
            by_error += by_u / s + by_v / q;
            by_s = season[p] - by_u * u / s;
            by_q -= by_v * v / q;
        } else {
            gradient->alpha += e * level;
            gradient->beta += e * slope;
            by_error += by_u;
            if (plus) {
                gradient->gamma += e * season[p];
                by_error += w->gamma * season[p];
                by_s = season[p];
            }
        }
        by_forecast -= by_error; /* e = y - forecast */
        by_q += times ? by_forecast * s : by_forecast;
        if (plus || times) {
            season[p] = by_s + (times ? by_forecast * q : by_forecast);
            p = p ? p - 1 : f->m - 1;
        }
        gradient->phi += b * slope + b * by_q;
        slope = f->trend ? phi * (slope + by_q) : 0;
        level = by_q;
    }
    gradient->start.level = level;
    gradient->start.slope = slope;
}

void lc_ets_mean(double *out, size_t horizon, const lc_ets_form *f, const lc_ets_weights *w, const lc_ets_state *end,
                 size_t n, double variance)
{
    double level = end->level, slope = f->trend ? end->slope : 0;
    const size_t m = f->m ? f->m : 1;
    if (f->season != LC_ETS_MULTIPLICATIVE) {
        for (size_t h = 0; h < horizon; h++) {
            level += w->phi * slope;
            slope *= w->phi;
            out[h] = level + (f->season == LC_ETS_ADDITIVE ? end->season[(n + h) % m] : 0);
        }
        return;
    }
    /* The forecast is the mean of a product, q s, and the same errors moved both when the horizon is longer than a
     * season: so the means of l s and b s are carried on for each phase's s. An error of variance v multiplies q s by
     * (1 + alpha gamma v) in the first and adds beta gamma v q s to the second, for the phase that it belongs to. */
    double with_level[LC_ETS_MOST_SEASON], with_slope[LC_ETS_MOST_SEASON];
    for (size_t p = 0; p < m; p++) {
        with_level[p] = level * end->season[p];
        with_slope[p] = slope * end->season[p];
    }
    for (size_t h = 0; h < horizon; h++) {
        const size_t now = (n + h) % m;
        for (size_t p = 0; p < m; p++) {
            with_level[p] += w->phi * with_slope[p];
            with_slope[p] *= w->phi;
        }
        out[h] = with_level[now];
        with_slope[now] += w->beta * w->gamma * variance * out[h];
        with_level[now] += w->alpha * w->gamma * variance * out[h];
    }
}

/* Schur and Cohn's test of a polynomial (degree + 1 coefficients, the constant first), by Levinson's recursion
 * downwards: its roots lie inside the unit circle if and only if every reflection coefficient does. */
static bool roots_inside(double *c, size_t degree)
{
    for (size_t d = degree; d; d--) {
        const double k = c[0] / c[d];
        if (!(fabs(k) < 1)) return false;
        /* c <- (c - k reversed c) / z */
        for (size_t i = 0, j = d; i <= j; i++, j--) {
            const double low = c[i], high = c[j];
            c[i] = low - k * high;
            c[j] = high - k * low;
        }
        for (size_t i = 0; i < d; i++) c[i] = c[i + 1];
    }
    return true;
}

bool lc_ets_is_stable(const lc_ets_form *f, const lc_ets_weights *w)
{
    const double alpha = w->alpha, phi = f->trend ? w->phi : 1;
    /* The paper's slope is the damped one, phi b here. */
    const double beta = f->trend ? phi * w->beta : 0;
    double c[LC_ETS_MOST_SEASON + 2] = {0};
    if (f->season == LC_ETS_NO_SEASON) {
        if (!f->trend) return alpha > 0 && alpha < 2;
        c[0] = phi * (1 - alpha);
        c[1] = alpha + beta - phi - 1;
        c[2] = 1;
        return roots_inside(c, 2);
    }
    const size_t m = f->m;
    if (!f->trend) {
        c[0] = alpha + w->gamma - 1;
        for (size_t i = 1; i < m; i++) c[i] = alpha;
        c[m] = 1;
        return roots_inside(c, m);
    }
    c[0] = phi * (1 - alpha - w->gamma);
    for (size_t i = 1; i <= m; i++) c[i] = alpha + beta - alpha * phi;
    c[m] = alpha + beta - phi;
    c[1] += w->gamma - 1;
    c[m + 1] = 1;
    return roots_inside(c, m + 1);
}
