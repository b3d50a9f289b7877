#define _GNU_SOURCE
#include "report/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int lc_tool_file(char *name, size_t room)
{
    const char *folder = getenv("TMPDIR");
    /* gnuplot reads "<command" and "~user" as more than a file name; an absolute path cannot begin so. */
    if (!folder || folder[0] != '/' || strlen(folder) + 32 > room) folder = "/tmp";
    snprintf(name, room, "%s/loomcast-chart-XXXXXX", folder);
    int fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0) return -1;
    /* 0, 1 and 2 are free where the caller closed them, and the child's own streams would land on us. */
    int high = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    int why = errno;
    close(fd);
    if (high < 0) unlink(name);
    errno = why;
    return high;
}

bool lc_tool_write(int fd, const char *bytes, size_t n)
{
    while (n) {
        ssize_t k = write(fd, bytes, n);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) return false;
        bytes += k;
        n -= (size_t)k;
    }
    return true;
}

/* Both ends are closed in child processes, and never 0, 1 or 2. Returns an errno. */
static int open_pipe(int ends[2])
{
    int low[2];
#ifdef __APPLE__
    if (pipe(low) != 0) return errno;
#else
    if (pipe2(low, O_CLOEXEC) != 0) return errno;
#endif
    ends[0] = fcntl(low[0], F_DUPFD_CLOEXEC, 3);
    ends[1] = ends[0] < 0 ? -1 : fcntl(low[1], F_DUPFD_CLOEXEC, 3);
    const int why = ends[1] < 0 ? errno : 0;
    close(low[0]);
    close(low[1]);
    if (why && ends[0] >= 0) close(ends[0]);
    return why;
}

static void take(lc_tool_output *out, const char *bytes, size_t n)
{
    out->n += n;
    if (out->text) lc_buf_append(out->text, bytes, n);
    else if (!out->why && !lc_tool_write(out->file, bytes, n)) out->why = errno;
}

/* To the end: the program behind it would wait for ever for the rest to be taken. In whole blocks, whatever the pieces
 * that a pipe brings: what is done depends on the bytes alone. Returns an errno. */
static int read_all(int fd, lc_tool_output *out)
{
    char block[1 << 14];
    for (size_t n = 0;;) {
        const ssize_t got = read(fd, block + n, sizeof block - n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno;
        n += (size_t)got;
        if (got && n < sizeof block) continue;
        if (n) take(out, block, n);
        if (!got) return 0;
        n = 0;
    }
}

int lc_tool_run(char *const *arguments, lc_tool_output *out, int err, int *status)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, standard;
    pid_t child;
    int ends[2] = {-1, -1};
    int why = open_pipe(ends);
    if (why) return why;
    why = posix_spawn_file_actions_init(&files);
    if (why) goto ends;
    why = posix_spawnattr_init(&attributes);
    if (why) goto files;
    /* The child starts with plain signals whatever this process ignores or blocks. */
    sigemptyset(&none);
    sigemptyset(&standard);
    sigaddset(&standard, SIGPIPE);
    sigaddset(&standard, SIGCHLD);
    sigaddset(&standard, SIGXFSZ);
    why = posix_spawnattr_setsigmask(&attributes, &none);
    if (!why) why = posix_spawnattr_setsigdefault(&attributes, &standard);
    if (!why) why = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (!why) why = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    if (!why) why = posix_spawn_file_actions_adddup2(&files, ends[1], 1);
    if (!why) why = posix_spawn_file_actions_adddup2(&files, err, 2);
    if (!why) why = posix_spawnp(&child, arguments[0], &files, &attributes, arguments, environ);
    close(ends[1]);
    ends[1] = -1;
    if (!why) {
        why = read_all(ends[0], out);
        close(ends[0]); /* after a failed read the child must not wait for us */
        ends[0] = -1;
        *status = 0;
        pid_t got;
        while ((got = waitpid(child, status, 0)) < 0 && errno == EINTR) continue;
        /* A host that ignores SIGCHLD gets no status: the picture itself has to speak. */
        if (got < 0) *status = 0;
    }
    posix_spawnattr_destroy(&attributes);
files:
    posix_spawn_file_actions_destroy(&files);
ends:
    for (size_t i = 0; i < 2; i++)
        if (ends[i] >= 0) close(ends[i]);
    return why;
}
