#include "base/decimal.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MANTISSA_BITS = 52, LEAST_EXPONENT = -1023, INFINITE_POWER = 0x7ff };

static double from_bits(uint64_t mantissa, int power)
{
    uint64_t bits = mantissa | (uint64_t)power << MANTISSA_BITS;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Eisel and Lemire's method: 128 bits of the product decide the rounding (Lemire 2021; that no case is left over:
 * Mushtak and Lemire 2023, "Fast number parsing without fallback"). */
static double eisel_lemire(uint64_t w, int64_t q)
{
    if (w == 0 || q < LC_FIVE_LEAST) return 0;
    if (q > LC_FIVE_MOST) return (double)INFINITY;
    const uint64_t *five = lc_powers_of_five[q - LC_FIVE_LEAST];
    int zeros = __builtin_clzll(w);
    w <<= zeros;
    unsigned __int128 product = (unsigned __int128)w * five[0];
    uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
    const uint64_t undecided = 0x1ff; /* bits below the mantissa and its rounding bit */
    if ((high & undecided) == undecided) {
        uint64_t more = (uint64_t)((unsigned __int128)w * five[1] >> 64);
        low += more;
        if (low < more) high++;
    }
    int top = (int)(high >> 63), shift = top + 64 - MANTISSA_BITS - 3;
    uint64_t mantissa = high >> shift;
    /* 217706 / 65536 is log2(10), near enough for every q of the table. */
    int power = (int)((217706 * q) >> 16) + 63 + top - zeros - LEAST_EXPONENT;
    if (power <= 0) { /* subnormal */
        if (1 - power >= 64) return 0;
        mantissa >>= 1 - power;
        mantissa += mantissa & 1;
        mantissa >>= 1;
        return from_bits(mantissa & ~(UINT64_C(1) << MANTISSA_BITS), mantissa >> MANTISSA_BITS ? 1 : 0);
    }
    /* Exactly half way: only small powers of five divide the product without a rest. */
    if (low <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1 && mantissa << shift == high) mantissa &= ~UINT64_C(1);
    mantissa += mantissa & 1;
    mantissa >>= 1;
    if (mantissa >> (MANTISSA_BITS + 1)) {
        mantissa >>= 1;
        power++;
    }
    if (power >= INFINITE_POWER) return (double)INFINITY;
    return from_bits(mantissa & ~(UINT64_C(1) << MANTISSA_BITS), power);
}

const double lc_powers_of_ten[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                     1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

double lc_decimal_any_double(uint64_t w, int64_t q)
{
    return eisel_lemire(w, q);
}

/* ---- reading ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool lc_decimal_read(lc_decimal *d, const char *s, const char *end)
{
    enum { MOST_DIGITS = 19 };
    const int64_t far = 1000000;
    int digits = 0;
    bool any = false, point = false;
    *d = (lc_decimal){.end = s};
    for (; s < end; s++) {
        if (*s == '.' && !point) {
            point = true;
            continue;
        }
        if (!is_digit(*s)) break;
        any = true;
        if (digits < MOST_DIGITS) {
            d->w = d->w * 10 + (uint64_t)(*s - '0');
            if (d->w) digits++;
            if (point) d->q--;
        } else {
            if (*s != '0') d->more = true;
            if (!point) d->q++;
        }
    }
    if (!any) return false;
    if (s < end && (*s == 'e' || *s == 'E')) {
        const char *p = s + 1;
        int64_t exponent = 0;
        bool minus = p < end && *p == '-';
        if (p < end && (*p == '-' || *p == '+')) p++;
        if (p >= end || !is_digit(*p)) return false;
        for (; p < end && is_digit(*p); p++)
            if (exponent < far) exponent = exponent * 10 + (*p - '0');
        d->q += minus ? -exponent : exponent;
        s = p;
    }
    d->end = s;
    return true;
}

/* ---- the rare rest: more than 19 digits next to a rounding boundary ---- */

/* 800 digits decide every case: half way between two doubles takes at most 768. */
enum { WORDS = 300, SLOW_DIGITS = 800 };

typedef struct natural {
    uint32_t word[WORDS]; /* from the lowest */
    int n;
} natural;

static void multiply_add(natural *a, uint32_t factor, uint32_t carry)
{
    for (int i = 0; i < a->n; i++) {
        uint64_t x = (uint64_t)a->word[i] * factor + carry;
        a->word[i] = (uint32_t)x;
        carry = (uint32_t)(x >> 32);
    }
    if (carry && a->n < WORDS) a->word[a->n++] = carry;
}

static void times_power(natural *a, uint32_t base, int64_t power)
{
    for (; power > 0; power--) multiply_add(a, base, 0);
}

static void times_two_to(natural *a, int64_t power)
{
    for (; power >= 28; power -= 28) multiply_add(a, UINT32_C(1) << 28, 0);
    multiply_add(a, UINT32_C(1) << power, 0);
}

static int compare(const natural *a, const natural *b)
{
    if (a->n != b->n) return a->n < b->n ? -1 : 1;
    for (int i = a->n - 1; i >= 0; i--)
        if (a->word[i] != b->word[i]) return a->word[i] < b->word[i] ? -1 : 1;
    return 0;
}

/* The digits at s as one number, of which the last stands for 10^*q; *q comes in as the power of digit 19. */
static void all_digits(natural *a, const char *s, const char *end, int64_t *q)
{
    int digits = 0;
    bool rest = false;
    a->n = 0;
    for (; s < end && (is_digit(*s) || *s == '.'); s++) {
        if (*s == '.' || (!digits && *s == '0')) continue;
        if (digits == SLOW_DIGITS) {
            rest = rest || *s != '0';
            continue;
        }
        multiply_add(a, 10, (uint32_t)(*s - '0'));
        if (++digits > 19) --*q;
    }
    /* Anything below the kept digits lifts the number off a boundary. */
    if (rest) {
        multiply_add(a, 10, 1);
        --*q;
    }
}

/* Whether the decimal lies above (1), on (0) or below (-1) the middle between x and the next double. */
static int against_middle(const lc_decimal *d, const char *s, double x)
{
    natural left, right = {.n = 0};
    int64_t q = d->q;
    int exponent;
    uint64_t m = (uint64_t)ldexp(frexp(x, &exponent), 53);
    exponent -= 53;
    if (exponent < -1074) { /* subnormal: fewer bits */
        m >>= -1074 - exponent;
        exponent = -1074;
    }
    m = 2 * m + 1;
    exponent--;
    all_digits(&left, s, d->end, &q);
    right.word[0] = (uint32_t)m;
    right.word[1] = (uint32_t)(m >> 32);
    right.n = 2 - !right.word[1];
    times_power(q < 0 ? &right : &left, 10, q < 0 ? -q : q);
    times_two_to(exponent < 0 ? &left : &right, exponent < 0 ? -exponent : exponent);
    return compare(&left, &right);
}

double lc_decimal_value(const lc_decimal *d, const char *s)
{
    double x = lc_decimal_double(d->w, d->q);
    if (!d->more) return x;
    double above = lc_decimal_double(d->w + 1, d->q);
    if (x == above) return x;
    /* The two differ by one step at most, since w has 19 digits. */
    int side = against_middle(d, s, x);
    if (side == 0) {
        uint64_t bits;
        memcpy(&bits, &x, sizeof bits);
        return bits & 1 ? above : x;
    }
    return side > 0 ? above : x;
}
