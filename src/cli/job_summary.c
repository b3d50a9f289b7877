/* What a job tells at its end: summary.csv, the table of report.html, and some lines. */
#define _DEFAULT_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/job.h"

enum { COLUMNS_MOST = 16 };

/* The figures of each command; reals of 15 digits are counts. */
typedef struct table {
    const char *command;
    lc_column column[7]; /* ends with a NULL name */
    const char *worst;   /* files with more of it come first in the report */
    const char *lead;    /* of the report */
} table;

static const table tables[] = {
    {"detect",
     {{"scored", LC_COLUMN_REAL, 15},
      {"flagged", LC_COLUMN_REAL, 15},
      {"events", LC_COLUMN_REAL, 15},
      {"peak", LC_COLUMN_TEXT, 0},
      {"statistic", LC_COLUMN_TEXT, 0},
      {"p", LC_COLUMN_REAL, 3}},
     "flagged",
     "Failed files first, then those with the most unusual event. Peak, statistic and p are of that event."},
    {"forecast",
     {{"horizon", LC_COLUMN_REAL, 15}, {"model", LC_COLUMN_TEXT, 0}, {"against_naive", LC_COLUMN_REAL, 4}},
     "against_naive",
     "Failed files first, then those whose model did worst beside the naive forecast."},
    {"evaluate",
     {{"mase", LC_COLUMN_REAL, 4}, {"verdict", LC_COLUMN_TEXT, 0}},
     "mase",
     "Failed files first, then those with the largest error."}};

static const table *table_of(const job *j)
{
    size_t i = 0;
    while (i + 1 < sizeof tables / sizeof tables[0] && strcmp(tables[i].command, j->o->command->name) != 0) i++;
    return &tables[i];
}

static const char *status_word(job_status status)
{
    static const char *const words[] = {
        [JOB_PENDING] = "pending", [JOB_DONE] = "done", [JOB_SKIPPED] = "skipped", [JOB_FAILED] = "failed"};
    return words[status];
}

/* ---- the table ---- */

static void append(lc_column *out, size_t *n, const lc_column *list)
{
    for (size_t i = 0; list[i].name; i++) out[(*n)++] = list[i];
}

/* For a page what was found comes first. */
static size_t list_columns(lc_column out[COLUMNS_MOST], const table *t, bool is_page)
{
    static const lc_column file[] = {{"file", LC_COLUMN_TEXT, 0}, {0}}, result[] = {{"result", LC_COLUMN_TEXT, 0}, {0}},
                           state[] = {{"status", LC_COLUMN_TEXT, 0}, {"error", LC_COLUMN_TEXT, 0}, {0}},
                           size[] = {{"rows", LC_COLUMN_REAL, 15},
                                     {"series", LC_COLUMN_REAL, 15},
                                     {"frequency", LC_COLUMN_TEXT, 0},
                                     {0}},
                           last[] = {{"seconds", LC_COLUMN_REAL, 3}, {"notes", LC_COLUMN_TEXT, 0}, {0}};
    const lc_column *const as_table[] = {file, result, state, size, t->column, last}, *const as_page[] = {
                                                                                          file, t->column, state,
                                                                                          size, last,      result};
    size_t n = 0;
    for (size_t i = 0; i < sizeof as_table / sizeof as_table[0]; i++)
        append(out, &n, (is_page ? as_page : as_table)[i]);
    return n;
}

static const char *text_of(const job_file *f, const char *column)
{
    const char *text = NULL;
    if (strcmp(column, "file") == 0) text = f->input;
    else if (strcmp(column, "result") == 0) text = cli_job_has_result(f) ? f->result : "";
    else if (strcmp(column, "status") == 0) text = status_word(f->status);
    else if (strcmp(column, "error") == 0) text = cli_job_error(f);
    else if (strcmp(column, "notes") == 0) text = f->notes;
    else if (!cli_job_has_result(f)) text = "";
    else text = json_string_value(json_object_get(f->figures, column));
    return text ? text : "";
}

