#define _GNU_SOURCE
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loomcast.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

static const char quick[] = "arch=lstm;epochs=2;hidden=4;lookback=8;horizon=3;season=1;threads=2;level=80,95";

static lc_panel *read_text(const char *text, const char *options)
{
    lc_settings *s = panel_settings(options);
    lc_panel *p = NULL;
    lc_status st = {0};
    lc_code code = lc_panel_read_text(&p, "made.csv", text, strlen(text), s, &st);
    ck_assert_msg(code == LC_OK, "%s:%zu:%zu: %s", st.file, st.line, st.column, st.text);
    lc_settings_free(s);
    return p;
}

/* Days with a target, a second column and some gaps. */
static char *days(int n)
{
    lc_buf b = {0};
    lc_buf_puts(&b, "date,load,wind\n");
    for (int i = 0; i < n; i++) {
        if (i % 40 == 17) continue;
        lc_buf_printf(&b, "2020-%02d-%02d,%d,%d\n", i / 28 % 12 + 1, i % 28 + 1, 20 + i % 7 * i % 5, i * i % 11);
    }
    return b.data;
}

static char *months(int n)
{
    lc_buf b = {0};
    lc_buf_puts(&b, "date,load,wind\n");
    for (int i = 0; i < n; i++)
        lc_buf_printf(&b, "%d-%02d,%d,%s\n", 1990 + i / 12, i % 12 + 1, 20 + i % 12 + i % 5, i % 9 == 4 ? "" : "3");
    return b.data;
}

static lc_settings *settings = NULL;

static void setup(void)
{
    settings = panel_settings(quick);
}

static void teardown(void)
{
    lc_settings_free(settings);
}

START_TEST(a_panel_tells_how_it_was_read)
{
    char *text = months(60), freq[24];
    lc_panel *p = read_text(text, "");
    ck_assert_uint_eq(lc_panel_series_count(p), 2);
    ck_assert_str_eq(lc_panel_series_id(p, 0), "load");
    ck_assert_str_eq(lc_panel_series_id(p, 1), "wind");
    ck_assert_uint_eq(lc_panel_series_steps(p, 0), 60);
    ck_assert_uint_eq(lc_panel_row_count(p), 60);
    ck_assert_str_eq(lc_panel_frequency(p, freq), "M");
    ck_assert_uint_eq(lc_panel_notice_count(p), 1);
    ck_assert_str_eq(lc_panel_notice(p, 0), "7 empty cells in 1 series are filled as model input and never scored");
    char *out = NULL;
    ck_assert_int_eq(lc_panel_describe(p, settings, true, &out, NULL), LC_OK);
    json_t *o = json_loads(out, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(o);
    ck_assert_str_eq(json_string_value(json_object_get(o, "file")), "made.csv");
    ck_assert_int_eq((int)json_integer_value(json_object_get(o, "rows")), 60);
    json_t *wind = json_array_get(json_object_get(o, "series"), 1);
    ck_assert_int_eq((int)json_integer_value(json_object_get(wind, "missing_cells")), 7);
    ck_assert_str_eq(json_string_value(json_object_get(wind, "first")), "1990-01");
    ck_assert_double_eq(json_number_value(json_object_get(wind, "mean")), 3);
    ck_assert_double_eq(json_number_value(json_object_get(wind, "sd")), 0);
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(o, "options"), "horizon")), "3");
    json_decref(o);
    free(out);
    ck_assert_int_eq(lc_panel_describe(p, settings, false, &out, NULL), LC_OK);
    ck_assert_ptr_nonnull(strstr(out, "rows        60, separated by commas, with a header\n"));
    ck_assert_ptr_nonnull(strstr(out, "step        M, from 1990-01 to 1994-12\n"));
    free(out);
    lc_panel_free(p);
    free(text);
}
END_TEST

