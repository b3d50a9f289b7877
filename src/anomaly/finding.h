/* What a detector says of one row of one column. */
#ifndef LC_ANOMALY_FINDING_H
#define LC_ANOMALY_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The statistics of a row that are held against those of earlier rows. */
typedef enum lc_statistic {
    LC_STATISTIC_VALUE,  /* the value itself */
    LC_STATISTIC_LEVEL,  /* mean of the last 10 values */
    LC_STATISTIC_ERROR,  /* mean of the last 5 forecast errors */
    LC_STATISTIC_ENERGY, /* mean of the last 20 absolute forecast errors */
    LC_STATISTICS,       /* how many; in a finding: none stands out */
    LC_STATISTIC_JOINT   /* of a row of several columns: one column among the others */
} lc_statistic;

typedef struct lc_finding {
    double expected, lo, hi; /* the forecast of the value, and the bounds outside which it would have been flagged;
                                in the data's units; NaN: there is none */
    double score;            /* [0, 1]; at least 0.5 where the threshold is reached; 0 without a value or a verdict */
    double p;                /* probability of a row as unusual as this one on normal data; NaN: not scored */
    bool scored;
    bool raised;            /* the threshold is reached: also for rows that go on with an event or follow one */
    bool anomaly;           /* the row is flagged: the first one that is raised, then none for a while */
    lc_statistic statistic; /* the one that stands out most, of a raised row */
    uint32_t since;         /* rows that this one's event began before it; 0 for a row that is not raised */
    uint32_t column;        /* of a raised row of several columns: the one that carries the statistic */
} lc_finding;

/* Nothing is said of this row. */
extern const lc_finding lc_finding_none;

/* Evidence x in [0, inf] against a threshold > 0 as a score in [0, 1]: x / (x + threshold), at least 0.5 where the row
 * is raised and, as a table writes it, below where it is not. */
double lc_finding_score(double x, double threshold, bool raised);

/* Of n rows. *scored and *flagged are added to. */
void lc_finding_count(const lc_finding *f, size_t n, size_t *scored, size_t *flagged);

#endif
