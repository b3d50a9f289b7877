/* What is kept of a backtest: that the same curves are drawn from it, and that whatever else stands there is refused or
 * inert. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api_backtest.h"
#include "base/memory.h"
#include "unit/support/panel_text.h"
#include "unit/support/reported.h"
#include "unit/support/scratch.h"
#include "unit/support/unit.h"

/* Two series of 60 rows, of which the model repeats the last value. */
static lc_backtest_view *view_of(const char *settings)
{
    lc_buf text = {0};
    lc_buf_puts(&text, "unique_id,ds,y\n");
    for (int i = 0; i < 60; i++) lc_buf_printf(&text, "a,%d,%g\n", i, 10 + .1 * (i % 3) + .01 * i);
    for (int i = 0; i < 60; i++) lc_buf_printf(&text, "b,%d,%g\n", i, 10 * (i % 4) + .01 * (i % 5));
    lc_panel *p = panel_of(text.data, "season=4");
    lc_settings *s = panel_settings(settings);
    lc_backtest_view *view = NULL;
    lc_result *table = NULL;
    lc_status st = {0};
    ck_assert_msg(lc_evaluate(&table, NULL, p, s, &(lc_evaluate_files){.view = &view}, NULL, NULL, &st) == LC_OK, "%s",
                  st.text);
    lc_result_free(table);
    lc_settings_free(s);
    lc_panel_free(p);
    lc_buf_free(&text);
    return view;
}

static char *kept_of(const lc_backtest_view *v)
{
    char *text = NULL;
    lc_status st = {0};
    ck_assert_msg(lc_backtest_view_keep(&text, v, &st) == LC_OK, "%s", st.text);
    return text;
}

static void assert_close(double a, double b)
{
    ck_assert(isnan(a) == isnan(b));
    if (!isnan(a)) ck_assert_double_le(fabs(a - b), 1e-5 * fabs(a));
}

START_TEST(the_same_curves_come_back)
{
    lc_backtest_view *v = view_of("season=4;arch=naive;horizon=4;level=50,80");
    char *text = kept_of(v);
    lc_backtest_drawing *was = NULL, *is = NULL;
    lc_status st = {0};
    ck_assert_int_eq(lc_backtest_drawing_create(&was, v, &st), LC_OK);
    ck_assert_msg(lc_backtest_drawing_restore(&is, text, &st) == LC_OK, "%s", st.text);
    const lc_backtest_figure *a = &was->figure, *b = &is->figure;
    ck_assert_uint_eq(is->series, 2);
    ck_assert_uint_eq(is->windows, was->windows);
    ck_assert_str_eq(a->measure, b->measure);
    ck_assert_uint_eq(a->horizon, b->horizon);
    ck_assert_uint_gt(a->n_curves, 3);
    ck_assert_uint_eq(a->n_curves, b->n_curves);
    for (size_t i = 0; i < a->n_curves; i++) {
        ck_assert_int_eq(a->curve[i].curve, b->curve[i].curve);
        if (a->curve[i].curve != LC_CURVE_OTHER) ck_assert_str_eq(a->curve[i].name, b->curve[i].name);
        for (size_t h = 0; h < a->horizon; h++) assert_close(a->curve[i].error[h], b->curve[i].error[h]);
    }
    /* Of the levels those that were asked for. */
    ck_assert_uint_eq(b->n_levels, 2);
    for (size_t i = 0, k = 0; i < a->n_levels; i++) {
        if (!a->asked[i]) continue;
        ck_assert(b->asked[k]);
        ck_assert_double_eq(a->level[i], b->level[k]);
        assert_close(a->inside[i], b->inside[k]);
        k++;
    }
    lc_backtest_drawing_free(was);
    lc_backtest_drawing_free(is);
    free(text);
    lc_backtest_view_free(v);
}
END_TEST

/* A page over one file with a chart of what was kept. */
static char *page_of(const char *title, const char *text)
{
    static const lc_column columns[] = {{"file", LC_COLUMN_TEXT, 0}};
    lc_result *r = NULL;
    lc_report_chart *chart = NULL;
    lc_status st = {0};
    ck_assert_int_eq(lc_result_create_with(&r, columns, 1, NULL), LC_OK);
    ck_assert_int_eq(lc_result_add_row(r, NULL), LC_OK);
    lc_result_set_text(r, 0, title, NULL);
    ck_assert_msg(lc_report_chart_create_kept(&chart, title, text, NULL, &st) == LC_OK, "%s", st.text);
    const lc_report_chart *const charts[] = {chart};
    const lc_listing rows = {columns, 1, 1, reported_row, r};
    const lc_report_files what = {.title = "t", .lead = "l", .table = &rows, .chart = charts, .charts_note = "n"};
    ck_assert_msg(lc_report_write_files(&what, "page.html", true, &st) == LC_OK, "%s", st.text);
    lc_report_chart_free(chart);
    lc_result_free(r);
    return scratch_text("page.html");
}

static const char sound[] = "{\"series\":1,\"windows\":12345,\"scaled\":true,\"curves\":["
                            "{\"kind\":\"model\",\"name\":\"model (auto)\",\"error\":[0.5,null,0.75]},"
                            "{\"kind\":\"naive\",\"name\":\"naive\",\"error\":[1,1.5,2]},"
                            "{\"kind\":\"best\",\"name\":\"%s\",\"error\":[0.75,1.25,1.5]},"
                            "{\"kind\":\"other\",\"error\":[3,1e300,2]}],"
                            "\"intervals\":[{\"level\":80,\"inside\":76.4},{\"level\":95,\"inside\":null}]}";

static char *kept_with(const char *best)
{
    char *text = NULL;
    ck_assert_int_ge(asprintf(&text, sound, best), 0);
    return text;
}

