#define _GNU_SOURCE
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/result.h"
#include "unit/support/scratch.h"
#include "unit/support/unit.h"

static char *written(const lc_result *r)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    lc_status st = {0};
    ck_assert_int_eq(lc_result_write_stream(r, f, &st), LC_OK);
    fclose(f);
    return text;
}

static void expect_csv(const lc_result *r, const char *want)
{
    char *text = written(r);
    ck_assert_str_eq(text, want);
    free(text);
}

static lc_result *table(void)
{
    lc_status st = {0};
    lc_result *r = lc_result_create();
    ck_assert_ptr_nonnull(r);
    ck_assert_int_eq(lc_result_add_column(r, "unique_id", LC_COLUMN_TEXT, 0, &st), LC_OK);
    ck_assert_int_eq(lc_result_add_column(r, "forecast", LC_COLUMN_REAL, 0, &st), LC_OK);
    ck_assert_int_eq(lc_result_add_column(r, "anomaly", LC_COLUMN_INT, 0, &st), LC_OK);
    return r;
}

static void row(lc_result *r, const char *id, double y, int64_t flag)
{
    lc_status st = {0};
    ck_assert_int_eq(lc_result_add_row(r, &st), LC_OK);
    ck_assert_int_eq(lc_result_set_text(r, 0, id, &st), LC_OK);
    lc_result_set_real(r, 1, y);
    lc_result_set_int(r, 2, flag);
}

START_TEST(plain_cells_are_bare)
{
    lc_result *r = table();
    expect_csv(r, "unique_id,forecast,anomaly\n");
    row(r, "a", 0.1, 1);
    row(r, "a", -1e300, INT64_MIN);
    row(r, "caf\xc3\xa9", 5, INT64_MAX);
    expect_csv(r, "unique_id,forecast,anomaly\na,0.1,1\na,-1e+300,-9223372036854775808\n"
                  "caf\xc3\xa9,5,9223372036854775807\n");
    lc_result_free(r);
}
END_TEST

START_TEST(hostile_ids_are_quoted)
{
    lc_result *r = table();
    row(r, "a,b", 1, 0);
    row(r, "say \"hi\"", 2, 0);
    row(r, "two\nlines", 3, 0);
    row(r, "cr\r", 4, 0);
    row(r, "\"", 5, 0);
    row(r, " blank", 6, 0);
    row(r, "blank\t", 7, 0);
    row(r, "semi;colon", 8, 0);
    expect_csv(r, "unique_id,forecast,anomaly\n\"a,b\",1,0\n\"say \"\"hi\"\"\",2,0\n\"two\nlines\",3,0\n\"cr\r\",4,0\n"
                  "\"\"\"\",5,0\n\" blank\",6,0\n\"blank\t\",7,0\nsemi;colon,8,0\n");
    lc_result_free(r);
}
END_TEST

START_TEST(column_names_are_quoted)
{
    lc_status st = {0};
    lc_result *r = lc_result_create();
    ck_assert_int_eq(lc_result_add_column(r, "a,\"b\"", LC_COLUMN_TEXT, 0, &st), LC_OK);
    ck_assert_int_eq(lc_result_add_column(r, "", LC_COLUMN_INT, 0, &st), LC_OK);
    expect_csv(r, "\"a,\"\"b\"\"\",\n");
    lc_result_free(r);
}
END_TEST

START_TEST(empty_cells_are_empty)
{
    lc_status st = {0};
    lc_result *r = table();
    ck_assert_int_eq(lc_result_add_row(r, &st), LC_OK);
    expect_csv(r, "unique_id,forecast,anomaly\n,,0\n");
    ck_assert_str_eq(lc_result_text(r, 0, 0), "");
    ck_assert(isnan(lc_result_real(r, 0, 1)));
    ck_assert(lc_result_real(r, 0, 2) == 0);
    lc_result_free(r);
}
END_TEST

