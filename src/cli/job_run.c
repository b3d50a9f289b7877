/* The files of a job side by side. The job itself opens no region of OpenMP, whose threads a fork would lose, and holds
 * no data. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "cli/job.h"

/* What comes from a process: its report, and what something else than the command said on standard error. */
typedef struct stream {
    int fd; /* -1: it has ended */
    char *text;
    size_t n, room;
    int why; /* bytes were lost; 0: none */
} stream;

enum { REPORT, STRAY, STREAMS };

typedef struct worker {
    pid_t process; /* 0: idle */
    size_t file, threads;
    stream stream[STREAMS];
} worker;

typedef struct crew {
    job *j;
    worker *list; /* (n) */
    size_t n, busy;
    size_t next, waiting; /* file to look at, pending files that nobody has begun */
    size_t free_threads;
    size_t done, failed, worked, told; /* files */
    struct pollfd *watched;            /* (n STREAMS) */
    cli_progress progress;
} crew;

/* ---- in the process of a file ---- */

static void end_with(pid_t parent)
{
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(LC_EXIT_FAILED);
#else
    (void)parent;
#endif
}

/* The job answers signals; a terminal sends them to all processes. */
static void ignore_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) signal(signals[i], SIG_IGN);
}

static void work(job *j, const worker *w, pid_t parent, int report, int stray)
{
    end_with(parent);
    ignore_signals();
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0 ||
        dup2(stray, STDERR_FILENO) < 0)
        _exit(LC_EXIT_FAILED);
    if (j->memory) cli_job_limit_memory(j->memory);
    _exit(cli_job_work(j, &j->file[w->file], w->threads, report));
}

/* ---- in the job ---- */

/* A line of the job's own about a file. */
static void fail_file(job_file *f, const char *text)
{
    char line[600];
    f->status = JOB_FAILED;
    free(f->error);
    f->error = strdup(cli_harmless(line, sizeof line, text));
}

static bool open_pipe(int ends[2])
{
    if (pipe(ends) != 0) return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return true;
}

static void close_pipe(const int ends[2])
{
    if (ends[0] >= 0) close(ends[0]);
    if (ends[1] >= 0) close(ends[1]);
}

static void begin(crew *c, worker *w, size_t file)
{
    int report[2] = {-1, -1}, stray[2] = {-1, -1};
    const pid_t parent = getpid();
    const size_t idle = c->n - c->busy, left = c->waiting < idle ? c->waiting : idle;
    w->file = file;
    w->threads = c->free_threads / left;
    c->waiting--;
    pid_t process = -1;
    if (open_pipe(report) && open_pipe(stray)) {
        fflush(NULL);
        process = fork();
        if (process == 0) work(c->j, w, parent, report[1], stray[1]);
    }
    if (process < 0) {
        char text[120];
        snprintf(text, sizeof text, "no process can be started for it: %s", strerror(errno));
        close_pipe(report);
        close_pipe(stray);
        fail_file(&c->j->file[file], text);
        return;
    }
    close(report[1]);
    close(stray[1]);
    w->process = process;
    w->stream[REPORT] = (stream){.fd = report[0]};
    w->stream[STRAY] = (stream){.fd = stray[0]};
    c->free_threads -= w->threads;
    c->busy++;
}

enum { BLOCK = 4096, FIRST = 2 * BLOCK, HEARD_MOST = 8 * JOB_SAID_MOST };

/* Room for a block more. Reports end below HEARD_MOST; of what else comes the last is worth most. */
static bool make_room(stream *s)
{
    if (s->n + BLOCK <= s->room) return true;
    const size_t room = s->room ? 2 * s->room : FIRST;
    char *more = room <= HEARD_MOST ? realloc(s->text, room) : NULL;
    if (more) {
        s->text = more;
        s->room = room;
    } else if (s->n > BLOCK) {
        memmove(s->text, s->text + BLOCK, s->n - BLOCK);
        s->n -= BLOCK;
    }
    return s->n + BLOCK <= s->room;
}

static void hear(stream *s)
{
    char rest[BLOCK];
    const bool kept = make_room(s);
    const ssize_t got = read(s->fd, kept ? s->text + s->n : rest, BLOCK);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got > 0 && kept) s->n += (size_t)got;
    if (got > 0 && !kept) s->why = ENOMEM;
    if (got < 0) s->why = errno;
    if (got > 0) return;
    close(s->fd);
    s->fd = -1;
}

/* Of a process that ended without a report. */
static void explain_end(job_file *f, const stream *stray, int status)
{
    char text[500];
    size_t n = stray->n, from;
    while (n && stray->text[n - 1] == '\n') n--;
    for (from = n; from && stray->text[from - 1] != '\n';) from--;
    if (n > from + 300) n = from + 300;
    const int length = (int)(n - from);
    const char *line = length ? stray->text + from : "";
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        snprintf(text, sizeof text, "its process was killed, as the system does where memory is short");
    else if (WIFSIGNALED(status))
        snprintf(text, sizeof text, "its process ended by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(text, sizeof text, "its process ended with status %d%s%.*s", WEXITSTATUS(status), length ? ": " : "",
                 length, line);
    fail_file(f, text);
}

