#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/forecaster.h"
#include "base/memory.h"
#include "unit/support/isa.h"
#include "unit/support/unit.h"

static const lc_stamp minute = 60 * (lc_stamp)1000000;

/* Value z of the row that comes next, NaN: missing, where the forecaster sees `seen`. */
static void add_row(lc_history *h, lc_stamp stamp, double z, float seen)
{
    ck_assert_int_eq(lc_history_open(h, stamp, NULL), LC_OK);
    const size_t at = lc_history_at(h, h->count - 1);
    h->y[at] = z;
    h->z[at] = seen;
}

/* A daily wave and a weekend, some noise, some rows that are missing. */
static double value_at(uint64_t row, lc_stamp step, double noise, lc_rng *r)
{
    const double t = (double)row * (double)step / (1440. * (double)minute);
    const double z = sin(6.283185307179586 * t) + (fmod(t, 7) < 2 ? -.5 : 0);
    return z + noise * lc_rng_normal(r);
}

static lc_history history_of(size_t n, lc_stamp step, double noise, double missing)
{
    lc_history h = {0};
    lc_rng r = lc_rng_make(31, LC_STREAM_TEST, n);
    for (uint64_t row = 0; row < n; row++) {
        const double z = value_at(row, step, noise, &r);
        const bool gone = lc_rng_uniform(&r) < missing;
        add_row(&h, (lc_stamp)row * step, gone ? NAN : z, (float)z);
    }
    lc_history_set_cycles(&h, lc_history_cycles(&h, true));
    return h;
}

static lc_forecaster begun(lc_cycles cycles, uint64_t seed)
{
    lc_forecaster f = {0};
    lc_status st = {0};
    ck_assert_msg(lc_forecaster_begin(&f, cycles, seed, &st) == LC_OK, "%s", st.text);
    return f;
}

/* ---- the network ---- */

static const lc_cycles all_cycles[] = {LC_CYCLES_NONE, LC_CYCLES_DAY, LC_CYCLES_WEEK, LC_CYCLES_YEAR};

/* The number whose gradient is dy: the sum of dy times the outputs. */
static double value_of(lc_forecaster *f, size_t rows, const float *dy)
{
    const float *y = lc_online_forward(&f->online, rows);
    double sum = 0;
    for (size_t i = 0; i < rows * f->online.out; i++) sum += (double)dy[i] * (double)y[i];
    return sum;
}

static double slope_at(lc_forecaster *f, size_t rows, const float *dy, float *at)
{
    static const float step[] = {-2, -1, 1, 2};
    const float h = .03f, was = *at;
    double value[4];
    for (int i = 0; i < 4; i++) {
        *at = was + step[i] * h;
        value[i] = value_of(f, rows, dy);
    }
    *at = was;
    return (8 * (value[2] - value[1]) - (value[3] - value[0])) / (12 * (double)h);
}

/* Which parameters are no padding: those that a tensor of ones sets. */
static bool *covered_parameters(const lc_network *net)
{
    float *ones = calloc(net->params, sizeof *ones);
    bool *covered = calloc(net->params, sizeof *covered);
    for (size_t i = 0; i < net->n_layers; i++) {
        const lc_layer *l = &net->layer[i];
        lc_layer_tensor t[LC_LAYER_TENSORS];
        const size_t n = l->kind->tensors(l, t);
        for (size_t k = 0; k < n; k++) {
            const size_t size = t[k].shape[0] * t[k].shape[1];
            float *values = malloc(size * sizeof *values);
            for (size_t e = 0; e < size; e++) values[e] = 1;
            l->kind->put(l, ones + l->param_at, k, values);
            free(values);
        }
    }
    for (size_t i = 0; i < net->params; i++) covered[i] = ones[i] != 0;
    free(ones);
    return covered;
}

