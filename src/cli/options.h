/* The options of the program: the library's settings and a few of its own, seen as one table from which
 * parsing and help are made. */
#ifndef LC_CLI_OPTIONS_H
#define LC_CLI_OPTIONS_H

#include "cli/cli.h"

/* Fills o from the arguments behind the command's name. Returns an exit code other than 0 after printing
 * what is wrong. o->settings must be freed; o->files points into argv. */
int cli_parse(cli_options *o, const cli_command *c, int argc, char **argv);

void cli_help(FILE *to);
void cli_help_command(FILE *to, const cli_command *c);

/* The candidate nearest to `word`, or NULL when none is near. next(i) gives the i-th, NULL at the end. */
const char *cli_nearest(const char *word, const char *(*next)(const void *list, size_t i), const void *list);

#endif
