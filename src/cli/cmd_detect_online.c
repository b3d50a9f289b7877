/* detect --online: rows as they come, from a pipe or at the end of a file that grows. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/sink.h"

enum { BLOCK = 1 << 16, FOLLOW_MS = 50 };
/* The state is saved about every minute, less often where that takes long. */
static const double save_seconds = 60, save_share = 0.05;

typedef struct run {
    const cli_options *o;
    lc_monitor *m;
    lc_monitor_format format;
    cli_sink out, rejects;
    char rejects_path[4096];
    double saved, save_took;
    bool unsaved; /* rows were answered since */
    bool undelivered;
    bool failed;      /* within a row: what is saved stays as it is */
    sigset_t waiting; /* signals that are let through while nothing is to be done */
} run;

/* ---- signals ---- */

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
    stop = number;
}

/* Signals come only while the program waits, so that none falls between a look and the wait. */
static void catch_signals(run *r)
{
    sigset_t held;
    struct sigaction action = {.sa_handler = on_signal}, before;
    sigemptyset(&held);
    const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        /* What nohup ignores stays ignored. */
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN) continue;
        sigaction(numbers[i], &action, NULL);
        sigaddset(&held, numbers[i]);
    }
    sigprocmask(SIG_BLOCK, &held, &r->waiting);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (sigismember(&held, numbers[i])) sigdelset(&r->waiting, numbers[i]);
}

/* A signal that came while rows kept the program from waiting. */
static bool is_stopped(const run *r)
{
    sigset_t pending;
    sigpending(&pending);
    const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0] && !stop; i++)
        if (sigismember(&pending, numbers[i]) && !sigismember(&r->waiting, numbers[i])) stop = numbers[i];
    return stop;
}

/* ---- state ---- */

/* Saved is what was answered, so the answers come first. */
static int save(run *r)
{
    lc_status st = {0};
    if (!r->o->state || !r->unsaved) return LC_EXIT_OK;
    int code = cli_sink_flush(&r->out);
    if (code == LC_EXIT_OK && r->rejects.path) code = cli_sink_flush(&r->rejects);
    if (code != LC_EXIT_OK) r->undelivered = true;
    if (code != LC_EXIT_OK) return code;
    const double begin = cli_seconds();
    if (r->out.regular) fdatasync(r->out.fd);
    if (lc_monitor_save(r->m, r->o->state, &st) != LC_OK) return cli_fail(&st);
    r->saved = cli_seconds();
    r->save_took = r->saved - begin;
    r->unsaved = false;
    return LC_EXIT_OK;
}

static double save_due(const run *r)
{
    const double pause = r->save_took / save_share;
    return r->saved + (pause > save_seconds ? pause : save_seconds);
}

/* ---- rows ---- */

static void tell(const run *r)
{
    const char *line;
    while ((line = lc_monitor_notice(r->m))) cli_note(r->o, "note: %s", line);
}

static int put_lines(run *r, cli_sink *to, lc_monitor_format format)
{
    const char *text;
    size_t n;
    lc_status st = {0};
    int code = LC_EXIT_OK;
    if (lc_monitor_lines(r->m, format, &text, &n, &st) != LC_OK) code = cli_fail(&st);
    if (code == LC_EXIT_OK) code = cli_sink_put(to, text, n);
    if (code != LC_EXIT_OK) r->undelivered = true;
    return code;
}

/* Answers the rows that are there. */
static int answer(run *r)
{
    lc_monitor_event event = LC_MONITOR_ROW;
    int code = LC_EXIT_OK;
    while (code == LC_EXIT_OK && event != LC_MONITOR_MORE) {
        lc_monitor_row row;
        lc_status st = {0};
        const lc_code read = lc_monitor_next(r->m, &event, &row, &st);
        tell(r);
        r->failed = r->failed || read != LC_OK;
        if (read != LC_OK) code = cli_fail(&st);
        else if (event == LC_MONITOR_ROW) code = put_lines(r, &r->out, r->format);
        else if (event == LC_MONITOR_BAD && r->rejects.path) code = put_lines(r, &r->rejects, LC_MONITOR_REJECTS);
        else if (event == LC_MONITOR_BAD) code = cli_fail(row.why);
        r->unsaved = r->unsaved || event == LC_MONITOR_ROW;
    }
    /* Rows before a failure are answered all the same. */
    int flushed = r->undelivered ? LC_EXIT_OK : cli_sink_flush(&r->out);
    if (flushed == LC_EXIT_OK && r->rejects.path && !r->undelivered) flushed = cli_sink_flush(&r->rejects);
    if (flushed != LC_EXIT_OK) r->undelivered = true;
    return code == LC_EXIT_OK ? flushed : code;
}

/* ---- input ---- */

typedef struct input {
    const char *path, *name;
    int fd;
    bool regular, last; /* the last file is the one that is followed */
    off_t taken;
    dev_t device;
    ino_t node;
} input;

