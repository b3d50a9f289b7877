/* loomcast: forecasts and anomaly flags for time series in CSV files.
 *
 * The whole public interface of the library. Every function that can fail returns a code and, when
 * `st` is not NULL, fills it with file, line, column and text; the first error wins. The library never
 * prints, exits or aborts, except that OpenMP's own runtime ends the process when it cannot start a thread. Free
 * functions accept NULL; any other pointer must be given unless its comment says otherwise, and functions that return
 * a code answer a missing one with LC_E_USAGE. Objects are not shared between threads unless
 * they are only read. */
#ifndef LOOMCAST_H
#define LOOMCAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define LC_VERSION "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- status ------------------------------------------------------------------------------------ */

typedef enum lc_code {
    LC_OK = 0,
    LC_E_MEMORY,    /* an allocation failed or a size overflowed */
    LC_E_IO,        /* a file could not be opened, read, written or renamed */
    LC_E_PARSE,     /* a cell, line or document does not follow its format */
    LC_E_USAGE,     /* a setting or argument is out of its range or unknown */
    LC_E_DATA,      /* the data cannot serve the purpose (too short, constant, no target) */
    LC_E_MODEL,     /* a model file is broken or does not fit the data */
    LC_E_NUMERIC,   /* training diverged; the last good weights were kept where there are any */
    LC_E_CANCELLED, /* a progress callback asked to stop */
    LC_E_TOOL       /* an outside program (gnuplot) is missing or failed */
} lc_code;

/* Where and why something failed. line and column count from 1; 0 means "not about one place". */
typedef struct lc_status {
    lc_code code;
    size_t line;
    size_t column;
    char file[256];
    char text[512]; /* what was found */
    char hint[256]; /* what to do about it, or empty */
} lc_status;

/* ---- settings ---------------------------------------------------------------------------------- */

/* Everything that a run can be told, by name ("horizon", "hidden", ...). The names are the command
 * line's long options; lc_setting_at lists them with their help. */
typedef struct lc_settings lc_settings;

typedef enum lc_setting_group {
    LC_GROUP_COLUMNS,  /* what the columns of a CSV file mean */
    LC_GROUP_MODEL,    /* the network and its window */
    LC_GROUP_TRAINING, /* how it learns */
    LC_GROUP_INTERVAL, /* prediction intervals */
    LC_GROUP_DETECT,   /* anomaly flags */
    LC_GROUP_EVALUATE, /* the backtest */
    LC_GROUP_RUN       /* how the work is done; never changes a result */
} lc_setting_group;

typedef enum lc_setting_type { LC_SETTING_TEXT, LC_SETTING_COUNT, LC_SETTING_REAL, LC_SETTING_SWITCH } lc_setting_type;

typedef struct lc_setting_info {
    const char *name;
    lc_setting_type type;
    lc_setting_group group;
    const char *metavar;  /* "N", "COL,...", "a|b"; NULL for a switch */
    const char *fallback; /* the default as text; "" where it follows from the data */
    double min, max;      /* range of counts and reals, inclusive */
    const char *help;
    const char *choices; /* "a|b": the only texts that are allowed; NULL: any text */
} lc_setting_info;

lc_settings *lc_settings_create(void); /* all defaults; NULL: out of memory */
lc_settings *lc_settings_copy(const lc_settings *s);
void lc_settings_free(lc_settings *s);

/* Reads `value` for the setting `name`; LC_E_USAGE when the name is unknown or the value out of range. A
 * switch takes "", "true", "false", "1" or "0". */
lc_code lc_settings_set(lc_settings *s, const char *name, const char *value, lc_status *st);

/* The value as text, written to out (at most room bytes with the NUL); NULL for an unknown name. */
const char *lc_settings_get(const lc_settings *s, const char *name, char *out, size_t room);

/* Refuses what only a run would find wrong at its end (LC_E_USAGE): the texts of `level`. */
lc_code lc_settings_check(const lc_settings *s, lc_status *st);

size_t lc_setting_count(void);
const lc_setting_info *lc_setting_at(size_t i);
/* The i-th word of `choices`, written to out (at most room bytes with the NUL); NULL: there are no more. */
const char *lc_choice_at(const char *choices, size_t i, char *out, size_t room);

/* ---- progress ---------------------------------------------------------------------------------- */

