/* The unit in which the numbers of a column are looked at: how far from their median, in standard deviations. */
#ifndef LC_ANOMALY_UNIT_H
#define LC_ANOMALY_UNIT_H

#include <stddef.h>

typedef struct lc_unit {
    double center, spread; /* spread > 0, however equal the numbers are */
} lc_unit;

/* Of x (n), which is sorted; none of them is NaN. */
lc_unit lc_unit_of(double *x, size_t n);

/* Within most of the centre; NaN stays. */
double lc_unit_scaled(lc_unit u, double x, double most);

#endif
