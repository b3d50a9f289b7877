/* Charts of results: the rows of a result table by series, handed to the report floor. */
#include "api_figures.h"
#include "base/memory.h"
#include "data/panel.h"
#include "model/model.h"

/* The first series of the result on one page. */
static lc_code plot_page(const lc_result *r, const lc_panel *p, const lc_groups *g, size_t n, const char *path,
                         bool replace, lc_status *st)
{
    lc_figure *figure = lc_calloc(n, sizeof *figure);
    lc_forecast_figure forecast[LC_PLOT_SERIES];
    lc_detect_figure detect[LC_PLOT_SERIES];
    lc_code code = figure ? LC_OK : lc_fail_memory(st);
    for (size_t k = 0; k < n && code == LC_OK; k++) {
        code = lc_figure_create(&figure[k], r, p, g, k, st);
        forecast[k] = figure[k].forecast;
        detect[k] = figure[k].detect;
    }
    if (code == LC_OK && figure[0].is_detect) code = lc_chart_detect(detect, n, path, replace, st);
    else if (code == LC_OK) code = lc_chart_forecast(forecast, n, path, replace, st);
    for (size_t k = 0; figure && k < n; k++) lc_figure_free(&figure[k]);
    lc_free(figure);
    return code;
}

lc_code lc_plot_result(const lc_result *r, const lc_panel *p, const char *path, bool replace, size_t *drawn,
                       size_t *all, lc_status *st)
{
    bool is_detect;
    lc_groups g;
    if (!r || !path) return lc_fail(st, LC_E_USAGE, "result or path is missing");
    lc_code code = lc_figure_kind(&is_detect, r, st);
    if (code != LC_OK) return code;
    code = lc_groups_create(&g, r, p ? &p->clock : NULL, st);
    const size_t n = g.n < LC_PLOT_SERIES ? g.n : LC_PLOT_SERIES;
    if (code == LC_OK) code = plot_page(r, p, &g, n, path, replace, st);
    if (drawn) *drawn = n;
    if (all) *all = g.n;
    lc_groups_free(&g);
    return code;
}

lc_code lc_plot_losses(const lc_model *m, const char *path, bool replace, lc_status *st)
{
    if (!m || !path) return lc_fail(st, LC_E_USAGE, "model or path is missing");
    lc_loss_figure f = {.title = "Training",
                        .y_label = m->settings->loss,
                        .n = m->training.epochs,
                        .train = m->training.train_loss,
                        .valid = m->training.valid_loss,
                        .best = m->training.best_epoch};
    return lc_chart_loss(&f, path, replace, st);
}

lc_code lc_plot_check(const char *path, lc_status *st)
{
    return lc_chart_check(path, st);
}
