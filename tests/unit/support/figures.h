/* A figure of every kind, for tests of what all charts have in common. */
#ifndef LC_TESTS_FIGURES_H
#define LC_TESTS_FIGURES_H

#include "report/chart.h"

enum { FIGURE_ROWS = 50, FIGURE_STEPS = 8, FIGURE_CURVES = 5, FIGURE_KINDS = 4 };

typedef struct figures {
    double x[FIGURE_ROWS], y[FIGURE_ROWS], fx[FIGURE_STEPS], fy[FIGURE_STEPS], lo[2][FIGURE_STEPS], hi[2][FIGURE_STEPS],
        level[2];
    const double *lows[2], *highs[2];
    double expected[FIGURE_ROWS], low[FIGURE_ROWS], high[FIGURE_ROWS], score[FIGURE_ROWS];
    int anomaly[FIGURE_ROWS];
    lc_forecast_figure forecast;
    lc_detect_figure detect;
    lc_loss_figure loss;
    lc_error_curve curve[FIGURE_CURVES];
    bool asked[2];
    lc_backtest_figure backtest;
} figures;

/* Titles, names and labels are these. */
void figures_fill(figures *s, const char *title, const char *label);

/* The figure of a kind, 0..FIGURE_KINDS-1: forecast, detect, loss, backtest. */
lc_code figures_draw(const figures *s, int kind, const char *path, bool replace, lc_status *st);
/* The same in a style, an old file replaced. */
lc_code figures_draw_styled(const figures *s, int kind, const char *path, const lc_style *style, lc_status *st);

#endif
