/* The charts of a backtest. */
#include "api_backtest.h"
#include "report/terminal.h"

lc_code lc_plot_backtest(const lc_backtest_view *v, const lc_style *style, const char *path, bool replace,
                         lc_status *st)
{
    lc_backtest_drawing *d;
    if (!v || !path) return lc_fail(st, LC_E_USAGE, "view or path is missing");
    lc_code code = lc_backtest_drawing_create(&d, v, st);
    if (code == LC_OK) code = lc_chart_backtest(&d->figure, &(lc_drawing){path, replace, style}, st);
    lc_backtest_drawing_free(d);
    return code;
}

lc_code lc_plot_backtest_text(char **text, const lc_backtest_view *v, size_t columns, bool colour, lc_status *st)
{
    enum { ROWS = 16 };
    lc_backtest_drawing *d;
    lc_buf out = {0};
    if (!text || !v) return lc_fail(st, LC_E_USAGE, "text or view is missing");
    *text = NULL;
    const lc_terminal t = {.columns = lc_terminal_columns(columns), .rows = ROWS, .colour = colour};
    lc_code code = lc_backtest_drawing_create(&d, v, st);
    if (code == LC_OK) code = lc_terminal_backtest(&out, &d->figure, &t, st);
    lc_backtest_drawing_free(d);
    if (code == LC_OK) *text = out.data;
    else lc_buf_free(&out);
    return code;
}
