/* A report of a backtest: the models beside each other, charts, and each series. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api_backtest.h"
#include "api_report.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/names.h"
#include "report/axis.h"

enum { MOST_COLUMNS = 24, TITLE_ROOM = 64 };

static double measure(const lc_result *r, size_t row, const char *column)
{
    return lc_result_real(r, row, lc_result_find(r, column));
}

/* ---- the models ---- */

/* A measure that is not known sorts last. */
typedef struct placed {
    double key;
    size_t row;
} placed;

static int ascending(const void *a, const void *b)
{
    const placed *p = a, *q = b;
    if (isnan(p->key) != isnan(q->key)) return isnan(p->key) - isnan(q->key);
    if (p->key != q->key && !isnan(p->key)) return p->key < q->key ? -1 : 1;
    return p->row < q->row ? -1 : p->row > q->row;
}

/* What the columns of the table of lc_evaluate are called on the page, "": they are left out. */
static void title_of(char out[TITLE_ROOM], const char *column)
{
    static const struct {
        const char *column, *title;
    } titles[] = {{"unique_id", ""},     {"model", "model"}, {"windows", "windows"}, {"mae", "MAE"}, {"rmse", "RMSE"},
                  {"smape", "sMAPE, %"}, {"mase", "MASE"},   {"crps", "CRPS"},       {"owa", "OWA"}};
    static const char inside[] = "coverage-", width[] = "width-";
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        if (strcmp(column, titles[i].column) != 0) continue;
        snprintf(out, TITLE_ROOM, "%s", titles[i].title);
        return;
    }
    if (strncmp(column, inside, sizeof inside - 1) == 0)
        snprintf(out, TITLE_ROOM, "inside %.24s %%, %%", column + sizeof inside - 1);
    else if (strncmp(column, width, sizeof width - 1) == 0)
        snprintf(out, TITLE_ROOM, "width of %.24s %%", column + sizeof width - 1);
    else snprintf(out, TITLE_ROOM, "%.60s", column);
}

/* The rows over all series, the smallest error first. */
static lc_code list_models(lc_result **out, const lc_result *r, lc_status *st)
{
    char title[MOST_COLUMNS][TITLE_ROOM];
    lc_column columns[MOST_COLUMNS];
    size_t from[MOST_COLUMNS], n = 0, rows = 0;
    placed *list = lc_calloc(lc_result_rows(r), sizeof *list);
    if (!list) return lc_fail_memory(st);
    for (size_t c = 0; c < lc_result_columns(r) && n < MOST_COLUMNS; c++) {
        title_of(title[n], lc_result_column_name(r, c));
        if (!*title[n]) continue;
        const bool text = lc_result_column_type(r, c) == LC_COLUMN_TEXT, count = strcmp(title[n], "windows") == 0;
        columns[n] = (lc_column){title[n], text ? LC_COLUMN_TEXT : LC_COLUMN_REAL, text ? 0 : count ? 15 : 4};
        from[n++] = c;
    }
    for (size_t i = lc_evaluate_totals(r); i < lc_result_rows(r); i++) {
        const double mase = measure(r, i, "mase");
        list[rows++] = (placed){isnan(mase) ? measure(r, i, "mae") : mase, i};
    }
    qsort(list, rows, sizeof *list, ascending);
    lc_code code = lc_result_create_with(out, columns, n, st);
    for (size_t i = 0; i < rows && code == LC_OK; i++) {
        code = lc_result_add_row(*out, st);
        for (size_t c = 0; c < n && code == LC_OK; c++) {
            if (columns[c].type == LC_COLUMN_TEXT)
                code = lc_result_set_text(*out, c, lc_result_text(r, list[i].row, from[c]), st);
            else lc_result_set_real(*out, c, lc_result_real(r, list[i].row, from[c]));
        }
    }
    lc_free(list);
    return code;
}

/* ---- the series ---- */

typedef struct compared {
    const char *id, *rival; /* rival NULL: none has an error */
    double error, rival_error, mae, windows;
} compared;

static double over_rival(const compared *c)
{
    return c->error / c->rival_error;
}

static int worst_first(const void *a, const void *b)
{
    const double x = over_rival(a), y = over_rival(b);
    if (isnan(x) != isnan(y)) return isnan(x) - isnan(y);
    if (x != y && !isnan(x)) return x > y ? -1 : 1;
    return strcmp(((const compared *)a)->id, ((const compared *)b)->id);
}