typedef struct lc_progress {
    size_t epoch, epochs;          /* done, and most there can be; rounds of minibatches where those are counted */
    size_t windows;                /* of training */
    size_t seen;                   /* windows that training has gone through so far, each time counted */
    double train_loss, valid_loss; /* NaN where there is none */
    size_t best_epoch;             /* 1-based, so far */
    size_t fit, fits;              /* of lc_evaluate: which fit this is, from 1, and how many there are; else 0 */
    size_t rows, rows_done;        /* of lc_detect, where nothing else is set */
} lc_progress;

/* Called after every epoch, or every few hundred rows, by the thread that called the library; false cancels the run
 * (LC_E_CANCELLED). */
typedef bool (*lc_progress_fn)(void *user, const lc_progress *p);

/* ---- data -------------------------------------------------------------------------------------- */

/* Series on regular time steps, read from CSV. */
typedef struct lc_panel lc_panel;

/* Reads CSV files of one layout, plain or gzip ("-": standard input), by the settings of the group COLUMNS. The setting
 * `rejects` names a file for rows that cannot be read; it comes to be with the panel and replaces one that is there. */
lc_code lc_panel_read(lc_panel **out, const char *const *paths, size_t n, const lc_settings *s, lc_status *st);
/* The same from n bytes in memory; `name` stands for the file in messages. */
lc_code lc_panel_read_text(lc_panel **out, const char *name, const char *bytes, size_t n, const lc_settings *s,
                           lc_status *st);

/* A series in memory. */
typedef struct lc_array {
    const char *id;       /* UTF-8; NULL: it has none, where it is the only one */
    size_t n;             /* values */
    const double *y;      /* (n) in the data's units; NaN: missing */
    const int64_t *stamp; /* (n) microseconds since 1970, UTC, in any order but each once, all series in one rhythm;
                             NULL, and then for all series: steps 1, 2, ... */
} lc_array;

/* The same from n arrays, which are copied, as if they stood in a file of columns unique_id, ds and y; of the settings
 * of the group COLUMNS those count that name no column ("freq", "gaps", "season" ...). */
lc_code lc_panel_of_arrays(lc_panel **out, const lc_array *series, size_t n, const lc_settings *s, lc_status *st);
void lc_panel_free(lc_panel *p);

size_t lc_panel_series_count(const lc_panel *p);
const char *lc_panel_series_id(const lc_panel *p, size_t series);
size_t lc_panel_series_steps(const lc_panel *p, size_t series);  /* on the regular grid, gaps included */
size_t lc_panel_row_count(const lc_panel *p);                    /* rows of the input */
const char *lc_panel_frequency(const lc_panel *p, char out[24]); /* "D", "15min"; "step" without time */

/* Lines that a user should read: gaps that were filled, rows that were sorted. */
size_t lc_panel_notice_count(const lc_panel *p);
const char *lc_panel_notice(const lc_panel *p, size_t i);

/* How the file was understood and which settings a run would use, as text for people or as one JSON object;
 * free *text with free(). */
lc_code lc_panel_describe(const lc_panel *p, const lc_settings *s, bool json, char **text, lc_status *st);

/* ---- models ------------------------------------------------------------------------------------ */

typedef struct lc_model lc_model;

typedef struct lc_model_info {
    char arch[16];
    char frequency[24];
    size_t horizon, lookback, season; /* in rows; season 1: none */
    size_t hidden, layers, parameters;
    size_t members, segment, steps; /* networks, rows of a step, minibatches of the first network; members 0: none */
    double blend;                   /* share of the statistical forecast */
    char statistical[64];           /* what that is; "" without one */
    bool is_baseline;               /* it was asked for by name and does what its name says: no rival of naive */
    size_t series, rows, windows, valid_windows; /* of the training */
    size_t epochs, best_epoch;
    double valid_loss; /* of the best epoch, in the network's units */
    /* Mean absolute error on the validation windows divided by that of the naive and the seasonal naive
     * forecast on the same windows: below 1 the model was better. NaN where there is none. */
    double against_naive, against_seasonal_naive;
} lc_model_info;

/* Fits and calibrates one model on all series. LC_E_NUMERIC (training diverged) and LC_E_CANCELLED still
 * leave the best model so far in *out when an epoch was completed; any other failure leaves NULL. */
lc_code lc_model_fit(lc_model **out, const lc_panel *p, const lc_settings *s, lc_progress_fn progress, void *user,
                     lc_status *st);
lc_code lc_model_save(const lc_model *m, const char *path, bool replace, lc_status *st);
lc_code lc_model_load(lc_model **out, const char *path, lc_status *st);
void lc_model_free(lc_model *m);