/* Calendar terms, inputs of each output alone included. */
START_TEST(gradients_agree_with_differences)
{
    enum { ROWS = 5 };
    for (size_t isa = 0; isa < ISA_COUNT; isa++) {
        if (!isa_at(isa)) continue;
        setenv("LOOMCAST_ISA", isa_at(isa)->isa, 1);
        lc_forecaster f = begun(all_cycles[_i], 3);
        lc_online *o = &f.online;
        const lc_network *net = f.net;
        ck_assert_str_eq(net->kernels->isa, isa_at(isa)->isa);
        lc_rng r = lc_rng_make(8, LC_STREAM_TEST, (uint64_t)_i);
        bool *covered = covered_parameters(net);
        size_t named = 0;
        for (size_t i = 0; i < net->params; i++)
            if (covered[i]) o->w[i] = (float)(.3 * lc_rng_normal(&r));
        lc_online_weights_changed(o);
        for (size_t row = 0; row < ROWS; row++) {
            for (size_t t = 0; t < net->spec.steps; t++)
                for (size_t c = 0; c < net->spec.inputs; c++)
                    lc_online_input(o)[t * o->step + row * o->row + c] = (float)lc_rng_normal(&r);
            for (size_t c = 0; c < lc_network_side(&net->spec); c++)
                lc_online_side(o)[row * o->side + c] = (float)lc_rng_normal(&r);
        }
        float *dy = lc_workspace_output_gradient(o->work);
        for (size_t row = 0; row < ROWS; row++)
            for (size_t j = 0; j < LC_HORIZONS; j++) dy[row * o->out + j] = (float)lc_rng_normal(&r);
        value_of(&f, ROWS, dy);
        lc_network_run run = {.w = o->w, .packed = o->packed, .work = o->work, .rows = ROWS};
        lc_network_backward(net, &run);
        float *g = malloc(net->params * sizeof *g), most = 0;
        for (size_t i = 0; i < net->params; i++) g[i] = NAN;
        lc_network_gradient(net, &run, 0, ROWS, g);
        for (size_t i = 0; i < net->params; i++) most = fmaxf(most, fabsf(g[i]));
        for (size_t i = 0; i < net->params; i++) {
            named += covered[i];
            const double slope = covered[i] ? slope_at(&f, ROWS, dy, &o->w[i]) : 0;
            UNIT_MUST(fabs(slope - (double)g[i]) < 1e-3 * (double)most, "%s: parameter %zu has %g, differences say %g",
                      net->kernels->isa, i, (double)g[i], slope);
        }
        /* LSTM with one bias, head, and lags and calendar of each horizon */
        const size_t terms = lc_cycles_terms(all_cycles[_i]), inputs = terms ? 7 : 1;
        ck_assert_uint_eq(named, 4 * 16 * (inputs + 16 + 1) + LC_HORIZONS * (16 + 1) + LC_HORIZONS * (8 + terms));
        free(g);
        free(covered);
        lc_forecaster_free(&f);
    }
}
END_TEST

/* Before it has learned the next row is about as the last one, and those of long horizons as a part of it. */
START_TEST(starts_as_the_last_value)
{
    static const double share[LC_HORIZONS] = {1, .5 * .785678, .5 * .617290, .5 * .381047}; /* 0.99^h */
    lc_history h = history_of(300, 60 * minute, 0, 0);
    lc_forecaster f = begun(h.cycles, 11);
    float ahead[LC_HORIZONS];
    for (uint64_t t = 100; t < 300; t++) {
        lc_forecaster_expect(&f, &h, 0, t, ahead);
        for (size_t j = 0; j < LC_HORIZONS; j++) {
            const double last = (double)h.z[lc_history_at(&h, t - lc_horizon_rows[j])];
            UNIT_MUST(fabs((double)ahead[j] - share[j] * last) < .15, "row %u, %u ahead: %g after %g", (unsigned)t,
                      lc_horizon_rows[j], (double)ahead[j], last);
        }
    }
    lc_forecaster_free(&f);
    lc_history_free(&h);
}
END_TEST

