#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/dialect.h"
#include "data/names.h"
#include "data/rows.h"
#include "unit/support/unit.h"

/* ---- rows as one text: "line:cell|cell\n" for each ---- */

static lc_code write_row(void *ctx, const lc_csv_row *row, lc_status *st)
{
    lc_buf *b = ctx;
    (void)st;
    lc_buf_printf(b, "%zu:", row->line);
    for (size_t i = 0; i < row->n; i++) lc_buf_printf(b, "%s%s", i ? "|" : "", row->cell[i]);
    lc_buf_puts(b, "\n");
    return LC_OK;
}

static void add_status(lc_buf *b, const lc_status *st)
{
    if (st->code != LC_OK) lc_buf_printf(b, "%s:%zu:%zu: %s", st->file, st->line, st->column, st->text);
}

/* Reads the bytes in blocks; the caller frees the text. */
static char *read_in_blocks(const char *bytes, size_t n, size_t block, char delimiter)
{
    lc_buf b = {0};
    lc_status st = {0};
    lc_source *source;
    ck_assert_int_eq(lc_source_memory(&source, "f.csv", bytes, n, &st), LC_OK);
    lc_code code = lc_rows_read(source, "f.csv", delimiter, block, write_row, &b, &st);
    ck_assert_int_eq(code, st.code);
    add_status(&b, &st);
    lc_source_close(source);
    ck_assert(!b.failed);
    return b.data ? b.data : lc_strdup("");
}

static void expect_n(const char *bytes, size_t n, char delimiter, const char *want)
{
    for (size_t block = 1; block <= n + 1; block++) {
        char *got = read_in_blocks(bytes, n, block, delimiter);
        ck_assert_msg(strcmp(got, want) == 0, "in blocks of %zu:\n%s\nwanted:\n%s", block, got, want);
        free(got);
    }
}

static void expect(const char *text, const char *want)
{
    expect_n(text, strlen(text), ',', want);
}

START_TEST(rows_have_the_line_at_which_they_begin)
{
    expect("a,b\n1,2\n\n  \n3,4", "1:a|b\n2:1|2\n5:3|4\n");
    expect("a,b\r\n1,2\r\n\r\n3,4\r\n", "1:a|b\n2:1|2\n4:3|4\n");
    expect("a,b\r1,2\r\r3,4\r", "1:a|b\n2:1|2\n4:3|4\n");
    expect("a,b\n\"x\ny\",2\n\"p\r\nq\",3\n4,5\n", "1:a|b\n2:x\ny|2\n4:p\r\nq|3\n6:4|5\n");
    expect("", "");
    expect("\n\n", "");
    expect("a", "1:a\n");
}
END_TEST

START_TEST(quotes_and_blanks_follow_the_rules)
{
    expect("a, \"b\"\"c\" ,  d e  ,\"\"\n", "1:a|b\"c|d e|\n");
    expect("\"a,b\",c\n", "1:a,b|c\n");
    expect_n("a;\"x;y\"\nb;c\n", 12, ';', "1:a|x;y\n2:b|c\n");
    expect_n("a\t\t b\n\tx\ty\n", 11, '\t', "1:a||b\n2:|x|y\n");
    expect("1,2,\n", "1:1|2|\n");
}
END_TEST

START_TEST(byte_order_mark_is_skipped)
{
    expect("\xef\xbb\xbf"
           "a,b\n1,2\n",
           "1:a|b\n2:1|2\n");
    expect("\xef\xbb\xbf", "");
    expect("\xef\xbb", "1:\xef\xbb\n");
}
END_TEST

