#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "base/text.h"
#include "unit/support/unit.h"

static void expect_number(const char *text, double want)
{
    double x;
    ck_assert_msg(lc_parse_double(text, strlen(text), &x), "\"%s\" must read as a number", text);
    ck_assert_msg(x == want, "\"%s\" read as %.17g", text, x);
}

START_TEST(numbers_are_read)
{
    expect_number("0", 0);
    expect_number(" -12.5 ", -12.5);
    expect_number("+.5", .5);
    expect_number("7.", 7);
    expect_number("1e3", 1000);
    expect_number("1.7976931348623157e308", 1.7976931348623157e308);
    expect_number("4.9e-324", 4.9e-324);
    expect_number("123456789012345678901234567890", 123456789012345678901234567890.0);
    expect_number("0.000000000000000000000000000001", 1e-30);
}
END_TEST

START_TEST(other_text_is_refused)
{
    const char *bad[] = {"",     " ",   "-",   ".",   "e5",  "1e", "1e+", "1.2.3",
                         "0x10", "inf", "nan", "1,5", "1 2", "$5", "5%",  "1e999"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        double x;
        ck_assert_msg(!lc_parse_double(bad[i], strlen(bad[i]), &x), "\"%s\" must be refused", bad[i]);
    }
}
END_TEST

START_TEST(reading_rounds_as_strtod_does)
{
    lc_rng r = lc_rng_make(1, LC_STREAM_TEST, 0);
    for (int i = 0; i < 300000; i++) {
        char text[64];
        uint64_t bits = lc_rng_u64(&r);
        int digits = 1 + (int)(bits % 20);
        if (i % 2) {
            double x;
            memcpy(&x, &bits, sizeof x);
            if (!isfinite(x)) continue;
            snprintf(text, sizeof text, "%.*g", digits, x);
        } else {
            snprintf(text, sizeof text, "%.*f", digits % 9, (lc_rng_uniform(&r) - .5) * pow(10, digits % 12));
        }
        double got, want = strtod(text, NULL);
        if (!isfinite(want)) continue;
        ck_assert_msg(lc_parse_double(text, strlen(text), &got) && got == want, "\"%s\": %.17g, strtod %.17g", text,
                      got, want);
    }
}
END_TEST

START_TEST(written_numbers_read_back)
{
    lc_rng r = lc_rng_make(2, LC_STREAM_TEST, 0);
    char text[LC_NUMBER_TEXT];
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = lc_rng_u64(&r);
        double x, y;
        memcpy(&x, &bits, sizeof x);
        if (!isfinite(x)) continue;
        size_t n = lc_format_double(text, x, 0);
        ck_assert_uint_lt(n, LC_NUMBER_TEXT);
        ck_assert_msg(lc_parse_double(text, n, &y) && x == y, "%s", text);
    }
    lc_format_double(text, 0.1, 0);
    ck_assert_str_eq(text, "0.1");
    lc_format_double(text, 1234567.891, 4);
    ck_assert_str_eq(text, "1.235e+06");
    lc_format_double(text, NAN, 0);
    ck_assert_str_eq(text, "");
}
END_TEST

/* As printf writes it with so many digits. */
static void expect_as_printf(double x, int digits)
{
    char text[LC_NUMBER_TEXT], want[64];
    snprintf(want, sizeof want, "%.*g", digits, x);
    lc_format_double(text, x, digits);
    ck_assert_msg(strcmp(text, want) == 0, "%.17g to %d digits: %s, printf %s", x, digits, text, want);
}

START_TEST(numbers_are_written_as_printf_rounds_them)
{
    lc_rng r = lc_rng_make(2, LC_STREAM_TEST, 1);
    static const double edges[] = {0.0,         -0.0,       1e-4,     9.9999e-5,   1e15,  999999999999999.0,
                                   99999.95,    0.00099995, 0.5,      2.5,         0.125, 1e22,
                                   1e-300,      5e-324,     INFINITY, -INFINITY,   1e14,  10.0,
                                   999999999.5, 1e9,        1e9 - 1,  123456789.5, 8.5,   1.7e308};
    for (int digits = 1; digits <= 15; digits++) {
        for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) expect_as_printf(edges[i], digits);
        for (int i = 0; i < 20000; i++) {
            const double wide = pow(10, -6 + 24 * lc_rng_uniform(&r)), few = floor(wide) / 8; /* ties among them */
            expect_as_printf(i & 1 ? -wide : wide, digits);
            expect_as_printf(few, digits);
        }
    }
}
END_TEST

START_TEST(hostile_names_become_printable)
{
    char out[16];
    ck_assert_str_eq(lc_printable(out, sizeof out, "a\x1b[31m\n", 7), "a?[31m?");
    ck_assert_str_eq(lc_printable(out, sizeof out, "\xc3\xa4\xff", 3), "\xc3\xa4?");
    ck_assert_str_eq(lc_printable(out, 8, "abcdefghijk", 11), "abcd...");
    ck_assert_str_eq(lc_printable(out, 8, "abcdefg", 7), "abcdefg");
}
END_TEST

