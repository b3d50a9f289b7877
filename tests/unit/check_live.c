/* Rows of a stream: the same whatever the pieces, each as soon as its line has ended. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "data/live.h"
#include "unit/support/unit.h"

typedef struct setting {
    const char *name, *value;
} setting;

enum { SETTINGS = 4 };

static void put_row(lc_buf *b, const lc_live *l, const lc_live_row *row)
{
    lc_buf_printf(b, "%zu:%s%s%s=%lld", row->line, row->id ? row->id : "", row->id ? "@" : "", row->ds,
                  lc_live_has_stamps(l) ? (long long)row->stamp : 0);
    for (size_t i = 0; i < lc_live_columns(l); i++) {
        char number[LC_NUMBER_TEXT];
        lc_format_double(number, row->value[i], 0);
        if (!lc_live_is_dropped(l, i)) lc_buf_printf(b, "|%s=%s", lc_live_column(l, i), number);
    }
    lc_buf_puts(b, "\n");
}

/* false: the stream has failed, or no whole row is left. */
static bool put_rows(lc_buf *b, lc_live *l)
{
    for (;;) {
        lc_live_event event;
        lc_live_row row;
        lc_status st = {.code = LC_OK};
        lc_code code = lc_live_next(l, &event, &row, &st);
        ck_assert_int_eq(code, st.code);
        if (code != LC_OK) {
            lc_buf_printf(b, "failed %s:%zu:%zu: %s\n", st.file, st.line, st.column, st.text);
            return false;
        }
        if (event == LC_LIVE_MORE) return true;
        if (event == LC_LIVE_ROW) {
            put_row(b, l, &row);
            continue;
        }
        ck_assert_int_ne(row.why->code, LC_OK);
        lc_buf_printf(b, "bad %zu:%zu: %s [%.*s]\n", row.why->line, row.why->column, row.why->text,
                      (int)(row.n_bytes < 40 ? row.n_bytes : 40), row.n_bytes ? row.bytes : "");
    }
}

static lc_settings *make_settings(const setting *list)
{
    lc_settings *s = lc_settings_create();
    for (size_t i = 0; list && i < SETTINGS && list[i].name; i++)
        ck_assert_int_eq(lc_settings_set(s, list[i].name, list[i].value, NULL), LC_OK);
    return s;
}

static char *read_in_pieces(const char *bytes, size_t n, size_t piece, const setting *list)
{
    lc_settings *s = make_settings(list);
    lc_live *l;
    lc_buf b = {0};
    lc_status st = {.code = LC_OK};
    ck_assert_int_eq(lc_live_create(&l, s, &st), LC_OK);
    ck_assert_int_eq(lc_live_begin(l, "f", &st), LC_OK);
    lc_buf_puts(&b, "");
    bool going = true;
    for (size_t at = 0; at < n && going; at += piece) {
        ck_assert_int_eq(lc_live_push(l, bytes + at, n - at < piece ? n - at : piece, &st), LC_OK);
        going = put_rows(&b, l);
    }
    lc_live_end(l);
    if (going) put_rows(&b, l);
    for (size_t i = 0; i < lc_live_notes(l)->n; i++) lc_buf_printf(&b, "note %s\n", lc_live_notes(l)->line[i]);
    lc_live_free(l);
    lc_settings_free(s);
    ck_assert(!b.failed);
    return b.data;
}

static void expect_n(const char *bytes, size_t n, const setting *list, const char *want)
{
    for (size_t piece = 1; piece <= n; piece++) {
        char *got = read_in_pieces(bytes, n, piece, list);
        UNIT_MUST(strcmp(got, want) == 0, "in pieces of %zu:\n%s\nwanted:\n%s", piece, got, want);
        free(got);
    }
}

static void expect(const char *text, const char *want)
{
    expect_n(text, strlen(text), NULL, want);
}

