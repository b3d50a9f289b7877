/* Flags held against known anomalies: what is printed of them, and evaluate with --labels. */
#include <math.h>
#include <string.h>

#include "cli/cli.h"

enum { NAME_ROOM = 4096, CELL = 16, MOST_SERIES = 20 };

const char *cli_labels_name(const cli_options *o, char *out, size_t room)
{
    const char *name = lc_settings_get(o->settings, "labels", out, room);
    return name ? name : "";
}

int cli_read_labels(lc_labels **out, const cli_options *o, const lc_panel *p)
{
    char name[2];
    lc_status st = {0};
    if (!*cli_labels_name(o, name, sizeof name)) return LC_EXIT_OK;
    if (lc_labels_read(out, p, o->settings, &st) != LC_OK) return cli_fail(&st);
    for (size_t i = 0; i < lc_labels_notice_count(*out); i++) cli_note(o, "note: %s", lc_labels_notice(*out, i));
    return LC_EXIT_OK;
}

/* ---- cells ---- */

static double number(const lc_result *r, size_t row, const char *column)
{
    return lc_result_real(r, row, lc_result_find(r, column));
}

/* A number of the table with so many decimals, or "-". */
static const char *cell(char out[CELL], const lc_result *r, size_t row, const char *column, int decimals)
{
    const double x = number(r, row, column);
    if (isnan(x)) snprintf(out, CELL, "-");
    else snprintf(out, CELL, "%.*f", decimals, x);
    return out;
}

static const char *text(const lc_result *r, size_t row, const char *column)
{
    return lc_result_text(r, row, lc_result_find(r, column));
}

/* ---- tables ---- */

static void print_head(const cli_options *o, const char *first)
{
    cli_line(o, "%-22s %7s %5s %7s %6s %6s %6s %6s %6s", first, "events", "hit", "false*", "F1 ev.", "F1 row", "VUS-PR",
             "NAB", "best");
}

/* A name that is too long keeps its end, which tells files apart. */
static void print_row(const cli_options *o, const lc_result *r, size_t row, const char *name)
{
    enum { WIDTH = 22 };
    char c[6][CELL], shown[WIDTH + 1];
    const size_t n = strlen(name), cut = n > WIDTH ? n - WIDTH + 2 : 0;
    snprintf(shown, sizeof shown, "%s%s", cut ? ".." : "", name + cut);
    cli_line(o, "%-22s %7.0f %5.0f %7s %6s %6s %6s %6s %6s", shown, number(r, row, "events"), number(r, row, "hit"),
             cell(c[0], r, row, "false-alarms-10k", 2), cell(c[1], r, row, "f1-event", 3),
             cell(c[2], r, row, "f1-row", 3), cell(c[3], r, row, "vus-pr", 3), cell(c[4], r, row, "nab-standard", 1),
             cell(c[5], r, row, "nab-best-standard", 1));
}

static void print_foot(const cli_options *o)
{
    cli_line(o, "* false alarms in 10,000 rows; NAB: the Numenta benchmark's standard profile,");
    cli_line(o, "  of these flags, and at the best threshold of the scores");
}

/* Series have more rows together than there are: several columns share them. */
static bool counts_twice(const lc_result *r)
{
    double rows = 0;
    const size_t series = lc_result_rows(r) - 1;
    for (size_t row = 0; row < series; row++) rows += number(r, row, "rows");
    return rows > number(r, series, "rows");
}

/* Of several series the first ones. */
static void print_series(const cli_options *o, const lc_result *r)
{
    const size_t series = lc_result_rows(r) - 1, shown = series > MOST_SERIES ? MOST_SERIES : series;
    if (series < 2) return;
    print_head(o, "series");
    for (size_t row = 0; row < shown; row++) print_row(o, r, row, text(r, row, "unique_id"));
    if (shown < series) cli_line(o, "... and %zu more, which --json lists", series - shown);
    print_row(o, r, series, "all");
    if (counts_twice(r)) cli_line(o, "all: rows as a whole");
    print_foot(o);
}

/* ---- one result ---- */

static void print_rates(const cli_options *o, const lc_result *r, size_t row, const char *what, const char *unit)
{
    char name[40], c[3][CELL];
    static const char *const rates[] = {"precision", "recall", "f1"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s-%s", rates[i], unit);
        cell(c[i], r, row, name, 3);
    }
    cli_line(o, "%sprecision %s, recall %s, F1 %s", what, c[0], c[1], c[2]);
}

