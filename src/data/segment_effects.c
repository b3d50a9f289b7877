#include <math.h>

#include "base/cholesky.h"
#include "base/memory.h"
#include "data/segments.h"

enum { MOST_WINDOWS = 2000 };

typedef struct equations {
    size_t n;
    double *a, *b; /* (n, n), (n) */
    double seen;
} equations;

/* One window: its side inputs (n, horizon) and targets (horizon). */
static void add_window(equations *e, const float *side, const float *target, size_t horizon)
{
    for (size_t h = 0; h < horizon; h++) {
        if (isnan(target[h])) continue;
        e->seen++;
        for (size_t i = 0; i < e->n; i++) {
            const double x = (double)side[i * horizon + h];
            e->b[i] += x * (double)target[h];
            for (size_t j = 0; j <= i; j++) e->a[i * e->n + j] += x * (double)side[j * horizon + h];
        }
    }
}

lc_code lc_segments_effects(const lc_segments *g, double *effect, lc_status *st)
{
    const lc_windows *w = g->windows;
    const lc_covariate_counts covariates = lc_panel_covariates(w->panel);
    const lc_segment_shape shape = lc_segments_shape(covariates, w->lookback, w->horizon, g->width, g->season > 0);
    const size_t n = shape.side / w->horizon, stride = w->n > MOST_WINDOWS ? w->n / MOST_WINDOWS : 1;
    equations e = {.n = n, .a = lc_calloc(n * n, sizeof *e.a), .b = lc_calloc(n, sizeof *e.b)};
    float *x = lc_calloc(shape.steps * shape.inputs, sizeof *x), *side = lc_calloc(shape.side, sizeof *side);
    float *target = lc_calloc(w->horizon, sizeof *target);
    const lc_code code = e.a && e.b && x && side && target ? LC_OK : lc_fail_memory(st);
    const lc_segment_rows to = {.x = x, .step_stride = shape.inputs, .side = side, .target = target};
    for (size_t i = 0; code == LC_OK && i < w->n; i += stride) {
        size_t series, origin;
        lc_windows_at(w, i, &series, &origin);
        lc_segments_fill(g, series, origin, &to);
        add_window(&e, side, target, w->horizon);
    }
    if (code == LC_OK) {
        const double ridge = 0.01 * e.seen + 1; /* effects of covariates that say the same are shared */
        for (size_t i = 0; i < n; i++) e.a[i * n + i] += ridge;
        lc_cholesky_solve(e.a, e.b, n);
        for (size_t i = 0; i < n; i++) effect[i] = isfinite(e.b[i]) ? e.b[i] : 0;
    }
    lc_free(target);
    lc_free(side);
    lc_free(x);
    lc_free(e.b);
    lc_free(e.a);
    return code;
}