void lc_model_get_info(const lc_model *m, lc_model_info *out);
/* Losses by epoch; returns how many there are, *train and *valid point into the model. */
size_t lc_model_losses(const lc_model *m, const double **train, const double **valid);
lc_code lc_model_describe(const lc_model *m, bool json, char **text, lc_status *st);

/* ---- results ----------------------------------------------------------------------------------- */

/* A table of rows and named columns of text or numbers; an empty real cell is NaN. */
typedef struct lc_result lc_result;

typedef enum lc_column_type { LC_COLUMN_TEXT, LC_COLUMN_REAL, LC_COLUMN_INT } lc_column_type;

typedef struct lc_column {
    const char *name;
    lc_column_type type;
    int digits; /* significant ones of a real; 0: as many as it has */
} lc_column;

/* A new table with these columns (n). */
lc_code lc_result_create_with(lc_result **out, const lc_column *columns, size_t n, lc_status *st);
/* Adds a row of empty cells (text "", real NaN which is written empty, integer 0). */
lc_code lc_result_add_row(lc_result *r, lc_status *st);
/* Set cells of the last row; text is copied. */
lc_code lc_result_set_text(lc_result *r, size_t column, const char *value, lc_status *st);
void lc_result_set_real(lc_result *r, size_t column, double value);
void lc_result_set_int(lc_result *r, size_t column, int64_t value);

void lc_result_free(lc_result *r);
size_t lc_result_rows(const lc_result *r);
size_t lc_result_columns(const lc_result *r);
const char *lc_result_column_name(const lc_result *r, size_t column);
lc_column_type lc_result_column_type(const lc_result *r, size_t column);
size_t lc_result_find(const lc_result *r, const char *name);               /* column of this name; SIZE_MAX: none */
const char *lc_result_text(const lc_result *r, size_t row, size_t column); /* of a text column */
double lc_result_real(const lc_result *r, size_t row, size_t column);      /* of a real or integer column */

/* CSV (RFC 4180) to an open stream, or to a file that appears whole or not at all; an existing file is kept
 * unless `replace`. */
lc_code lc_result_write_stream(const lc_result *r, FILE *stream, lc_status *st);
lc_code lc_result_write_file(const lc_result *r, const char *path, bool replace, lc_status *st);

/* Rows that are made one after the other, so that a long table need not be held. */
typedef struct lc_listing {
    const lc_column *column; /* (n_columns) */
    size_t n_columns, n;
    /* Sets cells of row i, the last one of `row`; called for every i from 0 to n - 1. A failure ends what is written.
     */
    lc_code (*set)(void *user, size_t i, lc_result *row, lc_status *st);
    void *user;
} lc_listing;

/* What lc_result_write_file writes of a table of these rows. */
lc_code lc_listing_write_file(const lc_listing *rows, const char *path, bool replace, lc_status *st);

/* Reads a result of forecast or detect back. */
lc_code lc_result_read(lc_result **out, const char *path, lc_status *st);

/* Whether a forecast is possible: with the setting "future" every series needs a horizon of rows that are known ahead.
 * m: a fitted model, or NULL where a fit with these settings is to come. */
lc_code lc_forecast_check(const lc_model *m, const lc_panel *p, const lc_settings *s, lc_status *st);

/* Series whose rows lie so far from those that the model was trained on that it cannot follow them. */
typedef struct lc_reach {
    size_t n;              /* how many */
    size_t series;         /* the first of them */
    double learned, found; /* its mean in the training, and in these rows */
} lc_reach;
lc_code lc_model_reach(lc_reach *out, const lc_model *m, const lc_panel *p, lc_status *st);

/* The next `horizon` steps of every series: unique_id, ds, forecast, forecast-lo-P, forecast-hi-P.
 * *unknown_series, unless NULL: series that the model was not trained on. Rows after those that the model was fitted to
 * are forecast as well, to see how many fell into their intervals: the setting `adapt` says how far each of them widens
 * or narrows the next ones; 0 spares the time. */
lc_code lc_forecast(lc_result **out, const lc_model *m, const lc_panel *p, const lc_settings *s, size_t *unknown_series,
                    lc_status *st);

/* What the model says of the last horizon of rows from before them: the same table, of the series that have the rows
 * for it. *out stays NULL where the model has learned from all of those, so that it would look better than it is. */
lc_code lc_forecast_past(lc_result **out, const lc_model *m, const lc_panel *p, const lc_settings *s, lc_status *st);