START_TEST(a_lone_empty_cell_is_no_empty_line)
{
    lc_status st = {0};
    lc_result *r = lc_result_create();
    ck_assert_int_eq(lc_result_add_column(r, "x", LC_COLUMN_REAL, 0, &st), LC_OK);
    ck_assert_int_eq(lc_result_add_row(r, &st), LC_OK);
    expect_csv(r, "x\n\"\"\n");
    lc_result_free(r);
}
END_TEST

/* Two days of a meter that stands at 1e12 are two numbers. */
START_TEST(large_reals_keep_two_decimals)
{
    const double values[] = {1e6 / 3, 1e7 / 3, 1e8 / 3, 1000000000897, 2e14 / 3, -1e12 / 3, 4e15 / 3, 1e300 / 3};
    lc_status st = {0};
    lc_result *r = lc_result_create();
    ck_assert_int_eq(lc_result_add_column(r, "x", LC_COLUMN_REAL, 9, &st), LC_OK);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        ck_assert_int_eq(lc_result_add_row(r, &st), LC_OK);
        lc_result_set_real(r, 0, values[i]);
    }
    expect_csv(r, "x\n333333.333\n3333333.33\n33333333.33\n1000000000897\n66666666666666.66\n-333333333333.33\n"
                  "1333333333333333\n3.33333333e+299\n");
    lc_result_free(r);
}
END_TEST

START_TEST(digits_limit_reals)
{
    lc_status st = {0};
    lc_result *r = lc_result_create();
    ck_assert_int_eq(lc_result_add_column(r, "short", LC_COLUMN_REAL, 4, &st), LC_OK);
    ck_assert_int_eq(lc_result_add_column(r, "exact", LC_COLUMN_REAL, 0, &st), LC_OK);
    ck_assert_int_eq(lc_result_add_row(r, &st), LC_OK);
    lc_result_set_real(r, 0, 1.0 / 3);
    lc_result_set_real(r, 1, 0.1 + 0.2);
    expect_csv(r, "short,exact\n0.3333,0.30000000000000004\n");
    lc_result_free(r);
}
END_TEST

START_TEST(cells_read_back)
{
    lc_result *r = table();
    row(r, "a", 1.5, 7);
    row(r, "a", 2.5, 8);
    row(r, "b", 3.5, 9);
    ck_assert_uint_eq(lc_result_rows(r), 3);
    ck_assert_uint_eq(lc_result_columns(r), 3);
    ck_assert_str_eq(lc_result_column_name(r, 1), "forecast");
    ck_assert_int_eq(lc_result_column_type(r, 2), LC_COLUMN_INT);
    ck_assert_uint_eq(lc_result_find(r, "anomaly"), 2);
    ck_assert(lc_result_find(r, "nobody") == SIZE_MAX);
    ck_assert_str_eq(lc_result_text(r, 2, 0), "b");
    ck_assert_ptr_eq(lc_result_text(r, 0, 0), lc_result_text(r, 1, 0)); /* one copy of a repeated id */
    ck_assert(lc_result_real(r, 1, 1) == 2.5 && lc_result_real(r, 1, 2) == 8);
    /* Out of range or of another type: nothing, not a crash. */
    ck_assert_str_eq(lc_result_text(r, 3, 0), "");
    ck_assert_str_eq(lc_result_text(r, 0, 1), "");
    ck_assert(isnan(lc_result_real(r, 0, 0)) && isnan(lc_result_real(r, 0, 9)));
    ck_assert_ptr_null(lc_result_column_name(r, 3));
    lc_result_free(r);
}
END_TEST

