/* The command line: shared by main and the commands. Uses the library through loomcast.h alone. */
#ifndef LC_CLI_CLI_H
#define LC_CLI_CLI_H

#include <jansson.h>

#include "loomcast.h"

enum { LC_EXIT_OK = 0, LC_EXIT_FAILED = 1, LC_EXIT_USAGE = 2, LC_EXIT_ANOMALIES = 3 };

enum { CLI_MARKS = 2 }; /* words of 64 bits that hold one for each option */

/* What the options of a command line said. */
typedef struct cli_options {
    lc_settings *settings;
    const char *const *files;
    size_t n_files;
    /* options of the program itself; NULL where not given */
    const char *output, *plot, *charts, *style, *model, *save_windows, *save_steps, *loss_plot, *state, *events,
        *config;
    const char *out_dir, *memory, *shard;
    bool online, follow, nab;
    bool force, json, quiet, exit_code, help;
    const struct cli_command *command;
    /* a bit for each option, by its place in the table: it stands on the command line; it comes from loomcast.conf */
    uint64_t given[CLI_MARKS], configured[CLI_MARKS];
    /* in a process of a job: what --model names, which the command takes, and where the run's figures go */
    lc_model *loaded;
    json_t **figures;
} cli_options;

/* A command is one file and one row of cli_commands. */
typedef struct cli_command {
    const char *name;
    const char *arguments; /* "FILE..." */
    const char *help;
    const char *examples; /* command lines, one a line */
    unsigned groups;      /* bit 1 << lc_setting_group for each group of settings it takes */
    const char *without;  /* settings of those groups that have no effect here, space-separated */
    const char *heeds;    /* NULL: it fits models; else those settings of a fit, space-separated, that have an effect on
                           * what it does by itself: it takes the others for --model's sake, and leaves them out of its
                           * help */
    const char *own;      /* names of the program's own options that it takes, space-separated */
    int (*run)(const cli_options *o);
} cli_command;

extern const cli_command cli_commands[]; /* ends with a NULL name */
const cli_command *cli_find_command(const char *name);

int cli_forecast(const cli_options *o);
int cli_train(const cli_options *o);
int cli_detect(const cli_options *o);
int cli_detect_online(const cli_options *o); /* detect --online */
int cli_evaluate(const cli_options *o);
int cli_inspect(const cli_options *o);
int cli_plot(const cli_options *o);

/* ---- messages ---- */

