/* Puts the grouped rows of a table on regular steps: the frames and series of a panel. */
#ifndef LC_DATA_GRID_H
#define LC_DATA_GRID_H

#include "data/grouping.h"
#include "data/panel.h"

/* Fills frames, series, rows and freq of the panel, which holds targets, past and clock already; adds notes. */
lc_code lc_grid_build(lc_panel *p, const lc_table *t, const lc_grouping *g, lc_notes *notes, lc_status *st);

#endif
