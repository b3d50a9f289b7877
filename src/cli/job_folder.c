/* The folder of a job: its lock, what killed processes left in it, and what must not be replaced there. */
#define _DEFAULT_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/job.h"
#include "cli/sink.h"

char *cli_job_path(const job *j, const char *name)
{
    const size_t n = strlen(j->o->out_dir) + strlen(name) + 2;
    char *path = malloc(n);
    if (path) snprintf(path, n, "%s/%s", j->o->out_dir, name);
    return path;
}

/* ---- folder and lock ---- */

/* With the folders above it. */
static int make_folder(char *path)
{
    struct stat info;
    for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        const bool failed = mkdir(path, 0777) != 0 && errno != EEXIST;
        *slash = '/';
        if (failed) return cli_cannot(path, "made", errno);
    }
    if (mkdir(path, 0777) != 0 && errno != EEXIST) return cli_cannot(path, "made", errno);
    if (lstat(path, &info) != 0) return cli_cannot(path, "used", errno);
    if (S_ISLNK(info.st_mode) && stat(path, &info) != 0) return cli_cannot(path, "used", errno);
    return S_ISDIR(info.st_mode) ? LC_EXIT_OK : cli_cannot(path, "used", ENOTDIR);
}

static int refuse_second(const job *j)
{
    lc_status st = {.code = LC_E_IO};
    snprintf(st.file, sizeof st.file, "%s", j->o->out_dir);
    snprintf(st.text, sizeof st.text, "another job is at work in this folder");
    snprintf(st.hint, sizeof st.hint,
             "wait for its end, or give another --out-dir; shards of one job (--shard I/N) "
             "may share a folder");
    return cli_fail(&st);
}

/* Processes of a job that was just killed may hold its lock for a moment. */
static int take_lock(job *j, int which, const char *name, int kind)
{
    enum { TRIES = 20 };
    static const struct timespec pause = {.tv_nsec = 50000000};
    char *path = cli_job_path(j, name);
    if (!path) return cli_no_memory();
    j->lock[which] = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    const int why = errno;
    int code = j->lock[which] >= 0 ? LC_EXIT_OK : cli_cannot(path, "opened", why);
    free(path);
    for (int i = 0; code == LC_EXIT_OK && flock(j->lock[which], kind | LOCK_NB) != 0; i++) {
        if (errno == EINTR) continue;
        if (errno != EWOULDBLOCK) code = cli_cannot(j->o->out_dir, "locked", errno);
        else if (i == TRIES) code = refuse_second(j);
        else nanosleep(&pause, NULL);
    }
    return code;
}

/* A summary or report that is there is replaced only where a job of this folder wrote it. */
static int claim(const job *j, const char *name)
{
    struct stat info;
    char *path = cli_job_path(j, name), *record = cli_job_record_path(j, name);
    int code = LC_EXIT_OK;
    if (!path || !record) {
        code = cli_no_memory();
        goto done;
    }
    const bool unknown = !j->o->force && lstat(path, &info) == 0 && lstat(record, &info) != 0;
    if (unknown && errno != ENOENT) {
        code = cli_cannot(record, "looked at", errno);
    } else if (unknown) {
        lc_status st = {.code = LC_E_IO, .text = "the file exists, and no job wrote it"};
        snprintf(st.file, sizeof st.file, "%s", path);
        snprintf(st.hint, sizeof st.hint, "give --force to replace it, or another --out-dir");
        code = cli_fail(&st);
    }
    if (code == LC_EXIT_OK && !cli_job_mark(j, name)) code = cli_cannot(record, "written", errno);
done:
    free(path);
    free(record);
    return code;
}

int cli_job_enter(job *j)
{
    char name[64];
    char *own = cli_job_path(j, ".loomcast"), *folder = strdup(j->o->out_dir);
    int code = LC_EXIT_FAILED;
    if (!own || !folder) {
        cli_no_memory();
        goto done;
    }
    code = make_folder(folder);
    if (code == LC_EXIT_OK) code = make_folder(own);
    const bool whole = j->shards == 1;
    if (code == LC_EXIT_OK) code = take_lock(j, 0, ".loomcast/lock", whole ? LOCK_EX : LOCK_SH);
    snprintf(name, sizeof name, ".loomcast/lock-%zu-of-%zu", j->shard, j->shards);
    if (code == LC_EXIT_OK && !whole) code = take_lock(j, 1, name, LOCK_EX);
    if (code == LC_EXIT_OK) code = claim(j, j->summary);
    if (code == LC_EXIT_OK) code = claim(j, j->report);
done:
    free(own);
    free(folder);
    return code;
}