START_TEST(header_and_roles_are_found_as_in_a_file)
{
    expect("ds,load\n2024-01-01,5\n2024-01-02,6.5\n",
           "2:2024-01-01=1704067200000000|load=5\n3:2024-01-02=1704153600000000|load=6.5\n");
    expect("\xef\xbb\xbf"
           "ds;load\r\n2024-01-01;5\r\n2024-01-02;6\r\n",
           "2:2024-01-01=1704067200000000|load=5\n3:2024-01-02=1704153600000000|load=6\n");
    expect("# a comment\n\nsep=;\nds;load\n2024-01-01;5\n", "5:2024-01-01=1704067200000000|load=5\n");
    expect("unique_id,ds,y\na,1,5\nb,1,6", "2:a@1=1|y=5\n3:b@1=1|y=6\n");
    expect("t,a,b\n1,5,6\n2,,7\n", "2:1=1|a=5|b=6\n3:2=2|a=|b=7\n");
    expect("load\n5\n6", "2:=0|load=5\n3:=0|load=6\n");
    expect("date,1,2\n2024-01-01,5,6\n", "2:2024-01-01=1704067200000000|1=5|2=6\n");
    expect(",ds,y\n0,2024-01-01,5\n",
           "2:2024-01-01=1704067200000000|y=5\nnote column \"c1\" counts the rows and is ignored\n");
}
END_TEST

START_TEST(a_first_row_of_data_is_no_header)
{
    expect("2024-01-01,5\n2024-01-02,6\n", "1:2024-01-01=1704067200000000|c2=5\n2:2024-01-02=1704153600000000|c2=6\n");
    expect("1,5;2,5\n", "1:=0|c1=1.5|c2=2.5\nnote numbers are read with a decimal comma\n");
    const setting none[SETTINGS] = {{"no-header", "true"}};
    expect_n("a,5\nb,6\n", 8, none, "1:=0|c2=5\n2:=0|c2=6\nnote text column ignored: c1\n");
    expect("5\n\n7\n", "1:=0|c1=5\n3:=0|c1=7\n");
}
END_TEST

START_TEST(each_row_is_there_when_its_line_ends)
{
    static const char *const text[] = {"ds,y\n", "2024-01-01,5", "\n", "2024-01-02,6\r", "\n2024-01-03,7\r\n"};
    static const size_t rows[] = {0, 0, 1, 1, 1};
    lc_settings *s = lc_settings_create();
    lc_live *l;
    lc_status st = {.code = LC_OK};
    ck_assert_int_eq(lc_live_create(&l, s, &st), LC_OK);
    ck_assert_int_eq(lc_live_begin(l, "f", &st), LC_OK);
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        lc_buf b = {0};
        size_t n = 0;
        lc_buf_puts(&b, "");
        ck_assert_int_eq(lc_live_push(l, text[i], strlen(text[i]), &st), LC_OK);
        ck_assert(put_rows(&b, l));
        for (const char *p = b.data; (p = strchr(p, '\n')); p++) n++;
        ck_assert_msg(n == rows[i], "after piece %zu: %s", i, b.data);
        lc_buf_free(&b);
    }
    lc_live_free(l);
    lc_settings_free(s);
}
END_TEST

START_TEST(quotes_may_hold_delimiters_and_line_ends)
{
    expect("ds,\"lo\"\"ad\"\n\"2024-01-01\",\"5\"\n", "2:2024-01-01=1704067200000000|lo\"ad=5\n");
    expect("id,ds,y\n\"a,\r\nb\",1,5\nc,2,6\n", "2:1=1|y=5\n4:2=2|y=6\nnote text column ignored: id\n");
    const setting id[SETTINGS] = {{"id", "k"}};
    const char text[] = "k,ds,y\n\"a,\n\n\n\n\n\nb\",1,5\nc,2,6\n";
    expect_n(text, strlen(text), id, "2:a,\n\n\n\n\n\nb@1=1|y=5\n9:c@2=2|y=6\n");
}
END_TEST

