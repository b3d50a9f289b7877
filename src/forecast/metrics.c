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
            m->width += hi[i] - lo[i];
            if (lo[i] <= truth[i] && truth[i] <= hi[i]) m->covered++;
        }
    }
}

void lc_metrics_add_quantiles(lc_metrics *m, size_t n, const double *truth, const double *quantile, size_t step)
{
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t k = 0; k < LC_CRPS_QUANTILES; k++) {
            const double level = (double)(k + 1) / (LC_CRPS_QUANTILES + 1), error = truth[i] - quantile[k * step + i];
            sum += 2 * (error < 0 ? (level - 1) * error : level * error) / LC_CRPS_QUANTILES;
        }
        if (isnan(sum)) continue;
        m->pinball += sum;
        m->quantiled++;
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
    into->width += from->width;
    into->pinball += from->pinball;
    into->quantiled += from->quantiled;
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

double lc_metrics_width(const lc_metrics *m)
{
    return mean(m->width, m->banded);
}

double lc_metrics_crps(const lc_metrics *m)
{
    return mean(m->pinball, m->quantiled);
}

double lc_metrics_owa(const lc_metrics *m, const lc_metrics *naive2)
{
    const double smape = lc_metrics_smape(naive2), mase = lc_metrics_mase(naive2);
    if (!(smape > 0 && mase > 0)) return NAN;
    return (lc_metrics_smape(m) / smape + lc_metrics_mase(m) / mase) / 2;
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
