#include <math.h>
#include <string.h>

#include "anomaly/conditional.h"
#include "base/rng.h"
#include "unit/support/unit.h"

enum { MOST = 9, ROWS = 700 };

/* Sensors that share two hidden processes; number 2 of n > 2 is twice number 0, but for little noise. */
static void draw(double *x, size_t n, size_t rows, uint64_t seed)
{
    lc_rng r = lc_rng_make(seed, LC_STREAM_TEST, n);
    double a = 0, b = 0;
    for (size_t t = 0; t < rows; t++) {
        a = .9 * a + lc_rng_normal(&r);
        b = .5 * b + lc_rng_normal(&r);
        for (size_t i = 0; i < n; i++)
            x[t * n + i] = 1e3 * (double)i + (1 + (double)i) * a - (double)(i % 3) * b + .3 * lc_rng_normal(&r);
        if (n > 2) x[t * n + 2] = 5 + 2 * x[t * n] + .1 * lc_rng_normal(&r);
    }
}

/* ---- the twin: a regression of each number on all others, of all rows so far ---- */

typedef struct twin {
    size_t n, rows;
    double center[MOST], scale[MOST];
    double row[ROWS][MOST]; /* as learned */
    double r[ROWS][MOST];
    double correlation[MOST][MOST], spread[MOST];
    double next;
} twin;

/* A b = c by Gauss, the largest pivot first. */
static void solve(double a[MOST][MOST], double *c, double *b, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        size_t p = k;
        for (size_t i = k; i < n; i++)
            if (fabs(a[i][k]) > fabs(a[p][k])) p = i;
        for (size_t j = 0; j < n; j++) {
            const double keep = a[k][j];
            a[k][j] = a[p][j];
            a[p][j] = keep;
        }
        const double keep = c[k];
        c[k] = c[p];
        c[p] = keep;
        for (size_t i = k + 1; i < n; i++) {
            const double f = a[i][k] / a[k][k];
            for (size_t j = k; j < n; j++) a[i][j] -= f * a[k][j];
            c[i] -= f * c[k];
        }
    }
    for (size_t i = n; i-- > 0;) {
        b[i] = c[i];
        for (size_t j = i + 1; j < n; j++) b[i] -= a[i][j] * b[j];
        b[i] /= a[i][i];
    }
}

static double mean_of(const twin *w, size_t i)
{
    double m = 0;
    for (size_t t = 0; t < w->rows; t++) m += w->row[t][i] / (double)w->rows;
    return m;
}

static void correlate(twin *w)
{
    const double n = (double)w->rows, shrink = fmax(.02, (double)w->n / ((double)w->n + n));
    double mean[MOST];
    for (size_t i = 0; i < w->n; i++) mean[i] = mean_of(w, i);
    for (size_t i = 0; i < w->n; i++)
        for (size_t j = 0; j < w->n; j++) {
            w->correlation[i][j] = 0;
            for (size_t t = 0; t < w->rows; t++)
                w->correlation[i][j] += (w->row[t][i] - mean[i]) * (w->row[t][j] - mean[j]) / n;
        }
    for (size_t i = 0; i < w->n; i++) w->spread[i] = sqrt(w->correlation[i][i]);
    for (size_t i = 0; i < w->n; i++)
        for (size_t j = 0; j < w->n; j++)
            w->correlation[i][j] *=
                i == j ? 1 / (w->spread[i] * w->spread[i]) : (1 - shrink) / (w->spread[i] * w->spread[j]);
    w->next = n + fmax(1, floor(.1 * n));
}

/* How far number j of z is from its regression on the others, in standard deviations of that. */
static double residual(const twin *w, const double *z, size_t j)
{
    double a[MOST][MOST], c[MOST], b[MOST], left = z[j], variance = 1;
    size_t other[MOST], n = 0;
    for (size_t i = 0; i < w->n; i++)
        if (i != j) other[n++] = i;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) a[i][k] = w->correlation[other[i]][other[k]];
        c[i] = w->correlation[other[i]][j];
    }
    solve(a, c, b, n);
    for (size_t i = 0; i < n; i++) {
        left -= b[i] * z[other[i]];
        variance -= b[i] * w->correlation[other[i]][j];
    }
    return left / sqrt(variance);
}

static void twin_push(twin *w, const double *x)
{
    double z[MOST];
    if ((double)w->rows >= w->next) correlate(w);
    for (size_t i = 0; i < w->n; i++) z[i] = ((x[i] - w->center[i]) / w->scale[i] - mean_of(w, i)) / w->spread[i];
    for (size_t i = 0; i < w->n; i++) w->r[w->rows][i] = residual(w, z, i);
    for (size_t i = 0; i < w->n; i++) w->row[w->rows][i] = mean_of(w, i) + fmin(fmax(z[i], -4), 4) * w->spread[i];
    w->rows++;
}

