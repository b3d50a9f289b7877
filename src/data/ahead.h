/* The file of --future-file: rows of the covariates known ahead after the end of the data. */
#ifndef LC_DATA_AHEAD_H
#define LC_DATA_AHEAD_H

#include "data/panel.h"

/* Reads the file that the settings name and appends what it knows of each frame, from the first step on that the panel
 * does not know up to the first that the file does not know either. LC_E_USAGE without covariates known ahead. */
lc_code lc_ahead_read(lc_panel *p, const lc_settings *s, lc_status *st);

#endif
