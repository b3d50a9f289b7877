/* The command line: shared by main and the commands. Uses the library through loomcast.h alone. */
#ifndef LC_CLI_CLI_H
#define LC_CLI_CLI_H

#include <jansson.h>

#include "loomcast.h"

enum { LC_EXIT_OK = 0, LC_EXIT_FAILED = 1, LC_EXIT_USAGE = 2, LC_EXIT_ANOMALIES = 3 };

/* What the options of a command line said. */
typedef struct cli_options {
    lc_settings *settings;
    const char *const *files;
    size_t n_files;
    /* options of the program itself; NULL where not given */
    const char *output, *plot, *model, *save_windows, *loss_plot;
    bool force, json, quiet, exit_code, help;
    const char *program; /* name of the command */
} cli_options;

/* A command is one file and one row of cli_commands. */
typedef struct cli_command {
    const char *name;
    const char *arguments; /* "FILE..." */
    const char *help;
    const char *example;
    unsigned groups; /* bit 1 << lc_setting_group for each group of settings it takes */
    const char *own; /* names of the program's own options that it takes, space-separated */
    int (*run)(const cli_options *o);
} cli_command;

extern const cli_command cli_commands[]; /* ends with a NULL name */
const cli_command *cli_find_command(const char *name);

int cli_forecast(const cli_options *o);
int cli_train(const cli_options *o);
int cli_detect(const cli_options *o);
int cli_evaluate(const cli_options *o);
int cli_inspect(const cli_options *o);
int cli_plot(const cli_options *o);

/* ---- messages ---- */

/* Prints an error ("file:line:column: text", then the hint) and returns the exit code for it. */
int cli_fail(const lc_status *st);
int cli_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A line for the user on standard error; nothing with --quiet. */
void cli_note(const cli_options *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void cli_notices(const cli_options *o, const lc_panel *p);

/* ---- progress ---- */

typedef struct cli_progress {
    bool shown; /* standard error is a terminal and --quiet was not given */
    bool drawn;
    double started, last;
} cli_progress;

cli_progress cli_progress_start(const cli_options *o);
bool cli_progress_step(void *progress, const lc_progress *p);
void cli_progress_clear(cli_progress *p);
double cli_seconds(void);
bool cli_interrupted(void);
void cli_catch_interrupts(void);

/* ---- what several commands do ---- */

/* Reads the files into a panel and prints its notices. */
int cli_read(lc_panel **out, const cli_options *o);

/* Writes a result to --output or standard output. */
int cli_write(const lc_result *r, const cli_options *o);

/* Draws a result where --plot says; p may be NULL. */
int cli_draw(const lc_result *r, const lc_panel *p, const cli_options *o);

/* Refuses early what would fail late: outputs that exist without --force. */
int cli_check_outputs(const cli_options *o);

/* The model that --model names, or one fitted on the panel. */
int cli_get_model(lc_model **out, const lc_panel *p, const cli_options *o);

/* Summary of a run: a JSON object on standard output with --json (freed), else lines on standard error. */
json_t *cli_summary(const cli_options *o, const lc_panel *p, const lc_model_info *m);
int cli_print_summary(json_t *summary, const cli_options *o);
void cli_print_model(const cli_options *o, const lc_panel *p, const lc_model_info *m);

#endif