START_TEST(names_of_any_encoding_are_described)
{
    lc_panel *p = read_text("Z\xfcrich,\"a\"\"b\"\n1,2\n2,3\n3,1\n", "");
    char *out = NULL;
    ck_assert_int_eq(lc_panel_describe(p, settings, true, &out, NULL), LC_OK);
    json_t *o = json_loads(out, JSON_REJECT_DUPLICATES, NULL), *series = json_object_get(o, "series");
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(o, "columns"), 0)), "Z\xc3\xbcrich");
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(series, 0), "unique_id")), "Z\xc3\xbcrich");
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(series, 1), "unique_id")), "a\"b");
    json_decref(o);
    free(out);
    ck_assert_int_eq(lc_panel_describe(p, settings, false, &out, NULL), LC_OK);
    ck_assert_ptr_nonnull(strstr(out, "Z\xc3\xbcrich"));
    free(out);
    lc_panel_free(p);
}
END_TEST

START_TEST(forecast_goes_on_where_the_data_ends)
{
    char *text = months(60);
    lc_panel *p = read_text(text, "");
    lc_model *m = fit_model_of(p, quick);
    lc_result *r = NULL;
    size_t unknown = 7;
    ck_assert_int_eq(lc_forecast(&r, m, p, settings, &unknown, NULL), LC_OK);
    ck_assert_uint_eq(unknown, 0);
    ck_assert_uint_eq(lc_result_rows(r), 6);
    ck_assert_uint_eq(lc_result_columns(r), 7);
    static const char *const ds[] = {"1995-01", "1995-02", "1995-03"};
    for (size_t i = 0; i < 6; i++) {
        ck_assert_str_eq(lc_result_text(r, i, 0), i < 3 ? "load" : "wind");
        ck_assert_str_eq(lc_result_text(r, i, 1), ds[i % 3]);
        double f = lc_result_real(r, i, 2), lo80 = lc_result_real(r, i, 3), hi80 = lc_result_real(r, i, 4);
        ck_assert(lc_result_real(r, i, 5) <= lo80 && lo80 <= f && f <= hi80 && hi80 <= lc_result_real(r, i, 6));
    }
    ck_assert_uint_eq(lc_result_find(r, "nothing"), SIZE_MAX);
    lc_result_free(r);
    lc_settings_set(settings, "level", "120", NULL);
    lc_status st = {0};
    ck_assert_int_eq(lc_forecast(&r, m, p, settings, NULL, &st), LC_E_USAGE);
    ck_assert_ptr_null(r);
    lc_model_free(m);
    lc_panel_free(p);
    free(text);
}
END_TEST

static bool stop_after_two(void *user, const lc_progress *p)
{
    size_t *calls = user;
    ck_assert_uint_eq(p->epoch, ++*calls);
    ck_assert_uint_gt(p->windows, 0);
    ck_assert(p->best_epoch >= 1 && p->best_epoch <= p->epoch);
    return p->epoch < 2;
}

static bool stop_at_once(void *user, const lc_progress *p)
{
    (void)user;
    ck_assert_uint_gt(p->rows, 0);
    ck_assert_uint_le(p->rows_done, p->rows);
    return false;
}

START_TEST(a_cancelled_run_keeps_what_it_has)
{
    char *text = months(60);
    lc_panel *p = read_text(text, "");
    lc_settings_set(settings, "epochs", "50", NULL);
    size_t calls = 0;
    lc_model *m = NULL;
    lc_result *r = NULL;
    lc_status st = {0};
    ck_assert_int_eq(lc_model_fit(&m, p, settings, stop_after_two, &calls, &st), LC_E_CANCELLED);
    ck_assert_str_eq(st.text, "stopped after epoch 2");
    ck_assert_uint_eq(calls, 2);
    ck_assert_ptr_nonnull(m);
    const double *train, *valid;
    ck_assert_uint_eq(lc_model_losses(m, &train, &valid), 2);
    ck_assert(isfinite(train[1]) && isfinite(valid[1]));
    ck_assert_int_eq(lc_forecast(&r, m, p, settings, NULL, NULL), LC_OK);
    ck_assert(isfinite(lc_result_real(r, 0, 3)));
    lc_result_free(r);
    lc_model_free(m);
    lc_detect_info info;
    char *folder = folder_create(), *path = path_in(folder, "w.csv");
    calls = 0;
    lc_settings_set(settings, "threads", "1", NULL);
    ck_assert_int_eq(lc_detect(&r, &info, NULL, p, settings, stop_at_once, NULL, NULL), LC_E_CANCELLED);
    ck_assert_ptr_null(r);
    const lc_evaluate_files files = {.windows = path};
    calls = 0;
    ck_assert_int_eq(lc_evaluate(&r, NULL, p, settings, &files, stop_after_two, &calls, NULL), LC_E_CANCELLED);
    ck_assert_ptr_null(r);
    ck_assert_uint_eq(folder_entries(folder), 0);
    free(path);
    folder_remove(folder);
    lc_panel_free(p);
    free(text);
}
END_TEST