START_TEST(names_are_split_at_commas)
{
    char **names;
    size_t n;
    ck_assert(lc_split_names("a,,b c", &names, &n));
    ck_assert_uint_eq(n, 3);
    ck_assert_str_eq(names[0], "a");
    ck_assert_str_eq(names[1], "");
    ck_assert_str_eq(names[2], "b c");
    lc_free_names(names, n);
    ck_assert(lc_split_names("", &names, &n));
    ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(a_base_name_stands_behind_the_last_slash)
{
    ck_assert_str_eq(lc_base_name("a/b.c/d.csv"), "d.csv");
    ck_assert_str_eq(lc_base_name("d.csv"), "d.csv");
    ck_assert_str_eq(lc_base_name("/d"), "d");
    ck_assert_str_eq(lc_base_name("a/"), "a/");
    ck_assert_str_eq(lc_base_name(""), "");
}
END_TEST

START_TEST(edit_distance_counts_changes)
{
    ck_assert_uint_eq(lc_edit_distance("horizon", "horizon"), 0);
    ck_assert_uint_eq(lc_edit_distance("horzon", "horizon"), 1);
    ck_assert_uint_eq(lc_edit_distance("Close", "close"), 0);
    ck_assert_uint_eq(lc_edit_distance("kitten", "sitting"), 3);
}
END_TEST

START_TEST(permutation_hits_everything_once)
{
    for (uint64_t n = 1; n < 300; n += 7) {
        char *seen = calloc(n, 1);
        for (uint64_t i = 0; i < n; i++) {
            uint64_t p = lc_permute(i, n, n * 17);
            ck_assert_uint_lt(p, n);
            ck_assert(!seen[p]);
            seen[p] = 1;
        }
        free(seen);
    }
}
END_TEST

START_TEST(sizes_do_not_wrap)
{
    size_t out;
    ck_assert(!lc_mul((size_t)-1, 2, &out));
    ck_assert(!lc_add((size_t)-1, 1, &out));
    ck_assert(lc_mul(3, 5, &out) && out == 15);
    ck_assert_ptr_null(lc_calloc((size_t)-1, 8));
}
END_TEST

START_TEST(other_encodings_become_utf8)
{
    static const struct {
        const char *text, *want;
    } texts[] = {{"", ""},
                 {"plain", "plain"},
                 {"Z\xc3\xbcrich \xe2\x82\xac \xf0\x9f\x98\x80", "Z\xc3\xbcrich \xe2\x82\xac \xf0\x9f\x98\x80"},
                 {"Z\xfcrich", "Z\xc3\xbcrich"},
                 {"\x80 \x93x\x94 \x9f", "\xe2\x82\xac \xe2\x80\x9cx\xe2\x80\x9d \xc5\xb8"},
                 {"\xff\x81", "\xc3\xbf\xc2\x81"},
                 {"\xed\xa0\x80", "\xc3\xad\xc2\xa0\xe2\x82\xac"}, /* a surrogate is no UTF-8 */
                 {"\xc0\xaf", "\xc3\x80\xc2\xaf"},                 /* nor is a form that is too long */
                 {"\xc3\xa9\xe9", "\xc3\x83\xc2\xa9\xc3\xa9"},     /* one byte decides for all */
                 {"\xe2\x82", "\xc3\xa2\xe2\x80\x9a"}};            /* cut off */
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char *got = lc_utf8(texts[i].text);
        UNIT_MUST(got && strcmp(got, texts[i].want) == 0, "text %zu: \"%s\"", i, got);
        UNIT_MUST(lc_is_utf8(texts[i].text) == (strcmp(texts[i].text, texts[i].want) == 0) && lc_is_utf8(got),
                  "text %zu", i);
        free(got);
    }
}
END_TEST

static const char *name_at(void *list, size_t i)
{
    return ((const char *const *)list)[i];
}

START_TEST(the_nearest_name_is_one_that_may_have_been_meant)
{
    const char *names[] = {"date", "sales", "sale", "price", "a", NULL};
    static const struct {
        const char *word;
        size_t want;
    } cases[] = {{"sales", 1},
                 {"sale", 2},
                 {"SALES", 1},
                 {"sal", 2},
                 {"day", 0},
                 {"prize", 3},
                 {"price_eur", 3},
                 {"A", 4},
                 {"b", SIZE_MAX},
                 {"ab", 4},
                 {"", SIZE_MAX},
                 {"weather", SIZE_MAX},
                 {"an exceedingly long name of a column without a like of it here", SIZE_MAX}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(lc_nearest(cases[i].word, name_at, names) == cases[i].want, "%s", cases[i].word);
    ck_assert_uint_eq(lc_nearest("a", name_at, names + 5), SIZE_MAX);
}
END_TEST

START_TEST(counts_have_commas_between_thousands)
{
    static const struct {
        size_t n;
        const char *text;
    } counts[] = {{0, "0"}, {999, "999"}, {1000, "1,000"}, {12345, "12,345"}, {1234567, "1,234,567"}};
    char out[32];
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        ck_assert_str_eq(lc_count_text(out, counts[i].n), counts[i].text);
    ck_assert_uint_lt(strlen(lc_count_text(out, SIZE_MAX)), sizeof out);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("text, memory, random numbers");
    TCase *c = tcase_create("base");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, numbers_are_read);
    tcase_add_test(c, counts_have_commas_between_thousands);
    tcase_add_test(c, other_text_is_refused);
    tcase_add_test(c, reading_rounds_as_strtod_does);
    tcase_add_test(c, written_numbers_read_back);
    tcase_add_test(c, numbers_are_written_as_printf_rounds_them);
    tcase_add_test(c, hostile_names_become_printable);
    tcase_add_test(c, names_are_split_at_commas);
    tcase_add_test(c, other_encodings_become_utf8);
    tcase_add_test(c, a_base_name_stands_behind_the_last_slash);
    tcase_add_test(c, edit_distance_counts_changes);
    tcase_add_test(c, the_nearest_name_is_one_that_may_have_been_meant);
    tcase_add_test(c, permutation_hits_everything_once);
    tcase_add_test(c, sizes_do_not_wrap);
    suite_add_tcase(s, c);
    return s;
}