static double number_of(const job_file *f, const char *column)
{
    if (strcmp(column, "seconds") == 0) return f->status == JOB_PENDING ? NAN : round(1e3 * f->seconds) / 1e3;
    return cli_job_has_result(f) ? cli_job_figure(f, column) : NAN;
}

/* What order and totals need of a file. */
static void note_figures(job_file *f, const table *t)
{
    const double flags = number_of(f, "flagged");
    f->p = number_of(f, "p");
    f->deserving = number_of(f, t->worst);
    f->flagged = flags > 0 ? (size_t)flags : 0;
    f->worse = number_of(f, "against_naive") >= 1 && !json_is_true(json_object_get(f->figures, "is_baseline"));
}

/* Rows of a table of all files. */
typedef struct listing {
    const job *j;
    job_file *const *order;
    const table *table;
    lc_column column[COLUMNS_MOST];
    size_t n;
    job_events *events; /* those of each file are gathered here; NULL: not these */
} listing;

static listing list_files(const job *j, job_file *const *order, bool is_page, job_events *events)
{
    listing l = {.j = j, .order = order, .table = table_of(j), .events = events};
    l.n = list_columns(l.column, l.table, is_page);
    return l;
}

static lc_code set_cells(lc_result *row, const job_file *f, const listing *l, lc_status *st)
{
    lc_code code = LC_OK;
    for (size_t c = 0; c < l->n && code == LC_OK; c++) {
        if (l->column[c].type == LC_COLUMN_TEXT) code = lc_result_set_text(row, c, text_of(f, l->column[c].name), st);
        else lc_result_set_real(row, c, number_of(f, l->column[c].name));
    }
    return code;
}

static lc_code set_row(void *user, size_t i, lc_result *row, lc_status *st)
{
    const listing *l = user;
    job_file *f = l->order[i];
    const bool found = cli_job_has_result(f);
    lc_code code = found ? cli_job_recall(l->j, f, st) : LC_OK;
    if (code == LC_OK) code = set_cells(row, f, l, st);
    if (code == LC_OK) note_figures(f, l->table);
    if (code == LC_OK && found && l->events) code = cli_job_events_add(l->events, f, st);
    cli_job_forget(f);
    return code;
}

static lc_listing rows_of(listing *l)
{
    return (lc_listing){.column = l->column, .n_columns = l->n, .n = l->j->n, .set = set_row, .user = l};
}

/* ---- order ---- */

static int rank(const job_file *f)
{
    return f->status == JOB_FAILED ? 0 : f->status == JOB_PENDING ? 1 : 2;
}

static int worst_first(const void *a, const void *b)
{
    const job_file *p = *(const job_file *const *)a, *q = *(const job_file *const *)b;
    if (rank(p) != rank(q)) return rank(p) - rank(q);
    double x = p->p, y = q->p;
    if (x < y || (isfinite(x) && isnan(y))) return -1;
    if (x > y || (isnan(x) && isfinite(y))) return 1;
    x = p->deserving;
    y = q->deserving;
    if (x > y || (isfinite(x) && isnan(y))) return -1;
    if (x < y || (isnan(x) && isfinite(y))) return 1;
    return p < q ? -1 : p > q;
}

/* ---- what is said ---- */

static job_totals sum_up(const job *j)
{
    job_totals t = {0};
    for (size_t i = 0; i < j->n; i++) {
        const job_file *f = &j->file[i];
        t.status[f->status]++;
        t.worse += f->worse;
        t.flagged += f->flagged;
        t.with_flags += f->flagged > 0;
    }
    return t;
}

