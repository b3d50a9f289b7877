/* Doubles as decimal text: most of them by whole numbers alone, the rest by the C library. */
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/text.h"

enum { QUICK_DIGITS = 15, QUICK_POWERS = 20, EXPONENT_LEAST = -4 };

static const uint64_t ten[QUICK_POWERS] = {1U,
                                           10U,
                                           100U,
                                           1000U,
                                           10000U,
                                           100000U,
                                           1000000U,
                                           10000000U,
                                           100000000U,
                                           1000000000U,
                                           10000000000U,
                                           100000000000U,
                                           1000000000000U,
                                           10000000000000U,
                                           100000000000000U,
                                           1000000000000000U,
                                           10000000000000000U,
                                           100000000000000000U,
                                           1000000000000000000U,
                                           10000000000000000000U};

/* x * 10^k for 1e-4 <= x < 1e15 and 0 <= k < QUICK_POWERS, to the nearest whole number, ties to even: exact, since the
 * 53 bits of x and the 64 of the power fit in 128. */
static uint64_t scaled(double x, int k)
{
    int exponent;
    const uint64_t mantissa = (uint64_t)ldexp(frexp(x, &exponent), 53);
    const unsigned shift = (unsigned)(53 - exponent); /* 3 to 66: x is mantissa / 2^shift */
    const unsigned __int128 product = (unsigned __int128)mantissa * ten[k], one = 1;
    const unsigned __int128 rest = product & ((one << shift) - 1), half = one << (shift - 1);
    const uint64_t whole = (uint64_t)(product >> shift);
    return whole + (rest > half || (rest == half && (whole & 1)));
}

/* The p significant digits of x as a whole number; *exponent is that of the first one. */
static uint64_t digits_of(double x, int p, int *exponent)
{
    int e = (int)floor(log10(x));
    for (;; e++) {
        const int k = p - 1 - e;
        if (k < 0 || k >= QUICK_POWERS) return 0;
        const uint64_t n = scaled(x, k);
        *exponent = e;
        if (n < ten[p]) return n >= ten[p - 1] ? n : 0;
    }
}

/* As %.*g writes digits whose first one has this exponent, EXPONENT_LEAST to p - 1. */
static size_t put_digits(char *out, uint64_t digits, int p, int exponent)
{
    char text[QUICK_DIGITS];
    char *at = out;
    for (int i = p; i > 0; digits /= 10) text[--i] = (char)('0' + digits % 10);
    while (p > 1 && p > exponent + 1 && text[p - 1] == '0') p--;
    if (exponent < 0) {
        *at++ = '0';
        *at++ = '.';
        for (int i = exponent + 1; i < 0; i++) *at++ = '0';
        memcpy(at, text, (size_t)p);
        at += p;
    } else {
        memcpy(at, text, (size_t)exponent + 1);
        at += exponent + 1;
        if (p > exponent + 1) {
            *at++ = '.';
            memcpy(at, text + exponent + 1, (size_t)(p - exponent - 1));
            at += p - exponent - 1;
        }
    }
    *at = '\0';
    return (size_t)(at - out);
}

/* 0: not by this way. `exactly`: the text must read back as x. */
static size_t format_quickly(char *out, double x, int p, bool exactly)
{
    const double size = fabs(x);
    int exponent;
    if (!(size >= 1e-4 && size < 1e15)) return 0;
    const uint64_t digits = digits_of(size, p, &exponent);
    if (!digits || exponent < EXPONENT_LEAST || exponent >= p) return 0;
    if (exactly && lc_decimal_double(digits, exponent - p + 1) != size) return 0;
    *out = '-';
    const size_t sign = x < 0;
    return sign + put_digits(out + sign, digits, p, exponent);
}

size_t lc_format_double(char out[LC_NUMBER_TEXT], double x, int digits)
{
    out[0] = '\0';
    if (isnan(x)) return 0;
    const int most = digits > 0 && digits < 17 ? digits : 17, least = most < QUICK_DIGITS ? most : QUICK_DIGITS;
    const size_t quick = format_quickly(out, x, least, least < most);
    if (quick) return quick;
    int n = 0;
    for (int p = least; p <= most; p++) {
        n = snprintf(out, LC_NUMBER_TEXT, "%.*g", p, x);
        if (strtod(out, NULL) == x) break; /* same locale as snprintf: a round trip in any of them */
    }
    const char *point = localeconv()->decimal_point;
    char *at = strcmp(point, ".") ? strstr(out, point) : NULL;
    if (at) {
        size_t width = strlen(point);
        *at = '.';
        memmove(at + 1, at + width, strlen(at + width) + 1);
        n = (int)strlen(out);
    }
    return (size_t)n;
}
