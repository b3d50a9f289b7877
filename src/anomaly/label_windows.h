/* Windows of labels, whatever form they are written in: their stamps, their rows, the data file that they are about. */
#ifndef LC_ANOMALY_LABEL_WINDOWS_H
#define LC_ANOMALY_LABEL_WINDOWS_H

#include "anomaly/labels.h"

typedef struct lc_label_windows {
    lc_labels *labels;
    const lc_panel *panel;
    const lc_row_order *order;
    const char *file; /* of the labels */
    size_t empty;     /* windows that hold no row of the data */
} lc_label_windows;

/* Reads a stamp as the data write theirs, or in any form that is clear by itself; without a time column it is the
 * number of a row. NULL, or why it cannot be read: "is not a time stamp". */
const char *lc_label_stamp(const lc_label_windows *w, const char *word, lc_stamp *out);
/* What to do about one that cannot be read. */
void lc_label_stamp_hint(const lc_label_windows *w, lc_status *st);

/* Labels the rows from first to last, both included, of every series of a data file as an event of its own. */
void lc_label_mark(lc_label_windows *w, size_t file, lc_stamp first, lc_stamp last);

/* Which of n names is about the data file: the one whose path agrees with the file's in most names from the end on, the
 * file's name at least; `.gz` is no part of them. LC_E_DATA: none, or two of them. hint: how a file is named. */
lc_code lc_label_entry(size_t *out, const lc_label_windows *w, const char *const *name, size_t n, size_t file,
                       const char *hint, lc_status *st);

/* Notes windows that held no row. */
lc_code lc_label_windows_close(const lc_label_windows *w, lc_status *st);

#endif