static int say_as_json(const job *j, const job_totals *t, const char *summary, const char *report)
{
    json_t *s = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "command", j->o->command->name, "out_dir", "", "files",
                          (json_int_t)j->n, "done", (json_int_t)t->status[JOB_DONE], "skipped",
                          (json_int_t)t->status[JOB_SKIPPED], "failed", (json_int_t)t->status[JOB_FAILED], "pending",
                          (json_int_t)t->status[JOB_PENDING]);
    cli_json_put(&s, "out_dir", cli_json_text(j->o->out_dir));
    if (strcmp(j->o->command->name, "detect") == 0) {
        cli_json_put(&s, "flagged", json_integer((json_int_t)t->flagged));
        cli_json_put(&s, "files_flagged", json_integer((json_int_t)t->with_flags));
    }
    cli_json_put(&s, "summary", cli_json_text(summary));
    cli_json_put(&s, "report", cli_json_text(report));
    return cli_print_summary(s, j->o);
}

static void say(const job *j, const job_totals *t, const char *summary, const char *report)
{
    char n[5][32];
    cli_line(j->o, "files   %s: %s done, %s skipped, %s failed%s%s", lc_count_text(n[0], j->n),
             lc_count_text(n[1], t->status[JOB_DONE]), lc_count_text(n[2], t->status[JOB_SKIPPED]),
             lc_count_text(n[3], t->status[JOB_FAILED]), t->status[JOB_PENDING] ? ", pending " : "",
             t->status[JOB_PENDING] ? lc_count_text(n[4], t->status[JOB_PENDING]) : "");
    if (strcmp(j->o->command->name, "detect") == 0)
        cli_line(j->o, "flags   %s in %s file%s", lc_count_text(n[0], t->flagged), lc_count_text(n[1], t->with_flags),
                 t->with_flags == 1 ? "" : "s");
    cli_line(j->o, "wrote   %s and %s", summary, report);
    if (t->status[JOB_PENDING]) cli_note(j->o, "stopped; the same line goes on with what is pending");
}

/* ---- all of it ---- */

static int judge(const job *j, const job_totals *t)
{
    if (t->status[JOB_FAILED] || t->status[JOB_PENDING]) return LC_EXIT_FAILED;
    return j->o->exit_code && t->flagged ? LC_EXIT_ANOMALIES : LC_EXIT_OK;
}

/* Every record is read for each of the two tables: held is what order and totals need, and the worst events. */
static lc_code write_both(const job *j, job_totals *t, job_file **order, const char *summary, const char *report,
                          lc_status *st)
{
    job_events events = {0};
    const bool detects = strcmp(j->o->command->name, "detect") == 0;
    listing all = list_files(j, order, false, detects ? &events : NULL), sorted = list_files(j, order, true, NULL);
    lc_listing rows = rows_of(&all);
    lc_code code = detects ? cli_job_events_begin(&events, st) : LC_OK;
    if (code == LC_OK) code = lc_listing_write_file(&rows, summary, true, st);
    if (code == LC_OK) {
        *t = sum_up(j);
        qsort(order, j->n, sizeof *order, worst_first);
        rows = rows_of(&sorted);
        code = cli_job_report(j, t, &rows, table_of(j)->lead, (const job_file *const *)order, &events, report, st);
    }
    cli_job_events_free(&events);
    return code;
}

int cli_job_summary(const job *j)
{
    lc_status st = {0};
    job_totals t = {0};
    char *summary = cli_job_path(j, j->summary), *report = cli_job_path(j, j->report);
    job_file **order = calloc(j->n + 1, sizeof *order);
    int code;
    if (!order || !summary || !report) {
        code = cli_no_memory();
        goto done;
    }
    for (size_t i = 0; i < j->n; i++) order[i] = &j->file[i];
    if (write_both(j, &t, order, summary, report, &st) != LC_OK) {
        code = cli_fail(&st);
        goto done;
    }
    say(j, &t, summary, report);
    code = say_as_json(j, &t, summary, report);
    if (code == LC_EXIT_OK) code = judge(j, &t);
done:
    free(order);
    free(summary);
    free(report);
    return code;
}
