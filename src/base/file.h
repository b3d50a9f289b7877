/* Files that are whole or not there: written under a temporary name beside the target, synced, renamed. */
#ifndef LC_BASE_FILE_H
#define LC_BASE_FILE_H

#include "base/status.h"

typedef struct lc_output {
    FILE *stream; /* write here */
    char *path;   /* final name */
    char *temporary;
    bool replace;
} lc_output;

/* Opens `path` for writing. With replace false an existing file is an error, now and at commit. */
lc_code lc_output_open(lc_output *o, const char *path, bool replace, lc_status *st);

/* Flushes, syncs and renames; on failure the temporary file is gone and an old file is untouched. */
lc_code lc_output_commit(lc_output *o, lc_status *st);

/* Drops what was written. Legal after commit and on a zeroed struct. */
void lc_output_discard(lc_output *o);

#endif
