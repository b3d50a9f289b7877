/* However bytes are cut into blocks and parts, and whoever reads them: one table. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/splitter.h"
#include "data/table.h"
#include "ref/libcsv_rows.h"
#include "unit/support/panel_text.h"
#include "unit/support/unit.h"

/* ---- the splitter against libcsv ---- */

static void write_row(lc_buf *b, const lc_csv_row *row)
{
    lc_buf_printf(b, "%zu:", row->line);
    for (size_t i = 0; i < row->n; i++) lc_buf_printf(b, "%s%s", i ? "|" : "", row->cell[i]);
    lc_buf_puts(b, "\n");
}

static char *by_splitter(const char *bytes, size_t n, char delimiter, bool *failed)
{
    lc_buf b = {0};
    lc_splitter *s = lc_splitter_create(delimiter);
    size_t at = 0, line = 1;
    lc_split_row row;
    lc_split_result got;
    while ((got = lc_splitter_next(s, bytes, n, true, &at, &line, &row)) == LC_SPLIT_ROW) write_row(&b, &row.row);
    *failed = got != LC_SPLIT_END;
    lc_splitter_free(s);
    lc_buf_puts(&b, "");
    return b.data;
}

static uint64_t state = 1;

static size_t next(size_t most)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(state >> 33) % most;
}

START_TEST(splitter_and_libcsv_cut_the_same)
{
    static const char letters[] = ",,,;\n\n\r\"\" \tab1.\"-";
    char text[40];
    size_t rows = 0, failures = 0;
    for (int i = 0; i < 300000; i++) {
        size_t n = next(sizeof text);
        /* Every other text has no quotes at all. */
        for (size_t k = 0; k < n; k++) {
            do text[k] = letters[next(sizeof letters - 1)];
            while (i % 2 && text[k] == '"');
        }
        char delimiter = ",;\t"[i % 3];
        bool wrong, also_wrong;
        char *want = libcsv_read(text, n, delimiter, "|", "\n", &wrong),
             *got = by_splitter(text, n, delimiter, &also_wrong);
        UNIT_MUST(strcmp(got, want) == 0 && wrong == also_wrong, "\"%.*s\" (%c):\n%s%d\nlibcsv:\n%s%d", (int)n, text,
                  delimiter, got, also_wrong, want, wrong);
        rows += *got != '\0';
        failures += wrong;
        free(want);
        free(got);
    }
    ck_assert_uint_gt(rows, 100000);
    ck_assert_uint_gt(failures, 20000);
}
END_TEST

/* ---- tables ---- */

static void write_cell(lc_buf *b, double x)
{
    if (x == x) lc_buf_printf(b, ",%.17g", x);
    else lc_buf_puts(b, ",");
}

/* All that a table says, failures included. */
static char *table_text(const char *bytes, size_t n, const char *options, size_t block, size_t threads, bool rejects)
{
    lc_settings *s = panel_settings(options);
    lc_table t = {0};
    lc_status st = {0};
    lc_buf b = {0};
    lc_rejects file = {{0}, 0};
    char *rejected = NULL;
    size_t room = 0;
    lc_code code = lc_table_open(&t, s, &st);
    ck_assert_int_eq(code, LC_OK);
    t.block = block;
    t.threads = threads;
    if (rejects) {
        file.out.stream = open_memstream(&rejected, &room);
        t.rejects = &file;
    }
    code = lc_table_read_memory(&t, "f.csv", bytes, n, &st);
    if (code == LC_OK) code = lc_table_close(&t, &st);
    ck_assert_int_eq(code, st.code);
    if (code == LC_OK) {
        char stamp[LC_STAMP_TEXT];
        for (size_t i = 0; i < t.n_rows; i++) {
            lc_clock c = t.roles.clock.clock;
            if (t.offset) c.offset_minutes = t.offset[i];
            lc_buf_printf(&b, "%zu:%s", lc_table_line_of(&t, i), t.stamp ? lc_clock_format(&c, t.stamp[i], stamp) : "");
            if (t.id.n) lc_buf_printf(&b, " %s", t.ids.name[t.id.run[lc_runs_find(&t.id, i)].value]);
            for (size_t v = 0; v < lc_roles_values(&t.roles); v++) write_cell(&b, lc_number_written(t.value[v], i));
            lc_buf_puts(&b, "\n");
        }
        for (size_t v = 0; v < lc_roles_values(&t.roles); v++) lc_buf_puts(&b, t.value[v].d ? "8" : "4");
        for (size_t i = 0; i < t.notes.n; i++) lc_buf_printf(&b, "\n%s", t.notes.line[i]);
    } else {
        lc_buf_printf(&b, "%s:%zu:%zu: %s (%s)", st.file, st.line, st.column, st.text, st.hint);
    }
    if (rejects) {
        fclose(file.out.stream);
        lc_buf_printf(&b, "\n%s", rejected);
        free(rejected);
    }
    lc_table_free(&t);
    lc_settings_free(s);
    return b.data;
}

