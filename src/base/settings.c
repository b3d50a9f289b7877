#include "base/settings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"

typedef struct row {
    lc_setting_info info;
    size_t offset;
} row;

#define TEXT(field, name, group, metavar, fallback, choices, help)                                                     \
    {                                                                                                                  \
        {name, LC_SETTING_TEXT, group, metavar, fallback, 0, 0, help, choices}, offsetof(lc_settings, field)           \
    }
#define COUNT(field, name, group, fallback, lo, hi, help)                                                              \
    {                                                                                                                  \
        {name, LC_SETTING_COUNT, group, "N", fallback, lo, hi, help, NULL}, offsetof(lc_settings, field)               \
    }
#define REAL(field, name, group, fallback, lo, hi, help)                                                               \
    {                                                                                                                  \
        {name, LC_SETTING_REAL, group, "X", fallback, lo, hi, help, NULL}, offsetof(lc_settings, field)                \
    }
/* A number that follows from the data, NaN until then, or that need not be given. */
#define OPEN(field, name, group, lo, hi, help)                                                                         \
    {                                                                                                                  \
        {name, LC_SETTING_REAL, group, "X", "", lo, hi, help, NULL}, offsetof(lc_settings, field)                      \
    }
#define SWITCH(field, name, group, help)                                                                               \
    {                                                                                                                  \
        {name, LC_SETTING_SWITCH, group, NULL, "false", 0, 1, help, NULL}, offsetof(lc_settings, field)                \
    }

