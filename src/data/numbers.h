/* A column of numbers in the least room that keeps every digit: 4 bytes each where all of them are written with about
 * seven digits at most, else 8. NaN is a missing number. */
#ifndef LC_DATA_NUMBERS_H
#define LC_DATA_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lc_numbers { /* one of the two is set; none: an empty column */
    float *f;
    double *d;
} lc_numbers;

static inline double lc_number(lc_numbers c, size_t i)
{
    return c.f ? (double)c.f[i] : c.d[i];
}

/* The number as it was written: of the decimals that a float stands for the shortest one. */
double lc_number_written(lc_numbers c, size_t i);

static inline void lc_number_set(lc_numbers c, size_t i, double x)
{
    if (c.f) c.f[i] = (float)x;
    else c.d[i] = x;
}

/* The column from number i on. */
static inline lc_numbers lc_numbers_from(lc_numbers c, size_t i)
{
    if (c.f) c.f += i;
    else if (c.d) c.d += i;
    return c;
}

/* Copies n numbers from `from` on as doubles; returns out. */
const double *lc_numbers_copy(double *out, lc_numbers c, size_t from, size_t n);

/* n zeros (lc_calloc); false: out of memory. */
bool lc_numbers_create(lc_numbers *c, size_t n, bool wide);
void lc_numbers_free(lc_numbers *c); /* of lc_numbers_create */

/* Whether a float keeps the decimal w * 10^q = x apart from its neighbours of as many digits: the step between floats
 * is then the smaller one, so the shortest decimal of that float is this one. */
bool lc_float_keeps_any(uint64_t w, double x);
static inline bool lc_float_keeps(uint64_t w, double x)
{
    /* Digits like those of most columns, and of a usual size. */
    const double size = x < 0 ? -x : x;
    if (w <= UINT64_C(1) << 23 && size >= 1e-30 && size <= 1e30) return true;
    return lc_float_keeps_any(w, x);
}

/* The double that stands for the shortest decimal of f. */
double lc_float_written(float f);

#endif
