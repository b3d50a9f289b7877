/* What a backtest adds up: the errors of a model and of its rivals by series and, where asked for, by step. */
#ifndef LC_FORECAST_SCORES_H
#define LC_FORECAST_SCORES_H

#include "base/status.h"
#include "forecast/metrics.h"

/* A cell is the model with the intervals of one level, or after those a rival; the model's first cell has its CRPS. */
typedef struct lc_scores {
    size_t n_series, levels, rivals, horizon;
    size_t *windows;   /* (n_series, 1 + rivals) forecast by the model and the rivals */
    lc_metrics *total; /* (n_series, levels + rivals) */
    lc_metrics *step;  /* (n_series, levels + rivals, horizon), NULL: nobody asks */
    double *scale;     /* (n_series) MASE's denominator, lc_mase_scale */
} lc_scores;

/* levels >= 1. */
lc_code lc_scores_create(lc_scores *s, size_t n_series, size_t levels, size_t rivals, size_t horizon, bool by_step,
                         lc_status *st);
void lc_scores_free(lc_scores *s);

/* One window of the model: truth and point (horizon), band (levels, {lo, hi}, horizon), quantile (LC_CRPS_QUANTILES,
 * horizon). */
void lc_scores_add_model(lc_scores *s, size_t series, const double *truth, const double *point, const double *band,
                         const double *quantile);
/* One window of a rival: forecast (horizon). */
void lc_scores_add_rival(lc_scores *s, size_t series, size_t rival, const double *truth, const double *forecast);

#endif
