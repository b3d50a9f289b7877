#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ref/ref_lstm.h"
#include "unit/support/golden.h"
#include "unit/support/unit.h"

/* The reference in double precision against what PyTorch computed in double precision and stored as float. */
static const double tolerance = 1e-6;

static double *widen(const float *data, size_t n)
{
    double *p = malloc((n + !n) * sizeof *p);
    ck_assert_ptr_nonnull(p);
    for (size_t i = 0; i < n; i++) p[i] = (double)data[i];
    return p;
}

/* The largest difference relative to the largest element wanted; an all-zero block must be met exactly. */
static double distance(size_t n, const double *got, const float *want)
{
    double most = 0, scale = 0;
    for (size_t i = 0; i < n; i++) {
        double d = fabs(got[i] - (double)want[i]);
        if (!(d <= most)) most = d;
        scale = fmax(scale, fabs((double)want[i]));
    }
    return scale > 0 ? most / scale : most > 0 ? INFINITY : 0;
}

static enum ref_loss loss_kind(const char *name)
{
    if (strcmp(name, "mae") == 0) return REF_MAE;
    if (strcmp(name, "huber") == 0) return REF_HUBER;
    ck_assert_str_eq(name, "mse");
    return REF_MSE;
}

static struct ref_lstm twin_of(const struct golden *g)
{
    struct ref_lstm m = {g->inputs, g->hidden, g->layers, g->outputs, NULL};
    m.w = malloc(ref_param_count(&m) * sizeof *m.w);
    ck_assert_ptr_nonnull(m.w);
    ck_assert_uint_eq(ref_tensor_count(&m), g->params);
    size_t covered = 0;
    for (size_t i = 0; i < g->params; i++) {
        struct ref_tensor t = ref_tensor_at(&m, i);
        ck_assert_str_eq(t.name, g->param[i].name);
        ck_assert_uint_eq(t.rows, g->param[i].rows);
        ck_assert_uint_eq(t.columns, g->param[i].columns);
        ck_assert_uint_eq(t.offset, covered);
        for (size_t k = 0; k < g->param[i].size; k++) m.w[t.offset + k] = (double)g->param[i].data[k];
        covered += g->param[i].size;
    }
    ck_assert_uint_eq(covered, ref_param_count(&m));
    return m;
}

static void check_after(const struct golden *g, struct ref_lstm *m, const double *x, const double *y)
{
    size_t n = ref_param_count(m);
    double *grad = calloc(n, sizeof *grad), *m1 = calloc(n, sizeof *m1), *m2 = calloc(n, sizeof *m2);
    for (size_t step = 1; step <= g->adam_steps; step++) {
        ref_backward(m, loss_kind(g->loss_name), g->batch, g->steps, x, y, grad);
        ref_clip(n, grad, g->adam_clip);
        ref_adam_step(n, m->w, grad, m1, m2, step, g->adam_lr);
    }
    double most = 0;
    for (size_t i = 0; i < g->params; i++) {
        double d = distance(g->param[i].size, m->w + ref_tensor_at(m, i).offset, g->param[i].after);
        ck_assert_msg(d < tolerance, "%s: %s after %zu steps is off by %g", g->name, g->param[i].name, g->adam_steps,
                      d);
        most = fmax(most, d);
    }
    printf("  %-18s after %zu steps of Adam %.1e\n", g->name, g->adam_steps, most);
    free(grad);
    free(m1);
    free(m2);
}

static void check_file(const char *path)
{
    struct golden g;
    golden_read(&g, path);
    struct ref_lstm m = twin_of(&g);
    double *x = widen(g.x, g.batch * g.steps * g.inputs), *y = widen(g.y, g.batch * g.outputs);
    double *out = calloc(g.batch * g.outputs, sizeof *out), *grad = calloc(ref_param_count(&m), sizeof *grad);
    enum ref_loss kind = loss_kind(g.loss_name);

    ref_forward(&m, g.batch, g.steps, x, out);
    double d_out = distance(g.batch * g.outputs, out, g.out);
    ck_assert_msg(d_out < tolerance, "%s: the output is off by %g", g.name, d_out);
    double loss = ref_loss(kind, g.batch * g.outputs, out, y);
    ck_assert_msg(distance(1, &loss, &g.loss) < tolerance, "%s: loss %.9g, PyTorch %.9g", g.name, loss, (double)g.loss);
    double again = ref_backward(&m, kind, g.batch, g.steps, x, y, grad);
    ck_assert_double_eq(again, loss);
    double most = 0;
    for (size_t i = 0; i < g.params; i++) {
        double d = distance(g.param[i].size, grad + ref_tensor_at(&m, i).offset, g.param[i].grad);
        ck_assert_msg(d < tolerance, "%s: the gradient of %s is off by %g", g.name, g.param[i].name, d);
        most = fmax(most, d);
    }
    printf("  %-18s output %.1e, gradient %.1e\n", g.name, d_out, most);
    if (g.adam_steps) check_after(&g, &m, x, y);
    free(x);
    free(y);
    free(out);
    free(grad);
    free(m.w);
    golden_free(&g);
}

START_TEST(reference_agrees_with_pytorch)
{
    char **paths;
    size_t n = golden_list(&paths);
    for (size_t i = 0; i < n; i++) check_file(paths[i]);
    golden_free_list(paths, n);
}
END_TEST

/* A folder that lost its files would else pass in silence. */
START_TEST(golden_files_cover_the_ground)
{
    char **paths;
    size_t n = golden_list(&paths), losses[3] = {0}, deepest = 0, widest = 0, missing = 0, trained = 0;
    ck_assert_uint_ge(n, 8);
    for (size_t i = 0; i < n; i++) {
        struct golden g;
        golden_read(&g, paths[i]);
        losses[loss_kind(g.loss_name)]++;
        if (g.layers > deepest) deepest = g.layers;
        if (g.hidden > widest) widest = g.hidden;
        missing += g.missing;
        trained += g.adam_steps > 0;
        golden_free(&g);
    }
    golden_free_list(paths, n);
    ck_assert(losses[REF_MSE] && losses[REF_MAE] && losses[REF_HUBER]);
    ck_assert_uint_ge(deepest, 3);
    ck_assert_uint_ge(widest, 33);
    ck_assert_uint_gt(missing, 0);
    ck_assert_uint_gt(trained, 0);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("reference against PyTorch");
    TCase *c = tcase_create("golden files");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, reference_agrees_with_pytorch);
    tcase_add_test(c, golden_files_cover_the_ground);
    suite_add_tcase(s, c);
    return s;
}