/* Errors are told as they come, the first few of them. */
static void tell_failure(crew *c, const job_file *f)
{
    enum { MOST = 10 };
    if (f->status != JOB_FAILED || c->told > MOST) return;
    char name[300];
    cli_progress_clear_line(&c->progress);
    if (c->told++ == MOST) {
        fprintf(stderr, "more files fail: %s/%s will say why\n", cli_harmless(name, sizeof name, c->j->o->out_dir),
                c->j->summary);
        return;
    }
    const char *error = cli_job_error(f);
    const bool named = strncmp(error, f->input, strlen(f->input)) == 0;
    fprintf(stderr, "%s%s%s\n", named ? "" : cli_harmless(name, sizeof name, f->input), named ? "" : ": ", error);
}

static void count(crew *c, const job_file *f)
{
    c->done += f->status == JOB_DONE || f->status == JOB_SKIPPED;
    c->failed += f->status == JOB_FAILED;
    tell_failure(c, f);
}

static void end(crew *c, worker *w, bool dropped)
{
    int status = 0;
    lc_status st = {0};
    job_file *f = &c->j->file[w->file];
    while (waitpid(w->process, &status, 0) < 0 && errno == EINTR) {
    }
    const int why = w->stream[REPORT].why ? w->stream[REPORT].why : w->stream[STRAY].why;
    const lc_code heard = cli_job_heard(f, w->stream[REPORT].text, w->stream[REPORT].n, &st);
    if (heard == LC_E_MEMORY) fail_file(f, st.text);
    else if (heard != LC_OK && why) fail_file(f, strerror(why));
    else if (heard != LC_OK && !dropped) explain_end(f, &w->stream[STRAY], status);
    for (size_t i = 0; i < STREAMS; i++) {
        if (w->stream[i].fd >= 0) close(w->stream[i].fd);
        free(w->stream[i].text);
    }
    c->free_threads += w->threads;
    c->busy--;
    c->worked++;
    *w = (worker){0};
    count(c, f);
}

/* Waits a while for any of the processes. */
static void listen(crew *c)
{
    enum { PATIENCE_MS = 200 };
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < STREAMS && c->list[i].process; k++)
            if (c->list[i].stream[k].fd >= 0)
                c->watched[n++] = (struct pollfd){.fd = c->list[i].stream[k].fd, .events = POLLIN};
    if (poll(c->watched, (nfds_t)n, PATIENCE_MS) <= 0) return;
    size_t at = 0;
    for (size_t i = 0; i < c->n; i++) {
        worker *w = &c->list[i];
        if (!w->process) continue;
        for (size_t k = 0; k < STREAMS; k++)
            if (w->stream[k].fd >= 0 && c->watched[at++].revents) hear(&w->stream[k]);
        if (w->stream[REPORT].fd < 0 && w->stream[STRAY].fd < 0) end(c, w, false);
    }
}

static void drop_all(crew *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->list[i].process) kill(c->list[i].process, SIGKILL);
    for (size_t i = 0; i < c->n; i++)
        if (c->list[i].process) end(c, &c->list[i], true);
}

static void begin_all(crew *c)
{
    for (size_t i = 0; i < c->n && c->waiting; i++) {
        if (c->list[i].process) continue;
        while (c->j->file[c->next].status != JOB_PENDING) c->next++;
        const size_t file = c->next++;
        begin(c, &c->list[i], file);
        if (!c->list[i].process) count(c, &c->j->file[file]);
    }
}

int cli_job_run(job *j)
{
    crew c = {.j = j, .free_threads = j->threads, .progress = cli_progress_start_files(j->o)};
    for (size_t i = 0; i < j->n; i++) {
        /* What cannot be told here its own process looks at once more. */
        if (cli_job_look(j, &j->file[i], false, NULL) == JOB_KNOWN) j->file[i].status = JOB_SKIPPED;
        else c.waiting++;
        cli_job_forget(&j->file[i]);
        count(&c, &j->file[i]);
    }
    const size_t all = c.waiting;
    c.n = all < j->threads ? all : j->threads;
    c.list = calloc(c.n + 1, sizeof *c.list);
    c.watched = calloc(STREAMS * c.n + 1, sizeof *c.watched);
    const int code = c.list && c.watched ? LC_EXIT_OK : cli_no_memory();
    while (code == LC_EXIT_OK && (c.waiting || c.busy) && !cli_interrupted()) {
        begin_all(&c);
        if (c.busy) listen(&c);
        cli_progress_files(&c.progress, c.done + c.failed, j->n, c.failed, (double)c.worked / (double)all);
    }
    if (code == LC_EXIT_OK) drop_all(&c);
    cli_progress_clear(&c.progress);
    free(c.list);
    free(c.watched);
    return code;
}
