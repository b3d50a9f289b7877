#include "forecast/blend.h"

#include <math.h>

#include "forecast/skill.h"
#include "forecast/statistical.h"

lc_code lc_blend_choose(lc_model *m, const lc_windows *w, size_t threads, lc_status *st)
{
    if (!isnan(m->settings->blend)) return LC_OK;
    lc_bands b;
    double own = 0, theta = 0, naive = 0;
    m->settings->blend = 0;
    lc_code code = lc_bands_create(&b, w->n, w->horizon, st);
    if (code == LC_OK) code = lc_predict(m, w, 0, w->n, threads, &b, st);
    if (code == LC_OK) own = lc_skill_error(w, b.point);
    if (code == LC_OK) code = lc_statistical_blend(m, w, 0, w->n, threads, 1, &b, st);
    if (code == LC_OK) theta = lc_skill_error(w, b.point);
    if (code == LC_OK) code = lc_skill_baseline(&naive, w, lc_baseline_find("naive"), 1, b.point, st);
    lc_bands_free(&b);
    const double best = fmin(naive, theta), r = best > 0 ? own / best : own > 0 ? INFINITY : 0;
    if (code == LC_OK && isfinite(r)) m->settings->blend = 1 - 1 / (1 + r * r * r * r);
    else if (code == LC_OK) m->settings->blend = 1;
    return code;
}
