/* How far a detection is, told as include/loomcast.h promises. */
#ifndef LC_API_DETECT_H
#define LC_API_DETECT_H

#include <math.h>

#include "loomcast.h"

typedef struct lc_detect_progress {
    lc_progress_fn tell;
    void *user;
} lc_detect_progress;

/* An lc_detection_progress_fn. */
static inline bool lc_tell_detect(void *user, size_t done, size_t all)
{
    const lc_detect_progress *p = user;
    const lc_progress now = {.rows = all, .rows_done = done, .train_loss = (double)NAN, .valid_loss = (double)NAN};
    return p->tell(p->user, &now);
}

#endif
