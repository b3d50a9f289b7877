/* Settings that follow from the data where the user gave none: horizon, season and lookback; and which
 * rows of each series serve for what. */
#ifndef LC_TRAIN_RESOLVE_H
#define LC_TRAIN_RESOLVE_H

#include "base/settings.h"
#include "data/panel.h"
#include "data/season.h"

/* Rows 0..train-1 of a series are learned from, train..end-1 validate and calibrate. */
typedef struct lc_split {
    size_t train, end;
} lc_split;

/* Rows of series i that the split shows (NULL: all). */
static inline size_t lc_split_rows(const lc_panel *p, const lc_split *split, size_t i)
{
    const size_t n = p->series[i].steps;
    return split && split[i].end < n ? split[i].end : n;
}

/* The season that most of the panel's series have (the longest ones are asked, at most 16), looking at the
 * first `rows[i]` rows of each (NULL: all). 1: none. */
lc_code lc_resolve_season(size_t *out, const lc_panel *p, const lc_split *split, lc_status *st);

/* Sets all that is open in *s, horizon and season first. split: what the model may see, NULL for all. */
lc_code lc_resolve_settings(lc_settings *s, const lc_panel *p, const lc_split *split, lc_status *st);

/* The rows of each series that validate: by the recipe of the default architecture, else the last max(horizon, valid *
 * rows) of the first rows[i] (NULL: of all rows). out: (n_series). */
void lc_resolve_split(lc_split *out, const lc_panel *p, const lc_settings *s, const size_t *rows);

#endif
