#include "cli/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

typedef enum own_type { OWN_TEXT, OWN_SWITCH } own_type;

typedef struct own_option {
    const char *name;
    char letter; /* 0: none */
    own_type type;
    size_t offset;
    const char *metavar, *help;
} own_option;

#define OWN(name, letter, type, field, metavar, help)                                                                  \
    {                                                                                                                  \
        name, letter, type, offsetof(cli_options, field), metavar, help                                                \
    }

/* The program's own options; all others are the library's settings. */
static const own_option own_options[] = {
    OWN("output", 'o', OWN_TEXT, output, "FILE", "write the result here (default: standard output)"),
    OWN("plot", 0, OWN_TEXT, plot, "FILE", "draw the result: .png, .svg, .pdf, or .gp for gnuplot's script and data"),
    OWN("loss-plot", 0, OWN_TEXT, loss_plot, "FILE", "draw training and validation loss by epoch"),
    OWN("model", 0, OWN_TEXT, model, "MODEL", "use this fitted model"),
    OWN("save-windows", 0, OWN_TEXT, save_windows, "FILE", "write every step of every test window"),
    OWN("force", 0, OWN_SWITCH, force, NULL, "replace files that exist"),
    OWN("json", 0, OWN_SWITCH, json, NULL, "summary of the run as one JSON object on standard output"),
    OWN("quiet", 0, OWN_SWITCH, quiet, NULL, "print errors only"),
    OWN("exit-code", 0, OWN_SWITCH, exit_code, NULL, "exit with 3 when anomalies were flagged"),
    OWN("help", 'h', OWN_SWITCH, help, NULL, "this text"),
};
enum { OWN_COUNT = sizeof own_options / sizeof own_options[0] };

/* Options that the interface names and this version does not have yet: refused by name, never half done. */
static const char *const later[] = {"future",  "future-file", "time-format", "checkpoint", "resume",
                                    "out-dir", "online",      "state",       "nab",        "rejects",
                                    "refit",   "duplicates",  "aggregate"};

static bool takes_own(const cli_command *c, const char *name)
{
    size_t n = strlen(name);
    if (strcmp(name, "help") == 0) return true;
    for (const char *p = c->own; *p; p += strcspn(p, " "), p += strspn(p, " "))
        if (strcspn(p, " ") == n && strncmp(p, name, n) == 0) return true;
    return false;
}

static bool takes_setting(const cli_command *c, const lc_setting_info *info)
{
    return (c->groups >> info->group) & 1;
}

/* ---- did you mean ---- */

const char *cli_nearest(const char *word, const char *(*next)(const void *list, size_t i), const void *list)
{
    const char *best = NULL, *name;
    size_t least = strlen(word) / 3 + 2;
    for (size_t i = 0; (name = next(list, i)); i++) {
        size_t d = lc_edit_distance(word, name);
        if (d < least) {
            least = d;
            best = name;
        }
    }
    return best;
}

/* ---- parsing ---- */

/* The options of one command for getopt_long; val tells where an option comes from. */
enum { VAL_OWN = 1000, VAL_SETTING = 2000 };

typedef struct option_list {
    struct option entry[OWN_COUNT + 64];
    size_t n;
} option_list;

static void add(option_list *l, const char *name, bool argument, int val)
{
    if (l->n + 1 >= sizeof l->entry / sizeof l->entry[0]) return;
    l->entry[l->n++] = (struct option){name, argument ? required_argument : no_argument, NULL, val};
}

static void list_options(option_list *l, const cli_command *c)
{
    *l = (option_list){.n = 0};
    for (size_t i = 0; i < OWN_COUNT; i++)
        if (takes_own(c, own_options[i].name))
            add(l, own_options[i].name, own_options[i].type == OWN_TEXT, VAL_OWN + (int)i);
    for (size_t i = 0; i < lc_setting_count(); i++) {
        const lc_setting_info *info = lc_setting_at(i);
        if (takes_setting(c, info)) add(l, info->name, info->type != LC_SETTING_SWITCH, VAL_SETTING + (int)i);
    }
}

static const char *nth_option(const void *list, size_t i)
{
    const option_list *l = list;
    return i < l->n ? l->entry[i].name : NULL;
}

static int unknown_option(const cli_command *c, const option_list *l, const char *word)
{
    char name[48];
    const char *start = word + strspn(word, "-");
    snprintf(name, sizeof name, "%.*s", (int)strcspn(start, "="), start);
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++)
        if (strcmp(later[i], name) == 0) return cli_usage("--%s is not there yet in this version", name);
    for (size_t i = 0; i < OWN_COUNT; i++)
        if (strcmp(own_options[i].name, name) == 0) return cli_usage("%s does not take --%s", c->name, name);
    for (size_t i = 0; i < lc_setting_count(); i++)
        if (strcmp(lc_setting_at(i)->name, name) == 0) return cli_usage("%s does not take --%s", c->name, name);
    const char *near = cli_nearest(name, nth_option, l);
    if (near) return cli_usage("there is no option %s; did you mean --%s?", word, near);
    return cli_usage("there is no option %s; \"loomcast %s --help\" lists them", word, c->name);
}