START_TEST(bad_rows_are_told_and_passed_over)
{
    expect("ds,y\n2024-01-01,5\n2024-01-02,x\n2024-01-03,7,8\n2024-02-30,1\n,2\n2024-01-04,\"8\n2024-01-05,9\n",
           "2:2024-01-01=1704067200000000|y=5\n"
           "bad 3:2: column \"y\": \"x\" is not a number [2024-01-02,x]\n"
           "bad 4:3: the row has 3 cells, the header 2 [2024-01-03,7,8]\n"
           "bad 5:1: column \"ds\": \"2024-02-30\" is a day that does not exist [2024-02-30,1]\n"
           "bad 6:1: column \"ds\": the time stamp is missing [,2]\n"
           "bad 7:2: a quote (\") opens and is never closed [2024-01-04,\"8]\n"
           "8:2024-01-05=1704412800000000|y=9\n");
    expect("ds,y\n1,2,3\n4\n5,6\n", "bad 2:3: the row has 3 cells, the header 2 [1,2,3]\n"
                                    "bad 3:1: the row has 1 cell, the header 2 [4]\n4:5=5|y=6\n");
    expect("unique_id,ds,y\na,1,5\n,2,6\na,3,inf\n",
           "2:a@1=1|y=5\nbad 3:1: column \"unique_id\": the id is missing [,2,6]\n"
           "bad 4:3: column \"y\": \"inf\" is not a number [a,3,inf]\n");
    expect_n("t,y\n1,2\n3,\0\n4,5\n", 16, NULL, "2:1=1|y=2\nbad 3:2: the cell holds a zero byte [3,]\n4:4=4|y=5\n");
    expect("t,y\n\"a\"b,2\n3,4\n", "bad 2:1: a quote (\") stands in the middle of a cell [\"a\"b,2]\n3:3=3|y=4\n");
}
END_TEST

START_TEST(an_open_quote_swallows_few_lines)
{
    lc_buf text = {0}, want = {0};
    lc_buf_puts(&text, "t,y\n0,1\n1,\"2\n");
    lc_buf_puts(&want, "2:0=0|y=1\nbad 3:2: a quote (\") opens and is never closed [1,\"2]\n");
    for (int i = 0; i < 100; i++) {
        lc_buf_printf(&text, "%d,5\n", i + 2);
        lc_buf_printf(&want, "%d:%d=%d|y=5\n", i + 4, i + 2, i + 2);
    }
    lc_buf_puts(&text, "\"200\",7\n");
    lc_buf_puts(&want, "104:200=200|y=7\n");
    expect_n(text.data, text.len, NULL, want.data);
    lc_buf_free(&text);
    lc_buf_free(&want);
}
END_TEST

START_TEST(a_line_without_end_takes_bounded_room)
{
    lc_settings *s = lc_settings_create();
    lc_live *l;
    lc_status st = {.code = LC_OK};
    lc_buf b = {0};
    char block[1 << 16];
    memset(block, '7', sizeof block);
    lc_buf_puts(&b, "");
    ck_assert_int_eq(lc_live_create(&l, s, &st), LC_OK);
    ck_assert_int_eq(lc_live_begin(l, "f", &st), LC_OK);
    ck_assert_int_eq(lc_live_push(l, "t,y\n1,2\n2,", 10, &st), LC_OK);
    for (int i = 0; i < 1000; i++) {
        ck_assert_int_eq(lc_live_push(l, block, sizeof block, &st), LC_OK);
        ck_assert(put_rows(&b, l));
    }
    ck_assert_int_eq(lc_live_push(l, "\n3,4\n", 5, &st), LC_OK);
    ck_assert(put_rows(&b, l));
    b.data[b.len - 1] = '\0';
    ck_assert_msg(strncmp(b.data, "2:1=1|y=2\nbad 3:1: the row is longer than 16 MiB [2,777", 50) == 0, "%s", b.data);
    ck_assert_msg(strcmp(strrchr(b.data, '\n'), "\n4:3=3|y=4") == 0, "%s", b.data);
    lc_buf_free(&b);
    lc_live_free(l);
    lc_settings_free(s);
}
END_TEST

