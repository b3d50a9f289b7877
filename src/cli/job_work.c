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

/* As with cli_json_put *to is NULL where memory was short. */
static void move_to(json_t **to, const char *name, const json_t *from, const char *key)
{
    json_t *value = json_object_get(from, key);
    if (value) cli_json_put(to, name, json_incref(value));
}

static void move(json_t **to, const json_t *from, const char *key)
{
    move_to(to, key, from, key);
}

/* Lines of the result: values, and rows as wholes. */
static void add_both(json_t **to, const json_t *from, const char *key, const char *rows_key)
{
    const json_t *values = json_object_get(from, key), *rows = json_object_get(from, rows_key);
    if (values) cli_json_put(to, key, json_integer(json_integer_value(values) + json_integer_value(rows)));
}

json_t *cli_job_figures(json_t *summary)
{
    static const char *const taken[] = {"worst", "peak", "statistic", "p", "frequency", "mase", "backtest"};
    json_t *f = summary ? json_object() : NULL;
    const json_t *model = json_object_get(summary, "model"), *verdict = json_object_get(summary, "verdict");
    move(&f, summary, "rows");
    move(&f, summary, "series");
    add_both(&f, summary, "scored", "rows_scored");
    add_both(&f, summary, "flagged", "rows_flagged");
    move(&f, summary, "events");
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) move(&f, summary, taken[i]);
    move(&f, model, "horizon");
    /* That of a model's own training says nothing of the file. */
    if (!json_object_get(summary, "model_file")) move(&f, model, "against_naive");
    move(&f, model, "is_baseline");
    move_to(&f, "model", model, "arch");
    move_to(&f, "verdict", verdict, "words");
    json_decref(summary);
    return f;
}

