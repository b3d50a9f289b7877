/* What the methods of methods.h have in common. */
#ifndef LC_ANOMALY_METHOD_H
#define LC_ANOMALY_METHOD_H

#include "anomaly/methods.h"

extern const lc_method lc_method_residual, lc_method_dynamic_threshold, lc_method_zscore;

/* -log10 of the probability below which a row is raised; LC_E_USAGE when alarms_per is not in (0, 10000). */
lc_code lc_method_threshold(double *q, const lc_method_options *o, lc_status *st);

/* A row of which nothing is said but what was expected. */
lc_finding lc_method_silence(double expected);

/* Fills anomaly, since and statistic of n rows from raised. */
void lc_method_mark_events(lc_finding *f, size_t n);

/* Numbers that a series' or its residuals' usual size is told from. */
enum { LC_METHOD_FIRST = 50 };

/* How far n <= LC_METHOD_FIRST numbers lie from their median, whatever a few of them do: the median distance, scaled to
 * a normal distribution's sd; where most are equal the mean of all but the largest tenth; 0 where nearly all are. */
double lc_method_size(const double *x, size_t n, double *median);

/* How far the first LC_METHOD_FIRST values of a series lie apart; a millionth of their size where they are (nearly)
 * equal, and 1 where they are 0. What is small beside that is no deviation. > 0. */
double lc_method_unit(const double *y, size_t n);

#endif
