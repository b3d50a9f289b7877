/* A library for LD_PRELOAD that makes one call of the program fail; scripts/fault.sh goes through them one by one.
 *
 * FAULT_KIND  which calls: a name of the table `kinds`
 * FAULT_AT    which of them fails, from 1 on; "7+": that and all later ones; 0 or none: they are only counted
 * FAULT_LOG   a file that gets "counted N" when the process ends, and "failed FUNCTION LIBRARY" with the callers'
 * addresses when a call was failed; LIBRARY is where the call stands
 *
 * Counted is what happens from main on until the process ends. A copy of the process goes on counting by itself, so
 * that a call of that number fails in each; programs that it starts are spared, and what was compiled to count lines
 * writes its counts in peace. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Groups of calls. */
enum {
    MEMORY = 1,
    OPEN = 2,
    READ = 4,
    WRITE = 8,
    STREAM = 16, /* writing through stdio */
    SYNC = 32,
    RENAME = 64,
    LINK = 128,
    TEMPORARY = 256,
    SPAWN = 512,
    CLOSE = 1024,
    STAT = 2048
};

enum { SHORT = -1 }; /* instead of an errno: half of what was asked for is done */

static const struct kind {
    const char *name;
    unsigned calls;
    int error;
} kinds[] = {
    {"memory", MEMORY, ENOMEM},
    {"open", OPEN, EMFILE},
    {"denied", OPEN | TEMPORARY, EACCES},
    {"read", READ, EIO},
    {"write", WRITE, ENOSPC},
    {"stream", STREAM, ENOSPC},
    {"short", READ | WRITE, SHORT},
    {"sync", SYNC, EIO},
    {"rename", RENAME | LINK, EACCES},
    {"no-links", LINK, EPERM},
    {"spawn", SPAWN, EAGAIN},
    {"close", CLOSE, EIO},
    {"interrupted", READ | WRITE, EINTR},
    {"stat", STAT, EACCES},
};

static unsigned wanted;
static int error;
static unsigned long at, counted;
static bool onwards, armed;
static char log_name[512];
static int full = -1; /* /dev/full */

/* ---- what is told ---- */

/* Neither memory nor any call that is counted here may be needed for it. */
static int open_log(void)
{
    return *log_name ? (int)syscall(SYS_openat, AT_FDCWD, log_name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)
                     : -1;
}

static void tell(int fd, const char *text)
{
    (void)!syscall(SYS_write, fd, text, strlen(text));
}

static void tell_failed(const char *function, const void *caller)
{
    enum { DEPTH = 24 };
    void *frames[DEPTH];
    Dl_info info = {.dli_fname = "?"};
    const int fd = open_log();
    if (fd < 0) return;
    dladdr(caller, &info);
    const char *slash = strrchr(info.dli_fname, '/');
    tell(fd, "failed ");
    tell(fd, function);
    tell(fd, " ");
    tell(fd, slash ? slash + 1 : info.dli_fname);
    tell(fd, "\n");
    backtrace_symbols_fd(frames, backtrace(frames, DEPTH), fd);
    syscall(SYS_close, fd);
}

static void disarm(void)
{
    armed = false;
}

static void __attribute__((destructor)) tell_count(void)
{
    char text[48];
    const int fd = wanted ? open_log() : -1;
    disarm();
    if (fd < 0) return;
    snprintf(text, sizeof text, "counted %lu\n", counted);
    tell(fd, text);
    syscall(SYS_close, fd);
}

/* How a copy of the process ends. */
void _exit(int status)
{
    tell_count();
    syscall(SYS_exit_group, status);
    __builtin_unreachable();
}

/* Whether this call is the one; errno is then set, to EIO where only half is done. */
static bool fails(unsigned call, const char *function, const void *caller)
{
    if (!armed || !(call & wanted)) return false;
    counted++;
    if (!at || (onwards ? counted < at : counted != at)) return false;
    armed = false; /* what telling needs is not counted */
    if (counted == at) tell_failed(function, caller);
    armed = true;
    errno = error == SHORT ? EIO : error;
    return true;
}

#define FAILS(call) fails(call, __func__, __builtin_return_address(0))

/* ---- the beginning ---- */

