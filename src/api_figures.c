#include "api_figures.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/panel.h"

/* n elements that live as long as the figure; NULL: out of memory. */
static void *keep(lc_figure *f, size_t n, size_t size)
{
    if (f->n_memory == sizeof f->memory / sizeof f->memory[0]) return NULL;
    void *p = lc_calloc(n, size);
    if (p) f->memory[f->n_memory++] = p;
    return p;
}

/* Copies a column of a group to `to` (n). */
static const double *column_of(const lc_result *r, const lc_group *g, size_t column, double *to)
{
    for (size_t i = 0; i < g->n; i++) to[i] = column == SIZE_MAX ? NAN : lc_result_real(r, g->row[i], column);
    return to;
}

/* ---- forecast ---- */

/* Where a row of a series stands on the axis of time. */
static double position_of(const lc_panel *p, const lc_series *s, size_t row)
{
    const double t = (double)lc_panel_stamp(p, &p->frames[s->frame], row);
    return lc_clock_is_calendar(&p->clock) ? t * 1e-6 : t;
}

/* The end of a series before its forecast: enough to see where it comes from. */
static lc_code add_history(lc_figure *f, const lc_panel *p, const char *id, size_t horizon, lc_status *st)
{
    enum { LEAST = 60, MOST = 3000 };
    size_t s = p ? lc_panel_find(p, id) : SIZE_MAX;
    if (s == SIZE_MAX) return LC_OK;
    const lc_series *series = &p->series[s];
    size_t n = 5 * horizon < LEAST ? LEAST : 5 * horizon;
    if (n > MOST) n = MOST;
    if (n > series->steps) n = series->steps;
    double *x = keep(f, 2 * n, sizeof *x), *y = x + n;
    if (!x) return lc_fail_memory(st);
    for (size_t i = 0; i < n; i++) {
        size_t row = series->steps - n + i;
        x[i] = position_of(p, series, row);
        y[i] = lc_is_observed(series, row) ? lc_number_written(series->y, row) : NAN;
    }
    f->forecast.n_history = n;
    f->forecast.history_x = x;
    f->forecast.history_y = y;
    return LC_OK;
}

enum { MOST_LEVELS = 8 };

typedef struct levels {
    size_t n;
    double percent[MOST_LEVELS];
    size_t lo[MOST_LEVELS], hi[MOST_LEVELS]; /* columns */
} levels;

/* The columns forecast-lo-P that have their forecast-hi-P. */
static void find_levels(levels *l, const lc_result *r)
{
    static const char prefix[] = "forecast-lo-";
    l->n = 0;
    for (size_t c = 0; c < lc_result_columns(r) && l->n < MOST_LEVELS; c++) {
        const char *name = lc_result_column_name(r, c), *number = name + sizeof prefix - 1;
        char other[64];
        if (strncmp(name, prefix, sizeof prefix - 1) != 0) continue;
        snprintf(other, sizeof other, "forecast-hi-%s", number);
        size_t hi = lc_result_find(r, other);
        if (hi == SIZE_MAX || !lc_parse_double(number, strlen(number), &l->percent[l->n])) continue;
        l->lo[l->n] = c;
        l->hi[l->n++] = hi;
    }
}

/* The earlier forecast, of the last rows of the series, from row `begin` of its table on. */
static lc_code add_past(lc_figure *f, const lc_report *what, const char *id, size_t begin, lc_status *st)
{
    const lc_result *r = what->past;
    const size_t s = what->panel ? lc_panel_find(what->panel, id) : SIZE_MAX;
    if (s == SIZE_MAX) return LC_OK;
    const lc_series *series = &what->panel->series[s];
    const size_t column = lc_result_find(r, "forecast"), unique = lc_result_find(r, "unique_id");
    size_t end = begin;
    while (end < lc_result_rows(r) && strcmp(lc_result_text(r, end, unique), id) == 0) end++;
    const size_t n = end - begin;
    if (n > series->steps) return LC_OK;
    double *x = keep(f, 2 * n, sizeof *x), *y = x + n;
    if (!x) return lc_fail_memory(st);
    for (size_t i = 0; i < n; i++) {
        x[i] = position_of(what->panel, series, series->steps - n + i);
        y[i] = lc_result_real(r, begin + i, column);
    }
    f->forecast.n_past = n;
    f->forecast.past_x = x;
    f->forecast.past = y;
    return LC_OK;
}

