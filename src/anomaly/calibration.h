/* What a fused score means: how often a series without anomalies would reach it. Peaks over a threshold U come at some
 * rate and exceed it by an exponential law (the peaks-over-threshold method, e.g. Leadbetter 1991); rate and scale are
 * those of a series' own past peaks, held near what many series had where those are few (conjugate gamma priors). */
#ifndef LC_ANOMALY_CALIBRATION_H
#define LC_ANOMALY_CALIBRATION_H

#include <stddef.h>

typedef struct lc_calibration {
    double rows;   /* scored so far */
    double peaks;  /* over U that have ended */
    double excess; /* sum of their excesses, each cut at a bound: an anomaly must not hide the next one */
    double uncut;  /* how many were below that bound */
    double peak;   /* the one that goes on; 0: none */
    double since;  /* rows since it last exceeded U */
} lc_calibration;

/* Counts a row with this fused score. */
void lc_calibration_push(lc_calibration *c, double fused);

/* Probability that a normal row begins a peak of at least `fused`. */
double lc_calibration_p(const lc_calibration *c, double fused);
/* The fused score of that probability, > 0. */
double lc_calibration_threshold(const lc_calibration *c, double p);

#endif
