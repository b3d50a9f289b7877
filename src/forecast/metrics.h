/* Accuracy of forecasts. Steps whose truth is NaN (not observed) do not count. */
#ifndef LC_FORECAST_METRICS_H
#define LC_FORECAST_METRICS_H

#include <stdbool.h>
#include <stddef.h>

/* Sums that can be added up over windows and series; zero it to start. */
typedef struct lc_metrics {
    size_t steps; /* observed steps */
    double abs, square, smape;
    size_t covered, banded; /* steps inside their interval, steps that had one */
    double width;           /* of the intervals, summed */
    double scaled;          /* sum of |error| / scale */
    size_t scaled_steps;
    double pinball; /* twice the mean pinball loss of the quantiles, summed */
    size_t quantiled;
} lc_metrics;

enum { LC_CRPS_QUANTILES = 9 };

/* Percent of the values that lie between the k-th quantile of CRPS and the k-th from the other end. */
static inline double lc_crps_level(size_t k)
{
    return 100 - 200. * (double)(k + 1) / (LC_CRPS_QUANTILES + 1);
}

/* Adds one window: truth, forecast and, unless NULL, the interval (lo, hi), all (n). `scale` is the mean
 * absolute seasonal difference of the training rows (lc_mase_scale); 0, NaN or infinite: MASE is not defined, the
 * window does not count for it. A step has an interval unless one of its bounds is NaN; the bounds belong to it. */
void lc_metrics_add(lc_metrics *m, size_t n, const double *truth, const double *forecast, const double *lo,
                    const double *hi, double scale);
/* Adds what CRPS is made of: the quantiles .1, .2, ... .9 of a window, (LC_CRPS_QUANTILES, n) with `step` doubles from
 * one quantile to the next. A step with a NaN among them does not count. */
void lc_metrics_add_quantiles(lc_metrics *m, size_t n, const double *truth, const double *quantile, size_t step);
void lc_metrics_merge(lc_metrics *into, const lc_metrics *from);

double lc_metrics_mae(const lc_metrics *m); /* NaN without steps, as all of them */
double lc_metrics_rmse(const lc_metrics *m);
double lc_metrics_smape(const lc_metrics *m);    /* percent, 0..200 (M4's definition) */
double lc_metrics_mase(const lc_metrics *m);     /* Hyndman & Koehler 2006 */
double lc_metrics_coverage(const lc_metrics *m); /* percent */
double lc_metrics_width(const lc_metrics *m);    /* mean width of the intervals */
/* Continuous ranked probability score (Matheson & Winkler 1976) as the mean over the nine quantiles of twice their
 * pinball loss (Gneiting & Ranjan 2011); in the units of the data. */
double lc_metrics_crps(const lc_metrics *m);

/* Overall weighted average of the M4 competition (Makridakis et al. 2020): the mean of sMAPE and MASE, each relative to
 * that of Naive2 on the same windows; NaN where one is not defined or Naive2 makes no error. */
double lc_metrics_owa(const lc_metrics *m, const lc_metrics *naive2);

/* Mean |y_t - y_(t-season)| over pairs that are both observed (mask NULL or 0, and not NaN); season 0 reads as 1; NaN
 * when there is no such pair. */
double lc_mase_scale(const double *y, const unsigned char *mask, size_t n, size_t season);

#endif
