#include "anomaly/calibration.h"

#include <math.h>

/* Measured on made series of eight kinds without anomalies (scripts/bench/make-series): 30 peaks over 5 in 10,000 rows,
 * with a mean excess of about 1, of which less is enough as a prior. The scores of rows differ less from data to data
 * than those of columns. */
const lc_calibration_prior lc_prior_of_columns = {
    .rate = 30e-4, .rate_rows = 2000, .scale = 0.65, .scale_peaks = 6, .most_excess = 4, .least = 6.5};
const lc_calibration_prior lc_prior_of_rows = {
    .rate = 30e-4, .rate_rows = 4000, .scale = 1.1, .scale_peaks = 30, .most_excess = 3};

static const double over = 5;
enum { APART = 20 }; /* rows below `over` that end a peak */

static double rate_of(const lc_calibration *c, const lc_calibration_prior *prior)
{
    return (prior->rate * prior->rate_rows + c->peaks) / (prior->rate_rows + c->rows);
}

/* Of a normal series' excesses, some of which are only known to be large (as in the likelihood of an exponential law),
 * with the prior's among them: number and sum. */
typedef struct excesses {
    double n, sum;
} excesses;

static excesses excesses_of(const lc_calibration *c, const lc_calibration_prior *prior)
{
    return (excesses){prior->scale_peaks + c->uncut, prior->scale * prior->scale_peaks + c->excess};
}

/* How much likelier than they seem large scores are while they rest on few rows: on made series the first rows had
 * about so many times as many alarms. The first ones rest on 100. */
static double early(const lc_calibration *c)
{
    const double x = 400 / (c->rows + 100);
    return 1 + x * x;
}

void lc_calibration_push(lc_calibration *c, const lc_calibration_prior *prior, double fused)
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
    c->excess += fmin(excess, prior->most_excess);
    c->uncut += excess < prior->most_excess;
    c->peak = 0;
}

/* What the least score of 1 in 1,000 says of a lower one: their logarithms are as the scores. */
static double least_p(const lc_calibration_prior *prior, double fused)
{
    return fused < prior->least ? pow(1e-3, fmax(fused, 0) / prior->least) : 0;
}

static double least_threshold(const lc_calibration_prior *prior, double p)
{
    return prior->least * fmin(1, log(fmin(p, 0.5)) / log(1e-3));
}

/* The scale is not known but has a posterior, so that an excess x has the tail (1 + x / sum)^-n, longer than an
 * exponential one (Lomax 1954). */
double lc_calibration_p(const lc_calibration *c, const lc_calibration_prior *prior, double fused)
{
    const double rate = rate_of(c, prior);
    const excesses e = excesses_of(c, prior);
    const double p = fused < over ? pow(rate, fmax(fused, 0) / over) /* from 1 at no evidence at all */
                                  : rate * pow(1 + (fused - over) / e.sum, -e.n);
    return fmin(1, fmax(p * early(c), least_p(prior, fused)));
}

double lc_calibration_threshold(const lc_calibration *c, const lc_calibration_prior *prior, double p)
{
    const double rate = rate_of(c, prior), wanted = p / early(c);
    const excesses e = excesses_of(c, prior);
    const double own =
        wanted > rate ? over * log(fmin(wanted, 0.5)) / log(rate) : over + e.sum * (pow(rate / wanted, 1 / e.n) - 1);
    return fmax(own, least_threshold(prior, p));
}
