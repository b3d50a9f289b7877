/* The page over many files. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "report/result.h"
#include "unit/support/reported.h"
#include "unit/support/scratch.h"
#include "unit/support/unit.h"

/* Events as lc_detect_events gives them, of a file that has `name` in every text; the second is more unusual. */
static lc_result *events_of(const char *name)
{
    static const lc_column columns[] = {{"file", LC_COLUMN_TEXT, 0},      {"unique_id", LC_COLUMN_TEXT, 0},
                                        {"start", LC_COLUMN_TEXT, 0},     {"rows", LC_COLUMN_INT, 0},
                                        {"peak", LC_COLUMN_TEXT, 0},      {"y", LC_COLUMN_REAL, 0},
                                        {"score", LC_COLUMN_REAL, 0},     {"p", LC_COLUMN_REAL, 0},
                                        {"statistic", LC_COLUMN_TEXT, 0}, {"column", LC_COLUMN_TEXT, 0}};
    lc_result *r = NULL;
    ck_assert_int_eq(lc_result_create_with(&r, columns, sizeof columns / sizeof columns[0], NULL), LC_OK);
    for (int i = 0; i < 3; i++) {
        lc_result_add_row(r, NULL);
        for (size_t c = 0; c < lc_result_columns(r); c++)
            if (lc_result_column_type(r, c) == LC_COLUMN_TEXT) lc_result_set_text(r, c, name, NULL);
        lc_result_set_int(r, 3, 4 + i);
        lc_result_set_real(r, 5, 2.5);
        lc_result_set_real(r, 6, .8);
        lc_result_set_real(r, 7, i == 1 ? 1e-9 : 1e-3);
    }
    return r;
}

/* A page over files with a name in every place that takes text; the second has a chart. */
static char *files_page(const char *name, const char *link)
{
    static const lc_column columns[] = {
        {"file", LC_COLUMN_TEXT, 0}, {"error", LC_COLUMN_TEXT, 0}, {"rows", LC_COLUMN_REAL, 15}};
    lc_result *r = NULL, *shown = reported_flags(&name, 1), *events = events_of(name);
    lc_report_chart *chart = NULL;
    lc_status st = {0};
    ck_assert_int_eq(lc_report_chart_create(&chart, name, &(lc_report){.result = shown}, &st), LC_OK);
    lc_result_free(shown);
    ck_assert_int_eq(lc_result_create_with(&r, columns, 3, NULL), LC_OK);
    for (int i = 0; i < 2; i++) {
        lc_result_add_row(r, NULL);
        lc_result_set_text(r, 0, name, NULL);
        lc_result_set_text(r, 1, name, NULL);
    }
    lc_result_set_real(r, 2, 1200);
    const lc_listing rows = {columns, 3, 2, reported_row, r};
    const char *const links[] = {NULL, link};
    const lc_report_chart *const charts[] = {NULL, chart};
    const lc_report_fact key[] = {{"files", name}};
    const lc_report_files what = {.title = name,
                                  .lead = name,
                                  .table = &rows,
                                  .link_column = 1,
                                  .link = links,
                                  .chart = charts,
                                  .charts_note = name,
                                  .events = events,
                                  .events_note = name,
                                  .key = key,
                                  .n_key = 1,
                                  .warning = &name,
                                  .n_warnings = 1};
    ck_assert_msg(lc_report_write_files(&what, "files.html", true, &st) == LC_OK, "%s", st.text);
    ck_assert_int_eq(lc_report_write_files(&what, "files.html", false, &st), LC_E_IO);
    lc_report_chart_free(chart);
    lc_result_free(events);
    lc_result_free(r);
    return scratch_text("files.html");
}

START_TEST(a_page_over_files_shows_results_charts_and_events)
{
    scratch_enter();
    char *page = files_page("in/a.csv", "a.csv");
    ck_assert_ptr_nonnull(strstr(page, "<h1>in/a.csv</h1>"));
    ck_assert_ptr_nonnull(strstr(page, "<p class=\"warn\">in/a.csv</p>"));
    ck_assert_ptr_nonnull(strstr(page, "<dt>files</dt><dd>in/a.csv</dd>"));
    ck_assert_ptr_nonnull(strstr(page, "<tr><td title=\"in/a.csv\"><bdi>in/a.csv</bdi></td>"));
    ck_assert_ptr_nonnull(strstr(page, "<tr><td title=\"in/a.csv\"><a href=\"#chart-1\"><bdi>in/a.csv</bdi></a></td>"));
    ck_assert_ptr_nonnull(strstr(page, "<a href=\"./a.csv\"><bdi>in/a.csv</bdi></a></td>"));
    ck_assert_ptr_nonnull(strstr(page, "data-v=\"1200\">1200</td>"));
    ck_assert_ptr_nonnull(strstr(page,
                                 "<figure id=\"chart-1\"><figcaption><b><bdi>in/a.csv</bdi></b> "
                                 "<span>flags 1; highest score 0.7; first flag in/a.csv; last flag in/a.csv</span>"));
    const char *events = strstr(page, "<h2>Events</h2>");
    ck_assert_ptr_nonnull(events);
    const char *most = strstr(events, "data-v=\"1e-09\""), *then = strstr(events, "data-v=\"0.001\"");
    ck_assert(most && then && most < then);
    char *plain = reported_tags(page);
    free(page);
    page = files_page("<script>x</script>\"'>&", "javascript:x()//\"><b>%\xff");
    ck_assert_ptr_nonnull(strstr(page, "href=\"./javascript%3Ax%28%29%2F%2F%22%3E%3Cb%3E%25%FF\""));
    char *hostile = reported_tags(page);
    ck_assert_str_eq(plain, hostile);
    free(page);
    free(plain);
    free(hostile);
    scratch_leave();
}
END_TEST