/* ---- learning ---- */

/* Mean square error of each horizon over the last rows, learning on. */
static void errors_of(lc_forecaster *f, const lc_history *h, uint64_t from, double *mse)
{
    for (size_t j = 0; j < LC_HORIZONS; j++) mse[j] = 0;
    for (uint64_t t = from; t < h->count; t++) {
        float ahead[LC_HORIZONS];
        lc_forecaster_expect(f, h, lc_history_first(h), t, ahead);
        for (size_t j = 0; j < LC_HORIZONS; j++) {
            const double e = (double)ahead[j] - (double)h->z[lc_history_at(h, t)];
            mse[j] += e * e / (double)(h->count - from);
        }
        lc_forecaster_learn(f, h, t);
    }
}

START_TEST(learns_a_wave_without_stamps)
{
    enum { N = 900 };
    lc_history h = {0};
    lc_rng r = lc_rng_make(5, LC_STREAM_TEST, 0);
    for (int i = 0; i < N; i++) {
        const double z = sin(6.283185307179586 * i / 37.) + .05 * lc_rng_normal(&r);
        add_row(&h, i, z, (float)z);
    }
    lc_forecaster f = begun(LC_CYCLES_NONE, 1);
    double before[LC_HORIZONS], after[LC_HORIZONS];
    errors_of(&f, &h, N - 100, before);
    lc_forecaster_free(&f);
    f = begun(LC_CYCLES_NONE, 1);
    lc_forecaster_fit(&f, &h, 0, N - 100, 20);
    errors_of(&f, &h, N - 100, after);
    for (size_t j = 0; j < LC_HORIZONS; j++) /* the wave has a variance of 0.5, the noise of 0.0025 */
        ck_assert_msg(after[j] < .012, "horizon %u: %g, not fitted %g", lc_horizon_rows[j], after[j], before[j]);
    lc_forecaster_free(&f);
    lc_history_free(&h);
}
END_TEST

/* Steps of 47 minutes: no horizon is a number of days, so that only the calendar knows the hour. */
START_TEST(learns_a_day_and_a_weekend_from_stamps)
{
    enum { N = 1500 };
    lc_history h = history_of(N, 47 * minute, .05, .1);
    ck_assert_int_eq(h.cycles, LC_CYCLES_DAY);
    lc_forecaster f = begun(h.cycles, 1);
    double mse[LC_HORIZONS];
    lc_forecaster_fit(&f, &h, 0, N - 300, 20);
    errors_of(&f, &h, N - 300, mse);
    for (size_t j = 0; j < LC_HORIZONS; j++) ck_assert_msg(mse[j] < .06, "horizon %u: %g", lc_horizon_rows[j], mse[j]);
    lc_forecaster_free(&f);
    lc_history_free(&h);
}
END_TEST

/* Without a fit, one row at a time: steps are small, yet it gets better. */
START_TEST(learns_row_by_row)
{
    enum { N = 3000 };
    lc_history h = history_of(N, 60 * minute, .05, 0);
    lc_forecaster f = begun(h.cycles, 1);
    double early[LC_HORIZONS] = {0}, late[LC_HORIZONS] = {0};
    for (uint64_t t = 1; t < N; t++) {
        float ahead[LC_HORIZONS];
        lc_forecaster_expect(&f, &h, 0, t, ahead);
        for (size_t j = 0; j < LC_HORIZONS; j++) {
            const double e = (double)ahead[j] - (double)h.z[t];
            if (t >= 100 && t < 300) early[j] += e * e;
            if (t >= N - 200) late[j] += e * e;
        }
        lc_forecaster_learn(&f, &h, t);
    }
    for (size_t j = 1; j < LC_HORIZONS; j++)
        ck_assert_msg(late[j] < .3 * early[j], "horizon %u: %g, then %g", lc_horizon_rows[j], early[j], late[j]);
    lc_forecaster_free(&f);
    lc_history_free(&h);
}
END_TEST

