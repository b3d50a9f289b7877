#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "data/window.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

/* ---- the scaler ---- */

static lc_scale fit_numbers(lc_numbers y, const uint8_t *mask, size_t n)
{
    lc_scale s = lc_scale_fit(y, mask, n);
    ck_assert(isfinite(s.mean) && isfinite(s.sd) && s.sd > 0);
    return s;
}

static lc_scale fit(const double *y, const uint8_t *mask, size_t n)
{
    double copy[1024];
    ck_assert_uint_le(n, 1024);
    if (n) memcpy(copy, y, n * sizeof *copy);
    return fit_numbers((lc_numbers){.d = copy}, mask, n);
}

START_TEST(scaler_knows_mean_and_deviation)
{
    const double y[] = {2, 4, 4, 4, 5, 5, 7, 9};
    lc_scale s = fit(y, NULL, 8);
    ck_assert_double_eq_tol(s.mean, 5, 1e-14);
    ck_assert_double_eq_tol(s.sd, 2, 1e-14); /* of the whole, not of a sample */
    const uint8_t mask[] = {LC_MISSING_CELL, 0, 0, 0, LC_MISSING_STEP, 0, 0, LC_MISSING_CELL};
    s = fit(y, mask, 8); /* 4 4 4 5 7 */
    ck_assert_double_eq_tol(s.mean, 4.8, 1e-14);
    ck_assert_double_eq_tol(s.sd, sqrt((3 * .64 + .04 + 4.84) / 5), 1e-14);
}
END_TEST

START_TEST(scaler_of_constants)
{
    const double levels[] = {0, 1, -7.3, 1e9, -3e300, 1e-300, 1234567.891};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        double y[100];
        for (size_t j = 0; j < 100; j++) y[j] = levels[i];
        lc_scale s = fit(y, NULL, 100);
        ck_assert(fabs(s.mean - levels[i]) <= 1e-12 * fabs(levels[i]));
        /* Not the rounding error of the level, by which one new value would be scaled to 1e16. */
        UNIT_MUST(s.sd == (levels[i] == 0 ? 1 : fabs(s.mean)), "a constant %g has the deviation %g", levels[i], s.sd);
    }
    ck_assert(fit(NULL, NULL, 0).mean == 0 && fit(NULL, NULL, 0).sd == 1);
    const uint8_t all[] = {LC_MISSING_CELL, LC_MISSING_STEP};
    ck_assert(fit(levels, all, 2).mean == 0 && fit(levels, all, 2).sd == 1);
    ck_assert(fit(levels + 1, NULL, 1).mean == 1 && fit(levels + 1, NULL, 1).sd == 1);
}
END_TEST

/* A small movement on a huge level survives. */
START_TEST(scaler_at_huge_levels)
{
    double y[1000];
    for (size_t i = 0; i < 1000; i++) y[i] = 1e9 + (i % 2 ? .5 : -.5);
    lc_scale s = fit(y, NULL, 1000);
    ck_assert_double_eq_tol(s.mean, 1e9, 1e-6);
    ck_assert_double_eq_tol(s.sd, .5, 1e-6);
    for (size_t i = 0; i < 1000; i++) y[i] *= 1e290; /* squares overflow */
    fit(y, NULL, 1000);
    for (size_t i = 0; i < 1000; i++) y[i] = i % 2 ? DBL_MAX : -DBL_MAX;
    fit(y, NULL, 1000);
}
END_TEST

/* ---- windows ---- */

/* Two frames, two targets, one covariate; gaps in both. Steps without time. */
static const char csv[] = "unique_id,y,z,x\n"
                          "a,1,10,5\na,2,,6\na,4,30,7\na,,41,9\na,16,50,\na,32,61,2\na,64,,3\na,128,83,4\na,1,90,4\n"
                          "b,3,7,1\nb,1,7,1\nb,4,,2\nb,1,8,1\nb,5,9,\nb,9,7,3\n";

static lc_panel *made(void)
{
    lc_panel *p = panel_of(csv, "id=unique_id;target=y,z;past=x");
    ck_assert_uint_eq(p->n_series, 4); /* y of a and b, z of a and b */
    ck_assert_uint_eq(p->n_frames, 2);
    ck_assert_uint_eq(p->n_past, 1);
    return p;
}

