/* What the default architecture derives from the data: nothing is tuned but by length, season and horizon. */
#ifndef LC_TRAIN_RECIPE_H
#define LC_TRAIN_RECIPE_H

#include "data/window.h"
#include "train/resolve.h"

/* Collections of at least this many series validate on one window of each, and no statistical forecast joins in. */
enum { LC_RECIPE_MANY_SERIES = 50 };

/* Sets what is open in *s. horizon and season are set; split: what the model may see, NULL for all. */
lc_code lc_recipe_resolve(lc_settings *s, const lc_panel *p, const lc_split *split, lc_status *st);

/* The last windows of n rows that validate, so that no training window's targets reach into them. */
lc_split lc_recipe_split(const lc_settings *s, size_t n_series, size_t n);

/* With `skip` mixed every third network learns no linear branch: the errors of the two kinds differ, so that their mean
 * is better than either. */
bool lc_recipe_plain(const lc_settings *s, size_t member);

/* Training windows of a series: their origins begin..end-1. */
lc_span lc_recipe_training(const lc_settings *s, lc_split split);

#endif
