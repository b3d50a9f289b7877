/* Charts of results: groups the rows of a result table by series and hands them to the report floor. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/panel.h"
#include "model/model.h"
#include "report/chart.h"
#include "report/result.h"

/* ---- rows by series ---- */

typedef struct group {
    const char *id;
    size_t n;    /* rows */
    size_t *row; /* (n) */
    double *x;   /* (n) seconds, steps or positions */
} group;

typedef struct groups {
    group list[LC_PLOT_SERIES];
    size_t n, all;
    size_t *rows;
    double *x;
    double *columns; /* what figures point to */
    bool calendar;
} groups;

static int by_text(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

static lc_code count_ids(size_t *out, const lc_result *r, size_t id, lc_status *st)
{
    size_t n = lc_result_rows(r);
    const char **ids = lc_calloc(n, sizeof *ids);
    if (!ids) return lc_fail_memory(st);
    for (size_t i = 0; i < n; i++) ids[i] = lc_result_text(r, i, id);
    qsort(ids, n, sizeof *ids, by_text);
    *out = 0;
    for (size_t i = 0; i < n; i++) *out += i == 0 || strcmp(ids[i], ids[i - 1]) != 0;
    lc_free(ids);
    return LC_OK;
}

/* The stamps of a result read back as a clock learns a column; text that is no stamp becomes its position. */
static bool learn_clock(lc_clock *c, const lc_result *r, size_t ds)
{
    enum { LOOK = 200 };
    const char *cells[LOOK];
    size_t n = lc_result_rows(r) < LOOK ? lc_result_rows(r) : LOOK;
    bool ambiguous = false;
    for (size_t i = 0; i < n; i++) cells[i] = lc_result_text(r, i, ds);
    return n && lc_clock_learn(c, cells, n, &ambiguous);
}

static double position(const lc_clock *c, const char *ds, size_t i)
{
    lc_stamp t;
    if (!c || !lc_clock_parse(c, ds, &t)) return (double)(i + 1);
    return lc_clock_is_calendar(c) ? (double)t * 1e-6 : (double)t;
}

static void groups_free(groups *g)
{
    lc_free(g->rows);
    lc_free(g->x);
    lc_free(g->columns);
}

static size_t group_of(const groups *g, const char *id)
{
    for (size_t k = 0; k < g->n; k++)
        if (strcmp(g->list[k].id, id) == 0) return k;
    return SIZE_MAX;
}

typedef struct point {
    double x;
    size_t row;
} point;

static int by_x(const void *a, const void *b)
{
    const point *p = a, *q = b;
    if (p->x != q->x) return p->x < q->x ? -1 : 1;
    return p->row < q->row ? -1 : p->row > q->row;
}

/* detect writes rows in the order of its input, which need not be that of time; lines are drawn in that. */
static bool sort_group(group *g)
{
    size_t i = 1;
    while (i < g->n && g->x[i - 1] <= g->x[i]) i++;
    if (i >= g->n) return true;
    point *p = lc_calloc(g->n, sizeof *p);
    if (!p) return false;
    for (i = 0; i < g->n; i++) p[i] = (point){g->x[i], g->row[i]};
    qsort(p, g->n, sizeof *p, by_x);
    for (i = 0; i < g->n; i++) {
        g->x[i] = p[i].x;
        g->row[i] = p[i].row;
    }
    lc_free(p);
    return true;
}

static lc_code groups_create(groups *g, const lc_result *r, const lc_clock *clock, lc_status *st)
{
    size_t n = lc_result_rows(r), id = lc_result_find(r, "unique_id"), ds = lc_result_find(r, "ds");
    *g = (groups){0};
    lc_clock learned;
    if (!clock && learn_clock(&learned, r, ds)) clock = &learned;
    g->calendar = clock && lc_clock_is_calendar(clock);
    lc_code code = count_ids(&g->all, r, id, st);
    if (code != LC_OK) return code;
    g->rows = lc_calloc(n, sizeof *g->rows);
    g->x = lc_calloc(n, sizeof *g->x);
    if (!g->rows || !g->x) return lc_fail_memory(st);
    for (size_t i = 0; i < n; i++) {
        const char *name = lc_result_text(r, i, id);
        size_t k = group_of(g, name);
        if (k == SIZE_MAX && g->n < LC_PLOT_SERIES) {
            k = g->n++;
            g->list[k].id = name;
        }
        if (k != SIZE_MAX) g->list[k].n++;
    }
    size_t at = 0;
    for (size_t k = 0; k < g->n; k++) {
        g->list[k].row = g->rows + at;
        g->list[k].x = g->x + at;
        at += g->list[k].n;
        g->list[k].n = 0;
    }
    for (size_t i = 0; i < n; i++) {
        size_t k = group_of(g, lc_result_text(r, i, id));
        if (k >= g->n || !g->list[k].row) continue;
        group *one = &g->list[k];
        one->row[one->n] = i;
        one->x[one->n] = position(clock, lc_result_text(r, i, ds), one->n);
        one->n++;
    }
    for (size_t k = 0; k < g->n; k++)
        if (!sort_group(&g->list[k])) return lc_fail_memory(st);
    return LC_OK;
}

/* Copies a column of a group to `to` (n). */
static const double *column_of(const lc_result *r, const group *g, size_t column, double *to)
{
    for (size_t i = 0; i < g->n; i++) to[i] = column == SIZE_MAX ? NAN : lc_result_real(r, g->row[i], column);
    return to;
}

static const char *label_of(const lc_panel *p, const char *id)
{
    size_t s = p ? lc_panel_find(p, id) : SIZE_MAX;
    return s == SIZE_MAX ? "" : p->targets[p->series[s].target];
}

/* ---- forecast ---- */

/* The end of a series before its forecast: enough to see where it comes from. */
typedef struct history {
    double *x, *y;
    size_t n;
} history;

static lc_code history_of(history *h, const lc_panel *p, const char *id, size_t horizon, lc_status *st)
{
    enum { LEAST = 60, MOST = 3000 };
    *h = (history){0};
    size_t s = p ? lc_panel_find(p, id) : SIZE_MAX;
    if (s == SIZE_MAX) return LC_OK;
    const lc_series *series = &p->series[s];
    size_t n = 5 * horizon < LEAST ? LEAST : 5 * horizon;
    if (n > MOST) n = MOST;
    if (n > series->steps) n = series->steps;
    h->x = lc_calloc(2 * n, sizeof *h->x);
    if (!h->x) return lc_fail_memory(st);
    h->y = h->x + n;
    h->n = n;
    bool calendar = lc_clock_is_calendar(&p->clock);
    for (size_t i = 0; i < n; i++) {
        size_t row = series->steps - n + i;
        double t = (double)lc_panel_stamp(p, &p->frames[series->frame], row);
        h->x[i] = calendar ? t * 1e-6 : t;
        h->y[i] = lc_is_observed(series, row) ? lc_number_written(series->y, row) : NAN;
    }
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

static lc_code plot_forecast(const lc_result *r, const lc_panel *p, groups *g, const char *path, bool replace,
                             lc_status *st)
{
    levels l;
    find_levels(&l, r);
    lc_forecast_figure figure[LC_PLOT_SERIES];
    history past[LC_PLOT_SERIES] = {{0}};
    const double *lo[LC_PLOT_SERIES][MOST_LEVELS], *hi[LC_PLOT_SERIES][MOST_LEVELS];
    lc_code code = LC_OK;
    g->columns = lc_calloc(lc_result_rows(r) * (1 + 2 * l.n), sizeof *g->columns);
    if (!g->columns) return lc_fail_memory(st);
    double *at = g->columns;
    for (size_t k = 0; k < g->n && code == LC_OK; k++) {
        const group *one = &g->list[k];
        code = history_of(&past[k], p, one->id, one->n, st);
        figure[k] = (lc_forecast_figure){.title = one->id,
                                         .y_label = label_of(p, one->id),
                                         .calendar = g->calendar,
                                         .n_history = past[k].n,
                                         .history_x = past[k].x,
                                         .history_y = past[k].y,
                                         .n = one->n,
                                         .x = one->x,
                                         .n_levels = l.n,
                                         .level = l.percent,
                                         .lo = lo[k],
                                         .hi = hi[k]};
        figure[k].forecast = column_of(r, one, lc_result_find(r, "forecast"), at);
        at += one->n;
        for (size_t i = 0; i < l.n; i++) {
            lo[k][i] = column_of(r, one, l.lo[i], at);
            hi[k][i] = column_of(r, one, l.hi[i], at + one->n);
            at += 2 * one->n;
        }
    }
    if (code == LC_OK) code = lc_chart_forecast(figure, g->n, path, replace, st);
    for (size_t k = 0; k < g->n; k++) lc_free(past[k].x);
    return code;
}

/* ---- detect ---- */

/* Lines break where steps are missing: an empty point is put between rows more than five usual steps apart. order (at
 * most 2 n): positions in the group, SIZE_MAX for an empty point. Returns how many. */
static size_t points_of(const group *g, size_t *order)
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
static void copy_points(const lc_result *r, const group *g, const size_t *order, size_t n, const size_t *column,
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

static lc_code plot_detect(const lc_result *r, const lc_panel *p, groups *g, const char *path, bool replace,
                           lc_status *st)
{
    static const char *const names[] = {"", "y", "expected", "lo", "hi", "score"};
    lc_detect_figure figure[LC_PLOT_SERIES];
    size_t rows = lc_result_rows(r), column[D_COLUMNS];
    for (size_t c = D_Y; c < D_COLUMNS; c++) column[c] = lc_result_find(r, names[c]);
    size_t *order = lc_calloc(2 * rows, sizeof *order);
    int *flags = lc_calloc(2 * rows, sizeof *flags), *flag = flags;
    const char **words = lc_calloc(2 * rows, sizeof *words), **why = words;
    g->columns = lc_calloc(2 * rows, D_COLUMNS * sizeof *g->columns);
    lc_code code = order && flags && words && g->columns ? LC_OK : lc_fail_memory(st);
    double *at = g->columns;
    for (size_t k = 0; k < g->n && code == LC_OK; k++) {
        const group *one = &g->list[k];
        size_t n = points_of(one, order);
        copy_points(r, one, order, n, column, at, flag, why);
        figure[k] = (lc_detect_figure){.title = strcmp(one->id, "*") == 0 ? "all columns" : one->id,
                                       .y_label = label_of(p, one->id),
                                       .calendar = g->calendar,
                                       .n = n,
                                       .x = at + D_X * n,
                                       .y = at + D_Y * n,
                                       .expected = at + D_EXPECTED * n,
                                       .lo = at + D_LO * n,
                                       .hi = at + D_HI * n,
                                       .score = at + D_SCORE * n,
                                       .anomaly = flag,
                                       .why = why};
        at += D_COLUMNS * n;
        flag += n;
        why += n;
    }
    if (code == LC_OK) code = lc_chart_detect(figure, g->n, path, replace, st);
    lc_free(order);
    lc_free(flags);
    lc_free(words);
    return code;
}

lc_code lc_plot_result(const lc_result *r, const lc_panel *p, const char *path, bool replace, size_t *drawn,
                       size_t *all, lc_status *st)
{
    if (!r || !path) return lc_fail(st, LC_E_USAGE, "result or path is missing");
    bool detect = lc_result_find(r, "score") != SIZE_MAX, forecast = lc_result_find(r, "forecast") != SIZE_MAX;
    if ((!detect && !forecast) || lc_result_rows(r) == 0)
        return lc_fail(st, LC_E_USAGE, "there is nothing to draw: no rows of forecast or detect");
    if (lc_result_find(r, "cutoff") != SIZE_MAX) {
        lc_fail(st, LC_E_USAGE, "the windows of a backtest have no chart");
        lc_hint(st, "plot draws what forecast -o and detect -o wrote, evaluate --plot a backtest");
        return LC_E_USAGE;
    }
    groups g;
    lc_code code = groups_create(&g, r, p ? &p->clock : NULL, st);
    if (code == LC_OK)
        code = detect ? plot_detect(r, p, &g, path, replace, st) : plot_forecast(r, p, &g, path, replace, st);
    if (drawn) *drawn = g.n;
    if (all) *all = g.all;
    groups_free(&g);
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
