#include "unit/support/figures.h"

#include <math.h>
#include <string.h>

void figures_fill(figures *s, const char *title, const char *label)
{
    memset(s, 0, sizeof *s);
    for (int i = 0; i < FIGURE_ROWS; i++) {
        s->x[i] = 1.7e9 + 3600. * i;
        s->y[i] = 10 + sin(i);
        s->expected[i] = 10 + sin(i + .2);
        s->low[i] = s->expected[i] - 1;
        s->high[i] = s->expected[i] + 1;
        s->score[i] = .1;
    }
    s->anomaly[7] = 1;
    for (int i = 0; i < FIGURE_STEPS; i++) {
        s->fx[i] = 1.7e9 + 3600. * (FIGURE_ROWS + i);
        s->fy[i] = 10 + sin(FIGURE_ROWS + i);
        for (int k = 0; k < 2; k++) {
            s->lo[k][i] = s->fy[i] - 1 - k;
            s->hi[k][i] = s->fy[i] + 1 + k;
        }
    }
    s->level[0] = 80;
    s->level[1] = 95;
    for (int k = 0; k < 2; k++) {
        s->lows[k] = s->lo[k];
        s->highs[k] = s->hi[k];
    }
    s->forecast =
        (lc_forecast_figure){title,      label,        true,     FIGURE_ROWS,     s->x,
                             s->y,       FIGURE_STEPS, s->fx,    s->fy,           2,
                             s->level,   s->lows,      s->highs, FIGURE_ROWS / 5, s->x + FIGURE_ROWS - FIGURE_ROWS / 5,
                             s->expected};
    s->detect = (lc_detect_figure){title,       label,  true,    FIGURE_ROWS, s->x,       s->y,
                                   s->expected, s->low, s->high, s->score,    s->anomaly, NULL};
    s->loss = (lc_loss_figure){title, label, FIGURE_STEPS, s->fy, s->fy, 3};
    for (int i = 0; i < FIGURE_CURVES; i++) s->curve[i] = (lc_error_curve){(lc_curve)i, title, s->fy};
    s->asked[0] = true;
    s->backtest = (lc_backtest_figure){title, ": often",    label,    FIGURE_STEPS, FIGURE_CURVES, s->curve,
                                       2,     s->level,     s->level, s->asked,     FIGURE_ROWS,   s->y,
                                       label, FIGURE_STEPS, s->score, s->score,     label};
}

static lc_code draw(const figures *s, int kind, const lc_drawing *to, lc_status *st)
{
    if (kind == 0) return lc_chart_forecast(&s->forecast, 1, to, st);
    if (kind == 1) return lc_chart_detect(&s->detect, 1, to, st);
    if (kind == 2) return lc_chart_loss(&s->loss, to, st);
    return lc_chart_backtest(&s->backtest, to, st);
}

lc_code figures_draw(const figures *s, int kind, const char *path, bool replace, lc_status *st)
{
    return draw(s, kind, &(lc_drawing){path, replace, NULL}, st);
}

lc_code figures_draw_styled(const figures *s, int kind, const char *path, const lc_style *style, lc_status *st)
{
    return draw(s, kind, &(lc_drawing){path, true, style}, st);
}
