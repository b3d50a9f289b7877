#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nn/layer.h"
#include "unit/support/activations.h"
#include "unit/support/unit.h"

enum { D_STEPS = 6, D_ROWS = 50, D_WIDTH = 48 };

/* Which units dropout passes on: y (steps, rows, width) of an x of ones. */
static void dropped(float *y, double rate, uint64_t noise, size_t rows)
{
    lc_layer l = {.kind = lc_layer_find("dropout"), .steps = D_STEPS, .inputs = D_WIDTH, .outputs = D_WIDTH};
    l.rate = rate;
    size_t ld = lc_stride(D_WIDTH), n = D_STEPS * rows * ld;
    float *x = activations(n, D_WIDTH), *out = activations(n, D_WIDTH), *saved = block(l.kind->saved(&l, rows, true));
    for (size_t i = 0; i < n; i++) x[i] = 1;
    lc_pass p = {.rows = rows, .room = rows, .keep = true, .noise = noise, .x = x, .y = out, .saved = saved};
    l.kind->forward(&l, &p);
    for (size_t i = 0; i < D_STEPS * rows; i++) memcpy(y + i * D_WIDTH, out + i * ld, D_WIDTH * sizeof *y);
    free_activations(x);
    free_activations(out);
    free(saved);
}

START_TEST(dropout_keeps_the_mean)
{
    enum { N = D_STEPS * D_ROWS * D_WIDTH };
    static float y[N];
    const double rates[] = {0.05, 0.3, 0.5, 0.95};
    for (uint64_t i = 0; i < 40; i++) {
        double rate = rates[i % 4], sum = 0;
        size_t zeros = 0;
        dropped(y, rate, lc_hash64(i + 1), D_ROWS);
        for (size_t e = 0; e < N; e++) {
            zeros += y[e] == 0 ? 1 : 0;
            sum += (double)y[e];
            UNIT_MUST(y[e] == 0 || fabs((double)y[e] * (1 - rate) - 1) < 1e-6, "a unit became %g", (double)y[e]);
        }
        double sd = sqrt(rate * (1 - rate) / N);
        UNIT_MUST(fabs((double)zeros / N - rate) < 4.5 * sd, "%zu of %d dropped at rate %g", zeros, N, rate);
        UNIT_MUST(fabs(sum / N - 1) < 4.5 * sd / (1 - rate), "mean %g at rate %g", sum / N, rate);
    }
}
END_TEST

/* Share of units on which two draws agree, as for independent ones: both dropped, or both kept. */
static void check_apart(const float *a, const float *b, size_t n, double rate, const char *what)
{
    size_t same = 0;
    for (size_t i = 0; i < n; i++) same += (a[i] == 0) == (b[i] == 0) ? 1 : 0;
    double p = rate * rate + (1 - rate) * (1 - rate);
    UNIT_MUST(fabs((double)same / (double)n - p) < 5 * sqrt(p * (1 - p) / (double)n), "%s: %zu of %zu agree", what,
              same, n);
}

START_TEST(dropout_is_drawn_anew)
{
    enum { N = D_STEPS * D_ROWS * D_WIDTH, STEP = D_ROWS * D_WIDTH };
    static float a[N], b[N];
    dropped(a, .4, 1, D_ROWS);
    dropped(b, .4, 2, D_ROWS);
    check_apart(a, b, N, .4, "another minibatch");
    check_apart(a, a + STEP, STEP, .4, "another step");
    check_apart(a, a + D_WIDTH, N - D_WIDTH, .4, "another row");
    check_apart(a, a + 1, N - 1, .4, "another unit");
    /* A row's noise moves with it: row 7 of the whole is row 0 of a shard that starts there (train/engine.c). */
    dropped(b, .4, 1 + 7 * 0x9e3779b97f4a7c15u, 3);
    for (size_t t = 0; t < D_STEPS; t++)
        UNIT_MUST(memcmp(b + t * 3 * D_WIDTH, a + (t * D_ROWS + 7) * D_WIDTH, 3 * D_WIDTH * sizeof *a) == 0,
                  "step %zu depends on the shard", t);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("dropout");
    TCase *c = tcase_create("dropout");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, dropout_keeps_the_mean);
    tcase_add_test(c, dropout_is_drawn_anew);
    suite_add_tcase(s, c);
    return s;
}
