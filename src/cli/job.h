/* A job (--out-dir): one command over many files that nobody has looked at, each in a process of its own.
 *
 * The folder gets a result a file, summary.csv, report.html and .loomcast/, in which stand a lock and for each result a
 * record, NAME.json: of what the result was made (input, options, version), what it is, its figures, and of a backtest
 * what its chart shows. An empty record says that a result of that name is the job's own, to be made again. Each file
 * is written whole or not at all, and the empty record before its result, so that a job may be killed at any moment. */
#ifndef LC_CLI_JOB_H
#define LC_CLI_JOB_H

#include "cli/cli.h"
#include "cli/sha256.h"

typedef enum job_status { JOB_PENDING, JOB_DONE, JOB_SKIPPED, JOB_FAILED } job_status;

/* Of thousands of files little more than their names is held: what a run found stands in its record. */
typedef struct job_file {
    const char *input;
    char *result;      /* its name in the folder */
    job_status status; /* pending: not come to, or interrupted */
    /* Of the run that made the result, between cli_job_recall and cli_job_forget, and in its own process; NULL: none */
    json_t *figures;
    json_t *backtest;    /* in its own process, for the record: a text of lc_backtest_view_keep; NULL: none */
    char *notes;         /* the same; of a failed file from its end on. As error a line that no terminal obeys */
    char *error;         /* NULL: none, or of a failed file no memory for it */
    double seconds;      /* that the result took */
    size_t flagged;      /* with the next two, from the summary on */
    bool worse;          /* its model is no better than repeating the last value */
    double p, deserving; /* the order of the report, see cli_job_summary; NaN: none */
} job_file;

typedef struct job {
    const cli_options *o;
    job_file *file; /* (n) of this shard */
    size_t n;
    size_t shard, shards;      /* from 1; 1 of 1: all files */
    size_t threads;            /* of all files together */
    size_t memory;             /* bytes that a file may take; 0: any */
    char options[SHA256_TEXT]; /* of all that a result depends on beside its input */
    char summary[64], report[64];
    lc_style *style; /* of the report's charts; NULL: the usual one */
    int lock[2];     /* descriptors, -1: not open */
} job;

static inline bool cli_job_has_result(const job_file *f)
{
    return f->status == JOB_DONE || f->status == JOB_SKIPPED;
}

/* All functions return an exit code, other than 0 after saying what is wrong, unless they say otherwise. */

/* Runs what the command line says; called instead of the command's own function. */
int cli_job(const cli_options *o);

/* ---- before it begins ---- */

/* Rules between options; sets shard, threads, memory and style. */
int cli_job_check(job *j);
/* j->options, from settings, options and the files that they name. */
int cli_job_options(job *j);

/* Chooses names for the results of all files and keeps those of this shard. A name is that of the input without .gz
 * and .csv, and .csv behind it. Where a character is not harmless, the name is long or reserved, or another input has
 * it, too (but for case), digits of a hash of the input's path follow: it does not depend on the order of the inputs.
 */
int cli_job_names(job *j);

/* DIR/name. Free it; NULL: out of memory. */
char *cli_job_path(const job *j, const char *name);

/* Refuses to replace what the job reads. */
int cli_job_clashes(job *j);
/* Makes the folder and takes its lock, or says that another job has it. Shards of one job share the folder. Refuses to
 * replace a summary or report of somebody else's. */
int cli_job_enter(job *j);
void cli_job_leave(job *j);
/* Removes temporary files that killed processes of this job left. */
void cli_job_tidy(const job *j);

/* ---- records ---- */

typedef struct job_identity {
    int64_t size, changed, touched; /* bytes; nanoseconds of mtime and ctime */
    int64_t looked_at;              /* nanoseconds; the hash is taken after it */
    char hash[SHA256_TEXT];         /* "": not taken */
} job_identity;

/* false, with errno set, where there is no plain file; `hash`: reads it, too. */
bool cli_job_identify(job_identity *out, const char *path, bool hash);

typedef enum job_known {
    JOB_UNKNOWN, /* nobody of this job made the result */
    JOB_OWN,     /* it is the job's own, and must be made anew */
    JOB_PERHAPS, /* only the bytes can tell (`deep` was not asked for) */
    JOB_KNOWN,   /* it need not be made again; figures, notes and seconds are set */
    JOB_LOST     /* the record cannot be read, or not within memory */
} job_known;

