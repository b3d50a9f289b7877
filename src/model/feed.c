#include "model/feed.h"

#include <string.h>

static bool is_on(const char *text)
{
    return strcmp(text, "on") == 0;
}

static bool is_segmented(const lc_settings *s)
{
    return strcmp(s->arch, "auto") == 0;
}

lc_code lc_feed_create(lc_feed *f, const lc_windows *w, size_t first, size_t n, const lc_settings *s, lc_status *st)
{
    *f = (lc_feed){.windows = w, .segmented = is_segmented(s)};
    if (!f->segmented) return LC_OK;
    const bool base = is_on(s->seasonal_base);
    return lc_segments_create(&f->segments, w, first, n, s->segment, base ? s->season : 0,
                              base && s->second > 1 ? s->second : 0, st);
}

void lc_feed_free(lc_feed *f)
{
    if (f->segmented) lc_segments_free(&f->segments);
    *f = (lc_feed){0};
}

lc_segment_shape lc_feed_shape(const lc_settings *s, lc_covariate_counts n)
{
    if (!is_segmented(s)) return (lc_segment_shape){.steps = s->lookback, .inputs = 1 + n.all};
    return lc_segments_shape(n, s->lookback, s->horizon, s->segment, is_on(s->seasonal_base));
}

lc_scaling lc_feed_scaling(const lc_settings *s)
{
    if (strcmp(s->transform, "log") == 0) return LC_SCALE_LOG;
    return is_segmented(s) ? LC_SCALE_LEVEL : LC_SCALE_SD;
}

void lc_feed_fill(const lc_feed *f, size_t series, size_t origin, const lc_rows *to, size_t i, double *center,
                  double *spread)
{
    const size_t horizon = f->windows->horizon;
    float *x = to->x + i * to->row_stride, *target = to->target ? to->target + i * horizon : NULL;
    if (f->segmented) {
        const lc_segment_rows rows = {.x = x,
                                      .step_stride = to->step_stride,
                                      .side = to->side + i * to->side_stride,
                                      .target = target,
                                      .weight = target ? to->weight + i * horizon : NULL,
                                      .center = center,
                                      .spread = spread};
        lc_segments_fill(&f->segments, series, origin, &rows);
        return;
    }
    const lc_window_scale scale = lc_windows_fill(f->windows, series, origin, x, to->step_stride, target);
    for (size_t h = 0; h < horizon; h++) {
        if (center) center[h] = scale.center;
        if (spread) spread[h] = scale.spread;
    }
}
