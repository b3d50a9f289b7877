/* One file of a job, in a process of its own, and what that process says to the job. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/job.h"
#include "cli/sink.h"

/* ---- figures ---- */

static void move(json_t *to, const json_t *from, const char *key)
{
    json_t *value = json_object_get(from, key);
    if (value) json_object_set(to, key, value);
}

/* Lines of the result: values, and rows as wholes. */
static void add_both(json_t *to, const json_t *from, const char *key, const char *rows_key)
{
    const json_t *values = json_object_get(from, key), *rows = json_object_get(from, rows_key);
    if (values) json_object_set_new(to, key, json_integer(json_integer_value(values) + json_integer_value(rows)));
}

/* Of the model over all series: its row of that name comes first. */
static void add_mase(json_t *to, const json_t *results)
{
    size_t i;
    const json_t *row;
    json_array_foreach(results, i, row)
    {
        const char *id = json_string_value(json_object_get(row, "unique_id"));
        if (!id || strcmp(id, "*") != 0 || !json_object_get(row, "mase")) continue;
        move(to, row, "mase");
        return;
    }
}

json_t *cli_job_figures(json_t *summary)
{
    static const char *const taken[] = {"worst", "peak", "statistic", "p", "frequency", "backtest"};
    json_t *f = json_object();
    const json_t *model = json_object_get(summary, "model"), *verdict = json_object_get(summary, "verdict");
    move(f, summary, "rows");
    move(f, summary, "series");
    add_both(f, summary, "scored", "rows_scored");
    add_both(f, summary, "flagged", "rows_flagged");
    move(f, summary, "events");
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) move(f, summary, taken[i]);
    move(f, model, "horizon");
    /* That of a model's own training says nothing of the file. */
    if (!json_object_get(summary, "model_file")) move(f, model, "against_naive");
    move(f, model, "parameters");
    if (model) json_object_set(f, "model", json_object_get(model, "arch"));
    if (verdict) json_object_set(f, "verdict", json_object_get(verdict, "words"));
    add_mase(f, json_object_get(summary, "results"));
    json_decref(summary);
    return f;
}