static lc_code forecast_figure(lc_figure *f, const lc_report *what, const lc_groups *all, size_t k, lc_status *st)
{
    const lc_group *g = &all->list[k];
    const lc_result *r = what->result;
    const lc_panel *p = what->panel;
    levels l;
    find_levels(&l, r);
    double *level = keep(f, l.n, sizeof *level), *at = keep(f, g->n, (1 + 2 * l.n) * sizeof *at);
    const double **bounds = keep(f, 2 * l.n, sizeof *bounds);
    if (!level || !at || !bounds) return lc_fail_memory(st);
    memcpy(level, l.percent, l.n * sizeof *level);
    f->forecast = (lc_forecast_figure){.title = g->id,
                                       .y_label = lc_figure_label(p, g->id),
                                       .calendar = all->calendar,
                                       .n = g->n,
                                       .x = g->x,
                                       .n_levels = l.n,
                                       .level = level,
                                       .lo = bounds,
                                       .hi = bounds + l.n};
    f->forecast.forecast = column_of(r, g, lc_result_find(r, "forecast"), at);
    for (size_t i = 0; i < l.n; i++) {
        bounds[i] = column_of(r, g, l.lo[i], at + (1 + 2 * i) * g->n);
        bounds[l.n + i] = column_of(r, g, l.hi[i], at + (2 + 2 * i) * g->n);
    }
    lc_code code = add_history(f, p, g->id, g->n, st);
    const size_t past = all->past ? all->past[k] : SIZE_MAX;
    return code == LC_OK && past != SIZE_MAX ? add_past(f, what, g->id, past, st) : code;
}

/* ---- detect ---- */

/* Lines break where steps are missing: an empty point is put between rows more than five usual steps apart. order (at
 * most 2 n): positions in the group, SIZE_MAX for an empty point. Returns how many. */
static size_t points_of(const lc_group *g, size_t *order)
{
    size_t n = 0;
    double usual = g->n > 1 ? (g->x[g->n - 1] - g->x[0]) / (double)(g->n - 1) : 0;
    for (size_t i = 0; i < g->n; i++) {
        if (i && g->x[i] - g->x[i - 1] > 5 * usual) order[n++] = SIZE_MAX;
        order[n++] = i;
    }
    return n;
}

enum { D_X, D_Y, D_EXPECTED, D_LO, D_HI, D_SCORE, D_COLUMNS };

/* Copies the points of a group to columns of n values each. */
static void copy_points(const lc_result *r, const lc_group *g, const size_t *order, size_t n, const size_t *column,
                        double *to, int *flag, const char **why)
{
    const size_t statistic = lc_result_find(r, "statistic"), which = lc_result_find(r, "column");
    size_t anomaly = lc_result_find(r, "anomaly");
    bool bounds = false, begun = false; /* rows of several columns have none: they are scored from some row on */
    for (size_t i = 0; i < g->n && column[D_LO] != SIZE_MAX && !bounds; i++)
        bounds = !isnan(lc_result_real(r, g->row[i], column[D_LO]));
    for (size_t k = 0; k < n; k++) {
        size_t i = order[k];
        bool empty = i == SIZE_MAX;
        to[D_X * n + k] = empty ? 0.5 * (g->x[order[k - 1]] + g->x[order[k + 1]]) : g->x[i];
        for (size_t c = D_Y; c < D_COLUMNS; c++)
            to[c * n + k] = empty || column[c] == SIZE_MAX ? NAN : lc_result_real(r, g->row[i], column[c]);
        flag[k] = !empty && anomaly != SIZE_MAX && lc_result_real(r, g->row[i], anomaly) > 0.5;
        why[k] = "";
        if (flag[k] && statistic != SIZE_MAX) why[k] = lc_result_text(r, g->row[i], statistic);
        if (flag[k] && which != SIZE_MAX && *lc_result_text(r, g->row[i], which))
            why[k] = lc_result_text(r, g->row[i], which);
        /* A score of 0 where nothing was scored would look like a verdict. */
        begun = begun || to[D_SCORE * n + k] > 0;
        if (bounds ? isnan(to[D_LO * n + k]) && !flag[k] : !begun) to[D_SCORE * n + k] = NAN;
    }
}

