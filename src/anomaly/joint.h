/* One verdict for a row of several columns, from what the detector of each column found and from how the columns hang
 * together: the largest evidence of a column, held against their number (Bonferroni), and two views of what stands out
 * among the others (anomaly/conditional.h), of the values and of their forecast errors. */
#ifndef LC_ANOMALY_JOINT_H
#define LC_ANOMALY_JOINT_H

#include "anomaly/finding.h"
#include "anomaly/state.h"
#include "base/status.h"

/* With more columns only their own evidence counts: time and memory of the other grow with the square. */
enum { LC_JOINT_COLUMNS = 256 };

typedef struct lc_joint lc_joint;

/* For rows of n > 0 columns; alarms_per as in lc_watch_options. */
lc_code lc_joint_create(lc_joint **out, size_t n, double alarms_per, lc_status *st);
void lc_joint_free(lc_joint *j);
void lc_joint_reset(lc_joint *j);

/* The next row: values y (n), NaN where missing, and found (n), of each column. In *out there is no forecast and there
 * are no bounds; a raised row names the column that stands out most. */
void lc_joint_push(lc_joint *j, const double *y, const lc_finding *found, lc_finding *out);

/* Saves or restores all; restored right after lc_joint_create with the same arguments. */
lc_code lc_joint_state(lc_joint *j, const lc_state *state, lc_status *st);

#endif
