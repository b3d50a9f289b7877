/* What --help prints. */
#ifndef LC_CLI_HELP_H
#define LC_CLI_HELP_H

#include "cli/cli.h"

void cli_help(FILE *to);
void cli_help_command(FILE *to, const cli_command *c);

#endif