static void same_in_any_blocks(const char *text, size_t n, const char *options, size_t step)
{
    for (int rejects = 0; rejects < 2; rejects++) {
        char *want = table_text(text, n, options, n + 1, 1, rejects);
        for (size_t block = 1; block <= n + 1; block += step) {
            char *got = table_text(text, n, options, block, 1, rejects);
            UNIT_MUST(strcmp(got, want) == 0, "blocks of %zu:\n%s\nwanted:\n%s", block, got, want);
            free(got);
        }
        free(want);
    }
}

static const struct {
    const char *text, *options;
} file[] = {
    {"ds,y\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n", ""},
    {"ds,y\r\n2024-01-01 00:00,1.5\r\n2024-01-01 01:00,\r\n2024-01-01 02:00,3", ""},
    {"ds,y\r2024-01-01,1\r2024-01-02,2\r\r2024-01-03,3\r", ""},
    {"# comment\nTitle\n\nunique_id,ds,y\na,1,5\na,2,6\n\"b,c\",1,7\n\"b,c\",2,8\nb,1,9\n\"q\"\"q\",1,1\n", ""},
    {"ds,text,y\n1,\"two\nlines\",5\n2,\"and\r\n\r\nthree\",6\n3,x,7\n4,\"y\",8\n", ""},
    {"ds,y\n1,1\n2,1234567.891\n3,0.1\n4,1e300\n", ""},
    {"ds,y,late\n1,1,\n2,2,\n3,3,5\n4,4,text\n", ""},
    {"ds,y,late\n1,1,\n2,2,\n3,3,text\n4,4,5\n", ""},
    {"ds,y\n01/02/2024,1\n02/02/2024,2\n13/02/2024,3\n14/02/2024,4\n", ""},
    {"ds,y\n01/02/2024,1\n02/02/2024,2\n02/13/2024,3\n14/02/2024,4\n", ""},
    {"ds,y\n2024-03-31T00:30+01:00,1\n2024-03-31T01:30+01:00,2\n2024-03-31T03:30+02:00,3\n", ""},
    {"ds,y\n1,1\n2,abc\n3,3\n4,4,4\n5\n6,6\n,7\n8,\"open\n9,9\n10,10\n", ""},
    {"ds,y\n1,1\n2,a\"b\n3,3\n\"4\",\"4\" \n5,\"5\"x\n6,6\n", ""},
    {"ds;y;z\n1;1,5;-2,25\n2;NA;3\n  3 ; 4 ;+5,0\n", ""},
    {"y\n1\n\n \n2\n3\n", ""},
    {"ds,y\n2024-01-01 10:00:00.5,1\n2024-01-01 10:00:01,2\n2024-1-1 9:00,3\n", ""},
    {"t,y\n3-Jan-2024 1:30 PM,1\n4-Jan-2024 1:30 AM,\"1,234\"\n", ""},
    {"ds,y\n1,5,,\n2,6,\n3,7\n", ""},
    {"ds,y\n1,-999\n2,5\n3,-999.0\n", "missing=-999"},
    {"Date,Time,y\n2024-01-31,22:00,1\n2024-01-31,\"23:00\",2\n2024-02-01, 0:00 ,3\n2024-02-01,25:00,3\n", ""},
    {"Time;y;Date\n1:00 PM;1;1/2/2024\n2:00 PM;2;1/2/2024\n1:00 AM;;1/13/2024\n;3;1/14/2024\n", ""},
    {"year,month,y,day,hour\n2023,12,1,31,22\n2023,12,2,31,23\n2024,1,3,1,0\n2024,1,3,,0\n2024,1,3,1,24\n", ""},
    {"\"ds\",\"y\"\n\"2024-01-01\",\"1.5\"\n\"2024-01-02\",\"\"\n\"2024-01-03\",\" 3 \"\n\" 2024-01-04\",4\n", ""},
    {"\"unique_id\",\"ds\",\"y\"\n\"a\",1,\"5\"\n\"a\",2,6\n\"a,b\",1,\"7\"\n\"a\nb\",1,8\na,3,\"9\"\"\"\n", ""},
    {"ds,y\n1990-Q3,1\n1990-Q4,2\n1991-Q1,3\n", ""},
};

