#include <string.h>

#include "base/memory.h"
#include "unit/support/panel_text.h"
#include "unit/support/unit.h"

START_TEST(cells_that_are_no_numbers_have_a_place)
{
    char text[2048] = "ds,open,close\n";
    for (int i = 1; i <= 40; i++) {
        char row[64];
        snprintf(row, sizeof row, "%d,1,%s\n", i, i == 16 ? "abc" : "2.5");
        strcat(text, row);
    }
    expect_panel_error(text, "", LC_E_PARSE, "f.csv:17:3: column \"close\": \"abc\" is not a number",
                       "--missing \"NA,NaN,nan,null,?,-,abc\"");
    lc_panel *p = panel_of(text, "missing=NA,abc");
    ck_assert_uint_eq(p->series[1].missing, 1);
    lc_panel_free(p);
    p = panel_of(text, "target=open");
    ck_assert_uint_eq(p->n_series, 1);
    lc_panel_free(p);
    expect_panel_error("ds,y\n1,\"1,5\"\n2,\"2,5\"\n", "", LC_E_PARSE,
                       "f.csv:2:2: column \"y\": \"1,5\" is not a number", "--decimal-comma");
    expect_panel_error(
        "ds;y\n1;2,500\n2;3,500\n", "", LC_E_PARSE,
        "f.csv:2:2: \"2,500\" may have a decimal comma or a mark between thousands, and no cell settles it",
        "--decimal-comma");
    expect_panel_error("ds;y;z\n1;2,5;1.5\n2;3,5;1.5\n", "", LC_E_PARSE,
                       "f.csv:2:2: column \"y\": \"2,5\" is not a number", "--decimal-comma");
    expect_panel_error("ds,y\n1,5\n2,-1e400\n3,6\n", "", LC_E_PARSE,
                       "f.csv:3:2: column \"y\": \"-1e400\" is out of range: numbers reach up to 1.8e308 either way",
                       "mend the cell");
    expect_panel_error("ds,y\n1,1e400\n2,6\n", "target=y", LC_E_PARSE,
                       "f.csv:2:2: column \"y\": \"1e400\" is out of range: numbers reach up to 1.8e308 either way",
                       "mend the cell");
    expect_panel_error("ds,y\n1,5\n2,1e400x\n3,6\n", "", LC_E_PARSE,
                       "f.csv:3:2: column \"y\": \"1e400x\" is not a number", "mend the cell");
    expect_panel_error("ds,y\n1,$5\n2,$6\n", "", LC_E_PARSE, "f.csv:2:2: column \"y\": \"$5\" is not a number",
                       "currency");
    expect_panel_error("ds,y\n1,5\n2,6\n3,7 %\n", "", LC_E_PARSE, "f.csv:4:2: column \"y\": \"7 %\" is not a number",
                       "percent");
    expect_panel_error("ds,y\n1,\"12,34.5\"\n2,6\n", "", LC_E_PARSE,
                       "f.csv:2:2: column \"y\": \"12,34.5\" is not a number", "thousands");
    expect_panel_error("ds,x,y\n1,u,5\n2,v,6\n", "target=x", LC_E_PARSE,
                       "f.csv:2:2: column \"x\": \"u\" is not a number", "");
    expect_panel_error("ds,x,y\n1,u,5\n2,v,6\n", "target=y;past=x", LC_E_PARSE,
                       "f.csv:2:2: column \"x\": \"u\" is not a number", "");
    expect_panel_error("ds,y\n1,inf\n2,3\n3,4\n", "", LC_E_PARSE, "f.csv:2:2: column \"y\": \"inf\" is not a number",
                       "");
}
END_TEST

/* Beyond the first thousand rows the file is no longer kept as text; the places must stay right. */
START_TEST(late_rows_are_checked_like_early_ones)
{
    lc_buf b = {0};
    lc_buf_puts(&b, "ds,y,empty\n");
    for (int i = 1; i <= 2500; i++) lc_buf_printf(&b, "%d,%d,\n", i, i);
    size_t sound = b.len;
    lc_panel *p = panel_of(b.data, "");
    ck_assert_uint_eq(p->n_rows, 2500);
    ck_assert_uint_eq(p->n_series, 1);
    ck_assert(lc_value(&p->series[0], 2499) == 2500);
    lc_panel_free(p);
    lc_buf_puts(&b, "2501,abc,\n");
    expect_panel_error(b.data, "", LC_E_PARSE, "f.csv:2502:2: column \"y\": \"abc\" is not a number", "--missing");
    b.len = sound;
    lc_buf_puts(&b, "x,1,\n");
    expect_panel_error(b.data, "", LC_E_PARSE, "f.csv:2502:1: column \"ds\": \"x\" is not a time stamp", "2500");
    b.len = sound;
    lc_buf_puts(&b, "2501,1\n");
    expect_panel_error(b.data, "", LC_E_PARSE, "f.csv:2502:2: the row has 2 cells, the header 3", "mend");
    b.len = sound;
    lc_buf_puts(&b, "2501,1,late\n");
    p = panel_of(b.data, "");
    ck_assert_uint_eq(p->n_series, 1);
    lc_panel_free(p);
    b.len = sound;
    lc_buf_puts(&b, "2501,1,7\n");
    p = panel_of(b.data, "");
    ck_assert_uint_eq(p->n_series, 2);
    ck_assert_uint_eq(p->series[1].missing, 2500);
    lc_panel_free(p);
    lc_buf_free(&b);
}
END_TEST

