/* What a process of a job may hold. */
#define _DEFAULT_SOURCE
#include <sys/resource.h>

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
