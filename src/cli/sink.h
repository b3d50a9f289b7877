/* Where lines go at once: standard output, or a file that is added to. */
#ifndef LC_CLI_SINK_H
#define LC_CLI_SINK_H

#include "cli/cli.h"

typedef struct cli_sink {
    const char *path; /* NULL: standard output */
    int fd;           /* -1: not open */
    bool terminal, regular;
    char *text; /* that is not written yet */
    size_t n, room;
    double since; /* of its first line */
} cli_sink;

/* A new file gets the header of the format. Where the run goes on from a state, a file that is there must have it and
 * is added to; else it is an error, or with --force emptied. All return an exit code. */
int cli_sink_open(cli_sink *s, const cli_options *o, lc_monitor_format format);
int cli_sink_put(cli_sink *s, const char *text, size_t n);
int cli_sink_flush(cli_sink *s);
void cli_sink_close(cli_sink *s);

#endif
