#include "cli/option_table.h"

#include <string.h>

#define OWN(name_, letter_, field, metavar_, help_, ...)                                                               \
    {                                                                                                                  \
        .name = name_, .letter = letter_, .value = CLI_TEXT, .metavar = metavar_, .help = help_, .fallback = "",       \
        .group = output_title, .offset = offsetof(cli_options, field), __VA_ARGS__                                     \
    }
#define OWN_SWITCH(name_, letter_, field, help_, ...)                                                                  \
    {                                                                                                                  \
        .name = name_, .letter = letter_, .value = CLI_SWITCH, .help = help_, .fallback = "", .group = output_title,   \
        .offset = offsetof(cli_options, field), __VA_ARGS__                                                            \
    }

static const char output_title[] = "Output";

static const char *const group_titles[] = {
    [LC_GROUP_COLUMNS] = "Columns",   [LC_GROUP_MODEL] = "Model",
    [LC_GROUP_TRAINING] = "Training", [LC_GROUP_INTERVAL] = "Intervals",
    [LC_GROUP_DETECT] = "Flags",      [LC_GROUP_EVALUATE] = "Backtest",
    [LC_GROUP_RUN] = "Run",
};

/* The program's own options; all others are the library's settings. */
static const cli_option own_options[] = {
    OWN("output", 'o', output, "FILE", "write the result here (default: standard output)"),
    OWN("plot", 0, plot, "FILE",
        "draw the result: .png, .svg, .pdf, .gp for gnuplot's script and data, .html for a report, or - for a chart in "
        "the terminal, instead of the result unless -o takes it"),
    OWN("charts", 0, charts, "N",
        "in a report, --plot FILE.html or that of --out-dir, draw so many charts, of what deserves a look first "
        "(default: 24)",
        .in_config = true),
    OWN("style", 0, style, "FILE",
        "how charts look: lines of key = value, for font, font-scale, width, height and colours, see the README"),
    OWN("loss-plot", 0, loss_plot, "FILE", "draw training and validation loss by epoch"),
    OWN("model", 0, model, "MODEL", "use this fitted model"),
    OWN("save-windows", 0, save_windows, "FILE", "write every step of every test window"),
    OWN("save-steps", 0, save_steps, "FILE", "write the table by step of the horizon"),
    OWN("events", 0, events, "FILE", "write a line for each event: start, end, peak and what stands out there"),
    OWN_SWITCH("online", 0, online,
               "answer each row as it comes, before the next one is read; without FILE from standard input"),
    OWN_SWITCH("follow", 0, follow,
               "--online: at the end of FILE wait for more rows, until an interrupt (SIGINT, SIGTERM)"),
    OWN("state", 0, state, "FILE",
        "--online: go on from this file where it exists, and keep the state there; rows up to the last stamp are "
        "passed over (without stamps all rows are new), --output and --rejects are appended to"),
    OWN_SWITCH("nab", 0, nab,
               "write timestamp,value,anomaly_score,label, as the Numenta benchmark reads it; unless told otherwise "
               "with --sensitivity sensitive, since that benchmark prices a miss as some seventeen false alarms",
               .in_config = true),
    OWN("out-dir", 0, out_dir, "DIR",
        "many files, each by itself: a result a file in this folder, summary.csv and report.html; run again, what is "
        "done and has not changed is skipped"),
    OWN("shard", 0, shard, "I/N", "--out-dir: take the I-th of N parts of the files"),
    OWN("memory", 0, memory, "SIZE", "--out-dir: fail a file that takes more, as 500M or 4G (default: any)"),
    OWN_SWITCH("force", 0, force, "replace files that exist"),
    OWN_SWITCH("json", 0, json, "summary of the run as one JSON object on standard output", .in_config = true),
    OWN_SWITCH("quiet", 0, quiet, "print errors only", .in_config = true),
    OWN_SWITCH("exit-code", 0, exit_code, "exit with 3 when anomalies were flagged", .in_config = true),
    OWN("config", 0, config, "FILE",
        "settings for what the command line does not say (default: loomcast.conf where there is one; '' for none)",
        .everywhere = true),
    OWN_SWITCH("help", 'h', help, "print the options of the command", .everywhere = true),
};
enum { OWN_COUNT = sizeof own_options / sizeof own_options[0] };

/* Where a command does something else than others do. */
static const struct {
    const char *option, *command, *help;
} of_command[] = {
    {"output", "train", "write the model here"},
    {"plot", "plot",
     "the chart to draw: .png, .svg, .pdf, .gp for gnuplot's script and data, .html for a report, or - for one in the "
     "terminal"},
};

size_t cli_option_count(void)
{
    return OWN_COUNT + lc_setting_count();
}

static bool lists(const char *words, const char *name)
{
    const size_t n = strlen(name);
    for (const char *p = words; *p; p += strcspn(p, " "), p += strspn(p, " "))
        if (strcspn(p, " ") == n && strncmp(p, name, n) == 0) return true;
    return false;
}

cli_option cli_option_at(size_t i)
{
    if (i < OWN_COUNT) return own_options[i];
    const lc_setting_info *info = lc_setting_at(i - OWN_COUNT);
    const bool is_switch = info->type == LC_SETTING_SWITCH;
    cli_option option = {.name = info->name,
                         .value = is_switch ? CLI_SWITCH : CLI_TEXT,
                         .metavar = info->metavar,
                         .help = info->help,
                         .fallback = is_switch ? "" : info->fallback,
                         .choices = info->choices,
                         .group = group_titles[info->group],
                         .setting = info};
    /* To go on is about a file, too. */
    option.in_config = !cli_names_file(&option) && strcmp(option.name, "resume") != 0;
    return option;
}

cli_option cli_option_of(const cli_command *c, size_t i)
{
    cli_option option = cli_option_at(i);
    for (size_t k = 0; k < sizeof of_command / sizeof of_command[0]; k++)
        if (strcmp(of_command[k].option, option.name) == 0 && strcmp(of_command[k].command, c->name) == 0)
            option.help = of_command[k].help;
    return option;
}

size_t cli_option_find(const char *name)
{
    for (size_t i = 0; i < cli_option_count(); i++)
        if (strcmp(cli_option_at(i).name, name) == 0) return i;
    return SIZE_MAX;
}

bool cli_names_file(const cli_option *option)
{
    return option->metavar &&
           (strstr(option->metavar, "FILE") || strstr(option->metavar, "MODEL") || strstr(option->metavar, "DIR"));
}

bool cli_takes(const cli_command *c, const cli_option *option)
{
    if (!option->setting) return option->everywhere || lists(c->own, option->name);
    return ((c->groups >> option->setting->group) & 1) && !lists(c->without, option->name);
}

bool cli_is_fitting(const cli_option *option)
{
    if (!option->setting) return false;
    return option->setting->group == LC_GROUP_MODEL || option->setting->group == LC_GROUP_TRAINING ||
           strcmp(option->name, "season") == 0 || strcmp(option->name, "second-season") == 0;
}

bool cli_heeds(const cli_command *c, const cli_option *option)
{
    return !c->heeds || !cli_is_fitting(option) || lists(c->heeds, option->name);
}

bool cli_shows(const cli_command *c, const cli_option *option)
{
    return cli_takes(c, option) && cli_heeds(c, option);
}