static int set_option(cli_options *o, int val, const char *argument)
{
    if (val >= VAL_SETTING) {
        lc_status st = {0};
        const lc_setting_info *info = lc_setting_at((size_t)(val - VAL_SETTING));
        if (lc_settings_set(o->settings, info->name, argument ? argument : "", &st) == LC_OK) return LC_EXIT_OK;
        return cli_fail(&st);
    }
    const own_option *own = &own_options[val - VAL_OWN];
    void *field = (char *)o + own->offset;
    if (own->type == OWN_SWITCH) *(bool *)field = true;
    else *(const char **)field = argument;
    return LC_EXIT_OK;
}

int cli_parse(cli_options *o, const cli_command *c, int argc, char **argv)
{
    option_list l;
    list_options(&l, c);
    *o = (cli_options){.program = c->name, .settings = lc_settings_create()};
    if (!o->settings) {
        lc_status st = {.code = LC_E_MEMORY, .text = "out of memory"};
        return cli_fail(&st);
    }
    opterr = 0;
    optind = 1;
    for (;;) {
        int at = optind, index = -1;
        int val = getopt_long(argc, argv, ":o:h", l.entry, &index);
        if (val == -1) break;
        const char *word = argv[at < argc ? at : argc - 1];
        if (optind - 1 > at && val == '?') word = argv[optind - 1];
        int code;
        if (val == '?' && optopt > 0 && optopt < 256) code = cli_usage("there is no option -%c", optopt);
        else if (val == '?' && optopt >= VAL_OWN) code = cli_usage("%s takes no value", word);
        else if (val == '?') code = unknown_option(c, &l, word);
        else if (val == ':') code = cli_usage("%s needs a value", argv[optind - 1]);
        else if (val == 'o' && !takes_own(c, "output")) code = cli_usage("%s does not take -o", c->name);
        else code = set_option(o, val == 'o' ? VAL_OWN : val == 'h' ? VAL_OWN + OWN_COUNT - 1 : val, optarg);
        if (code != LC_EXIT_OK) return code;
        if (o->help) return LC_EXIT_OK;
    }
    o->files = (const char *const *)argv + optind;
    o->n_files = (size_t)(argc - optind);
    if (o->n_files == 0) return cli_usage("%s needs a file: loomcast %s %s", c->name, c->name, c->arguments);
    return LC_EXIT_OK;
}

/* ---- help ---- */

void cli_help(FILE *to)
{
    fprintf(to,
            "loomcast %s: forecasts and anomaly flags for time series in CSV files\n\n"
            "usage: loomcast COMMAND [OPTIONS] [FILE...]\n\n",
            lc_version());
    for (const cli_command *c = cli_commands; c->name; c++) fprintf(to, "  %-10s %s\n", c->name, c->help);
    fprintf(to,
            "\n\"loomcast COMMAND --help\" lists a command's options. FILE is a CSV file, or - for standard input.\n"
            "For a start:  %s\n",
            cli_commands[0].example);
}

/* One option, its help wrapped behind column 30 at 100 characters. */
static void help_line(FILE *to, char letter, const char *name, const char *metavar, const char *fallback,
                      const char *help)
{
    enum { INDENT = 30, WIDTH = 100 };
    char head[80];
    snprintf(head, sizeof head, "  %s%c%s--%s%s%s", letter ? "-" : " ", letter ? letter : ' ', letter ? ", " : "  ",
             name, metavar ? " " : "", metavar ? metavar : "");
    int at = fprintf(to, "%-*s", INDENT - 1, head);
    if (at >= INDENT) at = fprintf(to, "\n%*s", INDENT - 1, "") - 1;
    char text[400];
    bool show = fallback && *fallback && strcmp(fallback, "false") != 0;
    snprintf(text, sizeof text, "%s%s%s%s", help, show ? " [" : "", show ? fallback : "", show ? "]" : "");
    for (const char *p = text; *p;) {
        int n = (int)strcspn(p, " ");
        if (at + 1 + n > WIDTH) at = fprintf(to, "\n%*s", INDENT - 1, "") - 1;
        at += fprintf(to, " %.*s", n, p);
        p += n;
        p += strspn(p, " ");
    }
    fprintf(to, "\n");
}

static const char *const group_titles[] = {
    [LC_GROUP_COLUMNS] = "Columns",   [LC_GROUP_MODEL] = "Model",
    [LC_GROUP_TRAINING] = "Training", [LC_GROUP_INTERVAL] = "Intervals",
    [LC_GROUP_DETECT] = "Flags",      [LC_GROUP_EVALUATE] = "Backtest",
    [LC_GROUP_RUN] = "Run",
};

void cli_help_command(FILE *to, const cli_command *c)
{
    fprintf(to, "usage: loomcast %s [OPTIONS] %s\n\n%s\n\nExample:  %s\n\nOutput\n", c->name, c->arguments, c->help,
            c->example);
    for (size_t i = 0; i < OWN_COUNT; i++) {
        const own_option *own = &own_options[i];
        if (takes_own(c, own->name)) help_line(to, own->letter, own->name, own->metavar, NULL, own->help);
    }
    for (size_t group = 0; group < sizeof group_titles / sizeof group_titles[0]; group++) {
        if (!((c->groups >> group) & 1)) continue;
        fprintf(to, "\n%s\n", group_titles[group]);
        for (size_t i = 0; i < lc_setting_count(); i++) {
            const lc_setting_info *info = lc_setting_at(i);
            if (info->group == group) help_line(to, 0, info->name, info->metavar, info->fallback, info->help);
        }
    }
}
