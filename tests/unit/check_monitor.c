/* Rows judged as they come: the same as those of a whole file, and the same after a stop at any row. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/rng.h"
#include "loomcast.h"
#include "unit/support/scratch.h"
#include "unit/support/unit.h"

static lc_settings *settings;

static void set_up(void)
{
    scratch_enter();
    settings = lc_settings_create();
}

static void tear_down(void)
{
    lc_settings_free(settings);
    scratch_leave();
}

static lc_monitor *begin(const char *state)
{
    lc_monitor *m;
    lc_status st = {.code = LC_OK};
    ck_assert_int_eq(lc_monitor_create(&m, settings, &st), LC_OK);
    if (state) ck_assert_msg(lc_monitor_restore(m, state, &st) == LC_OK, "%s", st.text);
    ck_assert_int_eq(lc_monitor_begin(m, "f", &st), LC_OK);
    return m;
}

/* Adds the lines of the rows that are there, and what is wrong with the others. */
static void drain(lc_monitor *m, lc_monitor_format format, lc_buf *out)
{
    for (;;) {
        lc_monitor_event event;
        lc_monitor_row row;
        lc_status st = {.code = LC_OK};
        const char *text;
        size_t n;
        lc_code code = lc_monitor_next(m, &event, &row, &st);
        if (code == LC_OK && event == LC_MONITOR_ROW) code = lc_monitor_lines(m, format, &text, &n, &st);
        if (code != LC_OK) {
            lc_buf_printf(out, "failed: %s\n", st.text);
            return;
        }
        if (event == LC_MONITOR_MORE) return;
        if (event == LC_MONITOR_ROW) lc_buf_append(out, text, n);
        if (event == LC_MONITOR_BAD) lc_buf_printf(out, "bad %zu: %s\n", row.why->line, row.why->text);
    }
}

static void feed(lc_monitor *m, const char *text, size_t n, lc_buf *out)
{
    lc_status st = {.code = LC_OK};
    ck_assert_int_eq(lc_monitor_push(m, text, n, &st), LC_OK);
    drain(m, LC_MONITOR_DETECT, out);
}

/* Three columns for each of two ids, with days, gaps, missing values, faults, late rows and a counter. */
static char *make_rows(size_t n)
{
    lc_buf b = {0};
    lc_rng r = lc_rng_make(7, LC_STREAM_TEST, 0);
    double sent = 0;
    lc_buf_puts(&b, "unique_id,ds,load,heat,sent\n");
    for (size_t i = 0; i < n; i++) {
        const double day = sin(6.283185307 * (double)(i % 48) / 48);
        const size_t minute = (i + (i > 300 ? 17 : 0)) * 30;
        lc_buf_printf(&b, "%s,2024-03-%02zu %02zu:%02zu,", lc_rng_uniform(&r) < 0.6 ? "a" : "b\xff" /* no UTF-8 */,
                      1 + minute / 1440, minute / 60 % 24, minute % 60);
        const double fault = i % 173 == 170 ? 9 : 0;
        if (lc_rng_uniform(&r) < 0.03) lc_buf_puts(&b, ",");
        else lc_buf_printf(&b, "%.3f,", 5 + day + 0.2 * lc_rng_normal(&r) + fault);
        lc_buf_printf(&b, "%.2f,", 20 - day + lc_rng_normal(&r));
        sent = i % 450 == 449 ? 0 : sent + 3 + lc_rng_uniform(&r);
        lc_buf_printf(&b, "%.1f\n", sent);
        if (i % 97 == 50) lc_buf_puts(&b, "a,2024-03-01 00:00,1,1,1\n");
    }
    return b.data;
}

static const char *after_row(const char *text, size_t row)
{
    for (size_t i = 0; i <= row; i++) text = strchr(text, '\n') + 1;
    return text;
}

