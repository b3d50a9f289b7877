/* A page over the results of many files: a table that sorts, charts of some of them, their events. */
#include "api_report.h"
#include "base/memory.h"
#include "report/gnuplot.h"
#include "report/svg_inline.h"

typedef struct figures {
    size_t n;
    const lc_buf **script;     /* (n) */
    lc_document_figure *shown; /* (n) */
    lc_buf *sketch;            /* (rows): borrowed */
    size_t *of_row;            /* (rows) */
    const lc_report_chart *first;
    bool past, curve[LC_CURVES]; /* any of the charts has it */
    lc_svg_file pictures;        /* of all of them, and that of one: many take much memory */
    lc_buf svg;
    lc_code failed; /* of drawing */
    lc_status why;
} figures;

static lc_code list_figures(figures *f, const lc_report_files *what, lc_status *st)
{
    const size_t rows = what->table->n;
    size_t n = 0;
    for (size_t i = 0; i < rows; i++) f->n += what->chart[i] != NULL;
    f->script = lc_calloc(f->n, sizeof *f->script);
    f->shown = lc_calloc(f->n, sizeof *f->shown);
    f->sketch = lc_calloc(rows, sizeof *f->sketch);
    f->of_row = lc_calloc(rows, sizeof *f->of_row);
    if (!f->script || !f->shown || !f->sketch || !f->of_row) return lc_fail_memory(st);
    for (size_t i = 0; i < rows; i++) {
        const lc_report_chart *c = what->chart[i];
        f->of_row[i] = SIZE_MAX;
        if (!c) continue;
        if (!f->first) f->first = c;
        f->past = f->past || c->past;
        for (size_t k = 0; k < LC_CURVES; k++) f->curve[k] = f->curve[k] || c->curve[k];
        f->sketch[i] = c->sketch;
        f->of_row[i] = n;
        f->shown[n] = (lc_document_figure){c->title, c->caption.data ? c->caption.data : "", &f->svg};
        f->script[n++] = &c->script;
    }
    return LC_OK;
}

static lc_code next_picture(void *user, lc_status *st)
{
    figures *f = user;
    f->failed = lc_svg_file_next(&f->svg, &f->pictures, &f->why);
    if (f->failed && st) *st = f->why;
    return f->failed;
}

static void free_figures(figures *f)
{
    lc_svg_file_close(&f->pictures);
    lc_buf_free(&f->svg);
    lc_free(f->script);
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
static lc_code write_page(const lc_report_files *what, figures *f, const char *path, bool replace, lc_status *st)
{
    lc_facts key = {0}, assumed = {0}, warnings = {0};
    lc_buf note = {0}, list = {0};
    lc_result *anomalies = NULL;
    size_t n_anomalies = 0, n_entries = 0;
    lc_document_entry curves[LC_CURVES];
    const lc_document_entry *legend = legend_of(f, curves, &n_entries);
    lc_code code = LC_OK;
    if (what->events) code = lc_report_anomalies(&anomalies, &n_anomalies, &(lc_report){.events = what->events}, st);
    if (what->n_events) n_anomalies = what->n_events;
    for (size_t i = 0; i < what->n_key; i++) lc_facts_add(&key, what->key[i].name, what->key[i].value);
    for (size_t i = 0; i < what->n_warnings; i++) lc_facts_add(&warnings, "", what->warning[i]);
    if (what->settings) lc_report_options(&assumed, what->settings);
    lc_facts_add(&assumed, "version", LC_VERSION);
    if (f->failed) lc_report_say_failure(&note, &f->why);
    else lc_buf_puts(&note, what->charts_note ? what->charts_note : "");
    lc_report_say_anomalies(&list, n_anomalies, "");
    if (n_anomalies && what->events_note) lc_buf_printf(&list, " %s", what->events_note);
    if (code == LC_OK && (note.failed || list.failed)) code = lc_fail_memory(st);
    const bool drawn = f->n && !f->failed;
    const lc_document_table events = {.heading = "Events", .note = list.data, .rows = anomalies};
    const lc_document d = {.title = what->title,
                           .lead = what->lead,
                           .warnings = &warnings,
                           .key = &key,
                           .table = {.heading = "Files",
                                     .note = "Click a heading to sort.",
                                     .made = what->table,
                                     .sketch = drawn ? f->sketch : NULL,
                                     .figure = drawn ? f->of_row : NULL,
                                     .file = what->link,
                                     .file_column = what->link_column},
                           .charts_note = what->charts_note ? note.data ? note.data : "" : NULL,
                           .figure = f->shown,
                           .n_figures = drawn ? f->n : 0,
                           .next = next_picture,
                           .user = f,
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

static bool may_go_without(lc_code failed)
{
    return failed == LC_E_TOOL || failed == LC_E_IO;
}

lc_code lc_report_write_files(const lc_report_files *what, const char *path, bool replace, lc_status *st)
{
    figures f = {.pictures = {.file = -1}};
    lc_status own = {0}, *why = st ? st : &own;
    if (!what || !what->table || !what->table->set || !what->title || !what->lead || !path)
        return lc_fail(st, LC_E_USAGE, "title, lead, table or path is missing");
    lc_code code = what->chart ? list_figures(&f, what, why) : LC_OK;
    if (code != LC_OK) goto done;
    f.pictures.all = f.n;
    if (f.n) f.failed = lc_gp_pictures(f.script, f.n, &f.pictures.file, &f.why);
    const bool begun = !f.failed;
    if (begun || may_go_without(f.failed)) code = write_page(what, &f, path, replace, why);
    if (begun && may_go_without(f.failed)) code = write_page(what, &f, path, replace, why);
    if (code == LC_OK && f.failed) {
        *why = f.why;
        code = f.failed;
    }
done:
    free_figures(&f);
    return code;
}