/* What the header promises, computed once more and in the plainest way. */
static void naive_column(double *u, const double *y, const bool *missing, lc_scale s, size_t origin, size_t lookback,
                         bool per_window, lc_window_scale *scale)
{
    long last = (long)origin - 1; /* the last known row: a gap at the origin is not seen through */
    while (last >= 0 && missing[last]) last--;
    for (size_t t = 0; t < lookback; t++) {
        long row = (long)origin - (long)lookback + (long)t;
        if (row < 0) row = 0;
        if (row > last) row = last;
        u[t] = ((row < 0 ? s.mean : y[row]) - s.mean) / s.sd;
    }
    *scale = (lc_window_scale){s.mean, s.sd};
    if (!per_window) return;
    double mean = 0, square = 0;
    for (size_t t = 0; t < lookback; t++) mean += u[t] / (double)lookback;
    for (size_t t = 0; t < lookback; t++) square += (u[t] - mean) * (u[t] - mean) / (double)lookback;
    double sd = sqrt(square + 1e-5);
    for (size_t t = 0; t < lookback; t++) u[t] = (u[t] - mean) / sd;
    *scale = (lc_window_scale){s.mean + s.sd * mean, s.sd * sd};
}

static void check_window(const lc_windows *w, const lc_scales *scales, size_t series, size_t origin, size_t limit)
{
    enum { STRIDE = 5, MOST = 32 };
    const lc_panel *p = w->panel;
    const lc_series *s = &p->series[series];
    float x[MOST * STRIDE], target[MOST];
    double u[MOST];
    memset(x, 0, sizeof x);
    for (size_t h = 0; h < MOST; h++) target[h] = 77;
    lc_window_scale got = lc_windows_fill(w, series, origin, x, STRIDE, target), want, other;
    bool missing[MOST];
    for (size_t row = 0; row < s->steps; row++) missing[row] = !lc_is_observed(s, row);
    double y[MOST], past[MOST];
    ck_assert_uint_le(s->steps, MOST);
    lc_numbers_copy(y, s->y, 0, s->steps);
    lc_numbers_copy(past, p->frames[s->frame].past[0], 0, s->steps);
    naive_column(u, y, missing, scales->series[series], origin, w->lookback, w->per_window, &want);
    UNIT_MUST(fabs(got.center - want.center) < 1e-9 * (1 + fabs(want.center)) &&
                  fabs(got.spread - want.spread) < 1e-9 * want.spread,
              "scale %g %g, wanted %g %g", got.center, got.spread, want.center, want.spread);
    for (size_t t = 0; t < w->lookback; t++)
        UNIT_MUST(fabs((double)x[t * STRIDE] - u[t]) < 1e-6 * (1 + fabs(u[t])),
                  "series %zu origin %zu step %zu: %g, wanted %g", series, origin, t, (double)x[t * STRIDE], u[t]);
    for (size_t row = 0; row < s->steps; row++) missing[row] = row == 4; /* the empty cell of x in both frames */
    naive_column(u, past, missing, scales->past[s->frame], origin, w->lookback, w->per_window, &other);
    for (size_t t = 0; t < w->lookback; t++) {
        UNIT_MUST(fabs((double)x[t * STRIDE + 1] - u[t]) < 1e-6 * (1 + fabs(u[t])), "covariate at step %zu", t);
        for (size_t c = 2; c < STRIDE; c++) UNIT_MUST(x[t * STRIDE + c] == 0, "column %zu was written", c);
    }
    for (size_t h = 0; h < MOST; h++) {
        size_t row = origin + h;
        if (h >= w->horizon) UNIT_MUST(target[h] == 77, "target %zu lies past the horizon", h);
        else if (row >= s->steps || row >= limit || !lc_is_observed(s, row))
            UNIT_MUST(isnan(target[h]), "series %zu origin %zu target %zu was not observed", series, origin, h);
        else
            UNIT_MUST(fabs(want.center + want.spread * (double)target[h] - lc_value(s, row)) < 1e-4 * want.spread,
                      "series %zu origin %zu target %zu", series, origin, h);
    }
    lc_windows_fill(w, series, origin, x, STRIDE, NULL);
}

