/* Other programs, run without a shell and without touching this process's signal handlers. */
#ifndef LC_REPORT_TOOL_H
#define LC_REPORT_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/memory.h"

/* A new file of mode 0600 in the folder for temporary files; its path goes to name. The descriptor (never
 * 0, 1 or 2) is closed in child processes. -1, with errno set, on failure. */
int lc_tool_file(char *name, size_t room);

bool lc_tool_write(int fd, const char *bytes, size_t n);

/* Where goes what a program writes: through a pipe in any case, as a program may not notice that a disk is full. */
typedef struct lc_tool_output {
    lc_buf *text; /* it is appended; NULL: it goes to `file` */
    int file;     /* a descriptor */
    size_t n;     /* bytes that came */
    int why;      /* an errno: not all could be written to the file */
} lc_tool_output;

/* Runs arguments[0], looked up in $PATH, with nothing to read, its errors going to the descriptor err, and waits for
 * it. *status as waitpid gives it. 0, or the errno of a start that failed, or of a read. */
int lc_tool_run(char *const *arguments, lc_tool_output *out, int err, int *status);

#endif
