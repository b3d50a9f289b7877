#include "anomaly/finding.h"

#include <math.h>

const lc_finding lc_finding_none = {.expected = NAN, .lo = NAN, .hi = NAN, .p = NAN, .statistic = LC_STATISTICS};

double lc_finding_score(double x, double threshold, bool raised)
{
    const double most_usual = 0.499999; /* a table writes six digits */
    const double score = isinf(x) ? 1 : x / (x + threshold);
    return raised ? fmax(score, 0.5) : fmin(score, most_usual);
}

void lc_finding_count(const lc_finding *f, size_t n, size_t *scored, size_t *flagged)
{
    for (size_t i = 0; i < n; i++) {
        *scored += f[i].scored;
        *flagged += f[i].anomaly;
    }
}
