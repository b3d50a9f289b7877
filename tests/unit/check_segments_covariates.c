#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/rng.h"
#include "unit/support/panel_text.h"
#include "unit/support/segment_rig.h"
#include "unit/support/unit.h"

#define TURN 6.283185307179586

/* Hours of two shops with a covariate of the past, one known ahead, one that stays the same, and the calendar. */
static char *shops(size_t n, size_t ahead)
{
    lc_buf b = {0};
    lc_buf_puts(&b, "unique_id,ds,y,p,f,s\n");
    for (size_t i = 0; i < 2; i++)
        for (size_t t = 0; t < n + ahead; t++) {
            lc_buf_printf(&b, "%s,2024-03-%02zu %02zu:00,", i ? "b" : "a", t / 24 + 1, t % 24);
            if (t < n) lc_buf_printf(&b, "%zu,%zu", 10 + t * 7 % 11 + 100 * i, t * t % 13);
            else lc_buf_puts(&b, ",");
            lc_buf_printf(&b, ",%d,%d\n", t % 5 == 0, i ? 40 : 10);
        }
    return b.data;
}

static void covariates(size_t season)
{
    enum { ROWS = 100, AHEAD = 4, H = 4, L = 18, W = 6, FEATURES = 6 };
    char *text = shops(ROWS, AHEAD);
    lc_panel *p = panel_of(text, "target=y;past=p;future=f;static=s;calendar=true");
    ck_assert_uint_eq(p->n_series, 2);
    ck_assert_uint_eq(p->n_features, FEATURES);
    rig *r = rig_create(p, LC_SCALE_LEVEL, (shape){L, W, season, 0, H}, ROWS);
    const size_t values = season ? 2 * W : W, stride = r->stride;
    ck_assert_uint_eq(r->at.steps, L / W);
    ck_assert_uint_eq(r->at.inputs, values + 2 * W + 1 + FEATURES);
    ck_assert_uint_eq(r->at.side, H * (1 + FEATURES));
    ck_assert_uint_eq(r->at.skip_from, season ? W : 0);
    static const size_t origins[] = {1, 5, 18, 40, 99, 100};
    for (size_t i = 0; i < 2; i++)
        for (size_t o = 0; o < sizeof origins / sizeof origins[0]; o++) {
            const size_t origin = origins[o];
            rig_fill(r, i, origin);
            double mean[2] = {0}, square = 0;
            const lc_scale past = r->scales.past[i * p->n_past], ahead = r->scales.past[i * p->n_past + 1];
            for (size_t t = 0; t < L; t++) {
                const size_t row = origin + t >= L ? origin + t - L : 0;
                mean[0] += (double)(row * row % 13) / L;
                mean[1] += (row % 5 == 0 ? 1. : 0.) / L;
            }
            for (size_t t = 0; t < L; t++) {
                const size_t row = origin + t >= L ? origin + t - L : 0;
                square += pow(((double)(row * row % 13) - mean[0]) / past.sd, 2) / L;
            }
            for (size_t t = 0; t < L; t++) {
                const size_t row = origin + t >= L ? origin + t - L : 0;
                const float *step = r->x + t / W * stride + values;
                ck_assert_double_eq_tol((double)step[t % W],
                                        ((double)(row * row % 13) - mean[0]) / (past.sd * sqrt(square + 1e-5)), 1e-5);
                ck_assert_double_eq_tol((double)step[W + t % W], ((row % 5 == 0 ? 1. : 0.) - mean[1]) / ahead.sd, 1e-5);
                /* One number a series over both: 10 and 40 have mean 25 and sd 15. */
                ck_assert_double_eq_tol((double)step[2 * W], i ? 1 : -1, 1e-6);
                if (t % W < W - 1) continue;
                /* The calendar at the end of a segment: the hour, and Friday 1 March 2024. */
                ck_assert_double_eq_tol((double)step[2 * W + 1], sin(TURN * (double)(row % 24) / 24), 1e-6);
                ck_assert_double_eq_tol((double)step[2 * W + 2], cos(TURN * (double)(row % 24) / 24), 1e-6);
                const double day = fmod(4 + (double)row / 24, 7) / 7;
                ck_assert_double_eq_tol(pow((double)step[2 * W + 3] - sin(TURN * day), 2) +
                                            pow((double)step[2 * W + 4] - cos(TURN * day), 2),
                                        0, 1e-10);
            }
            for (size_t h = 0; h < H; h++) {
                const size_t row = origin + h;
                if (row < ROWS + AHEAD)
                    ck_assert_double_eq_tol((double)r->side[h], ((row % 5 == 0 ? 1. : 0.) - mean[1]) / ahead.sd, 1e-5);
                ck_assert_double_eq_tol((double)r->side[H + h], sin(TURN * (double)(row % 24) / 24), 1e-6);
                ck_assert_double_eq_tol((double)r->side[2 * H + h], cos(TURN * (double)(row % 24) / 24), 1e-6);
            }
        }
    rig_free(r);
    lc_panel_free(p);
    free(text);
}

START_TEST(covariates_stand_where_the_network_expects_them)
{
    covariates(0);
    covariates(6);
}
END_TEST

/* A value that follows a covariate known ahead at once: the branch starts with its whole effect. */
START_TEST(effects_are_least_squares)
{
    enum { ROWS = 400 };
    lc_buf b = {0};
    lc_rng r = lc_rng_make(3, LC_STREAM_TEST, 0);
    lc_buf_puts(&b, "t,y,f,g\n");
    for (size_t t = 0; t < ROWS; t++) {
        const double f = lc_rng_normal(&r), g = lc_rng_normal(&r);
        lc_buf_printf(&b, "%zu,%.6f,%.6f,%.6f\n", t + 1, 50 - 2 * f + .01 * g, f, g);
    }
    lc_panel *p = panel_of(b.data, "time=t;target=y;future=f,g");
    rig *w = rig_create(p, LC_SCALE_LEVEL, (shape){60, 6, 0, 0, 3}, ROWS);
    double effect[2];
    ck_assert_int_eq(lc_segments_effects(&w->g, effect, NULL), LC_OK);
    /* The same from all windows by Cramer's rule; the library's is drawn a little to 0. */
    double ff = 0, fg = 0, gg = 0, fy = 0, gy = 0;
    for (size_t origin = 1; origin + 3 <= ROWS; origin++) {
        rig_fill(w, 0, origin);
        for (size_t h = 0; h < 3; h++) {
            const double f = (double)w->side[h], g = (double)w->side[3 + h], y = (double)w->target[h];
            ff += f * f, fg += f * g, gg += g * g, fy += f * y, gy += g * y;
        }
    }
    ck_assert_double_eq_tol(effect[0], (fy * gg - gy * fg) / (ff * gg - fg * fg), .02);
    ck_assert_double_eq_tol(effect[1], (ff * gy - fg * fy) / (ff * gg - fg * fg), .02);
    ck_assert_double_lt(effect[0], -.95);
    rig_free(w);
    lc_panel_free(p);
    lc_buf_free(&b);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("covariates of segments");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, covariates_stand_where_the_network_expects_them);
    tcase_add_test(t, effects_are_least_squares);
    suite_add_tcase(suite, t);
    return suite;
}
