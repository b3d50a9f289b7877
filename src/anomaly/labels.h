/* Which rows are known to be anomalies: from a 0/1 column of the data, a CSV file with one, or windows in
 * JSON or CSV. */
#ifndef LC_ANOMALY_LABELS_H
#define LC_ANOMALY_LABELS_H

#include "anomaly/event_count.h"
#include "anomaly/row_order.h"
#include "base/settings.h"
#include "data/notes.h"
#include "data/source.h"

struct lc_labels {
    char *source;     /* the column or file, as it was named */
    uint8_t *row;     /* (n_rows) of the panel: LC_LABEL_NONE ... */
    uint8_t **target; /* (n_targets) each (n_rows); NULL: as `row` */
    size_t n_rows, n_targets, n_frames;
    size_t windows; /* that were read; 0: labels came by row, and events are their runs */
    lc_notes notes; /* what a user should know */
};
typedef struct lc_labels lc_labels;

/* What the setting `labels` names: a column of the panel's data, else a file. Stamps and ids of the file mean what they
 * mean in the data; stamps of which only one side has a zone are compared as they are read off the clock.
 *
 * JSON (a first byte of { or [): {"folder/file.csv": [WINDOW, ...], ...} as in the Numenta benchmark, where an input
 * file has the entry whose path agrees with its own in most names from the end on, the file's name at least; or for a
 * single file [WINDOW, ...]. A WINDOW is [FIRST, LAST] or one stamp, both counted; stamps are texts, or numbers where
 * the data count steps or rows. Windows hold for all series of the file; each is an event of its own also where it
 * touches the next, and where two overlap the later one takes over.
 *
 * CSV with the header file,from,to or file,from,to,event: the same windows, one a row, with an entry for each file that
 * is named; `to` may be empty for one stamp, and both where all of the file is normal. The event is for people.
 *
 * Other CSV: a 0/1 column called label, anomaly, is_anomaly or the like, or the only one; rows belong together by stamp
 * and, where it has one, by id (of the long layout, or of a series as results call it; the latter labels only that
 * series). Without stamps rows belong together as they stand, and must be as many.
 *
 * LC_E_USAGE: nothing of the name; LC_E_PARSE, LC_E_DATA: what is wrong, where. */
lc_code lc_labels_make(lc_labels **out, const lc_panel *p, const lc_settings *s, lc_status *st);

/* The labels of a target's rows (n_rows), by input row. */
static inline const uint8_t *lc_labels_of(const lc_labels *l, size_t target)
{
    return target < l->n_targets && l->target[target] ? l->target[target] : l->row;
}

/* ---- between its files ---- */

/* text (n): the whole of a JSON file called `file`. */
lc_code lc_labels_from_json(lc_labels *l, const char *file, const char *text, size_t n, const lc_panel *p,
                            const lc_row_order *o, lc_status *st);
/* *out: the delimiter of CSV that begins with the text (n bytes) and has the header of windows; '\0' where it has
 * another. LC_E_MEMORY. */
lc_code lc_labels_windows_delimiter(char *out, const char *text, size_t n, lc_status *st);
/* source: the whole of such a file. */
lc_code lc_labels_from_windows(lc_labels *l, const char *file, lc_source *source, char delimiter, const lc_panel *p,
                               const lc_row_order *o, lc_status *st);
lc_code lc_labels_from_csv(lc_labels *l, const char *file, const lc_panel *p, const lc_row_order *o,
                           const lc_settings *s, lc_status *st);

enum { LC_LABELS_MOST_BYTES = 1 << 24 }; /* of windows */
/* Fails: there are more. */
lc_code lc_labels_too_large(const char *file, lc_status *st);

#define LC_EVERY_TARGET SIZE_MAX
/* The labels of one target, to be written; from now on it has its own where it is not LC_EVERY_TARGET. NULL: out of
 * memory. */
uint8_t *lc_labels_own(lc_labels *l, size_t target);

/* A stamp read by one clock as the panel's clock would count it: where only one of the two has a zone, by the hands of
 * the clock. offset: minutes of the stamp. */
lc_stamp lc_labels_stamp(const lc_panel *p, const lc_clock *clock, lc_stamp t, int offset);

#endif
