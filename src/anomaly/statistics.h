/* How unusual a row is: four statistics of its value and of its forecast error, each held against its own past. */
#ifndef LC_ANOMALY_STATISTICS_H
#define LC_ANOMALY_STATISTICS_H

#include "anomaly/finding.h"
#include "anomaly/tail.h"
#include "base/status.h"

enum { LC_LEVEL_ROWS = 10, LC_ERROR_ROWS = 5, LC_ENERGY_ROWS = 20 };

typedef struct lc_statistics {
    lc_tail *tail[LC_STATISTICS]; /* of each statistic's past */
    double value[LC_LEVEL_ROWS];  /* the last ones, newest first */
    double error[LC_ENERGY_ROWS];
    size_t values, errors; /* how many there are */
    double reach[2];       /* how far off the last row's bounds were, below and above: those of the next are near; 0 */
} lc_statistics;

lc_code lc_statistics_create(lc_statistics *s, lc_status *st);
void lc_statistics_free(lc_statistics *s);
void lc_statistics_clear(lc_statistics *s);

/* What speaks against a row. */
typedef struct lc_evidence {
    double q[LC_STATISTICS]; /* -log10 p of each statistic */
    double fused;      /* of all: the larger of the sum for value, level and error, and of the energy on that scale */
    lc_statistic most; /* which of them carries it */
} lc_evidence;

/* Of a row with value x (in units of the series' spread, from its centre) and forecast error e (NaN: no forecast). */
void lc_statistics_weigh(lc_statistics *s, double x, double e, lc_evidence *out);
/* Remembers the row. */
void lc_statistics_push(lc_statistics *s, double x, double e);

/* The values below and above the forecast m (both on the scale of the forecaster, asinh of x) at which a row would
 * reach `threshold` (> 0), to about a twentieth of it; where it would whatever its value, as after an event's
 * beginning, those for a row that follows usual ones. */
void lc_statistics_bounds(lc_statistics *s, double m, double threshold, double *lo, double *hi);

#endif
