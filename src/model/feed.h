/* What a model's network sees of windows, as its settings say: rows one by one, or segments. */
#ifndef LC_MODEL_FEED_H
#define LC_MODEL_FEED_H

#include "base/settings.h"
#include "data/segments.h"
#include "model/infer.h"

typedef struct lc_feed {
    const lc_windows *windows;
    bool segmented;
    lc_segments segments;
} lc_feed;

/* For the n windows from `first` on. Looks into the windows, which must outlive it. */
lc_code lc_feed_create(lc_feed *f, const lc_windows *w, size_t first, size_t n, const lc_settings *s, lc_status *st);
void lc_feed_free(lc_feed *f);

/* Sizes of such a network's inputs: steps, width of a step, and what it has besides. */
lc_segment_shape lc_feed_shape(const lc_settings *s, lc_covariate_counts n);

/* How series are scaled for it. */
lc_scaling lc_feed_scaling(const lc_settings *s);

/* The window with this origin to row i of `to`. center, spread (horizon), unless NULL: the transformed value
 * (lc_scale_transform) is center + spread * output. */
void lc_feed_fill(const lc_feed *f, size_t series, size_t origin, const lc_rows *to, size_t i, double *center,
                  double *spread);

#endif