/* The one table of settings. A new setting is a field in settings.h and a row here. */
static const row rows[] = {
    TEXT(time, "time", LC_GROUP_COLUMNS, "COL", "", NULL,
         "column of time stamps, or those of its parts as in Date,Time (default: found by itself)"),
    TEXT(target, "target", LC_GROUP_COLUMNS, "COL,...", "", NULL,
         "columns to forecast or watch (default: every numeric one)"),
    TEXT(id, "id", LC_GROUP_COLUMNS, "COL", "", NULL, "column of series ids of the long layout (default: unique_id)"),
    TEXT(past, "past", LC_GROUP_COLUMNS, "COL,...", "", NULL, "covariates known up to now"),
    TEXT(future, "future", LC_GROUP_COLUMNS, "COL,...", "", NULL,
         "covariates known ahead; a forecast needs their next rows, in the file or --future-file"),
    TEXT(fixed, "static", LC_GROUP_COLUMNS, "COL,...", "", NULL,
         "numbers that stay the same over a series and differ between series"),
    SWITCH(calendar, "calendar", LC_GROUP_COLUMNS,
           "hour of day, day of week and month of the time stamps are covariates, too"),
    TEXT(time_format, "time-format", LC_GROUP_COLUMNS, "FORMAT", "", NULL,
         "how stamps are written, as %d/%m/%Y %H:%M, %Y-Q%q, %G-W%V (default: found by itself)"),
    TEXT(freq, "freq", LC_GROUP_COLUMNS, "F", "", NULL,
         "step between rows: s min h D B W M Q Y, with a multiple as in 15min (default: inferred)"),
    COUNT(season, "season", LC_GROUP_COLUMNS, "", 0, 1e6, "rows in a season; 1 for none (default: found in the data)"),
    COUNT(second, "second-season", LC_GROUP_COLUMNS, "", 0, 1e6,
          "rows in a longer season beside it; 1 for none (default: a week beside a day)"),
    TEXT(aggregate, "aggregate", LC_GROUP_COLUMNS, "mean|sum|last", "none", "none|mean|sum|last",
         "make one row of all rows within a step of --freq"),
    TEXT(duplicates, "duplicates", LC_GROUP_COLUMNS, "error|first|last|mean", "error", "error|first|last|mean",
         "rows of one series with the same time stamp: stop, or make one of them"),
    TEXT(
        gaps, "gaps", LC_GROUP_COLUMNS, "fill|skip|keep|error", "fill", "fill|skip|keep|error",
        "missing steps: interpolate as model input, leave them out, keep rows as they are (what detect does), or stop"),
    TEXT(delimiter, "delimiter", LC_GROUP_COLUMNS, "C", "", NULL, "column separator: , ; | or tab (default: sniffed)"),
    SWITCH(no_header, "no-header", LC_GROUP_COLUMNS, "the first row holds data, columns are named c1, c2, ..."),
    TEXT(missing, "missing", LC_GROUP_COLUMNS, "WORD,...", "NA,NaN,nan,null,?,-", NULL,
         "cells that mean \"no value\", beside empty ones"),
    SWITCH(decimal_comma, "decimal-comma", LC_GROUP_COLUMNS, "numbers are written 3,14"),

    TEXT(arch, "arch", LC_GROUP_MODEL, "NAME", "auto",
         "auto|lstm|naive|seasonal-naive|naive2|window-mean|drift|theta|ets|arima",
         "auto: LSTMs over segments, on short series their median with ETS and ARIMA; lstm: the textbook's stacked "
         "LSTM; "
         "or a statistical model: naive, seasonal-naive, naive2, window-mean, drift, theta, ets, arima"),
    COUNT(horizon, "horizon", LC_GROUP_MODEL, "", 1, 100000,
          "steps to forecast (default: from the frequency, 14 for daily rows)"),
    COUNT(lookback, "lookback", LC_GROUP_MODEL, "", 1, 100000,
          "rows that the network sees (default: from season and horizon)"),
    COUNT(hidden, "hidden", LC_GROUP_MODEL, "", 1, 8192,
          "hidden units of each LSTM layer (default: 32; auto: 64 from 4000 windows on)"),
    COUNT(layers, "layers", LC_GROUP_MODEL, "1", 1, 16, "stacked LSTM layers"),
    TEXT(norm, "norm", LC_GROUP_MODEL, "window|series", "window", "window|series",
         "scale by each window's own mean and sd, or by the series' alone"),
    COUNT(segment, "segment", LC_GROUP_MODEL, "", 1, 100000,
          "auto: rows that make a step of the network (default: a season, or a part of a long one)"),
    TEXT(seasonal_base, "seasonal-base", LC_GROUP_MODEL, "auto|on|off", "auto", "auto|on|off",
         "auto: learn how a window departs from repeating its season"),
    TEXT(skip, "skip", LC_GROUP_MODEL, "auto|on|mixed|off", "auto", "auto|on|mixed|off",
         "auto: a linear branch past the LSTM; mixed: two of three networks learn one (default from 4000 windows on)"),
    TEXT(transform, "transform", LC_GROUP_MODEL, "auto|log|none", "auto", "auto|log|none",
         "auto: forecast logarithms (default: where they make the spread of positive values even)"),
    COUNT(members, "members", LC_GROUP_MODEL, "", 1, 64, "networks whose forecasts are averaged (default: 1; auto: 3)"),
    OPEN(blend, "blend", LC_GROUP_MODEL, 0, 1,
         "auto: share of the statistical models in the forecast (default: from the length and the validation windows)"),
    TEXT(blend_with, "blend-with", LC_GROUP_MODEL, "auto|median|theta|ets|arima", "auto", "auto|median|theta|ets|arima",
         "auto: what that share is: the median of networks, ETS and ARIMA (default for short series), or one model"),
    OPEN(least, "min", LC_GROUP_MODEL, -1e300, 1e300, "least value that a target can have"),
    OPEN(most, "max", LC_GROUP_MODEL, -1e300, 1e300, "largest value that a target can have"),

    COUNT(batch, "batch", LC_GROUP_TRAINING, "", 1, 1000000,
          "windows in a minibatch (default: 32, 128 from 4000 windows on; auto: 256)"),
    COUNT(epochs, "epochs", LC_GROUP_TRAINING, "", 1, 1000000,
          "lstm: most passes over the training windows (default: 40, more for short series)"),
    COUNT(steps, "steps", LC_GROUP_TRAINING, "", 1, 100000000,
          "auto: most minibatches (default: 400; 1000 from 4000 windows on, 1500 from 100,000)"),
    OPEN(lr, "lr", LC_GROUP_TRAINING, 1e-12, 1e6,
         "learning rate of Adam (default: 0.002; auto: 0.001 from 4000 windows on)"),
    OPEN(decay, "decay", LC_GROUP_TRAINING, 0, 10, "weight decay (default: 0; auto: 0.01)"),
    OPEN(average, "ema", LC_GROUP_TRAINING, 0, 0.999999,
         "decay of the moving average of the weights, which is what is kept (default: 0, none; auto: 0.95, 0.99 from "
         "4000 "
         "windows on)"),
    TEXT(loss, "loss", LC_GROUP_TRAINING, "mse|mae|huber", "mae", "mse|mae|huber", "training loss"),
    OPEN(dropout, "dropout", LC_GROUP_TRAINING, 0, 0.95,
         "share of units dropped between LSTM layers and before the head (default: 0; auto: 0.2)"),
    REAL(clip, "clip", LC_GROUP_TRAINING, "1", 0, 1e12, "largest norm of the whole gradient; 0 for no limit"),
    OPEN(patience, "patience", LC_GROUP_TRAINING, 0, 1000000,
         "epochs (of 50 minibatches at least; auto: twentieths of --steps) without a better validation loss before "
         "training stops; 0: never (default: 6; auto: 8)"),
    OPEN(valid, "valid", LC_GROUP_TRAINING, 0.01, 0.9,
         "share of each series kept for validation and calibration (default: 0.2; auto: 0.15)"),
    TEXT(final_fit, "final-fit", LC_GROUP_TRAINING, "auto|on|off", "auto", "auto|on|off",
         "auto: learn again from all rows once the number of steps is known (default: where series are few and short)"),
    TEXT(from, "from", LC_GROUP_TRAINING, "MODEL", "", NULL,
         "begin with the weights of this model, whose network is taken, or of a safetensors file with the same names"),
    COUNT(seed, "seed", LC_GROUP_TRAINING, "1", 0, 9007199254740991.0, "seed of all random numbers"),
    COUNT(shards, "shards", LC_GROUP_TRAINING, "", 1, 4096,
          "parts of a minibatch with a gradient buffer each (default: a part for every 8 windows)"),

    TEXT(level, "level", LC_GROUP_INTERVAL, "P,...", "80", NULL, "prediction intervals, in percent"),
    REAL(adapt, "adapt", LC_GROUP_INTERVAL, "0.0075", 0, 0.05,
         "how far intervals widen or narrow with what comes out on a row after the fit: in evaluate, and in forecast "
         "with "
         "a --model; 0: never"),
    OPEN(alarms_per, "alarms-per", LC_GROUP_DETECT, 1e-6, 5000,
         "expected false alarms in 10,000 normal rows (default: as --sensitivity says)"),
    TEXT(sensitivity, "sensitivity", LC_GROUP_DETECT, "WORD", "default", "sensitive|default|quiet|pager",
         "sensitive, default, quiet or pager: 10, 1, 0.3 or 0.1 alarms in 10,000 normal rows"),
    TEXT(method, "method", LC_GROUP_DETECT, "NAME", "default", "default|residual|dynamic-threshold|zscore",
         "default, or a simple or published rule on the same expectations: residual, dynamic-threshold, zscore"),
    SWITCH(explain, "explain", LC_GROUP_DETECT,
           "columns p, statistic, since and column: how likely, what stands out, since how many rows, in which column"),
    TEXT(labels, "labels", LC_GROUP_DETECT, "COL|FILE", "", NULL,
         "known anomalies to hold the flags against: a 0/1 column of the data, a CSV file with one, or the windows "
         "of each file, as CSV file,from,to or as JSON of the Numenta benchmark"),
    COUNT(vus_buffer, "vus-buffer", LC_GROUP_DETECT, "", 1, 2000,
          "with --labels: VUS-PR is the mean over buffers of 0 to so many rows around events (default: the period of "
          "the series, 125 without one)"),
    COUNT(max_series, "max-series", LC_GROUP_DETECT, "1000", 1, 1000000,
          "--online: most series to watch at once, each with its own memory"),
    TEXT(split, "split", LC_GROUP_EVALUATE, "TRAIN,VALID,TEST", "", NULL,
         "rows to fit on, to validate on and to test on (default: 70, 10 and 20 %)"),
    COUNT(stride, "stride", LC_GROUP_EVALUATE, "", 1, 1000000,
          "rows between two origins of the test (default: the horizon)"),
    SWITCH(refit, "refit", LC_GROUP_EVALUATE,
           "fit anew at every origin on all rows before it: slow, and what forecasting day by day is like"),
    COUNT(refit_every, "refit-every", LC_GROUP_EVALUATE, "", 1, 1000000,
          "fit anew at every N-th origin (default: fit once, before the first)"),

    TEXT(future_file, "future-file", LC_GROUP_RUN, "FILE", "", NULL,
         "rows of the --future columns after the end of the data"),
    TEXT(checkpoint, "checkpoint", LC_GROUP_RUN, "FILE", "", NULL,
         "keep here what a training can be gone on with, after every epoch (auto: every twentieth of its steps)"),
    SWITCH(resume, "resume", LC_GROUP_RUN,
           "go on from --checkpoint to the bits of a run that was never stopped; begin where there is no such file"),
    TEXT(rejects, "rejects", LC_GROUP_RUN, "FILE", "", NULL, "write rows that cannot be read here and go on"),
    COUNT(threads, "threads", LC_GROUP_RUN, "", 1, 1024,
          "threads (default: OMP_NUM_THREADS, else the CPUs that this process may use)"),
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static char **text_at(lc_settings *s, const row *r)
{
    return (char **)(void *)((char *)s + r->offset);
}

static const void *field_at(const lc_settings *s, const row *r)
{
    return (const char *)s + r->offset;
}

static const row *find(const char *name)
{
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(rows[i].info.name, name) == 0) return &rows[i];
    return NULL;
}

