/* Reports: that they show what is in a result, and that nothing in it becomes a part of the page. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/html.h"
#include "report/result.h"
#include "unit/support/reported.h"
#include "unit/support/scratch.h"
#include "unit/support/unit.h"

static char *page_of(const lc_report *what)
{
    lc_status st = {0};
    ck_assert_msg(lc_report_write(what, "page.html", true, &st) == LC_OK, "%s", st.text);
    return scratch_text("page.html");
}

static const char *const payloads[] = {
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "</title><h1>owned</h1>",
    "\"><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "\" onmouseover=\"alert(1)",
    "--><!--<b>",
    "<!--",
    "]]><b>",
    "<![CDATA[<b>]]>",
    "<?xml version=\"1.0\"?><b/>",
    "javascript:alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;b&#62;",
    "&quot;&gt;<b>",
    "<b",
    "b>",
    "<iframe src=//evil></iframe>",
    "<meta http-equiv=refresh content=0;url=//evil>",
    "<base href=//evil>",
    "<link rel=stylesheet href=//evil>",
    "<form action=//evil><input>",
    "<a href=//evil>x</a>",
    "</bdi></a></td></tr></table>",
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)}",
    "`touch owned`",
    "$(touch owned)",
    "\"; system('touch owned'); \"",
    "' . `touch owned` . '",
    "@macro",
    "%s%n%d",
    "a\\nb\\\"c",
    "^{x}_{y}&{z}",
    "\n\nset output 'owned'\n",
    "!touch owned",
    "|touch owned",
    "<touch owned",
    "../../owned",
    "/etc/passwd",
    "\xe2\x80\xaetxt.exe",
    "\xff\xfe<\xc0\xaf",
    "\x1b]0;owned\x07",
    "=HYPERLINK(\"//evil\")",
};
enum { PAYLOADS = sizeof payloads / sizeof payloads[0] };

/* Every payload as id, stamp, statistic, column and file name gives a page of the same elements and attributes as a
 * harmless word, and leaves nothing behind but the page. */
START_TEST(payloads_are_inert)
{
    scratch_enter();
    const char *plain[PAYLOADS];
    static char words[PAYLOADS][8];
    for (size_t i = 0; i < PAYLOADS; i++) {
        snprintf(words[i], sizeof words[i], "id%zu", i);
        plain[i] = words[i];
    }
    lc_result *good = reported_flags(plain, PAYLOADS), *bad = reported_flags(payloads, PAYLOADS);
    lc_report what = {.result = good, .files = plain, .n_files = PAYLOADS, .charts = 3};
    char *calm = page_of(&what), *calm_tags = reported_tags(calm);
    what.result = bad;
    /* Each in turn is the first file, which stands in the title. */
    for (size_t first = 0; first < PAYLOADS; first += 5) {
        const char *turned[PAYLOADS];
        for (size_t i = 0; i < PAYLOADS; i++) turned[i] = payloads[(first + i) % PAYLOADS];
        what.files = turned;
        char *page = page_of(&what), *tags = reported_tags(page);
        ck_assert_msg(strcmp(tags, calm_tags) == 0, "%s", payloads[first]);
        ck_assert_ptr_null(strstr(page, "<script>alert"));
        ck_assert_ptr_null(strchr(page, '\x1b'));
        ck_assert_ptr_null(strstr(page, "\xe2\x80\xae"));
        free(page);
        free(tags);
    }
    ck_assert_uint_eq(scratch_files(), 1);
    lc_result_free(good);
    lc_result_free(bad);
    free(calm);
    free(calm_tags);
    scratch_leave();
}
END_TEST