START_TEST(dates_are_settled_by_the_whole_column)
{
    lc_buf b = {0};
    lc_buf_puts(&b, "ds,y\n");
    for (int i = 0; i < 1500; i++) lc_buf_printf(&b, "%02d/01/%d,1\n", i % 12 + 1, 1800 + i / 12);
    lc_panel *p = NULL;
    expect_panel_error(b.data, "", LC_E_PARSE,
                       "f.csv:2:1: column \"ds\": 01/01/1800 may be month first or day first, and no row settles it",
                       "YYYY-MM-DD");
    lc_buf_puts(&b, "13/01/1925,1\n");
    p = panel_of(b.data, "freq=D;gaps=skip");
    char out[LC_STAMP_TEXT];
    ck_assert_int_eq(p->clock.style, LC_CLOCK_EU);
    ck_assert_str_eq(lc_clock_format(&p->clock, lc_panel_stamp(p, &p->frames[0], 1), out), "02/01/1800");
    lc_civil c = lc_civil_of(lc_panel_stamp(p, &p->frames[0], 1));
    ck_assert_int_eq(c.month, 1);
    ck_assert_int_eq(c.day, 2);
    lc_panel_free(p);
    lc_buf_free(&b);
    expect_panel_error("ds,y\n13/01/2020,1\n14/01/2020,2\n01/15/2020,3\n", "", LC_E_PARSE,
                       "f.csv:4:1: column \"ds\": \"01/15/2020\" is a day that does not exist", "day first");
}
END_TEST

START_TEST(stamps_have_places)
{
    expect_panel_error("ds,y\n2020-01-01,1\n2020-01-02,2\n2020-01-02,3\n", "", LC_E_DATA,
                       "f.csv:4:1: column \"ds\": 2020-01-02 stands twice, first on line 3", "--id");
    expect_panel_error("unique_id,ds,y\na,2020-01-01,1\na,2020-01-02,2\na,2020-01-01,3\n", "", LC_E_DATA,
                       "f.csv:4:2: column \"ds\": 2020-01-01 stands twice in series \"a\", first on line 2", "one row");
    expect_panel_error("ds,y\n2020-01-01,1\n2020-01-02,2\n,3\n", "", LC_E_PARSE,
                       "f.csv:4:1: column \"ds\": the time stamp is missing", "2020-01-02");
    expect_panel_error(
        "ds,y\n2020-01-01T00:00Z,1\n2020-01-01T01:00+01:00,2\n", "", LC_E_PARSE,
        "f.csv:3:1: column \"ds\": \"2020-01-01T01:00+01:00\" has a zone unlike those of the stamps above", "+01:00");
    expect_panel_error("ds,y\n2020-01-01,1\n2020-02-30,2\n", "", LC_E_PARSE,
                       "f.csv:3:1: column \"ds\": \"2020-02-30\" is a day that does not exist", "2020-01-01");
    expect_panel_error(
        "ds,y\n2020-01-01 00:00,1\n2020-01-01 01:00,2\n2020-01-01 02:00,2\n2020-01-01 03:27,3\n", "", LC_E_DATA,
        "f.csv:5:1: column \"ds\": 2020-01-01 03:27 is not on the grid of steps of h from 2020-01-01 00:00", "--freq");
    expect_panel_error(
        "ds,y\n1700-01-01 00:00:00,1\n1700-01-01 00:00:01,2\n2020-01-01 00:00:00,3\n", "", LC_E_DATA,
        "f.csv:4:1: column \"ds\": steps of s from 1700-01-01 00:00:00 to 2020-01-01 00:00:00 would be far more "
        "than the 3 rows of the series",
        "--freq");
    expect_panel_error("ds,y\n20200101,1\n20200102,2\n", "", LC_E_PARSE,
                       "f.csv:2:1: column \"ds\": 20200101 seems to be a date without separators, which is not read",
                       "--time-format");
    expect_panel_error("unique_id,ds,y\na,2020-01-01,1\nb,2020-01-01,2\n", "", LC_E_DATA,
                       "f.csv:2:2: column \"ds\": there are no two rows to tell the step between", "--freq");
    lc_panel *p = panel_of("unique_id,ds,y\na,2020-01-01,1\nb,2020-01-01,2\n", "freq=D");
    ck_assert_uint_eq(p->n_series, 2);
    lc_panel_free(p);
}
END_TEST