START_TEST(a_model_meets_other_data)
{
    char *text = months(60);
    lc_panel *p = read_text(text, "target=load;past=wind"), *other = read_text(text, "target=load");
    lc_panel *wide = read_text(text, "target=wind;past=load"), *renamed;
    lc_model *m = fit_model_of(p, quick);
    lc_result *r = NULL;
    lc_status st = {0};
    lc_detect_info info;
    ck_assert_int_eq(lc_forecast(&r, m, other, settings, NULL, &st), LC_E_MODEL);
    ck_assert_str_eq(st.text, "the model was fitted with 1 covariates, the data has 0 or others");
    ck_assert_ptr_null(r);
    memset(&st, 0, sizeof st);
    ck_assert_int_eq(lc_detect(&r, &info, m, wide, settings, NULL, NULL, &st), LC_E_MODEL);
    ck_assert_str_eq(st.text, "the model was fitted with 1 covariates, the data has 1 or others");
    ck_assert_str_eq(st.hint, "give those of the training, in its order: --past wind");
    ck_assert_ptr_null(r);
    char *at = strstr(text, "load");
    memcpy(at, "gain", 4);
    renamed = read_text(text, "target=gain;past=wind");
    size_t unknown = 0;
    ck_assert_int_eq(lc_forecast(&r, m, renamed, settings, &unknown, NULL), LC_OK);
    ck_assert_uint_eq(unknown, 1);
    ck_assert_str_eq(lc_result_text(r, 0, 0), "gain");
    lc_result_free(r);
    lc_panel_free(renamed);
    lc_panel_free(wide);
    lc_panel_free(other);
    lc_panel_free(p);
    lc_model_free(m);
    free(text);
}
END_TEST

/* A covariate is known up to the origin, and a gap in it must not tell more. */
START_TEST(a_gap_in_a_covariate_does_not_look_ahead)
{
    lc_panel *p[2];
    lc_result *r[2];
    lc_detect_info info;
    lc_model *m = NULL;
    for (int k = 0; k < 2; k++) {
        lc_buf b = {0};
        lc_buf_puts(&b, "y,c\n");
        for (int i = 0; i < 300; i++) {
            if (i >= 196 && i < 200) lc_buf_printf(&b, "%d,\n", i % 7);
            else lc_buf_printf(&b, "%d,%d\n", i % 7, i == 200 && k ? 900 : i * 3 % 13);
        }
        p[k] = read_text(b.data, "target=y;past=c");
        lc_buf_free(&b);
        if (!k) m = fit_model_of(p[0], quick);
        ck_assert_int_eq(lc_detect(&r[k], &info, m, p[k], settings, NULL, NULL, NULL), LC_OK);
    }
    size_t expected = lc_result_find(r[0], "expected");
    size_t other = 0;
    for (size_t i = 100; i < 300 && !other; i++) {
        ck_assert(isfinite(lc_result_real(r[0], i, expected)));
        if (lc_result_real(r[0], i, expected) != lc_result_real(r[1], i, expected)) other = i;
    }
    ck_assert_msg(other > 200, "first other at row %zu", other);
    for (int k = 0; k < 2; k++) {
        lc_result_free(r[k]);
        lc_panel_free(p[k]);
    }
    lc_model_free(m);
}
END_TEST

