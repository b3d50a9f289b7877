/* The recursion against the textbook's equations, its gradient against differences, its means against simulation. */
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "baseline/ets_model.h"
#include "unit/support/unit.h"

enum { N = 60, FORMS = 18 };

static lc_ets_form form_of(size_t i, size_t m)
{
    lc_ets_form f = {.multiplicative_error = i % 2, .trend = i / 2 % 3 > 0, .damped = i / 2 % 3 == 2};
    f.season = (lc_ets_season)(i / 6);
    f.m = f.season ? m : 0;
    return f;
}

static lc_ets_weights weights_of(const lc_ets_form *f, lc_rng *r)
{
    lc_ets_weights w = {.alpha = .1 + .6 * lc_rng_uniform(r), .phi = f->damped ? .8 + .18 * lc_rng_uniform(r) : 1};
    if (f->trend) w.beta = w.alpha * .5 * lc_rng_uniform(r);
    if (f->season) w.gamma = (1 - w.alpha) * .5 * lc_rng_uniform(r);
    w.start.level = 1 + .1 * lc_rng_uniform(r);
    if (f->trend) w.start.slope = .002 * lc_rng_normal(r);
    for (size_t p = 0; p < f->m; p++) {
        w.start.season[p] = .1 * sin(2 * (double)p) + .02 * lc_rng_normal(r);
        if (f->season == LC_ETS_MULTIPLICATIVE) w.start.season[p] = 1 + 2 * w.start.season[p];
    }
    return w;
}

/* One step of the textbook's table of state space equations (Hyndman & Athanasopoulos, section 8.5), each form in its
 * own words; eps is the Gaussian part. seasons: s_(t-m) first. Returns y. */
static double step(const lc_ets_form *f, const lc_ets_weights *w, double *l, double *b, double *s, double eps)
{
    const double base = *l + w->phi * *b, old = *s;
    const double plus = f->season == LC_ETS_ADDITIVE ? old : 0, times = f->season == LC_ETS_MULTIPLICATIVE ? old : 1;
    if (!f->multiplicative_error) {
        *l = base + w->alpha * eps / times;
        *b = w->phi * *b + w->beta * eps / times;
        *s = old + w->gamma * eps / (f->season == LC_ETS_MULTIPLICATIVE ? base : 1);
        return base * times + plus + eps;
    }
    if (f->season == LC_ETS_MULTIPLICATIVE) {
        *l = base * (1 + w->alpha * eps);
        *b = w->phi * *b + w->beta * base * eps;
        *s = old * (1 + w->gamma * eps);
        return base * old * (1 + eps);
    }
    *l = base + w->alpha * (base + plus) * eps;
    *b = w->phi * *b + w->beta * (base + plus) * eps;
    *s = old + w->gamma * (base + plus) * eps;
    return (base + plus) * (1 + eps);
}

static void simulate(double *y, const double *eps, size_t n, const lc_ets_form *f, const lc_ets_weights *w,
                     const lc_ets_state *from, size_t at)
{
    double l = from->level, b = f->trend ? from->slope : 0, s[LC_ETS_MOST_SEASON], none = 0;
    for (size_t p = 0; p < f->m; p++) s[p] = from->season[p];
    for (size_t t = 0; t < n; t++) y[t] = step(f, w, &l, &b, f->m ? &s[(at + t) % f->m] : &none, eps[t]);
}

static lc_ets_trace trace_in(double *work, size_t n)
{
    return (lc_ets_trace){work, work + n, work + 2 * n, work + 3 * n};
}

/* The likelihood of a simulated series at its own weights is that of the noise that made it. */
START_TEST(recursion_recovers_the_noise)
{
    for (size_t i = 0; i < FORMS; i++) {
        for (size_t m = 2; m <= 24; m += 11) {
            lc_rng r = lc_rng_make(31, LC_STREAM_TEST, 100 * i + m);
            const lc_ets_form f = form_of(i, m);
            const lc_ets_weights w = weights_of(&f, &r);
            double eps[N], y[N], work[4 * N], sum = 0, logs = 0, squares;
            for (size_t t = 0; t < N; t++) {
                eps[t] = .02 * lc_rng_normal(&r);
                sum += eps[t] * eps[t];
            }
            simulate(y, eps, N, &f, &w, &w.start, 0);
            for (size_t t = 0; t < N; t++) logs += log(fabs(f.multiplicative_error ? y[t] / (1 + eps[t]) : 1));
            const lc_ets_trace trace = trace_in(work, N);
            lc_ets_state end;
            const double value = lc_ets_run(&f, &w, y, N, &trace, &end, &squares);
            ck_assert_double_eq_tol(value, N * log(sum) + 2 * logs, 1e-7);
            ck_assert_double_eq_tol(squares, sum, 1e-10);
            /* and the states go on from there */
            double more[2 * N], long_eps[2 * N] = {0}, mean[N];
            for (size_t t = 0; t < N; t++) long_eps[t] = eps[t];
            simulate(more, long_eps, 2 * N, &f, &w, &w.start, 0);
            lc_ets_mean(mean, N, &f, &w, &end, N, 0);
            for (size_t t = 0; t < N; t++) ck_assert_double_eq_tol(mean[t], more[N + t], 1e-9);
        }
    }
}
END_TEST

