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
    size_t series, windows;
    bool scaled; /* errors are MASE, not in units of the data */
} lc_backtest_drawing;

/* Refers to the view. Free it. */
lc_code lc_backtest_drawing_create(lc_backtest_drawing **out, const lc_backtest_view *v, lc_status *st);
/* From the text of lc_backtest_view_keep: errors by step, and shares inside the levels that were asked for, without
 * residuals and words. LC_E_PARSE: it is none. */
lc_code lc_backtest_drawing_restore(lc_backtest_drawing **out, const char *text, lc_status *st);
void lc_backtest_drawing_free(lc_backtest_drawing *d);

/* "3 series, 80 windows of 14 steps"; what errors are called. */
void lc_backtest_say_size(lc_buf *b, size_t series, size_t windows, size_t horizon);
const char *lc_backtest_measure(bool scaled);

#endif
