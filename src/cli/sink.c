#define _POSIX_C_SOURCE 200809L
#include "cli/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 1 << 16 };
/* A line waits at most so long for those behind it that come at once. */
static const double longest_wait = 0.002;

double cli_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int cli_cannot(const char *path, const char *what, int why)
{
    lc_status st = {.code = LC_E_IO};
    snprintf(st.file, sizeof st.file, "%s", path);
    snprintf(st.text, sizeof st.text, "cannot be %s: %s", what, strerror(why));
    return cli_fail(&st);
}

static const char *name_of(const cli_sink *s)
{
    return s->path ? s->path : "standard output";
}

int cli_sink_flush(cli_sink *s)
{
    for (size_t at = 0; at < s->n;) {
        const ssize_t done = write(s->fd, s->text + at, s->n - at);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0 && errno == EAGAIN) {
            struct pollfd p = {.fd = s->fd, .events = POLLOUT};
            poll(&p, 1, -1);
            continue;
        }
        if (done < 0) return cli_cannot(name_of(s), "written", errno);
        at += (size_t)done;
    }
    s->n = 0;
    return LC_EXIT_OK;
}

/* A person reads what goes to a terminal: names in it must not command it. */
static size_t make_harmless(char *to, const char *text, size_t n)
{
    size_t used = 0;
    char *line = malloc(n + 1);
    if (!line) return 0;
    for (size_t at = 0; at < n;) {
        const char *end = memchr(text + at, '\n', n - at);
        const size_t length = (end ? (size_t)(end - text) : n) - at;
        memcpy(line, text + at, length);
        line[length] = '\0';
        cli_harmless(to + used, length + 1, line);
        used += strlen(to + used);
        if (end) to[used++] = '\n';
        at += length + (end != NULL);
    }
    free(line);
    return used;
}

int cli_sink_put(cli_sink *s, const char *text, size_t n)
{
    if (s->room - s->n < n) {
        const size_t room = s->n + n + BLOCK;
        char *more = realloc(s->text, room);
        if (!more) return cli_no_memory();
        s->text = more;
        s->room = room;
    }
    const double now = cli_seconds();
    if (!s->n) s->since = now;
    if (s->terminal) n = make_harmless(s->text + s->n, text, n);
    else memcpy(s->text + s->n, text, n);
    s->n += n;
    return s->n > BLOCK || now - s->since > longest_wait ? cli_sink_flush(s) : LC_EXIT_OK;
}

/* Whether the file begins with the header. */
static bool begins_with(int fd, const char *header)
{
    char text[128];
    const size_t n = strlen(header);
    return n <= sizeof text && pread(fd, text, n, 0) == (ssize_t)n && memcmp(text, header, n) == 0;
}

static int refuse(const char *path, const char *text)
{
    lc_status st = {.code = LC_E_IO};
    snprintf(st.file, sizeof st.file, "%s", path);
    snprintf(st.text, sizeof st.text, "%s", text);
    snprintf(st.hint, sizeof st.hint, "give another name, or --force to replace it");
    return cli_fail(&st);
}

int cli_sink_open(cli_sink *s, const cli_options *o, lc_monitor_format format)
{
    const char *header = lc_monitor_header(format);
    struct stat info;
    if (s->path) {
        const bool there = stat(s->path, &info) == 0, plain = !there || S_ISREG(info.st_mode);
        /* A run that met no row leaves a header and no state. */
        const bool bare = there && info.st_size <= (off_t)strlen(header);
        const bool on = !o->force && o->state && (bare || cli_goes_on(o));
        const int how = !plain ? O_WRONLY : O_RDWR | O_CREAT | (on ? 0 : o->force ? O_TRUNC : O_EXCL);
        s->fd = open(s->path, how | O_APPEND | O_CLOEXEC, 0666);
        if (s->fd < 0 && errno == EEXIST)
            return refuse(s->path, "the file exists, and there is no state to go on from");
        if (s->fd < 0) return cli_cannot(s->path, "written", errno);
    } else {
        s->fd = STDOUT_FILENO;
        s->terminal = isatty(STDOUT_FILENO);
    }
    s->regular = s->path && fstat(s->fd, &info) == 0 && S_ISREG(info.st_mode);
    if (!s->regular || info.st_size == 0) return cli_sink_put(s, header, strlen(header));
    if (!begins_with(s->fd, header)) {
        char text[120];
        snprintf(text, sizeof text, "does not begin with %.*s and cannot be gone on with", (int)strcspn(header, "\n"),
                 header);
        return refuse(s->path, text);
    }
    /* What a crash cut off must not run into the next line. */
    char last = '\n';
    if (pread(s->fd, &last, 1, info.st_size - 1) == 1 && last != '\n') return cli_sink_put(s, "\n", 1);
    return LC_EXIT_OK;
}

void cli_sink_close(cli_sink *s)
{
    if (s->path && s->fd >= 0) close(s->fd);
    free(s->text);
}
