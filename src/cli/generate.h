/* What `loomcast --generate` prints: a man page and completion scripts, all made from the tables of commands and
 * options. */
#ifndef LC_CLI_GENERATE_H
#define LC_CLI_GENERATE_H

#include "cli/option_table.h"

/* A row for each kind. */
typedef struct cli_generator {
    const char *name;
    const char *help;
    void (*write)(FILE *to);
} cli_generator;

extern const cli_generator cli_generators[]; /* ends with a NULL name */

/* `loomcast --generate KIND`; returns an exit code. */
int cli_generate(int argc, char **argv);

void cli_write_man(FILE *to);
void cli_write_bash(FILE *to);
void cli_write_zsh(FILE *to);
void cli_write_fish(FILE *to);

/* ---- what the shells' scripts share ---- */

/* Words that stand where a command does; `each` gets a word and what it is about. */
void cli_each_first_word(FILE *to, void (*each)(FILE *to, const char *word, const char *help));
/* "a b c" for "a|b|c". */
void cli_write_choices(FILE *to, const char *choices);
/* Text that will stand between apostrophes: each of the characters of `escaped` follows a backslash, and an apostrophe
 * becomes `apostrophe`. */
void cli_write_escaped(FILE *to, const char *text, const char *escaped, const char *apostrophe);

#endif
