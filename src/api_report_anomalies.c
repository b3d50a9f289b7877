/* The anomalies of a report: events where they are known, else flagged rows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api_report.h"
#include "base/memory.h"

/* Columns of the list, by their names in the table of events and in that of rows; those that are not there are left
 * out. */
static const struct {
    const char *title, *event, *row;
    lc_column_type type;
    int digits;
} columns[] = {{"file", "file", NULL, LC_COLUMN_TEXT, 0},
               {"series", "unique_id", "unique_id", LC_COLUMN_TEXT, 0},
               {"start", "start", "ds", LC_COLUMN_TEXT, 0},
               {"end", "end", NULL, LC_COLUMN_TEXT, 0},
               {"what stands out", "statistic", "statistic", LC_COLUMN_TEXT, 0},
               {"in column", "column", "column", LC_COLUMN_TEXT, 0},
               {"value", "y", "y", LC_COLUMN_REAL, 0},
               {"expected", "expected", "expected", LC_COLUMN_REAL, 0},
               {"from", "lo", "lo", LC_COLUMN_REAL, 0},
               {"to", "hi", "hi", LC_COLUMN_REAL, 0},
               {"p", "p", "p", LC_COLUMN_REAL, 2},
               {"score", "score", "score", LC_COLUMN_REAL, 3},
               {"rows", "rows", NULL, LC_COLUMN_REAL, 15},
               {"peak", "peak", NULL, LC_COLUMN_TEXT, 0}};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

typedef struct anomaly {
    size_t row;
    double p, score;
} anomaly;

static int most_unusual_first(const void *a, const void *b)
{
    const anomaly *x = a, *y = b;
    if (x->p != y->p) return x->p < y->p ? -1 : 1;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* A column of texts that is empty in all rows says nothing. */
static bool says_something(const lc_result *t, size_t column)
{
    if (lc_result_column_type(t, column) != LC_COLUMN_TEXT) return true;
    for (size_t i = 0; i < lc_result_rows(t); i++)
        if (*lc_result_text(t, i, column)) return true;
    return false;
}

static double real_or(const lc_result *r, size_t row, size_t column, double other)
{
    const double x = column == SIZE_MAX ? NAN : lc_result_real(r, row, column);
    return isfinite(x) ? x : other;
}

/* list: room for all rows of t. */
static size_t gather(anomaly *list, const lc_result *t, bool is_events)
{
    const size_t flag = lc_result_find(t, "anomaly"), p = lc_result_find(t, "p"), score = lc_result_find(t, "score");
    size_t n = 0;
    for (size_t i = 0; i < lc_result_rows(t); i++)
        if (is_events || real_or(t, i, flag, 0) > .5)
            list[n++] = (anomaly){i, real_or(t, i, p, 1), real_or(t, i, score, 0)};
    qsort(list, n, sizeof *list, most_unusual_first);
    return n;
}

lc_code lc_report_anomalies(lc_result **out, size_t *all, const lc_report *what, lc_status *st)
{
    const bool is_events = what->events != NULL;
    const lc_result *t = is_events ? what->events : what->result;
    size_t from[COLUMNS], n = 0;
    lc_column chosen[COLUMNS];
    *out = NULL;
    for (size_t c = 0; c < COLUMNS; c++) {
        const char *name = is_events ? columns[c].event : columns[c].row;
        const size_t column = name ? lc_result_find(t, name) : SIZE_MAX;
        if (column == SIZE_MAX || !says_something(t, column)) continue;
        const bool alone = !is_events && strcmp(columns[c].title, "start") == 0;
        chosen[n] = (lc_column){alone ? "at" : columns[c].title, columns[c].type, columns[c].digits};
        from[n++] = column;
    }
    anomaly *list = lc_calloc(lc_result_rows(t), sizeof *list);
    lc_code code = list ? lc_result_create_with(out, chosen, n, st) : lc_fail_memory(st);
    *all = list ? gather(list, t, is_events) : 0;
    for (size_t i = 0; i < *all && i < LC_REPORT_EVENTS && code == LC_OK; i++) {
        code = lc_result_add_row(*out, st);
        for (size_t c = 0; c < n && code == LC_OK; c++) {
            const bool is_id = strcmp(chosen[c].name, "series") == 0, is_text = chosen[c].type == LC_COLUMN_TEXT;
            const char *text = is_text ? lc_result_text(t, list[i].row, from[c]) : "";
            if (is_text) code = lc_result_set_text(*out, c, is_id ? lc_figure_title(text) : text, st);
            else lc_result_set_real(*out, c, lc_result_real(t, list[i].row, from[c]));
        }
    }
    lc_free(list);
    return code;
}

void lc_report_say_anomalies(lc_buf *note, size_t all, const char *elsewhere)
{
    if (all > LC_REPORT_EVENTS) lc_buf_printf(note, "The %d most unusual of %zu%s.", LC_REPORT_EVENTS, all, elsewhere);
    else lc_buf_puts(note, all ? "The most unusual first." : "None.");
}

/* A table of the same columns, and some of its rows. */
static lc_code copy_rows(lc_result **out, const lc_result *t, const anomaly *list, size_t n, lc_status *st)
{
    *out = lc_result_create();
    lc_code code = *out ? LC_OK : lc_fail_memory(st);
    const size_t width = lc_result_columns(t);
    for (size_t c = 0; c < width && code == LC_OK; c++)
        code = lc_result_add_column(*out, lc_result_column_name(t, c), lc_result_column_type(t, c),
                                    lc_result_column_digits(t, c), st);
    for (size_t i = 0; i < n && code == LC_OK; i++) {
        code = lc_result_add_row(*out, st);
        for (size_t c = 0; c < width && code == LC_OK; c++) {
            if (lc_result_column_type(t, c) == LC_COLUMN_TEXT)
                code = lc_result_set_text(*out, c, lc_result_text(t, list[i].row, c), st);
            else if (lc_result_column_type(t, c) == LC_COLUMN_INT)
                lc_result_set_int(*out, c, (int64_t)lc_result_real(t, list[i].row, c));
            else lc_result_set_real(*out, c, lc_result_real(t, list[i].row, c));
        }
    }
    return code;
}

lc_code lc_events_worst(lc_result **out, const lc_result *events, size_t most, lc_status *st)
{
    if (!out || !events) return lc_fail(st, LC_E_USAGE, "events are missing");
    *out = NULL;
    anomaly *list = lc_calloc(lc_result_rows(events), sizeof *list);
    if (!list) return lc_fail_memory(st);
    const size_t n = gather(list, events, true);
    const lc_code code = copy_rows(out, events, list, n < most ? n : most, st);
    lc_free(list);
    if (code == LC_OK) return LC_OK;
    lc_result_free(*out);
    *out = NULL;
    return code;
}