static lc_listing flag_rows(lc_result *r)
{
    static const lc_column columns[] = {{"unique_id", LC_COLUMN_TEXT, 0}, {"ds", LC_COLUMN_TEXT, 0}};
    return (lc_listing){columns, 2, lc_result_rows(r), reported_row, r};
}

START_TEST(a_page_over_files_is_written_without_gnuplot)
{
    scratch_enter();
    setenv("PATH", "/nowhere", 1);
    lc_status st = {0};
    const char *const id = "a";
    lc_result *r = reported_flags(&id, 1);
    lc_report_chart *chart = NULL;
    ck_assert_int_eq(lc_report_chart_create(&chart, "a.csv", &(lc_report){.result = r}, &st), LC_OK);
    const lc_report_chart *charts[REPORTED_ROWS] = {chart};
    const lc_listing rows = flag_rows(r);
    const lc_report_files what = {
        .title = "t", .lead = "l", .table = &rows, .chart = charts, .charts_note = "All of them."};
    ck_assert_int_eq(lc_report_write_files(&what, "files.html", false, &st), LC_E_TOOL);
    ck_assert_ptr_nonnull(strstr(st.hint, "install gnuplot"));
    char *page = scratch_text("files.html");
    ck_assert_ptr_nonnull(strstr(page, "No charts: gnuplot, which draws the charts, was not found"));
    ck_assert_ptr_null(strstr(page, "All of them."));
    ck_assert_ptr_null(strstr(page, "href=\"#chart"));
    ck_assert_ptr_nonnull(strstr(page, "</html>"));
    free(page);
    /* Of two failures the one that leaves no page is told. */
    st = (lc_status){0};
    ck_assert_int_eq(lc_report_write_files(&what, "files.html", false, &st), LC_E_IO);
    ck_assert_int_eq(st.code, LC_E_IO);
    ck_assert_ptr_nonnull(strstr(st.text, "exists"));
    lc_report_chart_free(chart);
    lc_result_free(r);
    scratch_leave();
}
END_TEST

/* A gnuplot that gives up within the second of three charts: the page, begun with charts, is written without. */
START_TEST(a_page_over_files_has_all_charts_or_none)
{
    static const char broken[] = "#!/bin/sh\n"
                                 "echo '<?xml version=\"1.0\"?><svg><g/></svg>'\n"
                                 "echo '<?xml version=\"1.0\"?><svg><g>'\n";
    scratch_enter();
    char path[600];
    snprintf(path, sizeof path, "%s:%s", scratch_folder(), scratch_path());
    setenv("PATH", path, 1);
    setenv("TMPDIR", scratch_folder(), 1);
    ck_assert_int_eq(lc_file_write("gnuplot", broken, strlen(broken), false, NULL), LC_OK);
    ck_assert_int_eq(chmod("gnuplot", 0700), 0);
    lc_status st = {0};
    const char *const id = "a";
    lc_result *r = reported_flags(&id, 1);
    lc_report_chart *chart = NULL;
    ck_assert_int_eq(lc_report_chart_create(&chart, "a.csv", &(lc_report){.result = r}, &st), LC_OK);
    const lc_report_chart *charts[REPORTED_ROWS] = {chart, chart, chart};
    const lc_listing rows = flag_rows(r);
    const lc_report_files what = {
        .title = "t", .lead = "l", .table = &rows, .chart = charts, .charts_note = "All of them."};
    ck_assert_int_eq(lc_report_write_files(&what, "files.html", false, &st), LC_E_TOOL);
    ck_assert_str_eq(st.text, "gnuplot drew 1 of 3 charts");
    char *page = scratch_text("files.html");
    ck_assert_ptr_nonnull(strstr(page, "No charts: gnuplot drew 1 of 3 charts."));
    ck_assert_ptr_null(strstr(page, "<figure"));
    ck_assert_ptr_nonnull(strstr(page, "</html>"));
    ck_assert_uint_eq(scratch_files(), 2); /* and nothing else */
    free(page);
    lc_report_chart_free(chart);
    lc_result_free(r);
    unsetenv("TMPDIR");
    scratch_leave();
}
END_TEST

