/* What a process of a job may hold. */
#define _DEFAULT_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/job.h"

/* Linux counts what can be written to; elsewhere only address space has a limit. */
#ifdef __linux__
enum { HELD = RLIMIT_DATA };
#else
enum { HELD = RLIMIT_AS };
#endif

size_t cli_job_limit_memory(size_t bytes)
{
    struct rlimit limit;
    if (getrlimit(HELD, &limit) != 0) return SIZE_MAX;
    const size_t before = limit.rlim_cur == RLIM_INFINITY ? SIZE_MAX : (size_t)limit.rlim_cur;
    limit.rlim_cur = bytes == SIZE_MAX ? RLIM_INFINITY : bytes;
    setrlimit(HELD, &limit);
    return before;
}

size_t cli_job_memory_held(void)
{
    unsigned long pages = 0;
    const long size = sysconf(_SC_PAGESIZE);
    FILE *f = fopen("/proc/self/statm", "r"); /* its sixth number is what the kernel holds against the limit */
    const int found = f ? fscanf(f, "%*u %*u %*u %*u %*u %lu", &pages) : 0;
    if (f) fclose(f);
    return found == 1 && size > 0 && pages < SIZE_MAX / (size_t)size ? (size_t)size * pages : SIZE_MAX;
}
