#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "ref/ref_lstm.h"
#include "train/optimizer.h"
#include "unit/support/isa.h"
#include "unit/support/unit.h"

/* Reduce, Adam, the rectifier and the loss of quantiles: loops over flat blocks, each test once for every instruction
 * set. */

static void draw(float *to, size_t n, uint64_t index)
{
    lc_rng r = lc_rng_make(6, LC_STREAM_TEST, index);
    for (size_t i = 0; i < n; i++) to[i] = (float)lc_rng_normal(&r);
}

/* Bit for bit: the same gradient at any thread count hangs on this order. */
START_TEST(reduce_sums_in_the_order_of_parts)
{
    enum { PARTS = 7, SIZE = 300 };
    const lc_kernels *k = isa_at((size_t)_i);
    static float part[PARTS][SIZE], out[SIZE], want[SIZE];
    const float *parts[PARTS];
    for (size_t p = 0; p < PARTS; p++) parts[p] = part[p];
    for (size_t n = 0; k && n <= 230; n += n < 40 ? 1 : 19)
        for (size_t parts_n = 1; parts_n <= PARTS; parts_n++)
            for (size_t offset = 0; offset <= 48; offset += 16) {
                /* Sizes far apart, so that another order of summing gives other bits. */
                for (size_t p = 0; p < PARTS; p++) {
                    draw(part[p], SIZE, n * 1000 + p * 10 + offset);
                    for (size_t i = 0; i < SIZE; i++) part[p][i] *= powf(10, (float)((p * 3) % PARTS));
                }
                draw(out, SIZE, 1);
                memcpy(want, out, sizeof want);
                double squares = 0;
                for (size_t i = 0; i < n; i++) {
                    float sum = part[0][offset + i];
                    for (size_t p = 1; p < parts_n; p++) sum += part[p][offset + i];
                    want[offset + i] = sum;
                    squares += (double)sum * (double)sum;
                }
                double got = k->reduce(n, parts, parts_n, offset, out);
                UNIT_MUST(memcmp(out, want, sizeof want) == 0, "%s: %zu numbers of %zu parts", k->isa, n, parts_n);
                UNIT_MUST(fabs(got - squares) <= 1e-14 * squares, "%s: %zu squares: %.17g, wanted %.17g", k->isa, n,
                          got, squares);
            }
}
END_TEST

START_TEST(reduce_shows_what_is_not_finite)
{
    const lc_kernels *k = isa_at((size_t)_i);
    float a[40], b[40], out[40];
    const float *parts[] = {a, b};
    for (size_t i = 0; k && i < 40; i++)
        for (int what = 0; what < 3; what++) {
            draw(a, 40, 1);
            draw(b, 40, 2);
            b[i] = what == 0 ? NAN : what == 1 ? -INFINITY : 3e38f;
            if (what == 2) a[i] = 3e38f; /* overflows in the sum */
            UNIT_MUST(!isfinite(k->reduce(40, parts, 2, 0, out)), "%s: element %zu", k->isa, i);
        }
}
END_TEST

START_TEST(adam_agrees_with_the_reference)
{
    enum { N = 173, STEPS = 40 };
    const lc_kernels *k = isa_at((size_t)_i);
    if (!k) return;
    const double rates[] = {1e-3, 0.1, 1e-6, 1e-3, 0.1}, decays[] = {0, 0, 0, 0.01, 2};
    double most = 0;
    for (size_t v = 0; v < 5; v++) {
        float w[N], g[N];
        double ww[N], gg[N], m1[N] = {0}, m2[N] = {0};
        lc_adam adam;
        ck_assert(lc_adam_create(&adam, N));
        draw(w, N, 77);
        for (size_t i = 0; i < N; i++) ww[i] = (double)w[i];
        for (size_t step = 1; step <= STEPS; step++) {
            double scale = 1 / (double)(step + 2);
            draw(g, N, 100 + step);
            for (size_t i = 0; i < N; i++) {
                g[i] *= powf(10, (float)(i % 9) - 6);
                if (i % 13 == 0) g[i] = 0; /* 0 / (0 + eps) */
                gg[i] = scale * (double)g[i];
            }
            for (size_t i = 0; i < N; i++) ww[i] -= rates[v] * decays[v] * ww[i]; /* AdamW: w = w - rate decay w */
            ref_adam_step(N, ww, gg, m1, m2, step, rates[v]);
            lc_adam_begin(&adam);
            /* In uneven slices, as threads do it. */
            lc_adam_update(&adam, k, 100, 0, w, g, scale, rates[v], decays[v]);
            lc_adam_update(&adam, k, N - 100, 100, w, g, scale, rates[v], decays[v]);
            for (size_t i = 0; i < N; i++) {
                /* A weight moves by about one rate a step and is rounded to float each time, three times with decay. */
                double way = rates[v] * (double)step, ulps = decays[v] > 0 ? 3 : 1;
                double rounding = 6e-8 * ulps * (double)step * fabs(ww[i]);
                double error = fmax(0, fabs((double)w[i] - ww[i]) - rounding) / way;
                most = fmax(most, error);
                UNIT_MUST(error < 1e-6, "%s: step %zu at rate %g, weight %zu is %.9g, wanted %.9g", k->isa, step,
                          rates[v], i, (double)w[i], ww[i]);
            }
        }
        lc_adam_free(&adam);
    }
    printf("  %-7s Adam: largest error %.1e of the way gone, beside rounding\n", k->isa, most);
}
END_TEST

