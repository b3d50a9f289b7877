/* Decimal digits to the nearest double: exact for every input, without the locale and without allocation. */
#ifndef LC_BASE_DECIMAL_H
#define LC_BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LC_FIVE_LEAST = -342, LC_FIVE_MOST = 308, LC_FIVES = LC_FIVE_MOST - LC_FIVE_LEAST + 1 };
extern const uint64_t lc_powers_of_five[LC_FIVES][2]; /* high and low half */

extern const double lc_powers_of_ten[23];
double lc_decimal_any_double(uint64_t w, int64_t q);

/* w * 10^q, correctly rounded (ties to even); infinity where it overflows. */
static inline double lc_decimal_double(uint64_t w, int64_t q)
{
    /* Clinger 1990: both factors are doubles, so one operation rounds correctly. */
    if (w <= UINT64_C(1) << 53 && q >= -22 && q <= 22)
        return q < 0 ? (double)w / lc_powers_of_ten[-q] : (double)w * lc_powers_of_ten[q];
    return lc_decimal_any_double(w, q);
}

/* A decimal as it is written, without its sign. */
typedef struct lc_decimal {
    uint64_t w;      /* its first 19 significant digits */
    int64_t q;       /* the value is w * 10^q, when no digit was left out */
    bool more;       /* digits beyond those of w, not all of them zero */
    const char *end; /* the byte after the number */
} lc_decimal;

/* Reads digits[.digits][e[+-]digits] from s up to `end` at most; false when there is no number. */
bool lc_decimal_read(lc_decimal *d, const char *s, const char *end);

/* The double nearest to the decimal that was read from s. */
double lc_decimal_value(const lc_decimal *d, const char *s);

#endif
