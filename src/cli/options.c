#include "cli/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli/config.h"

/* What getopt_long returns for the option at place i. */
enum { VAL_OPTION = 1000 };

/* The options of one command for getopt_long. */
typedef struct option_list {
    struct option entry[CLI_OPTIONS_MOST + 1];
    size_t n;
} option_list;

static void list_options(option_list *l, const cli_command *c)
{
    *l = (option_list){.n = 0};
    for (size_t i = 0; i < cli_option_count() && i < CLI_OPTIONS_MOST; i++) {
        const cli_option option = cli_option_at(i);
        if (!cli_takes(c, &option)) continue;
        const int argument = option.value == CLI_SWITCH ? optional_argument : required_argument;
        l->entry[l->n++] = (struct option){option.name, argument, NULL, VAL_OPTION + (int)i};
    }
}

static const char *nth_option(void *list, size_t i)
{
    const option_list *l = list;
    return i < l->n ? l->entry[i].name : NULL;
}

/* An option of other commands: says which. */
static int foreign_option(const cli_command *c, const char *name)
{
    char hint[120] = "";
    const size_t place = cli_option_find(name);
    if (place == SIZE_MAX) return LC_EXIT_OK;
    const cli_option option = cli_option_at(place);
    for (const cli_command *other = cli_commands; other->name; other++) {
        const size_t n = strlen(hint);
        if (cli_takes(other, &option))
            snprintf(hint + n, sizeof hint - n, "%s%s", n ? ", " : "it belongs to ", other->name);
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

static int unknown_option(const cli_command *c, option_list *l, const char *word)
{
    char name[48], hint[120];
    const char *start = word + (strncmp(word, "--", 2) == 0 ? 2 : 0);
    snprintf(name, sizeof name, "%.*s", (int)strcspn(start, "="), start);
    int code = foreign_option(c, name);
    if (code == LC_EXIT_OK) code = ambiguous_option(l, name);
    if (code != LC_EXIT_OK) return code;
    const size_t near = lc_nearest(name, nth_option, l);
    if (near != SIZE_MAX) snprintf(hint, sizeof hint, "did you mean --%s?", l->entry[near].name);
    else snprintf(hint, sizeof hint, "\"loomcast %s --help\" lists them", c->name);
    return cli_usage(hint, "there is no option --%s", name);
}

static void mark(uint64_t bits[CLI_MARKS], size_t place)
{
    if (place < CLI_OPTIONS_MOST) bits[place / 64] |= UINT64_C(1) << place % 64;
}

static bool is_marked(const uint64_t bits[CLI_MARKS], size_t place)
{
    return place < CLI_OPTIONS_MOST && ((bits[place / 64] >> place % 64) & 1);
}

bool cli_given(const cli_options *o, const char *name)
{
    return is_marked(o->given, cli_option_find(name));
}

bool cli_configured(const cli_options *o, const char *name)
{
    return is_marked(o->configured, cli_option_find(name));
}

bool cli_chosen(const cli_options *o, const char *name)
{
    return cli_given(o, name) || cli_configured(o, name);
}

void cli_mark_configured(cli_options *o, size_t place)
{
    mark(o->configured, place);
}

const char *cli_next_fitting(const cli_options *o, size_t *i)
{
    while (*i < cli_option_count()) {
        const size_t place = (*i)++;
        const cli_option option = cli_option_at(place);
        if (is_marked(o->given, place) && cli_is_fitting(&option)) return option.name;
    }
    return NULL;
}

void cli_warn_of_fitting(const cli_options *o, const char *why)
{
    size_t i = 0;
    for (const char *name; (name = cli_next_fitting(o, &i));) {
        const cli_option option = cli_option_at(cli_option_find(name));
        if (!cli_heeds(o->command, &option)) cli_note(o, "warning: --%s has no effect: %s", name, why);
    }
}

/* A switch is read as those of the library are. */
static lc_code set_switch(bool *field, const char *name, const char *value, lc_status *st)
{
    const bool on = !*value || strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
    if (on || strcmp(value, "false") == 0 || strcmp(value, "0") == 0) {
        *field = on;
        return LC_OK;
    }
    *st = (lc_status){.code = LC_E_USAGE, .hint = "give true or false, or no value at all"};
    snprintf(st->text, sizeof st->text, "%s: \"%.64s\" is not a valid value", name, value);
    return LC_E_USAGE;
}

lc_code cli_set(cli_options *o, const cli_option *option, const char *value, lc_status *st)
{
    if (option->setting) return lc_settings_set(o->settings, option->name, value ? value : "", st);
    void *field = (char *)o + option->offset;
    if (option->value == CLI_SWITCH) return set_switch(field, option->name, value ? value : "", st);
    *(const char **)field = value;
    return LC_OK;
}

static int set_option(cli_options *o, size_t place, const char *argument)
{
    lc_status st = {0};
    const cli_option option = cli_option_at(place);
    mark(o->given, place);
    return cli_set(o, &option, argument, &st) == LC_OK ? LC_EXIT_OK : cli_fail(&st);
}

/* What getopt_long could not take; `wrong` is what it returned and `word` what it looked at. */
static int refuse_option(const cli_command *c, option_list *l, int wrong, const char *word)
{
    char hint[80];
    snprintf(hint, sizeof hint, "\"loomcast %s --help\" lists the options", c->name);
    if (optopt >= VAL_OPTION) /* no option refuses a value */
        return cli_usage(NULL, "--%s needs a value", cli_option_at((size_t)(optopt - VAL_OPTION)).name);
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
    if (!o->out_dir && (o->shard || o->memory))
        return cli_usage(NULL, "--%s needs --out-dir", o->shard ? "shard" : "memory");
    if (o->model && fitting)
        return cli_usage("leave one of the two out", "--model names a fitted model, which --%s cannot change", fitting);
    if (o->output && strcmp(o->output, "-") == 0 && cli_plots_here(o))
        return cli_usage("give -o FILE for the result", "-o - and --plot - both take standard output");
    if (o->output && (strcmp(o->output, "-") == 0 || strcmp(o->output, "/dev/stdout") == 0)) o->output = NULL;
    return lc_settings_check(o->settings, &st) == LC_OK ? LC_EXIT_OK : cli_fail(&st);
}

int cli_parse(cli_options *o, const cli_command *c, int argc, char **argv)
{
    option_list l;
    list_options(&l, c);
    *o = (cli_options){.command = c, .settings = lc_settings_create()};
    if (!o->settings) return cli_no_memory();
    const size_t output = cli_option_find("output"), help = cli_option_find("help");
    const cli_option to = cli_option_at(output);
    opterr = 0;
    optind = 1;
    int val;
    while ((val = getopt_long(argc, argv, cli_takes(c, &to) ? ":o:h" : ":h", l.entry, NULL)) != -1) {
        if (val == '?' || val == ':') return refuse_option(c, &l, val, argv[optind - 1]);
        int code = set_option(o, val == 'o' ? output : val == 'h' ? help : (size_t)(val - VAL_OPTION), optarg);
        if (code != LC_EXIT_OK) return code;
        if (o->help) return LC_EXIT_OK;
    }
    o->files = (const char *const *)argv + optind;
    o->n_files = (size_t)(argc - optind);
    const int code = cli_config(o);
    return code == LC_EXIT_OK ? check_line(o, c) : code;
}