void cli_job_leave(job *j)
{
    for (int i = 0; i < 2; i++)
        if (j->lock[i] >= 0) close(j->lock[i]);
}

/* ---- what was left ---- */

/* The length of the name in NAME.tmp-PROCESS-NUMBER, or 0. */
static size_t target_of(const char *name)
{
    static const char mark[] = ".tmp-";
    const char *at = NULL, *digits = "0123456789";
    for (const char *p = name; (p = strstr(p, mark)); p++) at = p;
    if (!at || at == name) return 0;
    const char *p = at + sizeof mark - 1;
    const size_t process = strspn(p, digits),
                 number = process && p[process] == '-' ? strspn(p + process + 1, digits) : 0;
    return number && !p[process + 1 + number] ? (size_t)(at - name) : 0;
}

/* Whether this job writes a file of this name: of a shard, whose neighbours are at work, only what is its own. */
static bool is_ours(const job *j, const char *name)
{
    struct stat info;
    if (strcmp(name, j->summary) == 0 || strcmp(name, j->report) == 0) return true;
    for (size_t i = 0; i < j->n; i++)
        if (strcmp(name, j->file[i].result) == 0) return true;
    if (j->shards > 1) return false;
    char *record = cli_job_record_path(j, name);
    const bool known = record && lstat(record, &info) == 0;
    free(record);
    return known;
}

/* `ending`: what stands behind a result's name in this folder. */
static void tidy(const job *j, const char *folder, const char *ending)
{
    DIR *list = opendir(folder);
    if (!list) return;
    const size_t k = strlen(ending);
    for (const struct dirent *e; (e = readdir(list));) {
        size_t n = target_of(e->d_name);
        if (n <= k || strncmp(e->d_name + n - k, ending, k) != 0) continue;
        char *name = strndup(e->d_name, n - k);
        if (name && is_ours(j, name)) unlinkat(dirfd(list), e->d_name, 0);
        free(name);
    }
    closedir(list);
}

void cli_job_tidy(const job *j)
{
    char *own = cli_job_path(j, ".loomcast");
    tidy(j, j->o->out_dir, "");
    if (own) tidy(j, own, ".json");
    free(own);
}

/* ---- what must not be replaced ---- */

typedef struct place {
    dev_t device;
    ino_t number;
} place;

static int by_place(const void *a, const void *b)
{
    const place *p = a, *q = b;
    if (p->device != q->device) return p->device < q->device ? -1 : 1;
    return p->number < q->number ? -1 : p->number > q->number;
}

static int check_path(const job *j, const char *name, const place *read, size_t n)
{
    struct stat info;
    char *path = cli_job_path(j, name);
    if (!path) return cli_no_memory();
    const place at = stat(path, &info) == 0 ? (place){info.st_dev, info.st_ino} : (place){0};
    int code = LC_EXIT_OK;
    if (at.number && bsearch(&at, read, n, sizeof at, by_place))
        code = cli_usage("give another folder", "--out-dir would replace %s, which is read", path);
    free(path);
    return code;
}

int cli_job_clashes(job *j)
{
    enum { OTHERS = 3 };
    char labels[4096], ahead[4096];
    struct stat info;
    const cli_options *o = j->o;
    const char *future = lc_settings_get(o->settings, "future-file", ahead, sizeof ahead);
    const char *others[OTHERS] = {o->model, cli_labels_name(o, labels, sizeof labels), future};
    place *read = calloc(o->n_files + OTHERS, sizeof *read);
    if (!read) return cli_no_memory();
    size_t n = 0;
    for (size_t i = 0; i < o->n_files + OTHERS; i++) {
        const char *path = i < o->n_files ? o->files[i] : others[i - o->n_files];
        if (path && stat(path, &info) == 0) read[n++] = (place){info.st_dev, info.st_ino};
    }
    qsort(read, n, sizeof *read, by_place);
    int code = check_path(j, j->summary, read, n);
    if (code == LC_EXIT_OK) code = check_path(j, j->report, read, n);
    for (size_t i = 0; i < j->n && code == LC_EXIT_OK; i++) code = check_path(j, j->file[i].result, read, n);
    free(read);
    return code;
}