START_TEST(every_block_size_gives_the_same_table)
{
    for (size_t i = 0; i < sizeof file / sizeof file[0]; i++)
        same_in_any_blocks(file[i].text, strlen(file[i].text), file[i].options, 1);
    static const char zero[] = "ds,y\n1,1\n2,\0002\n3,3\n\"4\0\",4\n5,5\n";
    same_in_any_blocks(zero, sizeof zero - 1, "", 1);
}
END_TEST

/* Files long enough for several parts, with something for a part to be wrong about. */
static char *long_file(size_t kind, size_t *n)
{
    lc_buf b = {0};
    lc_buf_puts(&b, kind == 3 ? "unique_id,ds,y,z\n" : "ds,y,z,text\n");
    for (int i = 0; i < 6000; i++) {
        const char *wide = kind == 1 && i > 2500 ? "123456.789012" : "12.5";
        int day = kind == 2 && i > 3500 ? 13 + i % 10 : 1 + i % 12, year = 1000 + i / 12;
        if (kind == 2) lc_buf_printf(&b, "%02d/%02d/%d,%d,%s,x\n", day, 1 + i % 12, year, i, wide);
        else if (kind == 3) lc_buf_printf(&b, "s%d,%d,%d.25,%s\n", i / 7 % 50, i, i, wide);
        else if (kind == 4 && i % 1000 == 999)
            lc_buf_printf(&b, "%d,%d,%s,\"a\nb \"\"%d\"\" c\n,,\n\"\n", i, i, wide, i);
        else if (kind == 5 && i % 500 == 77) lc_buf_printf(&b, "%d,%s\n", i, "bad");
        else if (kind == 6 && i == 4000) lc_buf_printf(&b, "%d,1,2,\"never closed\n", i);
        else if (kind == 9)
            lc_buf_printf(&b, "\"%d\",\"%d\",\"%s\",\"%s\"\n", i, i % 97, wide, i % 700 ? "a" : "a,\n\"\"b");
        else
            lc_buf_printf(&b, "%d,%d,%s,%s\n", i, i % 97, kind == 7 && i < 5000 ? "" : wide, kind == 8 ? "\"q\"" : "x");
    }
    *n = b.len;
    return b.data;
}

START_TEST(threads_give_the_same_table)
{
    for (size_t kind = 0; kind < 10; kind++) {
        size_t n;
        char *text = long_file(kind, &n);
        for (int rejects = 0; rejects < 2; rejects++) {
            char *want = table_text(text, n, "", 1 << 24, 1, rejects);
            static const size_t block[] = {1000, 17000, 20011, 65536, 1 << 24};
            for (size_t i = 0; i < sizeof block / sizeof block[0]; i++)
                for (size_t threads = 1; threads <= 4; threads++) {
                    char *got = table_text(text, n, "", block[i], threads, rejects);
                    UNIT_MUST(strcmp(got, want) == 0, "kind %zu, blocks of %zu, %zu threads: not the same", kind,
                              block[i], threads);
                    free(got);
                }
            free(want);
        }
        free(text);
    }
}
END_TEST

