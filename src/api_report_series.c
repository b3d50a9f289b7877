/* What a report says of each series. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api_report.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/names.h"
#include "report/spark.h"

enum { MOST_COLUMNS = 9 };

/* A row of the table, and what it is sorted by. */
typedef struct entry {
    size_t group;
    double worst, then; /* larger ones come first */
    double value[MOST_COLUMNS];
    const char *text[MOST_COLUMNS];
    lc_buf sketch;
} entry;

static int worst_first(const void *a, const void *b)
{
    const entry *p = a, *q = b;
    if (p->worst != q->worst) return p->worst > q->worst ? -1 : 1;
    if (p->then != q->then) return p->then > q->then ? -1 : 1;
    return p->group < q->group ? -1 : p->group > q->group;
}

/* ---- forecast ---- */

enum { F_SERIES, F_LAST, F_NEXT, F_END, F_CHANGE, F_LO, F_HI, F_WIDTH, F_COLUMNS };

static double sd_of(const double *y, size_t n)
{
    double mean = 0, sum = 0;
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(y[i])) continue;
        const double off = y[i] - mean;
        k++;
        mean += off / (double)k;
        sum += off * (y[i] - mean);
    }
    return k > 1 ? sqrt(sum / (double)(k - 1)) : NAN;
}

static double last_of(const double *y, size_t n)
{
    while (n && !isfinite(y[n - 1])) n--;
    return n ? y[n - 1] : NAN;
}

static bool sketch_forecast(entry *e, const lc_forecast_figure *f, const lc_style *style)
{
    double *y = lc_calloc(f->n_history + f->n, sizeof *y);
    if (!y) return false;
    if (f->n_history) memcpy(y, f->history_y, f->n_history * sizeof *y);
    if (f->n) memcpy(y + f->n_history, f->forecast, f->n * sizeof *y);
    lc_spark(&e->sketch, y, NULL, f->n_history + f->n, f->n_history, style);
    lc_free(y);
    return !e->sketch.failed;
}

static bool describe_forecast(entry *e, const lc_forecast_figure *f, const lc_style *style)
{
    double width = 0;
    const size_t end = f->n - 1, level = lc_usual_level(f);
    for (size_t i = 0; f->n_levels && i < f->n; i++) width += (f->hi[level][i] - f->lo[level][i]) / (double)f->n;
    e->text[F_SERIES] = f->title;
    e->value[F_LAST] = last_of(f->history_y, f->n_history);
    e->value[F_NEXT] = f->forecast[0];
    e->value[F_END] = f->forecast[end];
    e->value[F_CHANGE] = 100 * (f->forecast[end] - e->value[F_LAST]) / fabs(e->value[F_LAST]);
    e->value[F_LO] = f->n_levels ? f->lo[level][end] : NAN;
    e->value[F_HI] = f->n_levels ? f->hi[level][end] : NAN;
    e->value[F_WIDTH] = f->n_levels ? width / sd_of(f->history_y, f->n_history) : NAN;
    /* Without history intervals are compared by the size of what they are about. */
    const double size = isfinite(e->value[F_WIDTH]) ? e->value[F_WIDTH] : fabs(width / f->forecast[end]);
    e->worst = isfinite(size) ? size : -1;
    return sketch_forecast(e, f, style);
}

/* ---- detect ---- */

enum { D_SERIES, D_FLAGS, D_EVENTS, D_SCORE, D_FIRST, D_LAST, D_ROWS, D_RATE, D_COLUMNS };

static bool describe_detect(entry *e, const lc_detect_figure *f, const lc_result *r, const lc_group *g,
                            const lc_style *style)
{
    const size_t ds = lc_result_find(r, "ds"), anomaly = lc_result_find(r, "anomaly"),
                 score = lc_result_find(r, "score");
    size_t flags = 0;
    double most = 0;
    e->text[D_SERIES] = f->title;
    e->text[D_FIRST] = e->text[D_LAST] = "";
    for (size_t i = 0; i < g->n; i++) {
        most = fmax(most, lc_result_real(r, g->row[i], score));
        if (anomaly == SIZE_MAX || !(lc_result_real(r, g->row[i], anomaly) > .5)) continue;
        e->text[D_LAST] = lc_result_text(r, g->row[i], ds);
        if (!flags++) e->text[D_FIRST] = e->text[D_LAST];
    }
    e->value[D_ROWS] = (double)g->n;
    e->value[D_FLAGS] = (double)flags;
    e->value[D_RATE] = 1e4 * (double)flags / (double)g->n;
    e->value[D_SCORE] = most;
    e->worst = flags ? most + 1 : most;
    e->then = (double)flags;
    const bool has_values = isfinite(last_of(f->y, f->n));
    lc_spark(&e->sketch, has_values ? f->y : f->score, f->anomaly, f->n, f->n, style);
    return !e->sketch.failed;
}

