/* The settings of a run as plain fields. One row of the table in settings.c names, checks and documents
 * each; command line, model file and help text all read that table. */
#ifndef LC_BASE_SETTINGS_H
#define LC_BASE_SETTINGS_H

#include "loomcast.h"

struct lc_settings {
    /* columns */
    char *time, *target, *id, *past; /* names, comma-separated; "" = found by itself */
    char *future, *fixed;            /* names: covariates known ahead; numbers that stay the same over a series */
    char *future_file;               /* rows of the future columns after the end; "" = in the data or nowhere */
    bool ahead;                      /* not a setting: the file to read is that one, it has no target */
    bool hours_from_one;             /* private, of such a file: its hours count from 1 to 24 as those of the data do */
    bool calendar;                   /* hour, weekday and month of the stamps are covariates */
    char *time_format;               /* "" = found by itself */
    char *duplicates;                /* error, first, last, mean */
    char *aggregate;                 /* none, mean, sum, last */
    char *from;                      /* file whose weights a training begins with; "" */
    char *checkpoint;                /* file; "" */
    bool resume;
    char *rejects;         /* file for bad rows; "" = the first one ends the reading */
    char *freq;            /* "" = inferred */
    size_t season, second; /* 0 = inferred, 1 = none */
    char *gaps;            /* fill, skip, keep, error */
    char *delimiter;       /* "" = sniffed; one of , ; | or tab */
    bool no_header;        /* the first row holds data */
    char *missing;         /* words that mean "no value", comma-separated, beside the empty cell */
    bool decimal_comma;
    /* model */
    char *arch;
    size_t horizon, lookback;        /* 0 = from the frequency and the season */
    size_t hidden, layers;           /* hidden 0 = from the architecture and the data, as all that is 0 or NaN below */
    char *norm;                      /* window, series */
    size_t segment;                  /* rows of a step of the network */
    char *seasonal_base, *transform; /* on, off; log, none; auto = from the data */
    char *skip;                      /* on, off, mixed; auto = from the data */
    size_t members;                  /* networks whose forecasts are averaged */
    double blend;                    /* share of what they are blended with */
    char *blend_with;                /* median: of theirs, ETS' and ARIMA's; or one statistical model */
    double least, most;              /* bounds of the targets; NaN: none */
    /* training */
    size_t batch, epochs, steps; /* epochs or minibatches, as the architecture counts */
    double lr, decay, average;
    char *final_fit; /* on, off; auto = from the data */
    char *loss;
    double dropout, clip;
    double patience;
    double valid;        /* fraction of a series' rows */
    size_t seed, shards; /* shards 0 = from the batch size */
    /* interval */
    char *level;  /* percent, comma-separated */
    double adapt; /* forecast/adapt.h */
    /* detect */
    double alarms_per; /* expected false alarms per 10,000 normal rows; NaN = as `sensitivity` says */
    char *sensitivity; /* sensitive, default, quiet, pager */
    char *method;      /* of detection: default, or a name of lc_method */
    bool explain;      /* say why a row is flagged */
    char *labels;      /* of known anomalies: a 0/1 column of the data, or a file; "" = none */
    size_t vus_buffer; /* largest buffer around labelled events, rows; 0 = from each series */
    size_t max_series; /* that the online detector watches at once */
    /* evaluate */
    char *split;        /* TRAIN,VALID,TEST in rows; "" = 70/10/20 % */
    size_t stride;      /* 0 = horizon */
    bool refit;         /* fit anew at every origin ... */
    size_t refit_every; /* ... or every so manyth; 0 = not given */
    /* run */
    size_t threads; /* 0 = what this process may use */
};

/* Alarms wanted in 10,000 normal rows. */
double lc_settings_alarms(const lc_settings *s);

/* The value as text of any length (free it with free); NULL: unknown name or out of memory. */
char *lc_settings_dup(const lc_settings *s, const char *name);

#endif