/* Prints an error ("file:line:column: text", then the hint) and returns the exit code for it. */
int cli_fail(const lc_status *st);
/* Prints what is wrong with the command line, and the hint unless it is NULL; returns LC_EXIT_USAGE. */
int cli_usage(const char *hint, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int cli_no_memory(void);
/* Fails for what is wrong with a file; hint "": none. */
int cli_refuse(const char *path, const char *text, const char *hint);
/* From here on errors and notes go to these streams instead of standard error. */
void cli_tell(FILE *errors, FILE *notes);
/* Fails with what could not be done to a file: "cannot be written: ..."; why: an errno. */
int cli_cannot(const char *path, const char *what, int why);
/* A line for the user on standard error; nothing with --quiet. */
void cli_note(const cli_options *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same for a line of the run's summary, which --json prints in its own way. */
void cli_line(const cli_options *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void cli_notices(const cli_options *o, const lc_panel *p);
/* Copies text for a terminal (room bytes with the NUL): what a terminal would obey, and broken UTF-8, is '?'. out may
 * be text itself. */
const char *cli_harmless(char *out, size_t room, const char *text);

/* ---- progress ---- */

typedef struct cli_progress {
    bool shown; /* standard error is a terminal and --quiet was not given */
    bool drawn;
    double started, last;
    double before; /* share of the epochs that was done when the run began; below 0: not known yet */
} cli_progress;

/* Call before a fit: interrupts then end it after the epoch that runs. */
cli_progress cli_progress_start(const cli_options *o);
/* The same for a job over many files: interrupts then end it at once. `share` of the files is done that had to be, in
 * the time since the start. */
cli_progress cli_progress_start_files(const cli_options *o);
void cli_progress_files(cli_progress *p, size_t done, size_t all, size_t failed, double share);
bool cli_progress_step(void *progress, const lc_progress *p);
void cli_progress_clear(cli_progress *p);
/* Before a line of text; the progress may be drawn again behind it. */
void cli_progress_clear_line(cli_progress *p);
double cli_seconds(void); /* of a clock that nobody sets */
/* The signal that asked to stop, or 0. */
int cli_interrupted(void);

/* ---- what several commands do ---- */

/* Refuses early what would fail late: outputs that exist without --force or cannot be written, charts of no known
 * format, files named twice. */
int cli_check_outputs(const cli_options *o);
/* What stands behind the last slash of a path. */
const char *cli_base_name(const char *path);
/* Whether --state names a state to go on from: outputs are then appended to. */
bool cli_goes_on(const cli_options *o);
/* Whether --plot - asks for a chart on standard output, which the result then leaves to it. */
bool cli_plots_here(const cli_options *o);
/* The most charts of a report, and whether what --charts says is right. */
size_t cli_charts(const cli_options *o);
int cli_check_charts(const cli_options *o);
/* Refuses --json where the result itself would go to standard output. */
int cli_check_json(const cli_options *o);

/* Reads the files into a panel and prints its notices. */
int cli_read(lc_panel **out, const cli_options *o);

/* Whether this option stands on the command line, with whatever value. */
bool cli_given(const cli_options *o, const char *name);
/* Whether it has its value from loomcast.conf. */
bool cli_configured(const cli_options *o, const char *name);
/* Whether somebody chose its value, here or there. */
bool cli_chosen(const cli_options *o, const char *name);
/* The settings that somebody chose: what a command settles by itself is none of the options that a report lists. To be
 * freed; NULL: out of memory. */
lc_settings *cli_chosen_settings(const cli_options *o);

/* The first option from place *i of the table on that was given and matters to a fit alone; NULL: none. *i is then the
 * place after it. */
const char *cli_next_fitting(const cli_options *o, size_t *i);

/* Warns of each of them that the command does not heed. */
void cli_warn_of_fitting(const cli_options *o, const char *why);

/* For detectors: rows are taken as they come, whatever their stamps, unless somebody says otherwise. */
int cli_keep_rows(const cli_options *o);

/* The model that --model names; *out stays NULL without the option. */
int cli_load_model(lc_model **out, const cli_options *o);

/* Fits a model. After an interrupt or divergence *out may hold the best model so far beside the failure. */
int cli_fit(lc_model **out, const lc_panel *p, const cli_options *o);

/* What a run found, and what it found it in; all but the result may be NULL. */
typedef struct cli_outcome {
    const lc_result *result, *past, *events;
    const lc_panel *panel;
    const lc_model_info *model;
    const lc_backtest_view *backtest; /* drawn instead of the result */
    const lc_verdict *verdict;        /* of it */
} cli_outcome;

/* Writes a result to --output or standard output, and its chart or report where --plot says. */
int cli_deliver(const cli_outcome *what, const cli_options *o);
int cli_draw(const cli_outcome *what, const cli_options *o);
/* The style that --style names; *out stays NULL without the option. */
int cli_read_style(lc_style **out, const cli_options *o);

/* Until cli_stdout_begins nobody who stops reading ends the program: a chart or model is finished first. */
void cli_ignore_closed_pipes(void);
/* From here on a closed pipe behind standard output ends the program without a word, as it ends any filter. */
void cli_stdout_begins(void);

/* ---- known anomalies ---- */

/* What --labels names, its notices printed; *out stays NULL without the option. */
int cli_read_labels(lc_labels **out, const cli_options *o, const lc_panel *p);
/* The name that --labels gives; "" without it. */
const char *cli_labels_name(const cli_options *o, char *out, size_t room);
/* Holds a result of detect against labels and prints how it did. */
int cli_measure(lc_result **out, const cli_options *o, const lc_result *r, const lc_labels *l, const lc_panel *p);
/* evaluate with --labels: methods of detection instead of forecasts. */
int cli_evaluate_labels(const cli_options *o);

/* ---- summary of a run ---- */

/* Puts a new value into an object. Where one of the two is NULL *object is NULL from then on: memory was short, which
 * cli_print_summary then says. */
void cli_json_put(json_t **object, const char *key, json_t *value);

/* Every row of a table as an object. */
json_t *cli_json_rows(const lc_result *r);

/* A JSON object for --json; m NULL: without a model. */
json_t *cli_summary(const cli_options *o, const lc_panel *p, const lc_model_info *m);
/* Prints it with --json; takes it in any case. */
int cli_print_summary(json_t *summary, const cli_options *o);
/* Text as a JSON string, broken UTF-8 replaced. */
json_t *cli_json_text(const char *text);

/* Lines on standard error: what was read, and which model it is; m NULL: there is none. */
void cli_print_read(const cli_options *o, const lc_panel *p, const lc_model_info *m);
void cli_print_model(const cli_options *o, const lc_panel *p, const lc_model_info *m);
/* Before the work: says so where the model of --model learned of rows with another step, or far from these. */
int cli_warn_of_misfit(const cli_options *o, const lc_model *m, const lc_panel *p);
/* How the model did beside the naive forecasts on its validation windows. */
void cli_print_error(const cli_options *o, const lc_model_info *m);

#endif