typedef struct lc_detect_info {
    size_t rows;                      /* of the result */
    size_t scored, flagged;           /* values of all columns */
    size_t rows_scored, rows_flagged; /* rows as a whole; 0 with a single column */
    lc_model_info model;              /* of m; all zero without */
} lc_detect_info;

/* Scores and flags every row: unique_id, ds, y, expected, lo, hi, score, anomaly. With several targets each row is
 * judged as a whole, too, by how its columns hang together: unique_id "*", with ids "id:*", without y, expected, lo and
 * hi. What a row gets depends on no later row. Expectations are those of m, or where m is NULL of a small network for
 * each series that learns from every row. *info, unless NULL, tells what was done. Series are scored side by side;
 * `progress` may be NULL. */
lc_code lc_detect(lc_result **out, lc_detect_info *info, const lc_model *m, const lc_panel *p, const lc_settings *s,
                  lc_progress_fn progress, void *user, lc_status *st);

/* The same, and its events: a flag after 40 rows below the threshold begins one, which lasts to the last row that
 * reaches it before the next one begins. *events: unique_id, start, end (stamps), rows, flags (how many fell into it),
 * then of the most unusual row peak (its stamp), y, expected, lo, hi, score, p, statistic and column, which is that of
 * a row as a whole; each series' in the order of time. */
lc_code lc_detect_events(lc_result **out, lc_result **events, lc_detect_info *info, const lc_model *m,
                         const lc_panel *p, const lc_settings *s, lc_progress_fn progress, void *user, lc_status *st);

/* The most unusual `most` of such events, those first. */
lc_code lc_events_worst(lc_result **out, const lc_result *events, size_t most, lc_status *st);

/* ---- known anomalies ---- */

/* Rows that are known to be anomalies. */
typedef struct lc_labels lc_labels;

/* Reads what the setting `labels` names: a 0/1 column of the data, which is then neither target nor covariate; a CSV
 * file with such a column, joined by stamp and id, or by row where it has no stamps; a CSV file of windows, with the
 * columns file, from, to and, for people, event; or JSON with windows in the form of the Numenta benchmark,
 * {"folder/file.csv": [[FIRST, LAST], ...], ...}, or a list of them for a single file. */
lc_code lc_labels_read(lc_labels **out, const lc_panel *p, const lc_settings *s, lc_status *st);
void lc_labels_free(lc_labels *l);

/* Lines that a user should read: labels that the data have no row for. */
size_t lc_labels_notice_count(const lc_labels *l);
const char *lc_labels_notice(const lc_labels *l, size_t i);

/* How a result of detect holds against labels. r: from these data, with the columns and rows that lc_detect gives it.
 * method: its name in the table. Adds rows to *table, a new one where it is NULL: one for each series; where there are
 * several frames of several columns one for each frame, called "id:*"; and "*" for all together. Of several columns the
 * row as a whole counts there, with the largest score and any flag of them. Columns:
 *
 * - unique_id, method, rows
 * - events: windows, or runs of labelled rows; hit: those with a flag at least
 * - precision-event, recall-event, f1-event: what is found are events that are hit, what is made up are false alarms
 * - precision-row, recall-row, f1-row: row by row, never point-adjusted
 * - false-alarms-10k: flags outside events, in 10,000 rows; those within 20 rows of the one before count with it
 * - vus-pr, vus-roc: volumes under the range-aware curves of the scores (Paparrizos et al. 2022), vus-buffer: with
 *   buffers of up to so many rows, see the setting vus-buffer; in "*" the mean over the series that have them
 * - nab-standard, nab-low-fp, nab-low-fn: the Numenta benchmark's score of the flags (Lavin & Ahmad 2015)
 * - nab-best-standard, nab-best-low-fp, nab-best-low-fn: the same of the scores, with the best threshold for each
 *   profile, one for all series that the row of the table is about; nab-threshold: the first of them
 *
 * NaN, an empty cell, is what cannot be told: rates without events or flags. Rows that were not scored count with a
 * score of 0. For the best threshold so do rows that reach the detector's own and are not flagged: they go on with an
 * event that was told before. */
lc_code lc_detection_measures(lc_result **table, const char *method, const lc_result *r, const lc_labels *l,
                              const lc_panel *p, const lc_settings *s, lc_status *st);