/* Result written, read back, written again: the same text; and both draw. */
static void round_trip(const lc_result *r, const lc_panel *p, const char *folder, size_t series)
{
    char *path = path_in(folder, "r.csv"), *gp = path_in(folder, "r.gp"), *again = path_in(folder, "again.gp");
    lc_status st = {0};
    lc_result *back = NULL;
    ck_assert_int_eq(lc_result_write_file(r, path, false, &st), LC_OK);
    ck_assert_int_eq(lc_result_write_file(r, path, false, &st), LC_E_IO);
    memset(&st, 0, sizeof st);
    ck_assert_msg(lc_result_read(&back, path, &st) == LC_OK, "%s:%zu: %s", st.file, st.line, st.text);
    char *a = file_bytes(path, NULL), *b = result_text(back);
    ck_assert_str_eq(a, b);
    free(a);
    free(b);
    size_t drawn = 0, all = 0;
    ck_assert_msg(lc_plot_result(&(lc_report){.result = r, .panel = p}, gp, false, &drawn, &all, &st) == LC_OK, "%s",
                  st.text);
    ck_assert_uint_eq(drawn, series);
    ck_assert_uint_eq(all, series);
    ck_assert_int_eq(lc_plot_result(&(lc_report){.result = r, .panel = p}, gp, false, NULL, NULL, &st), LC_E_IO);
    memset(&st, 0, sizeof st);
    ck_assert_msg(lc_plot_result(&(lc_report){.result = back, .panel = NULL}, again, false, &drawn, &all, &st) == LC_OK,
                  "%s", st.text);
    a = file_bytes(gp, NULL);
    ck_assert_ptr_nonnull(strstr(a, "load"));
    ck_assert_ptr_nonnull(strstr(a, "plot"));
    free(a);
    ck_assert_uint_eq(folder_entries(folder), 3);
    lc_result_free(back);
    unlink(path);
    unlink(gp);
    unlink(again);
    free(path);
    free(gp);
    free(again);
}

START_TEST(results_are_written_read_and_drawn)
{
    char *text = days(300), *folder = folder_create();
    lc_panel *p = read_text(text, "gaps=skip");
    lc_model *m = fit_model_of(p, quick);
    lc_result *r = NULL;
    lc_detect_info info;
    ck_assert_int_eq(lc_forecast(&r, m, p, settings, NULL, NULL), LC_OK);
    round_trip(r, p, folder, 2);
    lc_result_free(r);
    ck_assert_int_eq(lc_detect(&r, &info, NULL, p, settings, NULL, NULL, NULL), LC_OK);
    ck_assert_uint_eq(info.rows, 3 * lc_panel_row_count(p)); /* two columns, and the rows as wholes */
    round_trip(r, p, folder, 3);
    lc_result_free(r);
    char *losses = path_in(folder, "l.gp");
    ck_assert_int_eq(lc_plot_losses(m, NULL, losses, false, NULL), LC_OK);
    ck_assert_int_eq(access(losses, R_OK), 0);
    free(losses);
    lc_model_free(m);
    lc_panel_free(p);
    folder_remove(folder);
    free(text);
}
END_TEST

START_TEST(what_is_no_result_is_refused)
{
    static const struct {
        const char *text, *want;
        size_t line;
    } rows[] = {{"", "is no result of forecast or detect: unique_id or ds is missing", 1},
                {"a,b\n1,2\n", "is no result of forecast or detect: unique_id or ds is missing", 1},
                {"unique_id,ds,forecast\nx,1,2\ny,2\n", "has 2 cells, the header has 3", 3},
                {"unique_id,ds,forecast\nx,1,two\n", "\"two\" is not a number", 2}};
    char *folder = folder_create(), *path = path_in(folder, "r.csv"), *gp = path_in(folder, "r.gp");
    lc_result *r = NULL;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lc_status st = {0};
        file_put(path, rows[i].text, strlen(rows[i].text));
        ck_assert_int_eq(lc_result_read(&r, path, &st), LC_E_PARSE);
        ck_assert_str_eq(st.text, rows[i].want);
        ck_assert_uint_eq(st.line, rows[i].line);
        ck_assert_str_eq(st.file, path);
        ck_assert_ptr_null(r);
    }
    static const char *const no_chart[] = {"unique_id,ds,forecast\n", "unique_id,ds,mae\nx,1,2\n",
                                           "unique_id,cutoff,ds,y,forecast\nx,1,2,3,4\n"};
    for (size_t i = 0; i < 3; i++) {
        file_put(path, no_chart[i], strlen(no_chart[i]));
        ck_assert_int_eq(lc_result_read(&r, path, NULL), LC_OK);
        ck_assert_int_eq(lc_plot_result(&(lc_report){.result = r, .panel = NULL}, gp, false, NULL, NULL, NULL),
                         LC_E_USAGE);
        lc_result_free(r);
    }
    free(gp);
    free(path);
    folder_remove(folder);
}
END_TEST

