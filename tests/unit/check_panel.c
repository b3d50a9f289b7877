#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "data/panel.h"
#include "unit/support/panel_text.h"
#include "unit/support/unit.h"

static void expect_values(const lc_series *s, size_t n, const double *y, const char *mask)
{
    ck_assert_uint_eq(s->steps, n);
    size_t missing = 0;
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(fabs(lc_value(s, i) - y[i]) < 1e-9, "step %zu: %g, wanted %g", i, lc_value(s, i), y[i]);
        ck_assert_msg((s->mask ? s->mask[i] : LC_OBSERVED) == mask[i] - '0', "step %zu: mask", i);
        missing += !lc_is_observed(s, i);
    }
    ck_assert_uint_eq(s->missing, missing);
}

START_TEST(a_wide_file_is_one_frame)
{
    lc_panel *p = panel_of("date,a,note,b\n2020-01-01,1,x,10\n2020-01-02,2,y,20\n2020-01-03,3,z,30\n", "");
    ck_assert_uint_eq(p->n_frames, 1);
    ck_assert_uint_eq(p->n_series, 2);
    ck_assert_str_eq(p->series[0].id, "a");
    ck_assert_str_eq(p->series[1].id, "b");
    ck_assert_str_eq(p->frames[0].id, "");
    expect_values(&p->series[1], 3, (double[]){10, 20, 30}, "000");
    ck_assert_str_eq(p->source, "f.csv");
    ck_assert_str_eq(p->time_name, "date");
    ck_assert_str_eq(p->id_name, "");
    ck_assert_str_eq(p->value_label, "");
    ck_assert_int_eq(p->delimiter, ',');
    ck_assert(p->has_header);
    ck_assert_uint_eq(p->n_columns, 4);
    ck_assert_str_eq(p->columns[2], "note");
    ck_assert_int_eq(p->freq.unit, LC_FREQ_DAY);
    ck_assert_uint_eq(p->n_notices, 1);
    ck_assert_str_eq(p->notices[0], "text column ignored: note");
    ck_assert_uint_eq(lc_panel_find(p, "b"), 1);
    ck_assert_uint_eq(lc_panel_find(p, "c"), SIZE_MAX);
    lc_panel_free(p);
    lc_panel_free(NULL);
}
END_TEST

START_TEST(a_long_file_is_a_frame_an_id)
{
    lc_panel *p = panel_of("unique_id,ds,y\nb,1,5\nb,2,6\na,1,7\nb,3,8\na,2,9\n", "");
    ck_assert_uint_eq(p->n_frames, 2);
    ck_assert_str_eq(p->series[0].id, "b");
    ck_assert_str_eq(p->series[1].id, "a");
    expect_values(&p->series[0], 3, (double[]){5, 6, 8}, "000");
    expect_values(&p->series[1], 2, (double[]){7, 9}, "00");
    ck_assert_int_eq(p->clock.style, LC_CLOCK_INTEGER);
    ck_assert_str_eq(p->value_label, "y");
    ck_assert_uint_eq(p->n_rows, 5);
    ck_assert_uint_eq(lc_panel_row(p, 3).frame, 0);
    ck_assert_uint_eq(lc_panel_row(p, 3).step, 2);
    ck_assert_uint_eq(lc_panel_row(p, 4).frame, 1);
    ck_assert_uint_eq(lc_panel_row(p, 4).step, 1);
    lc_panel_free(p);
    p = panel_of("shop,ds,y,z\nA,2020-01,5,1\nA,2020-02,6,2\nB,2020-02,7,3\nB,2020-03,7,4\n", "id=shop;target=z,y");
    ck_assert_uint_eq(p->n_series, 4);
    ck_assert_str_eq(p->series[0].id, "A:z");
    ck_assert_str_eq(p->series[1].id, "B:z");
    ck_assert_str_eq(p->series[2].id, "A:y");
    ck_assert_uint_eq(p->series[3].frame, 1);
    ck_assert_uint_eq(p->series[3].target, 1);
    lc_panel_free(p);
}
END_TEST