/* Methods of detection beside each other, a table as above: "default", which is detect's; of several columns "columns",
 * the largest score and any flag of them instead of the score of the row as a whole; then simple and published ones
 * that judge how far each value lies off the same expectations: "residual" (conformal p-value), "dynamic-threshold"
 * (Hundman et al. 2018), "zscore". Methods with a rate of false alarms take that of the settings.
 */
lc_code lc_evaluate_labels(lc_result **out, const lc_panel *p, const lc_labels *l, const lc_settings *s,
                           lc_progress_fn progress, void *user, lc_status *st);

/* A model beside the best of the baselines, over all series. */
typedef struct lc_verdict {
    char model[24], baseline[24]; /* baseline "": there was none, and nothing else is set */
    char measure[8];              /* "MASE", or "MAE" where no series has a MASE */
    double error, baseline_error; /* in that measure, on the windows of that baseline */
    double against_naive;         /* the model's error over that of repeating the last value; NaN: not compared */
    size_t series, origins;       /* that were scored; series that share an origin count as one there */
    /* Test of Diebold & Mariano (1995) on the differences of the origins' errors with the correction of Harvey,
     * Leybourne & Newbold (1997); below 0 the model is better. p is two-sided, of Student's distribution with `freedom`
     * degrees of freedom; NaN where too few windows do not overlap. */
    double statistic, p;
    size_t freedom;
} lc_verdict;

/* It in words for who reads no statistics; "" where there was no baseline. true: the model was not better, which is a
 * warning. */
bool lc_verdict_words(char *out, size_t room, const lc_verdict *v);

/* What the chart of a backtest shows. Its size depends on series and steps, not on how many windows there are. */
typedef struct lc_backtest_view lc_backtest_view;
void lc_backtest_view_free(lc_backtest_view *v);

typedef struct lc_evaluate_files { /* CSV files to write beside the table; NULL: not this one */
    const char *windows;           /* every step of every window */
    const char *steps;             /* the table by step of the horizon */
    bool replace;                  /* files that exist */
    lc_backtest_view **view;       /* unless NULL, what lc_plot_backtest draws comes here, for the caller to free; NULL
                                      after a failure */
} lc_evaluate_files;

typedef struct lc_evaluate_info {
    lc_model_info model; /* of the last fit */
    size_t fits;         /* with the setting refit more than one */
    size_t slow_every;   /* slow baselines forecast from every so manyth origin: their `windows` are fewer */
    lc_verdict verdict;
} lc_evaluate_info;

/* Rolling-origin backtest beside the baselines: unique_id, model, windows, mae, rmse, smape, mase, coverage-P, width-P,
 * crps, owa. Neither `files` nor `info` need be given. */
lc_code lc_evaluate(lc_result **out, lc_evaluate_info *info, const lc_panel *p, const lc_settings *s,
                    const lc_evaluate_files *files, lc_progress_fn progress, void *user, lc_status *st);
/* Where the rows over all series begin in such a table, to its end, the model's first: a series may be called "*" as
 * they are. 0 where the table has no others. */
size_t lc_evaluate_totals(const lc_result *table);

/* ---- detection row by row ---------------------------------------------------------------------- */

/* Detectors that learn as rows come, one for each column of numbers, or each id and column. CSV bytes go in, in pieces
 * of any size; a row can be taken out as soon as its line has ended, and its result depends on no later one. What is
 * held is bounded by the settings, however long the stream is. */
typedef struct lc_monitor lc_monitor;

/* Settings of the groups COLUMNS and DETECT, and the seed. Covariates are refused (LC_E_USAGE). */
lc_code lc_monitor_create(lc_monitor **out, const lc_settings *s, lc_status *st);
void lc_monitor_free(lc_monitor *o);

/* A file or stream begins; `name` stands for it in messages. Several follow each other as one stream: they have the
 * columns of the first, and their headers are passed over. */
lc_code lc_monitor_begin(lc_monitor *o, const char *name, lc_status *st);
lc_code lc_monitor_push(lc_monitor *o, const char *bytes, size_t n, lc_status *st);
/* The file ends: a last line without its end is a row, too. */
lc_code lc_monitor_end(lc_monitor *o, lc_status *st);

typedef enum lc_monitor_event {
    LC_MONITOR_MORE,  /* no whole row is left: push more bytes */
    LC_MONITOR_ROW,   /* a row with its results */
    LC_MONITOR_KNOWN, /* a row that the restored state has answered already: it is passed over */
    LC_MONITOR_BAD    /* a row that cannot be read: `why` says so; the rows after it can be asked for */
} lc_monitor_event;

