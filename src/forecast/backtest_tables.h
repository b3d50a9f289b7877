/* The result tables of a backtest. */
#ifndef LC_FORECAST_BACKTEST_TABLES_H
#define LC_FORECAST_BACKTEST_TABLES_H

#include "forecast/interval.h"
#include "forecast/rivals.h"
#include "forecast/scores.h"
#include "report/result.h"

typedef struct lc_backtest_names {
    const lc_panel *panel;
    const char *arch;
    const lc_rivals *rivals;
    const lc_levels *levels;
} lc_backtest_names;

/* Columns unique_id, model, windows, mae, rmse, smape, mase, coverage-P..., width-P..., crps, owa: for each series that
 * has windows the model's row, then the rivals'; last the same for unique_id "*", over all series. */
lc_code lc_backtest_table(lc_result **out, const lc_scores *s, const lc_backtest_names *names, lc_status *st);

/* The same by step, from 1, with a column `step` after `model` and without owa; of one series, or of all where series
 * is s->n_series. s->step is not NULL. */
lc_code lc_backtest_step_table(lc_result **out, const lc_scores *s, size_t series, const lc_backtest_names *names,
                               lc_status *st);

/* Columns unique_id, cutoff, ds, y, forecast, forecast-lo-P, forecast-hi-P..., and no rows. */
lc_code lc_backtest_window_table(lc_result **out, const lc_levels *levels, lc_status *st);
/* Adds a window: truth and point (horizon), band (levels, {lo, hi}, horizon). */
lc_code lc_backtest_add_window(lc_result *t, const lc_panel *p, size_t series, size_t origin, size_t horizon,
                               size_t levels, const double *truth, const double *point, const double *band,
                               lc_status *st);

#endif