START_TEST(roles_can_be_named)
{
    static const char text[] = "ds,y,temp\n2020-01-01,1,7\n2020-01-02,2,\n2020-01-03,3,9\n";
    lc_panel *p = panel_of(text, "past=temp");
    ck_assert_uint_eq(p->n_series, 1);
    ck_assert_uint_eq(p->n_past, 1);
    ck_assert_str_eq(p->past[0], "temp");
    ck_assert(lc_number(p->frames[0].past[0], 1) == 8);
    lc_panel_free(p);
    expect_panel_error(text, "target=tmp", LC_E_USAGE, "f.csv:0:0: --target: there is no column \"tmp\"",
                       "did you mean \"temp\"? Columns: ds, y, temp");
    expect_panel_error(text, "time=when", LC_E_USAGE, "f.csv:0:0: --time: there is no column \"when\"",
                       "columns: ds, y, temp");
    expect_panel_error(text, "target=y;past=y", LC_E_USAGE,
                       "f.csv:0:0: column \"y\" is named by --target and by --past", "one role");
    expect_panel_error(text, "time=temp", LC_E_PARSE, "f.csv:3:3: column \"temp\": the time stamp is missing", "");
    expect_panel_error("ds,y\nfoo,1\nbar,2\n", "time=ds", LC_E_PARSE,
                       "f.csv:2:1: column \"ds\": \"foo\" is not a time stamp", "2024");
    expect_panel_error(text, "freq=fortnight", LC_E_USAGE, ":0:0: --freq: \"fortnight\" is not a frequency", "15min");
    expect_panel_error("y\n1\n2\n", "freq=h", LC_E_USAGE,
                       ":0:0: --freq h needs a column of time stamps; here rows are steps", "--season");
    expect_panel_error(text, "delimiter=x", LC_E_USAGE, ":0:0: --delimiter: \"x\" is no delimiter", "tab");
}
END_TEST

START_TEST(ragged_and_empty_files_are_refused)
{
    expect_panel_error("", "", LC_E_DATA, "f.csv:0:0: the file is empty", "");
    expect_panel_error("\n \n", "", LC_E_DATA, "f.csv:0:0: the file is empty", "");
    expect_panel_error("ds,y\n", "", LC_E_DATA, "f.csv:1:0: the file has a header and no rows", "");
    expect_panel_error("ds,y,z\n1,2,3\n2,3\n", "", LC_E_PARSE, "f.csv:3:2: the row has 2 cells, the header 3",
                       "delimiter");
    expect_panel_error("ds,y\n1,2\n2,3,4\n", "", LC_E_PARSE, "f.csv:3:3: the row has 3 cells, the header 2",
                       "delimiter");
    expect_panel_error("ds,a,a\n1,2,3\n", "", LC_E_PARSE, "f.csv:1:3: two columns are called \"a\"", "own name");
    expect_panel_error("ds,y\n1,NA\n2,\n", "target=y", LC_E_DATA, "f.csv:2:2: column \"y\" holds no number",
                       "--target");
    expect_panel_error("ds,y\n1,a\n2,b\n", "", LC_E_DATA, "f.csv:0:0: no column holds numbers to forecast",
                       "columns: ds, y");
    expect_panel_error("unique_id,ds,y\na,1,1\n,2,2\n", "", LC_E_PARSE,
                       "f.csv:3:1: column \"unique_id\": the id is missing", "id");
    expect_panel_error_n("ds,y\n1,2\n\0", 10, "", LC_E_PARSE, "f.csv:3:1: the cell holds a zero byte", "text");
    lc_panel *p = panel_of("ds,y,\n1,2,\n2,3,\n3,4\n4,5,,,\n", "");
    ck_assert_uint_eq(p->n_columns, 2);
    ck_assert_uint_eq(p->n_rows, 4);
    lc_panel_free(p);
}
END_TEST

/* Every prefix of a file either reads or fails cleanly: nothing crashes, nothing leaks. */
START_TEST(every_prefix_is_survived)
{
    static const char text[] = "\xef\xbb\xbfunique_id;ds;y;note\r\n\"a\";2020-01-01T00:00Z;1,5;\"x\"\"y\"\r\n\r\n"
                               "a;2020-01-02T00:00Z;;z\r\nb;2020-01-01T00:00Z;3;\r\nb;2020-01-09T00:00Z;4;\r\n";
    lc_settings *s = panel_settings("decimal-comma=true");
    for (size_t n = 0; n < sizeof text; n++) {
        lc_panel *p = NULL;
        lc_status st = {0};
        lc_code code = lc_panel_read_memory(&p, "f.csv", text, n, s, &st);
        ck_assert_int_eq(code, st.code);
        ck_assert((code == LC_OK) == (p != NULL));
        ck_assert(code == LC_OK || st.text[0]);
        if (n == sizeof text - 1) ck_assert_msg(code == LC_OK, "%s", st.text);
        lc_panel_free(p);
    }
    lc_settings_free(s);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("CSV files that are refused, with their places");
    TCase *c = tcase_create("panel errors");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, cells_that_are_no_numbers_have_a_place);
    tcase_add_test(c, late_rows_are_checked_like_early_ones);
    tcase_add_test(c, dates_are_settled_by_the_whole_column);
    tcase_add_test(c, stamps_have_places);
    tcase_add_test(c, roles_can_be_named);
    tcase_add_test(c, ragged_and_empty_files_are_refused);
    tcase_add_test(c, every_prefix_is_survived);
    suite_add_tcase(s, c);
    return s;
}
