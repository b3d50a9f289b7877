/* By how much a model is better than the best of its rivals, and whether that is more than chance. */
#ifndef LC_FORECAST_VERDICT_H
#define LC_FORECAST_VERDICT_H

#include "base/status.h"

/* Errors of the model and of a rival on the same steps, summed. */
typedef struct lc_duel {
    double mine, theirs; /* absolute errors */
    size_t steps;
    double my_scaled, their_scaled; /* in units of MASE's denominator */
    size_t scaled_steps;
} lc_duel;

/* Duels by origin and rival. Series are not independent of each other, so what all of them say at one time is one
 * observation: origins of different series that lie within one stride are the same origin here. */
typedef struct lc_duels {
    size_t origins, rivals;
    lc_duel *duel; /* (origins, rivals) */
    /* Whose origins are at the same times, so that windows of different origins overlap only where `stride` says so. */
    bool aligned;
    size_t horizon, stride; /* rows */
} lc_duels;

lc_code lc_duels_create(lc_duels *d, size_t origins, size_t rivals, lc_status *st);
void lc_duels_free(lc_duels *d);

/* Adds one window: truth (horizon, NaN where not observed), the two forecasts, and MASE's denominator. */
void lc_duels_add(lc_duels *d, size_t origin, size_t rival, const double *truth, const double *mine,
                  const double *theirs, double scale);

/* The model's error over a rival's, on the rival's windows, in MASE where `scaled`, else in mean absolute error; NaN:
 * it was not scored. */
double lc_duels_ratio(const lc_duels *d, size_t rival, bool scaled);

/* Which rival does best relative to the model, in MASE, or in mean absolute error where MASE is not defined for any
 * series; SIZE_MAX: none was scored. Both are taken on the rival's windows. */
size_t lc_duels_best(const lc_duels *d, bool *scaled);

/* Fills all of the verdict but its names and the number of series. every: the rival took part in every so manyth origin
 * (slow ones, see rivals.h). The differences that are compared (compare.h) are those of an origin's summed errors over
 * the mean number of steps of an origin, so that their mean is the difference of the two errors. naive: the rival that
 * repeats the last value, SIZE_MAX: none. */
lc_code lc_verdict_of(lc_verdict *out, const lc_duels *d, size_t best, bool scaled, size_t every, size_t naive,
                      lc_status *st);

#endif