/* How many events each series has, by the number of its group. */
static lc_code count_events(size_t *count, const lc_result *events, const lc_groups *g, lc_status *st)
{
    lc_names names = {.seed = 0};
    lc_code code = LC_OK;
    for (size_t k = 0; k < g->n && code == LC_OK; k++)
        if (lc_names_add(&names, g->list[k].id, NULL) == LC_NO_NAME) code = lc_fail_memory(st);
    for (size_t i = 0; code == LC_OK && i < lc_result_rows(events); i++) {
        const uint32_t k = lc_names_find(&names, lc_result_text(events, i, lc_result_find(events, "unique_id")));
        if (k != LC_NO_NAME) count[k]++;
    }
    lc_names_free(&names);
    return code;
}

/* ---- the table ---- */

static lc_code fill_table(lc_report_series *s, entry *list, size_t n, const lc_column *columns, size_t n_columns,
                          lc_status *st)
{
    lc_code code = lc_result_create_with(&s->table, columns, n_columns, st);
    for (size_t i = 0; i < n && code == LC_OK; i++) {
        code = lc_result_add_row(s->table, st);
        for (size_t c = 0; c < n_columns && code == LC_OK; c++) {
            if (columns[c].type != LC_COLUMN_TEXT) lc_result_set_real(s->table, c, list[i].value[c]);
            else code = lc_result_set_text(s->table, c, list[i].text[c], st);
        }
        s->group[i] = list[i].group;
        s->sketch[i] = list[i].sketch;
        list[i].sketch = (lc_buf){0};
    }
    return code;
}

static void count_flags(lc_report_series *s, const char *id, size_t flags)
{
    if (lc_figure_is_whole(id)) {
        s->wholes++;
        s->whole_flags += flags;
    } else {
        s->flags += flags;
        s->flagged += flags > 0;
    }
}

lc_code lc_report_series_create(lc_report_series *s, const lc_report *what, const lc_groups *g, lc_status *st)
{
    char lo[64] = "interval from", hi[48] = "to";
    const lc_column forecast[F_COLUMNS] = {{"series", LC_COLUMN_TEXT, 0},    {"last value", LC_COLUMN_REAL, 0},
                                           {"next step", LC_COLUMN_REAL, 0}, {"last step", LC_COLUMN_REAL, 0},
                                           {"change, %", LC_COLUMN_REAL, 3}, {lo, LC_COLUMN_REAL, 0},
                                           {hi, LC_COLUMN_REAL, 0},          {"width / sd", LC_COLUMN_REAL, 3}};
    const lc_column detect[D_COLUMNS] = {
        {"series", LC_COLUMN_TEXT, 0},     {"flags", LC_COLUMN_REAL, 15},
        {"events", LC_COLUMN_REAL, 15},    {"highest score", LC_COLUMN_REAL, 3},
        {"first flag", LC_COLUMN_TEXT, 0}, {"last flag", LC_COLUMN_TEXT, 0},
        {"rows", LC_COLUMN_REAL, 15},      {"flags in 10,000 rows", LC_COLUMN_REAL, 3}};
    const lc_style *style = lc_style_or_usual(what->style);
    *s = (lc_report_series){0};
    entry *list = lc_calloc(g->n, sizeof *list);
    size_t *events = lc_calloc(g->n, sizeof *events);
    s->group = lc_calloc(g->n, sizeof *s->group);
    s->sketch = lc_calloc(g->n, sizeof *s->sketch);
    lc_code code = list && events && s->group && s->sketch ? LC_OK : lc_fail_memory(st);
    if (code == LC_OK && what->events) code = count_events(events, what->events, g, st);
    s->n = g->n;
    bool is_detect = false;
    for (size_t k = 0; k < g->n && code == LC_OK; k++) {
        lc_figure f;
        code = lc_figure_create(&f, what, g, k, st);
        is_detect = f.is_detect;
        list[k].group = k;
        bool ok = true;
        if (code == LC_OK && is_detect) {
            ok = describe_detect(&list[k], &f.detect, what->result, &g->list[k], style);
            list[k].value[D_EVENTS] = what->events ? (double)events[k] : NAN;
            count_flags(s, g->list[k].id, (size_t)list[k].value[D_FLAGS]);
        } else if (code == LC_OK) {
            ok = describe_forecast(&list[k], &f.forecast, style);
            const double level = f.forecast.n_levels ? f.forecast.level[lc_usual_level(&f.forecast)] : NAN;
            char percent[LC_NUMBER_TEXT];
            lc_format_double(percent, level, 6);
            if (*percent) snprintf(lo, sizeof lo, "last step, %s %% from", percent);
        }
        if (!ok) code = lc_fail_memory(st);
        lc_figure_free(&f);
    }
    if (code == LC_OK) {
        qsort(list, g->n, sizeof *list, worst_first);
        code = fill_table(s, list, g->n, is_detect ? detect : forecast, is_detect ? D_COLUMNS : F_COLUMNS, st);
    }
    for (size_t k = 0; list && k < g->n; k++) lc_buf_free(&list[k].sketch);
    lc_free(list);
    lc_free(events);
    return code;
}

void lc_report_series_free(lc_report_series *s)
{
    for (size_t i = 0; s->sketch && i < s->n; i++) lc_buf_free(&s->sketch[i]);
    lc_result_free(s->table);
    lc_free(s->group);
    lc_free(s->sketch);
}