static lc_code detect_figure(lc_figure *f, const lc_result *r, const lc_panel *p, const lc_group *g, bool calendar,
                             lc_status *st)
{
    static const char *const names[] = {"", "y", "expected", "lo", "hi", "score"};
    size_t column[D_COLUMNS];
    for (size_t c = D_Y; c < D_COLUMNS; c++) column[c] = lc_result_find(r, names[c]);
    size_t *order = keep(f, 2 * g->n, sizeof *order);
    int *flags = keep(f, 2 * g->n, sizeof *flags);
    const char **why = keep(f, 2 * g->n, sizeof *why);
    double *at = keep(f, 2 * g->n, D_COLUMNS * sizeof *at);
    if (!order || !flags || !why || !at) return lc_fail_memory(st);
    const size_t n = points_of(g, order);
    copy_points(r, g, order, n, column, at, flags, why);
    f->detect = (lc_detect_figure){.title = lc_figure_title(g->id),
                                   .y_label = lc_figure_label(p, g->id),
                                   .calendar = calendar,
                                   .n = n,
                                   .x = at + D_X * n,
                                   .y = at + D_Y * n,
                                   .expected = at + D_EXPECTED * n,
                                   .lo = at + D_LO * n,
                                   .hi = at + D_HI * n,
                                   .score = at + D_SCORE * n,
                                   .anomaly = flags,
                                   .why = why};
    return LC_OK;
}

/* ---- either ---- */

const char *lc_figure_title(const char *id)
{
    return strcmp(id, "*") == 0 ? "all columns" : id;
}

bool lc_figure_is_whole(const char *id)
{
    const char *colon = strrchr(id, ':');
    return strcmp(colon ? colon + 1 : id, "*") == 0;
}

const char *lc_figure_label(const lc_panel *p, const char *id)
{
    const size_t s = p ? lc_panel_find(p, id) : SIZE_MAX;
    return s == SIZE_MAX ? "" : p->targets[p->series[s].target];
}

lc_code lc_figure_kind(bool *is_detect, const lc_result *r, lc_status *st)
{
    *is_detect = lc_result_find(r, "score") != SIZE_MAX;
    const bool known = *is_detect || lc_result_find(r, "forecast") != SIZE_MAX;
    if (!known || lc_result_rows(r) == 0)
        return lc_fail(st, LC_E_USAGE, "there is nothing to draw: no rows of forecast or detect");
    if (lc_result_find(r, "cutoff") == SIZE_MAX) return LC_OK;
    lc_fail(st, LC_E_USAGE, "the windows of a backtest have no chart");
    lc_hint(st, "plot draws what forecast -o and detect -o wrote, evaluate --plot a backtest");
    return LC_E_USAGE;
}

lc_code lc_figure_create(lc_figure *f, const lc_report *what, const lc_groups *g, size_t k, lc_status *st)
{
    *f = (lc_figure){0};
    lc_code code = lc_figure_kind(&f->is_detect, what->result, st);
    if (code != LC_OK) return code;
    return f->is_detect ? detect_figure(f, what->result, what->panel, &g->list[k], g->calendar, st)
                        : forecast_figure(f, what, g, k, st);
}

void lc_figure_free(lc_figure *f)
{
    for (size_t i = 0; i < f->n_memory; i++) lc_free(f->memory[i]);
    *f = (lc_figure){0};
}