START_TEST(misuse_is_refused)
{
    lc_status st = {0};
    lc_result *r = table();
    ck_assert_int_eq(lc_result_set_text(r, 0, "no row yet", &st), LC_E_USAGE);
    lc_result_set_real(r, 1, 1);
    lc_result_set_int(r, 2, 1);
    row(r, "a", 1, 1);
    st = (lc_status){0};
    ck_assert_int_eq(lc_result_add_column(r, "late", LC_COLUMN_REAL, 0, &st), LC_E_USAGE);
    ck_assert_str_eq(st.text, "a result table takes columns before its first row only");
    st = (lc_status){0};
    ck_assert_int_eq(lc_result_set_text(r, 1, "x", &st), LC_E_USAGE);
    ck_assert_str_eq(st.text, "the result table has no text cell in column 2");
    lc_result_set_real(r, 2, 5); /* a real does not fit an integer column */
    lc_result_set_real(r, 99, 5);
    ck_assert(lc_result_real(r, 0, 2) == 1);
    lc_result_free(r);
    r = table();
    st = (lc_status){0};
    ck_assert_int_eq(lc_result_add_column(r, "forecast", LC_COLUMN_INT, 0, &st), LC_E_USAGE);
    ck_assert_str_eq(st.text, "the result table has a column \"forecast\" already");
    lc_result_free(r);
    lc_result_free(NULL);
}
END_TEST

START_TEST(numbers_ignore_the_locale)
{
    static const char *const comma[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
    for (size_t i = 0; i < sizeof comma / sizeof comma[0]; i++)
        if (setlocale(LC_NUMERIC, comma[i])) break;
    lc_result *r = table();
    row(r, "a", 1234.5, 1234567);
    expect_csv(r, "unique_id,forecast,anomaly\na,1234.5,1234567\n");
    setlocale(LC_NUMERIC, "C");
    lc_result_free(r);
}
END_TEST

START_TEST(many_rows_and_long_texts)
{
    lc_result *r = table();
    size_t n = 300 * 1024;
    char *id = malloc(n + 1);
    memset(id, 'x', n);
    id[n] = '\0';
    row(r, id, 1, 1);
    for (int i = 0; i < 50000; i++) {
        char name[32];
        snprintf(name, sizeof name, "series %d", i);
        row(r, name, i, i);
    }
    ck_assert_str_eq(lc_result_text(r, 0, 0), id);
    ck_assert_str_eq(lc_result_text(r, 1, 0), "series 0");
    ck_assert_str_eq(lc_result_text(r, 50000, 0), "series 49999");
    free(id);
    lc_result_free(r);
}
END_TEST

START_TEST(files_are_whole_or_kept)
{
    char folder[] = "/tmp/loomcast-result-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    char path[96], line[64] = "";
    snprintf(path, sizeof path, "%s/out.csv", folder);
    lc_status st = {0};
    lc_result *r = table();
    row(r, "a", 1, 0);
    ck_assert_int_eq(lc_result_write_file(r, path, false, &st), LC_OK);
    row(r, "b", 2, 0);
    ck_assert_int_eq(lc_result_write_file(r, path, false, &st), LC_E_IO);
    ck_assert_str_eq(st.file, path);
    ck_assert_str_eq(st.text, "the file exists");
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_int_eq(info.st_size, (long)strlen("unique_id,forecast,anomaly\na,1,0\n"));
    st = (lc_status){0};
    ck_assert_int_eq(lc_result_write_file(r, path, true, &st), LC_OK);
    FILE *f = fopen(path, "r");
    for (int i = 0; i < 3; i++) ck_assert_ptr_nonnull(fgets(line, sizeof line, f));
    ck_assert_str_eq(line, "b,2,0\n");
    fclose(f);
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0); /* nothing else was left in it */
    st = (lc_status){0};
    ck_assert_int_eq(lc_result_write_file(r, "/nowhere/at/all.csv", false, &st), LC_E_IO);
    ck_assert_str_eq(st.file, "/nowhere/at/all.csv");
    lc_result_free(r);
}
END_TEST

