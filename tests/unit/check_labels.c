#include <stdlib.h>
#include <string.h>

#include "anomaly/labels.h"
#include "unit/support/panel_text.h"
#include "unit/support/scratch.h"
#include "unit/support/unit.h"

static const char hours[] = "ds,a\n2024-01-01 00:00,1\n2024-01-01 01:00,2\n2024-01-01 02:00,3\n2024-01-01 03:00,4\n"
                            "2024-01-01 04:00,5\n2024-01-01 05:00,6\n";

static void put(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

/* Reads the labels that a file of this text holds (NULL: what the options name). */
static lc_code read_labels(lc_labels **out, const lc_panel *p, const char *text, const char *options, lc_status *st)
{
    lc_settings *s = panel_settings(options);
    if (text) {
        put("labels", text);
        ck_assert_int_eq(lc_settings_set(s, "labels", "labels", NULL), LC_OK);
    }
    const lc_code code = lc_labels_read(out, p, s, st);
    lc_settings_free(s);
    return code;
}

/* A digit for every row. */
static void expect_rows(const lc_labels *l, size_t target, const char *want)
{
    char got[64] = "";
    for (size_t i = 0; i < l->n_rows; i++) got[i] = (char)('0' + lc_labels_of(l, target)[i]);
    ck_assert_str_eq(got, want);
}

static void expect_labels(const char *data, const char *text, const char *options, const char *want)
{
    lc_labels *l = NULL;
    lc_status st = {0};
    lc_panel *p = panel_of(data, options);
    ck_assert_msg(read_labels(&l, p, text, options, &st) == LC_OK, "%s:%zu: %s", st.file, st.line, st.text);
    expect_rows(l, 0, want);
    lc_labels_free(l);
    lc_panel_free(p);
}

static void expect_error(const char *data, const char *text, const char *options, lc_code code, const char *want)
{
    lc_labels *l = NULL;
    lc_status st = {0};
    char got[900];
    lc_panel *p = panel_of(data, options);
    ck_assert_int_eq(read_labels(&l, p, text, options, &st), code);
    ck_assert_ptr_null(l);
    snprintf(got, sizeof got, "%s:%zu:%zu: %s", st.file, st.line, st.column, st.text);
    ck_assert_msg(strstr(got, want) != NULL, "\"%s\" lacks \"%s\"", got, want);
    ck_assert_msg(*st.hint, "no hint: %s", got);
    lc_panel_free(p);
}

/* ---- a column of the data ---- */

START_TEST(a_column_of_the_data_is_no_series)
{
    const char *data = "ds,label,a\n1,0,5\n2,1,6\n3,,7\n4,1.0,8\n";
    lc_panel *p = panel_of(data, "labels=label");
    ck_assert_uint_eq(p->n_series, 1);
    ck_assert_str_eq(p->series[0].id, "a");
    ck_assert_uint_eq(p->n_past, 0);
    lc_panel_free(p);
    expect_labels(data, NULL, "labels=label", "0101");
    /* Also where other columns have roles, and rows are left out or sorted. */
    expect_labels("ds,label,a,b\n1,0,5,1\n2,1,,2\n3,1,7,3\n", NULL, "labels=label;past=b;gaps=skip", "011");
    expect_labels("ds,label,a\n3,0,5\n2,1,6\n1,1,7\n", NULL, "labels=label", "011");
    /* Without the setting it is a column like others, and a name of no column is one of a file. */
    p = panel_of(data, "");
    ck_assert_uint_eq(p->n_series, 2);
    ck_assert_ptr_null(p->label);
    lc_panel_free(p);
}
END_TEST

START_TEST(a_column_that_holds_no_labels_is_refused)
{
    expect_panel_error("ds,label,a\n1,0,5\n2,2,6\n", "labels=label", LC_E_DATA,
                       "f.csv:3:2: column \"label\": 2 is no label", "write 1");
    expect_panel_error("ds,label,a\n1,0,5\n2,0.5,6\n", "labels=label", LC_E_DATA,
                       "f.csv:3:2: column \"label\": 0.5 is no label", "write 1");
    expect_panel_error("ds,label,a\n1,,5\n2,,6\n", "labels=label", LC_E_DATA,
                       "f.csv:2:2: column \"label\" holds no number", "--labels");
    expect_panel_error("ds,label\n1,0\n2,1\n", "labels=label", LC_E_USAGE,
                       "f.csv:0:0: --labels leaves no column of numbers to forecast", "--target");
    expect_panel_error("ds,label,a\n1,0,5\n2,1,6\n", "labels=label;target=label", LC_E_USAGE,
                       "f.csv:0:0: column \"label\" is named by --target and by --labels", "one role");
    expect_error(hours, NULL, "labels=no-such", LC_E_USAGE, "the data have no column \"no-such\"");
    expect_error(hours, NULL, "labels=-", LC_E_USAGE, "names no file");
}
END_TEST

/* ---- windows ---- */

START_TEST(windows_are_events_of_the_file_that_they_name)
{
    const char *one =
        "{\"f.csv\": [[\"2024-01-01 01:00\", \"2024-01-01 02:00\"], [\"2024-01-01 03:00\", \"2024-01-01 03:30\"]]}";
    expect_labels(hours, one, "", "021200"); /* the two touch */
    expect_labels(hours, "{\"other.csv\": [], \"dir/f.csv\": [\"2024-01-01T05:00:00.000000\"]}", "", "000002");
    expect_labels(hours, "[[\"2024-01-01\", \"2024-01-01 01:59\"]]", "", "210000");
    expect_labels(hours, " \n []", "", "000000");
    /* Overlapping, in any order, and with one beginning. */
    expect_labels(hours, "[[\"2024-01-01 02:00\",\"2024-01-01 05:00\"],[\"2024-01-01 00:00\",\"2024-01-01 03:00\"]]",
                  "", "212111");
    expect_labels(hours, "[[\"2024-01-01 02:00\",\"2024-01-01 03:00\"],[\"2024-01-01 02:00\",\"2024-01-01 05:00\"]]",
                  "", "002111");
}
END_TEST

START_TEST(windows_hold_for_every_series_of_a_file)
{
    const char *data = "unique_id,ds,y,z\nu,1,5,0\nv,1,5,0\nu,2,6,0\nv,2,6,0\nv,3,6,0\n";
    lc_labels *l = NULL;
    lc_panel *p = panel_of(data, "");
    ck_assert_int_eq(read_labels(&l, p, "{\"f.csv\": [[2, 3]]}", "", NULL), LC_OK);
    expect_rows(l, 0, "00221");
    expect_rows(l, 1, "00221");
    lc_labels_free(l);
    lc_panel_free(p);
}
END_TEST

START_TEST(rows_without_stamps_have_numbers)
{
    expect_labels("a,b\n1,5\n2,5\n3,5\n4,5\n", "[[2, 3]]", "target=a", "0210");
    expect_error("a\n1\n2\n3\n4.5\n", "[[\"2024-01-01\", 3]]", "target=a", LC_E_PARSE, "is not the number of a row");
}
END_TEST

START_TEST(zones_are_compared_by_the_clock_where_only_one_side_has_them)
{
    const char *zoned = "ds,a\n2024-01-01T00:00+02:00,1\n2024-01-01T01:00+02:00,2\n2024-01-01T02:00+02:00,3\n";
    expect_labels(zoned, "[[\"2024-01-01 01:00\", \"2024-01-01 01:30\"]]", "", "020");
    expect_labels(zoned, "[[\"2023-12-31T23:00+00:00\", \"2023-12-31T23:30Z\"]]", "", "020");
    expect_labels(hours, "[\"2024-01-01T02:00+02:00\"]", "", "002000");
    expect_labels(zoned, "ds,label\n2024-01-01 01:00,1\n2024-01-01 02:00,0\n", "", "010");
}
END_TEST

START_TEST(windows_that_hold_no_row_are_told)
{
    lc_labels *l = NULL;
    lc_panel *p = panel_of(hours, "");
    ck_assert_int_eq(read_labels(&l, p, "[[\"2024-02-01\", \"2024-02-02\"], \"2024-01-01\"]", "", NULL), LC_OK);
    ck_assert_uint_eq(lc_labels_notice_count(l), 1);
    ck_assert_str_eq(lc_labels_notice(l, 0), "1 of 2 labelled windows holds no row of the data and does not count");
    ck_assert_str_eq(lc_labels_notice(l, 1), "");
    lc_labels_free(l);
    ck_assert_int_eq(read_labels(&l, p, "[]", "", NULL), LC_OK);
    ck_assert_ptr_nonnull(strstr(lc_labels_notice(l, 0), "no row is labelled"));
    lc_labels_free(l);
    lc_panel_free(p);
}
END_TEST

START_TEST(windows_that_cannot_be_read_are_refused_with_their_place)
{
    static const struct {
        const char *text, *want;
        lc_code code;
    } bad[] = {
        {"{\"f.csv\": [", "labels:1:", LC_E_PARSE},
        {"{\"f.csv\": [], \"f.csv\": []}", "no JSON: duplicate object key", LC_E_PARSE},
        {"{\"g.csv\": []}", "no entry is about f.csv", LC_E_DATA},
        {"{\"xf.csv\": []}", "no entry is about f.csv", LC_E_DATA},
        {"{}", "no entry is about f.csv", LC_E_DATA},
        {"{\"a/f.csv\": [], \"b/f.csv\": []}", "may both be about f.csv", LC_E_DATA},
        {"{\"f.csv\": {}}", "labels:1:3: \"f.csv\" is no list of windows", LC_E_PARSE},
        {"{\n \"f.csv\": [[\"2024-01-01\", \"2024-01-02\", 3]]}", "labels:2:3: window 1 of \"f.csv\" does not have two",
         LC_E_PARSE},
        {"[[\"2024-01-02\", \"2024-01-01\"]]", "window 1 ends before it begins", LC_E_PARSE},
        {"[[\"2024-01-01\", null]]", "window 1 is neither a text nor a whole number", LC_E_PARSE},
        {"[\"2024-01-01\", [\n\"2024-01-01\", \"soon\"]]", "labels:2:16: \"soon\" is not a time stamp", LC_E_PARSE},
        {"[\"2024-02-30\"]", "labels:1:3: \"2024-02-30\" is not a time stamp", LC_E_PARSE},
        {"[\"02/03/2024\"]", "may be month first or day first", LC_E_PARSE},
        {"[17]", "is not a stamp like those of the data", LC_E_PARSE},
        {"[\"a\\u0000b\"]", "labels:1:", LC_E_PARSE},
        {"[[[[[[[[[[]]]]]]]]]]", "too much JSON", LC_E_PARSE},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_error(hours, bad[i].text, "", bad[i].code, bad[i].want);
}
END_TEST

/* ---- windows in CSV ---- */

START_TEST(windows_of_a_table_are_those_of_json)
{
    expect_labels(hours,
                  "file,from,to,event\nf.csv,2024-01-01 01:00,2024-01-01 02:00,\"low, then high\"\n"
                  "other.csv,long ago,never,\nf.csv,2024-01-01 03:00,2024-01-01 03:30,\n",
                  "", "021200");
    expect_labels(hours, "file,from,to\nf.csv,2024-01-01 01:00,2024-01-01 02:00\nf.csv,2024-01-01 03:00,\n", "",
                  "021200");
    expect_labels(hours, "\xef\xbb\xbf\"File\";\"From\";\"To\"\r\nf.csv.gz;2024-01-01T05:00:00Z;\r\n", "", "000002");
    expect_labels(hours, "file\tfrom\tto\nf.csv\t\t\n", "", "000000");
    expect_labels("a,b\n1,5\n2,5\n3,5\n4,5\n", "file,from,to\nf.csv,2,3\n", "target=a", "0210");
    lc_labels *l = NULL;
    lc_panel *p = panel_of(hours, "");
    const char *away = "file,from,to\nf.csv,2024-02-01,2024-02-02\nf.csv,2024-01-01,\n";
    ck_assert_int_eq(read_labels(&l, p, away, "", NULL), LC_OK);
    ck_assert_str_eq(lc_labels_notice(l, 0), "1 of 2 labelled windows holds no row of the data and does not count");
    lc_labels_free(l);
    lc_panel_free(p);
}
END_TEST

START_TEST(tables_of_windows_that_cannot_be_read_are_refused_with_their_place)
{
    static const struct {
        const char *rows, *want;
        lc_code code;
    } bad[] = {
        {"", "no entry is about f.csv", LC_E_DATA},
        {"g.csv,2024-01-01,2024-01-02\n", "no entry is about f.csv", LC_E_DATA},
        {"a/f.csv,2024-01-01,\nb/f.csv,2024-01-01,\n", "\"a/f.csv\" and \"b/f.csv\" may both be about f.csv",
         LC_E_DATA},
        {"f.csv,2024-01-01\n", "labels:2:0: the row has 2 cells, and the header 3", LC_E_PARSE},
        {"f.csv,2024-01-01,,\n", "labels:2:0: the row has 4 cells, and the header 3", LC_E_PARSE},
        {",2024-01-01,2024-01-02\n", "labels:2:1: column \"file\": the cell is empty", LC_E_PARSE},
        {"f.csv,,2024-01-02\n", "labels:2:2: column \"from\": the cell is empty", LC_E_PARSE},
        {"\nf.csv,2024-01-02,2024-01-01\n", "labels:3:3: the window ends before it begins", LC_E_PARSE},
        {"f.csv,soon,2024-01-01\n", "labels:2:2: column \"from\": \"soon\" is not a time stamp", LC_E_PARSE},
        {"f.csv,2024-01-01,\"a\x1b[31m\n\"\n", "labels:2:3: column \"to\": \"a?[31m?\" is not a time stamp",
         LC_E_PARSE},
        {"f.csv,02/03/2024,2024-04-01\n", "labels:2:2: column \"from\": \"02/03/2024\" may be month first", LC_E_PARSE},
        {"f.csv,17,18\n", "is not a stamp like those of the data", LC_E_PARSE},
        {"f.csv,\"2024-01-01,2024-01-02\n", "labels:2:", LC_E_PARSE},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[200];
        snprintf(text, sizeof text, "file,from,to\n%s", bad[i].rows);
        expect_error(hours, text, "", bad[i].code, bad[i].want);
    }
    expect_error("a\n1\n2\n3\n4.5\n", "file,from,to\nf.csv,2024-01-01,\n", "target=a", LC_E_PARSE,
                 "labels:2:2: column \"from\": \"2024-01-01\" is not the number of a row");
}
END_TEST

START_TEST(a_table_of_too_many_windows_is_refused)
{
    enum { ROWS = 700000 };
    static const char row[] = "f.csv,2024-01-01,2024-01-02\n";
    char *text = malloc(sizeof "file,from,to\n" + ROWS * (sizeof row - 1)), *at = text;
    ck_assert_ptr_nonnull(text);
    at += sprintf(at, "file,from,to\n");
    for (size_t i = 0; i < ROWS; i++, at += sizeof row - 1) memcpy(at, row, sizeof row);
    expect_error(hours, text, "", LC_E_DATA, "labels of more than 16 MB");
    free(text);
}
END_TEST

/* ---- CSV ---- */

START_TEST(rows_of_a_file_belong_together_by_stamp)
{
    expect_labels(hours, "timestamp,is_anomaly\n2024-01-01 03:00:00,1\n2024-01-01 01:00:00,1\n", "", "010100");
    expect_labels(hours, "ds,value,Label\n2024-01-01 03:00,7,1\n2024-01-01 02:00,8,0\n", "", "000100");
    expect_labels(hours, "ds;x;y\n2024-01-01 03:00;7;1\n2024-01-01 02:00;8;0\n", "", "000100"); /* the one of 0 and 1 */
    /* Rows that are gathered to steps have the labels of all of them. */
    expect_labels(hours, "ds,label\n2024-01-01 01:20,0\n2024-01-01 01:40,1\n2024-01-01 05:00,0\n",
                  "freq=h;aggregate=mean", "010000");
    /* Labels of rows that are not there. */
    lc_labels *l = NULL;
    lc_panel *p = panel_of(hours, "");
    ck_assert_int_eq(read_labels(&l, p, "ds,label\n2024-01-01 01:00,1\n2025-01-01 01:00,1\n", "", NULL), LC_OK);
    expect_rows(l, 0, "010000");
    ck_assert_str_eq(lc_labels_notice(l, 0), "1 of 2 labelled rows are not in the data and do not count");
    lc_labels_free(l);
    lc_panel_free(p);
}
END_TEST

START_TEST(rows_without_stamps_belong_together_as_they_stand)
{
    expect_labels(hours, "0\n0\n1\n1\n0\n0\n", "", "001100");
    expect_labels(hours, "label\n0\n0\n1\n1\n0\n0\n", "", "001100");
    expect_labels(hours, ",label\n0,0\n1,0\n2,1\n3,1\n4,0\n5,0\n", "", "001100"); /* as data frames write them */
    expect_error(hours, "label\n0\n1\n", "", LC_E_DATA, "labels for 2 rows, and the data have 6");
    const char *data = "unique_id,ds,y\nu,1,5\nv,1,5\nu,2,6\nv,2,6\nv,3,6\n";
    expect_labels(data, "unique_id,label\nv,0\nv,1\nv,1\nu,1\nu,0\n", "", "10011");
    expect_error(data, "unique_id,label\nv,0\nv,1\nu,1\nu,0\n", "", LC_E_DATA,
                 "labels for 2 rows of series \"v\", and the data have 3");
    expect_error(data, "unique_id,label\nv,0\nv,1\nv,1\nv,0\n", "", LC_E_DATA, "labels for 4 rows of series \"v\"");
}
END_TEST

START_TEST(ids_are_those_of_the_data_or_of_results)
{
    const char *data = "shop,ds,y,z\nu,1,5,0\nv,1,5,0\nu,2,6,0\nv,2,6,0\n";
    lc_labels *l = NULL;
    lc_panel *p = panel_of(data, "id=shop");
    ck_assert_int_eq(read_labels(&l, p, "shop,ds,label\nv,2,1\nu:z,1,1\nw,1,1\n", "", NULL), LC_OK);
    expect_rows(l, 0, "0001");
    expect_rows(l, 1, "1001");
    ck_assert_uint_eq(lc_labels_notice_count(l), 2);
    ck_assert_str_eq(lc_labels_notice(l, 0), "labels of 1 ids that the data do not have are left out");
    lc_labels_free(l);
    lc_panel_free(p);
    /* Columns of a wide file. */
    p = panel_of("ds,a,b\n1,5,0\n2,6,0\n3,7,0\n", "");
    ck_assert_int_eq(read_labels(&l, p, "unique_id,ds,label\nb,2,1\na,3,1\n", "", NULL), LC_OK);
    expect_rows(l, 0, "001");
    expect_rows(l, 1, "010");
    lc_labels_free(l);
    lc_panel_free(p);
    expect_error(data, "ds,label\n1,1\n2,0\n", "id=shop", LC_E_DATA, "stamps without ids");
}
END_TEST

START_TEST(files_that_hold_no_labels_are_refused_with_their_place)
{
    expect_error(hours, "ds,label\n2024-01-01 03:00,yes\n", "", LC_E_DATA, "no column holds labels of 0 and 1");
    expect_error(hours, "ds,label\n2024-01-01 03:00,3\n", "", LC_E_DATA, "labels:2:2: column \"label\": 3 is no label");
    expect_error(hours, "ds,label\n2024-01-01 03:00,1\n2024-01-01 04:00,x\n", "", LC_E_PARSE, "labels:3:2: column");
    expect_error(hours, "ds,x,y\n2024-01-01 03:00,1,0\n", "", LC_E_DATA, "which column holds the labels?");
    expect_error(hours, "ds,label\n2034-01-01 03:00,1\n", "", LC_E_DATA, "no row has the stamp");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("labels");
    TCase *c = tcase_create("labels");
    tcase_add_checked_fixture(c, scratch_enter, scratch_leave);
    tcase_add_test(c, a_column_of_the_data_is_no_series);
    tcase_add_test(c, a_column_that_holds_no_labels_is_refused);
    tcase_add_test(c, windows_are_events_of_the_file_that_they_name);
    tcase_add_test(c, windows_hold_for_every_series_of_a_file);
    tcase_add_test(c, rows_without_stamps_have_numbers);
    tcase_add_test(c, zones_are_compared_by_the_clock_where_only_one_side_has_them);
    tcase_add_test(c, windows_that_hold_no_row_are_told);
    tcase_add_test(c, windows_that_cannot_be_read_are_refused_with_their_place);
    tcase_add_test(c, windows_of_a_table_are_those_of_json);
    tcase_add_test(c, tables_of_windows_that_cannot_be_read_are_refused_with_their_place);
    tcase_add_test(c, a_table_of_too_many_windows_is_refused);
    tcase_add_test(c, rows_of_a_file_belong_together_by_stamp);
    tcase_add_test(c, rows_without_stamps_belong_together_as_they_stand);
    tcase_add_test(c, ids_are_those_of_the_data_or_of_results);
    tcase_add_test(c, files_that_hold_no_labels_are_refused_with_their_place);
    suite_add_tcase(s, c);
    return s;
}
