/* The command line, read by the option table. */
#ifndef LC_CLI_OPTIONS_H
#define LC_CLI_OPTIONS_H

#include "cli/option_table.h"

/* Fills o from the arguments behind the command's name. Returns an exit code other than 0 after printing
 * what is wrong. o->settings must be freed; o->files points into argv. */
int cli_parse(cli_options *o, const cli_command *c, int argc, char **argv);

/* Gives an option its value, NULL for a switch that has none; a text of the program's own must last as long as o. */
lc_code cli_set(cli_options *o, const cli_option *option, const char *value, lc_status *st);

/* From now on cli_configured says yes. */
void cli_mark_configured(cli_options *o, size_t place);

#endif
