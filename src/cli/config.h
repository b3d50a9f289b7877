/* loomcast.conf: settings for runs whose command line does not say otherwise.
 *
 *     # a comment, also behind a value
 *     horizon = 14
 *     target = "a, b"
 *
 * A value between quotes may hold a # and blanks at its ends; nothing else is special in it. */
#ifndef LC_CLI_CONFIG_H
#define LC_CLI_CONFIG_H

#include "cli/options.h"

/* Reads the file of --config, else loomcast.conf where there is one, and gives o what its command takes, its command
 * line does not say and, with --model, a fit does not need. Every line is checked, whatever the command. Returns an
 * exit code, other than 0 after printing what is wrong. */
int cli_config(cli_options *o);

#endif
