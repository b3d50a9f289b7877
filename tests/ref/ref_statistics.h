/* The four statistics of a row and how unusual they are, written down once more after shared/design/anomaly.md: naive
 * loops over plain arrays of all rows. Shares no code with the library. */
#ifndef LC_TESTS_REF_STATISTICS_H
#define LC_TESTS_REF_STATISTICS_H

#include <stddef.h>

/* v: the value; v10: mean of the last 10 values; es: mean of the last 5 errors; B: mean of the last 20 sizes of errors
 */
enum { REF_V, REF_V10, REF_ES, REF_B, REF_STATISTICS };

/* Row t of values x and forecast errors e (NaN: there was no forecast; such rows have no es and B, and those of other
 * rows pass over them). A mean of fewer where there are not as many yet. NaN: there is none. */
double ref_statistic(int which, const double *x, const double *e, size_t t);

/* -log10 of the probability of a value >= at, from the last 8000 of n earlier ones; `floor` is added to the scale of
 * the tail. */
double ref_tail(const double *past, size_t n, double at, double floor);

/* q (REF_STATISTICS) of row t against the rows before it: of both sides for all but B; 0 where there is none. What lies
 * more than ten scales, each with 0.05 added, beyond where a tail begins is remembered as if it were there. Returns the
 * larger of q(v) + q(v10) + q(es) and (q(B) + 0.64) / 0.514. */
double ref_evidence(const double *x, const double *e, size_t t, double *q);

#endif
