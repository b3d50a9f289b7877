/* One series of a result as the figure that a chart draws. */
#ifndef LC_API_FIGURES_H
#define LC_API_FIGURES_H

#include "api_groups.h"
#include "report/chart.h"

/* What a figure points to, beside result, panel and group. */
typedef struct lc_figure {
    bool is_detect;
    lc_forecast_figure forecast;
    lc_detect_figure detect;
    void *memory[8];
    size_t n_memory;
} lc_figure;

/* What a series of a result is called: "*" stands for all columns. */
const char *lc_figure_title(const char *id);

/* Whether an id of detect's stands for rows as a whole: "*", "id:*". */
bool lc_figure_is_whole(const char *id);
/* The column of a series, "" where it is not known. */
const char *lc_figure_label(const lc_panel *p, const char *id);

/* What kind of result it is; LC_E_USAGE where a chart can show nothing of it. */
lc_code lc_figure_kind(bool *is_detect, const lc_result *r, lc_status *st);

/* Of the k-th group of what->result. *f is to be freed in any case. */
lc_code lc_figure_create(lc_figure *f, const lc_report *what, const lc_groups *g, size_t k, lc_status *st);
void lc_figure_free(lc_figure *f);

#endif
