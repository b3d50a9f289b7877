/* Text in a script: how it is quoted, and what becomes of characters that no font has. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "report/fonts.h"
#include "report/gnuplot.h"
#include "unit/support/scratch.h"
#include "unit/support/unit.h"

START_TEST(quoting_is_exact)
{
    lc_buf b = {0};
    lc_gp(&b, "a %d %g %s %% %q", -3, 0.1, "raw", "q\"\\`@$%'\n_{}", 0);
    ck_assert_str_eq(b.data, "a -3 0.1 raw % \"q\\042\\134\\140\\100\\044\\045\\047 _{}\"");
    b.len = 0;
    lc_gp(&b, "%q%q", "abcdef", 6, "abcdefg", 6);
    ck_assert_str_eq(b.data, "\"abcdef\"\"abcde\xe2\x80\xa6\"");
    b.len = 0;
    lc_gp(&b, "%q", "$59a1`0\\7", 0);
    ck_assert_str_eq(b.data, "\"\\044\\065\\071a1\\140\\060\\134\\067\"");
    b.len = 0;
    lc_gp(&b, "%q", (const char *)NULL, 0);
    ck_assert_str_eq(b.data, "\"\"");
    lc_buf_free(&b);
    ck_assert_int_eq(lc_gp_columns("a\xe6\x97\xa5\xc3\xa9"), 4);
}
END_TEST

static void fit(const char *text, const char *want)
{
    lc_buf script = {0}, out = {0};
    lc_buf_puts(&script, text);
    lc_fonts_fit(&script, &out);
    ck_assert_str_eq(out.data, want);
    lc_buf_free(&script);
    lc_buf_free(&out);
}

/* Stands in fc-list's place, so that the outcome does not hang on the fonts of a machine. */
static void pretend(const char *body)
{
    char path[4096];
    FILE *f = fopen("fc-list", "w");
    fprintf(f, "#!/bin/sh\n%s\n", body);
    fclose(f);
    ck_assert_int_eq(chmod("fc-list", 0700), 0);
    snprintf(path, sizeof path, "%s:%s", scratch_folder(), scratch_path());
    setenv("PATH", path, 1);
}

START_TEST(characters_without_a_font_become_question_marks)
{
    scratch_enter();
    const char *text = "a \xe6\x97\xa5 \xc3\xa9 \xe6\x9c\xac\xe2\x88\x92 \xff";
    pretend("[ \"$1\" = :charset=65e5 ] && echo Some Sans; exit 0");
    fit(text, "a \xe6\x97\xa5 \xc3\xa9 ?\xe2\x88\x92 \xff");
    pretend("[ \"$1\" = ':charset=65e5 672c' ] && echo Some Sans; exit 0");
    fit(text, text);
    pretend("touch asked");
    fit("plain caf\xc3\xa9", "plain caf\xc3\xa9");
    ck_assert(!scratch_has("asked"));
    pretend("exit 1");
    fit(text, text); /* nobody knows */
    setenv("PATH", "/nowhere", 1);
    fit(text, text);
    scratch_leave();
}
END_TEST

START_TEST(texts_of_many_characters_ask_little)
{
    scratch_enter();
    pretend("echo x >> asked; exit 0");
    lc_buf text = {0};
    for (unsigned c = 0; c < 3000; c++) {
        char bytes[4] = {(char)0xe4, (char)(0x80 + (c >> 6)), (char)(0x80 + (c & 63)), 0};
        if (c >> 6 < 64) lc_buf_puts(&text, bytes);
    }
    lc_buf out = {0};
    lc_fonts_fit(&text, &out);
    ck_assert_uint_eq(strspn(out.data, "?"), 3000);
    char *asked = scratch_text("asked");
    ck_assert_uint_eq(strlen(asked), 2 * 65);
    free(asked);
    lc_buf_free(&text);
    lc_buf_free(&out);
    scratch_leave();
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("chart scripts");
    TCase *c = tcase_create("script");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, quoting_is_exact);
    tcase_add_test(c, characters_without_a_font_become_question_marks);
    tcase_add_test(c, texts_of_many_characters_ask_little);
    suite_add_tcase(s, c);
    return s;
}
