#define _XOPEN_SOURCE 700 /* realpath */
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

static lc_code open_temporary(lc_output *o, const char *path, bool replace, lc_status *st)
{
    lc_buf name = {0};
    /* The process id keeps two jobs apart; O_EXCL refuses what somebody else put there. */
    int fd = -1;
    for (int attempt = 0; attempt < 100 && fd < 0; attempt++) {
        name.len = 0;
        lc_buf_printf(&name, "%s.tmp-%ld-%d", path, (long)getpid(), attempt);
        if (name.failed) break;
        fd = open(name.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST) break;
    }
    if (name.failed) {
        lc_buf_free(&name);
        return lc_fail_memory(st);
    }
    if (fd < 0) {
        lc_fail_at(st, LC_E_IO, path, 0, 0, "cannot be written: %s", strerror(errno));
        lc_buf_free(&name);
        return LC_E_IO;
    }
    o->temporary = name.data;
    o->path = lc_strdup(path);
    o->replace = replace;
    o->stream = fdopen(fd, "w");
    if (!o->stream) close(fd);
    if (!o->stream || !o->path) {
        lc_output_discard(o);
        return lc_fail_memory(st);
    }
    return LC_OK;
}

lc_code lc_output_open(lc_output *o, const char *path, bool replace, lc_status *st)
{
    memset(o, 0, sizeof *o);
    struct stat info;
    bool there = stat(path, &info) == 0;
    if (there && S_ISDIR(info.st_mode)) return lc_fail_at(st, LC_E_IO, path, 0, 0, "is a folder");
    /* A device or a pipe is written to, never replaced: there is nothing in it to keep whole. */
    if (there && !S_ISREG(info.st_mode)) {
        o->stream = fopen(path, "we");
        o->path = lc_strdup(path);
        if (o->stream && o->path) return LC_OK;
        int why = errno;
        lc_output_discard(o);
        return lc_fail_at(st, LC_E_IO, path, 0, 0, "cannot be written: %s", strerror(why));
    }
    if (!replace && lstat(path, &info) == 0) return exists(path, st);
    /* What a link leads to is replaced, never the link: /dev/stdout may be one. */
    char *end = lstat(path, &info) == 0 && S_ISLNK(info.st_mode) ? realpath(path, NULL) : NULL;
    lc_code code = open_temporary(o, end ? end : path, replace, st);
    free(end);
    return code;
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
    else if (!ok) code = lc_fail_at(st, LC_E_IO, o->path, 0, 0, "cannot be written: %s", strerror(why));
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
