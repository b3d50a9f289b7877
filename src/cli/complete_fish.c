#include "cli/generate.h"

static void quoted(FILE *to, const char *text)
{
    fputc('\'', to);
    cli_write_escaped(to, text, "\\", "\\'");
    fputc('\'', to);
}

static void write_first(FILE *to, const char *word, const char *help)
{
    fputs("complete -c loomcast -n __loomcast_first -f ", to);
    if (word[0] == '-') fprintf(to, "-l %s", word + 2);
    else fprintf(to, "-a %s", word);
    fputs(" -d ", to);
    quoted(to, help);
    fputc('\n', to);
}

static void write_option(FILE *to, const cli_option *o)
{
    fputs("complete -c loomcast -n '__loomcast_in", to);
    for (const cli_command *c = cli_commands; c->name; c++)
        if (cli_shows(c, o)) fprintf(to, " %s", c->name);
    fprintf(to, "' -l %s", o->name);
    if (o->letter) fprintf(to, " -s %c", o->letter);
    if (o->choices) {
        fputs(" -x -a '", to);
        cli_write_choices(to, o->choices);
        fputc('\'', to);
    } else if (o->value != CLI_SWITCH) {
        fputs(cli_names_file(o) ? " -r -F" : " -x", to);
    }
    fputs(" -d ", to);
    quoted(to, o->help);
    fputc('\n', to);
}

void cli_write_fish(FILE *to)
{
    fputs("# fish completion for loomcast, made by `loomcast --generate fish`\n"
          "\n"
          "function __loomcast_first\n"
          "    test (count (commandline -opc)) -eq 1\n"
          "end\n"
          "\n"
          "function __loomcast_in\n"
          "    set -l words (commandline -opc)\n"
          "    test (count $words) -gt 1; and contains -- $words[2] $argv\n"
          "end\n"
          "\n"
          "function __loomcast_second\n"
          "    set -l words (commandline -opc)\n"
          "    test (count $words) -eq 2; and test $words[2] = $argv[1]\n"
          "end\n"
          "\n",
          to);
    cli_each_first_word(to, write_first);
    fputs("complete -c loomcast -n '__loomcast_in help --generate' -f\n", to);
    for (const cli_command *c = cli_commands; c->name; c++) {
        fprintf(to, "complete -c loomcast -n '__loomcast_second help' -f -a %s -d ", c->name);
        quoted(to, c->help);
        fputc('\n', to);
    }
    for (const cli_generator *g = cli_generators; g->name; g++) {
        fprintf(to, "complete -c loomcast -n '__loomcast_second --generate' -f -a %s -d ", g->name);
        quoted(to, g->help);
        fputc('\n', to);
    }
    for (size_t i = 0; i < cli_option_count(); i++) {
        const cli_option option = cli_option_at(i);
        write_option(to, &option);
    }
}
