/* Reports of backtests: that they say what the table says, that nothing in it becomes a part of the page, and the same
 * for a terminal. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "unit/support/panel_text.h"
#include "unit/support/reported.h"
#include "unit/support/scratch.h"
#include "unit/support/unit.h"

typedef struct backtest {
    lc_panel *panel;
    lc_settings *settings;
    lc_result *table;
    lc_backtest_view *view;
    lc_evaluate_info info;
} backtest;

/* Two series of 60 rows, one of which the model forecasts badly: it repeats the last value of a season. */
static backtest run(const char *first, const char *second)
{
    lc_buf text = {0};
    lc_buf_puts(&text, "unique_id,ds,y\n");
    for (int i = 0; i < 60; i++) lc_buf_printf(&text, "\"%s\",%d,%g\n", first, i, 10 + .1 * (i % 3) + .01 * i);
    for (int i = 0; i < 60; i++) lc_buf_printf(&text, "\"%s\",%d,%g\n", second, i, 10 * (i % 4) + .01 * (i % 5));
    backtest b = {.panel = panel_of(text.data, "season=4"),
                  .settings = panel_settings("season=4;arch=naive;horizon=4")};
    lc_status st = {0};
    const lc_evaluate_files files = {.view = &b.view};
    ck_assert_msg(lc_evaluate(&b.table, &b.info, b.panel, b.settings, &files, NULL, NULL, &st) == LC_OK, "%s", st.text);
    lc_buf_free(&text);
    return b;
}

static void free_backtest(backtest *b)
{
    lc_backtest_view_free(b->view);
    lc_result_free(b->table);
    lc_settings_free(b->settings);
    lc_panel_free(b->panel);
}

static char *page_of(const backtest *b)
{
    lc_status st = {0};
    const lc_report what = {.result = b->table, .panel = b->panel, .model = &b->info.model, .settings = b->settings};
    ck_assert_msg(lc_report_write_backtest(&what, b->view, &b->info.verdict, "page.html", true, &st) == LC_OK, "%s",
                  st.text);
    return scratch_text("page.html");
}

static const char *after(const char *page, const char *text)
{
    const char *at = strstr(page, text);
    ck_assert_msg(at != NULL, "no %s", text);
    return at + strlen(text);
}

/* A number as a cell of the page holds it. */
static void name_value(char out[48], double x)
{
    char digits[LC_NUMBER_TEXT];
    lc_format_double(digits, x, 0);
    snprintf(out, 48, "data-v=\"%s\"", digits);
}

START_TEST(a_page_of_a_backtest_says_what_its_table_says)
{
    scratch_enter();
    backtest b = run("calm", "season");
    char words[400], number[48];
    ck_assert(lc_verdict_words(words, sizeof words, &b.info.verdict));
    char *page = page_of(&b);
    *strchr(words, '(') = '\0'; /* "p < 0.001" is written otherwise there */
    ck_assert_ptr_nonnull(strstr(page, words));
    ck_assert_ptr_nonnull(strstr(page, "<p class=\"warn\">"));
    ck_assert_ptr_nonnull(strstr(page, "<dt>series</dt><dd>2</dd>"));
    ck_assert_ptr_nonnull(strstr(page, "<dt>steps ahead</dt><dd>4</dd>"));
    ck_assert_ptr_nonnull(strstr(page, "<dt>model</dt><dd>naive</dd>"));
    const char *models = after(page, "<h2>Models</h2>"), *charts = after(models, "<h2>Charts</h2>");
    /* The smallest MASE comes first, and every one stands there with all its digits. */
    const size_t mase = lc_result_find(b.table, "mase");
    double least = INFINITY;
    for (size_t i = 0; i < lc_result_rows(b.table); i++) {
        if (strcmp(lc_result_text(b.table, i, 0), "*") != 0) continue;
        const double x = lc_result_real(b.table, i, mase);
        least = x < least ? x : least;
        name_value(number, x);
        const char *at = strstr(models, number);
        ck_assert_msg(at && at < charts, "no %s", number);
    }
    name_value(number, least);
    const char *first_row = after(models, "<tbody>"), *row_end = strstr(first_row, "</tr>"),
               *at = strstr(first_row, number);
    ck_assert(at && at < row_end);
    size_t figures = 0;
    for (at = charts; (at = strstr(at, "<figure ")); at++) figures++;
    ck_assert_uint_eq(figures, 4);
    /* The series that the season would have told comes first. */
    const char *series = after(charts, "<h2>Series</h2>");
    ck_assert_ptr_nonnull(strstr(series, "<bdi>season</bdi>"));
    ck_assert(strstr(series, "<bdi>season</bdi>") < strstr(series, "<bdi>calm</bdi>"));
    ck_assert_ptr_nonnull(strstr(series, "</html>"));
    free(page);
    free_backtest(&b);
    scratch_leave();
}
END_TEST

static size_t count(const char *page, const char *from, const char *to, const char *text)
{
    size_t n = 0;
    const char *end = strstr(after(page, from), to);
    ck_assert_ptr_nonnull(end);
    for (const char *at = after(page, from); (at = strstr(at, text)) && at < end; at++) n++;
    return n;
}

