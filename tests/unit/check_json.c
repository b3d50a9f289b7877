#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/rng.h"
#include "unit/support/scratch.h"
#include "unit/support/unit.h"

/* What both readers take must be the same, and neither may take what the other refuses. */
static void compare(const char *text, size_t n)
{
    lc_json_fault fault = {0};
    json_t *ours = NULL, *theirs = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
    const lc_code code = lc_json_read(&ours, text, n, &fault);
    ck_assert_msg((code == LC_OK) == (theirs != NULL), "%.*s: %s", (int)n, text, fault.text ? fault.text : "is read");
    ck_assert_msg(code == LC_OK || fault.text, "%.*s: no words", (int)n, text);
    ck_assert_msg(code != LC_OK || json_equal(ours, theirs), "%.*s: another value", (int)n, text);
    json_decref(ours);
    json_decref(theirs);
}

static const char *const texts[] = {
    "{}",
    "[]",
    " [ 1 , -0, 12.5e-3 , 0.1E+2, -9223372036854775807, 9223372036854775807 ] \r\n",
    "{\"a\": {\"b\": [true, false, null, \"\"]}, \"c\": \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20ac\\ud83d\\ude00\"}",
    "[\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"]",
    "[[[[[[[[1]]]]]]]]",
    "[1e308, 4.9e-324, 0.30000000000000004, 123456789012345678901234567890.0]",
    "[\"a long text that is longer than any small buffer would be at the beginning of a word\"]",
};

START_TEST(what_it_reads_is_what_jansson_reads)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        json_t *value = NULL;
        ck_assert_msg(lc_json_read(&value, texts[i], strlen(texts[i]), NULL) == LC_OK, "%s", texts[i]);
        json_decref(value);
        compare(texts[i], strlen(texts[i]));
    }
}
END_TEST

START_TEST(what_it_refuses_jansson_refuses)
{
    static const char *const wrong[] = {"",
                                        " ",
                                        "1",
                                        "\"a\"",
                                        "null",
                                        "{",
                                        "[",
                                        "]",
                                        "[1",
                                        "[1,",
                                        "[1,]",
                                        "[,1]",
                                        "[1 2]",
                                        "{1: 2}",
                                        "{\"a\"}",
                                        "{\"a\":}",
                                        "{\"a\": 1,}",
                                        "{\"a\": 1 \"b\": 2}",
                                        "{\"a\": 1, \"a\": 2}",
                                        "[01]",
                                        "[-]",
                                        "[1.]",
                                        "[.5]",
                                        "[1e]",
                                        "[1e+]",
                                        "[+1]",
                                        "[0x1]",
                                        "[1e999]",
                                        "[9223372036854775808]",
                                        "[-9223372036854775809]",
                                        "[tru]",
                                        "[nul]",
                                        "[truex]",
                                        "[\"a]",
                                        "[\"\\x\"]",
                                        "[\"\\u12\"]",
                                        "[\"\\u12g4\"]",
                                        "[\"\\u0000\"]",
                                        "[\"\\ud83d\"]",
                                        "[\"\\ud83dx\"]",
                                        "[\"\\ud83d\\u0041\"]",
                                        "[\"\\ude00\"]",
                                        "[\"\n\"]",
                                        "[\"\x01\"]",
                                        "[\"\xff\"]",
                                        "[\"\xc0\xaf\"]",
                                        "[\"\xed\xa0\x80\"]",
                                        "[1] 2",
                                        "{} {}",
                                        "[1]x",
                                        "[\"\\",
                                        "[\"\\u",
                                        "\xef\xbb\xbf[]"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        lc_json_fault fault = {0};
        json_t *value = NULL;
        ck_assert_msg(lc_json_read(&value, wrong[i], strlen(wrong[i]), &fault) == LC_E_PARSE, "%s", wrong[i]);
        ck_assert_ptr_null(value);
        compare(wrong[i], strlen(wrong[i]));
    }
}
END_TEST

/* Jansson passes over it. */
START_TEST(a_nul_is_no_json)
{
    static const struct {
        const char *text;
        size_t n;
    } with[] = {{"[1\0]", 4}, {"[\"\0\"]", 5}, {"\0[]", 3}, {"[]\0", 3}};
    for (size_t i = 0; i < sizeof with / sizeof with[0]; i++) {
        lc_json_fault fault;
        json_t *value = NULL;
        ck_assert_int_eq(lc_json_read(&value, with[i].text, with[i].n, &fault), LC_E_PARSE);
    }
}
END_TEST

