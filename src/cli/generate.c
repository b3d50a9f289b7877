#include "cli/generate.h"

#include <string.h>

/* The one table of what can be generated. A new kind is a file with its function and a row here. */
const cli_generator cli_generators[] = {
    {"man", "the man page loomcast(1)", cli_write_man},
    {"bash", "completions for bash", cli_write_bash},
    {"zsh", "completions for zsh", cli_write_zsh},
    {"fish", "completions for fish", cli_write_fish},
    {NULL, NULL, NULL},
};

static const char *nth_generator(void *list, size_t i)
{
    (void)list;
    return cli_generators[i].name;
}

int cli_generate(int argc, char **argv)
{
    char hint[120] = "give one of";
    const char *behind = strchr(argv[1], '='), *name = behind ? behind + 1 : argc > 2 ? argv[2] : NULL;
    if (argc > (behind ? 2 : 3)) return cli_usage(NULL, "--generate takes one word");
    for (const cli_generator *g = cli_generators; g->name; g++) {
        if (name && strcmp(g->name, name) == 0) {
            cli_stdout_begins();
            g->write(stdout);
            return LC_EXIT_OK;
        }
        const size_t n = strlen(hint);
        snprintf(hint + n, sizeof hint - n, "%s %s", g == cli_generators ? "" : ",", g->name);
    }
    if (!name) return cli_usage(hint, "--generate needs a value");
    const size_t near = lc_nearest(name, nth_generator, NULL);
    if (near != SIZE_MAX) snprintf(hint, sizeof hint, "did you mean \"%s\"?", cli_generators[near].name);
    return cli_usage(hint, "--generate: \"%.64s\" is not a valid value", name);
}

/* ---- what the shells' scripts share ---- */

void cli_each_first_word(FILE *to, void (*each)(FILE *to, const char *word, const char *help))
{
    for (const cli_command *c = cli_commands; c->name; c++) each(to, c->name, c->help);
    each(to, "help", "the options of a command");
    each(to, "--help", "the commands");
    each(to, "--version", "the version, and which kernels run here");
    each(to, "--generate", "print a man page or completions");
}

void cli_write_choices(FILE *to, const char *choices)
{
    char word[64];
    for (size_t i = 0; lc_choice_at(choices, i, word, sizeof word); i++) fprintf(to, "%s%s", i ? " " : "", word);
}

void cli_write_escaped(FILE *to, const char *text, const char *escaped, const char *apostrophe)
{
    for (const char *p = text; *p; p++) {
        if (*p == '\'') {
            fputs(apostrophe, to);
            continue;
        }
        if (strchr(escaped, *p)) fputc('\\', to);
        fputc(*p, to);
    }
}
