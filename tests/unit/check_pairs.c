/* Lines "key = value". */
#include <stdlib.h>
#include <string.h>

#include "loomcast.h"
#include "unit/support/scratch.h"
#include "unit/support/unit.h"

static void write_file(const char *text, size_t n)
{
    FILE *f = fopen("a.conf", "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(text, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
}

static lc_pairs *open_text(const char *text, size_t n)
{
    lc_pairs *p = NULL;
    write_file(text, n);
    ck_assert_int_eq(lc_pairs_read(&p, "a.conf", NULL), LC_OK);
    ck_assert_ptr_nonnull(p);
    return p;
}

static void expect_pair(lc_pairs *p, size_t line, const char *key, const char *value)
{
    lc_pair pair;
    ck_assert_int_eq(lc_pairs_next(p, &pair, NULL), LC_OK);
    ck_assert_ptr_nonnull(pair.key);
    ck_assert_str_eq(pair.key, key);
    ck_assert_str_eq(pair.value, value);
    ck_assert_uint_eq(pair.line, line);
}

static void expect_end(lc_pairs *p)
{
    lc_pair pair;
    for (int again = 0; again < 2; again++) {
        ck_assert_int_eq(lc_pairs_next(p, &pair, NULL), LC_OK);
        ck_assert_ptr_null(pair.key);
    }
    lc_pairs_free(p);
}

START_TEST(lines_are_trimmed_and_split)
{
    const char text[] =
        "# first\n\n  a = b \r\nfont-scale=1.25\n\t#x = y\n\tk e y\t=\t\"v = w\" # z\t\nempty=\n=\nlast = 1";
    lc_pairs *p = open_text(text, sizeof text - 1);
    expect_pair(p, 3, "a", "b");
    expect_pair(p, 4, "font-scale", "1.25");
    expect_pair(p, 6, "k e y", "\"v = w\" # z");
    expect_pair(p, 7, "empty", "");
    expect_pair(p, 8, "", "");
    expect_pair(p, 9, "last", "1");
    expect_end(p);
    expect_end(open_text("", 0));
    p = open_text("\xef\xbb\xbf"
                  "a = 1\n",
                  9);
    expect_pair(p, 1, "a", "1");
    expect_end(p);
}
END_TEST

START_TEST(lines_of_another_form_are_refused)
{
    lc_pair pair;
    lc_status st = {0};
    lc_pairs *p = open_text("a = 1\n\x1b[2J\n", 11);
    expect_pair(p, 1, "a", "1");
    ck_assert_int_eq(lc_pairs_next(p, &pair, &st), LC_E_USAGE);
    ck_assert_str_eq(st.file, "a.conf");
    ck_assert_uint_eq(st.line, 2);
    ck_assert_str_eq(st.text, "\"?[2J\" gives no value");
    ck_assert_str_eq(st.hint, "write key = value");
    lc_pairs_free(p);
    st = (lc_status){0};
    p = open_text("\na = 1\0 2\n", 10);
    ck_assert_int_eq(lc_pairs_next(p, &pair, &st), LC_E_PARSE);
    ck_assert_uint_eq(st.line, 2);
    ck_assert_ptr_nonnull(strstr(st.text, "NUL"));
    ck_assert_int_eq(lc_pairs_next(p, NULL, NULL), LC_E_USAGE);
    lc_pairs_free(p);
    lc_pairs_free(NULL);
    ck_assert_int_eq(lc_pairs_next(NULL, &pair, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_pairs_read(&p, NULL, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_pairs_read(NULL, "a.conf", NULL), LC_E_USAGE);
}
END_TEST

START_TEST(what_is_no_small_file_is_refused)
{
    enum { MOST = 1 << 20 };
    lc_pairs *p = NULL;
    lc_status st = {0};
    char *text = malloc(MOST + 1);
    ck_assert_ptr_nonnull(text);
    memset(text, '#', MOST + 1);
    expect_end(open_text(text, MOST));
    write_file(text, MOST + 1);
    free(text);
    ck_assert_int_eq(lc_pairs_read(&p, "a.conf", &st), LC_E_IO);
    ck_assert_ptr_nonnull(strstr(st.text, "larger than 1 MiB"));
    st = (lc_status){0};
    ck_assert_int_eq(lc_pairs_read(&p, ".", &st), LC_E_IO);
    ck_assert_ptr_nonnull(strstr(st.text, "is a folder"));
    st = (lc_status){0};
    ck_assert_int_eq(lc_pairs_read(&p, "missing", &st), LC_E_IO);
    ck_assert_str_eq(st.file, "missing");
    ck_assert_str_eq(st.text, "cannot be read: No such file or directory");
    ck_assert_ptr_null(p);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("lines key = value");
    TCase *t = tcase_create("all");
    tcase_add_checked_fixture(t, scratch_enter, scratch_leave);
    tcase_add_test(t, lines_are_trimmed_and_split);
    tcase_add_test(t, lines_of_another_form_are_refused);
    tcase_add_test(t, what_is_no_small_file_is_refused);
    suite_add_tcase(suite, t);
    return suite;
}
