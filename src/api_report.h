/* The parts of a report: what is said of each series, of its anomalies, and of the run. */
#ifndef LC_API_REPORT_H
#define LC_API_REPORT_H

#include "api_figures.h"
#include "report/document.h"

/* The table of series, those that deserve a look first. */
typedef struct lc_report_series {
    lc_result *table;
    size_t n;
    size_t *group;  /* (n) of each row */
    lc_buf *sketch; /* (n) */
    /* of detect: flags of columns, columns that have one; rows of several columns as wholes, and their flags */
    size_t flags, flagged, wholes, whole_flags;
} lc_report_series;

/* *s is to be freed in any case. */
lc_code lc_report_series_create(lc_report_series *s, const lc_report *what, const lc_groups *g, lc_status *st);
void lc_report_series_free(lc_report_series *s);

/* The anomalies of a result of detect, the most unusual first, LC_REPORT_EVENTS at most; *all: how many there are. */
lc_code lc_report_anomalies(lc_result **out, size_t *all, const lc_report *what, lc_status *st);
/* Words on such a list; elsewhere: where those that are left out can be had. */
void lc_report_say_anomalies(lc_buf *note, size_t all, const char *elsewhere);

/* A chart of one of many files. */
struct lc_report_chart {
    char *title;
    lc_buf caption, script, sketch;
    bool is_detect, past;  /* of a result */
    bool curve[LC_CURVES]; /* of a backtest: kinds that are drawn; without any it is one of a result */
};

/* What stands in the legend of charts; past: forecasts of a horizon earlier are drawn, too. */
const lc_document_entry *lc_report_legend(bool is_detect, bool past, size_t *n);
/* The same of errors by step: an entry for each kind of curve that has a name. Returns how many. */
size_t lc_report_curves_legend(lc_document_entry entry[LC_CURVES], const char *const name[LC_CURVES]);
/* Appends the chart of a group to a script that draws several, each on a page of its own. */
lc_code lc_report_script(lc_buf *script, const lc_report *what, const lc_groups *g, size_t group, lc_status *st);
/* What such a script draws, n pages. */
lc_code lc_report_pictures(lc_buf *svg, size_t n, lc_buf *script, lc_status *st);
/* "No charts: ..." where drawing them failed. */
void lc_report_say_failure(lc_buf *note, const lc_status *why);

/* What a reader wants to know first, what it was made from and how, what was asked for, and what should give pause. */
void lc_report_key(lc_facts *f, const lc_report *what, bool is_detect, const lc_groups *g, const lc_report_series *s);
void lc_report_assumed(lc_facts *f, const lc_report *what, bool is_detect);
void lc_report_count(lc_facts *f, const char *name, size_t n); /* a number as a person writes it */
void lc_report_options(lc_facts *f, const lc_settings *s);     /* as it would be typed */
void lc_report_warnings(lc_facts *f, const lc_report *what);

#endif