/* list: room for a series each row. Returns how many there are, SIZE_MAX: out of memory. */
static size_t compare(compared *list, const lc_result *r, const lc_backtest_view *v)
{
    lc_names names = {.seed = 0};
    const size_t id = lc_result_find(r, "unique_id"), name = lc_result_find(r, "model");
    size_t n = 0;
    const size_t rows = lc_evaluate_totals(r);
    for (size_t i = 0; i < rows && n != SIZE_MAX; i++) {
        const char *series = lc_result_text(r, i, id), *who = lc_result_text(r, i, name);
        const uint32_t k = lc_names_add(&names, series, NULL);
        if (k == LC_NO_NAME) {
            n = SIZE_MAX;
            break;
        }
        if (k == n) list[n++] = (compared){series, NULL, NAN, NAN, NAN, NAN};
        compared *c = &list[k];
        const double error = measure(r, i, "mase");
        /* A baseline may have the model's name: the model comes first. */
        if (strcmp(who, v->model) == 0 && isnan(c->windows)) {
            c->error = error;
            c->mae = measure(r, i, "mae");
            c->windows = measure(r, i, "windows");
        } else if (measure(r, i, "windows") == c->windows && isfinite(error) && !(error >= c->rival_error)) {
            c->rival = who;
            c->rival_error = error;
        }
    }
    lc_names_free(&names);
    return n;
}

static lc_code list_series(lc_result **out, size_t *n, const lc_result *r, const lc_backtest_view *v, lc_status *st)
{
    enum { SERIES, ERROR, RIVAL, RIVAL_ERROR, OVER, MAE, WINDOWS, COLUMNS };
    static const lc_column columns[COLUMNS] = {{"series", LC_COLUMN_TEXT, 0},
                                               {"MASE", LC_COLUMN_REAL, 4},
                                               {"best baseline", LC_COLUMN_TEXT, 0},
                                               {"its MASE", LC_COLUMN_REAL, 4},
                                               {"error / baseline's", LC_COLUMN_REAL, 3},
                                               {"MAE", LC_COLUMN_REAL, 4},
                                               {"windows", LC_COLUMN_REAL, 15}};
    compared *list = lc_calloc(lc_result_rows(r), sizeof *list);
    *n = list ? compare(list, r, v) : SIZE_MAX;
    lc_code code = *n == SIZE_MAX ? lc_fail_memory(st) : lc_result_create_with(out, columns, COLUMNS, st);
    if (code == LC_OK) qsort(list, *n, sizeof *list, worst_first);
    for (size_t i = 0; code == LC_OK && i < *n; i++) {
        const double value[COLUMNS] = {[ERROR] = list[i].error,
                                       [RIVAL_ERROR] = list[i].rival_error,
                                       [OVER] = over_rival(&list[i]),
                                       [MAE] = list[i].mae,
                                       [WINDOWS] = list[i].windows};
        code = lc_result_add_row(*out, st);
        for (size_t c = 0; c < COLUMNS && code == LC_OK; c++) {
            if (columns[c].type == LC_COLUMN_REAL) lc_result_set_real(*out, c, value[c]);
            else code = lc_result_set_text(*out, c, c == SERIES ? list[i].id : list[i].rival ? list[i].rival : "", st);
        }
    }
    lc_free(list);
    return code;
}

/* ---- the page ---- */

/* entry: room for one of each kind. */
static size_t write_legend(lc_document_entry entry[LC_CURVES], const lc_backtest_figure *f)
{
    const char *name[LC_CURVES] = {NULL};
    for (size_t i = 0; i < f->n_curves; i++)
        name[f->curve[i].curve] = f->curve[i].curve == LC_CURVE_OTHER ? "other baselines" : f->curve[i].name;
    return lc_report_curves_legend(entry, name);
}

static void add_number(lc_facts *f, const char *name, double x, const char *unit)
{
    char label[LC_TICK_TEXT], text[LC_TICK_TEXT + 16];
    if (!isfinite(x)) return;
    lc_number_label(label, x, 3);
    snprintf(text, sizeof text, "%s%s", label, unit);
    lc_facts_add(f, name, text);
}

static void say_key(lc_facts *key, const lc_backtest_view *v, const lc_verdict *verdict, const lc_backtest_figure *f)
{
    lc_report_count(key, "series", v->series);
    lc_report_count(key, "windows", v->windows);
    lc_report_count(key, "steps ahead", v->horizon);
    lc_facts_add(key, "model", v->model);
    if (verdict && *verdict->baseline) {
        add_number(key, verdict->measure, verdict->error, "");
        add_number(key, "error", verdict->against_naive, " \xc3\x97 naive");
    }
    for (size_t i = 0; i < f->n_levels; i++) {
        char level[LC_TICK_TEXT], name[LC_TICK_TEXT + 32];
        if (!f->asked[i]) continue;
        lc_number_label(level, f->level[i], 4);
        snprintf(name, sizeof name, "inside the %s %% interval", level);
        add_number(key, name, f->inside[i], " %");
    }
}