/* The charts as well, where each payload is the name on an axis or beside a flag. */
START_TEST(payloads_in_charts_are_inert)
{
    scratch_enter();
    const char *plain[] = {"id"};
    for (size_t i = 0; i < PAYLOADS; i++) {
        lc_result *good = reported_flags(plain, 1), *bad = reported_flags(payloads + i, 1);
        lc_report what = {.result = good, .charts = 1};
        char *calm = page_of(&what), *calm_tags = reported_tags(calm);
        what.result = bad;
        char *page = page_of(&what), *tags = reported_tags(page);
        ck_assert_msg(strcmp(tags, calm_tags) == 0, "%s", payloads[i]);
        ck_assert_ptr_null(strstr(page, "\xe2\x80\xae"));
        ck_assert_ptr_null(strchr(page, '\x1b'));
        ck_assert_uint_eq(scratch_files(), 1);
        lc_result_free(good);
        lc_result_free(bad);
        free(calm);
        free(calm_tags);
        free(page);
        free(tags);
    }
    scratch_leave();
}
END_TEST

/* Errors without end: naive has none on a series that repeats itself. */
START_TEST(forecasts_of_perfect_repeats_have_a_page)
{
    static const lc_column columns[] = {{"unique_id", LC_COLUMN_TEXT, 0},
                                        {"ds", LC_COLUMN_TEXT, 0},
                                        {"forecast", LC_COLUMN_REAL, 0},
                                        {"forecast-lo-80", LC_COLUMN_REAL, 0},
                                        {"forecast-hi-80", LC_COLUMN_REAL, 0}};
    static const double against[][2] = {{INFINITY, INFINITY}, {.5, INFINITY}, {INFINITY, NAN}, {1.5, 2}, {NAN, NAN}};
    scratch_enter();
    for (size_t k = 0; k < sizeof against / sizeof against[0]; k++) {
        lc_result *r = NULL;
        ck_assert_int_eq(lc_result_create_with(&r, columns, 5, NULL), LC_OK);
        for (int i = 0; i < 3; i++) {
            lc_result_add_row(r, NULL);
            lc_result_set_text(r, 0, "a", NULL);
            lc_result_set_text(r, 1, i == 0 ? "1" : i == 1 ? "2" : "3", NULL);
            for (size_t c = 2; c < 5; c++) lc_result_set_real(r, c, i + (double)c);
        }
        const lc_model_info m = {
            .arch = "naive", .against_naive = against[k][0], .against_seasonal_naive = against[k][1]};
        const lc_report what = {.result = r, .model = &m, .charts = 1};
        char *page = page_of(&what);
        const bool warns = against[k][0] >= 1 || against[k][1] >= 1;
        ck_assert((strstr(page, "The naive forecast was better") != NULL) == warns);
        ck_assert_ptr_null(strstr(page, "nan"));
        free(page);
        lc_result_free(r);
    }
    scratch_leave();
}
END_TEST

START_TEST(the_most_unusual_comes_first)
{
    scratch_enter();
    static const char *const ids[] = {"first", "second", "third"};
    lc_result *r = reported_flags(ids, 3);
    lc_report what = {.result = r, .charts = 2};
    char *page = page_of(&what);
    /* Scores fall from id to id. */
    const char *first = strstr(page, "<bdi>first"), *second = strstr(page, "<bdi>second"),
               *third = strstr(page, "<bdi>third");
    ck_assert(first && second && third && first < second && second < third);
    ck_assert_ptr_nonnull(strstr(page, "href=\"#chart-2\"><bdi>second"));
    ck_assert_ptr_null(strstr(page, "href=\"#chart-3\""));
    ck_assert_ptr_nonnull(strstr(page, "The first 2 of 3 series of the table; --charts 3 draws them all."));
    ck_assert_ptr_nonnull(strstr(page, "Flagged rows"));
    free(page);
    lc_result_free(r);
    scratch_leave();
}
END_TEST

START_TEST(pages_are_the_same_bytes)
{
    scratch_enter();
    static const char *const ids[] = {"a", "b"};
    lc_result *r = reported_flags(ids, 2);
    lc_report what = {.result = r, .charts = 9};
    char *one = page_of(&what), *other = page_of(&what);
    ck_assert_str_eq(one, other);
    free(one);
    free(other);
    lc_result_free(r);
    scratch_leave();
}
END_TEST

