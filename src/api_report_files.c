/* A page over the results of many files: a table that sorts, charts of some of them, their events. */
#include "api_report.h"
#include "base/memory.h"

typedef struct figures {
    size_t n;
    lc_buf *svg, *sketch;      /* (n), (rows): borrowed */
    lc_document_figure *shown; /* (n) */
    size_t *of_row;            /* (rows) */
    const lc_report_chart *first;
    bool past, curve[LC_CURVES]; /* any of the charts has it */
} figures;

static lc_code draw(figures *f, const lc_report_files *what, lc_status *st)
{
    lc_buf script = {0};
    const size_t rows = lc_result_rows(what->table);
    size_t n = 0;
    for (size_t i = 0; i < rows; i++)
        if (what->chart[i]) f->n++;
    f->svg = lc_calloc(f->n, sizeof *f->svg);
    f->shown = lc_calloc(f->n, sizeof *f->shown);
    f->sketch = lc_calloc(rows, sizeof *f->sketch);
    f->of_row = lc_calloc(rows, sizeof *f->of_row);
    if (!f->svg || !f->shown || !f->sketch || !f->of_row) return lc_fail_memory(st);
    for (size_t i = 0; i < rows; i++) {
        const lc_report_chart *c = what->chart[i];
        f->of_row[i] = SIZE_MAX;
        if (!c) continue;
        if (!f->first) f->first = c;
        f->past = f->past || c->past;
        for (size_t k = 0; k < LC_CURVES; k++) f->curve[k] = f->curve[k] || c->curve[k];
        f->sketch[i] = c->sketch;
        f->of_row[i] = n;
        lc_buf_append(&script, c->script.data, c->script.len);
        f->shown[n] = (lc_document_figure){c->title, c->caption.data ? c->caption.data : "", &f->svg[n]};
        n++;
    }
    lc_code code = script.failed ? lc_fail_memory(st) : LC_OK;
    if (code == LC_OK && n) code = lc_report_pictures(f->svg, n, &script, st);
    lc_buf_free(&script);
    return code;
}

static void free_figures(figures *f)
{
    for (size_t i = 0; f->svg && i < f->n; i++) lc_buf_free(&f->svg[i]);
    lc_free(f->svg);
    lc_free(f->shown);
    lc_free(f->sketch);
    lc_free(f->of_row);
}

/* One for all charts. curves: room for that of backtests. */
static const lc_document_entry *legend_of(const figures *f, lc_document_entry curves[LC_CURVES], size_t *n)
{
    static const char *const names[LC_CURVES] = {[LC_CURVE_MODEL] = "model",
                                                 [LC_CURVE_NAIVE] = "naive",
                                                 [LC_CURVE_SEASONAL] = "seasonal-naive",
                                                 [LC_CURVE_BEST] = "best other baseline",
                                                 [LC_CURVE_OTHER] = "other baselines"};
    const char *drawn[LC_CURVES];
    *n = 0;
    if (!f->first) return NULL;
    for (size_t k = 0; k < LC_CURVES; k++) drawn[k] = f->curve[k] ? names[k] : NULL;
    *n = lc_report_curves_legend(curves, drawn);
    return *n ? curves : lc_report_legend(f->first->is_detect, f->past, n);
}

/* Without charts where they could not be drawn. */
static lc_code write_page(const lc_report_files *what, figures *f, const lc_status *undrawn, const char *path,
                          bool replace, lc_status *st)
{
    lc_facts key = {0}, assumed = {0}, warnings = {0};
    lc_buf note = {0}, list = {0};
    lc_result *anomalies = NULL;
    size_t n_anomalies = 0, n_entries = 0;
    lc_document_entry curves[LC_CURVES];
    const lc_document_entry *legend = legend_of(f, curves, &n_entries);
    lc_code code = LC_OK;
    if (what->events) code = lc_report_anomalies(&anomalies, &n_anomalies, &(lc_report){.events = what->events}, st);
    for (size_t i = 0; i < what->n_key; i++) lc_facts_add(&key, what->key[i].name, what->key[i].value);
    for (size_t i = 0; i < what->n_warnings; i++) lc_facts_add(&warnings, "", what->warning[i]);
    if (what->settings) lc_report_options(&assumed, what->settings);
    lc_facts_add(&assumed, "version", LC_VERSION);
    if (undrawn) lc_report_say_failure(&note, undrawn);
    else lc_buf_puts(&note, what->charts_note ? what->charts_note : "");
    lc_report_say_anomalies(&list, n_anomalies, "");
    if (n_anomalies && what->events_note) lc_buf_printf(&list, " %s", what->events_note);
    if (code == LC_OK && (note.failed || list.failed)) code = lc_fail_memory(st);
    const bool drawn = f->n && !undrawn;
    const lc_document_table events = {.heading = "Events", .note = list.data, .rows = anomalies};
    const lc_document d = {.title = what->title,
                           .lead = what->lead,
                           .warnings = &warnings,
                           .key = &key,
                           .table = {"Files", "Click a heading to sort.", what->table, drawn ? f->sketch : NULL,
                                     drawn ? f->of_row : NULL, what->link, what->link_column},
                           .charts_note = what->charts_note ? note.data ? note.data : "" : NULL,
                           .figure = f->shown,
                           .n_figures = drawn ? f->n : 0,
                           .legend = legend,
                           .n_entries = n_entries,
                           .style = what->style,
                           .more = what->events ? &events : NULL,
                           .assumed = &assumed};
    if (code == LC_OK) code = lc_document_write(&d, path, replace, st);
    lc_result_free(anomalies);
    lc_facts_free(&key);
    lc_facts_free(&assumed);
    lc_facts_free(&warnings);
    lc_buf_free(&note);
    lc_buf_free(&list);
    return code;
}

lc_code lc_report_write_files(const lc_report_files *what, const char *path, bool replace, lc_status *st)
{
    figures f = {0};
    lc_status own = {0}, *why = st ? st : &own;
    if (!what || !what->table || !what->title || !what->lead || !path)
        return lc_fail(st, LC_E_USAGE, "title, lead, table or path is missing");
    lc_code code = what->chart ? draw(&f, what, why) : LC_OK;
    if (code == LC_OK || code == LC_E_TOOL || code == LC_E_IO) {
        lc_status later = {0};
        const lc_code written = write_page(what, &f, code == LC_OK ? NULL : why, path, replace, &later);
        if (written != LC_OK) {
            code = written;
            *why = later;
        }
    }
    free_figures(&f);
    return code;
}