START_TEST(what_one_row_cannot_settle_is_an_error)
{
    expect("ds,y\n03/04/2024,5\n",
           "failed f:2:1: column \"ds\": 03/04/2024 may be month first or day first, and a later "
           "row that settles it comes too late\n");
    const setting format[SETTINGS] = {{"time-format", "%d/%m/%Y"}};
    expect_n("ds,y\n03/04/2024,5\n", 18, format, "2:03/04/2024=1712102400000000|y=5\n");
    expect("ds,y\n13/04/2024,5\n01/05/2024,6\n",
           "2:13/04/2024=1712966400000000|y=5\n3:01/05/2024=1714521600000000|y=6\n");
    expect("ds,y\n1,x\n", "failed f:0:0: no column holds numbers to forecast\n");
    expect("a;b\n1;1,500\n",
           "failed f:2:2: \"1,500\" may have a decimal comma or a mark between thousands, and no cell "
           "settles it\n");
}
END_TEST

START_TEST(empty_first_cells_are_waited_for)
{
    expect("ds,a,b\n2024-01-01,,\n2024-01-02,NA,\n2024-01-03,1,\n2024-01-04,,2\n",
           "2:2024-01-01=1704067200000000|a=|b=\n3:2024-01-02=1704153600000000|a=|b=\n"
           "4:2024-01-03=1704240000000000|a=1|b=\n5:2024-01-04=1704326400000000|a=|b=2\n");
    expect("ds,a\n,1\n2024-01-02,2\n",
           "bad 2:1: column \"ds\": the time stamp is missing []\n3:2024-01-02=1704153600000000|a=2\n");
    expect("t,a,b\n1,2,\n2,3,word\n3,4,5\n",
           "2:1=1|a=2|b=\n3:2=2|a=3\n4:3=3|a=4\nnote f:3: column \"b\" holds text and is ignored from here on\n");
}
END_TEST

START_TEST(a_decimal_comma_may_show_late)
{
    expect("t;a\n1;2\n2;3,5\n3;4,25\n",
           "2:1=1|a=2\n3:2=2|a=3.5\n4:3=3|a=4.25\nnote numbers are read with a decimal comma\n");
    expect("t;a\n1;2\n2;3.5\n3;1,500\n", "2:1=1|a=2\n3:2=2|a=3.5\n4:3=3|a=1500\n");
    expect("t;a\n1;2\n2;1,500\n3;1,25\n",
           "2:1=1|a=2\nbad 3:2: \"1,500\" may have a decimal comma or a mark between thousands, and no cell so far "
           "settles it [2;1,500]\n4:3=3|a=1.25\nnote numbers are read with a decimal comma\n");
}
END_TEST

START_TEST(parts_of_stamps_are_joined_at_sight)
{
    expect("Date,Time,y\n2024-01-01,10:00,5\n2024-01-01,11:00,6\n",
           "2:2024-01-01 10:00=1704103200000000|y=5\n3:2024-01-01 11:00=1704106800000000|y=6\n"
           "note time stamps are joined from the columns \"Date\" and \"Time\", as in 2024-01-01 10:00\n");
}
END_TEST

START_TEST(other_forms_of_files_are_refused)
{
    expect_n("\x1f\x8b\x08\x00", 4, NULL,
             "failed f:0:0: the rows are packed with gzip, which is not read row by row\n");
    expect_n("\xff\xfe"
             "d\0s\0",
             6, NULL, "failed f:0:0: the rows are written in UTF-16, which is not read row by row\n");
}
END_TEST