static double run_only(const lc_ets_form *f, const lc_ets_weights *w, const double *y)
{
    double work[4 * N], squares;
    const lc_ets_trace trace = trace_in(work, N);
    lc_ets_state end;
    return lc_ets_run(f, w, y, N, &trace, &end, &squares);
}

START_TEST(gradient_agrees_with_differences)
{
    for (size_t i = 0; i < FORMS; i++) {
        const size_t m = i % 5 + 2;
        lc_rng r = lc_rng_make(32, LC_STREAM_TEST, i);
        const lc_ets_form f = form_of(i, m);
        const lc_ets_weights made = weights_of(&f, &r);
        double eps[N], y[N], work[4 * N], squares;
        for (size_t t = 0; t < N; t++) eps[t] = .02 * lc_rng_normal(&r);
        simulate(y, eps, N, &f, &made, &made.start, 0);
        lc_ets_weights w = weights_of(&f, &r), by; /* other weights: no minimum, no zero gradient */
        for (size_t p = 0; p < m; p++) w.start.season[p] = made.start.season[p] + .01;
        const lc_ets_trace trace = trace_in(work, N);
        lc_ets_state end;
        ck_assert(isfinite(lc_ets_run(&f, &w, y, N, &trace, &end, &squares)));
        lc_ets_gradient(&by, &f, &w, y, N, &trace, squares);
        double *x[] = {&w.alpha, &w.beta, &w.gamma, &w.phi, &w.start.level, &w.start.slope};
        const double *g[] = {&by.alpha, &by.beta, &by.gamma, &by.phi, &by.start.level, &by.start.slope};
        const bool used[] = {true, f.trend, f.season != LC_ETS_NO_SEASON, f.trend, true, f.trend};
        for (size_t k = 0; k < 6 + f.m; k++) {
            double *at = k < 6 ? x[k] : &w.start.season[k - 6];
            const double mine = k < 6 ? *g[k] : by.start.season[k - 6], kept = *at, d = 1e-6;
            if (k < 6 && !used[k]) continue;
            *at = kept + d;
            const double above = run_only(&f, &w, y);
            *at = kept - d;
            const double below = run_only(&f, &w, y);
            *at = kept;
            const double want = (above - below) / (2 * d);
            ck_assert_msg(fabs(mine - want) < 1e-4 * (1 + fabs(want)), "form %zu weight %zu: %.9g, not %.9g", i, k,
                          mine, want);
        }
    }
}
END_TEST

/* Forecasts are means, which for a multiplicative season and long horizons are not the paths without noise. */
START_TEST(means_agree_with_simulation)
{
    enum { H = 14, PATHS = 400000 };
    const lc_ets_form f = {
        .multiplicative_error = true, .trend = true, .damped = true, .season = LC_ETS_MULTIPLICATIVE, .m = 3};
    const lc_ets_weights w = {.alpha = .5, .beta = .3, .gamma = .4, .phi = .95, .start = {1, .02, {.6, 1.5, .9}}};
    const double sd = .25;
    double mean[H], calm[H], sum[H] = {0}, squares[H] = {0};
    lc_ets_mean(mean, H, &f, &w, &w.start, 7, sd * sd); /* as if after seven values */
    lc_ets_mean(calm, H, &f, &w, &w.start, 7, 0);
    lc_rng r = lc_rng_make(33, LC_STREAM_TEST, 0);
    for (size_t k = 0; k < PATHS; k++) {
        double eps[H], y[H];
        for (size_t h = 0; h < H; h++) eps[h] = sd * lc_rng_normal(&r);
        simulate(y, eps, H, &f, &w, &w.start, 7);
        for (size_t h = 0; h < H; h++) {
            sum[h] += y[h] / PATHS;
            squares[h] += y[h] * y[h] / PATHS;
        }
    }
    for (size_t h = 0; h < H; h++) {
        const double error = sqrt((squares[h] - sum[h] * sum[h]) / PATHS);
        ck_assert_msg(fabs(mean[h] - sum[h]) < 4.5 * error, "step %zu: %g, simulated %g +- %g", h + 1, mean[h], sum[h],
                      error);
        if (h < f.m) ck_assert_double_eq_tol(mean[h], calm[h], 1e-12);
        if (h > 2 * f.m) ck_assert(fabs(calm[h] - sum[h]) > 20 * error);
    }
}
END_TEST

