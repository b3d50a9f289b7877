#include "unit/support/segment_rig.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "unit/support/unit.h"

enum { SPARE = 3 };

rig *rig_create(lc_panel *p, lc_scaling how, shape s, size_t limit)
{
    rig *r = calloc(1, sizeof *r);
    lc_span *span = calloc(p->n_series, sizeof *span);
    r->p = p;
    r->s = s;
    for (size_t i = 0; i < p->n_series; i++) span[i] = (lc_span){1, p->series[i].steps, limit};
    ck_assert_int_eq(lc_scales_fit(&r->scales, p, NULL, how, NULL), LC_OK);
    ck_assert_int_eq(lc_windows_create(&r->w, p, &r->scales, s.lookback, s.horizon, true, span, 1, NULL), LC_OK);
    ck_assert_int_eq(lc_segments_create(&r->g, &r->w, 0, r->w.n, s.width, s.season, s.second, NULL), LC_OK);
    free(span);
    r->at = lc_segments_shape(lc_panel_covariates(p), s.lookback, s.horizon, s.width, s.season > 0);
    r->stride = r->at.inputs + SPARE;
    r->x = calloc(r->at.steps * r->stride, sizeof *r->x);
    r->side = calloc(r->at.side + 1, sizeof *r->side);
    r->target = calloc(s.horizon, sizeof *r->target);
    r->weight = calloc(s.horizon, sizeof *r->weight);
    r->center = calloc(s.horizon, sizeof *r->center);
    r->spread = calloc(s.horizon, sizeof *r->spread);
    return r;
}

void rig_free(rig *r)
{
    void *all[] = {r->x, r->side, r->target, r->weight, r->center, r->spread};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) free(all[i]);
    lc_segments_free(&r->g);
    lc_windows_free(&r->w);
    lc_scales_free(&r->scales);
    free(r);
}

void rig_fill(rig *r, size_t series, size_t origin)
{
    for (size_t i = 0; i < r->at.steps * r->stride; i++) r->x[i] = i % r->stride < r->at.inputs ? NAN : 77;
    for (size_t i = 0; i < r->at.side; i++) r->side[i] = NAN;
    r->side[r->at.side] = 77;
    const lc_segment_rows to = {r->x, r->stride, r->side, r->target, r->weight, r->center, r->spread};
    lc_segments_fill(&r->g, series, origin, &to);
    for (size_t i = 0; i < r->at.steps * r->stride; i++)
        UNIT_MUST(i % r->stride < r->at.inputs ? isfinite(r->x[i]) : r->x[i] == 77, "input %zu is %g", i,
                  (double)r->x[i]);
    for (size_t i = 0; i < r->at.side; i++) UNIT_MUST(isfinite(r->side[i]), "side input %zu", i);
    ck_assert(r->side[r->at.side] == 77);
}

float rig_u(const rig *r, size_t t)
{
    return r->x[t / r->s.width * r->stride + t % r->s.width];
}

float rig_v(const rig *r, size_t t)
{
    return r->x[t / r->s.width * r->stride + r->s.width + t % r->s.width];
}
