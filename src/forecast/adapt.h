/* Intervals that follow what became of earlier forecasts: adaptive conformal inference (Gibbs and Candes 2021), with
 * the logarithm of a width as what takes steps. Calibration says how wide intervals are when a model is new; from then
 * on each value that comes out beyond an interval of some level and step makes the next ones of that level and step
 * wider, each inside makes them narrower, in a proportion that only balances where as many lie inside as the level
 * says. */
#ifndef LC_FORECAST_ADAPT_H
#define LC_FORECAST_ADAPT_H

#include "forecast/interval.h"

enum {
    LC_ADAPT_LEVELS = 12,
    LC_ADAPT_ROWS = 7 /* what a window counts for at most: the next one may be another matter */
};

/* One series at a time, its origins in the order of time. */
typedef struct lc_adapt {
    size_t n, horizon;
    double percent[LC_ADAPT_LEVELS];
    double wider[LC_ADAPT_LEVELS], narrower[LC_ADAPT_LEVELS]; /* factors of a step */
    size_t order[LC_ADAPT_LEVELS];                            /* of the levels, ascending */
    size_t every;                                             /* origins from one that is followed to the next */
    size_t keep;                                              /* windows that may still wait for their truth */
    double *calibrated;                                       /* (n, horizon) half widths in units of the bands */
    double *factor;                                           /* (n, horizon) */
    double *half;                                             /* (n, horizon) what they make together, now */
    uint16_t *outcome;                                        /* (keep, horizon) */
    size_t *origin;                                           /* (keep) */
    size_t seen, known; /* origins of this series; rows whose truth has been heard */
} lc_adapt;

/* Levels in percent, n <= LC_ADAPT_LEVELS, of a model; origins are `stride` rows apart, `windows` of them at most.
 * rate: how far the logarithm of a width goes with a row from one origin to the next; 0: widths stay. */
lc_code lc_adapt_create(lc_adapt *a, const lc_calibration *c, const double *percent, size_t n, size_t horizon,
                        size_t stride, size_t windows, double rate, lc_status *st);
void lc_adapt_free(lc_adapt *a);

/* Another series: all as calibrated. */
void lc_adapt_begin(lc_adapt *a);

/* The rows before `origin` are known: a->half is what holds from there, never wider for a lower level. */
void lc_adapt_reach(lc_adapt *a, size_t origin);

/* The forecast from `origin`: step h of window `window` of the bands; truth (horizon), NaN: never known. */
void lc_adapt_push(lc_adapt *a, size_t origin, const double *truth, const lc_bands *b, size_t window);

#endif