/* ---- what it may know ---- */

/* A horizon that reaches back before the first row has no forecast. */
START_TEST(rows_near_the_beginning)
{
    lc_history h = history_of(200, 60 * minute, .1, 0);
    lc_forecaster f = begun(h.cycles, 1);
    for (uint64_t first = 0; first <= 50; first += 25)
        for (uint64_t t = first; t < 200; t++) {
            float ahead[LC_HORIZONS];
            lc_forecaster_expect(&f, &h, first, t, ahead);
            for (size_t j = 0; j < LC_HORIZONS; j++)
                UNIT_MUST(t >= first + lc_horizon_rows[j] ? isfinite(ahead[j]) : isnan(ahead[j]),
                          "row %u from %u, horizon %zu: %g", (unsigned)t, (unsigned)first, j, (double)ahead[j]);
            lc_forecaster_learn(&f, &h, t);
        }
    lc_forecaster_fit(&f, &h, 0, 0, 20); /* nothing to learn from */
    lc_forecaster_fit(&f, &h, 7, 8, 20);
    lc_forecaster_free(&f);
    lc_history_free(&h);
}
END_TEST

/* The same rows, once as they come and once with 150 more behind them. */
START_TEST(later_rows_are_not_seen)
{
    enum { N = 400, FIT = 200, MORE = 150 };
    lc_history grown = {0}, whole = history_of(N + MORE, 60 * minute, .2, .1);
    lc_history_set_cycles(&grown, whole.cycles);
    lc_forecaster a = begun(whole.cycles, 9), b = begun(whole.cycles, 9);
    for (uint64_t t = 0; t < N; t++) {
        float x[LC_HORIZONS], z[LC_HORIZONS];
        /* The row's own value is not known yet, either. */
        add_row(&grown, whole.stamp[t], 1e6, 1e6f);
        lc_forecaster_expect(&a, &grown, 0, t, x);
        lc_forecaster_expect(&b, &whole, 0, t, z);
        UNIT_MUST(memcmp(x, z, sizeof x) == 0, "row %u", (unsigned)t);
        grown.y[t] = whole.y[t];
        grown.z[t] = whole.z[t];
        lc_forecaster_learn(&a, &grown, t);
        lc_forecaster_learn(&b, &whole, t);
        if (t + 1 != FIT) continue;
        lc_forecaster_fit(&a, &grown, 0, FIT, 20);
        lc_forecaster_fit(&b, &whole, 0, FIT, 20);
        UNIT_MUST(memcmp(a.online.w, b.online.w, a.net->params * sizeof *a.online.w) == 0, "the fit differs");
    }
    lc_forecaster_free(&a);
    lc_forecaster_free(&b);
    lc_history_free(&grown);
    lc_history_free(&whole);
}
END_TEST

/* What a missing row was taken for is seen, but never a target. */
START_TEST(missing_rows_are_no_targets)
{
    enum { N = 200 };
    lc_history h = {0};
    lc_forecaster f = begun(LC_CYCLES_NONE, 1);
    for (int i = 0; i < N; i++) add_row(&h, i, NAN, 1);
    float *before = malloc(f.net->params * sizeof *before), ahead[LC_HORIZONS];
    memcpy(before, f.online.w, f.net->params * sizeof *before);
    lc_forecaster_fit(&f, &h, 0, N, 20);
    lc_forecaster_expect(&f, &h, 0, N - 1, ahead);
    lc_forecaster_learn(&f, &h, N - 1);
    ck_assert(memcmp(before, f.online.w, f.net->params * sizeof *before) == 0);
    h.y[N - 1] = 1;
    lc_forecaster_learn(&f, &h, N - 1);
    ck_assert(memcmp(before, f.online.w, f.net->params * sizeof *before) != 0);
    free(before);
    lc_forecaster_free(&f);
    lc_history_free(&h);
}
END_TEST

