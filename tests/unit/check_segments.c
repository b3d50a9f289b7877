#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "ref/ref_recipe.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/segment_rig.h"
#include "unit/support/unit.h"

#define TURN 6.283185307179586

/* ---- windows and their twin ---- */

static double transformed(const rig *r, size_t series, size_t row)
{
    const lc_scale scale = r->scales.series[series];
    const double y = lc_value(&r->p->series[series], row);
    return ((scale.log ? log(y) : y) - scale.mean) / scale.sd;
}

static bool near(double got, double want, double tolerance)
{
    return fabs(got - want) <= tolerance;
}

/* Fills the window and holds all of it against the twin; z overrides the twin's values where not NULL. */
static struct ref_window compare(rig *r, size_t series, size_t origin, size_t limit)
{
    const lc_series *s = &r->p->series[series];
    const size_t n = r->s.lookback, horizon = r->s.horizon;
    double *z = calloc(origin + horizon, sizeof *z), *room = calloc(2 * n + 4 * horizon, sizeof *room);
    size_t known = origin; /* rows before the origin up to the last observed one; later ones repeat it */
    while (known > 1 && !lc_is_observed(s, known - 1)) known--;
    for (size_t t = 0; t < origin + horizon; t++) {
        z[t] = t < s->steps ? transformed(r, series, t) : 0;
        if (t >= known && t < origin) z[t] = z[known - 1];
    }
    struct ref_window w = {z,
                           origin,
                           n,
                           horizon,
                           r->s.season,
                           r->s.second,
                           room,
                           room + n,
                           room + 2 * n,
                           room + 2 * n + horizon,
                           room + 2 * n + 2 * horizon,
                           room + 2 * n + 3 * horizon,
                           0,
                           0,
                           0,
                           0,
                           0};
    ref_window_fill(&w);
    rig_fill(r, series, origin);
    double large = fabs(w.mean) / w.sd;
    for (size_t t = 0; t < n; t++) large = fmax(large, fabs(w.u[t]));
    const double unit = 1e-6 * (1 + large); /* of rounding to float, in units of the window */
    /* The spread left is a root of what differs from 1 by that much. */
    const double k = w.spread[0] / w.sd, loss = 4 * unit / (k * k);
    for (size_t t = 0; t < n; t++) {
        UNIT_MUST(near((double)rig_u(r, t), w.u[t], unit), "origin %zu: u[%zu] is %.7g, not %.7g", origin, t,
                  (double)rig_u(r, t), w.u[t]);
        if (!r->s.season) continue;
        const double wide = 6 * unit / k * (1 + large) + loss * fabs(w.v[t]);
        UNIT_MUST(near((double)rig_v(r, t), w.v[t], wide), "origin %zu: v[%zu] is %.7g, not %.7g", origin, t,
                  (double)rig_v(r, t), w.v[t]);
    }
    const lc_scale scale = r->scales.series[series];
    for (size_t h = 0; h < horizon; h++) {
        const double kh = w.spread[h] / w.sd, far = (double)(h / (w.taken ? w.taken : horizon) + 1);
        const double off = far * (20 * unit * (1 + large) + 1e-9), rel = far * 4 * unit / (kh * kh);
        UNIT_MUST(
            near(r->center[h], scale.mean + scale.sd * w.center[h], scale.sd * w.sd * off + 1e-12 * fabs(scale.mean)),
            "origin %zu, step %zu: center %.9g, not %.9g", origin, h, r->center[h],
            scale.mean + scale.sd * w.center[h]);
        UNIT_MUST(near(r->spread[h], scale.sd * w.spread[h], scale.sd * w.spread[h] * (rel + 1e-9)),
                  "origin %zu, step %zu: spread %.9g, not %.9g", origin, h, r->spread[h], scale.sd * w.spread[h]);
        UNIT_MUST(near((double)r->weight[h], w.weight[h], w.weight[h] * (rel + 1e-6)),
                  "origin %zu, step %zu: weight %g, not %g", origin, h, (double)r->weight[h], w.weight[h]);
        const size_t row = origin + h;
        if (row >= limit || row >= s->steps || !lc_is_observed(s, row)) {
            UNIT_MUST(isnan(r->target[h]), "origin %zu, step %zu: target %g", origin, h, (double)r->target[h]);
            continue;
        }
        UNIT_MUST(near((double)r->target[h], w.target[h], fabs(w.target[h]) * (rel + 1e-6) + off / kh),
                  "origin %zu, step %zu: target %g, not %g", origin, h, (double)r->target[h], w.target[h]);
        /* What is learned leads back to the value. */
        const double back = r->center[h] + r->spread[h] * (double)r->target[h];
        const double value = scale.mean + scale.sd * transformed(r, series, row);
        UNIT_MUST(near(back, value, 1e-6 * (fabs(r->spread[h] * (double)r->target[h]) + scale.sd * (1 + fabs(w.mean)))),
                  "origin %zu, step %zu: %.9g leads back to %.9g", origin, h, value, back);
    }
    w.z = w.u = w.v = w.center = w.spread = w.target = w.weight = NULL;
    free(z);
    free(room);
    return w;
}