/* All windows of the spans, by index and by counting. */
static void check_all(const lc_panel *p, const lc_scales *scales, size_t lookback, size_t horizon, bool per_window,
                      size_t stride, const lc_span *span)
{
    lc_windows w;
    ck_assert_int_eq(lc_windows_create(&w, p, scales, lookback, horizon, per_window, span, stride, NULL), LC_OK);
    ck_assert_uint_eq(lc_windows_inputs(&w), 2);
    size_t i = 0;
    for (size_t s = 0; s < p->n_series; s++)
        for (size_t origin = span[s].begin; origin < span[s].end; origin += stride, i++) {
            size_t series = 99, at = 99;
            UNIT_MUST(i < w.n, "only %zu windows", w.n);
            lc_windows_at(&w, i, &series, &at);
            UNIT_MUST(series == s && at == origin, "window %zu: series %zu origin %zu, wanted %zu %zu", i, series, at,
                      s, origin);
            check_window(&w, scales, s, origin, span[s].limit);
        }
    ck_assert_uint_eq(w.n, i);
    lc_windows_free(&w);
    lc_windows_free(&w);
}

/* Field by field: between them lies what compilers leave as it is. */
static bool same(lc_scale a, lc_scale b)
{
    return memcmp(&a.mean, &b.mean, sizeof a.mean) == 0 && memcmp(&a.sd, &b.sd, sizeof a.sd) == 0 && a.log == b.log;
}

START_TEST(windows_agree_with_counting)
{
    lc_panel *p = made();
    lc_scales scales;
    const size_t train[] = {6, 4, 6, 4};
    for (int all = 0; all < 2; all++) {
        ck_assert_int_eq(lc_scales_fit(&scales, p, all ? NULL : train, LC_SCALE_SD, NULL), LC_OK);
        for (size_t s = 0; s < p->n_series; s++) {
            size_t n = all ? p->series[s].steps : train[s];
            lc_scale want = fit_numbers(p->series[s].y, p->series[s].mask, n);
            ck_assert(same(want, scales.series[s]));
            want = fit_numbers(p->frames[p->series[s].frame].past[0], NULL, n);
            ck_assert(same(want, scales.past[p->series[s].frame]));
        }
        const lc_span spans[][4] = {
            {{1, 9, 9}, {1, 6, 6}, {1, 9, 9}, {1, 6, 6}},  /* every origin */
            {{3, 9, 6}, {0, 0, 0}, {2, 3, 99}, {5, 2, 6}}, /* with empty ones, and limits */
            {{0, 0, 0}, {0, 0, 0}, {0, 0, 0}, {6, 7, 6}},  /* one window after the last row */
            {{9, 10, 9}, {0, 0, 0}, {4, 9, 4}, {0, 0, 0}},
        };
        for (size_t v = 0; v < sizeof spans / sizeof spans[0]; v++)
            for (size_t lookback = 1; lookback <= 12; lookback += 1 + lookback / 4)
                for (size_t horizon = 1; horizon <= 7; horizon += 2)
                    for (size_t stride = 1; stride <= 4; stride++)
                        check_all(p, &scales, lookback, horizon, (lookback + stride) % 2, stride, spans[v]);
        lc_scales_free(&scales);
        lc_scales_free(&scales);
    }
    lc_panel_free(p);
}
END_TEST

START_TEST(no_windows)
{
    lc_panel *p = made();
    lc_scales scales;
    ck_assert_int_eq(lc_scales_fit(&scales, p, NULL, LC_SCALE_SD, NULL), LC_OK);
    lc_windows w;
    const lc_span none[4] = {{0, 0, 0}};
    ck_assert_int_eq(lc_windows_create(&w, p, &scales, 3, 2, true, none, 1, NULL), LC_OK);
    ck_assert_uint_eq(w.n, 0);
    lc_windows_free(&w);
    lc_scales_free(&scales);
    lc_panel_free(p);
}
END_TEST

