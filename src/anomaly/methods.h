/* Ways to flag rows from one-step forecasts: simple and published ones, to hold the detector against. */
#ifndef LC_ANOMALY_METHODS_H
#define LC_ANOMALY_METHODS_H

#include "anomaly/finding.h"
#include "base/status.h"

/* Raised rows up to so far apart belong to one event, of which the first row is flagged. */
#define LC_METHOD_EVENT_GAP 20

typedef struct lc_method_options {
    double alarms_per; /* expected false alarms per 10,000 normal rows; in (0, 10000) */
} lc_method_options;

typedef struct lc_method {
    const char *name;
    const char *about;      /* one line, and where it was published */
    bool heeds_alarms_per;  /* false: the method has a threshold of its own */
    size_t least, lookback; /* rows with a value and a forecast before the first verdict; how many past ones count */
    /* How many such rows get their verdicts together; a verdict depends on no row after its batch. 1: on no later row
     * at all. */
    size_t batch;
    /* y (n): values, NaN where missing; expected (n): the forecast of each row from the rows before it, NaN where there
     * is none; out (n). All in the data's units. statistic is LC_STATISTIC_ERROR for raised rows. p is NaN, and so are
     * lo and hi, where the method knows none. LC_E_MEMORY; LC_E_USAGE when an option is out of its range. */
    lc_code (*find)(lc_finding *out, const double *y, const double *expected, size_t n, const lc_method_options *o,
                    lc_status *st);
} lc_method;

/* In the order in which they are to be listed. */
size_t lc_method_count(void);
const lc_method *lc_method_at(size_t i);            /* NULL: past the last */
const lc_method *lc_method_named(const char *name); /* NULL: none of them */

#endif