START_TEST(gaps_are_filled_and_marked)
{
    lc_panel *p = panel_of("ds,y\n2020-01-01,NA\n2020-01-02,1\n2020-01-03,2\n2020-01-06,8\n2020-01-07,\n2020-01-08,5\n"
                           "2020-01-09,?\n",
                           "freq=D");
    expect_values(&p->series[0], 9, (double[]){1, 1, 2, 4, 6, 8, 6.5, 5, 5}, "100220101");
    ck_assert(panel_has_notice(
        p, "2 missing steps and 3 empty cells in 1 series are filled as model input and never scored"));
    char out[LC_STAMP_TEXT];
    ck_assert_str_eq(lc_clock_format(&p->clock, lc_panel_stamp(p, &p->frames[0], 4), out), "2020-01-05");
    ck_assert_uint_eq(lc_panel_row(p, 3).step, 5);
    lc_panel_free(p);
}
END_TEST

START_TEST(gaps_can_be_left_out_or_refused)
{
    static const char text[] =
        "ds,y\n2020-01-01,1\n2020-01-02,\n2020-01-03,3\n2020-01-05 11:00,4\n2020-01-06 11:00,5\n";
    lc_panel *p = panel_of(text, "gaps=skip");
    expect_values(&p->series[0], 4, (double[]){1, 3, 4, 5}, "0000");
    ck_assert_uint_eq(lc_panel_row(p, 1).step, LC_NO_STEP);
    ck_assert_uint_eq(lc_panel_row(p, 4).step, 3);
    ck_assert(panel_has_notice(p, "1 row is left out for missing cells"));
    lc_panel_free(p);
    expect_panel_error(text, "gaps=error", LC_E_DATA, "f.csv:3:2: column \"y\": the value is missing", "--gaps fill");
    expect_panel_error("ds,y\n1,1\n2,2\n5,3\n", "gaps=error", LC_E_DATA,
                       "f.csv:4:1: column \"ds\": 2 steps are missing before 5", "--gaps fill");
    expect_panel_error("unique_id,ds,y,z\na,1,1,\na,2,,1\n", "gaps=skip", LC_E_DATA,
                       "f.csv:2:0: series \"a\" has no row without a missing cell", "--gaps fill");
}
END_TEST

START_TEST(rows_out_of_order_are_sorted)
{
    lc_panel *p = panel_of("ds,y\n2020-01-03,3\n2020-01-01,1\n2020-01-02,2\n", "");
    expect_values(&p->series[0], 3, (double[]){1, 2, 3}, "000");
    ck_assert(panel_has_notice(p, "rows were out of order and are sorted by time"));
    ck_assert_uint_eq(lc_panel_row(p, 0).step, 2);
    ck_assert_uint_eq(lc_panel_row(p, 1).step, 0);
    lc_panel_free(p);
}
END_TEST

START_TEST(stamps_are_written_back_as_read)
{
    static const char *const stamps[][2] = {{"2020-01-01T05:00:00+02:00", "2020-01-01T06:00:00+02:00"},
                                            {"1/2/2020 9:00", "1/13/2020 9:00"},
                                            {"01.02.2020", "02.02.2020"},
                                            {"1600000000", "1600003600"},
                                            {"2020-01", "2020-02"},
                                            {"1999", "2000"}};
    for (size_t i = 0; i < sizeof stamps / sizeof stamps[0]; i++) {
        char text[128], out[LC_STAMP_TEXT];
        snprintf(text, sizeof text, "ds,y\n%s,1\n%s,2\n", stamps[i][0], stamps[i][1]);
        lc_panel *p = panel_of(text, "");
        ck_assert_str_eq(lc_clock_format(&p->clock, lc_panel_stamp(p, &p->frames[0], 0), out), stamps[i][0]);
        ck_assert_str_eq(lc_clock_format(&p->clock, lc_panel_stamp(p, &p->frames[0], p->frames[0].steps - 1), out),
                         stamps[i][1]);
        lc_panel_free(p);
    }
}
END_TEST