START_TEST(a_stop_at_any_row_changes_no_byte)
{
    enum { ROWS = 700, STOPS = 50 };
    lc_status st = {.code = LC_OK};
    char *text = make_rows(ROWS);
    lc_buf whole = {0}, parts = {0};
    lc_monitor *m = begin(NULL);
    feed(m, text, strlen(text), &whole);
    lc_monitor_free(m);
    ck_assert_ptr_nonnull(strstr(whole.data, ",1\n")); /* something is flagged */
    size_t stop[STOPS + 1];
    lc_rng r = lc_rng_make(1, LC_STREAM_TEST, 1);
    for (size_t i = 0; i < STOPS; i++) stop[i] = 1 + (size_t)(lc_rng_uniform(&r) * (ROWS - 2));
    stop[STOPS] = ROWS - 1;
    for (size_t i = 1; i < STOPS; i++)
        for (size_t k = i; k && stop[k] < stop[k - 1]; k--) {
            const size_t other = stop[k];
            stop[k] = stop[k - 1];
            stop[k - 1] = other;
        }
    const char *from = text;
    for (size_t i = 0; i <= STOPS; i++) {
        const char *to = i < STOPS ? after_row(text, stop[i]) : text + strlen(text);
        /* A late row right behind a stop would be taken for one that was answered before it. */
        if (i < STOPS && strncmp(to, "a,2024-03-01 00:00", 18) == 0) to = strchr(to, '\n') + 1;
        if (to < from) to = from;
        m = begin(i ? "state" : NULL);
        feed(m, from, (size_t)(to - from), &parts);
        ck_assert_msg(lc_monitor_save(m, "state", &st) == LC_OK, "%s", st.text);
        lc_monitor_free(m);
        from = to;
    }
    ck_assert_uint_eq(scratch_files(), 1);
    ck_assert_uint_eq(whole.len, parts.len);
    ck_assert(memcmp(whole.data, parts.data, whole.len) == 0);
    lc_buf_free(&whole);
    lc_buf_free(&parts);
    free(text);
}
END_TEST

/* By then the memories of the tails are full. */
START_TEST(a_stop_after_many_rows_changes_no_byte)
{
    enum { ROWS = 9000 };
    lc_status st = {.code = LC_OK};
    lc_buf text = {0}, whole = {0}, parts = {0};
    lc_rng r = lc_rng_make(5, LC_STREAM_TEST, 3);
    lc_buf_puts(&text, "y\n");
    for (int i = 0; i < ROWS; i++) lc_buf_printf(&text, "%.4f\n", lc_rng_normal(&r));
    lc_monitor *m = begin(NULL);
    feed(m, text.data, text.len, &whole);
    lc_monitor_free(m);
    const char *const end = text.data + text.len, *const to[] = {after_row(text.data, 8100), after_row(text.data, 8400),
                                                                 after_row(text.data, 8750), end};
    const char *from = text.data;
    for (size_t i = 0; i < sizeof to / sizeof to[0]; i++) {
        m = begin(i ? "state" : NULL);
        feed(m, from, (size_t)(to[i] - from), &parts);
        ck_assert_int_eq(lc_monitor_save(m, "state", &st), LC_OK);
        lc_monitor_free(m);
        from = to[i];
    }
    ck_assert_uint_eq(whole.len, parts.len);
    ck_assert(memcmp(whole.data, parts.data, whole.len) == 0);
    lc_buf_free(&text);
    lc_buf_free(&whole);
    lc_buf_free(&parts);
}
END_TEST

START_TEST(a_file_read_again_with_its_state_gives_only_what_is_new)
{
    lc_status st = {.code = LC_OK};
    lc_monitor_info info;
    static const char text[] = "t,y\n1,5\n2,6\n2,7\n4,8\n";
    lc_buf out = {0};
    lc_monitor *m = begin(NULL);
    feed(m, text, sizeof text - 1, &out);
    ck_assert_str_eq(out.data, "y,1,5,,,,0,0\ny,2,6,,,,0,0\ny,2,7,,,,0,0\ny,4,8,,,,0,0\n");
    const char *notice = lc_monitor_notice(m);
    ck_assert_ptr_nonnull(notice);
    ck_assert_ptr_nonnull(strstr(notice, "f:4: the stamp 2 is not after the one before it"));
    ck_assert_ptr_null(lc_monitor_notice(m));
    ck_assert_int_eq(lc_monitor_save(m, "state", &st), LC_OK);
    lc_monitor_free(m);
    out.len = 0;
    m = begin("state");
    feed(m, text, sizeof text - 1, &out);
    ck_assert_uint_eq(out.len, 0);
    feed(m, "5,9\n3,1\n", 8, &out);
    ck_assert_str_eq(out.data, "y,5,9,,,,0,0\ny,3,1,,,,0,0\n");
    lc_monitor_get_info(m, &info);
    ck_assert_uint_eq(info.known, 4);
    ck_assert_uint_eq(info.rows, 2);
    ck_assert_uint_eq(info.late, 1);
    lc_monitor_free(m);
    lc_buf_free(&out);
}
END_TEST

