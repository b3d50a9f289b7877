/* Charts of results: the rows of a result table by series, handed to the report floor. */
#include "api_figures.h"
#include "api_report.h"
#include "base/memory.h"
#include "data/panel.h"
#include "model/model.h"
#include "report/terminal.h"

/* What is drawn of a result: all of its series, or those of them that deserve a look first. */
typedef struct choice {
    lc_groups groups;
    size_t group[LC_PLOT_SERIES];
    size_t n;
} choice;

static lc_code choose(choice *c, const lc_report *what, lc_status *st)
{
    bool is_detect;
    *c = (choice){.n = 0};
    if (!what || !what->result) return lc_fail(st, LC_E_USAGE, "the result is missing");
    lc_code code = lc_figure_kind(&is_detect, what->result, st);
    if (code == LC_OK) code = lc_groups_create(&c->groups, what, st);
    if (code != LC_OK) return code;
    c->n = c->groups.n < LC_PLOT_SERIES ? c->groups.n : LC_PLOT_SERIES;
    for (size_t k = 0; k < c->n; k++) c->group[k] = k;
    if (c->n == c->groups.n) return LC_OK;
    lc_report_series s;
    code = lc_report_series_create(&s, what, &c->groups, st);
    for (size_t k = 0; code == LC_OK && k < c->n; k++) c->group[k] = s.group[k];
    lc_report_series_free(&s);
    return code;
}

/* All of them on one page. */
static lc_code plot_page(const choice *c, const lc_report *what, const lc_drawing *to, lc_status *st)
{
    lc_figure *figure = lc_calloc(c->n, sizeof *figure);
    lc_forecast_figure forecast[LC_PLOT_SERIES];
    lc_detect_figure detect[LC_PLOT_SERIES];
    lc_code code = figure ? LC_OK : lc_fail_memory(st);
    for (size_t k = 0; k < c->n && code == LC_OK; k++) {
        code = lc_figure_create(&figure[k], what, &c->groups, c->group[k], st);
        forecast[k] = figure[k].forecast;
        detect[k] = figure[k].detect;
    }
    if (code == LC_OK && figure[0].is_detect) code = lc_chart_detect(detect, c->n, to, st);
    else if (code == LC_OK) code = lc_chart_forecast(forecast, c->n, to, st);
    for (size_t k = 0; figure && k < c->n; k++) lc_figure_free(&figure[k]);
    lc_free(figure);
    return code;
}

static void tell(const choice *c, size_t *drawn, size_t *all)
{
    if (drawn) *drawn = c->n;
    if (all) *all = c->groups.n;
}

lc_code lc_plot_result(const lc_report *what, const char *path, bool replace, size_t *drawn, size_t *all, lc_status *st)
{
    choice c;
    if (!path) return lc_fail(st, LC_E_USAGE, "the path is missing");
    lc_code code = choose(&c, what, st);
    if (code == LC_OK) code = plot_page(&c, what, &(lc_drawing){path, replace, what->style}, st);
    tell(&c, drawn, all);
    lc_groups_free(&c.groups);
    return code;
}

lc_code lc_plot_text(char **text, const lc_report *what, size_t columns, bool colour, size_t *drawn, size_t *all,
                     lc_status *st)
{
    enum { FEW = 2, SOME = 6 };
    choice c;
    lc_buf out = {0};
    if (!text) return lc_fail(st, LC_E_USAGE, "text is missing");
    *text = NULL;
    lc_code code = choose(&c, what, st);
    const lc_terminal t = {.columns = lc_terminal_columns(columns),
                           .rows = c.n == 1      ? 18
                                   : c.n <= FEW  ? 12
                                   : c.n <= SOME ? 9
                                                 : 7,
                           .colour = colour};
    for (size_t k = 0; k < c.n && code == LC_OK; k++) {
        lc_figure f;
        if (k) lc_buf_puts(&out, "\n");
        code = lc_figure_create(&f, what, &c.groups, c.group[k], st);
        if (code == LC_OK && f.is_detect) code = lc_terminal_detect(&out, &f.detect, &t, st);
        else if (code == LC_OK) code = lc_terminal_forecast(&out, &f.forecast, &t, st);
        lc_figure_free(&f);
    }
    tell(&c, drawn, all);
    lc_groups_free(&c.groups);
    if (code == LC_OK) *text = out.data;
    else lc_buf_free(&out);
    return code;
}

lc_code lc_plot_losses(const lc_model *m, const lc_style *style, const char *path, bool replace, lc_status *st)
{
    if (!m || !path) return lc_fail(st, LC_E_USAGE, "model or path is missing");
    lc_loss_figure f = {.title = "Training",
                        .y_label = m->settings->loss,
                        .n = m->training.epochs,
                        .train = m->training.train_loss,
                        .valid = m->training.valid_loss,
                        .best = m->training.best_epoch};
    return lc_chart_loss(&f, &(lc_drawing){path, replace, style}, st);
}

lc_code lc_plot_check(const char *path, lc_status *st)
{
    return lc_chart_check(path, st);
}