/* ---- values ---- */

enum { N = 120, KINDS = 7 };

static void make_values(double *y, size_t kind)
{
    lc_rng r = lc_rng_make(8, LC_STREAM_TEST, kind);
    double walk = 50;
    for (size_t t = 0; t < N; t++) {
        const double noise = lc_rng_normal(&r), four = sin(TURN * (double)(t % 4) / 4 + 1);
        const double twelve = cos(TURN * (double)(t % 12) / 12);
        walk += noise;
        const double value[KINDS] = {100 + 5 * noise,
                                     20 + 3 * four + .05 * noise,
                                     20 + 3 * four + 1.5 * noise,
                                     20 + four + 4 * twelve + .1 * noise,
                                     walk,
                                     7,
                                     30 * exp(.02 * (double)t) * (1.2 + four)};
        y[t] = value[kind];
    }
}

static const shape shapes[] = {{12, 4, 4, 0, 5}, {12, 3, 4, 0, 1},   {24, 8, 4, 12, 17}, {20, 5, 0, 0, 3},
                               {8, 4, 4, 0, 9},  {24, 12, 12, 4, 2}, {36, 6, 5, 0, 11},  {24, 1, 4, 0, 6}};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

START_TEST(windows_agree_with_the_twin)
{
    static const lc_scaling how[] = {LC_SCALE_LEVEL, LC_SCALE_LOG, LC_SCALE_SD};
    size_t full = 0, partly = 0, none = 0, other = 0;
    double y[N];
    make_values(y, (size_t)_i);
    lc_panel *p = panel_of_values(y, N, "");
    for (size_t i = 0; i < SHAPES; i++)
        for (size_t k = 0; k < 3; k++) {
            rig *r = rig_create(p, how[k], shapes[i], 100);
            const size_t origins[] = {1, 2, 3, shapes[i].lookback - 1, shapes[i].lookback, 50, 95, 99, N - 1};
            for (size_t o = 0; o < sizeof origins / sizeof origins[0]; o++) {
                const struct ref_window w = compare(r, 0, origins[o], 100);
                if (!w.season) continue;
                full += w.share > .9;
                partly += w.share > 0 && w.share <= .9;
                none += w.share <= 0;
                other += w.taken != w.season;
            }
            rig_free(r);
        }
    /* The kinds of values are what they should be. */
    if (_i == 1 || _i == 5) ck_assert_uint_gt(full, 50);
    if (_i == 2) ck_assert(partly > 10 && none > 10);
    if (_i == 0) ck_assert_uint_gt(none, 100);
    if (_i == 3) ck_assert_uint_gt(other, 10);
    lc_panel_free(p);
}
END_TEST

/* Missing values: never a target, and a gap that reaches the origin does not tell where it leads. */
START_TEST(gaps_are_held_and_no_targets)
{
    double y[N];
    make_values(y, 2);
    static const size_t missing[] = {30, 31, 57, 58, 59, 62, 80};
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) y[missing[i]] = NAN;
    lc_panel *p = panel_of_values(y, N, "");
    for (size_t i = 0; i < SHAPES; i++) {
        rig *r = rig_create(p, LC_SCALE_LEVEL, shapes[i], N);
        for (size_t origin = 28; origin < 85; origin++) compare(r, 0, origin, N);
        rig_fill(r, 0, 60); /* rows 57 to 59 repeat row 56 */
        const size_t n = shapes[i].lookback;
        for (size_t back = 1; back <= 3; back++) ck_assert(rig_u(r, n - back) == rig_u(r, n - 4));
        rig_free(r);
    }
    lc_panel_free(p);
}
END_TEST

/* ---- scalers ---- */