const char *lc_choice_at(const char *choices, size_t i, char *out, size_t room)
{
    const char *p = choices;
    for (; i && *p; i--) {
        p += strcspn(p, "|");
        p += *p == '|';
    }
    if (!*p) return NULL;
    snprintf(out, room, "%.*s", (int)strcspn(p, "|"), p);
    return out;
}

static bool is_choice(const char *choices, const char *value)
{
    const size_t n = strlen(value);
    for (const char *p = choices;;) {
        size_t len = strcspn(p, "|");
        if (len == n && memcmp(p, value, n) == 0) return true;
        if (!p[len]) return false;
        p += len + 1;
    }
}

typedef struct choice_list {
    const char *choices;
    char word[32]; /* the one that was asked for last */
} choice_list;

static const char *choice_at(void *list, size_t i)
{
    choice_list *l = list;
    return lc_choice_at(l->choices, i, l->word, sizeof l->word);
}

static void hint_choices(lc_status *st, const char *choices, const char *value)
{
    choice_list l = {.choices = choices};
    const size_t near = lc_nearest(value, choice_at, &l);
    if (near == SIZE_MAX) lc_hint(st, "choose one of %s", choices);
    else lc_hint(st, "did you mean \"%s\"? Choose one of %s", choice_at(&l, near), choices);
}