/* Rows of which the last cannot be made. */
static lc_code failing_row(void *user, size_t i, lc_result *row, lc_status *st)
{
    (void)user;
    lc_result_set_text(row, 0, "a", NULL);
    if (i < 2) return LC_OK;
    *st = (lc_status){.code = LC_E_IO, .text = "gone"};
    return LC_E_IO;
}

START_TEST(a_page_whose_rows_fail_is_none)
{
    static const lc_column column = {"file", LC_COLUMN_TEXT, 0};
    scratch_enter();
    lc_status st = {0};
    const lc_listing rows = {&column, 1, 3, failing_row, NULL};
    const lc_report_files what = {.title = "t", .lead = "l", .table = &rows};
    ck_assert_int_eq(lc_report_write_files(&what, "files.html", false, &st), LC_E_IO);
    ck_assert_str_eq(st.text, "gone");
    ck_assert_uint_eq(scratch_files(), 0);
    scratch_leave();
}
END_TEST

/* The note of the events of a page with so many of them; all: there are, 0: as many. */
static void note_of_events(char out[200], size_t n, size_t all)
{
    static const lc_column columns[] = {{"file", LC_COLUMN_TEXT, 0}, {"p", LC_COLUMN_REAL, 0}};
    lc_status st = {0};
    const char *const id = "a";
    lc_result *r = reported_flags(&id, 1), *events = NULL;
    ck_assert_int_eq(lc_result_create_with(&events, columns, 2, NULL), LC_OK);
    for (size_t i = 0; i < n; i++) {
        lc_result_add_row(events, NULL);
        lc_result_set_text(events, 0, id, NULL);
        lc_result_set_real(events, 1, .001 * (double)i);
    }
    const lc_listing rows = flag_rows(r);
    const lc_report_files what = {
        .title = "t", .lead = "l", .table = &rows, .events = events, .n_events = all, .events_note = "More."};
    ck_assert_msg(lc_report_write_files(&what, "files.html", true, &st) == LC_OK, "%s", st.text);
    char *page = scratch_text("files.html");
    const char *at = strstr(page, "<h2>Events</h2>");
    ck_assert_ptr_nonnull(at);
    snprintf(out, 200, "%.*s", (int)strcspn(at + 16, "\n"), at + 16);
    free(page);
    lc_result_free(events);
    lc_result_free(r);
}

START_TEST(a_page_says_how_many_events_it_leaves_out)
{
    char note[200];
    scratch_enter();
    note_of_events(note, 0, 0);
    ck_assert_str_eq(note, "<p class=\"note\">None.</p>");
    note_of_events(note, 1000, 0);
    ck_assert_str_eq(note, "<p class=\"note\">The most unusual first. More.</p>");
    note_of_events(note, 1001, 0);
    ck_assert_str_eq(note, "<p class=\"note\">The 1000 most unusual of 1001. More.</p>");
    note_of_events(note, 1000, 2345);
    ck_assert_str_eq(note, "<p class=\"note\">The 1000 most unusual of 2345. More.</p>");
    scratch_leave();
}
END_TEST

START_TEST(the_worst_events_come_first)
{
    lc_status st = {0};
    lc_result *all = events_of("a"), *worst = NULL;
    ck_assert_int_eq(lc_events_worst(&worst, all, 2, &st), LC_OK);
    ck_assert_uint_eq(lc_result_rows(worst), 2);
    ck_assert_uint_eq(lc_result_columns(worst), lc_result_columns(all));
    const size_t rows = lc_result_find(worst, "rows");
    ck_assert_double_eq(lc_result_real(worst, 0, rows), 5);
    ck_assert_double_eq(lc_result_real(worst, 1, rows), 4);
    ck_assert_double_eq(lc_result_real(worst, 0, lc_result_find(worst, "p")), 1e-9);
    ck_assert_str_eq(lc_result_text(worst, 1, 0), "a");
    lc_result_free(worst);
    lc_result_free(all);
    ck_assert_int_eq(lc_events_worst(&worst, NULL, 2, &st), LC_E_USAGE);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("reports of files");
    TCase *c = tcase_create("page");
    tcase_add_test(c, a_page_over_files_shows_results_charts_and_events);
    tcase_add_test(c, a_page_over_files_is_written_without_gnuplot);
    tcase_add_test(c, a_page_over_files_has_all_charts_or_none);
    tcase_add_test(c, a_page_whose_rows_fail_is_none);
    tcase_add_test(c, a_page_says_how_many_events_it_leaves_out);
    tcase_add_test(c, the_worst_events_come_first);
    suite_add_tcase(s, c);
    return s;
}
