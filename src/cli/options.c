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
    OWN("plot", 0, OWN_TEXT, plot, "FILE",
        "draw the result: .png, .svg, .pdf, .gp for gnuplot's script and data, .html for a report, or - for a chart in "
        "the terminal, instead of the result unless -o takes it"),
    OWN("charts", 0, OWN_TEXT, charts, "N",
        "--plot FILE.html: draw the charts of so many series, those that deserve a look first (default: 24)"),
    OWN("loss-plot", 0, OWN_TEXT, loss_plot, "FILE", "draw training and validation loss by epoch"),
    OWN("model", 0, OWN_TEXT, model, "MODEL", "use this fitted model"),
    OWN("save-windows", 0, OWN_TEXT, save_windows, "FILE", "write every step of every test window"),
    OWN("save-steps", 0, OWN_TEXT, save_steps, "FILE", "write the table by step of the horizon"),
    OWN("events", 0, OWN_TEXT, events, "FILE",
        "write a line for each event: start, end, peak and what stands out there"),
    OWN("online", 0, OWN_SWITCH, online, NULL,
        "answer each row as it comes, before the next one is read; without FILE from standard input"),
    OWN("follow", 0, OWN_SWITCH, follow, NULL,
        "--online: at the end of FILE wait for more rows, until an interrupt (SIGINT, SIGTERM)"),
    OWN("state", 0, OWN_TEXT, state, "FILE",
        "--online: go on from this file where it exists, and keep the state there; rows up to the last stamp are "
        "passed "
        "over (without stamps all rows are new), --output and --rejects are appended to"),
    OWN("nab", 0, OWN_SWITCH, nab, NULL,
        "write timestamp,value,anomaly_score,label, as the Numenta benchmark reads it; unless told otherwise with "
        "--sensitivity sensitive, since that benchmark prices a miss as some seventeen false alarms"),
    OWN("force", 0, OWN_SWITCH, force, NULL, "replace files that exist"),
    OWN("json", 0, OWN_SWITCH, json, NULL, "summary of the run as one JSON object on standard output"),
    OWN("quiet", 0, OWN_SWITCH, quiet, NULL, "print errors only"),
    OWN("exit-code", 0, OWN_SWITCH, exit_code, NULL, "exit with 3 when anomalies were flagged"),
    OWN("help", 'h', OWN_SWITCH, help, NULL, "this text"),
};
enum { OWN_COUNT = sizeof own_options / sizeof own_options[0] };

/* Options that the interface names and this version does not have yet: refused by name, never half done. */
static const char *const later[] = {"out-dir"};

static bool lists(const char *words, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = words; *p; p += strcspn(p, " "), p += strspn(p, " "))
        if (strcspn(p, " ") == n && strncmp(p, name, n) == 0) return true;
    return false;
}

static bool takes_own(const cli_command *c, const char *name)
{
    return strcmp(name, "help") == 0 || lists(c->own, name);
}

static bool takes_setting(const cli_command *c, const lc_setting_info *info)
{
    return ((c->groups >> info->group) & 1) && !lists(c->without, info->name);
}

/* Whether a setting matters to a fit alone. */
static bool is_fitting(const lc_setting_info *info)
{
    return info->group == LC_GROUP_MODEL || info->group == LC_GROUP_TRAINING || strcmp(info->name, "season") == 0 ||
           strcmp(info->name, "second-season") == 0;
}

