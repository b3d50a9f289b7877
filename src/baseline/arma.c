#include "baseline/arma.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/sums.h"

#define MOST LC_ARMA_MOST_LAG
/* From here on the innovations' variance is that of z: what is left out of the likelihood is far below rounding. */
#define SETTLED 1e-10
#define SHORT 12

size_t lc_arma_variables(const lc_arma_order *o)
{
    return o->p + o->q + o->P + o->Q;
}

/* Durbin and Levinson: coefficients (1..n) of the autoregression with these partial autocorrelations (n). */
static void from_partial(double *c, const double *partial, size_t n)
{
    for (size_t k = 1; k <= n; k++) {
        const double r = partial[k - 1];
        for (size_t i = 1, j = k - 1; i <= j; i++, j--) {
            const double low = c[i], high = c[j];
            c[i] = low - r * high;
            c[j] = high - r * low;
        }
        c[k] = r;
    }
}

/* The same backwards: partial autocorrelations (1..n at [0..n-1]) of coefficients (1..n). false: not stationary. */
static bool to_partial(double *partial, const double *coefficient, size_t n)
{
    double c[MOST + 1];
    memcpy(c, coefficient, (n + 1) * sizeof *c);
    for (size_t k = n; k; k--) {
        const double r = c[k], left = 1 - r * r;
        partial[k - 1] = r;
        if (!(left > 0)) return false;
        for (size_t i = 1, j = k - 1; i <= j; i++, j--) {
            const double low = c[i], high = c[j];
            c[i] = (low + r * high) / left;
            c[j] = (high + r * low) / left;
        }
    }
    return true;
}

/* 1 - product (1 - a_i B^i) (1 - b_j B^(jm)), coefficients 1..; returns the degree. */
static size_t multiply(double *out, const double *a, size_t n_a, const double *b, size_t n_b, size_t m)
{
    const size_t degree = n_a + n_b * m;
    double product[MOST + 1] = {0};
    for (size_t j = 0; j <= n_b; j++) {
        for (size_t i = 0; i <= n_a; i++) product[j * m + i] += (i ? -a[i] : 1) * (j ? -b[j] : 1);
    }
    for (size_t k = 1; k <= degree; k++) out[k] = -product[k];
    return degree;
}

typedef struct factors {
    double phi[LC_ARMA_MOST_ORDER + 1], theta[LC_ARMA_MOST_ORDER + 1]; /* theta with minus signs here */
    double Phi[LC_ARMA_MOST_SEASONAL + 1], Theta[LC_ARMA_MOST_SEASONAL + 1];
} factors;

static void factor(factors *f, const lc_arma_order *o, const double *x)
{
    from_partial(f->phi, x, o->p);
    from_partial(f->theta, x + o->p, o->q);
    from_partial(f->Phi, x + o->p + o->q, o->P);
    from_partial(f->Theta, x + o->p + o->q + o->P, o->Q);
}

void lc_arma_expand(lc_arma *out, const lc_arma_order *o, const double *x)
{
    factors f;
    factor(&f, o, x);
    out->p = multiply(out->phi, f.phi, o->p, f.Phi, o->P, o->m);
    out->q = multiply(out->theta, f.theta, o->q, f.Theta, o->Q, o->m);
    for (size_t k = 1; k <= out->q; k++) out->theta[k] = -out->theta[k];
}

/* With the k-th coefficient times radius^k, roots beyond that circle become roots beyond the unit circle. */
static bool beyond(const double *coefficient, size_t n, double radius)
{
    double c[MOST + 1], partial[MOST], factor_k = 1;
    for (size_t k = 1; k <= n; k++) c[k] = coefficient[k] * (factor_k *= radius);
    return to_partial(partial, c, n);
}

bool lc_arma_roots_beyond(const lc_arma_order *o, const double *x, double radius)
{
    factors f;
    factor(&f, o, x);
    const double seasonal = o->m ? pow(radius, (double)o->m) : 1;
    return beyond(f.phi, o->p, radius) && beyond(f.theta, o->q, radius) && beyond(f.Phi, o->P, seasonal) &&
           beyond(f.Theta, o->Q, seasonal);
}

/* Autocovariances (0..lags) of the process with z of variance 1: those of the autoregression alone, by Levinson's
 * recursion, summed with the products of thetas. false: no stationary process in the numbers of this machine. */
