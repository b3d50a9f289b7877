#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/text.h"
#include "data/numbers.h"
#include "unit/support/unit.h"

static uint64_t state = 88172645463325252u;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void agrees(const char *text)
{
    lc_decimal d;
    UNIT_MUST(lc_decimal_read(&d, text, text + strlen(text)) && !*d.end, "%s is not read", text);
    double x = lc_decimal_value(&d, text), want = strtod(text, NULL);
    UNIT_MUST(memcmp(&x, &want, sizeof x) == 0, "%.80s: %a, strtod says %a", text, x, want);
}

static double any_double(void)
{
    double x;
    do {
        uint64_t bits = next() & ~(UINT64_C(1) << 63);
        memcpy(&x, &bits, sizeof x);
    } while (!isfinite(x));
    return x;
}

/* 400,000 values of every size, subnormal ones among them, with 1 to 25 digits. */
START_TEST(decimals_round_as_strtod_does)
{
    char text[64];
    for (int i = 0; i < 200000; i++) {
        snprintf(text, sizeof text, "%.*e", (int)(next() % 25), any_double());
        agrees(text);
        snprintf(text, sizeof text, "%llu.%llue%d", (unsigned long long)(next() >> (next() % 60)),
                 (unsigned long long)(next() >> (next() % 60)), (int)(next() % 700) - 350);
        agrees(text);
    }
}
END_TEST

/* Half way between two doubles, all digits written out, and a little beside. */
START_TEST(halves_round_to_even)
{
    char text[900];
    for (int i = 0; i < 30000; i++) {
        double x = any_double(), above = nextafter(x, INFINITY);
        if (isinf(above)) continue;
        snprintf(text, sizeof text, "%.770Le", ((long double)x + (long double)above) / 2);
        agrees(text);
        text[760] = text[760] == '0' ? '1' : text[760];
        agrees(text);
        snprintf(text, sizeof text, "%.20Le", ((long double)x + (long double)above) / 2);
        agrees(text);
    }
    agrees("9007199254740993");
    agrees("9007199254740993.00000000000000000000000000001");
    agrees("9007199254740992.99999999999999999999999999999");
}
END_TEST

START_TEST(subnormals_and_ends)
{
    static const char *const text[] = {"4.9406564584124654e-324",
                                       "2.4703282292062327e-324",
                                       "2.4703282292062328e-324",
                                       "2.2250738585072011e-308",
                                       "2.2250738585072014e-308",
                                       "1.7976931348623157e308",
                                       "1.7976931348623159e308",
                                       "1e400",
                                       "1e-400",
                                       "0.000",
                                       "0e999999999999999999999",
                                       "00000000000000000000000.1"};
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) agrees(text[i]);
    for (int i = 0; i < 50000; i++) {
        double x;
        uint64_t bits = next() >> 12;
        char number[64];
        memcpy(&x, &bits, sizeof x);
        snprintf(number, sizeof number, "%.*e", 15 + (int)(next() % 5), x);
        agrees(number);
    }
}
END_TEST

/* The table against big-number arithmetic: 5^q by repeated steps, 128 bits kept. */
START_TEST(powers_follow_from_each_other)
{
    for (int q = 0; q < LC_FIVE_MOST; q++) {
        const uint64_t *p = lc_powers_of_five[q - LC_FIVE_LEAST], *n = lc_powers_of_five[q + 1 - LC_FIVE_LEAST];
        unsigned __int128 v = (unsigned __int128)p[0] << 64 | p[1], want = (unsigned __int128)n[0] << 64 | n[1];
        /* v * 5 / 4 or v * 5 / 8, whichever has 128 bits; rounding down loses at most a few last places. */
        unsigned __int128 low = v + v / 4, got = low >= v ? low : v / 8 * 5;
        unsigned __int128 off = got > want ? got - want : want - got;
        ck_assert_msg(off < 16, "5^%d", q + 1);
    }
    ck_assert(lc_powers_of_five[-LC_FIVE_LEAST][0] == UINT64_C(1) << 63 && lc_powers_of_five[-LC_FIVE_LEAST][1] == 0);
}
END_TEST

START_TEST(the_locale_does_not_matter)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "C"};
    for (size_t i = 0; i < 3; i++) {
        double x = 0;
        setlocale(LC_ALL, names[i]);
        ck_assert(lc_parse_double(" -1234.5e-1 ", 12, &x) && x == -123.45);
        ck_assert(!lc_parse_double("1,5", 3, &x));
        ck_assert(!lc_parse_double("0x10", 4, &x));
        ck_assert(!lc_parse_double("inf", 3, &x) && !lc_parse_double("nan", 3, &x) && !lc_parse_double("1e999", 5, &x));
    }
    setlocale(LC_ALL, "C");
}
END_TEST

/* What fits four bytes comes back digit by digit. */
START_TEST(floats_keep_what_was_written)
{
    char text[64];
    size_t kept = 0;
    for (int i = 0; i < 300000; i++) {
        uint64_t w = next() % (i % 2 ? 8388609 : 100000000);
        int q = (int)(next() % 40) - 25;
        double x = lc_decimal_double(w, q);
        if (!lc_float_keeps(w, x)) continue;
        kept++;
        double back = lc_float_written((float)x);
        snprintf(text, sizeof text, "%llue%d", (unsigned long long)w, q);
        UNIT_MUST(back == x, "%s came back as %.17g", text, back);
    }
    ck_assert_uint_gt(kept, 150000);
    ck_assert(!lc_float_keeps(123456789, 123456789) && lc_float_keeps(120000000, 120000000));
    ck_assert(!lc_float_keeps(1, 1e-40) && !lc_float_keeps(1, 1e39) && lc_float_keeps(0, 0));
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("Decimals");
    TCase *c = tcase_create("decimal");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, decimals_round_as_strtod_does);
    tcase_add_test(c, halves_round_to_even);
    tcase_add_test(c, subnormals_and_ends);
    tcase_add_test(c, powers_follow_from_each_other);
    tcase_add_test(c, the_locale_does_not_matter);
    tcase_add_test(c, floats_keep_what_was_written);
    suite_add_tcase(s, c);
    return s;
}