static bool is_idle(const cli_command *c, const lc_setting_info *info)
{
    return c->heeds && is_fitting(info) && !lists(c->heeds, info->name);
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
    struct option entry[OWN_COUNT + 128];
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

/* "--model" or "--horizon" for what getopt_long returns. */
static const char *name_of(int val)
{
    if (val >= VAL_SETTING) return lc_setting_at((size_t)(val - VAL_SETTING))->name;
    return own_options[val - VAL_OWN].name;
}

/* An option of other commands: says which. */
static int foreign_option(const cli_command *c, const char *name)
{
    char hint[120] = "";
    option_list l;
    for (const cli_command *other = cli_commands; other->name; other++) {
        bool found = false;
        list_options(&l, other);
        for (size_t i = 0; i < l.n; i++) found = found || strcmp(l.entry[i].name, name) == 0;
        size_t n = strlen(hint);
        if (found) snprintf(hint + n, sizeof hint - n, "%s%s", n ? ", " : "it belongs to ", other->name);
    }
    return *hint ? cli_usage(hint, "%s does not take --%s", c->name, name) : LC_EXIT_OK;
}

/* getopt_long takes the beginning of a name for the name where only one option begins so. */
static int ambiguous_option(const option_list *l, const char *name)
{
    char hint[160] = "";
    size_t n = strlen(name);
    for (size_t i = 0; i < l->n; i++) {
        size_t used = strlen(hint);
        if (n && strncmp(l->entry[i].name, name, n) == 0)
            snprintf(hint + used, sizeof hint - used, "%s--%s", used ? ", " : "write ", l->entry[i].name);
    }
    return *hint ? cli_usage(hint, "--%s is the beginning of several options", name) : LC_EXIT_OK;
}

static int unknown_option(const cli_command *c, const option_list *l, const char *word)
{
    char name[48], hint[120];
    const char *start = word + (strncmp(word, "--", 2) == 0 ? 2 : 0);
    snprintf(name, sizeof name, "%.*s", (int)strcspn(start, "="), start);
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++)
        if (strcmp(later[i], name) == 0) return cli_usage(NULL, "--%s is not there yet in this version", name);
    int code = foreign_option(c, name);
    if (code == LC_EXIT_OK) code = ambiguous_option(l, name);
    if (code != LC_EXIT_OK) return code;
    const char *near = cli_nearest(name, nth_option, l);
    if (near) snprintf(hint, sizeof hint, "did you mean --%s?", near);
    else snprintf(hint, sizeof hint, "\"loomcast %s --help\" lists them", c->name);
    return cli_usage(hint, "there is no option --%s", name);
}

enum { GIVEN_MOST = 8 * sizeof((cli_options *)NULL)->given };

static bool is_given(const cli_options *o, size_t place)
{
    return place < GIVEN_MOST && ((o->given[place / 64] >> place % 64) & 1);
}

bool cli_given(const cli_options *o, const char *setting)
{
    for (size_t i = 0; i < lc_setting_count(); i++)
        if (strcmp(lc_setting_at(i)->name, setting) == 0) return is_given(o, i);
    return false;
}

const char *cli_next_fitting(const cli_options *o, size_t *i)
{
    while (*i < lc_setting_count()) {
        const size_t place = (*i)++;
        if (is_given(o, place) && is_fitting(lc_setting_at(place))) return lc_setting_at(place)->name;
    }
    return NULL;
}

void cli_warn_of_fitting(const cli_options *o, const char *why)
{
    size_t i = 0;
    for (const char *name; (name = cli_next_fitting(o, &i));)
        if (!lists(o->command->heeds, name)) cli_note(o, "warning: --%s has no effect: %s", name, why);
}

static int set_option(cli_options *o, int val, const char *argument)
{
    if (val >= VAL_SETTING) {
        lc_status st = {0};
        const lc_setting_info *info = lc_setting_at((size_t)(val - VAL_SETTING));
        const size_t place = (size_t)(val - VAL_SETTING);
        if (place < GIVEN_MOST) o->given[place / 64] |= UINT64_C(1) << place % 64;
        if (lc_settings_set(o->settings, info->name, argument ? argument : "", &st) == LC_OK) return LC_EXIT_OK;
        return cli_fail(&st);
    }
    const own_option *own = &own_options[val - VAL_OWN];
    void *field = (char *)o + own->offset;
    if (own->type == OWN_SWITCH) *(bool *)field = true;
    else *(const char **)field = argument;
    return LC_EXIT_OK;
}

