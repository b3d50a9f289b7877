#include "cli/generate.h"

#include <string.h>

/* The day on which the words that stand here were last changed. */
#define PAGE_DATE "2026-11-30"

/* ---- text that roff prints as it is, whatever is in it ---- */

enum { SPELLED = 4 }; /* bytes that one may become */

/* At most n bytes of text; returns the length. Hyphens are those that can be copied into a shell. */
static size_t spell(char *out, const char *text, size_t n)
{
    static const struct {
        char c;
        const char *name;
    } special[] = {{'\\', "\\(rs"}, {'-', "\\-"},   {'\'', "\\(aq"}, {'"', "\\(dq"},
                   {'`', "\\(ga"},  {'^', "\\(ha"}, {'~', "\\(ti"}};
    enum { SPECIAL = sizeof special / sizeof special[0] };
    size_t len = 0;
    for (const char *p = text; *p && (size_t)(p - text) < n; p++) {
        size_t i = 0;
        while (i < SPECIAL && special[i].c != *p) i++;
        const size_t width = i < SPECIAL ? strlen(special[i].name) : 1;
        memcpy(out + len, i < SPECIAL ? special[i].name : p, width);
        len += width;
    }
    return len;
}

static void write_text(FILE *to, const char *text)
{
    char piece[SPELLED];
    for (const char *p = text; *p; p++) fwrite(piece, 1, spell(piece, p, 1), to);
}

/* Lines of words. A dot at the beginning of one would be a request; an apostrophe is never written as such. */
static void write_lines(FILE *to, const char *text)
{
    enum { WIDTH = 78, WORD = 64 };
    size_t at = 0;
    for (const char *p = text + strspn(text, " "); *p; p += strspn(p, " ")) {
        char word[SPELLED * WORD];
        const size_t n = strcspn(p, " ") < WORD ? strcspn(p, " ") : WORD;
        const size_t width = spell(word, p, n);
        if (at && at + 1 + width > WIDTH) {
            fputc('\n', to);
            at = 0;
        } else if (at) {
            fputc(' ', to);
        }
        if (!at && *word == '.') fputs("\\&", to);
        fwrite(word, 1, width, to);
        at += 1 + width;
        p += n;
    }
    fputc('\n', to);
}

static void write_font(FILE *to, char font, const char *text)
{
    fprintf(to, "\\f%c", font);
    write_text(to, text);
    fputs("\\fR", to);
}

/* A paragraph whose title is `term`. */
static void write_item(FILE *to, const char *term, const char *text)
{
    fputs(".TP\n", to);
    write_font(to, 'B', term);
    fputc('\n', to);
    write_lines(to, text);
}

/* ---- the parts of the page ---- */

/* One way to call the program, in a line of its own. */
static void write_call(FILE *to, const char *word, const char *options, const char *arguments)
{
    write_font(to, 'B', "loomcast ");
    write_font(to, 'B', word);
    fputs(options, to);
    if (*arguments) fputc(' ', to);
    write_text(to, arguments);
    fputc('\n', to);
}

static void write_head(FILE *to)
{
    fputs(".\\\" Made by `loomcast --generate man`.\n.TH LOOMCAST 1 " PAGE_DATE " \"loomcast ", to);
    write_text(to, lc_version());
    fputs("\" \"User Commands\"\n"
          ".SH NAME\n"
          "loomcast \\- forecasts and anomaly flags for time series in CSV files\n"
          ".SH SYNOPSIS\n"
          ".nf\n",
          to);
    for (const cli_command *c = cli_commands; c->name; c++) write_call(to, c->name, " [\\fIOPTIONS\\fR]", c->arguments);
    write_call(to, "help", " [\\fICOMMAND\\fR]", "");
    write_call(to, "--version", "", "");
    char kinds[80] = "";
    size_t n = 0;
    for (const cli_generator *g = cli_generators; g->name; g++)
        n += (size_t)snprintf(kinds + n, sizeof kinds - n, "%s%s", n ? "|" : "", g->name);
    write_call(to, "--generate", "", kinds);
    fputs(".fi\n.SH DESCRIPTION\n", to);
    write_lines(
        to, "loomcast reads series from CSV files, plain or gzip, and forecasts them with small networks that it fits "
            "by itself, or flags what is unusual in them. A file is wide (a time column and numeric columns) or "
            "long (unique_id,ds,y); delimiter, columns, the form of time stamps, step and season are found by "
            "themselves, and options say otherwise. What was decided is said on standard error; results are CSV "
            "on standard output, or in the file of --output. FILE may be - for standard input.");
}