START_TEST(broken_input_is_refused_with_its_place)
{
    expect("a,b\n1,x\"y\n2,3\n", "1:a|b\nf.csv:2:2: a quote (\") stands in the middle of a cell");
    expect("a,b\n1,\"x\" y\n", "1:a|b\nf.csv:2:2: a quote (\") stands in the middle of a cell");
    expect("a,b\n1,2\n3,\"x\n4,5\n", "1:a|b\n2:1|2\nf.csv:3:2: a quote (\") opens and is never closed");
    expect_n("a,b\n1,2\n3,4\0005\n", 15, ',', "1:a|b\n2:1|2\nf.csv:3:2: the cell holds a zero byte");
    expect_n("\0", 1, ',', "f.csv:1:1: the cell holds a zero byte");
    expect_n("\x1f\x8b\x08\0\0", 5, ',', "f.csv:0:0: the gzip data ends too early");
    expect_n("\xff\xfe"
             "a\0,\0\xe9\0",
             8, ',', "1:a|\xc3\xa9\n");
    expect("PAR1,2\n", "f.csv:0:0: the file is a Parquet file");
}
END_TEST

/* Inputs whose size matters are read in a few block sizes only. */
static void expect_end(const char *bytes, size_t n, const char *want)
{
    static const size_t block[] = {4096, 5000, 65536, 65537, 1 << 30};
    for (size_t i = 0; i < sizeof block / sizeof block[0]; i++) {
        char *got = read_in_blocks(bytes, n, block[i], ',');
        size_t len = strlen(got), tail = strlen(want);
        ck_assert_msg(len >= tail && strcmp(got + len - tail, want) == 0, "in blocks of %zu: ...%s", block[i],
                      got + (len > 200 ? len - 200 : 0));
        free(got);
    }
}

START_TEST(cells_rows_and_columns_are_bounded)
{
    size_t n = (size_t)3 << 20;
    char *big = malloc(n + 64);
    memset(big, 'x', n);
    memcpy(big, "a,b\n1,", 6);
    expect_end(big, n, "f.csv:2:2: the cell is longer than 1 MiB");
    memcpy(big, "a,b\n1,\"", 7);
    expect_end(big, n, "f.csv:2:2: the cell is longer than 1 MiB");

    big[6 + 1000000] = '\n'; /* just within the bound */
    big[6] = 'x';
    char *got = read_in_blocks(big, 6 + 1000001, 4096, ',');
    ck_assert_uint_eq(strlen(got), strlen("1:a|b\n2:1|\n") + 1000000);
    free(got);

    memset(big, ',', 16384);
    memcpy(big + 16383, "\n", 2);
    expect_end(big, 16384, "|\n");
    memset(big, ',', 16385);
    memcpy(big + 16384, "\n", 2);
    expect_end(big, 16385, "f.csv:1:16384: the row has more than 16384 columns");
    free(big);
}
END_TEST

static lc_code stop_at_two(void *ctx, const lc_csv_row *row, lc_status *st)
{
    size_t *rows = ctx;
    (*rows)++;
    return row->line == 2 ? lc_fail_at(st, LC_E_DATA, "f", row->line, 1, "enough") : LC_OK;
}

START_TEST(a_failing_reader_stops_the_file)
{
    static const char text[] = "a\nb\nc\nd\n";
    for (size_t block = 1; block < sizeof text; block++) {
        size_t rows = 0;
        lc_status st = {0};
        lc_source *source;
        ck_assert_int_eq(lc_source_memory(&source, "f", text, sizeof text - 1, &st), LC_OK);
        ck_assert_int_eq(lc_rows_read(source, "f", ',', block, stop_at_two, &rows, &st), LC_E_DATA);
        ck_assert_uint_eq(rows, 2);
        ck_assert_str_eq(st.text, "enough");
        lc_source_close(source);
    }
}
END_TEST

static char sniffed(const char *text)
{
    return lc_sniff_delimiter(text, strlen(text));
}

