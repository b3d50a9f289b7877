/* loomcast: forecasts and anomaly flags for time series in CSV files.
 *
 * The whole public interface of the library. Every function that can fail returns a code and, when
 * `st` is not NULL, fills it with file, line, column and text; the first error wins. The library never
 * prints, exits or aborts. Free functions accept NULL. Objects are not shared between threads unless
 * they are only read. */
#ifndef LOOMCAST_H
#define LOOMCAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

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
} lc_setting_info;

lc_settings *lc_settings_create(void); /* all defaults; NULL: out of memory */
lc_settings *lc_settings_copy(const lc_settings *s);
void lc_settings_free(lc_settings *s);

/* Reads `value` for the setting `name`; LC_E_USAGE when the name is unknown or the value out of range. A
 * switch takes "", "true", "false", "1" or "0". */
lc_code lc_settings_set(lc_settings *s, const char *name, const char *value, lc_status *st);

/* The value as text, written to out (at most room bytes with the NUL); NULL for an unknown name. */
const char *lc_settings_get(const lc_settings *s, const char *name, char *out, size_t room);

size_t lc_setting_count(void);
const lc_setting_info *lc_setting_at(size_t i);

/* ---- progress ---------------------------------------------------------------------------------- */

typedef struct lc_progress {
    size_t epoch, epochs;          /* done, and most there can be */
    size_t windows;                /* of training */
    double train_loss, valid_loss; /* NaN where there is none */
    size_t best_epoch;             /* 1-based, so far */
} lc_progress;

/* Called after every epoch by the thread that called the library; false cancels the run (LC_E_CANCELLED). */
typedef bool (*lc_progress_fn)(void *user, const lc_progress *p);

#ifdef __cplusplus
}
#endif

#endif
