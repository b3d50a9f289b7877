#include "cli/generate.h"

static void write_word(FILE *to, const char *word, const char *help)
{
    (void)help; /* bash shows words alone */
    fprintf(to, " %s", word);
}

static void write_options(FILE *to, const cli_command *c)
{
    fprintf(to, "        %s) words='", c->name);
    for (size_t i = 0, n = 0; i < cli_option_count(); i++) {
        const cli_option option = cli_option_at(i);
        if (cli_shows(c, &option)) fprintf(to, "%s--%s", n++ ? " " : "", option.name);
    }
    fputs("' ;;\n", to);
}

/* "--output|-o" of every option of one kind, as a pattern of `case`. */
static void write_pattern(FILE *to, bool files)
{
    size_t n = 0;
    for (size_t i = 0; i < cli_option_count(); i++) {
        const cli_option option = cli_option_at(i);
        if (option.value == CLI_SWITCH || option.choices || cli_names_file(&option) != files) continue;
        fprintf(to, "%s--%s", n++ ? " | " : "", option.name);
        if (option.letter) fprintf(to, " | -%c", option.letter);
    }
}

static void write_values(FILE *to)
{
    for (size_t i = 0; i < cli_option_count(); i++) {
        const cli_option option = cli_option_at(i);
        if (!option.choices) continue;
        fprintf(to, "        --%s) values='", option.name);
        cli_write_choices(to, option.choices);
        fputs("' ;;\n", to);
    }
}

void cli_write_bash(FILE *to)
{
    fputs("# bash completion for loomcast, made by `loomcast --generate bash`\n"
          "\n"
          "# What is quoted readline completes by itself.\n"
          "_loomcast_files()\n"
          "{\n"
          "    local name\n"
          "    if [[ $1 == *[\\\\\\'\\\"\\$\\`~]* ]]; then\n"
          "        compopt -o default 2>/dev/null\n"
          "        return\n"
          "    fi\n"
          "    compopt -o filenames 2>/dev/null\n"
          "    while IFS= read -r name; do\n"
          "        COMPREPLY+=(\"$2$name\")\n"
          "    done < <(compgen -f -- \"$1\")\n"
          "}\n"
          "\n"
          "_loomcast_words()\n"
          "{\n"
          "    local word\n"
          "    while IFS= read -r word; do\n"
          "        COMPREPLY+=(\"$word\")\n"
          "    done < <(compgen -P \"$3\" -W \"$1\" -- \"$2\")\n"
          "}\n"
          "\n"
          "_loomcast()\n"
          "{\n"
          "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}\n"
          "    local words='' values='' start='' behind='' i\n"
          "    COMPREPLY=()\n"
          "    if ((COMP_CWORD == 1)); then\n"
          "        _loomcast_words '",
          to);
    cli_each_first_word(to, write_word);
    fputs("' \"$current\"\n"
          "        return\n"
          "    fi\n"
          "    # --option=value is one word, or three where = parts words.\n"
          "    if [[ $current == --*=* ]]; then\n"
          "        before=${current%%=*} behind=yes start=$before= current=${current#*=}\n"
          "    elif [[ $current == = ]]; then\n"
          "        behind=yes current=''\n"
          "    elif [[ $before == = ]]; then\n"
          "        before=${COMP_WORDS[COMP_CWORD - 2]} behind=yes\n"
          "    fi\n"
          "    case $command in\n",
          to);
    for (const cli_command *c = cli_commands; c->name; c++) write_options(to, c);
    fputs("        help) ((COMP_CWORD > 2)) || _loomcast_words '", to);
    for (const cli_command *c = cli_commands; c->name; c++) fprintf(to, " %s", c->name);
    fputs("' \"$current\"; return ;;\n"
          "        --generate) ((COMP_CWORD > 2)) && [[ ! $behind ]] || _loomcast_words '",
          to);
    for (const cli_generator *g = cli_generators; g->name; g++) fprintf(to, " %s", g->name);
    fputs("' \"$current\" \"$start\"; return ;;\n"
          "        *) return ;;\n"
          "    esac\n"
          "    for ((i = 2; i < COMP_CWORD; i++)); do\n"
          "        if [[ ${COMP_WORDS[i]} == -- ]]; then\n"
          "            _loomcast_files \"$current\"\n"
          "            return\n"
          "        fi\n"
          "    done\n"
          "    case $before in\n",
          to);
    write_values(to);
    fputs("        ", to);
    write_pattern(to, true);
    fputs(")\n"
          "            _loomcast_files \"$current\" \"$start\"\n"
          "            return\n"
          "            ;;\n"
          "        ",
          to);
    write_pattern(to, false);
    fputs(") return ;;\n"
          "        *) [[ ! $behind ]] || values='true false' ;;\n"
          "    esac\n"
          "    if [[ $values ]]; then\n"
          "        _loomcast_words \"$values\" \"$current\" \"$start\"\n"
          "    elif [[ $current == -* ]]; then\n"
          "        _loomcast_words \"$words\" \"$current\"\n"
          "    else\n"
          "        _loomcast_files \"$current\"\n"
          "    fi\n"
          "}\n"
          "\n"
          "complete -F _loomcast loomcast\n",
          to);
}