START_TEST(scalers_have_level_or_logarithms)
{
    const double y[] = {1, -3, 2, 8, NAN, 4}, positive[] = {1, 3, 2, 8, 5, 4};
    lc_panel *p = panel_of_values(y, 6, ""), *q = panel_of_values(positive, 6, "");
    const size_t train = 4;
    lc_scales s;
    ck_assert_int_eq(lc_scales_fit(&s, p, &train, LC_SCALE_LEVEL, NULL), LC_OK);
    ck_assert_double_eq_tol(s.series[0].mean, 2, 1e-12);
    ck_assert_double_eq_tol(s.series[0].sd, 3.5, 1e-12); /* mean size */
    ck_assert(!s.series[0].log);
    lc_scales_free(&s);
    ck_assert_int_eq(lc_scales_fit(&s, p, NULL, LC_SCALE_LEVEL, NULL), LC_OK);
    ck_assert_double_eq_tol(s.series[0].mean, 12. / 5, 1e-12); /* the missing one has no say */
    lc_scales_free(&s);
    ck_assert_int_eq(lc_scales_fit(&s, q, &train, LC_SCALE_LOG, NULL), LC_OK);
    ck_assert_double_eq_tol(s.series[0].mean, log(48) / 4, 1e-12);
    ck_assert_double_eq(s.series[0].sd, 1);
    ck_assert(s.series[0].log);
    ck_assert_double_eq_tol(lc_scale_restore(s.series[0], lc_scale_transform(s.series[0], 12.5)), 12.5, 1e-12);
    ck_assert(isfinite(lc_scale_transform(s.series[0], 0)) && isfinite(lc_scale_transform(s.series[0], -5)));
    ck_assert(isfinite(lc_scale_restore(s.series[0], 1e6)));
    lc_scales_free(&s);
    lc_panel_free(p);
    lc_panel_free(q);
}
END_TEST

/* Whatever the file holds, inputs and targets are finite, and so are units. */
START_TEST(extreme_values_stay_finite)
{
    static const lc_scaling how[] = {LC_SCALE_LEVEL, LC_SCALE_LOG, LC_SCALE_SD};
    for (size_t kind = 0; kind < 9; kind++) {
        double y[N];
        for (size_t t = 0; t < N; t++) {
            const double value[] = {0,
                                    7,
                                    1e300,
                                    t % 2 ? 1e308 : -1e308,
                                    t == 60 ? 1e12 : 1,
                                    1e-300 * (double)(1 + t % 4),
                                    t < 60 ? 0 : 5,
                                    (double)t * 1e306,
                                    t % 4 ? -1e-310 : 1e-310};
            y[t] = value[kind];
        }
        lc_panel *p = panel_of_values(y, N, "");
        for (size_t k = 0; k < 3; k++)
            for (size_t i = 0; i < SHAPES; i++) {
                rig *r = rig_create(p, how[k], shapes[i], N);
                double slope[32];
                for (size_t origin = 1; origin < N; origin += 7) {
                    rig_fill(r, 0, origin);
                    for (size_t h = 0; h < shapes[i].horizon; h++) {
                        UNIT_MUST(isfinite(r->center[h]) && isfinite(r->spread[h]) && r->spread[h] > 0,
                                  "kind %zu: %g, %g", kind, r->center[h], r->spread[h]);
                        UNIT_MUST(isfinite(r->weight[h]) && r->weight[h] > 0, "kind %zu: weight", kind);
                        UNIT_MUST(origin + h < N ? isfinite(r->target[h]) : isnan(r->target[h]), "kind %zu: target",
                                  kind);
                    }
                }
                ck_assert_int_eq(lc_segments_slope(&r->g, slope, NULL), LC_OK);
                for (size_t h = 0; h < shapes[i].horizon; h++) ck_assert(slope[h] >= 0 && slope[h] <= 1.5);
                rig_free(r);
            }
        lc_panel_free(p);
    }
}
END_TEST

/* ---- where the linear branch starts ---- */

START_TEST(slope_is_least_squares)
{
    enum { H = 5, L = 12, LIMIT = 110 };
    for (size_t kind = 0; kind < 5; kind++) {
        double y[N], slope[H], product[H] = {0}, square[H] = {0};
        make_values(y, kind);
        y[70] = NAN;
        lc_panel *p = panel_of_values(y, N, "");
        rig *r = rig_create(p, LC_SCALE_LEVEL, (shape){L, 4, 0, 0, H}, LIMIT);
        ck_assert_int_eq(lc_segments_slope(&r->g, slope, NULL), LC_OK);
        for (size_t origin = 1; origin < N; origin++) {
            compare(r, 0, origin, LIMIT);
            const double last = (double)rig_u(r, L - 1);
            for (size_t h = 0; h < H; h++) {
                if (isnan(r->target[h])) continue;
                product[h] += last * (double)r->target[h];
                square[h] += last * last;
            }
        }
        for (size_t h = 0; h < H; h++) {
            const double want = fmin(fmax(product[h] / square[h], 0), 1.5);
            ck_assert_double_eq_tol(slope[h], want, 1e-5);
            if (kind == 4) ck_assert_double_gt(slope[h], .7); /* a random walk */
            if (kind == 0) ck_assert_double_lt(slope[h], .4); /* noise */
        }
        rig_free(r);
        lc_panel_free(p);
    }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("segments");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, windows_agree_with_the_twin, 0, KINDS);
    tcase_add_test(t, gaps_are_held_and_no_targets);
    tcase_add_test(t, scalers_have_level_or_logarithms);
    tcase_add_test(t, extreme_values_stay_finite);
    tcase_add_test(t, slope_is_least_squares);
    suite_add_tcase(suite, t);
    return suite;
}