double cli_job_figure(const job_file *f, const char *name)
{
    const json_t *value = json_object_get(f->figures, name);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* ---- the work ---- */

/* What the command says, for the job instead of a terminal. */
typedef struct heard {
    FILE *errors, *notes;
    char *error_text, *note_text;
    size_t n_errors, n_notes;
} heard;

/* Lines as one. Free it; NULL: there are none, or no memory. */
static char *one_line(const char *text)
{
    char *line = NULL;
    size_t n = 0, length;
    FILE *to = open_memstream(&line, &n);
    for (const char *p = text + strspn(text, " \n"); to && *p; p += strspn(p, " \n")) {
        length = strcspn(p, "\n");
        fprintf(to, "%s%.*s", p == text + strspn(text, " \n") ? "" : "; ", (int)length, p);
        p += length;
    }
    if (to && fclose(to) == 0 && line && *line) return line;
    free(line);
    return NULL;
}

/* The ordinary command on the one file. */
static int run_command(const job *j, job_file *f, const char *result, size_t threads, bool replace, FILE *figures)
{
    lc_status st = {0};
    char count[24];
    cli_options o = *j->o;
    snprintf(count, sizeof count, "%zu", threads);
    o.files = &f->input;
    o.n_files = 1;
    o.output = result;
    o.out_dir = o.charts = o.style = NULL;
    o.figures = figures;
    o.force = replace;
    o.quiet = o.exit_code = false;
    o.json = true; /* figures instead of lines */
    if (lc_settings_set(o.settings, "threads", count, &st) != LC_OK) return cli_fail(&st);
    return o.command->run(&o);
}

/* unread: 0, or why the input is no plain file that can be read. */
static int make_result(const job *j, job_file *f, const char *result, size_t threads, job_known known, int unread)
{
    struct stat info;
    const bool there = lstat(result, &info) == 0;
    if (there && !S_ISREG(info.st_mode)) return cli_refuse(result, "is no plain file", "");
    if (there && known == JOB_UNKNOWN && !j->o->force)
        return cli_refuse(result, "the file exists, and no job wrote it",
                          "give --force to replace it, or another --out-dir");
    if (unread == ESPIPE)
        return cli_refuse(f->input, "is no plain file", "a job that goes on reads its files more than once");
    if (!unread && !cli_job_mark(j, f->result)) return cli_cannot(result, "written", errno);
    char *text = NULL;
    size_t n = 0;
    FILE *figures = open_memstream(&text, &n);
    if (!figures) return cli_no_memory();
    /* Why a file cannot be read the command says in its own words. */
    int code = run_command(j, f, result, threads, known != JOB_UNKNOWN || j->o->force, figures);
    if (fclose(figures) == 0 && n) f->figures = json_loadb(text, n, 0, NULL);
    free(text);
    /* The job holds the figures of all files: this is for the record alone. */
    f->backtest = json_incref(json_object_get(f->figures, "backtest"));
    json_object_del(f->figures, "backtest");
    if (code == LC_EXIT_OK && unread) code = cli_cannot(f->input, "read", unread);
    return code;
}

static void put_text(json_t *report, const char *key, char *text)
{
    if (!report || !text) return;
    cli_harmless(text, JOB_SAID_MOST, text); /* as it is, but for the length */
    json_object_set_new(report, key, cli_json_text(text));
}

static void report(const job_file *f, int to)
{
    json_t *r = json_pack("{s:i, s:f}", "status", f->status, "seconds", f->seconds);
    put_text(r, "error", f->error);
    if (!cli_job_has_result(f)) put_text(r, "notes", f->notes); /* a record has those of a result */
    char *text = r ? json_dumps(r, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    const size_t n = text ? strlen(text) : 0;
    for (size_t at = 0; at < n;) {
        const ssize_t done = write(to, text + at, n - at);
        if (done < 0 && errno != EINTR) break;
        if (done > 0) at += (size_t)done;
    }
    free(text);
    json_decref(r);
}

void cli_job_work(const job *j, job_file *f, size_t threads, int to)
{
    heard h = {0};
    job_identity input;
    const double begun = cli_seconds();
    char *result = cli_job_path(j, f->result);
    h.errors = open_memstream(&h.error_text, &h.n_errors);
    h.notes = open_memstream(&h.note_text, &h.n_notes);
    if (!result || !h.errors || !h.notes) return; /* the job sees an end without a report */
    cli_tell(h.errors, h.notes);
    const job_known known = cli_job_look(j, f, true);
    const int unread = cli_job_identify(&input, f->input, true) ? 0 : errno;
    int code = LC_EXIT_OK;
    f->status = JOB_SKIPPED;
    if (known != JOB_KNOWN) {
        f->status = JOB_DONE;
        code = make_result(j, f, result, threads, known, unread);
        f->seconds = cli_seconds() - begun;
        fflush(h.notes);
        f->notes = one_line(h.note_text);
    }
    /* Of one that is known, too: where bytes had to be looked at, dates will do the next time. */
    if (code == LC_EXIT_OK) code = cli_job_record(j, f, &input);
    if (code != LC_EXIT_OK) {
        f->status = JOB_FAILED;
        fflush(h.errors);
        f->error = one_line(h.error_text);
        cli_job_unmark(j, f);
    }
    report(f, to);
    free(result);
}

bool cli_job_heard(job_file *f, const char *text, size_t n)
{
    json_t *r = n ? json_loadb(text, n, 0, NULL) : NULL;
    const json_int_t status = json_integer_value(json_object_get(r, "status"));
    const char *error = json_string_value(json_object_get(r, "error")),
               *notes = json_string_value(json_object_get(r, "notes"));
    const bool good = status >= JOB_DONE && status <= JOB_FAILED;
    if (good) {
        f->status = (job_status)status;
        f->seconds = json_number_value(json_object_get(r, "seconds"));
        f->error = error ? strdup(error) : NULL;
        f->notes = notes ? strdup(notes) : NULL;
    }
    json_decref(r);
    return good;
}
