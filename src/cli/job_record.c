/* Records of a job: by which a later run sees what is done. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/job.h"
#include "cli/sink.h"

/* A file that changed so shortly before it was looked at may change once more without another date. */
static const int64_t settled = INT64_C(2000000000);
/* Nobody else writes results: their dates tell at once. */
static const int64_t any_time = INT64_MAX;

static int64_t nanoseconds(struct timespec t)
{
    return (int64_t)t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

#ifdef __APPLE__
#define CHANGED(info) nanoseconds((info).st_mtimespec)
#define TOUCHED(info) nanoseconds((info).st_ctimespec)
#else
#define CHANGED(info) nanoseconds((info).st_mtim)
#define TOUCHED(info) nanoseconds((info).st_ctim)
#endif

bool cli_job_identify(job_identity *out, const char *path, bool hash)
{
    struct stat info;
    if (stat(path, &info) != 0) return false;
    if (!S_ISREG(info.st_mode)) {
        errno = S_ISDIR(info.st_mode) ? EISDIR : ESPIPE;
        return false;
    }
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    *out = (job_identity){
        .size = info.st_size, .changed = CHANGED(info), .touched = TOUCHED(info), .looked_at = nanoseconds(now)};
    return !hash || sha256_file(out->hash, path);
}

char *cli_job_record_path(const job *j, const char *result)
{
    char *path = NULL;
    size_t n;
    FILE *to = open_memstream(&path, &n);
    if (!to) return NULL;
    fprintf(to, "%s/.loomcast/%s.json", j->o->out_dir, result);
    if (fclose(to) == 0) return path;
    free(path);
    return NULL;
}

/* ---- reading ---- */

typedef enum sameness { SAME, DIFFERENT, CANNOT_TELL } sameness;

/* Without memory, which json_unpack needs. */
static bool get_count(int64_t *out, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    *out = json_integer_value(value);
    return json_is_integer(value);
}

/* Whether a file is the one that the record tells of. */
static sameness compare(const json_t *record, const char *key, const char *path, int64_t looked_at, bool deep)
{
    job_identity now, then;
    const json_t *kept = json_object_get(record, key);
    const char *hash = json_string_value(json_object_get(kept, "sha256"));
    if (!get_count(&then.size, kept, "size") || !get_count(&then.changed, kept, "mtime") ||
        !get_count(&then.touched, kept, "ctime") || !hash)
        return DIFFERENT;
    if (!cli_job_identify(&now, path, false) || now.size != then.size) return DIFFERENT;
    const int64_t latest = now.changed > now.touched ? now.changed : now.touched;
    if (now.changed == then.changed && now.touched == then.touched && latest < looked_at - settled) return SAME;
    if (!deep) return CANNOT_TELL;
    return cli_job_identify(&now, path, true) && strcmp(now.hash, hash) == 0 ? SAME : DIFFERENT;
}

/* Every command counts rows and series. */
static bool has_figures(const json_t *record)
{
    const json_t *figures = json_object_get(record, "figures");
    return json_is_integer(json_object_get(figures, "rows")) && json_is_integer(json_object_get(figures, "series"));
}

static job_known judge(const job *j, const job_file *f, const char *result, const json_t *record, bool deep)
{
    int64_t looked_at;
    const char *options = json_string_value(json_object_get(record, "options"));
    if (!options || strcmp(options, j->options) != 0) return JOB_OWN;
    if (!get_count(&looked_at, record, "looked_at") || !has_figures(record)) return JOB_OWN;
    const sameness in = compare(record, "input", f->input, looked_at, deep),
                   out = in == DIFFERENT ? DIFFERENT : compare(record, "result", result, any_time, deep);
    if (in == DIFFERENT || out == DIFFERENT) return JOB_OWN;
    return in == SAME && out == SAME ? JOB_KNOWN : JOB_PERHAPS;
}

/* What a run found; false: out of memory. */
static bool take(job_file *f, const json_t *record)
{
    const char *notes = json_string_value(json_object_get(record, "notes"));
    f->notes = notes ? strdup(notes) : NULL;
    if (notes && !f->notes) return false;
    f->figures = json_incref(json_object_get(record, "figures"));
    if (f->notes) cli_harmless(f->notes, strlen(f->notes) + 1, f->notes);
    return true;
}

static job_known look_into(const job *j, job_file *f, const char *path, const char *result, bool deep, lc_status *st)
{
    json_t *record = NULL;
    const lc_code code = lc_json_parse_file(&record, path, st);
    job_known known = JOB_OWN;
    if (code == LC_OK) known = judge(j, f, result, record, deep);
    else if (code != LC_E_PARSE) known = JOB_LOST; /* an empty record is no JSON */
    if (known == JOB_KNOWN && !take(f, record)) {
        known = JOB_LOST;
        cli_job_no_memory(st);
    }
    if (known == JOB_KNOWN) {
        /* Only the process of a file looks deep, and may write the record again. */
        if (deep) f->backtest = json_incref(json_object_get(record, "backtest"));
        f->seconds = json_number_value(json_object_get(record, "seconds"));
    }
    json_decref(record);
    return known;
}

job_known cli_job_look(const job *j, job_file *f, bool deep, lc_status *st)
{
    struct stat info;
    lc_status own = {0};
    job_known known = JOB_UNKNOWN;
    char *path = cli_job_record_path(j, f->result), *result = cli_job_path(j, f->result);
    if (!st) st = &own;
    if (!path || !result) {
        known = JOB_LOST;
        cli_job_no_memory(st);
    } else if (lstat(path, &info) == 0) {
        known = look_into(j, f, path, result, deep, st);
    } else if (errno != ENOENT) {
        known = JOB_LOST;
        *st = (lc_status){.code = LC_E_IO};
        snprintf(st->file, sizeof st->file, "%s", path);
        snprintf(st->text, sizeof st->text, "cannot be looked at: %s", strerror(errno));
    }
    free(result);
    free(path);
    return known;
}

char *cli_job_backtest(const job *j, const char *result, lc_status *st)
{
    json_t *record = NULL;
    char *path = cli_job_record_path(j, result);
    if (path) lc_json_parse_file(&record, path, st);
    const char *text = json_string_value(json_object_get(record, "backtest"));
    char *copy = text ? strdup(text) : NULL;
    if (!path || (text && !copy)) cli_job_no_memory(st);
    json_decref(record);
    free(path);
    return copy;
}

void cli_job_forget(job_file *f)
{
    json_decref(f->figures);
    f->figures = NULL;
    if (!cli_job_has_result(f)) return;
    free(f->notes);
    f->notes = NULL;
}

lc_code cli_job_no_memory(lc_status *st)
{
    *st = (lc_status){.code = LC_E_MEMORY, .text = "out of memory"};
    return LC_E_MEMORY;
}

static lc_code lost(const char *path, const char *why, lc_status *st)
{
    *st = (lc_status){.code = LC_E_IO};
    snprintf(st->file, sizeof st->file, "%s", path);
    snprintf(st->text, sizeof st->text, "the record of a result cannot be read again: %.400s", why);
    snprintf(st->hint, sizeof st->hint, "the same line makes the result anew where its record is gone");
    return LC_E_IO;
}

lc_code cli_job_recall(const job *j, job_file *f, lc_status *st)
{
    lc_status why = {0};
    json_t *record = NULL;
    char *path = cli_job_record_path(j, f->result);
    cli_job_forget(f);
    lc_code code = path ? lc_json_parse_file(&record, path, &why) : cli_job_no_memory(st);
    if (code == LC_OK && !has_figures(record)) code = lost(path, "it has no figures", st);
    else if (code == LC_OK && !take(f, record)) code = cli_job_no_memory(st);
    else if (why.code == LC_E_MEMORY) code = cli_job_no_memory(st);
    else if (why.code != LC_OK) code = lost(path, why.text, st);
    json_decref(record);
    free(path);
    return code;
}

/* ---- writing ---- */

bool cli_job_mark(const job *j, const char *result)
{
    char *path = cli_job_record_path(j, result);
    const int fd = path ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666) : -1;
    if (fd >= 0) close(fd);
    free(path);
    return fd >= 0;
}

