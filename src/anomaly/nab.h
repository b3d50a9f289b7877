/* The score of the Numenta Anomaly Benchmark (Lavin & Ahmad 2015): early flags count more than late ones, a window
 * counts once, false alarms cost the less the nearer they follow a window, and the first rows do not count. */
#ifndef LC_ANOMALY_NAB_H
#define LC_ANOMALY_NAB_H

#include <stdint.h>

#include "base/status.h"

typedef struct lc_nab_profile {
    const char *name;
    double hit, false_alarm, miss; /* A_TP, A_FP, A_FN of the paper */
} lc_nab_profile;

enum { LC_NAB_STANDARD, LC_NAB_LOW_FP, LC_NAB_LOW_FN, LC_NAB_PROFILES };
extern const lc_nab_profile lc_nab_profiles[LC_NAB_PROFILES];

/* The first rows of a series are not scored: 15 %, but 750 at most. */
size_t lc_nab_probation(size_t rows);

/* The scale of the paper at position y: 2 / (1 + exp(5 y)) - 1, from 0.987 at the first row of a window, y = -1, over 0
 * at its right edge to -1 far behind it; from three window widths on exactly -1, as the benchmark's program has it. */
double lc_nab_sigmoid(double y);

/* The scored rows of any number of series. Zero it to begin, free it in any case. */
typedef struct lc_nab {
    struct lc_nab_row *row; /* (n) */
    size_t n, cap;
    size_t windows; /* with a scored row at least */
} lc_nab;

/* label, flag, score (n): of one series in the order of time, the events of `label` (event_count.h) being the windows.
 * Row i of a window of w rows stands at y = -(rows from i to the last one, both counted) / w, and is worth its sigmoid
 * over that of the first row; a row behind a window at (rows since its last one) / (w - 1); one before all windows is
 * far from any. Scores are numbers, not NaN. */
lc_code lc_nab_add(lc_nab *b, const uint8_t *label, const uint8_t *flag, const double *score, size_t n, lc_status *st);
void lc_nab_free(lc_nab *b);

/* By profile: 0 for a detector that flags nothing, 100 for one that flags the first row of every window and nothing
 * else; NaN without windows.
 *     100 (S + A_FN W) / ((A_TP + A_FN) W),  S = sum over windows of A_TP best row or -A_FN, + A_FP sum of the others
 * O(n log n). */
typedef struct lc_nab_scores {
    double flags[LC_NAB_PROFILES];     /* of the flags as they are */
    double best[LC_NAB_PROFILES];      /* flags are the rows with a score of at least the best threshold, one for all
                                          series, as the benchmark chooses it for each profile */
    double threshold[LC_NAB_PROFILES]; /* that one; above all scores (infinite) where it is best to flag nothing */
} lc_nab_scores;
lc_code lc_nab_score(lc_nab_scores *out, lc_nab *b, lc_status *st);

#endif
