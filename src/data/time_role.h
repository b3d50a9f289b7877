/* Which column, or columns, hold the time stamps. */
#ifndef LC_DATA_TIME_ROLE_H
#define LC_DATA_TIME_ROLE_H

#include "data/roles.h"

/* Sets the time, parts, spare and clock of *r and marks their columns in taken (n_columns), which holds the options
 * that took the others. named: the value of --time, "" to find them. Notes what a user should know of it. */
lc_code lc_time_role_decide(lc_roles *r, const lc_first_rows *first, const char **taken, const char *named,
                            const lc_cell_rules *rules, lc_notes *notes, lc_status *st);

#endif