START_TEST(delimiters_are_sniffed)
{
    ck_assert_int_eq(sniffed("a,b\n1,2\n"), ',');
    ck_assert_int_eq(sniffed("a;b\n1,5;2,5\n3,5;4,5\n"), ';');
    ck_assert_int_eq(sniffed("1,5;2,5\n3,5;4,5\n"), ';');
    ck_assert_int_eq(sniffed("a\tb\n1\t2\n"), '\t');
    ck_assert_int_eq(sniffed("a|b\n1|2\n"), '|');
    ck_assert_int_eq(sniffed("a,\"x;y;z\"\nb,\"p;q;r\"\n"), ',');
    ck_assert_int_eq(sniffed("a,b\nx;y,1\np,2\n"), ',');
    ck_assert_int_eq(sniffed("a\n1\n2\n"), ',');
    ck_assert_int_eq(sniffed(""), ',');
    char d;
    ck_assert(lc_delimiter_of("tab", &d) && d == '\t');
    ck_assert(lc_delimiter_of("\\t", &d) && d == '\t');
    ck_assert(lc_delimiter_of(";", &d) && d == ';');
    ck_assert(lc_delimiter_of("", &d) && d == '\0');
    ck_assert(!lc_delimiter_of("x", &d));
    ck_assert(!lc_delimiter_of(",,", &d));
}
END_TEST

static bool header_of(size_t n, const char *const cells[][3])
{
    lc_csv_row rows[8];
    lc_settings *s = lc_settings_create();
    lc_cell_rules rules;
    ck_assert_int_eq(lc_cell_rules_make(&rules, s, NULL), LC_OK);
    for (size_t i = 0; i < n; i++) rows[i] = (lc_csv_row){.line = i + 1, .n = 3, .cell = cells[i]};
    bool header = lc_sniff_header(rows, n, &rules);
    lc_cell_rules_free(&rules);
    lc_settings_free(s);
    return header;
}

START_TEST(headers_are_told_from_data)
{
    const char *const usual[][3] = {{"ds", "y", "z"}, {"2020-01-01", "1", "2"}};
    const char *const numbered[][3] = {{"date", "0", "1"}, {"2020-01-01", "1", "2"}};
    const char *const none[][3] = {{"2020-01-01", "1", "2"}, {"2020-01-02", "1", "2"}};
    const char *const ids[][3] = {{"a", "2020-01-01", "5"}, {"a", "2020-01-02", "6"}};
    const char *const unnamed[][3] = {{"", "ds", "y"}, {"0", "2020-01-02", "6"}};
    const char *const missing[][3] = {{"NA", "1", "5"}, {"3", "4", "6"}};
    const char *const alone[][3] = {{"ds", "y", "z"}};
    ck_assert(header_of(2, usual));
    ck_assert(header_of(2, numbered));
    ck_assert(!header_of(2, none));
    ck_assert(!header_of(2, ids));
    ck_assert(header_of(2, unnamed));
    ck_assert(!header_of(2, missing));
    ck_assert(header_of(1, alone));
    ck_assert(!header_of(1, none));
}
END_TEST

START_TEST(names_are_found_again)
{
    lc_names s = {0};
    char name[32];
    ck_assert_uint_eq(lc_names_find(&s, "x"), LC_NO_NAME);
    for (uint32_t i = 0; i < 50000; i++) {
        bool is_new;
        snprintf(name, sizeof name, "series-%u-%u", i % 7, i);
        ck_assert_uint_eq(lc_names_add(&s, name, &is_new), i);
        ck_assert(is_new);
    }
    for (uint32_t i = 0; i < 50000; i += 3) {
        bool is_new;
        snprintf(name, sizeof name, "series-%u-%u", i % 7, i);
        ck_assert_uint_eq(lc_names_find(&s, name), i);
        ck_assert_uint_eq(lc_names_add(&s, name, &is_new), i);
        ck_assert(!is_new);
    }
    ck_assert_uint_eq(lc_names_find(&s, "series"), LC_NO_NAME);
    lc_names_free(&s);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("CSV rows and dialects");
    TCase *c = tcase_create("csv");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, rows_have_the_line_at_which_they_begin);
    tcase_add_test(c, quotes_and_blanks_follow_the_rules);
    tcase_add_test(c, byte_order_mark_is_skipped);
    tcase_add_test(c, broken_input_is_refused_with_its_place);
    tcase_add_test(c, cells_rows_and_columns_are_bounded);
    tcase_add_test(c, a_failing_reader_stops_the_file);
    tcase_add_test(c, delimiters_are_sniffed);
    tcase_add_test(c, headers_are_told_from_data);
    tcase_add_test(c, names_are_found_again);
    suite_add_tcase(s, c);
    return s;
}