START_TEST(a_series_may_have_the_name_of_all)
{
    scratch_enter();
    backtest plain = run("calm", "season"), star = run("calm", "*");
    char *page = page_of(&plain), *other = page_of(&star);
    const size_t models = count(page, "<h2>Models</h2>", "<h2>Charts</h2>", "<tr>");
    ck_assert_uint_gt(models, 2);
    ck_assert_uint_eq(count(other, "<h2>Models</h2>", "<h2>Charts</h2>", "<tr>"), models);
    ck_assert_uint_eq(count(other, "<h2>Series</h2>", "</section>", "<bdi>*</bdi>"), 1);
    free(page);
    free(other);
    free_backtest(&plain);
    free_backtest(&star);
    scratch_leave();
}
END_TEST

START_TEST(ids_of_a_backtest_are_inert)
{
    scratch_enter();
    backtest plain = run("calm", "season"), hostile = run("<script>x</script>'&", "</td></table><img src=x onerror=x>");
    char *page = page_of(&plain), *other = page_of(&hostile);
    char *tags = reported_tags(page), *others = reported_tags(other);
    ck_assert_str_eq(tags, others);
    ck_assert_ptr_nonnull(strstr(other, "&lt;img src=x onerror=x&gt;"));
    free(tags);
    free(others);
    free(page);
    free(other);
    free_backtest(&plain);
    free_backtest(&hostile);
    scratch_leave();
}
END_TEST

START_TEST(a_terminal_shows_the_errors)
{
    backtest b = run("calm", "season");
    lc_status st = {0};
    static const size_t widths[] = {0, 40, 80, 200, 1000};
    char detail[80];
    snprintf(detail, sizeof detail, "2 series, %.0f windows of 4 steps\n",
             lc_result_real(b.table, lc_result_rows(b.table) - 1, lc_result_find(b.table, "windows")));
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        char *text = NULL;
        ck_assert_int_eq(lc_plot_backtest_text(&text, b.view, widths[i], false, &st), LC_OK);
        ck_assert_ptr_nonnull(strstr(text, "Backtest of"));
        ck_assert_ptr_nonnull(strstr(text, detail));
        ck_assert_ptr_nonnull(strstr(text, "MASE"));
        ck_assert_ptr_nonnull(strstr(text, "of the values lie inside their 80 % interval\n"));
        ck_assert_ptr_null(strchr(text, '\033'));
        free(text);
        ck_assert_int_eq(lc_plot_backtest_text(&text, b.view, widths[i], true, &st), LC_OK);
        ck_assert_ptr_nonnull(strchr(text, '\033'));
        free(text);
    }
    free_backtest(&b);
}
END_TEST

START_TEST(wrong_use_is_refused)
{
    scratch_enter();
    lc_status st = {0};
    backtest b = run("calm", "season");
    const char *const id = "a";
    lc_result *flags = reported_flags(&id, 1);
    const lc_report what = {.result = b.table}, other = {.result = flags}, nothing = {.result = NULL};
    ck_assert_int_eq(lc_report_write_backtest(NULL, b.view, NULL, "a.html", false, &st), LC_E_USAGE);
    ck_assert_int_eq(lc_report_write_backtest(&nothing, b.view, NULL, "a.html", false, &st), LC_E_USAGE);
    ck_assert_int_eq(lc_report_write_backtest(&other, b.view, NULL, "a.html", false, &st), LC_E_USAGE);
    ck_assert_int_eq(lc_report_write_backtest(&what, NULL, NULL, "a.html", false, &st), LC_E_USAGE);
    ck_assert_int_eq(lc_report_write_backtest(&what, b.view, NULL, NULL, false, NULL), LC_E_USAGE);
    char *text = NULL;
    ck_assert_int_eq(lc_plot_backtest_text(&text, NULL, 80, false, &st), LC_E_USAGE);
    ck_assert_int_eq(lc_plot_backtest_text(NULL, b.view, 80, false, &st), LC_E_USAGE);
    /* Without a verdict the page has none. */
    ck_assert_int_eq(lc_report_write_backtest(&what, b.view, NULL, "a.html", false, &st), LC_OK);
    ck_assert_int_eq(lc_report_write_backtest(&what, b.view, NULL, "a.html", false, &st), LC_E_IO);
    setenv("PATH", "/nowhere", 1);
    st = (lc_status){0}; /* the first failure is kept */
    ck_assert_int_eq(lc_report_write_backtest(&what, b.view, NULL, "a.html", true, &st), LC_E_TOOL);
    char *page = scratch_text("a.html");
    ck_assert_ptr_nonnull(
        strstr(page, "<h2>Charts</h2>\n<p class=\"note\">No charts: gnuplot, which draws the charts, was not found"));
    ck_assert_ptr_null(strstr(page, "<p class=\"warn\">"));
    ck_assert_ptr_nonnull(strstr(page, "</html>"));
    free(page);
    /* Of two failures the one that leaves no page is told. */
    st = (lc_status){0};
    ck_assert_int_eq(lc_report_write_backtest(&what, b.view, NULL, "a.html", false, &st), LC_E_IO);
    ck_assert_int_eq(st.code, LC_E_IO);
    lc_result_free(flags);
    free_backtest(&b);
    scratch_leave();
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("reports of backtests");
    TCase *c = tcase_create("page");
    tcase_add_test(c, a_page_of_a_backtest_says_what_its_table_says);
    tcase_add_test(c, a_series_may_have_the_name_of_all);
    tcase_add_test(c, ids_of_a_backtest_are_inert);
    tcase_add_test(c, a_terminal_shows_the_errors);
    tcase_add_test(c, wrong_use_is_refused);
    suite_add_tcase(s, c);
    return s;
}
