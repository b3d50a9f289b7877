#include "forecast/metrics.h"

#include <math.h>

/* |y - f| / ((|y| + |f|) / 2), and 0 where both are 0. */
static double symmetric_error(double y, double f)
{
    double sum = fabs(y) + fabs(f);
    if (isinf(sum)) { /* two huge values: the ratio does not change when both are halved */
        y /= 2;
        f /= 2;
        sum = fabs(y) + fabs(f);
    }
    return sum == 0 ? 0 : 2 * (fabs(y - f) / sum);
}

void lc_metrics_add(lc_metrics *m, size_t n, const double *truth, const double *forecast, const double *lo,
                    const double *hi, double scale)
{
    const bool scalable = scale > 0 && isfinite(scale);
    for (size_t i = 0; i < n; i++) {
        if (isnan(truth[i])) continue;
        double error = fabs(truth[i] - forecast[i]);
        m->steps++;
        m->abs += error;
        m->square += error * error;
        m->smape += symmetric_error(truth[i], forecast[i]);
        if (scalable) {
            m->scaled += error / scale;
            m->scaled_steps++;
        }
        if (lo && hi && !isnan(lo[i]) && !isnan(hi[i])) {
            m->banded++;
            if (lo[i] <= truth[i] && truth[i] <= hi[i]) m->covered++;
        }
    }
}

void lc_metrics_merge(lc_metrics *into, const lc_metrics *from)
{
    into->steps += from->steps;
    into->abs += from->abs;
    into->square += from->square;
    into->smape += from->smape;
    into->covered += from->covered;
    into->banded += from->banded;
    into->scaled += from->scaled;
    into->scaled_steps += from->scaled_steps;
}

static double mean(double sum, size_t n)
{
    return n ? sum / (double)n : NAN;
}

double lc_metrics_mae(const lc_metrics *m)
{
    return mean(m->abs, m->steps);
}

double lc_metrics_rmse(const lc_metrics *m)
{
    return sqrt(mean(m->square, m->steps));
}

double lc_metrics_smape(const lc_metrics *m)
{
    return 100 * mean(m->smape, m->steps);
}

double lc_metrics_mase(const lc_metrics *m)
{
    return mean(m->scaled, m->scaled_steps);
}

double lc_metrics_coverage(const lc_metrics *m)
{
    return 100 * mean((double)m->covered, m->banded);
}

double lc_mase_scale(const double *y, const unsigned char *mask, size_t n, size_t season)
{
    double sum = 0;
    size_t pairs = 0;
    if (!season) season = 1;
    for (size_t t = season; t < n; t++) {
        size_t before = t - season;
        if (mask && (mask[t] || mask[before])) continue;
        double step = fabs(y[t] - y[before]);
        if (isnan(step)) continue;
        sum += step;
        pairs++;
    }
    return mean(sum, pairs);
}