/* Texts with a byte changed, left out or cut off. */
START_TEST(damaged_texts_are_read_as_jansson_reads_them)
{
    lc_rng rng = lc_rng_make(7, LC_STREAM_TEST, 0);
    for (size_t round = 0; round < 20000; round++) {
        char text[256];
        const char *from = texts[round % (sizeof texts / sizeof texts[0])];
        size_t n = strlen(from);
        memcpy(text, from, n);
        const size_t at = (size_t)(lc_rng_u64(&rng) % n);
        if (round % 3 == 0) text[at] = "{}[]\",:\\u0159-+.eE\xc3\xff \n"[lc_rng_u64(&rng) % 22];
        if (round % 3 == 1) memmove(text + at, text + at + 1, --n - at);
        if (round % 3 == 2) n = at;
        compare(text, n);
    }
}
END_TEST

static void expect_place(const char *text, size_t line, size_t column, const char *why)
{
    lc_json_fault fault;
    json_t *value = NULL;
    ck_assert_int_eq(lc_json_read(&value, text, strlen(text), &fault), LC_E_PARSE);
    ck_assert_str_eq(fault.text, why);
    ck_assert_uint_eq(fault.line, line);
    ck_assert_uint_eq(fault.column, column);
}

START_TEST(errors_have_their_place)
{
    expect_place("{\"a\": [1, 2}", 1, 12, "']' or ',' was expected");
    expect_place("{\n  \"a\": x\n}", 2, 8, "a value was expected");
    expect_place("{\"a\": 1,\n \"a\": 2}", 2, 2, "duplicate object key");
    expect_place("[1", 1, 3, "the text ends too early");
    expect_place("[]\n[]", 2, 1, "more follows the end");
}
END_TEST

START_TEST(it_does_not_recurse_without_end)
{
    lc_json_fault fault;
    json_t *value = NULL;
    char text[4000];
    memset(text, '[', sizeof text);
    ck_assert_int_eq(lc_json_read(&value, text, sizeof text, &fault), LC_E_PARSE);
    ck_assert_str_eq(fault.text, "nests too deeply");
}
END_TEST

START_TEST(values_are_written_as_jansson_writes_them)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        json_t *value = NULL;
        ck_assert_int_eq(lc_json_read(&value, texts[i], strlen(texts[i]), NULL), LC_OK);
        char *ours = lc_json_text(value, JSON_INDENT(2)), *theirs = json_dumps(value, JSON_INDENT(2));
        ck_assert_str_eq(ours, theirs);
        free(ours);
        free(theirs);
        json_decref(value);
    }
    ck_assert_ptr_null(lc_json_text(NULL, 0));
}
END_TEST

/* What programs get, with the place of an error. */
START_TEST(a_file_is_read_whole_or_refused)
{
    lc_status st = {0};
    json_t *value = NULL;
    ck_assert_int_eq(lc_file_write("whole.json", texts[0], strlen(texts[0]), false, &st), LC_OK);
    ck_assert_int_eq(lc_json_parse_file(&value, "whole.json", &st), LC_OK);
    ck_assert_ptr_nonnull(value);
    json_decref(value);
    ck_assert_int_eq(lc_file_write("cut.json", "{\"a\":\n 1", 8, false, &st), LC_OK);
    ck_assert_int_eq(lc_json_parse_file(&value, "cut.json", &st), LC_E_PARSE);
    ck_assert_ptr_null(value);
    ck_assert_str_eq(st.file, "cut.json");
    ck_assert_uint_eq(st.line, 2);
    st = (lc_status){0};
    ck_assert_int_eq(lc_json_parse_file(&value, "gone.json", &st), LC_E_IO);
    st = (lc_status){0};
    ck_assert_int_eq(lc_json_parse(&value, "nothing", "", 0, &st), LC_E_PARSE);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("JSON");
    TCase *c = tcase_create("json");
    tcase_add_checked_fixture(c, scratch_enter, scratch_leave);
    tcase_add_test(c, a_file_is_read_whole_or_refused);
    tcase_add_test(c, what_it_reads_is_what_jansson_reads);
    tcase_add_test(c, what_it_refuses_jansson_refuses);
    tcase_add_test(c, a_nul_is_no_json);
    tcase_add_test(c, damaged_texts_are_read_as_jansson_reads_them);
    tcase_add_test(c, errors_have_their_place);
    tcase_add_test(c, it_does_not_recurse_without_end);
    tcase_add_test(c, values_are_written_as_jansson_writes_them);
    suite_add_tcase(s, c);
    return s;
}