START_TEST(without_gnuplot_the_page_is_written)
{
    scratch_enter();
    static const char *const ids[] = {"a"};
    lc_result *r = reported_flags(ids, 1);
    lc_report what = {.result = r, .charts = 1};
    lc_status st = {0};
    setenv("PATH", "/nowhere", 1);
    ck_assert_int_eq(lc_report_write(&what, "page.html", false, &st), LC_E_TOOL);
    ck_assert_ptr_nonnull(strstr(st.hint, "install gnuplot"));
    char *page = scratch_text("page.html");
    ck_assert_ptr_nonnull(strstr(page, "No charts: gnuplot, which draws the charts, was not found"));
    ck_assert_ptr_nonnull(strstr(page, "<bdi>a"));
    ck_assert_ptr_nonnull(strstr(page, "</html>"));
    free(page);
    what.charts = 0; /* nothing to draw */
    ck_assert_int_eq(lc_report_write(&what, "other.html", false, &st), LC_OK);
    ck_assert_int_eq(lc_report_write(&what, "other.html", false, &st), LC_E_IO);
    lc_result_free(r);
    scratch_leave();
}
END_TEST

START_TEST(the_ending_names_a_report)
{
    ck_assert(lc_report_is("a.html"));
    ck_assert(lc_report_is("x/a.b.HTML"));
    ck_assert(!lc_report_is("a.htm"));
    ck_assert(!lc_report_is("html"));
    ck_assert(!lc_report_is("a.html/b"));
    ck_assert(!lc_report_is(NULL));
}
END_TEST

START_TEST(wrong_use_is_refused)
{
    lc_status st = {0};
    lc_result *empty = lc_result_create();
    const lc_report nothing = {.result = NULL}, no_rows = {.result = empty};
    ck_assert_int_eq(lc_report_write(NULL, "a.html", false, &st), LC_E_USAGE);
    ck_assert_int_eq(lc_report_write(&nothing, "a.html", false, &st), LC_E_USAGE);
    ck_assert_int_eq(lc_report_write(&no_rows, "a.html", false, NULL), LC_E_USAGE);
    const lc_listing rows = {.n_columns = 0}, made = {.set = reported_row, .user = empty};
    const lc_report_files no_table = {.title = "t", .lead = "l"}, no_title = {.lead = "l", .table = &made},
                          no_rows_made = {.title = "t", .lead = "l", .table = &rows};
    ck_assert_int_eq(lc_report_write_files(&no_rows_made, "a.html", false, &st), LC_E_USAGE);
    ck_assert_int_eq(lc_report_write_files(NULL, "a.html", false, &st), LC_E_USAGE);
    ck_assert_int_eq(lc_report_write_files(&no_table, "a.html", false, &st), LC_E_USAGE);
    ck_assert_int_eq(lc_report_write_files(&no_title, "a.html", false, &st), LC_E_USAGE);
    lc_report_chart *chart = NULL;
    ck_assert_int_eq(lc_report_chart_create(&chart, "t", &no_rows, &st), LC_E_USAGE);
    ck_assert_int_eq(lc_report_chart_create(&chart, NULL, &no_rows, &st), LC_E_USAGE);
    ck_assert_int_eq(lc_report_chart_create(&chart, "t", &nothing, &st), LC_E_USAGE);
    ck_assert_ptr_null(chart);
    lc_report_chart_free(NULL);
    lc_result_free(empty);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("reports");
    TCase *c = tcase_create("report");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, payloads_are_inert);
    tcase_add_test(c, payloads_in_charts_are_inert);
    tcase_add_test(c, forecasts_of_perfect_repeats_have_a_page);
    tcase_add_test(c, the_most_unusual_comes_first);
    tcase_add_test(c, pages_are_the_same_bytes);
    tcase_add_test(c, without_gnuplot_the_page_is_written);
    tcase_add_test(c, the_ending_names_a_report);
    tcase_add_test(c, wrong_use_is_refused);
    suite_add_tcase(s, c);
    return s;
}
