/* A backtest as a figure to draw. */
#ifndef LC_API_BACKTEST_H
#define LC_API_BACKTEST_H

#include "forecast/backtest_view.h"
#include "report/chart.h"

typedef struct lc_backtest_drawing {
    lc_backtest_figure figure;
    lc_buf name[LC_CURVE_OTHER];
    double *error; /* (1 + rivals, horizon) */
    lc_error_curve *curve;
    double level[LC_VIEW_LEVELS], inside[LC_VIEW_LEVELS];
    bool asked[LC_VIEW_LEVELS];
    double correlation[LC_LAGS_MOST], band[LC_LAGS_MOST];
    lc_buf title, detail, residual_label, lag_label;
} lc_backtest_drawing;

/* Refers to the view. Free it. */
lc_code lc_backtest_drawing_create(lc_backtest_drawing **out, const lc_backtest_view *v, lc_status *st);
void lc_backtest_drawing_free(lc_backtest_drawing *d);

#endif