START_TEST(roles_are_found)
{
    /* an integer column is time by its name only */
    lc_panel *p = panel_of("n,y\n1,5\n2,6\n", "");
    ck_assert_uint_eq(p->n_series, 2);
    ck_assert_int_eq(p->clock.style, LC_CLOCK_NONE);
    ck_assert_str_eq(p->time_name, "");
    ck_assert_int_eq(lc_panel_stamp(p, &p->frames[0], 1), 2);
    lc_panel_free(p);
    p = panel_of("n,y\n1,5\n2,6\n", "time=n");
    ck_assert_uint_eq(p->n_series, 1);
    lc_panel_free(p);
    p = panel_of("Step,y\n1000,5\n1001,6\n", "");
    ck_assert_int_eq(p->clock.style, LC_CLOCK_INTEGER);
    lc_panel_free(p);
    p = panel_of("year,y\n1990,5\n1991,6\n", "");
    ck_assert_int_eq(p->clock.style, LC_CLOCK_YEAR);
    ck_assert_int_eq(p->freq.unit, LC_FREQ_YEAR);
    lc_panel_free(p);
    /* real stamps go before counters, wherever they stand */
    p = panel_of("index,when,y\n0,2020-01-01,5\n1,2020-01-02,6\n", "target=y");
    ck_assert_str_eq(p->time_name, "when");
    lc_panel_free(p);
    p = panel_of("1,5\n2,6\n", "");
    ck_assert(!p->has_header);
    ck_assert_str_eq(p->series[1].id, "c2");
    lc_panel_free(p);
    p = panel_of("a,b\n1,5\n2,6\n", "no-header=true;missing=a,b");
    ck_assert_uint_eq(p->n_rows, 3);
    lc_panel_free(p);
    p = panel_of("date,y\n1st of Jan 2020,5\n2nd of Jan 2020,6\n", "");
    ck_assert(panel_has_notice(
        p,
        "column \"date\" does not read as time stamps (\"1st of Jan 2020\"): rows are counted as steps; --time-format "
        "names its form, as %d/%m/%y"));
    lc_panel_free(p);
}
END_TEST

START_TEST(frequencies_apply)
{
    char freq[24];
    lc_panel *p = panel_of("ds,y\n2024-01-04,1\n2024-01-05,2\n2024-01-08,3\n2024-01-10,4\n2024-01-11,5\n", "");
    ck_assert_str_eq(lc_freq_format(&p->freq, freq), "B");
    expect_values(&p->series[0], 6, (double[]){1, 2, 3, 3.5, 4, 5}, "000200");
    lc_panel_free(p);
    p = panel_of("ds,y\n2024-01-31,1\n2024-02-29,2\n2024-04-30,4\n", "freq=M");
    expect_values(&p->series[0], 4, (double[]){1, 2, 3, 4}, "0020");
    char out[LC_STAMP_TEXT];
    ck_assert_str_eq(lc_clock_format(&p->clock, lc_panel_stamp(p, &p->frames[0], 2), out), "2024-03-31");
    lc_panel_free(p);
    /* a series of one row, and one that starts elsewhere, take the step of the others */
    p = panel_of("unique_id,ds,y\na,2024-01-01,1\nb,2024-01-01,1\nb,2024-01-02,2\nb,2024-01-03,3\nc,2024-05-01,1\nc,"
                 "2024-05-03,3\n",
                 "");
    ck_assert_int_eq(p->freq.unit, LC_FREQ_DAY);
    ck_assert_uint_eq(p->series[0].steps, 1);
    expect_values(&p->series[2], 3, (double[]){1, 2, 3}, "020");
    lc_panel_free(p);
}
END_TEST

START_TEST(series_without_numbers_are_left_out)
{
    lc_panel *p = panel_of("unique_id,ds,y\na,1,\na,2,NA\nb,1,1\nb,2,2\n", "");
    ck_assert_uint_eq(p->n_frames, 2);
    ck_assert_uint_eq(p->n_series, 1);
    ck_assert_str_eq(p->series[0].id, "b");
    ck_assert_uint_eq(p->series[0].frame, 1);
    ck_assert(panel_has_notice(p, "1 series without any number is left out"));
    lc_panel_free(p);
    expect_panel_error("unique_id,ds,a,b:a\nx,1,1,1\nx:b,1,1,1\n", "", LC_E_DATA,
                       ":0:0: two series are called \"x:b:a\"", "ids");
}
END_TEST

