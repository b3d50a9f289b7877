/* Columns that count up: meters, bytes sent, requests answered. Each of their values is the largest so far, so that it
 * is what they grow by in a row that is watched. Of a row in which one starts again, from 0 or after an overflow,
 * nothing can be said. */
#ifndef LC_ANOMALY_COUNTER_H
#define LC_ANOMALY_COUNTER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct lc_counter {
    bool on;     /* the column counts */
    double last; /* its last value; NaN: none yet */
    double rows; /* since it, the one at hand among them */
} lc_counter;

/* Before the first row. */
void lc_counter_clear(lc_counter *c, bool on);

/* What is watched of value y: y itself, or the growth in each row since the last value; NaN: nothing. */
double lc_counter_growth(const lc_counter *c, double y);
/* The value that stands for a watched one in the row of y (NaN: missing). */
double lc_counter_value(const lc_counter *c, double y, double growth);
/* Goes on to the next row. */
void lc_counter_push(lc_counter *c, double y);

/* What tells a counter from the first values of a column: none is negative, half of them and more grow, and they fall
 * in one of 100 at most, to less than half. */
typedef struct lc_counter_test {
    double last;
    size_t steps, up, down;
    bool other; /* it is none */
} lc_counter_test;
void lc_counter_test_begin(lc_counter_test *t);
void lc_counter_test_push(lc_counter_test *t, double y);
bool lc_counter_test_end(const lc_counter_test *t);

#endif
