/* What detections are worth, written down once more as the papers define it: naive loops, all rows anew for every
 * threshold. Shares no code with the library but the meaning of its labels (0, 1, 2: an event begins). */
#ifndef LC_TESTS_REF_MEASURES_H
#define LC_TESTS_REF_MEASURES_H

#include <stddef.h>
#include <stdint.h>

/* Rows, events and false alarms: out of {events, hit, false alarms}, as shared/accept/labels.py counts them. */
struct ref_counts {
    size_t labelled, flagged, found, events, hit, false_alarms;
};
struct ref_counts ref_count(const uint8_t *label, const uint8_t *flag, size_t n);

/* The Numenta benchmark on one series: the normalised score where rows with score >= threshold are flags. NaN without a
 * window behind the probation. */
double ref_nab(const uint8_t *label, const double *score, size_t n, double threshold, double hit, double false_alarm,
               double miss);
/* The best over all thresholds. */
double ref_nab_best(const uint8_t *label, const double *score, size_t n, double hit, double false_alarm, double miss);

/* Volumes under the range-aware curves: O(buffer * thresholds * n). */
void ref_vus(double *roc, double *pr, const uint8_t *label, const double *score, size_t n, size_t buffer);

#endif