/* Row i of the table, and none beyond its end. */
static lc_code copy_row(void *of, size_t i, lc_result *to, lc_status *st)
{
    const lc_result *r = of;
    if (i >= lc_result_rows(r)) return *st = (lc_status){.code = LC_E_DATA, .text = "no such row"}, st->code;
    lc_result_set_real(to, 1, lc_result_real(r, i, 1));
    lc_result_set_int(to, 2, (int64_t)lc_result_real(r, i, 2));
    return lc_result_set_text(to, 0, lc_result_text(r, i, 0), st);
}

START_TEST(rows_made_one_by_one_are_the_table)
{
    static const lc_column columns[] = {
        {"unique_id", LC_COLUMN_TEXT, 0}, {"forecast", LC_COLUMN_REAL, 0}, {"anomaly", LC_COLUMN_INT, 0}};
    enum { ROWS = 5000 }; /* more than are written at once */
    scratch_enter();
    lc_status st = {0};
    lc_result *r = table();
    for (int i = 0; i < ROWS; i++) row(r, i % 3 ? "a long name, with a comma" : "", .1 * i, i % 2);
    lc_listing rows = {columns, 3, ROWS, copy_row, r};
    ck_assert_int_eq(lc_listing_write_file(&rows, "rows.csv", false, &st), LC_OK);
    char *whole = written(r), *one_by_one = scratch_text("rows.csv");
    ck_assert_str_eq(one_by_one, whole);
    ck_assert_int_eq(lc_listing_write_file(&rows, "rows.csv", false, &st), LC_E_IO);
    st = (lc_status){0};
    rows.n = ROWS + 1;
    ck_assert_int_eq(lc_listing_write_file(&rows, "more.csv", false, &st), LC_E_DATA);
    ck_assert_str_eq(st.text, "no such row");
    ck_assert_uint_eq(scratch_files(), 1);
    ck_assert_int_eq(lc_listing_write_file(&(lc_listing){columns, 3, 1, NULL, NULL}, "x.csv", false, &st), LC_E_USAGE);
    rows.n = 0;
    ck_assert_int_eq(lc_listing_write_file(&rows, "none.csv", false, &st), LC_OK);
    char *none = scratch_text("none.csv");
    ck_assert_str_eq(none, "unique_id,forecast,anomaly\n");
    free(none);
    free(whole);
    free(one_by_one);
    lc_result_free(r);
    scratch_leave();
}
END_TEST

START_TEST(a_full_disk_is_reported)
{
    FILE *full = fopen("/dev/full", "w");
    if (!full) return;
    lc_result *r = table();
    for (int i = 0; i < 10000; i++) row(r, "a", i, 0);
    lc_status st = {0};
    ck_assert_int_eq(lc_result_write_stream(r, full, &st), LC_E_IO);
    ck_assert_str_eq(st.text, "the result cannot be written: No space left on device");
    fclose(full);
    st = (lc_status){0};
    ck_assert_int_eq(lc_result_write_file(r, "/dev/full", true, &st), LC_E_IO);
    ck_assert_str_eq(st.file, "/dev/full");
    lc_result_free(r);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("result tables");
    TCase *c = tcase_create("result");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, plain_cells_are_bare);
    tcase_add_test(c, hostile_ids_are_quoted);
    tcase_add_test(c, column_names_are_quoted);
    tcase_add_test(c, empty_cells_are_empty);
    tcase_add_test(c, a_lone_empty_cell_is_no_empty_line);
    tcase_add_test(c, large_reals_keep_two_decimals);
    tcase_add_test(c, digits_limit_reals);
    tcase_add_test(c, cells_read_back);
    tcase_add_test(c, misuse_is_refused);
    tcase_add_test(c, numbers_ignore_the_locale);
    tcase_add_test(c, many_rows_and_long_texts);
    tcase_add_test(c, files_are_whole_or_kept);
    tcase_add_test(c, rows_made_one_by_one_are_the_table);
    tcase_add_test(c, a_full_disk_is_reported);
    suite_add_tcase(s, c);
    return s;
}