START_TEST(a_chart_is_drawn_in_the_order_of_time)
{
    static const char text[] = "unique_id,ds,y,expected,lo,hi,score,anomaly\n"
                               "load,2,12.5,,,,0,0\nload,1,11.5,,,,0,0\nload,3,13.5,,,,0,0\n";
    char *folder = folder_create(), *path = path_in(folder, "r.csv"), *gp = path_in(folder, "r.gp");
    lc_result *r = NULL;
    lc_status st = {0};
    file_put(path, text, sizeof text - 1);
    ck_assert_int_eq(lc_result_read(&r, path, NULL), LC_OK);
    ck_assert_msg(lc_plot_result(&(lc_report){.result = r, .panel = NULL}, gp, false, NULL, NULL, &st) == LC_OK, "%s",
                  st.text);
    char *script = file_bytes(gp, NULL);
    ck_assert_ptr_nonnull(strstr(script, "1 11.5\n2 12.5\n3 13.5\n"));
    free(script);
    lc_result_free(r);
    free(gp);
    free(path);
    folder_remove(folder);
}
END_TEST

START_TEST(a_windows_file_that_cannot_be_finished_is_an_error)
{
    if (access("/dev/full", W_OK) != 0) return;
    char *text = months(80);
    lc_panel *p = read_text(text, "target=load");
    lc_result *r = NULL;
    const lc_evaluate_files files = {.windows = "/dev/full"};
    lc_status st = {0};
    ck_assert_int_eq(lc_evaluate(&r, NULL, p, settings, &files, NULL, NULL, &st), LC_E_IO);
    ck_assert_ptr_null(r);
    lc_panel_free(p);
    free(text);
}
END_TEST

START_TEST(missing_arguments_are_told)
{
    lc_status st = {0};
    lc_panel *p = NULL;
    lc_model *m = NULL;
    lc_result *r = NULL;
    char *text = NULL;
    const char *paths[] = {NULL};
    lc_settings *s = lc_settings_create();
    ck_assert_int_eq(lc_settings_set(s, "horizon", NULL, &st), LC_E_USAGE);
    ck_assert_int_eq(lc_settings_set(s, NULL, "3", NULL), LC_E_USAGE);
    ck_assert_ptr_null(lc_settings_copy(NULL));
    ck_assert_int_eq(lc_panel_read(&p, paths, 1, s, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_panel_read(&p, NULL, 1, s, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_panel_read_text(&p, NULL, "y\n1\n", 4, s, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_model_fit(&m, NULL, s, NULL, NULL, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_model_load(&m, NULL, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_model_save(NULL, "x", false, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_forecast(&r, NULL, NULL, s, NULL, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_detect(&r, NULL, NULL, NULL, s, NULL, NULL, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_evaluate(&r, NULL, NULL, s, NULL, NULL, NULL, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_panel_describe(NULL, s, false, &text, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_model_describe(NULL, false, &text, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_plot_losses(NULL, NULL, "x.png", false, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_plot_result(&(lc_report){.result = NULL, .panel = NULL}, "x.png", false, NULL, NULL, NULL),
                     LC_E_USAGE);
    lc_settings_free(s);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("public interface");
    TCase *t = tcase_create("all");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 300);
    tcase_add_test(t, missing_arguments_are_told);
    tcase_add_test(t, a_panel_tells_how_it_was_read);
    tcase_add_test(t, names_of_any_encoding_are_described);
    tcase_add_test(t, forecast_goes_on_where_the_data_ends);
    tcase_add_test(t, a_cancelled_run_keeps_what_it_has);
    tcase_add_test(t, a_model_meets_other_data);
    tcase_add_test(t, a_gap_in_a_covariate_does_not_look_ahead);
    tcase_add_test(t, results_are_written_read_and_drawn);
    tcase_add_test(t, what_is_no_result_is_refused);
    tcase_add_test(t, a_chart_is_drawn_in_the_order_of_time);
    tcase_add_test(t, a_windows_file_that_cannot_be_finished_is_an_error);
    suite_add_tcase(suite, t);
    return suite;
}