static lc_code bad(lc_status *st, const row *r, const char *value)
{
    char shown[64];
    lc_printable(shown, sizeof shown, value, strlen(value));
    lc_fail(st, LC_E_USAGE, "%s: \"%s\" is not a valid value", r->info.name, shown);
    switch (r->info.type) {
    case LC_SETTING_TEXT: hint_choices(st, r->info.choices, value); break;
    case LC_SETTING_COUNT: lc_hint(st, "give a whole number from %.0f to %.0f", r->info.min, r->info.max); break;
    case LC_SETTING_REAL: lc_hint(st, "give a number from %g to %g", r->info.min, r->info.max); break;
    case LC_SETTING_SWITCH: lc_hint(st, "give true or false, or no value at all"); break;
    }
    return LC_E_USAGE;
}

static lc_code set_row(lc_settings *s, const row *r, const char *value, lc_status *st)
{
    void *field = (char *)s + r->offset;
    double x;
    long long k;
    switch (r->info.type) {
    case LC_SETTING_TEXT: {
        if (r->info.choices && !is_choice(r->info.choices, value)) return bad(st, r, value);
        char *copy = lc_strdup(value);
        if (!copy) return lc_fail_memory(st);
        char **text = field;
        free(*text);
        *text = copy;
        return LC_OK;
    }
    case LC_SETTING_COUNT:
        if (!lc_parse_int(value, strlen(value), &k)) return bad(st, r, value);
        if ((double)k < r->info.min || (double)k > r->info.max) return bad(st, r, value);
        *(size_t *)field = (size_t)k;
        return LC_OK;
    case LC_SETTING_REAL:
        if (!lc_parse_double(value, strlen(value), &x)) return bad(st, r, value);
        if (!(x >= r->info.min && x <= r->info.max)) return bad(st, r, value);
        *(double *)field = x;
        return LC_OK;
    case LC_SETTING_SWITCH:
        if (!*value || is_choice("true|1", value)) *(bool *)field = true;
        else if (is_choice("false|0", value)) *(bool *)field = false;
        else return bad(st, r, value);
        return LC_OK;
    }
    return LC_E_USAGE;
}