static void write_commands(FILE *to)
{
    fputs(".SH COMMANDS\n", to);
    for (const cli_command *c = cli_commands; c->name; c++) {
        fputs(".TP\n", to);
        write_font(to, 'B', c->name);
        fputc(' ', to);
        write_text(to, c->arguments);
        fputc('\n', to);
        write_lines(to, c->help);
    }
}

/* " Taken by ...": which commands list it, unless all do. */
static void list_takers(char *out, size_t room, const cli_option *o)
{
    size_t n = 0, others = 0;
    out[0] = '\0';
    for (const cli_command *c = cli_commands; c->name; c++) {
        if (cli_shows(c, o)) n += (size_t)snprintf(out + n, room - n, "%s%s", n ? ", " : " Taken by ", c->name);
        else others++;
    }
    if (others) snprintf(out + n, room - n, ".");
    else out[0] = '\0';
}

static void write_option(FILE *to, const cli_option *o)
{
    char takers[100], text[600], name[40];
    const bool show = *o->fallback;
    fputs(".TP\n", to);
    snprintf(name, sizeof name, "-%c", o->letter);
    if (o->letter) write_font(to, 'B', name);
    if (o->letter) fputs(", ", to);
    snprintf(name, sizeof name, "--%s", o->name);
    write_font(to, 'B', name);
    if (o->metavar) fputc(' ', to);
    if (o->metavar) write_font(to, 'I', o->metavar);
    fputc('\n', to);
    list_takers(takers, sizeof takers, o);
    snprintf(text, sizeof text, "%s%s%s%s.%s", o->help, show ? " [" : "", o->fallback, show ? "]" : "", takers);
    write_lines(to, text);
}

static void write_options(FILE *to)
{
    const char *group = "";
    fputs(".SH OPTIONS\n", to);
    write_lines(
        to, "The beginning of a name is enough where no other option begins so; -- ends the options. A switch can be "
            "taken back, as in --quiet=false.");
    for (size_t i = 0; i < cli_option_count(); i++) {
        const cli_option option = cli_option_at(i);
        if (option.group != group) fprintf(to, ".SS %s\n", option.group);
        group = option.group;
        write_option(to, &option);
    }
}

static void write_surroundings(FILE *to)
{
    char isas[160];
    fputs(".SH EXIT STATUS\n", to);
    write_item(to, "0", "All went well.");
    write_item(to, "1", "Data, a file, the disk or a model failed.");
    write_item(to, "2", "The command line is wrong.");
    write_item(to, "3", "detect --exit-code: anomalies were flagged.");
    fputs(".SH ENVIRONMENT\n", to);
    write_item(to, "OMP_NUM_THREADS", "Threads of a run without --threads.");
    snprintf(isas, sizeof isas, "Caps the instruction set of the kernels: %s.", lc_instruction_sets());
    write_item(to, "LOOMCAST_ISA", isas);
    write_item(to, "NO_COLOR", "Where it has a value, charts in the terminal (--plot -) have no colour.");
    write_item(to, "COLUMNS", "Width of such a chart where standard output is no terminal; 80 without it.");
    write_item(to, "TERM", "A terminal that is called dumb gets no progress line.");
    write_item(to, "TMPDIR", "Folder for what gnuplot draws from; /tmp without it.");
}

static void write_files(FILE *to)
{
    fputs(".SH FILES\n", to);
    write_item(to, "loomcast.conf",
               "Settings for every run in its folder that does not say otherwise, in lines of key = value; the command "
               "line wins, and --config names another file or none. Keys are the long options without their dashes; a "
               "switch takes true or false. What a command does not take, and with --model what a fit alone needs, is "
               "passed over. Options that name files belong on the command line, and so do --force, --online and "
               "--follow. A # begins a comment at the beginning of a line and behind a blank; a value between quotes "
               "may hold one, and blanks at its ends.");
    fputs(".IP\n.EX\n", to);
    write_text(to, "horizon = 7        # a week\nlevel = 80,95\nmissing = \"#N/A,-\"\n");
    fputs(".EE\n", to);
    write_item(to, "MODEL",
               "A fitted model: a safetensors file with its settings in a JSON header. Nothing in it is run.");
}

static void write_examples(FILE *to)
{
    fputs(".SH EXAMPLES\n.EX\n", to);
    for (const cli_command *c = cli_commands; c->name; c++) {
        char line[160];
        for (const char *p = c->examples; *p; p += strcspn(p, "\n"), p += *p == '\n') {
            snprintf(line, sizeof line, "%.*s\n", (int)strcspn(p, "\n"), p);
            write_text(to, line);
        }
    }
    fputs(".EE\n", to);
}

void cli_write_man(FILE *to)
{
    write_head(to);
    write_commands(to);
    write_options(to);
    write_surroundings(to);
    write_files(to);
    write_examples(to);
}