static void twin_begin(twin *w, const double *x, size_t n)
{
    memset(w, 0, sizeof *w);
    w->n = n;
    for (size_t i = 0; i < n; i++) {
        double mean = 0, variance = 0;
        for (size_t t = 0; t < LC_CONDITIONAL_FIRST; t++) mean += x[t * n + i] / LC_CONDITIONAL_FIRST;
        for (size_t t = 0; t < LC_CONDITIONAL_FIRST; t++)
            variance += (x[t * n + i] - mean) * (x[t * n + i] - mean) / LC_CONDITIONAL_FIRST;
        w->center[i] = mean; /* the median there: results do not depend on it */
        w->scale[i] = sqrt(variance);
        for (size_t t = 0; t < LC_CONDITIONAL_FIRST; t++) w->row[t][i] = (x[t * n + i] - mean) / w->scale[i];
    }
    w->rows = LC_CONDITIONAL_FIRST;
    correlate(w);
}

static double twin_size(const twin *w, size_t span, size_t *number)
{
    double most = 0;
    for (size_t i = 0; i < w->n; i++) {
        double sum = 0;
        for (size_t k = 0; k < span; k++) sum += w->r[w->rows - 1 - k][i];
        if (fabs(sum) / (double)span <= most) continue;
        most = fabs(sum) / (double)span;
        *number = i;
    }
    return most;
}

START_TEST(agree_with_regressions)
{
    static twin w;
    static double x[ROWS * MOST];
    static const size_t span[] = {1, 5, 20};
    const size_t n = (size_t)_i;
    lc_conditional *c = lc_conditional_create(n);
    draw(x, n, ROWS, 5);
    x[400 * n] += 1e4; /* does not become the rule */
    twin_begin(&w, x, n);
    for (size_t t = 0; t < ROWS; t++) {
        lc_standout s;
        lc_conditional_push(c, x + t * n, &s);
        if (t >= LC_CONDITIONAL_FIRST) twin_push(&w, x + t * n);
        for (size_t k = 0; k < LC_CONDITIONAL_SPANS; k++) {
            size_t number = 0;
            if (t < LC_CONDITIONAL_FIRST + span[k] - 1) {
                UNIT_MUST(isnan(s.size[k]), "row %zu speaks too early", t);
                continue;
            }
            const double size = twin_size(&w, span[k], &number);
            UNIT_MUST(fabs(s.size[k] - size) <= 1e-6 * (1 + size) && s.number[k] == number,
                      "%zu numbers, row %zu, span %zu: %.12g of %zu, the twin %.12g of %zu", n, t, span[k], s.size[k],
                      s.number[k], size, number);
        }
    }
    lc_conditional_free(c);
}
END_TEST

/* What is missing is what the others say: it neither stands out nor makes others stand out. */
START_TEST(missing_numbers_say_nothing)
{
    enum { N = 6 };
    static double x[ROWS * N];
    lc_conditional *c = lc_conditional_create(N);
    draw(x, N, ROWS, 6);
    double most = 0;
    for (size_t t = 0; t < ROWS; t++) {
        lc_standout s;
        x[t * N + t % N] = NAN;
        if (t % 50 == 10)
            for (size_t i = 0; i < N; i++) x[t * N + i] = NAN;
        if (t == 650) x[t * N + (t % N == 2 ? 0 : 2)] += 8; /* a third of what number 2 varies by itself */
        lc_conditional_push(c, x + t * N, &s);
        if (t % 50 == 10) ck_assert(isnan(s.size[0]));
        else if (t > 200 && t < 650) most = fmax(most, s.size[0]);
        if (t == 650) UNIT_MUST(s.size[0] > 2 * most, "%g, usual ones up to %g", s.size[0], most);
    }
    ck_assert(most > 1 && most < 6);
    lc_conditional_free(c);
}
END_TEST

START_TEST(no_input_breaks_it)
{
    enum { N = 4 };
    lc_conditional *c = lc_conditional_create(N);
    for (int round = 0; round < 2; round++) {
        lc_rng r = lc_rng_make(3, LC_STREAM_TEST, 0);
        for (size_t t = 0; t < 400; t++) {
            lc_standout s;
            const double z = lc_rng_normal(&r), kinds[] = {z, 3, t % 7 ? NAN : 1e300, t < 200 ? 0 : z * 1e300};
            lc_conditional_push(c, kinds, &s);
            for (size_t k = 0; k < LC_CONDITIONAL_SPANS; k++)
                UNIT_MUST(t < 70 || isfinite(s.size[k]), "row %zu: %g", t, s.size[k]);
            ck_assert(s.number[0] < N);
        }
        lc_conditional_clear(c);
    }
    lc_conditional_free(c);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("conditional");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, agree_with_regressions, 1, MOST + 1);
    tcase_add_test(t, missing_numbers_say_nothing);
    tcase_add_test(t, no_input_breaks_it);
    suite_add_tcase(s, t);
    return s;
}
