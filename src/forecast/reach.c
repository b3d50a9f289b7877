#include "forecast/reach.h"

#include <math.h>
#include <string.h>

/* With the scale of the training the network knows nothing of levels that it never saw. With a window's own scale only
 * its spread has a floor (LC_LEAST_VARIANCE); the default architecture's numbers end at a million (lc_bounded). */
static bool is_out(const lc_settings *s, lc_scale learned, lc_scale found)
{
    const double FAR = 20, FARTHEST = 5e5, FLAT = 0.01;
    const bool plain = strcmp(s->arch, "lstm") == 0;
    if (learned.log || !(learned.sd > 0)) return false;
    const double away = fabs(found.mean - learned.mean) / learned.sd;
    if (plain && strcmp(s->norm, "series") == 0) return away > FAR;
    return plain ? away > FAR && found.sd < FLAT * learned.sd : away > FARTHEST;
}

lc_code lc_reach_of(lc_reach *out, const lc_model *m, const lc_panel *p, lc_status *st)
{
    lc_scales scales;
    size_t unknown;
    *out = (lc_reach){.series = SIZE_MAX};
    lc_code code = lc_model_scales(m, p, NULL, &scales, &unknown, st);
    if (code != LC_OK || !m->net) {
        if (code == LC_OK) lc_scales_free(&scales);
        return code;
    }
    for (size_t i = 0; i < p->n_series; i++) {
        const lc_series *s = &p->series[i];
        const lc_scale found = lc_scale_fit(s->y, s->mask, s->steps);
        if (!is_out(m->settings, scales.series[i], found)) continue;
        if (out->n++) continue;
        out->series = i;
        out->learned = scales.series[i].mean;
        out->found = found.mean;
    }
    lc_scales_free(&scales);
    return LC_OK;
}