static int open_input(const run *r, input *in, const char *path)
{
    struct stat info;
    sigset_t held;
    const bool standard = strcmp(path, "-") == 0;
    *in = (input){.path = path, .name = standard ? "standard input" : path, .fd = STDIN_FILENO};
    /* A named pipe is opened once somebody writes to it, and a signal may come before. */
    sigprocmask(SIG_SETMASK, &r->waiting, &held);
    if (!standard) in->fd = open(path, O_RDONLY | O_CLOEXEC);
    const int why = errno;
    sigprocmask(SIG_SETMASK, &held, NULL);
    if (stop) return LC_EXIT_OK;
    errno = why;
    if (in->fd < 0) return cli_cannot(path, "opened", errno);
    if (fstat(in->fd, &info) != 0) return cli_cannot(in->name, "read", errno);
    if (S_ISDIR(info.st_mode)) return cli_cannot(in->name, "read", EISDIR);
    in->regular = S_ISREG(info.st_mode);
    in->device = info.st_dev;
    in->node = info.st_ino;
    return LC_EXIT_OK;
}

static void close_input(input *in)
{
    if (in->fd > STDIN_FILENO) close(in->fd);
    in->fd = -1;
}

/* Waits for bytes, a signal, or the time to save. */
static void wait_for(run *r, int fd, int most_ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    double left = r->o->state && r->unsaved ? save_due(r) - cli_seconds() : 3600;
    if (left < 0) left = 0;
    if (most_ms >= 0 && left > most_ms / 1e3) left = most_ms / 1e3;
    const struct timespec t = {.tv_sec = (time_t)left, .tv_nsec = (long)((left - (double)(time_t)left) * 1e9)};
    ppoll(&p, fd >= 0, &t, &r->waiting);
}

static int begin(run *r, const input *in)
{
    lc_status st = {0};
    return lc_monitor_begin(r->m, in->name, &st) == LC_OK ? LC_EXIT_OK : cli_fail(&st);
}

/* The input has ended. */
static int finish(run *r)
{
    lc_status st = {0};
    if (lc_monitor_end(r->m, &st) != LC_OK) return cli_fail(&st);
    return answer(r);
}

/* At the end of a file that is followed: it may have been cut, or another one may have taken its name. */
static int look_again(run *r, input *in)
{
    struct stat info;
    if (in->regular && fstat(in->fd, &info) == 0 && info.st_size < in->taken) {
        cli_note(r->o, "note: %s was cut: it is read from its beginning", in->name);
        in->taken = lseek(in->fd, 0, SEEK_SET);
        return begin(r, in);
    }
    if (in->fd == STDIN_FILENO || stat(in->path, &info) != 0) return LC_EXIT_OK;
    if (info.st_dev == in->device && info.st_ino == in->node) return LC_EXIT_OK;
    cli_note(r->o, "note: %s is another file now, which is read from its beginning", in->name);
    int code = finish(r);
    close_input(in);
    const bool last = in->last;
    if (code == LC_EXIT_OK) code = open_input(r, in, in->path);
    in->last = last;
    return code == LC_EXIT_OK && !stop ? begin(r, in) : code;
}

/* The last byte of a file that may go on another day must end a line: else its last row may not be whole yet. */
static bool is_unfinished(const run *r, const input *in, char last)
{
    return r->o->state && in->regular && in->taken && last != '\n' && last != '\r';
}

static int read_input(run *r, input *in)
{
    char block[BLOCK], last = '\n';
    lc_status st = {0};
    int code = begin(r, in);
    while (code == LC_EXIT_OK && !stop) {
        wait_for(r, in->fd, -1);
        if (is_stopped(r)) break;
        if (r->o->state && r->unsaved && cli_seconds() >= save_due(r)) code = save(r);
        struct pollfd p = {.fd = in->fd, .events = POLLIN};
        if (code != LC_EXIT_OK || poll(&p, 1, 0) == 0) continue;
        const ssize_t n = read(in->fd, block, sizeof block);
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (n < 0) return cli_cannot(in->name, "read", errno);
        if (n > 0) {
            in->taken += n;
            last = block[n - 1];
            if (lc_monitor_push(r->m, block, (size_t)n, &st) != LC_OK) return cli_fail(&st);
            code = answer(r);
        } else if (r->o->follow && in->last) {
            wait_for(r, -1, FOLLOW_MS);
            if (!stop) code = look_again(r, in);
        } else {
            if (!is_unfinished(r, in, last)) return finish(r);
            cli_note(r->o, "note: the last line of %s has no line end: it is left for another run", in->name);
            return LC_EXIT_OK;
        }
    }
    return code;
}

/* ---- the whole ---- */

