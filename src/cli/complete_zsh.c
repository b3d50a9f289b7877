#include "cli/generate.h"

#define APOSTROPHE "'\\''"

/* 'word:help' for _describe. */
static void write_described(FILE *to, const char *word, const char *help)
{
    fprintf(to, "        '%s:", word);
    cli_write_escaped(to, help, ":\\", APOSTROPHE);
    fputs("'\n", to);
}

/* '--name=[help]:VALUE:action' for _arguments. */
static void write_option(FILE *to, const cli_option *o)
{
    const bool valued = o->value != CLI_SWITCH;
    fputs("            ", to);
    if (o->letter)
        fprintf(to, "'(-%c --%s)'{-%c%s,--%s%s}'", o->letter, o->name, o->letter, valued ? "+" : "", o->name,
                valued ? "=" : "");
    else fprintf(to, "'--%s%s", o->name, valued ? "=" : "");
    fputc('[', to);
    cli_write_escaped(to, o->help, "[]:\\", APOSTROPHE);
    fputc(']', to);
    if (valued) {
        fputc(':', to);
        cli_write_escaped(to, o->metavar, ":\\", APOSTROPHE);
        fputc(':', to);
        if (o->choices) fputc('(', to);
        if (o->choices) cli_write_choices(to, o->choices);
        fputs(o->choices ? ")" : cli_names_file(o) ? "_files" : " ", to);
    }
    fputs("'\n", to);
}

static void write_command(FILE *to, const cli_command *c)
{
    fprintf(to, "    %s)\n        specs=(\n", c->name);
    for (size_t i = 0; i < cli_option_count(); i++) {
        const cli_option option = cli_option_of(c, i);
        if (cli_shows(c, &option)) write_option(to, &option);
    }
    fputs("            '*:FILE:_files'\n        )\n        ;;\n", to);
}

void cli_write_zsh(FILE *to)
{
    fputs("#compdef loomcast\n"
          "# zsh completion for loomcast, made by `loomcast --generate zsh`\n"
          "\n"
          "_loomcast() {\n"
          "    local -a first commands specs\n"
          "    first=(\n",
          to);
    cli_each_first_word(to, write_described);
    fputs("    )\n    commands=(\n", to);
    for (const cli_command *c = cli_commands; c->name; c++) write_described(to, c->name, c->help);
    fputs("    )\n"
          "    if ((CURRENT == 2)); then\n"
          "        _describe -t commands command first\n"
          "        return\n"
          "    fi\n"
          "    case $words[2] in\n"
          "    help)\n"
          "        ((CURRENT > 3)) || _describe -t commands command commands\n"
          "        return\n"
          "        ;;\n"
          "    --generate)\n"
          "        ((CURRENT > 3)) || compadd --",
          to);
    for (const cli_generator *g = cli_generators; g->name; g++) fprintf(to, " %s", g->name);
    fputs("\n"
          "        return\n"
          "        ;;\n",
          to);
    for (const cli_command *c = cli_commands; c->name; c++) write_command(to, c);
    fputs("    *)\n"
          "        return 1\n"
          "        ;;\n"
          "    esac\n"
          "    shift words\n"
          "    ((CURRENT--))\n"
          "    _arguments -S $specs\n"
          "}\n"
          "\n"
          "if [[ $funcstack[1] == _loomcast ]]; then\n"
          "    _loomcast \"$@\"\n"
          "else\n"
          "    compdef _loomcast loomcast\n"
          "fi\n",
          to);
}
