/* A report: one page of HTML that opens from disk in any browser, asks for nothing outside itself and can be read
 * without its script. It is described here as data; every text may come from outside. */
#ifndef LC_REPORT_DOCUMENT_H
#define LC_REPORT_DOCUMENT_H

#include "base/memory.h"
#include "report/result.h"
#include "report/style.h"

typedef struct lc_fact {
    char *name, *value;
} lc_fact;

/* A growable list of facts; its texts are copies. */
typedef struct lc_facts {
    lc_fact *list;
    size_t n, room;
    bool failed; /* out of memory */
} lc_facts;
void lc_facts_add(lc_facts *f, const char *name, const char *value);
void lc_facts_free(lc_facts *f);

/* A table that sorts by its headings, which are the names of the columns. */
typedef struct lc_document_table {
    const char *heading, *note; /* note "": none */
    const lc_result *rows;      /* NULL: they are `made` */
    const lc_listing *made;
    const lc_buf *sketch;    /* (rows) an <svg> beside the first column; NULL: no such column */
    const size_t *figure;    /* (rows) the chart that the first column leads to, SIZE_MAX: none; NULL: no links */
    const char *const *file; /* (rows) a file beside the page, NULL: none; NULL: no links */
    size_t file_column;      /* that leads to it */
} lc_document_table;

/* A chart: gnuplot's, see svg_inline.h. */
typedef struct lc_document_figure {
    const char *title, *caption;
    const lc_buf *svg;
} lc_document_figure;

typedef enum lc_sample { LC_SAMPLE_LINE, LC_SAMPLE_DASHES, LC_SAMPLE_BAND, LC_SAMPLE_STRIPE, LC_SAMPLE_DOT } lc_sample;
typedef struct lc_document_entry { /* of the legend of all charts */
    const char *text;
    lc_sample sample;
    lc_colour colour;
} lc_document_entry;

typedef struct lc_document {
    const char *title, *lead;
    const lc_facts *warnings; /* by their values */
    const lc_facts *key;      /* the figures that are read first */
    lc_document_table table;  /* of the series */
    const char *charts_note;  /* NULL: a page without charts */
    const lc_document_figure *figure;
    size_t n_figures;
    lc_code (*next)(void *user, lc_status *st); /* brings the picture of the next figure; NULL: all are there */
    void *user;
    const lc_document_entry *legend;
    size_t n_entries;
    const lc_style *style;         /* NULL: the usual one */
    const lc_document_table *more; /* a table after the charts; NULL: none */
    const lc_facts *assumed;       /* what was assumed */
} lc_document;

/* Writes it whole or not at all; an existing file is kept unless `replace`. */
lc_code lc_document_write(const lc_document *d, const char *path, bool replace, lc_status *st);

#endif