/* The elements' bits must not depend on where a slice starts or ends. */
START_TEST(adam_does_not_depend_on_the_slice)
{
    enum { N = 96 };
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t cut = 0; k && cut <= N; cut++) {
        float w[2][N], g[N], m[2][N], v[2][N];
        draw(w[0], N, 1);
        draw(g, N, 2);
        draw(m[0], N, 3);
        for (size_t i = 0; i < N; i++) v[0][i] = m[0][i] * m[0][i];
        memcpy(w[1], w[0], sizeof w[0]);
        memcpy(m[1], m[0], sizeof m[0]);
        memcpy(v[1], v[0], sizeof v[0]);
        k->adam(N, w[0], g, m[0], v[0], .99f, .3f, .01f, .9, .999, 2.0f, 1e-8f);
        k->adam(cut, w[1], g, m[1], v[1], .99f, .3f, .01f, .9, .999, 2.0f, 1e-8f);
        k->adam(N - cut, w[1] + cut, g + cut, m[1] + cut, v[1] + cut, .99f, .3f, .01f, .9, .999, 2.0f, 1e-8f);
        ck_assert(memcmp(w[0], w[1], sizeof w[0]) == 0);
        ck_assert(memcmp(m[0], m[1], sizeof m[0]) == 0 && memcmp(v[0], v[1], sizeof v[0]) == 0);
    }
}
END_TEST

/* average += share (w - average), to a rounding or two and whatever the slice. */
START_TEST(average_moves_by_its_share)
{
    enum { N = 96 };
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t cut = 0; k && cut <= N; cut++)
        for (size_t v = 0; v < 4; v++) {
            const float share = (const float[]){0, .05f, .7f, 1}[v];
            float average[3][N], w[N];
            draw(average[0], N, 1);
            draw(w, N, 2);
            memcpy(average[1], average[0], sizeof average[0]);
            memcpy(average[2], average[0], sizeof average[0]);
            k->average(N, average[1], w, share);
            k->average(cut, average[2], w, share);
            k->average(N - cut, average[2] + cut, w + cut, share);
            ck_assert(memcmp(average[1], average[2], sizeof w) == 0);
            for (size_t i = 0; i < N; i++) {
                const double was = (double)average[0][i], now = (double)average[1][i], to = (double)w[i];
                UNIT_MUST(fabs(now - (was + (double)share * (to - was))) <= 2e-7 * (fabs(was) + fabs(to)),
                          "%s: %g moved to %g, by %g of the way to %g", k->isa, was, now, (double)share, to);
            }
        }
}
END_TEST