/* ---- bits ---- */

/* The weights after a fit and some rows; the caller frees them. */
static float *trained(lc_forecaster *f, lc_cycles cycles, uint64_t seed)
{
    lc_history h = history_of(250, 60 * minute, .3, .1);
    lc_history_set_cycles(&h, cycles);
    ck_assert_int_eq(lc_forecaster_begin(f, cycles, seed, NULL), LC_OK);
    lc_forecaster_fit(f, &h, 0, 150, 20);
    double mse[LC_HORIZONS];
    errors_of(f, &h, 150, mse);
    float *w = malloc(f->net->params * sizeof *w);
    memcpy(w, f->online.w, f->net->params * sizeof *w);
    lc_history_free(&h);
    return w;
}

/* A fresh one and one that was used for something else, with this instruction set and, but for rounding, any other. */
START_TEST(same_bits_from_the_same_seed)
{
    float *base = NULL;
    for (size_t isa = 0; isa < ISA_COUNT; isa++) {
        if (!isa_at(isa)) continue;
        setenv("LOOMCAST_ISA", isa_at(isa)->isa, 1);
        lc_forecaster fresh = {0}, used = {0};
        free(trained(&used, LC_CYCLES_NONE, 5));
        free(trained(&used, LC_CYCLES_DAY, 6));
        float *a = trained(&fresh, LC_CYCLES_DAY, 7), *b = trained(&used, LC_CYCLES_DAY, 7);
        float *other = trained(&used, LC_CYCLES_DAY, 8);
        const size_t bytes = fresh.net->params * sizeof *a;
        ck_assert_msg(memcmp(a, b, bytes) == 0, "%s", isa_at(isa)->isa);
        ck_assert_msg(memcmp(a, other, bytes) != 0, "%s", isa_at(isa)->isa);
        free(b);
        free(other);
        free(base);
        base = a;
        lc_forecaster_free(&fresh);
        lc_forecaster_free(&used);
    }
    free(base);
}
END_TEST

START_TEST(rows_allocate_nothing)
{
    lc_history h = history_of(300, 60 * minute, .1, .1);
    lc_forecaster f = begun(h.cycles, 1);
    double mse[LC_HORIZONS];
    const size_t before = lc_allocations();
    lc_forecaster_fit(&f, &h, 0, 100, 20);
    errors_of(&f, &h, 100, mse);
    ck_assert_uint_eq(lc_allocations(), before);
    lc_forecaster_free(&f);
    lc_history_free(&h);
}
END_TEST

START_TEST(an_instruction_set_that_is_none)
{
    lc_forecaster f = {0};
    lc_status st = {0};
    setenv("LOOMCAST_ISA", "none", 1);
    ck_assert_int_eq(lc_forecaster_begin(&f, LC_CYCLES_DAY, 1, &st), LC_E_USAGE);
    ck_assert_msg(strstr(st.text, "LOOMCAST_ISA") != NULL, "%s", st.text);
    lc_forecaster_free(&f);
    unsetenv("LOOMCAST_ISA");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("forecaster");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, gradients_agree_with_differences, 0, 4);
    tcase_add_test(c, starts_as_the_last_value);
    tcase_add_test(c, learns_a_wave_without_stamps);
    tcase_add_test(c, learns_a_day_and_a_weekend_from_stamps);
    tcase_add_test(c, learns_row_by_row);
    tcase_add_test(c, rows_near_the_beginning);
    tcase_add_test(c, later_rows_are_not_seen);
    tcase_add_test(c, missing_rows_are_no_targets);
    tcase_add_test(c, same_bits_from_the_same_seed);
    tcase_add_test(c, rows_allocate_nothing);
    tcase_add_test(c, an_instruction_set_that_is_none);
    suite_add_tcase(s, c);
    return s;
}