/* Sets figures and notes of a file that has a result from its record. */
lc_code cli_job_recall(const job *j, job_file *f, lc_status *st);
void cli_job_forget(job_file *f);
lc_code cli_job_no_memory(lc_status *st); /* LC_E_MEMORY */

/* What the record of the file says of its result; of JOB_LOST st says why. `deep`: bytes are read where dates do not
 * tell. */
job_known cli_job_look(const job *j, job_file *f, bool deep, lc_status *st);
/* An empty record where there is none. false, with errno set, where it cannot be written. */
bool cli_job_mark(const job *j, const char *result);
/* Takes an empty record back where no result came. */
void cli_job_unmark(const job *j, const job_file *f);
/* The record of a finished result; `input` as it was before it was read. */
int cli_job_record(const job *j, const job_file *f, const job_identity *input);
char *cli_job_record_path(const job *j, const char *result);
/* What is kept there of a backtest, for lc_report_chart_create_kept. Free it; NULL: nothing, or st says why. */
char *cli_job_backtest(const job *j, const char *result, lc_status *st);

/* ---- the work ---- */

enum { JOB_SAID_MOST = 1 << 15 }; /* bytes of the error of a file that are heard, and of its notes */
/* In the process of the file: does it and writes a report of that as JSON to the descriptor `to`. Other than 0 where
 * there is none, after saying why. */
int cli_job_work(const job *j, job_file *f, size_t threads, int to);
/* Reads such a report. LC_E_PARSE: it is none; LC_E_MEMORY. */
lc_code cli_job_heard(job_file *f, const char *text, size_t n, lc_status *st);
/* Why a file failed; "": it did not. */
const char *cli_job_error(const job_file *f);
/* What is kept of the summary that a command prints with --json, which it takes. NULL: out of memory. */
json_t *cli_job_figures(json_t *summary);
/* A figure of a file; NaN: it has none. */
double cli_job_figure(const job_file *f, const char *name);

/* From here on this process may hold so many bytes; returns how many it might before. */
size_t cli_job_limit_memory(size_t bytes);
/* What this process holds of it now; SIZE_MAX: that cannot be told. */
size_t cli_job_memory_held(void);

/* Does all pending files side by side; after an interrupt those in hand are dropped. */
int cli_job_run(job *j);

/* ---- what the report shows ---- */

enum { JOB_EVENTS = 20 }; /* of a file, the most unusual, are kept */
/* Puts those of a run into its summary, and of the first of them peak, statistic and p. */
void cli_job_put_worst(json_t **summary, const lc_result *events);
/* The most unusual of all files, as lc_report_write_files takes them. */
typedef struct job_events {
    lc_result *list; /* a few more than the report shows; NULL: none is listed */
    size_t n;        /* there are in all */
} job_events;
lc_code cli_job_events_begin(job_events *e, lc_status *st);
/* Adds those of a file that was recalled. */
lc_code cli_job_events_add(job_events *e, const job_file *f, lc_status *st);
void cli_job_events_free(job_events *e);

/* Of a result, an input or a record: larger ones are not read once more for a chart, nor any that takes more than
 * --memory, or without it 16 times as much. */
enum { JOB_CHART_MIB = 64 };
/* Puts what the chart of a backtest shows into the summary of a run. */
void cli_job_put_backtest(json_t **summary, const lc_backtest_view *view);
/* Whether results of this job can be drawn; those of evaluate --labels have no chart. */
bool cli_job_has_charts(const job *j);
typedef struct job_drawn {
    size_t n, passed_over; /* charts; files before the last of them that have a result and cannot be drawn */
    bool no_memory;        /* it was short for one of these */
} job_drawn;
/* Charts of the first files of `order` that have a result and can be drawn, as many as --charts says; chart (n): NULL
 * where there is none. Free each. */
job_drawn cli_job_charts(lc_report_chart **chart, const job *j, const job_file *const *order);

/* ---- after it ---- */

typedef struct job_totals {
    size_t status[JOB_FAILED + 1];
    size_t flagged, with_flags; /* of detect */
    size_t worse;               /* files whose model is no better than repeating the last value */
} job_totals;

int cli_job_summary(const job *j);
/* The page; rows: a row for each file of `order`. */
lc_code cli_job_report(const job *j, const job_totals *t, const lc_listing *rows, const char *lead,
                       const job_file *const *order, const job_events *events, const char *path, lc_status *st);

#endif