START_TEST(numbers_follow_the_settings)
{
    lc_panel *p = panel_of("ds;y\n1;2,5\n2;-999\n3;3,5\n", "decimal-comma=true;missing=-999");
    expect_values(&p->series[0], 3, (double[]){2.5, 3, 3.5}, "010");
    ck_assert_int_eq(p->delimiter, ';');
    lc_panel_free(p);
    expect_panel_error("ds;y\n1;2.5\n2;3,5\n", "decimal-comma=true", LC_E_PARSE,
                       "f.csv:2:2: column \"y\": \"2.5\" is not a number", "--decimal-comma");
    p = panel_of("ds,y\n1,-999.0\n2,nAn\n3,5\n", "missing=-999,nan");
    ck_assert_uint_eq(p->series[0].missing, 2);
    lc_panel_free(p);
}
END_TEST

/* ---- files ---- */

typedef struct two_files {
    char dir[64], a[96], b[96];
} two_files;

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(text, 1, strlen(text), f), strlen(text));
    ck_assert_int_eq(fclose(f), 0);
}

static two_files make_files(const char *a, const char *b)
{
    two_files t = {.dir = "/tmp/loomcast-check-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(t.dir));
    snprintf(t.a, sizeof t.a, "%s/a.csv", t.dir);
    snprintf(t.b, sizeof t.b, "%s/b.x.csv", t.dir);
    write_file(t.a, a);
    write_file(t.b, b);
    return t;
}

static lc_code read_two(lc_panel **p, const char *a, const char *b, lc_status *st)
{
    two_files t = make_files(a, b);
    lc_settings *s = lc_settings_create();
    const char *paths[] = {t.a, t.b};
    *st = (lc_status){0};
    lc_code code = lc_panel_read_files(p, paths, 2, s, st);
    lc_settings_free(s);
    unlink(t.a);
    unlink(t.b);
    rmdir(t.dir);
    return code;
}

START_TEST(several_files_are_one_panel)
{
    lc_panel *p;
    lc_status st;
    ck_assert_int_eq(read_two(&p, "ds,y\n1,5\n2,6\n", "ds;y\n1;7\n2;8\n3;9\n", &st), LC_OK);
    ck_assert_uint_eq(p->n_series, 2);
    ck_assert_str_eq(p->series[0].id, "a:y");
    ck_assert_str_eq(p->series[1].id, "b.x:y");
    ck_assert_uint_eq(p->series[1].steps, 3);
    ck_assert_uint_eq(lc_panel_row(p, 4).frame, 1);
    ck_assert_uint_eq(lc_panel_row(p, 4).step, 2);
    lc_panel_free(p);

    ck_assert_int_eq(read_two(&p, "unique_id,ds,y\nu,1,5\nu,2,6\n", "unique_id,ds,y\nv,1,5\nv,2,6\n", &st), LC_OK);
    ck_assert_str_eq(p->series[1].id, "v");
    lc_panel_free(p);

    ck_assert_int_eq(read_two(&p, "unique_id,ds,y\nu,1,5\nu,2,6\n", "unique_id,ds,y\nv,1,5\nu,3,6\n", &st), LC_E_DATA);
    ck_assert_uint_eq(st.line, 3);
    ck_assert_uint_eq(st.column, 1);
    ck_assert_ptr_nonnull(strstr(st.file, "b.x.csv"));
    ck_assert_ptr_nonnull(strstr(st.text, "series \"u\" stands in"));

    ck_assert_int_eq(read_two(&p, "ds,y\n1,5\n2,6\n", "ds,z\n1,5\n2,6\n", &st), LC_E_DATA);
    ck_assert_uint_eq(st.line, 1);
    ck_assert_uint_eq(st.column, 2);
    ck_assert_int_eq(read_two(&p, "ds,y\n1,5\n2,6\n", "ds,y\n", &st), LC_E_DATA);
    ck_assert_str_eq(st.text, "the file has a header and no rows");
    ck_assert_int_eq(read_two(&p, "ds,y\n1,5\n2,6\n", "", &st), LC_E_DATA);
    ck_assert_str_eq(st.text, "the file is empty");
    ck_assert_int_eq(read_two(&p, "ds,y\n1,5\n2,6\n", "ds,y\n1,5\n2,x\n", &st), LC_E_PARSE);
    ck_assert_ptr_nonnull(strstr(st.file, "b.x.csv"));
    ck_assert_uint_eq(st.line, 3);
}
END_TEST

START_TEST(unreadable_files_are_refused)
{
    lc_panel *p;
    lc_status st = {0};
    lc_settings *s = lc_settings_create();
    const char *none[] = {"/nonexistent/x.csv"}, *dir[] = {"/tmp"};
    ck_assert_int_eq(lc_panel_read_files(&p, none, 1, s, &st), LC_E_IO);
    ck_assert_str_eq(st.file, "/nonexistent/x.csv");
    ck_assert_str_eq(st.text, "cannot be opened: No such file or directory");
    st = (lc_status){0};
    ck_assert_int_eq(lc_panel_read_files(&p, dir, 1, s, &st), LC_E_IO);
    ck_assert_ptr_null(p);
    st = (lc_status){0};
    ck_assert_int_eq(lc_panel_read_files(&p, none, 0, s, &st), LC_E_USAGE);
    lc_settings_free(s);
}
END_TEST

/* Sine and cosine of the local time of day, the day of the week and the month, where the step gives them a meaning. */
START_TEST(calendar_features_follow_from_stamps)
{
    lc_panel *p =
        panel_of("ds,y,x\n2024-01-01T00:00+06:00,1,5\n2024-01-01T06:00+06:00,2,6\n2024-01-01T12:00+06:00,3,7\n",
                 "calendar=true;target=y;past=x");
    static const char *const name[] = {"x",           "hour sin",  "hour cos", "weekday sin",
                                       "weekday cos", "month sin", "month cos"};
    ck_assert_uint_eq(p->n_past, 7);
    ck_assert_uint_eq(p->n_features, 6);
    for (size_t i = 0; i < 7; i++) ck_assert_str_eq(p->past[i], name[i]);
    const lc_frame *f = &p->frames[0];
    ck_assert(lc_number(f->past[0], 1) == 6);
    ck_assert(fabs(lc_number(f->past[1], 1) - 1) < 1e-6 && fabs(lc_number(f->past[2], 1)) < 1e-6);
    ck_assert(fabs(lc_number(f->past[1], 2)) < 1e-6 && fabs(lc_number(f->past[2], 2) + 1) < 1e-6);
    ck_assert(fabs(lc_number(f->past[3], 2) - sin(6.283185307179586 / 14)) < 1e-6); /* half of a Monday */
    ck_assert(fabs(lc_number(f->past[6], 0) - 1) < 1e-6);
    lc_panel_free(p);
    p = panel_of("ds,y\n2024-01,1\n2024-04,2\n2024-07,3\n2024-10,3\n", "calendar=true");
    ck_assert_uint_eq(p->n_past, 2);
    ck_assert(fabs(lc_number(p->frames[0].past[0], 1) - 1) < 1e-6 &&
              fabs(lc_number(p->frames[0].past[1], 2) + 1) < 1e-6);
    lc_panel_free(p);
    p = panel_of("ds,y\n2024-01-04,1\n2024-01-05,2\n2024-01-06,3\n", "calendar=true");
    ck_assert_uint_eq(p->n_past, 4);
    lc_panel_free(p);
    expect_panel_error("y\n1\n2\n", "calendar=true", LC_E_USAGE,
                       "f.csv:0:0: --calendar needs time stamps with steps of less than a year", "--time");
    expect_panel_error("year,y\n2020,1\n2021,2\n", "calendar=true", LC_E_USAGE,
                       "f.csv:0:0: --calendar needs time stamps with steps of less than a year", "--time");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("panels from CSV files");
    TCase *c = tcase_create("panel");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, calendar_features_follow_from_stamps);
    tcase_add_test(c, a_wide_file_is_one_frame);
    tcase_add_test(c, a_long_file_is_a_frame_an_id);
    tcase_add_test(c, gaps_are_filled_and_marked);
    tcase_add_test(c, gaps_can_be_left_out_or_refused);
    tcase_add_test(c, rows_out_of_order_are_sorted);
    tcase_add_test(c, stamps_are_written_back_as_read);
    tcase_add_test(c, roles_are_found);
    tcase_add_test(c, frequencies_apply);
    tcase_add_test(c, series_without_numbers_are_left_out);
    tcase_add_test(c, numbers_follow_the_settings);
    tcase_add_test(c, several_files_are_one_panel);
    tcase_add_test(c, unreadable_files_are_refused);
    suite_add_tcase(s, c);
    return s;
}
