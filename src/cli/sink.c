#define _POSIX_C_SOURCE 200809L
#include "cli/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 1 << 16 };
/* A line waits at most so long for those behind it that come at once. */
static const double longest_wait = 0.002;

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

/* Bytes of the file from a place on, fewer at its end; -1 with errno. */
static ssize_t read_at(int fd, char *to, size_t n, off_t from)
{
    size_t got = 0;
    while (got < n) {
        const ssize_t more = pread(fd, to + got, n - got, from + (off_t)got);
        if (more < 0 && errno == EINTR) continue;
        if (more < 0) return -1;
        if (more == 0) break;
        got += (size_t)more;
    }
    return (ssize_t)got;
}

static int refuse(const char *path, const char *text)
{
    lc_status st = {.code = LC_E_IO};
    snprintf(st.file, sizeof st.file, "%s", path);
    snprintf(st.text, sizeof st.text, "%s", text);
    snprintf(st.hint, sizeof st.hint, "give another name, or --force to replace it");
    return cli_fail(&st);
}

/* A file that holds something must begin with the header, and what a crash cut off must not run into the next line. */
static int go_on(cli_sink *s, const char *header, off_t size)
{
    char text[128], last = '\n';
    const size_t n = strlen(header);
    const ssize_t got = read_at(s->fd, text, n < sizeof text ? n : sizeof text, 0);
    if (got < 0 || read_at(s->fd, &last, 1, size - 1) < 0) return cli_cannot(s->path, "read", errno);
    if ((size_t)got != n || memcmp(text, header, n) != 0) {
        snprintf(text, sizeof text, "does not begin with %.*s and cannot be gone on with", (int)strcspn(header, "\n"),
                 header);
        return refuse(s->path, text);
    }
    return last == '\n' ? LC_EXIT_OK : cli_sink_put(s, "\n", 1);
}

int cli_sink_open(cli_sink *s, const cli_options *o, lc_monitor_format format)
{
    const char *header = lc_monitor_header(format);
    struct stat info;
    if (s->path) {
        const bool there = stat(s->path, &info) == 0, plain = !there || S_ISREG(info.st_mode);
        if (!there && errno != ENOENT) return cli_cannot(s->path, "written", errno);
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
    if (s->path && fstat(s->fd, &info) != 0) return cli_cannot(s->path, "written", errno);
    s->regular = s->path && S_ISREG(info.st_mode);
    return s->regular && info.st_size > 0 ? go_on(s, header, info.st_size) : cli_sink_put(s, header, strlen(header));
}

void cli_sink_close(cli_sink *s)
{
    if (s->path && s->fd >= 0) close(s->fd);
    free(s->text);
}
