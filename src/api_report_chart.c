/* A chart of one of many files, small and ready to be drawn. */
#include <math.h>
#include <string.h>

#include "api_backtest.h"
#include "api_report.h"
#include "base/text.h"
#include "report/axis.h"
#include "report/spark.h"

void lc_report_chart_free(lc_report_chart *c)
{
    if (!c) return;
    lc_free(c->title);
    lc_buf_free(&c->caption);
    lc_buf_free(&c->script);
    lc_buf_free(&c->sketch);
    lc_free(c);
}

/* What of the table of series is said beside its chart. */
static bool is_said(const char *column)
{
    static const char *const left_out[] = {"rows", "flags in 10,000 rows", "events", "width / sd"};
    for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
        if (strcmp(column, left_out[i]) == 0) return false;
    return true;
}

/* The first row of the table of series in words. */
static void describe(lc_buf *b, const char *title, const lc_report *what, const lc_groups *g, const lc_report_series *s)
{
    enum { USUAL = 6 };
    const char *name = lc_result_text(s->table, 0, 0), *column = lc_figure_label(what->panel, g->list[s->group[0]].id);
    if (strcmp(name, title) != 0) lc_buf_printf(b, "%s, ", name);
    if (*column && strcmp(column, name) != 0) lc_buf_printf(b, "%s, ", column);
    if (s->n > 1) lc_buf_printf(b, "first of %zu series, ", s->n);
    bool begun = false;
    for (size_t c = 1; c < lc_result_columns(s->table); c++) {
        const bool is_text = lc_result_column_type(s->table, c) == LC_COLUMN_TEXT;
        const double x = is_text ? NAN : lc_result_real(s->table, 0, c);
        const char *text = is_text ? lc_result_text(s->table, 0, c) : "";
        char label[LC_TICK_TEXT] = "";
        const int digits = lc_result_column_digits(s->table, c);
        if (isfinite(x)) lc_number_label(label, x, digits ? digits : USUAL);
        if ((!*text && !*label) || !is_said(lc_result_column_name(s->table, c))) continue;
        lc_buf_printf(b, "%s%s %s%s", begun ? "; " : "", lc_result_column_name(s->table, c), text, label);
        begun = true;
    }
}

lc_code lc_report_chart_create(lc_report_chart **out, const char *title, const lc_report *what, lc_status *st)
{
    lc_groups g = {0};
    lc_report_series s = {0};
    if (!out || !title || !what || !what->result) return lc_fail(st, LC_E_USAGE, "title or result is missing");
    *out = NULL;
    lc_report_chart *c = lc_calloc(1, sizeof *c);
    if (!c) return lc_fail_memory(st);
    lc_code code = lc_figure_kind(&c->is_detect, what->result, st);
    if (code == LC_OK) code = lc_groups_create(&g, what, st);
    if (code == LC_OK) code = lc_report_series_create(&s, what, &g, st);
    if (code == LC_OK) code = lc_report_script(&c->script, what, &g, s.group[0], st);
    if (code == LC_OK) {
        c->past = what->past && lc_result_rows(what->past);
        c->title = lc_strdup(title);
        describe(&c->caption, title, what, &g, &s);
        c->sketch = s.sketch[0];
        s.sketch[0] = (lc_buf){0};
        if (!c->title || c->caption.failed || c->script.failed) code = lc_fail_memory(st);
    }
    lc_report_series_free(&s);
    lc_groups_free(&g);
    if (code == LC_OK) *out = c;
    else lc_report_chart_free(c);
    return code;
}

/* ---- of a backtest ---- */

/* What the table of files does not say, and who the best is, which the legend of all charts cannot. */
static void describe_backtest(lc_buf *b, const lc_backtest_drawing *d)
{
    const lc_backtest_figure *f = &d->figure;
    for (size_t i = 0; i < f->n_curves; i++)
        if (f->curve[i].curve == LC_CURVE_BEST) lc_buf_printf(b, "best other baseline %s; ", f->curve[i].name);
    for (size_t i = 0; i < f->n_levels; i++) {
        char level[LC_TICK_TEXT], inside[LC_TICK_TEXT];
        if (!isfinite(f->inside[i])) continue;
        lc_number_label(level, f->level[i], 4);
        lc_number_label(inside, f->inside[i], 3);
        lc_buf_printf(b, "%s %% interval covers %s %%; ", level, inside);
    }
    lc_backtest_say_size(b, d->series, d->windows, f->horizon);
}

lc_code lc_report_chart_create_kept(lc_report_chart **out, const char *title, const char *text, const lc_style *style,
                                    lc_status *st)
{
    lc_backtest_drawing *d = NULL;
    if (!out || !title || !text) return lc_fail(st, LC_E_USAGE, "title or text is missing");
    *out = NULL;
    lc_report_chart *c = lc_calloc(1, sizeof *c);
    if (!c) return lc_fail_memory(st);
    lc_code code = lc_backtest_drawing_restore(&d, text, st);
    if (code == LC_OK) code = lc_chart_backtest_inline(&c->script, &d->figure, 1, style, st);
    if (code == LC_OK) {
        const lc_backtest_figure *f = &d->figure;
        c->title = lc_strdup(title);
        describe_backtest(&c->caption, d);
        for (size_t i = 0; i < f->n_curves; i++) {
            const lc_error_curve *e = &f->curve[i];
            c->curve[e->curve] = true;
            if (e->curve == LC_CURVE_MODEL)
                lc_spark(&c->sketch, e->error, NULL, f->horizon, 0, lc_style_or_usual(style));
        }
        if (!c->title || c->caption.failed || c->script.failed || c->sketch.failed) code = lc_fail_memory(st);
    }
    lc_backtest_drawing_free(d);
    if (code == LC_OK) *out = c;
    else lc_report_chart_free(c);
    return code;
}