START_TEST(a_page_draws_what_was_kept)
{
    scratch_enter();
    char *text = kept_with("ets, by 50 windows"), *page = page_of("in/a.csv", text);
    ck_assert_ptr_nonnull(
        strstr(page, "<figure id=\"chart-1\"><figcaption><b><bdi>in/a.csv</bdi></b> <span>best other baseline ets, by "
                     "50 windows; 80 % interval covers 76.4 %; 12,345 windows of 3 steps</span></figcaption>"));
    static const char *const entries[] = {"model", "naive", "best other baseline", "other baselines"};
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        char entry[64];
        snprintf(entry, sizeof entry, "</svg>%s</li>", entries[i]);
        ck_assert_msg(strstr(page, entry) != NULL, "no %s in the legend", entries[i]);
    }
    ck_assert_ptr_null(strstr(page, "seasonal-naive"));
    ck_assert_ptr_null(strstr(page, "history"));
    const char *drawn = strstr(page, "role=\"img\"");
    ck_assert_ptr_nonnull(drawn);
    ck_assert_ptr_nonnull(strstr(drawn, "MASE"));
    free(page);
    free(text);
    scratch_leave();
}
END_TEST

START_TEST(names_that_were_kept_are_inert)
{
    static const char *const names[] = {
        "</figure><script>x</script>", "`id`", "$(id)", "\\\"; !id; #", "@a {/:Bold x}", "\\n", "\\u001b[2J"};
    scratch_enter();
    char *text = kept_with("ets"), *page = page_of("a", text), *plain = reported_tags(page);
    free(page);
    free(text);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        text = kept_with(names[i]);
        page = page_of(names[i], text);
        char *tags = reported_tags(page);
        ck_assert_str_eq(plain, tags);
        free(tags);
        free(page);
        free(text);
    }
    free(plain);
    scratch_leave();
}
END_TEST

static lc_code restore(const char *text)
{
    lc_status st = {0};
    lc_report_chart *chart = (lc_report_chart *)&st; /* anything but NULL */
    const lc_code code = lc_report_chart_create_kept(&chart, "a", text, NULL, &st);
    ck_assert(code == LC_OK || (!chart && st.code == code));
    if (code == LC_OK) lc_report_chart_free(chart);
    return code;
}

#define KEPT(curves) "{\"series\":1,\"windows\":2,\"scaled\":false,\"curves\":" curves "}"
#define MODEL "{\"kind\":\"model\",\"name\":\"m\",\"error\":[1,2]}"

START_TEST(what_was_not_kept_is_refused)
{
    static const char *const broken[] = {"",
                                         "x",
                                         "[]",
                                         "{}",
                                         "{\"series\":1,\"windows\":2,\"scaled\":false}",
                                         "{\"series\":-1,\"windows\":2,\"curves\":[" MODEL "]}",
                                         "{\"series\":1,\"windows\":\"2\",\"curves\":[" MODEL "]}",
                                         KEPT("7"),
                                         KEPT("[]"),
                                         KEPT("[7]"),
                                         KEPT("[{\"kind\":\"model\",\"name\":\"m\",\"error\":[]}]"),
                                         KEPT("[{\"kind\":\"model\",\"name\":\"m\",\"error\":3}]"),
                                         KEPT("[{\"kind\":\"model\",\"error\":[1,2]}]"),
                                         KEPT("[{\"kind\":\"model\",\"name\":5,\"error\":[1,2]}]"),
                                         KEPT("[{\"name\":\"m\",\"error\":[1,2]}]"),
                                         KEPT("[{\"kind\":\"none\",\"name\":\"m\",\"error\":[1,2]}]"),
                                         KEPT("[" MODEL "," MODEL "]"),
                                         KEPT("[" MODEL ",{\"kind\":\"other\",\"error\":[1]}]"),
                                         KEPT("[" MODEL ",{\"kind\":\"other\",\"error\":[1,2,3]}]")};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        ck_assert_msg(restore(broken[i]) == LC_E_PARSE, "%s", broken[i]);
    ck_assert_int_eq(restore(KEPT("[" MODEL "]")), LC_OK);
    ck_assert_int_eq(restore(KEPT("[{\"kind\":\"other\",\"error\":[-1,\"x\"]}]")), LC_OK);
    char *text = kept_with("ets");
    for (size_t n = strlen(text); n-- > 0;) {
        char *cut = strndup(text, n);
        ck_assert_int_eq(restore(cut), LC_E_PARSE);
        free(cut);
    }
    free(text);
}
END_TEST

START_TEST(nothing_is_kept_of_nothing)
{
    char *text = NULL;
    lc_status st = {0};
    lc_report_chart *chart = NULL;
    lc_backtest_view *v = view_of("season=4;arch=naive;horizon=4");
    ck_assert_int_eq(lc_backtest_view_keep(NULL, v, &st), LC_E_USAGE);
    ck_assert_int_eq(lc_backtest_view_keep(&text, NULL, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_report_chart_create_kept(NULL, "a", sound, NULL, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_report_chart_create_kept(&chart, NULL, sound, NULL, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_report_chart_create_kept(&chart, "a", NULL, NULL, NULL), LC_E_USAGE);
    lc_backtest_view_free(v);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("kept backtests");
    TCase *c = tcase_create("kept");
    tcase_add_test(c, the_same_curves_come_back);
    tcase_add_test(c, a_page_draws_what_was_kept);
    tcase_add_test(c, names_that_were_kept_are_inert);
    tcase_add_test(c, what_was_not_kept_is_refused);
    tcase_add_test(c, nothing_is_kept_of_nothing);
    suite_add_tcase(s, c);
    return s;
}