typedef struct lc_monitor_value {
    const char *unique_id; /* the id; without one the column's name; of several columns "id:column"; of the row as a
                              whole, after its columns, "*" or "id:*", without y, expected, lo and hi */
    double y;              /* NaN: missing */
    double expected;       /* NaN: there is no forecast */
    double lo, hi;         /* bounds outside which the value would have been flagged; NaN: there are none */
    double score;          /* [0, 1]; 0 without a value or a verdict */
    double p;              /* probability of a row as unusual as this one on normal data; NaN: not scored */
    bool scored, anomaly;
    const char *statistic; /* "value", "level", "error", "energy" or "joint": what stands out; "": nothing */
    size_t since;          /* rows that its event began before this one */
    const char *column;    /* of the row as a whole: the one that stands out; "": none */
} lc_monitor_value;

typedef struct lc_monitor_row { /* valid until the next call */
    size_t line;                /* at which it begins in its file, from 1 */
    const char *ds;             /* the stamp as it is written; "" without a time column */
    bool late;                  /* its stamp is not after the one before it: it gets no verdict and teaches nothing */
    size_t n;
    const lc_monitor_value *value; /* (n) */
    const lc_status *why;          /* of a bad row */
    const char *bytes;             /* the bad row as it stands, of a very long one the beginning; (n_bytes) */
    size_t n_bytes;
} lc_monitor_row;

/* The next row. A failure ends the stream: its columns cannot be told, or memory is short. */
lc_code lc_monitor_next(lc_monitor *o, lc_monitor_event *event, lc_monitor_row *row, lc_status *st);

typedef enum lc_monitor_format {
    LC_MONITOR_DETECT,  /* unique_id,ds,y,expected,lo,hi,score,anomaly */
    LC_MONITOR_NAB,     /* timestamp,value,anomaly_score,label, of a single series (else LC_E_USAGE) */
    LC_MONITOR_REJECTS, /* file,line,column,reason,row, of a bad row */
    LC_MONITOR_EXPLAIN  /* as LC_MONITOR_DETECT, then p,statistic,since,column */
} lc_monitor_format;

const char *lc_monitor_header(lc_monitor_format format); /* a whole line */
/* The row that lc_monitor_next gave last, as CSV lines: *text (*n bytes, valid until the next call). */
lc_code lc_monitor_lines(lc_monitor *o, lc_monitor_format format, const char **text, size_t *n, lc_status *st);

/* The next line that a user should read, NULL: there is none. Valid until the next call. */
const char *lc_monitor_notice(lc_monitor *o);

typedef struct lc_monitor_info {
    size_t rows;                      /* answered since lc_monitor_create, late ones among them */
    size_t late, known, bad;          /* rows */
    size_t results, scored, flagged;  /* columns of the rows */
    size_t rows_scored, rows_flagged; /* as wholes; 0 with a single column */
    size_t series;
} lc_monitor_info;
void lc_monitor_get_info(const lc_monitor *o, lc_monitor_info *out);

/* Saves all that later results depend on, whole or not at all, replacing the file. Before the first row there is
 * nothing to save and no file is written. LC_E_MEMORY also where lc_monitor_next has failed so: a row was taken in by
 * half, and the file stays as it was. */
lc_code lc_monitor_save(const lc_monitor *o, const char *path, lc_status *st);
/* Goes on from a saved state; only right after lc_monitor_create, with the same settings (else LC_E_USAGE). Rows of a
 * series up to its last stamp are known, until one comes that is later. Where it fails, o can only be freed. */
lc_code lc_monitor_restore(lc_monitor *o, const char *path, lc_status *st);

/* The result of lc_detect in the form of LC_MONITOR_NAB; LC_E_USAGE where it holds several series. */
lc_code lc_result_nab(lc_result **out, const lc_result *r, lc_status *st);

/* ---- charts and reports ------------------------------------------------------------------------ */

/* How charts look: fonts, sizes and colours. */
typedef struct lc_style lc_style;

/* Reads a style from a file of lines "key = value"; lines that begin with # are comments. Keys: font (its name),
 * font-scale (0.6 to 2.5; 1: 12 points), width and height (pixels of a chart with one panel), and the colours, as
 * #RRGGBB, text, label, faint, frame, grid, background, main, second, third, fourth, rest, alert and event. */
lc_code lc_style_read(lc_style **out, const char *path, lc_status *st);
void lc_style_free(lc_style *s);