/* What getopt_long could not take; `wrong` is what it returned and `word` what it looked at. */
static int refuse_option(const cli_command *c, const option_list *l, int wrong, const char *word)
{
    char hint[80];
    snprintf(hint, sizeof hint, "\"loomcast %s --help\" lists the options", c->name);
    if (optopt >= VAL_OWN && wrong == ':') return cli_usage(NULL, "--%s needs a value", name_of(optopt));
    if (optopt >= VAL_OWN) return cli_usage(NULL, "--%s takes no value", name_of(optopt));
    if (wrong == ':') return cli_usage(NULL, "-%c needs a value", optopt);
    if (optopt) return cli_usage(hint, "there is no option -%c", optopt);
    return unknown_option(c, l, word);
}

/* Rules between options, and between options and files. */
static int check_line(cli_options *o, const cli_command *c)
{
    size_t standard = 0, place = 0;
    const char *fitting = cli_next_fitting(o, &place);
    lc_status st = {0};
    if (o->n_files == 0 && o->online) {
        static const char *const standard_input[] = {"-"};
        o->files = standard_input;
        o->n_files = 1;
    }
    if (o->n_files == 0) return cli_usage(NULL, "%s needs a file: loomcast %s %s", c->name, c->name, c->arguments);
    for (size_t i = 0; i < o->n_files; i++) {
        if (!*o->files[i]) return cli_usage(NULL, "the name of a file is empty");
        standard += strcmp(o->files[i], "-") == 0;
    }
    if (standard > 1) return cli_usage(NULL, "standard input (-) can be read only once");
    if (o->model && fitting)
        return cli_usage("leave one of the two out", "--model names a fitted model, which --%s cannot change", fitting);
    if (o->output && (strcmp(o->output, "-") == 0 || strcmp(o->output, "/dev/stdout") == 0)) o->output = NULL;
    return lc_settings_check(o->settings, &st) == LC_OK ? LC_EXIT_OK : cli_fail(&st);
}

int cli_parse(cli_options *o, const cli_command *c, int argc, char **argv)
{
    option_list l;
    list_options(&l, c);
    *o = (cli_options){.command = c, .settings = lc_settings_create()};
    if (!o->settings) return cli_no_memory();
    opterr = 0;
    optind = 1;
    int val;
    while ((val = getopt_long(argc, argv, takes_own(c, "output") ? ":o:h" : ":h", l.entry, NULL)) != -1) {
        if (val == '?' || val == ':') return refuse_option(c, &l, val, argv[optind - 1]);
        int code = set_option(o, val == 'o' ? VAL_OWN : val == 'h' ? VAL_OWN + OWN_COUNT - 1 : val, optarg);
        if (code != LC_EXIT_OK) return code;
        if (o->help) return LC_EXIT_OK;
    }
    o->files = (const char *const *)argv + optind;
    o->n_files = (size_t)(argc - optind);
    return check_line(o, c);
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
            "\n\"loomcast COMMAND --help\" lists a command's options.\n"
            "FILE is a CSV file, or - for standard input.\n"
            "For a start:  %s\n",
            cli_commands[0].example);
}

/* One option, its help wrapped behind column 30 at 80 characters. */
static void help_line(FILE *to, char letter, const char *name, const char *metavar, const char *fallback,
                      const char *help)
{
    enum { INDENT = 30, WIDTH = 80 };
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
        bool titled = false;
        for (size_t i = 0; i < lc_setting_count(); i++) {
            const lc_setting_info *info = lc_setting_at(i);
            if (info->group != group || !takes_setting(c, info) || is_idle(c, info)) continue;
            if (!titled) fprintf(to, "\n%s\n", group_titles[group]);
            titled = true;
            help_line(to, 0, info->name, info->metavar, info->fallback, info->help);
        }
    }
}