START_TEST(before_the_first_row_there_is_no_state)
{
    lc_status st = {.code = LC_OK};
    lc_buf out = {0};
    lc_monitor *m = begin(NULL);
    feed(m, "t,y\n", 4, &out);
    ck_assert_int_eq(lc_monitor_save(m, "state", &st), LC_OK);
    ck_assert_uint_eq(scratch_files(), 0);
    lc_monitor_free(m);
    lc_buf_free(&out);
}
END_TEST

START_TEST(other_settings_are_refused)
{
    lc_status st = {.code = LC_OK};
    lc_buf out = {0};
    lc_monitor *m = begin(NULL);
    feed(m, "t,y,z\n1,5,6\n", 12, &out);
    ck_assert_int_eq(lc_monitor_save(m, "state", &st), LC_OK);
    lc_monitor_free(m);
    ck_assert_int_eq(lc_settings_set(settings, "target", "z", &st), LC_OK);
    ck_assert_int_eq(lc_monitor_create(&m, settings, &st), LC_OK);
    ck_assert_int_eq(lc_monitor_restore(m, "state", &st), LC_E_USAGE);
    ck_assert_str_eq(st.file, "state");
    ck_assert_str_eq(st.text, "the state was made without --target, this run has z");
    lc_monitor_free(m);
    ck_assert_int_eq(lc_settings_set(settings, "past", "y", NULL), LC_OK);
    st = (lc_status){.code = LC_OK};
    ck_assert_int_eq(lc_monitor_create(&m, settings, &st), LC_E_USAGE);
    lc_buf_free(&out);
}
END_TEST

START_TEST(series_are_limited)
{
    lc_buf out = {0};
    ck_assert_int_eq(lc_settings_set(settings, "max-series", "2", NULL), LC_OK);
    lc_monitor *m = begin(NULL);
    static const char text[] = "unique_id,ds,y\na,1,5\nb,1,6\nc,1,7\na,2,8\n";
    feed(m, text, sizeof text - 1, &out);
    ck_assert_str_eq(out.data, "a,1,5,,,,0,0\nb,1,6,,,,0,0\n"
                               "bad 4: the id \"c\" is one more than the 2 series of --max-series\na,2,8,,,,0,0\n");
    lc_monitor_free(m);
    lc_buf_free(&out);
}
END_TEST

START_TEST(the_form_of_the_benchmark_holds_one_series)
{
    lc_buf out = {0};
    lc_status st = {.code = LC_OK};
    lc_monitor *m = begin(NULL);
    ck_assert_int_eq(lc_monitor_push(m, "t,y\n1,5\n", 8, &st), LC_OK);
    drain(m, LC_MONITOR_NAB, &out);
    lc_monitor_free(m);
    m = begin(NULL);
    ck_assert_int_eq(lc_monitor_push(m, "t,y,z\n1,5,6\n", 12, &st), LC_OK);
    drain(m, LC_MONITOR_NAB, &out);
    ck_assert_str_eq(out.data, "1,5,0,0\nfailed: the form of the Numenta benchmark holds one series, and these are "
                               "several\n");
    lc_monitor_free(m);
    lc_buf_free(&out);
}
END_TEST

/* ---- hostile states ---- */

static char *state_bytes;
static size_t state_size;

static void make_state(void)
{
    lc_status st = {.code = LC_OK};
    lc_buf out = {0};
    lc_buf text = {0};
    lc_buf_puts(&text, "ds,y\n");
    for (int i = 0; i < 120; i++) lc_buf_printf(&text, "2024-01-01 %02d:%02d,%d.5\n", i / 60, i % 60, i * 37 % 11);
    lc_monitor *m = begin(NULL);
    feed(m, text.data, text.len, &out);
    ck_assert_int_eq(lc_monitor_save(m, "good", &st), LC_OK);
    lc_monitor_free(m);
    FILE *f = fopen("good", "rb");
    ck_assert_ptr_nonnull(f);
    fseek(f, 0, SEEK_END);
    state_size = (size_t)ftell(f);
    rewind(f);
    state_bytes = malloc(state_size);
    ck_assert_uint_eq(fread(state_bytes, 1, state_size, f), state_size);
    fclose(f);
    lc_buf_free(&out);
    lc_buf_free(&text);
}

