#define _XOPEN_SOURCE 700
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

static lc_code exists(const char *path, lc_status *st)
{
    lc_fail_at(st, LC_E_IO, path, 0, 0, "the file exists");
    lc_hint(st, "give --force to replace it, or another name");
    return LC_E_IO;
}

static lc_code cannot(const char *path, int why, lc_status *st)
{
    return lc_fail_at(st, LC_E_IO, path, 0, 0, "cannot be written: %s", strerror(why));
}

/* A file of a new name beside the target; -1 with *why, or with a buffer that failed. */
static int open_temporary(lc_buf *name, const char *target, int *why)
{
    int fd = -1;
    /* The process id keeps two jobs apart; O_EXCL refuses what somebody else put there. */
    for (int attempt = 0; attempt < 100 && fd < 0; attempt++) {
        name->len = 0;
        lc_buf_printf(name, "%s.tmp-%ld-%d", target, (long)getpid(), attempt);
        if (name->failed) break;
        fd = open(name->data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        *why = errno;
        if (fd < 0 && *why != EEXIST) break;
    }
    return fd;
}

lc_code lc_output_open(lc_output *o, const char *path, bool replace, lc_status *st)
{
    memset(o, 0, sizeof *o);
    struct stat info;
    if (!*path) return lc_fail(st, LC_E_IO, "the name of the file to write is empty");
    bool there = stat(path, &info) == 0;
    if (there && S_ISDIR(info.st_mode)) return lc_fail_at(st, LC_E_IO, path, 0, 0, "is a folder");
    /* A device or a pipe is written to, never replaced: there is nothing in it to keep whole. */
    if (there && !S_ISREG(info.st_mode)) {
        o->stream = fopen(path, "we");
        int why = errno;
        o->path = lc_strdup(path);
        if (o->stream && o->path) return LC_OK;
        lc_code code = o->stream ? lc_fail_memory(st) : cannot(path, why, st);
        lc_output_discard(o);
        return code;
    }
    struct stat link;
    bool named = lstat(path, &link) == 0;
    if (!replace && named) return exists(path, st);
    /* What a symbolic link leads to is replaced, not the link. */
    o->path = there && named && S_ISLNK(link.st_mode) ? realpath(path, NULL) : lc_strdup(path);
    if (!o->path) return lc_fail_memory(st);
    lc_buf name = {0};
    int why = 0, fd = open_temporary(&name, o->path, &why);
    if (fd < 0) {
        lc_code code = name.failed ? lc_fail_memory(st) : cannot(path, why, st);
        lc_buf_free(&name);
        lc_output_discard(o);
        return code;
    }
    o->temporary = name.data;
    o->replace = replace;
    /* Whoever was kept from reading the old file is kept from reading the new one. A failure leaves the usual mode. */
    if (there && fchmod(fd, info.st_mode & 0777) != 0) errno = 0;
    o->stream = fdopen(fd, "w");
    if (!o->stream) {
        close(fd);
        lc_output_discard(o);
        return lc_fail_memory(st);
    }
    return LC_OK;
}

lc_code lc_output_commit(lc_output *o, lc_status *st)
{
    bool ok = fflush(o->stream) == 0 && !ferror(o->stream) && (!o->temporary || fsync(fileno(o->stream)) == 0);
    int why = errno;
    if (fclose(o->stream) != 0 && ok) {
        ok = false;
        why = errno;
    }
    o->stream = NULL;
    if (ok && o->temporary) {
        /* link() refuses to replace a file that appeared meanwhile; rename() would not. */
        if (o->replace) ok = rename(o->temporary, o->path) == 0;
        else ok = link(o->temporary, o->path) == 0 && unlink(o->temporary) == 0;
        why = errno;
        if (!ok && !o->replace && (why == EPERM || why == EOPNOTSUPP || why == ENOSYS)) {
            ok = rename(o->temporary, o->path) == 0; /* a file system without hard links */
            why = errno;
        }
    }
    lc_code code = LC_OK;
    if (!ok && why == EEXIST) code = exists(o->path, st);
    else if (!ok) code = cannot(o->path, why, st);
    if (ok) {
        free(o->temporary);
        o->temporary = NULL;
    }
    lc_output_discard(o);
    return code;
}

void lc_output_discard(lc_output *o)
{
    if (o->stream) fclose(o->stream);
    if (o->temporary) unlink(o->temporary);
    free(o->temporary);
    free(o->path);
    memset(o, 0, sizeof *o);
}

lc_code lc_file_write(const char *path, const char *bytes, size_t n, bool replace, lc_status *st)
{
    lc_output o;
    if (!path || !bytes) return lc_fail(st, LC_E_USAGE, "path or bytes are missing");
    const lc_code code = lc_output_open(&o, path, replace, st);
    if (code != LC_OK) return code;
    fwrite(bytes, 1, n, o.stream); /* the commit sees a failure */
    return lc_output_commit(&o, st);
}
