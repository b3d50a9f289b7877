#define _GNU_SOURCE
#include "unit/support/scratch.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

static char folder[64];
static int home = -1;
static char *path_before;

void scratch_enter(void)
{
    strcpy(folder, "/tmp/loomcast-check-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_eq(chdir(folder), 0);
    path_before = strdup(getenv("PATH"));
}

static int drop(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info, (void)type, (void)at;
    return remove(path);
}

void scratch_leave(void)
{
    setenv("PATH", path_before, 1);
    free(path_before);
    path_before = NULL;
    ck_assert_int_eq(fchdir(home), 0);
    close(home);
    ck_assert_int_eq(nftw(folder, drop, 8, FTW_DEPTH | FTW_PHYS), 0);
}

const char *scratch_folder(void)
{
    return folder;
}

const char *scratch_path(void)
{
    return path_before;
}

size_t scratch_files(void)
{
    size_t n = 0;
    DIR *d = opendir(".");
    ck_assert_ptr_nonnull(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..")) n++;
    closedir(d);
    return n;
}

bool scratch_has(const char *name)
{
    struct stat info;
    return lstat(name, &info) == 0;
}

char *scratch_text(const char *name)
{
    FILE *f = fopen(name, "r");
    ck_assert_msg(f != NULL, "no %s", name);
    lc_buf b = {0};
    char part[4096];
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;) lc_buf_append(&b, part, n);
    fclose(f);
    return b.data ? b.data : calloc(1, 1);
}