/* What a chart or a report is made of; all but the result may be NULL. */
typedef struct lc_report {
    const lc_result *result;    /* of lc_forecast or lc_detect */
    const lc_result *past;      /* of lc_forecast_past: drawn beside the rows that came */
    const lc_result *events;    /* of lc_detect_events; without it flagged rows are listed one by one */
    const lc_panel *panel;      /* the data: history, names and notices */
    const lc_model_info *model; /* that forecast */
    const lc_settings *settings;
    const lc_style *style;
    const char *const *files; /* (n_files) names of the data */
    size_t n_files;
    size_t charts; /* most series that get a chart in a report, the ones first that deserve a look */
} lc_report;

enum {
    LC_PLOT_SERIES = 12
}; /* most series on a page; of more, those that deserve a look first: flags, wide intervals
    */

/* Draws a result of forecast or detect with gnuplot; the ending of `path` chooses .png, .svg, .pdf or .gp
 * (script and data). *drawn, *all: series. */
lc_code lc_plot_result(const lc_report *what, const char *path, bool replace, size_t *drawn, size_t *all,
                       lc_status *st);
/* The same as text, `columns` (40 to 240) wide, in UTF-8; `colour`: with the codes of a terminal. Free *text with
 * free(). */
lc_code lc_plot_text(char **text, const lc_report *what, size_t columns, bool colour, size_t *drawn, size_t *all,
                     lc_status *st);
/* Draws a backtest over all series: errors by step of the horizon, of the model and of baselines; how many values lay
 * inside intervals of each level; actual values minus forecasts, with several series each in units of its MASE's
 * denominator; and the autocorrelations of the errors of first steps, from origin to origin, beside what chance leaves
 * of them (1.96 / sqrt(n)). style may be NULL. */
lc_code lc_plot_backtest(const lc_backtest_view *v, const lc_style *style, const char *path, bool replace,
                         lc_status *st);
/* The errors by step and the share inside intervals as text, as lc_plot_text does it. */
lc_code lc_plot_backtest_text(char **text, const lc_backtest_view *v, size_t columns, bool colour, lc_status *st);
lc_code lc_plot_losses(const lc_model *m, const lc_style *style, const char *path, bool replace, lc_status *st);
/* LC_E_USAGE when the ending of `path` names no chart format: a question to ask before a long run. */
lc_code lc_plot_check(const char *path, lc_status *st);

/* Writes one page of HTML that opens from disk and needs nothing outside itself: a table of all series that sorts,
 * charts by gnuplot, the anomalies of a result of lc_detect, and what was assumed. The page appears whole or not at
 * all; an existing one is kept unless `replace`. LC_E_TOOL, where gnuplot is missing or fails: the page is written
 * without charts and says so. */
lc_code lc_report_write(const lc_report *what, const char *path, bool replace, lc_status *st);
/* The same of a backtest: what->result is the table of lc_evaluate, with its view and, unless NULL, its verdict. The
 * models beside each other, the charts of lc_plot_backtest, and with several series each of them, the worst first. */
lc_code lc_report_write_backtest(const lc_report *what, const lc_backtest_view *v, const lc_verdict *verdict,
                                 const char *path, bool replace, lc_status *st);
/* Whether the ending of the path, .html, asks for a report and not for a chart. */
bool lc_report_is(const char *path);

typedef struct lc_report_fact {
    const char *name, *value;
} lc_report_fact;

/* The series of a result that deserves a look first, ready to be drawn: small, whatever the size of the result, which
 * need not live on. */
typedef struct lc_report_chart lc_report_chart;
/* title: how the result is called. */
lc_code lc_report_chart_create(lc_report_chart **out, const char *title, const lc_report *what, lc_status *st);
/* What such a chart of a backtest is made from, as text to keep, whose size depends on steps and baselines alone; free
 * it with free(). */
lc_code lc_backtest_view_keep(char **text, const lc_backtest_view *v, lc_status *st);
/* From that text: errors by step of the horizon, of the model and of baselines. LC_E_PARSE where it is none; style may
 * be NULL. */
lc_code lc_report_chart_create_kept(lc_report_chart **out, const char *title, const char *text, const lc_style *style,
                                    lc_status *st);
void lc_report_chart_free(lc_report_chart *c);

enum { LC_REPORT_EVENTS = 1000 }; /* most events that a page lists, the most unusual of them */