static bool autocovariances(double *out, size_t lags, const lc_arma *a)
{
    double partial[MOST], c[MOST + 1], g[3 * MOST + 2], b[MOST + 1];
    if (!to_partial(partial, a->phi, a->p)) return false;
    g[0] = 1;
    for (size_t k = 0; k < a->p; k++) g[0] /= 1 - partial[k] * partial[k];
    double variance = g[0];
    for (size_t k = 1; k <= lags + a->q; k++) {
        const size_t before = k - 1 < a->p ? k - 1 : a->p;
        double sum = 0;
        for (size_t i = 1; i <= before; i++) sum += (k <= a->p ? c[i] : a->phi[i]) * g[k - i];
        if (k <= a->p) {
            sum += partial[k - 1] * variance;
            variance *= 1 - partial[k - 1] * partial[k - 1];
            for (size_t i = 1, j = k - 1; i <= j; i++, j--) {
                const double low = c[i], high = c[j];
                c[i] = low - partial[k - 1] * high;
                c[j] = high - partial[k - 1] * low;
            }
            c[k] = partial[k - 1];
        }
        g[k] = sum;
    }
    for (size_t d = 0; d <= a->q; d++) {
        b[d] = 0;
        for (size_t j = 0; j + d <= a->q; j++) b[d] += (j ? a->theta[j] : 1) * (j + d ? a->theta[j + d] : 1);
    }
    for (size_t k = 0; k <= lags; k++) {
        out[k] = b[0] * g[k];
        for (size_t d = 1; d <= a->q; d++) out[k] += b[d] * (g[k + d] + g[k > d ? k - d : d - k]);
    }
    return isfinite(out[0]);
}

/* ---- the innovations algorithm as Cholesky's factors of the covariance of
 *   W_t = w_t (t < r), phi(B) w_t (t >= r),  r = max(p, q)
 * of which row t reaches back over all before r and over q values from r on ---- */

typedef struct innovations {
    const lc_arma *a;
    size_t r, width; /* width: of a kept row */
    double gamma[MOST + 1], psi[MOST + 1], products[MOST + 1];
    double *rows; /* (width + 1 rows)(width), row t at t % (width + 1), right-aligned: the last entry is the diagonal */
} innovations;

/* Row t at column s <= t; the columns up to t follow. */
static double *entry(const innovations *v, size_t t, size_t s)
{
    return v->rows + t % (v->width + 1) * v->width + (v->width - 1) - (t - s);
}

/* The first column that row t reaches. */
static size_t first_of(const innovations *v, size_t t)
{
    if (t < v->r) return 0;
    return t > v->a->q ? t - v->a->q : 0;
}

static double covariance(const innovations *v, size_t t, size_t s)
{
    const size_t apart = t - s;
    if (t < v->r) return v->gamma[apart];
    if (s >= v->r) return v->products[apart];
    /* W_t is theta(B) z_t, and w_s knows z_(s-k) by psi_k. */
    double sum = 0;
    for (size_t k = apart; k <= v->a->q; k++) sum += (k ? v->a->theta[k] : 1) * v->psi[k - apart];
    return sum;
}

static bool open_innovations(innovations *v, const lc_arma *a, double *work)
{
    *v = (innovations){.a = a, .rows = work};
    v->r = a->p > a->q ? a->p : a->q;
    v->width = v->r + 1;
    if (!autocovariances(v->gamma, v->r, a)) return false;
    for (size_t k = 0; k <= a->q; k++) {
        v->psi[k] = k ? a->theta[k] : 1;
        for (size_t i = 1; i <= k && i <= a->p; i++) v->psi[k] += a->phi[i] * v->psi[k - i];
        v->products[k] = 0;
        for (size_t j = 0; j + k <= a->q; j++) v->products[k] += (j ? a->theta[j] : 1) * (j + k ? a->theta[j + k] : 1);
    }
    return true;
}

/* Most rows of the factors are short. */
static double short_dot(const double *x, const double *y, size_t n)
{
    if (n > SHORT) return lc_dot(x, y, n);
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] * y[i];
    return sum;
}

/* Row t of the factors; false where the covariance is not positive definite. */
static bool factor_row(const innovations *v, size_t t)
{
    const size_t first = first_of(v, t);
    for (size_t s = first; s <= t; s++) {
        const size_t from = first_of(v, s) > first ? first_of(v, s) : first;
        const double left = covariance(v, t, s) - short_dot(entry(v, t, from), entry(v, s, from), s - from);
        if (s < t) {
            *entry(v, t, s) = left / *entry(v, s, s);
        } else {
            if (!(left > 0) || !isfinite(left)) return false;
            *entry(v, t, t) = sqrt(left);
        }
    }
    return true;
}

bool lc_arma_work(size_t *out, const lc_arma_order *o, size_t n)
{
    const size_t r = o->p + o->P * o->m > o->q + o->Q * o->m ? o->p + o->P * o->m : o->q + o->Q * o->m;
    size_t more;
    return lc_mul(3, n, &more) && lc_add(more, (r + 2) * (r + 1) + 2 * r + 2, out);
}

static double filtered(const lc_arma *a, size_t r, const double *w, size_t t)
{
    double x = w[t];
    if (t < r) return x;
    for (size_t i = 1; i <= a->p; i++) x -= a->phi[i] * w[t - i];
    return x;
}

