/* Charts for a terminal: the same figures as text. */
#ifndef LC_REPORT_TERMINAL_H
#define LC_REPORT_TERMINAL_H

#include "report/chart.h"

typedef struct lc_terminal {
    int columns, rows; /* of a chart: its width with all, its height without title and axis of time */
    bool colour;       /* with the codes of a terminal */
} lc_terminal;

/* A width that a chart can have, next to the one that is wanted. */
int lc_terminal_columns(size_t wanted);

/* Append a chart with title, axes and legend; title and label are made harmless for a terminal. LC_E_MEMORY is their
 * only failure. */
lc_code lc_terminal_forecast(lc_buf *out, const lc_forecast_figure *f, const lc_terminal *t, lc_status *st);
lc_code lc_terminal_detect(lc_buf *out, const lc_detect_figure *f, const lc_terminal *t, lc_status *st);
/* Errors by step, and the share inside the intervals that were asked for in words. */
lc_code lc_terminal_backtest(lc_buf *out, const lc_backtest_figure *f, const lc_terminal *t, lc_status *st);

#endif
