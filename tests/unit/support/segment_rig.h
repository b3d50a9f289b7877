/* Windows as segments, with room for one of them. */
#ifndef LC_TESTS_SEGMENT_RIG_H
#define LC_TESTS_SEGMENT_RIG_H

#include "data/segments.h"

typedef struct shape {
    size_t lookback, width, season, second, horizon;
} shape;

typedef struct rig {
    lc_panel *p;
    lc_scales scales;
    lc_windows w;
    lc_segments g;
    shape s;
    lc_segment_shape at;
    size_t stride; /* of steps, some more than a step has */
    float *x, *side, *target, *weight;
    double *center, *spread;
} rig;

/* All windows of the panel; targets from row `limit` on are not observed. */
rig *rig_create(lc_panel *p, lc_scaling how, shape s, size_t limit);
void rig_free(rig *r);

/* Fills one window. Every cell is spoilt before: what is not written, or written beside, fails the test. */
void rig_fill(rig *r, size_t series, size_t origin);

/* Value and departure of row t of the window. */
float rig_u(const rig *r, size_t t);
float rig_v(const rig *r, size_t t);

#endif