START_TEST(a_reader_goes_on_where_it_was)
{
    static const char before[] = "unique_id;ds;y;z\na;2024-01-01;1;\nb;2024-01-02 3:04 PM;2,5;x\n",
                      after[] = "c;2024-01-03 1:00 AM;7,25;8\n",
                      *const beginnings[] = {"", "unique_id;ds;y;z\n", "\xef\xbb\xbf# hello\nunique_id;ds;y;z\n"};
    lc_settings *s = lc_settings_create();
    lc_status st = {.code = LC_OK};
    lc_live *l;
    lc_buf b = {0}, c = {0};
    ck_assert_int_eq(lc_live_create(&l, s, &st), LC_OK);
    ck_assert_int_eq(lc_live_begin(l, "f", &st), LC_OK);
    ck_assert_int_eq(lc_live_push(l, before, sizeof before - 1, &st), LC_OK);
    ck_assert(put_rows(&b, l));
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        lc_live *other;
        lc_live_memory m = lc_live_recall(l);
        c.len = 0;
        ck_assert_int_eq(lc_live_create(&other, s, &st), LC_OK);
        ck_assert_msg(lc_live_restore(other, &m, &st) == LC_OK, "%s", st.text);
        ck_assert_int_eq(lc_live_begin(other, "g", &st), LC_OK);
        ck_assert_int_eq(lc_live_push(other, beginnings[i], strlen(beginnings[i]), &st), LC_OK);
        ck_assert_int_eq(lc_live_push(other, after, sizeof after - 1, &st), LC_OK);
        ck_assert(put_rows(&c, other));
        const char *row = strchr(c.data, ':');
        ck_assert_ptr_nonnull(row);
        ck_assert_str_eq(row, ":c@2024-01-03 1:00 AM=1704243600000000|y=7.25\n");
        ck_assert_uint_eq(lc_live_notes(other)->n, 0);
        lc_live_free(other);
    }
    lc_live *other;
    lc_live_event event;
    lc_live_row row;
    lc_live_memory m = lc_live_recall(l);
    ck_assert_int_eq(lc_live_create(&other, s, &st), LC_OK);
    ck_assert_int_eq(lc_live_restore(other, &m, &st), LC_OK);
    ck_assert_int_eq(lc_live_begin(other, "g", &st), LC_OK);
    ck_assert_int_eq(lc_live_push(other, "unique_id;ds;y;w\n", 17, &st), LC_OK);
    ck_assert_int_eq(lc_live_next(other, &event, &row, &st), LC_E_DATA);
    ck_assert_str_eq(st.text, "column \"w\" stands where the saved state has \"z\"");
    lc_live_free(other);
    lc_buf_free(&b);
    lc_buf_free(&c);
    lc_live_free(l);
    lc_settings_free(s);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("live rows");
    TCase *c = tcase_create("rows");
    tcase_add_test(c, header_and_roles_are_found_as_in_a_file);
    tcase_add_test(c, a_first_row_of_data_is_no_header);
    tcase_add_test(c, each_row_is_there_when_its_line_ends);
    tcase_add_test(c, quotes_may_hold_delimiters_and_line_ends);
    tcase_add_test(c, bad_rows_are_told_and_passed_over);
    tcase_add_test(c, an_open_quote_swallows_few_lines);
    tcase_add_test(c, a_line_without_end_takes_bounded_room);
    tcase_add_test(c, what_one_row_cannot_settle_is_an_error);
    tcase_add_test(c, empty_first_cells_are_waited_for);
    tcase_add_test(c, a_decimal_comma_may_show_late);
    tcase_add_test(c, parts_of_stamps_are_joined_at_sight);
    tcase_add_test(c, other_forms_of_files_are_refused);
    tcase_add_test(c, a_reader_goes_on_where_it_was);
    tcase_set_timeout(c, 60);
    suite_add_tcase(s, c);
    return s;
}
