/* A report of a result: its series as a table, charts of those that deserve a look, its anomalies, what was assumed. */
#include "api_report.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/panel.h"

/* The charts of the first series of the table. */
typedef struct charts {
    size_t n;
    lc_buf *svg;               /* (n) */
    lc_document_figure *shown; /* (n) */
    size_t *of_row;            /* (series) */
} charts;

static lc_code draw_charts(charts *c, const lc_report *what, const lc_groups *g, const lc_report_series *s,
                           lc_status *st)
{
    lc_buf script = {0};
    lc_code code = LC_OK;
    for (size_t i = 0; i < c->n && code == LC_OK; i++) code = lc_report_script(&script, what, g, s->group[i], st);
    if (code == LC_OK && c->n) code = lc_report_pictures(c->svg, c->n, &script, st);
    lc_buf_free(&script);
    return code;
}

static lc_code create_charts(charts *c, const lc_report *what, const lc_groups *g, const lc_report_series *s,
                             lc_status *st)
{
    c->n = what->charts < s->n ? what->charts : s->n;
    c->svg = lc_calloc(c->n, sizeof *c->svg);
    c->shown = lc_calloc(c->n, sizeof *c->shown);
    c->of_row = lc_calloc(s->n, sizeof *c->of_row);
    if (!c->svg || !c->shown || !c->of_row) return lc_fail_memory(st);
    const lc_code code = draw_charts(c, what, g, s, st);
    /* A report without charts is worth more than none. */
    const size_t drawn = code == LC_OK ? c->n : 0;
    for (size_t i = 0; i < s->n; i++) c->of_row[i] = i < drawn ? i : SIZE_MAX;
    for (size_t i = 0; i < drawn; i++) {
        const char *title = lc_result_text(s->table, i, 0),
                   *column = lc_figure_label(what->panel, g->list[s->group[i]].id);
        c->shown[i] = (lc_document_figure){title, strcmp(title, column) == 0 ? "" : column, &c->svg[i]};
    }
    for (size_t i = drawn; i < c->n; i++) lc_buf_free(&c->svg[i]);
    c->n = drawn;
    return code;
}

static void free_charts(charts *c)
{
    for (size_t i = 0; c->svg && i < c->n; i++) lc_buf_free(&c->svg[i]);
    lc_free(c->svg);
    lc_free(c->shown);
    lc_free(c->of_row);
}

static void say_charts(lc_buf *note, bool is_detect, size_t drawn, size_t all, lc_code code, const lc_status *why)
{
    if (code != LC_OK) lc_report_say_failure(note, why);
    else if (drawn == 0) lc_buf_puts(note, "None were asked for.");
    else if (drawn < all)
        lc_buf_printf(note, "The first %zu of %zu series of the table; --charts %zu draws them all.", drawn, all, all);
    else if (all > 1)
        lc_buf_puts(note, is_detect ? "The most unusual series first." : "The least certain forecasts first.");
}

static void say_title(lc_buf *title, lc_buf *lead, const lc_report *what, bool is_detect)
{
    const char *name = what->n_files ? what->files[0] : "";
    lc_buf_puts(title, is_detect ? "Anomalies" : "Forecast");
    if (what->n_files) lc_buf_printf(title, " of %s", strcmp(name, "-") == 0 ? "standard input" : lc_base_name(name));
    if (what->n_files > 1) lc_buf_printf(title, " and %zu more", what->n_files - 1);
    lc_buf_puts(lead, is_detect ? "A flag marks where something unusual begins."
                                : "The next steps of every series, with the range that they should fall into.");
}

static lc_code write_document(const lc_report *what, bool is_detect, const lc_groups *g, const lc_report_series *s,
                              const charts *c, lc_code drawn, const char *path, bool replace, lc_status *st)
{
    lc_facts key = {0}, assumed = {0}, warnings = {0};
    lc_buf title = {0}, lead = {0}, note = {0}, more = {0};
    lc_result *anomalies = NULL;
    size_t n_anomalies = 0;
    lc_status later = {0};
    lc_code code = is_detect ? lc_report_anomalies(&anomalies, &n_anomalies, what, &later) : LC_OK;
    if (code != LC_OK) goto done;
    lc_report_key(&key, what, is_detect, g, s);
    lc_report_assumed(&assumed, what, is_detect);
    lc_report_warnings(&warnings, what);
    say_title(&title, &lead, what, is_detect);
    say_charts(&note, is_detect, c->n, s->n, drawn, st);
    lc_report_say_anomalies(&more, n_anomalies, "; --events FILE writes all of them");
    if (title.failed || lead.failed || note.failed || more.failed) {
        code = lc_fail_memory(&later);
        goto done;
    }
    const lc_document_table list = {
        .heading = what->events ? "Events" : "Flagged rows", .note = more.data, .rows = anomalies};
    size_t n_entries;
    const lc_document_entry *legend = lc_report_legend(is_detect, what->past && lc_result_rows(what->past), &n_entries);
    const lc_document d = {.title = title.data,
                           .lead = lead.data,
                           .warnings = &warnings,
                           .key = &key,
                           .table = {.heading = "Series",
                                     .note = is_detect ? "Most unusual first. Click a heading to sort."
                                                       : "Least certain first. Click a heading to sort.",
                                     .rows = s->table,
                                     .sketch = s->sketch,
                                     .figure = c->of_row},
                           .charts_note = note.data ? note.data : "",
                           .figure = c->shown,
                           .n_figures = c->n,
                           .legend = legend,
                           .n_entries = n_entries,
                           .style = what->style,
                           .more = is_detect ? &list : NULL,
                           .assumed = &assumed};
    code = lc_document_write(&d, path, replace, &later);
done:
    lc_result_free(anomalies);
    lc_facts_free(&key);
    lc_facts_free(&assumed);
    lc_facts_free(&warnings);
    lc_buf_free(&title);
    lc_buf_free(&lead);
    lc_buf_free(&note);
    lc_buf_free(&more);
    if (code != LC_OK && st) *st = later;
    return code;
}

lc_code lc_report_write(const lc_report *what, const char *path, bool replace, lc_status *st)
{
    bool is_detect;
    lc_groups g = {0};
    lc_report_series s = {0};
    charts c = {0};
    lc_status own = {0};
    if (!what || !what->result || !path) return lc_fail(st, LC_E_USAGE, "result or path is missing");
    lc_status *why = st ? st : &own; /* the page itself says why it has no charts */
    lc_code code = lc_figure_kind(&is_detect, what->result, why);
    if (code != LC_OK) return code;
    code = lc_groups_create(&g, what, why);
    if (code == LC_OK) code = lc_report_series_create(&s, what, &g, why);
    if (code != LC_OK) goto done;
    code = create_charts(&c, what, &g, &s, why);
    if (code == LC_OK || code == LC_E_TOOL || code == LC_E_IO) {
        const lc_code written = write_document(what, is_detect, &g, &s, &c, code, path, replace, why);
        if (written != LC_OK) code = written;
    }
done:
    free_charts(&c);
    lc_report_series_free(&s);
    lc_groups_free(&g);
    return code;
}

bool lc_report_is(const char *path)
{
    const char *dot = path ? strrchr(path, '.') : NULL;
    return dot && !strchr(dot, '/') && lc_equal_nocase(dot, ".html");
}
