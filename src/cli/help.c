#include "cli/help.h"

#include <string.h>

#include "cli/option_table.h"

void cli_help(FILE *to)
{
    fprintf(to,
            "loomcast %s: forecasts and anomaly flags for time series in CSV files\n\n"
            "usage: loomcast COMMAND [OPTIONS] [FILE...]\n\n",
            lc_version());
    for (const cli_command *c = cli_commands; c->name; c++) fprintf(to, "  %-10s %s\n", c->name, c->help);
    fprintf(to,
            "\n\"loomcast help COMMAND\" lists a command's options,\n"
            "\"loomcast --generate man|bash|zsh|fish\" prints a man page or completions.\n"
            "FILE is a CSV file, or - for standard input.\n"
            "For a start:  %.*s\n",
            (int)strcspn(cli_commands[0].examples, "\n"), cli_commands[0].examples);
}

/* One option, its help wrapped behind column 30 at 80 characters. */
static void help_line(FILE *to, const cli_option *o)
{
    enum { INDENT = 30, WIDTH = 80 };
    char head[80];
    snprintf(head, sizeof head, "  %s%c%s--%s%s%s", o->letter ? "-" : " ", o->letter ? o->letter : ' ',
             o->letter ? ", " : "  ", o->name, o->metavar ? " " : "", o->metavar ? o->metavar : "");
    int at = fprintf(to, "%-*s", INDENT - 1, head);
    if (at >= INDENT) at = fprintf(to, "\n%*s", INDENT - 1, "") - 1;
    char text[400];
    const bool show = *o->fallback;
    snprintf(text, sizeof text, "%s%s%s%s", o->help, show ? " [" : "", o->fallback, show ? "]" : "");
    for (const char *p = text; *p;) {
        int n = (int)strcspn(p, " ");
        if (at + 1 + n > WIDTH) at = fprintf(to, "\n%*s", INDENT - 1, "") - 1;
        at += fprintf(to, " %.*s", n, p);
        p += n;
        p += strspn(p, " ");
    }
    fprintf(to, "\n");
}

static void print_examples(FILE *to, const char *examples)
{
    for (const char *p = examples; *p; p += strcspn(p, "\n"), p += *p == '\n')
        fprintf(to, "  %.*s\n", (int)strcspn(p, "\n"), p);
}

void cli_help_command(FILE *to, const cli_command *c)
{
    const char *group = "";
    fprintf(to, "usage: loomcast %s [OPTIONS] %s\n\n%s\n\nExamples\n", c->name, c->arguments, c->help);
    print_examples(to, c->examples);
    for (size_t i = 0; i < cli_option_count(); i++) {
        const cli_option option = cli_option_of(c, i);
        if (!cli_shows(c, &option)) continue;
        if (option.group != group) fprintf(to, "\n%s\n", option.group);
        group = option.group;
        help_line(to, &option);
    }
}