/* What a page over many files is made of; all but title, lead and table may be NULL. */
typedef struct lc_report_files {
    const char *title, *lead;
    const lc_listing *table; /* a row for each file, which the first column, a text, names */
    size_t link_column;      /* of the table: its texts lead to `link`; those of the first column to charts */
    const char *const *link; /* (rows) name of a file beside the page; NULL: none of a row, or none at all */
    const lc_report_chart *const *chart; /* (rows) all of one kind; NULL: of this one none */
    const char *charts_note;             /* how more of them are had; NULL: a page without charts */
    const lc_result *events;             /* of all files: the columns of lc_detect_events' and one called file */
    size_t n_events;                     /* there are in all, of which these are the most unusual; 0: these are all */
    const char *events_note;
    const lc_report_fact *key; /* (n_key) figures that are read first */
    size_t n_key;
    const char *const *warning; /* (n_warnings) what should give pause */
    size_t n_warnings;
    const lc_settings *settings;
    const lc_style *style;
} lc_report_files;

/* Writes such a page as lc_report_write does, with table and charts in the order of the rows. */
lc_code lc_report_write_files(const lc_report_files *what, const char *path, bool replace, lc_status *st);

/* ---- small helpers ----------------------------------------------------------------------------- */

/* "1,234,567", in any locale. */
const char *lc_count_text(char out[32], size_t n);

/* Insertions, deletions and replacements that turn a into b, without regard to ASCII case, for "did you
 * mean"; 10 when there are more than 9 or a name is longer than 63 bytes. */
size_t lc_edit_distance(const char *a, const char *b);

/* Which of some names was meant: the first of the nearest to `word` by that distance, at most a third of its length and
 * one away and less than its length; SIZE_MAX: none is near. name_at gives the i-th name of `list`, which need last no
 * longer than until the next call, and NULL after the last one. */
size_t lc_nearest(const char *word, const char *(*name_at)(void *list, size_t i), void *list);

/* A small text file of settings, lines "key = value"; empty lines and those that begin with # are passed over. */
typedef struct lc_pairs lc_pairs;

typedef struct lc_pair {
    size_t line; /* from 1 */
    char *key;   /* without the blanks around it, as the value; NULL behind the last line */
    char *value; /* all that stands behind the first "=". Both are the caller's to change, until lc_pairs_free */
} lc_pair;

/* LC_E_IO: it cannot be read, is a folder or larger than 1 MiB. */
lc_code lc_pairs_read(lc_pairs **out, const char *path, lc_status *st);
/* The next pair. LC_E_USAGE: the line has no "="; LC_E_PARSE: it holds a NUL byte. */
lc_code lc_pairs_next(lc_pairs *p, lc_pair *out, lc_status *st);
void lc_pairs_free(lc_pairs *p);
/* Whether this is a blank within a line of such a file: a space, a tab or a carriage return. */
bool lc_pairs_is_blank(char c);

/* JSON as Jansson's values (<jansson.h>, json_t), for programs that use Jansson, too. Its own reader and json_dumps do
 * not notice where memory runs out in the middle of a word, and go on with the word cut short: these fail. */
struct json_t;

/* Reads n bytes that are one object or array. LC_E_PARSE with the place in `name`; LC_E_MEMORY; *out is then NULL. Free
 * it with json_decref(). */
lc_code lc_json_parse(struct json_t **out, const char *name, const char *text, size_t n, lc_status *st);
/* The same from a file; LC_E_IO where it cannot be read. */
lc_code lc_json_parse_file(struct json_t **out, const char *path, lc_status *st);
/* The text of a value, as json_dumps with these flags; free it with free(). NULL: value is NULL, or out of memory. */
char *lc_json_text(const struct json_t *value, size_t flags);

/* Writes n bytes to a file that appears whole or not at all, as all files of the library do: under a temporary name
 * beside it, PATH.tmp-PROCESS-NUMBER, synced and renamed. An existing file is kept unless `replace`. */
lc_code lc_file_write(const char *path, const char *bytes, size_t n, bool replace, lc_status *st);

/* ---- this build -------------------------------------------------------------------------------- */

const char *lc_version(void);
/* Instruction set that the kernels run on here, LOOMCAST_ISA considered; NULL when that names none. */
const char *lc_instruction_set(void);
/* The names that LOOMCAST_ISA may have in this build, for people to read: "base, avx2 or avx512". */
const char *lc_instruction_sets(void);
/* Threads that a run uses when nobody says. */
size_t lc_default_threads(void);

#ifdef __cplusplus
}
#endif

#endif