/* Restores the first n bytes, and where that goes well lets the monitor judge on. */
static lc_code try_state(const char *bytes, size_t n)
{
    lc_status st = {.code = LC_OK};
    lc_buf out = {0};
    FILE *f = fopen("bad", "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
    fclose(f);
    lc_monitor *m;
    ck_assert_int_eq(lc_monitor_create(&m, settings, &st), LC_OK);
    const lc_code code = lc_monitor_restore(m, "bad", &st);
    ck_assert_int_eq(code, st.code);
    ck_assert(code == LC_OK || (st.text[0] && strcmp(st.file, "bad") == 0));
    if (code == LC_OK && lc_monitor_begin(m, "f", &st) == LC_OK) {
        lc_buf_puts(&out, "ds,y\n");
        for (int i = 0; i < 90; i++) lc_buf_printf(&out, "2024-01-02 %02d:%02d,%d\n", i / 60, i % 60, i % 7);
        lc_buf rows = {0};
        feed(m, out.data, out.len, &rows);
        lc_buf_free(&rows);
    }
    lc_monitor_free(m);
    lc_buf_free(&out);
    return code;
}

START_TEST(a_cut_state_is_refused)
{
    make_state();
    ck_assert_int_eq(try_state(state_bytes, state_size), LC_OK);
    for (size_t n = 0; n < state_size; n += 1 + n / 20) ck_assert_int_eq(try_state(state_bytes, n), LC_E_MODEL);
    ck_assert_int_eq(try_state(state_bytes, state_size - 1), LC_E_MODEL);
    free(state_bytes);
}
END_TEST

START_TEST(a_changed_state_does_no_harm)
{
    make_state();
    lc_rng r = lc_rng_make(3, LC_STREAM_TEST, 2);
    size_t refused = 0;
    for (int i = 0; i < 400; i++) {
        /* Half of the changes in the text, half in the numbers, the first of which are counts and positions. */
        const size_t area = i % 2 ? 3000 : state_size, at = (size_t)(lc_rng_uniform(&r) * (double)area);
        const char before = state_bytes[at];
        state_bytes[at] = (char)(before ^ (1 << (int)(lc_rng_uniform(&r) * 8)));
        refused += try_state(state_bytes, state_size) != LC_OK;
        state_bytes[at] = before;
    }
    ck_assert_uint_gt(refused, 100);
    free(state_bytes);
}
END_TEST

START_TEST(a_hostile_number_in_any_place_does_no_harm)
{
    static const uint64_t value[] = {UINT64_MAX, UINT64_C(1) << 62, 32769, 8001, 0, UINT64_C(0x7ff8000000000000)};
    make_state();
    uint64_t header;
    memcpy(&header, state_bytes, sizeof header);
    /* The counts and the reals are the first arrays behind the series' own. */
    for (size_t at = 8 + header; at + 8 <= state_size && at < 8 + header + 16 + 8 * 60; at += 8)
        for (size_t i = 0; i < sizeof value / sizeof value[0]; i++) {
            uint64_t before;
            memcpy(&before, state_bytes + at, sizeof before);
            memcpy(state_bytes + at, &value[i], sizeof before);
            const lc_code code = try_state(state_bytes, state_size);
            ck_assert(code == LC_OK || code == LC_E_MODEL);
            memcpy(state_bytes + at, &before, sizeof before);
        }
    free(state_bytes);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("monitor");
    TCase *c = tcase_create("rows");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, a_stop_at_any_row_changes_no_byte);
    tcase_add_test(c, a_stop_after_many_rows_changes_no_byte);
    tcase_add_test(c, a_file_read_again_with_its_state_gives_only_what_is_new);
    tcase_add_test(c, before_the_first_row_there_is_no_state);
    tcase_add_test(c, other_settings_are_refused);
    tcase_add_test(c, series_are_limited);
    tcase_add_test(c, the_form_of_the_benchmark_holds_one_series);
    tcase_set_timeout(c, 120);
    suite_add_tcase(s, c);
    c = tcase_create("hostile states");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, a_cut_state_is_refused);
    tcase_add_test(c, a_changed_state_does_no_harm);
    tcase_add_test(c, a_hostile_number_in_any_place_does_no_harm);
    tcase_set_timeout(c, 300);
    suite_add_tcase(s, c);
    return s;
}