/* Options that a table of all rows would need. */
static int refuse_options(const cli_options *o)
{
    static const char *const others[] = {"freq", "aggregate", "duplicates", "gaps", "calendar", "labels"};
    if (o->model) return cli_usage("leave --model out", "detect --online learns as it reads: it takes no --model");
    if (o->events)
        return cli_usage("leave one of the two out",
                         "detect --online tells of events as they begin: it writes no --events");
    char method[32];
    if (!cli_given(o, "method")) {
        lc_settings_set(o->settings, "method", "default",
                        NULL); /* loomcast.conf may say more than this command takes */
    } else if (lc_settings_get(o->settings, "method", method, sizeof method) && strcmp(method, "default") != 0)
        return cli_usage("leave one of the two out", "--method %s judges whole files, --online rows as they come",
                         method);
    if (o->plot) return cli_usage("draw the result later: loomcast plot RESULT.csv", "detect --online draws no --plot");
    cli_warn_of_fitting(o, "detect --online learns as it reads");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (cli_given(o, others[i]))
            cli_note(o, "warning: --%s has no effect: detect --online takes rows as they come", others[i]);
    return LC_EXIT_OK;
}

static int begin_run(run *r)
{
    const cli_options *o = r->o;
    lc_status st = {0};
    const char *rejects = lc_settings_get(o->settings, "rejects", r->rejects_path, sizeof r->rejects_path);
    char explain[8];
    const bool explained = strcmp(lc_settings_get(o->settings, "explain", explain, sizeof explain), "true") == 0;
    r->format = o->nab ? LC_MONITOR_NAB : explained ? LC_MONITOR_EXPLAIN : LC_MONITOR_DETECT;
    r->out = (cli_sink){.path = o->output, .fd = -1};
    r->rejects = (cli_sink){.path = rejects && *rejects ? rejects : NULL, .fd = -1};
    if (lc_monitor_create(&r->m, o->settings, &st) != LC_OK) return cli_fail(&st);
    if (cli_goes_on(o) && lc_monitor_restore(r->m, o->state, &st) != LC_OK) return cli_fail(&st);
    int code = cli_sink_open(&r->out, o, r->format);
    if (code == LC_EXIT_OK && r->rejects.path) code = cli_sink_open(&r->rejects, o, LC_MONITOR_REJECTS);
    if (!o->output) cli_stdout_begins();
    if (code == LC_EXIT_OK) code = cli_sink_flush(&r->out);
    if (code == LC_EXIT_OK && r->rejects.path) code = cli_sink_flush(&r->rejects);
    r->saved =
        cli_goes_on(o) ? cli_seconds() : -1e9; /* a first state soon: a crash before it could not be gone on from */
    return code;
}

static int summarize(const run *r)
{
    const cli_options *o = r->o;
    lc_monitor_info info;
    lc_monitor_get_info(r->m, &info);
    cli_line(o, "read    %zu rows of %zu series; %zu known, %zu late, %zu bad", info.rows, info.series, info.known,
             info.late, info.bad);
    if (info.rows_scored)
        cli_line(o, "flags   %zu of %zu rows as a whole; %zu of %zu scored values", info.rows_flagged, info.rows_scored,
                 info.flagged, info.scored);
    else cli_line(o, "flags   %zu of %zu scored values", info.flagged, info.scored);
    json_t *s = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "command", o->command->name, "rows",
                          (json_int_t)info.rows, "series", (json_int_t)info.series, "known", (json_int_t)info.known,
                          "late", (json_int_t)info.late, "bad", (json_int_t)info.bad, "scored", (json_int_t)info.scored,
                          "flagged", (json_int_t)info.flagged);
    if (info.rows_scored) {
        cli_json_put(&s, "rows_scored", json_integer((json_int_t)info.rows_scored));
        cli_json_put(&s, "rows_flagged", json_integer((json_int_t)info.rows_flagged));
    }
    if (o->output) cli_json_put(&s, "output", cli_json_text(o->output));
    if (o->state) cli_json_put(&s, "state", cli_json_text(o->state));
    const int code = cli_print_summary(s, o);
    return code == LC_EXIT_OK && o->exit_code && (info.flagged || info.rows_flagged) ? LC_EXIT_ANOMALIES : code;
}

int cli_detect_online(const cli_options *o)
{
    run r = {.o = o};
    int code = cli_check_json(o);
    if (code == LC_EXIT_OK) code = refuse_options(o);
    if (code == LC_EXIT_OK) code = cli_check_outputs(o);
    if (code != LC_EXIT_OK) return code;
    catch_signals(&r);
    code = begin_run(&r);
    for (size_t i = 0; i < o->n_files && code == LC_EXIT_OK && !stop; i++) {
        input in;
        code = open_input(&r, &in, o->files[i]);
        in.last = i + 1 == o->n_files;
        if (code == LC_EXIT_OK && !stop) code = read_input(&r, &in);
        close_input(&in);
    }
    /* Rows that were answered but not delivered will be answered again: the state before them stays. */
    const int saved = r.m && !r.undelivered && !r.failed ? save(&r) : LC_EXIT_OK;
    if (code == LC_EXIT_OK) code = saved;
    if (code == LC_EXIT_OK) code = summarize(&r);
    cli_sink_close(&r.out);
    cli_sink_close(&r.rejects);
    lc_monitor_free(r.m);
    return code;
}
