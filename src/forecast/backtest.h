/* Rolling-origin backtest: fit once, then forecast from every origin of the test rows beside the baselines,
 * each window seeing all rows before it. */
#ifndef LC_FORECAST_BACKTEST_H
#define LC_FORECAST_BACKTEST_H

#include "forecast/interval.h"
#include "report/result.h"
#include "train/fit.h"

/* Rows of each series: 0..train-1 learn, train..test-1 validate and calibrate, test..end-1 are tested. */
typedef struct lc_backtest_rows {
    size_t train, test, end;
} lc_backtest_rows;

/* From settings->split ("TRAIN,VALID,TEST") or 70/10/20 %; out (n_series). Test and validation get at least a horizon
 * of rows. A series too short for that has test == end: it takes no part. LC_E_DATA when none takes part. */
lc_code lc_backtest_split(lc_backtest_rows *out, const lc_panel *p, const lc_settings *s, lc_status *st);

/* Called with a table of some windows' steps (the rows of --save-windows); the table is reused. */
typedef lc_code (*lc_backtest_sink)(void *user, const lc_result *windows, lc_status *st);

/* Columns unique_id, model, windows, mae, rmse, smape, mase, coverage-P...: for each series the model's row,
 * then the baselines'; last the same for unique_id "*", over all series. The model must be calibrated. */
lc_code lc_backtest(lc_result **out, const lc_model *m, const lc_panel *p, const lc_backtest_rows *rows,
                    const lc_settings *s, lc_backtest_sink sink, void *user, lc_status *st);

#endif
