/* Rolling-origin backtest: fit once, or anew as origins go on, and forecast from every origin of the test rows beside
 * the baselines, each window seeing all rows before it. */
#ifndef LC_FORECAST_BACKTEST_H
#define LC_FORECAST_BACKTEST_H

#include "forecast/backtest_view.h"
#include "report/result.h"
#include "train/fit.h"

/* Rows of each series: 0..train-1 learn, train..test-1 validate and calibrate, test..end-1 are tested. */
typedef struct lc_backtest_rows {
    size_t train, test, end;
} lc_backtest_rows;

/* From settings->split ("TRAIN,VALID,TEST") or 70/10/20 %; out (n_series). Test and validation get at least a horizon
 * of rows. A series too short for that has test == end: it takes no part. LC_E_DATA when none takes part. */
lc_code lc_backtest_split(lc_backtest_rows *out, const lc_panel *p, const lc_settings *s, lc_status *st);

/* Which rows a fit may use that forecasts from the `origins`-th origin of every series on: all before it, the last of
 * them, as many as in `rows`, to validate. A series whose origins have come to their end keeps its last rows. */
void lc_backtest_fit_rows(lc_split *out, const lc_backtest_rows *rows, size_t n_series, size_t origins, size_t stride);

/* Called with a table of some rows; the table is freed or reused after. */
typedef lc_code (*lc_backtest_sink)(void *user, const lc_result *rows, lc_status *st);

typedef struct lc_backtest_sinks {
    /* Steps of windows, a few thousand at a time: by series and origin, with refit by the fits, series and origin. */
    lc_backtest_sink windows;
    lc_backtest_sink steps; /* scores by step, series by series, last "*" */
    void *windows_user, *steps_user;
    bool view; /* for the chart */
} lc_backtest_sinks;

typedef struct lc_backtest_report {
    lc_model *model;        /* of the last fit, the caller's to free */
    lc_backtest_view *view; /* the caller's to free; NULL: not asked for */
    size_t fits, slow_every;
    lc_verdict verdict;
} lc_backtest_report;

/* Resolves the settings, fits, forecasts and scores. out: lc_backtest_table. A failure leaves neither table, model nor
 * view. Memory is some 40 MB beside the model, the panel and the scores, however many windows there are. */
lc_code lc_backtest(lc_result **out, lc_backtest_report *report, const lc_panel *p, const lc_settings *s,
                    const lc_backtest_sinks *sinks, lc_progress_fn progress, void *user, lc_status *st);

#endif