/* The next definition of a function, looked up once. */
#define NEXT(name)                                                                                                     \
    static __typeof__(&name) next;                                                                                     \
    if (!next) *(void **)&next = dlsym(RTLD_NEXT, #name)

static void begin(void)
{
    const char *name = getenv("FAULT_KIND"), *number = getenv("FAULT_AT"), *log = getenv("FAULT_LOG");
    void *frame;
    for (size_t i = 0; name && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, name) != 0) continue;
        wanted = kinds[i].calls;
        error = kinds[i].error;
    }
    if (name && !wanted) _exit(125);
    char *end = NULL;
    at = number ? strtoul(number, &end, 10) : 0;
    onwards = end && *end == '+';
    if (log) snprintf(log_name, sizeof log_name, "%s", log);
    unsetenv("LD_PRELOAD");
    backtrace(&frame, 1); /* loads what it needs now */
    /* Out of the way of descriptors that the program counts on. */
    const int low = (int)syscall(SYS_openat, AT_FDCWD, "/dev/full", O_WRONLY | O_CLOEXEC);
    full = (int)syscall(SYS_fcntl, low, F_DUPFD_CLOEXEC, 100);
    syscall(SYS_close, low);
    armed = atexit(disarm) == 0;
}

static int (*real_main)(int, char **, char **);

static int counting_main(int argc, char **argv, char **environment)
{
    begin();
    return real_main(argc, argv, environment);
}

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void *stack_end);
int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void *stack_end)
{
    NEXT(__libc_start_main);
    real_main = main;
    return next(counting_main, argc, argv, init, fini, rtld_fini, stack_end);
}

/* ---- memory ---- */

void *malloc(size_t n)
{
    NEXT(malloc);
    return FAILS(MEMORY) ? NULL : next(n);
}

void *calloc(size_t n, size_t size)
{
    NEXT(calloc);
    return FAILS(MEMORY) ? NULL : next(n, size);
}

void *realloc(void *p, size_t n)
{
    NEXT(realloc);
    return FAILS(MEMORY) ? NULL : next(p, n);
}

void *aligned_alloc(size_t alignment, size_t n)
{
    NEXT(aligned_alloc);
    return FAILS(MEMORY) ? NULL : next(alignment, n);
}

int posix_memalign(void **p, size_t alignment, size_t n)
{
    NEXT(posix_memalign);
    return FAILS(MEMORY) ? ENOMEM : next(p, alignment, n);
}

/* ---- descriptors ---- */

static mode_t mode_of(int how, va_list ap)
{
    return how & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
}

#define OPENING(name)                                                                                                  \
    int name(const char *path, int how, ...)                                                                           \
    {                                                                                                                  \
        NEXT(name);                                                                                                    \
        va_list ap;                                                                                                    \
        va_start(ap, how);                                                                                             \
        const mode_t mode = mode_of(how, ap);                                                                          \
        va_end(ap);                                                                                                    \
        return FAILS(OPEN) ? -1 : next(path, how, mode);                                                               \
    }
OPENING(open)
OPENING(open64)

#define OPENING_AT(name)                                                                                               \
    int name(int folder, const char *path, int how, ...)                                                               \
    {                                                                                                                  \
        NEXT(name);                                                                                                    \
        va_list ap;                                                                                                    \
        va_start(ap, how);                                                                                             \
        const mode_t mode = mode_of(how, ap);                                                                          \
        va_end(ap);                                                                                                    \
        return FAILS(OPEN) ? -1 : next(folder, path, how, mode);                                                       \
    }
OPENING_AT(openat)
OPENING_AT(openat64)

FILE *fopen(const char *path, const char *how)
{
    NEXT(fopen);
    return FAILS(OPEN) ? NULL : next(path, how);
}

FILE *fopen64(const char *path, const char *how)
{
    NEXT(fopen64);
    return FAILS(OPEN) ? NULL : next(path, how);
}

/* A second descriptor of an open file is one more, too. */
#define CONTROLLING(name)                                                                                              \
    int name(int fd, int what, ...)                                                                                    \
    {                                                                                                                  \
        NEXT(name);                                                                                                    \
        va_list ap;                                                                                                    \
        va_start(ap, what);                                                                                            \
        void *argument = va_arg(ap, void *);                                                                           \
        va_end(ap);                                                                                                    \
        const bool opens = what == F_DUPFD || what == F_DUPFD_CLOEXEC;                                                 \
        return opens && FAILS(OPEN) ? -1 : next(fd, what, argument);                                                   \
    }
CONTROLLING(fcntl)
CONTROLLING(fcntl64)

int mkostemp(char *pattern, int how)
{
    NEXT(mkostemp);
    return FAILS(TEMPORARY) ? -1 : next(pattern, how);
}