void cli_job_unmark(const job *j, const job_file *f)
{
    struct stat info;
    char *path = cli_job_record_path(j, f->result), *result = cli_job_path(j, f->result);
    const bool empty = path && lstat(path, &info) == 0 && info.st_size == 0;
    if (empty && result && lstat(result, &info) != 0 && errno == ENOENT) unlink(path);
    free(path);
    free(result);
}

static json_t *identity(const job_identity *id)
{
    return json_pack("{s:I, s:I, s:I, s:s}", "size", (json_int_t)id->size, "mtime", (json_int_t)id->changed, "ctime",
                     (json_int_t)id->touched, "sha256", id->hash);
}

int cli_job_record(const job *j, const job_file *f, const job_identity *input)
{
    job_identity made;
    lc_status st = {0};
    int code;
    char *path = cli_job_record_path(j, f->result), *result = cli_job_path(j, f->result), *text = NULL;
    json_t *record = NULL;
    if (!path || !result) {
        code = cli_no_memory();
        goto done;
    }
    if (!cli_job_identify(&made, result, true)) {
        code = cli_cannot(result, "read again", errno);
        goto done;
    }
    code = LC_EXIT_OK;
    /* A run that could not keep its figures has failed before. */
    record = json_pack("{s:s, s:s, s:o, s:o, s:o, s:I, s:f, s:O}", "version", lc_version(), "options", j->options,
                       "file", cli_json_text(f->input), "input", identity(input), "result", identity(&made),
                       "looked_at", (json_int_t)input->looked_at, "seconds", f->seconds, "figures", f->figures);
    if (f->backtest) cli_json_put(&record, "backtest", json_incref(f->backtest));
    if (f->notes) cli_json_put(&record, "notes", cli_json_text(f->notes));
    text = lc_json_text(record, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    if (!text) code = cli_no_memory();
    else if (lc_file_write(path, text, strlen(text), true, &st) != LC_OK) code = cli_fail(&st);
done:
    json_decref(record);
    free(text);
    free(result);
    free(path);
    return code;
}