lc_settings *lc_settings_create(void)
{
    lc_settings *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    for (size_t i = 0; i < ROWS; i++) {
        const row *r = &rows[i];
        /* A count without a default stays 0: "follows from the data". */
        if (r->info.type == LC_SETTING_COUNT && !*r->info.fallback) continue;
        if (r->info.type == LC_SETTING_REAL && !*r->info.fallback) {
            *(double *)(void *)((char *)s + r->offset) = NAN;
            continue;
        }
        if (set_row(s, r, r->info.fallback, NULL) != LC_OK) {
            lc_settings_free(s);
            return NULL;
        }
    }
    return s;
}

lc_settings *lc_settings_copy(const lc_settings *s)
{
    lc_settings *t = s ? calloc(1, sizeof *t) : NULL;
    if (!t) return NULL;
    *t = *s;
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].info.type == LC_SETTING_TEXT) *text_at(t, &rows[i]) = NULL;
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].info.type != LC_SETTING_TEXT) continue;
        const char *text = *(char *const *)field_at(s, &rows[i]);
        if (!(*text_at(t, &rows[i]) = lc_strdup(text))) {
            lc_settings_free(t);
            return NULL;
        }
    }
    return t;
}

void lc_settings_free(lc_settings *s)
{
    if (!s) return;
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].info.type == LC_SETTING_TEXT) free(*text_at(s, &rows[i]));
    free(s);
}

lc_code lc_settings_set(lc_settings *s, const char *name, const char *value, lc_status *st)
{
    if (!s || !name || !value) return lc_fail(st, LC_E_USAGE, "a setting needs a name and a value");
    const row *r = find(name);
    if (!r) {
        char shown[64];
        return lc_fail(st, LC_E_USAGE, "there is no setting \"%s\"",
                       lc_printable(shown, sizeof shown, name, strlen(name)));
    }
    return set_row(s, r, value, st);
}

const char *lc_settings_get(const lc_settings *s, const char *name, char *out, size_t room)
{
    const row *r = find(name);
    if (!r || !room) return NULL;
    const void *field = field_at(s, r);
    char number[LC_NUMBER_TEXT];
    switch (r->info.type) {
    case LC_SETTING_TEXT: snprintf(out, room, "%s", *(char *const *)field); break;
    case LC_SETTING_COUNT: snprintf(out, room, "%zu", *(const size_t *)field); break;
    case LC_SETTING_REAL:
        lc_format_double(number, *(const double *)field, 0);
        snprintf(out, room, "%s", isnan(*(const double *)field) ? "" : number);
        break;
    case LC_SETTING_SWITCH: snprintf(out, room, "%s", *(const bool *)field ? "true" : "false"); break;
    }
    return out;
}

char *lc_settings_dup(const lc_settings *s, const char *name)
{
    char number[LC_NUMBER_TEXT];
    const row *r = find(name);
    if (!r) return NULL;
    if (r->info.type == LC_SETTING_TEXT) return lc_strdup(*(char *const *)field_at(s, r));
    return lc_strdup(lc_settings_get(s, name, number, sizeof number));
}

size_t lc_setting_count(void)
{
    return ROWS;
}

const lc_setting_info *lc_setting_at(size_t i)
{
    return i < ROWS ? &rows[i].info : NULL;
}

double lc_settings_alarms(const lc_settings *s)
{
    if (!isnan(s->alarms_per)) return s->alarms_per;
    return strcmp(s->sensitivity, "sensitive") == 0 ? 10
           : strcmp(s->sensitivity, "quiet") == 0   ? 0.3
           : strcmp(s->sensitivity, "pager") == 0   ? 0.1
                                                    : 1;
}