/* Numbers of both signs, zeros and what is no number, at every place of a vector and of what is left over. */
START_TEST(the_rectifier_keeps_what_is_no_number)
{
    enum { N = 70 };
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t n = 0; k && n < N; n++) {
        float x[N], dy[N], y[N], dx[N];
        draw(x, N, n);
        draw(dy, N, n + 100);
        for (size_t i = n % 7; i < N; i += 7) x[i] = (const float[]){NAN, 0, -0.0f, INFINITY, -INFINITY}[i % 5];
        for (size_t i = 0; i < N; i++) y[i] = dx[i] = 1234;
        k->relu(n, x, y);
        k->relu_backward(n, y, dy, dx);
        for (size_t i = 0; i < N; i++) {
            const float want = i >= n ? 1234 : isnan(x[i]) ? NAN : fmaxf(x[i], 0);
            const float slope = i >= n ? 1234 : x[i] <= 0 ? 0 : dy[i];
            UNIT_MUST(isnan(want) ? isnan(y[i]) : y[i] == want, "%s: %zu of %zu: %g of %g", k->isa, i, n, (double)y[i],
                      (double)x[i]);
            UNIT_MUST(dx[i] == slope, "%s: %zu of %zu: slope %g, wanted %g", k->isa, i, n, (double)dx[i],
                      (double)slope);
        }
    }
}
END_TEST

START_TEST(pinball_agrees_with_its_definition)
{
    enum { N = 70 };
    const lc_kernels *k = isa_at((size_t)_i);
    for (size_t n = 0; k && n < N; n++) {
        const float above = (float)(n % 9 + 1) / 10, below = 1 - above;
        float y[N], delta[N], target[N], weight[N], slope[N];
        draw(y, N, n);
        draw(delta, N, n + 100);
        draw(target, N, n + 200);
        for (size_t i = 0; i < N; i++) {
            weight[i] = 0.5f + (float)(i % 4);
            slope[i] = 1234;
            if (i % 5 == n % 5) target[i] = NAN;                        /* not observed */
            if (i % 11 == 3) delta[i] = 0, y[i] = target[i] = (float)i; /* met exactly */
        }
        double want = 0;
        const double got = k->pinball(n, above, below, y, delta, target, weight, slope);
        for (size_t i = 0; i < N; i++) {
            const double e = (double)weight[i] * ((double)target[i] - ((double)y[i] + (double)delta[i]));
            const double loss = isnan(e) ? 0 : e > 0 ? (double)above * e : -(double)below * e;
            const float down = i >= n ? 1234 : e > 0 ? -(weight[i] * above) : e < 0 ? weight[i] * below : 0;
            if (i < n) want += loss;
            UNIT_MUST(slope[i] == down, "%s: slope %zu of %zu is %g, wanted %g", k->isa, i, n, (double)slope[i],
                      (double)down);
        }
        UNIT_MUST(fabs(got - want) <= 1e-5 * (1 + want), "%s: %zu targets: %.9g, wanted %.9g", k->isa, n, got, want);
        UNIT_MUST(k->pinball(n, above, below, y, delta, target, weight, NULL) == got, "%s: without a slope", k->isa);
    }
}
END_TEST

START_TEST(pinball_shows_a_forecast_that_is_no_number)
{
    enum { N = 20 };
    const lc_kernels *k = isa_at((size_t)_i);
    const float none[N] = {0}, one[N] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    for (size_t i = 0; k && i < N; i++) {
        float y[N] = {0}, target[N] = {0};
        y[i] = NAN;
        UNIT_MUST(isnan(k->pinball(N, .9f, .1f, y, none, target, one, NULL)), "%s: forecast %zu", k->isa, i);
        target[i] = NAN;
        UNIT_MUST(k->pinball(N, .9f, .1f, y, none, target, one, NULL) == 0, "%s: target %zu", k->isa, i);
    }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("flat kernels");
    TCase *c = tcase_create("each instruction set");
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, reduce_sums_in_the_order_of_parts, 0, ISA_COUNT);
    tcase_add_loop_test(c, reduce_shows_what_is_not_finite, 0, ISA_COUNT);
    tcase_add_loop_test(c, adam_agrees_with_the_reference, 0, ISA_COUNT);
    tcase_add_loop_test(c, adam_does_not_depend_on_the_slice, 0, ISA_COUNT);
    tcase_add_loop_test(c, average_moves_by_its_share, 0, ISA_COUNT);
    tcase_add_loop_test(c, the_rectifier_keeps_what_is_no_number, 0, ISA_COUNT);
    tcase_add_loop_test(c, pinball_agrees_with_its_definition, 0, ISA_COUNT);
    tcase_add_loop_test(c, pinball_shows_a_forecast_that_is_no_number, 0, ISA_COUNT);
    suite_add_tcase(s, c);
    return s;
}
