/* Volume under the surface: areas under the range-aware ROC and precision-recall curves, averaged over how far around
 * an event a flag may still be of use (Paparrizos et al. 2022, "Volume Under the Surface"; VUS-PR ranks the detectors
 * of the TSB-AD benchmark, Liu & Paparrizos 2024). */
#ifndef LC_ANOMALY_VUS_H
#define LC_ANOMALY_VUS_H

#include <stdint.h>

#include "base/status.h"

typedef struct lc_vus {
    double roc, pr; /* in [0, 1]; NaN without a labelled row, or without another one */
} lc_vus;

enum { LC_VUS_MOST_BUFFER = 2000, LC_VUS_USUAL_BUFFER = 125 };

/* label (event_count.h), score (n): of one series in the order of time; scores are numbers, higher is more unusual.
 *
 * For a buffer of w = 0, 1, ..., buffer rows, a row d <= w / 2 (whole) rows off an event has the label sqrt(1 - d / w),
 * rows near two events the sum, 1 at most. With f(i) = 1 where the score reaches a threshold, P the labelled rows, l
 * the extended labels and E the events with their buffers, those that touch being one,
 *
 *     TP = sum f l,  P' = P + (sum of l f outside the events) / 2,  precision = TP / sum f,
 *     TPR = min(TP / P', 1) * (share of E with a flag),  FPR = (sum f - TP) / (n - P'),
 *
 * for the 250 thresholds that the authors' program takes, the scores of ranks 0 to n - 1 in even steps. ROC: trapezia
 * up to (1, 1); PR: sum of (step in TPR) * precision. The volume is the mean over w. O(n log n + events * buffer + 250
 * buffer^2): the buffers share all work on single rows. */
lc_code lc_vus_score(lc_vus *out, const uint8_t *label, const double *score, size_t n, size_t buffer, lc_status *st);

/* The buffer that TSB-AD takes for a series: the lag of the highest local maximum of the autocorrelation of its first
 * 20,000 values between lags 6 and 303, looked for up to 400; LC_VUS_USUAL_BUFFER where the highest lies elsewhere or
 * there is none. A missing value (NaN) counts as the one before. */
lc_code lc_vus_buffer(size_t *out, const double *y, size_t n, lc_status *st);

#endif