double cli_job_figure(const job_file *f, const char *name)
{
    const json_t *value = json_object_get(f->figures, name);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

const char *cli_job_error(const job_file *f)
{
    return f->status != JOB_FAILED ? "" : f->error ? f->error : "out of memory";
}

/* ---- the work ---- */

/* What the command says, for the job instead of a terminal. */
typedef struct heard {
    FILE *errors, *notes;
    char *error_text, *note_text;
    size_t n_errors, n_notes;
} heard;

/* What was said as one line; false: it was not heard to its end, for want of memory. *line NULL: nothing. */
static bool one_line(char **line, FILE *said, char *const *text)
{
    size_t n = 0, length;
    *line = NULL;
    if (fflush(said) != 0 || ferror(said)) return false;
    const char *begin = *text + strspn(*text, " \n");
    if (!*begin) return true;
    FILE *to = open_memstream(line, &n);
    if (!to) return false;
    for (const char *p = begin; *p; p += strspn(p, " \n")) {
        length = strcspn(p, "\n");
        fprintf(to, "%s%.*s", p == begin ? "" : "; ", (int)length, p);
        p += length;
    }
    const bool whole = !ferror(to);
    if (fclose(to) == 0 && whole && *line) return true; /* fclose() itself may lose it, and not say so */
    free(*line);
    *line = NULL;
    return false;
}

/* The ordinary command on the one file. */
static int run_command(const job *j, job_file *f, const char *result, size_t threads, bool replace)
{
    lc_status st = {0};
    char count[24];
    cli_options o = *j->o;
    snprintf(count, sizeof count, "%zu", threads);
    o.files = &f->input;
    o.n_files = 1;
    o.output = result;
    o.out_dir = o.charts = o.style = NULL;
    o.figures = &f->figures;
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
    if (!cli_job_mark(j, f->result)) return cli_cannot(result, "written", errno);
    /* Why a file cannot be read the command says in its own words. */
    int code = run_command(j, f, result, threads, known != JOB_UNKNOWN || j->o->force);
    /* The job holds the figures of all files: this is for the record alone. */
    f->backtest = json_incref(json_object_get(f->figures, "backtest"));
    json_object_del(f->figures, "backtest");
    if (code == LC_EXIT_OK && unread) code = cli_cannot(f->input, "read", unread);
    return code;
}

static void put_text(json_t **report, const char *key, char *text)
{
    if (!text) return;
    cli_harmless(text, JOB_SAID_MOST, text); /* as it is, but for the length */
    cli_json_put(report, key, cli_json_text(text));
}

static int report(const job_file *f, int to)
{
    json_t *r = json_pack("{s:i, s:f}", "status", f->status, "seconds", f->seconds);
    put_text(&r, "error", f->error);
    if (!cli_job_has_result(f)) put_text(&r, "notes", f->notes); /* a record has those of a result */
    char *text = lc_json_text(r, JSON_COMPACT | JSON_REAL_PRECISION(17));
    int code = text ? LC_EXIT_OK : cli_no_memory();
    const size_t n = text ? strlen(text) : 0;
    for (size_t at = 0; at < n && code == LC_EXIT_OK;) {
        const ssize_t done = write(to, text + at, n - at);
        if (done < 0 && errno != EINTR) code = cli_cannot(f->input, "reported on", errno);
        if (done > 0) at += (size_t)done;
    }
    free(text);
    json_decref(r);
    return code;
}

static int make(const job *j, job_file *f, const char *result, size_t threads, const heard *h)
{
    job_identity input;
    lc_status st = {0};
    const double begun = cli_seconds();
    const job_known known = cli_job_look(j, f, true, &st);
    const int unread = cli_job_identify(&input, f->input, true) ? 0 : errno;
    int code = LC_EXIT_OK;
    f->status = JOB_SKIPPED;
    if (known == JOB_LOST) return cli_fail(&st);
    if (known == JOB_KNOWN && unread) return cli_cannot(f->input, "read", unread);
    if (known != JOB_KNOWN) {
        f->status = JOB_DONE;
        code = make_result(j, f, result, threads, known, unread);
        f->seconds = cli_seconds() - begun;
        if (!one_line(&f->notes, h->notes, &h->note_text) && code == LC_EXIT_OK) code = cli_no_memory();
    }
    /* Of one that is known, too: where bytes had to be looked at, dates will do the next time. */
    return code == LC_EXIT_OK ? cli_job_record(j, f, &input) : code;
}

int cli_job_work(const job *j, job_file *f, size_t threads, int to)
{
    heard h = {0};
    char *result = cli_job_path(j, f->result);
    h.errors = open_memstream(&h.error_text, &h.n_errors);
    h.notes = open_memstream(&h.note_text, &h.n_notes);
    if (!result || !h.errors || !h.notes) return cli_no_memory();
    cli_tell(h.errors, h.notes);
    if (make(j, f, result, threads, &h) != LC_EXIT_OK) {
        f->status = JOB_FAILED;
        one_line(&f->error, h.errors, &h.error_text); /* the job takes a failure without words for want of memory */
        cli_job_unmark(j, f);
    }
    cli_tell(stderr, stderr);
    free(result);
    return report(f, to);
}

static bool copy_text(char **to, const json_t *from, const char *key)
{
    const char *text = json_string_value(json_object_get(from, key));
    *to = text ? strdup(text) : NULL;
    return *to || !text;
}

lc_code cli_job_heard(job_file *f, const char *text, size_t n, lc_status *st)
{
    json_t *r = NULL;
    lc_code code = lc_json_parse(&r, "", n ? text : "", n, st);
    if (code != LC_OK) return code;
    const json_int_t status = json_integer_value(json_object_get(r, "status"));
    const bool good = status >= JOB_DONE && status <= JOB_FAILED;
    if (!good) {
        code = LC_E_PARSE;
    } else if (!copy_text(&f->error, r, "error") || !copy_text(&f->notes, r, "notes")) {
        code = cli_job_no_memory(st);
    } else {
        f->status = (job_status)status;
        f->seconds = json_number_value(json_object_get(r, "seconds"));
    }
    json_decref(r);
    return code;
}