void lc_arma_exact(lc_arma_score *out, const lc_arma *a, bool mean, const double *w, size_t n, double *work)
{
    *out = (lc_arma_score){.likelihood = INFINITY};
    innovations v;
    double *u = work, *c = work + n; /* standardised innovations of w and of the constant 1 */
    if (!open_innovations(&v, a, work + 3 * n)) return;
    double phi_sum = 1, logs = 0, uu = 0, uc = 0, cc = 0;
    for (size_t i = 1; i <= a->p; i++) phi_sum -= a->phi[i];
    size_t settled = 0;
    for (size_t t = 0; t < n; t++) {
        double x = filtered(a, v.r, w, t), one = t < v.r ? 1 : phi_sum;
        if (settled <= a->q) {
            if (!factor_row(&v, t)) return;
            const size_t first = first_of(&v, t);
            const double *row = entry(&v, t, first), sd = *entry(&v, t, t);
            x = (x - lc_dot(row, u + first, t - first)) / sd;
            if (mean) one = (one - lc_dot(row, c + first, t - first)) / sd;
            logs += 2 * log(sd);
            settled = t >= v.r && sd < 1 + SETTLED ? settled + 1 : 0;
        } else {
            for (size_t k = 1; k <= a->q; k++) {
                x -= a->theta[k] * u[t - k];
                if (mean) one -= a->theta[k] * c[t - k];
            }
        }
        u[t] = x;
        c[t] = one;
        uu += x * x;
        uc += x * one;
        cc += one * one;
    }
    out->mu = mean && cc > 0 ? uc / cc : 0;
    const double squares = uu - out->mu * uc;
    out->variance = squares / (double)n;
    /* A series that the model explains to the last digit: as good as rounding lets it be. */
    out->likelihood = (double)n * log(fmax(out->variance, 1e-24)) + logs;
    if (!isfinite(out->likelihood)) out->likelihood = INFINITY;
}

double lc_arma_conditional(const lc_arma *a, double mu, const double *w, size_t n, double *work)
{
    size_t phi_at[MOST], theta_at[MOST], n_phi = 0, n_theta = 0;
    for (size_t k = 1; k <= a->p; k++)
        if (a->phi[k] != 0) phi_at[n_phi++] = k;
    for (size_t k = 1; k <= a->q; k++)
        if (a->theta[k] != 0) theta_at[n_theta++] = k;
    double sum = 0;
    for (size_t t = 0; t < n; t++) {
        work[t] = 0;
        if (t < a->p) continue;
        double e = w[t] - mu;
        for (size_t i = 0; i < n_phi; i++) e -= a->phi[phi_at[i]] * (w[t - phi_at[i]] - mu);
        for (size_t i = 0; i < n_theta && theta_at[i] <= t; i++) e -= a->theta[theta_at[i]] * work[t - theta_at[i]];
        work[t] = e;
        sum += e * e;
    }
    const double value = (double)n * log(fmax(sum / (double)(n - a->p), 1e-24));
    return isfinite(value) ? value : INFINITY;
}

void lc_arma_forecast(double *out, size_t horizon, const lc_arma *a, double mu, const double *w, size_t n, double *work)
{
    innovations v;
    double *x = work, *u = work + n; /* w - mu, standardised innovations */
    const bool open = open_innovations(&v, a, work + 3 * n);
    for (size_t t = 0; t < n; t++) x[t] = w[t] - mu;
    size_t settled = 0;
    bool good = open;
    for (size_t t = 0; good && t < n; t++) {
        u[t] = filtered(a, v.r, x, t);
        if (settled <= a->q) {
            good = factor_row(&v, t);
            if (!good) break;
            const size_t first = first_of(&v, t);
            const double sd = *entry(&v, t, t);
            u[t] = (u[t] - lc_dot(entry(&v, t, first), u + first, t - first)) / sd;
            settled = t >= v.r && sd < 1 + SETTLED ? settled + 1 : 0;
        } else {
            for (size_t k = 1; k <= a->q; k++) u[t] -= a->theta[k] * u[t - k];
        }
    }
    for (size_t h = 0; h < horizon; h++) {
        double f = 0;
        const size_t t = n + h;
        if (good && (h < a->q || t < v.r)) {
            if (settled <= a->q) {
                good = factor_row(&v, t);
                for (size_t s = first_of(&v, t); good && s < n; s++) f += *entry(&v, t, s) * u[s];
            } else {
                for (size_t k = h + 1; k <= a->q; k++) f += a->theta[k] * u[t - k];
            }
        }
        if (t >= v.r)
            for (size_t i = 1; i <= a->p; i++) f += a->phi[i] * (i > h ? x[t - i] : out[h - i]);
        out[h] = f;
    }
    for (size_t h = 0; h < horizon; h++) out[h] += mu;
}