/* The verdict is the lead, and where the model lost a warning, too. */
static void say_verdict(lc_buf *lead, lc_facts *warnings, const lc_verdict *verdict)
{
    enum { WORDS = 400 };
    char words[WORDS] = "";
    const bool lost = verdict && lc_verdict_words(words, sizeof words, verdict);
    if (lost) lc_facts_add(warnings, "", words);
    if (*words && !lost) lc_buf_printf(lead, "%s.", words);
    else lc_buf_puts(lead, "What the model, and each baseline, would have forecast from earlier origins.");
}

static lc_code write_page(const lc_report *what, const lc_backtest_view *v, const lc_verdict *verdict,
                          const lc_backtest_figure *f, const lc_buf *svg, const lc_status *undrawn, const char *path,
                          bool replace, lc_status *st)
{
    lc_facts key = {0}, assumed = {0}, warnings = {0};
    lc_buf lead = {0}, note = {0};
    lc_result *models = NULL, *series = NULL;
    lc_document_entry entry[LC_CURVES];
    lc_document_figure figure[LC_BACKTEST_PARTS];
    size_t n_series = 0;
    lc_code code = list_models(&models, what->result, st);
    if (code == LC_OK) code = list_series(&series, &n_series, what->result, v, st);
    say_key(&key, v, verdict, f);
    say_verdict(&lead, &warnings, verdict);
    lc_report_assumed(&assumed, what, false);
    if (undrawn) lc_report_say_failure(&note, undrawn);
    for (size_t i = 0; i < LC_BACKTEST_PARTS; i++) figure[i] = (lc_document_figure){lc_backtest_titles[i], "", &svg[i]};
    if (code == LC_OK && (lead.failed || note.failed)) code = lc_fail_memory(st);
    const lc_document_table each = {
        .heading = "Series",
        .note = "Those first that do worst beside the best baseline that forecast the same windows.",
        .rows = series};
    const lc_document d = {.title = f->title,
                           .lead = lead.data,
                           .warnings = &warnings,
                           .key = &key,
                           .table = {.heading = "Models",
                                     .note = "Over all series, the smallest error first. Click a heading to sort.",
                                     .rows = models},
                           .charts_note = note.data ? note.data : "",
                           .figure = figure,
                           .n_figures = undrawn ? 0 : LC_BACKTEST_PARTS,
                           .legend = entry,
                           .n_entries = write_legend(entry, f),
                           .style = what->style,
                           .more = n_series > 1 ? &each : NULL,
                           .assumed = &assumed};
    if (code == LC_OK) code = lc_document_write(&d, path, replace, st);
    lc_result_free(models);
    lc_result_free(series);
    lc_facts_free(&key);
    lc_facts_free(&assumed);
    lc_facts_free(&warnings);
    lc_buf_free(&lead);
    lc_buf_free(&note);
    return code;
}

lc_code lc_report_write_backtest(const lc_report *what, const lc_backtest_view *v, const lc_verdict *verdict,
                                 const char *path, bool replace, lc_status *st)
{
    lc_backtest_drawing *d = NULL;
    lc_buf script = {0}, svg[LC_BACKTEST_PARTS] = {0};
    lc_status own = {0}, *why = st ? st : &own;
    if (!what || !what->result || !v || !path) return lc_fail(st, LC_E_USAGE, "result, view or path is missing");
    if (lc_result_find(what->result, "mase") == SIZE_MAX)
        return lc_fail(st, LC_E_USAGE, "the result is not one of a backtest");
    lc_code code = lc_backtest_drawing_create(&d, v, why);
    if (code != LC_OK) return code;
    code = lc_chart_backtest_inline(&script, &d->figure, LC_BACKTEST_PARTS, what->style, why);
    if (code == LC_OK) code = lc_report_pictures(svg, LC_BACKTEST_PARTS, &script, why);
    /* A report without charts is worth more than none. */
    if (code == LC_OK || code == LC_E_TOOL || code == LC_E_IO) {
        lc_status later = {0};
        const lc_code written =
            write_page(what, v, verdict, &d->figure, svg, code == LC_OK ? NULL : why, path, replace, &later);
        if (written != LC_OK) {
            code = written;
            *why = later;
        }
    }
    for (size_t i = 0; i < LC_BACKTEST_PARTS; i++) lc_buf_free(&svg[i]);
    lc_buf_free(&script);
    lc_backtest_drawing_free(d);
    return code;
}