/* How the difference of two starts, or the weight of an old error, dies away. */
static bool forgets(const lc_ets_form *f, const lc_ets_weights *w)
{
    enum { LONG = 40000 };
    static double y[LONG], work[4 * LONG];
    double squares;
    const lc_ets_trace trace = trace_in(work, LONG);
    lc_ets_weights kicked = *w;
    kicked.start = (lc_ets_state){.level = 1, .slope = f->trend ? .3 : 0};
    for (size_t p = 0; p < f->m; p++) kicked.start.season[p] = p ? -.2 : .2 * (double)(f->m - 1);
    lc_ets_state end;
    lc_ets_run(f, &kicked, y, LONG, &trace, &end, &squares);
    double last = 0;
    for (size_t t = LONG - 100; t < LONG; t++) {
        if (!isfinite(trace.error[t])) return false;
        last = fmax(last, fabs(trace.error[t]));
    }
    return last < 1e-3;
}

START_TEST(stability_is_that_of_the_recursion)
{
    size_t stable = 0, tried = 0;
    for (size_t i = 0; i < 300; i++) {
        lc_rng r = lc_rng_make(34, LC_STREAM_TEST, i);
        const lc_ets_form f = form_of(2 * (i % 6), (size_t[]){2, 3, 4, 7, 12, 24}[i % 5]);
        lc_ets_weights w = {.alpha = 2.2 * lc_rng_uniform(&r) - .1, .phi = f.damped ? .9 : 1};
        if (f.trend) w.beta = lc_rng_uniform(&r) - .1;
        if (f.season) w.gamma = 1.2 * lc_rng_uniform(&r) - .1;
        /* A root next to the circle would need longer series to tell. */
        lc_ets_weights in = w, out = w;
        in.alpha *= .995, in.beta *= .995, in.gamma *= .995;
        out.alpha *= 1.005, out.beta *= 1.005, out.gamma *= 1.005;
        const bool is = lc_ets_is_stable(&f, &w);
        if (lc_ets_is_stable(&f, &in) != is || lc_ets_is_stable(&f, &out) != is) continue;
        tried++;
        stable += is;
        ck_assert_msg(forgets(&f, &w) == is, "form %zu, m %zu: alpha %g beta %g gamma %g phi %g: stable %d", i % 6, f.m,
                      w.alpha, w.beta, w.gamma, w.phi, is);
    }
    ck_assert_uint_gt(stable, 40);
    ck_assert_uint_gt(tried - stable, 40);
}
END_TEST

START_TEST(forms_for_positive_forecasts_refuse_others)
{
    const double y[] = {1, 2, 3, 4, 5, 6, 7, 8};
    double work[32], squares;
    const lc_ets_trace trace = trace_in(work, 8);
    lc_ets_state end;
    lc_ets_form f = {.multiplicative_error = true};
    lc_ets_weights w = {.alpha = .5, .phi = 1, .start.level = -1};
    ck_assert(lc_ets_run(&f, &w, y, 8, &trace, &end, &squares) == INFINITY);
    f = (lc_ets_form){.season = LC_ETS_MULTIPLICATIVE, .m = 2};
    w.start.level = 1;
    w.start.season[0] = 2.5;
    w.start.season[1] = -.5;
    ck_assert(lc_ets_run(&f, &w, y, 8, &trace, &end, &squares) == INFINITY);
    f = (lc_ets_form){.trend = true};
    w.start.slope = 1;
    w.start.level = 0;
    /* nothing left but rounding: still a number */
    ck_assert(isfinite(lc_ets_run(&f, &w, y, 8, &trace, &end, &squares)));
    lc_ets_weights by;
    lc_ets_gradient(&by, &f, &w, y, 8, &trace, squares);
    ck_assert(by.alpha == 0 && by.start.level == 0);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("exponential smoothing");
    TCase *c = tcase_create("model");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, recursion_recovers_the_noise);
    tcase_add_test(c, gradient_agrees_with_differences);
    tcase_add_test(c, means_agree_with_simulation);
    tcase_add_test(c, stability_is_that_of_the_recursion);
    tcase_add_test(c, forms_for_positive_forecasts_refuse_others);
    suite_add_tcase(s, c);
    return s;
}
