#include "anomaly/calibration.h"

#include <math.h>

/* Measured on made series of eight kinds without anomalies (as scripts/bench/make-series makes them): 30 peaks over 5
 * in 10,000 rows with a mean excess of 1.2; they count as much as 2,000 rows and as 10 peaks. */
static const double over = 5, usual_rate = 30e-4, usual_scale = 1.2, rate_weight = 2000, scale_weight = 10;
static const double most_excess = 6; /* beyond over */
enum { APART = 20 };                 /* rows below `over` that end a peak */

static double rate_of(const lc_calibration *c)
{
    return (usual_rate * rate_weight + c->peaks) / (rate_weight + c->rows);
}

/* Maximum likelihood of an exponential law where some are only known to be large, with the prior's peaks among them. */
static double scale_of(const lc_calibration *c)
{
    return (usual_scale * scale_weight + c->excess) / (scale_weight + c->uncut);
}

void lc_calibration_push(lc_calibration *c, double fused)
{
    c->rows++;
    if (fused >= over) {
        c->peak = fmax(c->peak, fused);
        c->since = 0;
        return;
    }
    if (!(c->peak > 0) || ++c->since <= APART) return;
    const double excess = c->peak - over;
    c->peaks++;
    c->excess += fmin(excess, most_excess);
    c->uncut += excess < most_excess;
    c->peak = 0;
}

double lc_calibration_p(const lc_calibration *c, double fused)
{
    const double rate = rate_of(c);
    if (fused < over) return pow(rate, fmax(fused, 0) / over); /* from 1 at no evidence at all */
    return rate * exp(-(fused - over) / scale_of(c));
}

double lc_calibration_threshold(const lc_calibration *c, double p)
{
    const double rate = rate_of(c);
    if (p > rate) return over * log(fmin(p, 0.5)) / log(rate);
    return over + scale_of(c) * log(rate / p);
}
