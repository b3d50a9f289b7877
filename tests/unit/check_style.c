/* Styles: what a file may say, and that a chart does as it says. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/style.h"
#include "unit/support/figures.h"
#include "unit/support/scratch.h"
#include "unit/support/unit.h"

static void write_file(const char *text)
{
    FILE *f = fopen("a.style", "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

START_TEST(a_file_sets_what_it_names)
{
    scratch_enter();
    write_file("# ours\r\n\n  font = Some Sans \nfont-scale=1.25\nwidth = 800\nheight = 400\nmain = "
               "#00ff7F\nbackground=#101010");
    lc_style *s = NULL;
    lc_status st = {0};
    ck_assert_msg(lc_style_read(&s, "a.style", &st) == LC_OK, "%s", st.text);
    ck_assert_str_eq(s->font, "Some Sans");
    ck_assert(s->font_scale == 1.25);
    ck_assert_int_eq(s->width, 800);
    ck_assert_int_eq(s->height, 400);
    ck_assert_str_eq(s->colour[LC_COLOUR_MAIN], "#00ff7F");
    ck_assert_str_eq(s->colour[LC_COLOUR_BACKGROUND], "#101010");
    ck_assert_str_eq(s->colour[LC_COLOUR_ALERT], lc_style_or_usual(NULL)->colour[LC_COLOUR_ALERT]);
    lc_style_free(s);
    scratch_leave();
}
END_TEST

START_TEST(wrong_files_are_refused)
{
    static const struct {
        const char *text;
        size_t line;
        lc_code code;
        const char *says;
    } v[] = {
        {"main = red\n", 1, LC_E_USAGE, "main: \"red\" is not a valid value"},
        {"\nmain = #12345\n", 2, LC_E_USAGE, "is not a valid value"},
        {"main = #1234567\n", 1, LC_E_USAGE, "is not a valid value"},
        {"main = #12345g\n", 1, LC_E_USAGE, "is not a valid value"},
        {"text\n", 1, LC_E_USAGE, "\"text\" gives no value"},
        {"colour = #000000\n", 1, LC_E_USAGE, "a style has no \"colour\""},
        {"font =\n", 1, LC_E_USAGE, "font: \"\" is not a valid value"},
        {"font = A\"; system('touch owned'); \"\n", 1, LC_E_USAGE, "is not a valid value"},
        {"font = Sans,40\n", 1, LC_E_USAGE, "is not a valid value"},
        {"width = 399\n", 1, LC_E_USAGE, "is not a valid value"},
        {"height = 1e9\n", 1, LC_E_USAGE, "is not a valid value"},
        {"font-scale = 2.51\n", 1, LC_E_USAGE, "is not a valid value"},
        {"font-scale = 0.59\n", 1, LC_E_USAGE, "is not a valid value"},
        {"font-scale = nan\n", 1, LC_E_USAGE, "is not a valid value"},
        {"\x1b[2J = 1\n", 1, LC_E_USAGE, "a style has no \"?[2J\""},
    };
    scratch_enter();
    lc_style *s = NULL;
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
        lc_status st = {0};
        write_file(v[i].text);
        ck_assert_msg(lc_style_read(&s, "a.style", &st) == v[i].code, "%s: %s", v[i].text, st.text);
        ck_assert_msg(strstr(st.text, v[i].says) != NULL, "%s: %s", v[i].text, st.text);
        ck_assert_uint_eq(st.line, v[i].line);
        ck_assert_ptr_null(s);
    }
    char *wide = malloc(100000);
    memset(wide, 'x', 99999);
    wide[99999] = '\0';
    write_file(wide);
    ck_assert_int_eq(lc_style_read(&s, "a.style", NULL), LC_E_USAGE);
    free(wide);
    ck_assert_int_eq(lc_style_read(&s, "missing", NULL), LC_E_IO);
    ck_assert_int_eq(lc_style_read(&s, ".", NULL), LC_E_IO);
    ck_assert_int_eq(lc_style_read(NULL, "a.style", NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_style_read(&s, NULL, NULL), LC_E_USAGE);
    scratch_leave();
}
END_TEST

START_TEST(limits_are_valid_values)
{
    static const struct {
        const char *text;
        double scale;
    } v[] = {{"font-scale = 0.6\n", .6}, {"font-scale = 2.5\n", 2.5}};
    scratch_enter();
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
        lc_style *s = NULL;
        write_file(v[i].text);
        ck_assert_int_eq(lc_style_read(&s, "a.style", NULL), LC_OK);
        ck_assert(s->font_scale == v[i].scale);
        lc_style_free(s);
    }
    scratch_leave();
}
END_TEST

/* Every chart takes its colours from the style: none is left that stands in the script by itself. */
START_TEST(charts_have_the_colours_of_their_style)
{
    scratch_enter();
    lc_style style = *lc_style_or_usual(NULL);
    for (size_t i = 0; i < LC_COLOURS; i++) strcpy(style.colour[i], "#010203");
    strcpy(style.font, "Odd Font");
    style.width = 700;
    figures f;
    figures_fill(&f, "t", "y");
    for (int kind = 0; kind < FIGURE_KINDS; kind++) {
        lc_status st = {0};
        ck_assert_msg(figures_draw_styled(&f, kind, "a.gp", &style, &st) == LC_OK, "%s", st.text);
        char *script = scratch_text("a.gp");
        for (const char *p = script; (p = strchr(p, '#')); p++)
            if (p[1] >= '0' && p[1] <= 'F' && strspn(p + 1, "0123456789ABCDEF") == 6)
                ck_assert_msg(strncmp(p, "#010203", 7) == 0, "kind %d: %.60s", kind, p);
        ck_assert_ptr_nonnull(strstr(script, "font \"Odd Font,"));
        ck_assert(kind == 3 || strstr(script, "size 700,"));
        free(script);
    }
    scratch_leave();
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("styles");
    TCase *c = tcase_create("style");
    tcase_add_test(c, a_file_sets_what_it_names);
    tcase_add_test(c, wrong_files_are_refused);
    tcase_add_test(c, limits_are_valid_values);
    tcase_add_test(c, charts_have_the_colours_of_their_style);
    suite_add_tcase(s, c);
    return s;
}