/* All together. */
static void print_total(const cli_options *o, const lc_result *r)
{
    const size_t row = lc_result_rows(r) - 1;
    const double events = number(r, row, "events"), per = number(r, row, "false-alarms-10k");
    const double rows = number(r, row, "rows");
    char name[NAME_ROOM], what[60], c[5][CELL];
    cli_line(o, "labels  %s: %.0f event%s in %.0f rows", cli_labels_name(o, name, sizeof name), events,
             events == 1 ? "" : "s", rows);
    if (events > 0) {
        snprintf(what, sizeof what, "events  %.0f of %.0f hit: ", number(r, row, "hit"), events);
        print_rates(o, r, row, what, "event");
        print_rates(o, r, row, "rows    ", "row");
    }
    if (!isnan(per))
        cli_line(o, "false   %.0f alarm%s, %.2f in 10,000 rows", round(per * rows / 1e4),
                 round(per * rows / 1e4) == 1 ? "" : "s", per);
    if (!(events > 0)) return;
    cli_line(o, "scores  VUS-PR %s, VUS-ROC %s, with buffers of up to %s rows", cell(c[0], r, row, "vus-pr", 3),
             cell(c[1], r, row, "vus-roc", 3), cell(c[2], r, row, "vus-buffer", 0));
    cli_line(o, "NAB     standard %s, low FP %s, low FN %s, of these flags", cell(c[0], r, row, "nab-standard", 1),
             cell(c[1], r, row, "nab-low-fp", 1), cell(c[2], r, row, "nab-low-fn", 1));
    cli_line(o, "        standard %s, low FP %s, low FN %s, with the best threshold (%s)",
             cell(c[0], r, row, "nab-best-standard", 1), cell(c[1], r, row, "nab-best-low-fp", 1),
             cell(c[2], r, row, "nab-best-low-fn", 1), cell(c[3], r, row, "nab-threshold", 3));
}

int cli_measure(lc_result **out, const cli_options *o, const lc_result *r, const lc_labels *l, const lc_panel *p)
{
    lc_status st = {0};
    if (lc_detection_measures(out, "detect", r, l, p, o->settings, &st) != LC_OK) return cli_fail(&st);
    print_series(o, *out);
    print_total(o, *out);
    return LC_EXIT_OK;
}

/* ---- evaluate ---- */

static void print_methods(const cli_options *o, const lc_result *r)
{
    print_head(o, "all series");
    for (size_t row = 0; row < lc_result_rows(r); row++)
        if (strcmp(text(r, row, "unique_id"), "*") == 0) print_row(o, r, row, text(r, row, "method"));
    print_foot(o);
}

static int refuse_backtest(const cli_options *o)
{
    const char *option = o->save_windows ? "save-windows" : o->save_steps ? "save-steps" : o->plot ? "plot" : NULL;
    if (!option) return LC_EXIT_OK;
    return cli_usage("leave one of the two out", "--labels judges flags, --%s is about forecasts", option);
}

int cli_evaluate_labels(const cli_options *o)
{
    lc_panel *p = NULL;
    lc_labels *l = NULL;
    lc_result *r = NULL;
    lc_status st = {0};
    int code = refuse_backtest(o);
    if (code == LC_EXIT_OK) code = cli_check_outputs(o);
    if (code == LC_EXIT_OK) code = cli_keep_rows(o);
    if (code == LC_EXIT_OK) code = cli_read(&p, o);
    if (code == LC_EXIT_OK) code = cli_read_labels(&l, o, p);
    if (code != LC_EXIT_OK) goto done;
    cli_progress progress = cli_progress_start(o);
    const lc_code judged = lc_evaluate_labels(&r, p, l, o->settings, cli_progress_step, &progress, &st);
    cli_progress_clear(&progress);
    if (judged != LC_OK) {
        code = cli_fail(&st);
        goto done;
    }
    print_methods(o, r);
    code = cli_deliver(&(cli_outcome){.result = r}, o);
    if (code == LC_EXIT_OK) {
        json_t *s = cli_summary(o, p, NULL);
        cli_json_put(&s, "results", cli_json_rows(r));
        code = cli_print_summary(s, o);
    }
done:
    lc_result_free(r);
    lc_labels_free(l);
    lc_panel_free(p);
    return code;
}