/* Whatever finite numbers a file holds, the network gets finite ones. */
START_TEST(extreme_values_stay_finite)
{
    const double kinds[][6] = {
        {1e308, -1e308, 1e308, -1e308, 1e308, 1e308},
        {DBL_MAX, DBL_MAX, DBL_MAX, DBL_MAX, DBL_MAX, -DBL_MAX},
        {0, 0, 0, 0, 0, 1e300},
        {1e-310, 2e-310, 1e-310, 3e-310, 0, 1e-310},
        {1e-200, -1e-200, 1e-200, -1e-200, 1, 1e200},
        {1, 1, 1, 1, 1 + 1e-15, -1e308},
        {5, 5, 5, 5, 5, 5},
    };
    for (size_t v = 0; v < sizeof kinds / sizeof kinds[0]; v++)
        for (int per_window = 0; per_window < 2; per_window++)
            for (size_t train = 1; train <= 6; train++) {
                lc_panel *p = panel_of_values(kinds[v], 6, "");
                lc_scales scales;
                ck_assert_int_eq(lc_scales_fit(&scales, p, &train, LC_SCALE_SD, NULL), LC_OK);
                lc_span span = {1, 7, 6};
                lc_windows w;
                ck_assert_int_eq(lc_windows_create(&w, p, &scales, 4, 3, per_window, &span, 1, NULL), LC_OK);
                for (size_t origin = 1; origin < 7; origin++) {
                    float x[4], target[3];
                    lc_window_scale s = lc_windows_fill(&w, 0, origin, x, 1, target);
                    UNIT_MUST(isfinite(s.center) && isfinite(s.spread) && s.spread > 0,
                              "values %zu, norm %d, train %zu, origin %zu: scale %g %g", v, per_window, train, origin,
                              s.center, s.spread);
                    for (size_t t = 0; t < 4; t++)
                        UNIT_MUST(isfinite(x[t]), "values %zu, norm %d, train %zu, origin %zu: input %g", v, per_window,
                                  train, origin, (double)x[t]);
                    for (size_t h = 0; h < 3 && origin + h < 6; h++)
                        UNIT_MUST(isfinite(target[h]), "values %zu, norm %d, train %zu, origin %zu: target %g", v,
                                  per_window, train, origin, (double)target[h]);
                }
                lc_windows_free(&w);
                lc_scales_free(&scales);
                lc_panel_free(p);
            }
}
END_TEST

/* ---- the order of minibatches ---- */

START_TEST(permutation_covers_all)
{
    static unsigned char seen[5000];
    for (uint64_t n = 1; n <= 5000; n += n < 70 ? 1 : 611)
        for (uint64_t key = 1; key <= 5; key++) {
            memset(seen, 0, n);
            for (uint64_t i = 0; i < n; i++) {
                uint64_t at = lc_permute(i, n, lc_hash64(key));
                UNIT_MUST(at < n && !seen[at]++, "%llu of %llu comes twice", (unsigned long long)at,
                          (unsigned long long)n);
            }
        }
}
END_TEST

/* Neighbours do not stay together, and keys give different orders. */
START_TEST(permutation_mixes)
{
    enum { N = 1000 };
    size_t together = 0, fixed = 0, same = 0;
    double correlation = 0;
    for (uint64_t i = 0; i + 1 < N; i++) {
        uint64_t a = lc_permute(i, N, lc_hash64(1)), b = lc_permute(i + 1, N, lc_hash64(1));
        together += a + 1 == b || b + 1 == a ? 1 : 0;
        fixed += a == i ? 1 : 0;
        same += a == lc_permute(i, N, lc_hash64(2)) ? 1 : 0;
        correlation += ((double)i - N / 2.0) * ((double)a - N / 2.0) / (N * (double)N * N / 12);
    }
    ck_assert_msg(together < 12 && fixed < 8 && same < 8 && fabs(correlation) < .15, "%zu %zu %zu %g", together, fixed,
                  same, correlation);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("windows");
    TCase *c = tcase_create("scaler, windows, order");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, scaler_knows_mean_and_deviation);
    tcase_add_test(c, scaler_of_constants);
    tcase_add_test(c, scaler_at_huge_levels);
    tcase_add_test(c, windows_agree_with_counting);
    tcase_add_test(c, no_windows);
    tcase_add_test(c, extreme_values_stay_finite);
    tcase_add_test(c, permutation_covers_all);
    tcase_add_test(c, permutation_mixes);
    suite_add_tcase(s, c);
    return s;
}
