/* Every option as one view: the program's own, then the library's settings. Parsing, help, man page, completions and
 * loomcast.conf are all made from it. */
#ifndef LC_CLI_OPTION_TABLE_H
#define LC_CLI_OPTION_TABLE_H

#include "cli/cli.h"

typedef enum cli_value { CLI_SWITCH, CLI_TEXT } cli_value;

typedef struct cli_option {
    const char *name;
    char letter;         /* 0: none */
    cli_value value;     /* a switch takes true or false behind "=", too */
    const char *metavar; /* NULL: a switch */
    const char *help;
    const char *fallback;           /* the default; "": none, or it follows from the data */
    const char *choices;            /* "a|b": the only words that are allowed; NULL: any text */
    const char *group;              /* title of its part of the help; options of one group stand together */
    const lc_setting_info *setting; /* NULL: the program's own */
    size_t offset;                  /* of an own one in cli_options: a bool or a const char * */
    bool everywhere;                /* every command takes it */
    bool in_config;                 /* it may stand in loomcast.conf, which names no files and cannot replace any */
} cli_option;

enum { CLI_OPTIONS_MOST = 64 * CLI_MARKS };

size_t cli_option_count(void); /* at most CLI_OPTIONS_MOST */
/* i < cli_option_count() */
cli_option cli_option_at(size_t i);
/* The same, with what it does in this command as its help. */
cli_option cli_option_of(const cli_command *c, size_t i);
/* The place of an option with this name, SIZE_MAX: there is none. */
size_t cli_option_find(const char *name);

/* Whether the value is, or can be, the name of a file. */
bool cli_names_file(const cli_option *option);

bool cli_takes(const cli_command *c, const cli_option *option);
/* Whether it matters to a fit alone. */
bool cli_is_fitting(const cli_option *option);
/* false: the command takes it for --model's sake, and what it does by itself does not depend on it. */
bool cli_heeds(const cli_command *c, const cli_option *option);
/* Both, so that help and completions list it. */
bool cli_shows(const cli_command *c, const cli_option *option);

#endif