static void same_quick_and_slow(const char *head, const char *row)
{
    lc_buf quick = {0}, slow = {0};
    lc_buf_printf(&quick, "%s%s,x\n", head, row);
    lc_buf_printf(&slow, "%s%s,\"x\"\"\"\n", head, row);
    char *a = table_text(quick.data, quick.len, "", 1 << 20, 1, false);
    char *b = table_text(slow.data, slow.len, "", 1 << 20, 1, false);
    UNIT_MUST(strcmp(a, b) == 0, "%s:\n%s\nslow:\n%s", row, a, b);
    free(a);
    free(b);
    lc_buf_free(&quick);
    lc_buf_free(&slow);
}

/* The quick way through rows and the slow one: a quote within quotes takes the slow one. */
START_TEST(quick_and_slow_rows_read_alike)
{
    static const char *const cell[] = {"1",     "-1.5",      "+2", " 7 ",   "1e3",     "0.1",    "123456789",
                                       "NA",    "",          "-",  ".5",    "5.",      "1.",     "\t3",
                                       "00012", "1E-5",      "x",  "1.2.3", "--1",     "1 2",    "inf",
                                       "1_000", "9999999.5", "-0", "null",  "1234567", "1e-400", "99999999999999999999",
                                       "0x1"};
    static const char *const stamp[] = {"2024-01-05 10:00:00",
                                        "2024-01-05T10:00:00",
                                        "2024-01-05",
                                        "2024-1-5 10:00:00",
                                        "2024-02-30 10:00:00",
                                        "2024-01-05 24:00:00",
                                        "2024-01-05 10:00",
                                        " 2024-01-05 10:00:00",
                                        "2024-01-05 10:00:00.25",
                                        "0000-01-01 00:00:00",
                                        "2024-01-05 10:00:0",
                                        "x",
                                        ""};
    for (size_t i = 0; i < sizeof cell / sizeof cell[0]; i++)
        for (size_t k = 0; k < sizeof stamp / sizeof stamp[0]; k++) {
            char row[100];
            static const char *const form[] = {"%s,%s",         "\"%s\",%s", "%s,\"%s\"",
                                               "\"%s\",\"%s\"", "%s,%sx\"",  "%s,\"%s\" "};
            for (size_t q = 0; q < sizeof form / sizeof form[0]; q++) {
                snprintf(row, sizeof row, form[q], stamp[k], cell[i]);
                same_quick_and_slow("ds,y,note\n2024-01-01 00:00:00,1,x\n2024-01-02 00:00:00,2,x\n", row);
            }
        }
}
END_TEST

START_TEST(quick_and_slow_parts_of_stamps_read_alike)
{
    static const char *const date[] = {"2024-01-05",
                                       " 2024-01-05 ",
                                       "2024-01-05 1",
                                       "2024-02-30",
                                       "x",
                                       "",
                                       "NA",
                                       "a date longer than any stamp can be, whoever may have written it down"};
    static const char *const time[] = {"10:00:00", "\t10:00:00",  "10:00", "9:00:00", "24:00:00", "10:00:00.5",
                                       "",         "10:00:00 AM", "x",     "10",      "1"};
    for (size_t i = 0; i < sizeof date / sizeof date[0]; i++)
        for (size_t k = 0; k < sizeof time / sizeof time[0]; k++) {
            char row[200];
            snprintf(row, sizeof row, k % 2 ? "%s,\"%s\",3" : i % 2 ? "\"%s\",%s,\"3\"" : "%s,%s,3", date[i], time[k]);
            same_quick_and_slow("Date,Time,y,note\n2024-01-01,00:00:00,1,x\n2024-01-01,01:00:00,2,x\n", row);
        }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("Parts of a table");
    TCase *c = tcase_create("parts");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, splitter_and_libcsv_cut_the_same);
    tcase_add_test(c, every_block_size_gives_the_same_table);
    tcase_add_test(c, threads_give_the_same_table);
    tcase_add_test(c, quick_and_slow_rows_read_alike);
    tcase_add_test(c, quick_and_slow_parts_of_stamps_read_alike);
    suite_add_tcase(s, c);
    return s;
}