/* The descriptor is closed all the same, as Linux does it. */
int close(int fd)
{
    NEXT(close);
    const bool failed = FAILS(CLOSE);
    const int why = errno, result = next(fd);
    if (failed) errno = why;
    return failed ? -1 : result;
}

/* ---- bytes ---- */

static size_t half(size_t n)
{
    return n > 1 ? n / 2 : n;
}

ssize_t read(int fd, void *to, size_t n)
{
    NEXT(read);
    if (!FAILS(READ)) return next(fd, to, n);
    return error == SHORT ? next(fd, to, half(n)) : -1;
}

ssize_t pread(int fd, void *to, size_t n, off_t offset)
{
    NEXT(pread);
    if (!FAILS(READ)) return next(fd, to, n, offset);
    return error == SHORT ? next(fd, to, half(n), offset) : -1;
}

ssize_t pread64(int fd, void *to, size_t n, off64_t offset)
{
    NEXT(pread64);
    if (!FAILS(READ)) return next(fd, to, n, offset);
    return error == SHORT ? next(fd, to, half(n), offset) : -1;
}

ssize_t write(int fd, const void *from, size_t n)
{
    NEXT(write);
    if (fd == STDERR_FILENO || !FAILS(WRITE)) return next(fd, from, n);
    return error == SHORT ? next(fd, from, half(n)) : -1;
}

/* A stream goes on after a short or interrupted read by itself; only an error reaches its caller. */
size_t fread(void *to, size_t size, size_t n, FILE *stream)
{
    NEXT(fread);
    if (error == SHORT || error == EINTR || !FAILS(READ)) return next(to, size, n, stream);
    stream->_flags |= 0x20; /* glibc's mark of an error, which ferror() reads */
    return 0;
}

/* glibc calls write() past us: from here on the disk below the stream is full. */
static void fill_up(FILE *stream, const char *function, const void *caller)
{
    if (stream && stream != stderr && fileno(stream) >= 0 && fails(STREAM, function, caller))
        syscall(SYS_dup3, full, fileno(stream), O_CLOEXEC);
}

#define FILL_UP(stream) fill_up(stream, __func__, __builtin_return_address(0))

size_t fwrite(const void *from, size_t size, size_t n, FILE *stream)
{
    NEXT(fwrite);
    FILL_UP(stream);
    return next(from, size, n, stream);
}

int fputs(const char *text, FILE *stream)
{
    NEXT(fputs);
    FILL_UP(stream);
    return next(text, stream);
}

int puts(const char *text)
{
    NEXT(puts);
    FILL_UP(stdout);
    return next(text);
}

int fflush(FILE *stream)
{
    NEXT(fflush);
    FILL_UP(stream);
    return next(stream);
}

int fclose(FILE *stream)
{
    NEXT(fclose);
    FILL_UP(stream);
    const bool failed = fileno(stream) >= 0 && FAILS(CLOSE); /* one in memory has nothing to close */
    const int why = errno, result = next(stream);
    if (failed) errno = why;
    return failed ? EOF : result;
}

/* ---- files ---- */

/* /dev/full itself refuses to be synced. */
static int of_full_disk(int result)
{
    if (result != 0 && errno == EINVAL) errno = ENOSPC;
    return result;
}

int fsync(int fd)
{
    NEXT(fsync);
    return FAILS(SYNC) ? -1 : of_full_disk(next(fd));
}

int fdatasync(int fd)
{
    NEXT(fdatasync);
    return FAILS(SYNC) ? -1 : of_full_disk(next(fd));
}

int rename(const char *from, const char *to)
{
    NEXT(rename);
    return FAILS(RENAME) ? -1 : next(from, to);
}

int link(const char *from, const char *to)
{
    NEXT(link);
    return FAILS(LINK) ? -1 : next(from, to);
}

#define LOOKING(name, key, info)                                                                                       \
    int name(key, struct info *out)                                                                                    \
    {                                                                                                                  \
        NEXT(name);                                                                                                    \
        return FAILS(STAT) ? -1 : next(which, out);                                                                    \
    }
LOOKING(fstat, int which, stat)
LOOKING(fstat64, int which, stat64)
LOOKING(stat, const char *which, stat)
LOOKING(stat64, const char *which, stat64)
LOOKING(lstat, const char *which, stat)
LOOKING(lstat64, const char *which, stat64)

int posix_spawnp(pid_t *child, const char *file, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const *arguments, char *const *environment)
{
    NEXT(posix_spawnp);
    return FAILS(SPAWN) ? errno : next(child, file, actions, attributes, arguments, environment);
}
