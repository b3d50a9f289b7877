/* What a fused score means: how often a series without anomalies would reach it. Peaks over a threshold U come at some
 * rate and exceed it by an exponential law (the peaks-over-threshold method, e.g. Leadbetter 1991); rate and scale are
 * those of a series' own past peaks, held near what many series had where those are few (conjugate gamma priors; a
 * probability is that of a future row with all that is known of both, the posterior predictive one). */
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

/* What is known before the first row. */
typedef struct lc_calibration_prior {
    double rate;        /* of peaks in a row */
    double rate_rows;   /* rows that this counts as */
    double scale;       /* mean excess */
    double scale_peaks; /* peaks that this counts as */
    double most_excess; /* where excesses are cut */
    double least;       /* a score below it is no rarer than 1 in 1,000, however calm a series has been; 0: may be */
} lc_calibration_prior;

/* Of the fused score of a column, and of a row of several columns. */
extern const lc_calibration_prior lc_prior_of_columns, lc_prior_of_rows;

/* Counts a row with this fused score. */
void lc_calibration_push(lc_calibration *c, const lc_calibration_prior *prior, double fused);

/* Probability that a normal row begins a peak of at least `fused`. */
double lc_calibration_p(const lc_calibration *c, const lc_calibration_prior *prior, double fused);
/* The fused score of that probability, > 0. */
double lc_calibration_threshold(const lc_calibration *c, const lc_calibration_prior *prior, double p);

#endif
