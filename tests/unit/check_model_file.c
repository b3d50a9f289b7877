#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "unit/support/model_edit.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

static const char options[] =
    "arch=lstm;epochs=2;hidden=5;layers=2;lookback=8;horizon=3;season=12;batch=16;past=c;id=s;"
    "clip=0;patience=0;seed=0;dropout=0;level=80,95;alarms-per=2.5";

static char *folder, *path, *again;
static lc_panel *panel;
static lc_model *model;

/* Two series of the long layout with a covariate, some cells missing. */
static lc_panel *make_panel(const char *second)
{
    double y[120], c[120];
    lc_buf b = {0};
    make_sine(y, 120, 12, 1, 1);
    make_ar1(c, 120, .5, 2);
    lc_buf_puts(&b, "s,y,c\n");
    for (int i = 0; i < 240; i++) {
        const char *id = i < 120 ? "first" : second;
        if (i % 17 == 3) lc_buf_printf(&b, "%s,,%g\n", id, c[i % 120]);
        else lc_buf_printf(&b, "%s,%g,%g\n", id, y[i % 120] * (i < 120 ? 1 : 3), c[i % 120]);
    }
    lc_panel *p = panel_of(b.data, options);
    lc_buf_free(&b);
    return p;
}

static void setup(void)
{
    folder = folder_create();
    path = path_in(folder, "m.safetensors");
    again = path_in(folder, "again.safetensors");
    panel = make_panel("second");
    model = fit_model_of(panel, options);
    lc_status st = {0};
    ck_assert_msg(lc_model_save(model, path, false, &st) == LC_OK, "%s", st.text);
}

static void teardown(void)
{
    lc_model_free(model);
    lc_panel_free(panel);
    free(path);
    free(again);
    folder_remove(folder);
}

static lc_model *load(const char *from)
{
    lc_status st = {0};
    lc_model *m = NULL;
    ck_assert_msg(lc_model_load(&m, from, &st) == LC_OK, "%s: %s", st.file, st.text);
    return m;
}

static char *forecast_text(const lc_model *m, const lc_panel *p)
{
    lc_settings *s = panel_settings("level=80,95;threads=2");
    lc_result *r = NULL;
    lc_status st = {0};
    ck_assert_msg(lc_forecast(&r, m, p, s, NULL, &st) == LC_OK, "%s", st.text);
    char *text = result_text(r);
    lc_result_free(r);
    lc_settings_free(s);
    return text;
}

START_TEST(what_is_read_is_what_was_written)
{
    lc_model *m = load(path);
    lc_status st = {0};
    size_t n, k;
    ck_assert_msg(lc_model_save(m, again, false, &st) == LC_OK, "%s", st.text);
    char *a = file_bytes(path, &n), *b = file_bytes(again, &k);
    ck_assert_uint_eq(n, k);
    ck_assert_int_eq(memcmp(a, b, n), 0);
    free(a);
    free(b);
    a = forecast_text(model, panel);
    b = forecast_text(m, panel);
    ck_assert_str_eq(a, b);
    ck_assert_ptr_nonnull(strstr(a, "unique_id,ds,forecast,forecast-lo-80,forecast-hi-80,forecast-lo-95"));
    free(a);
    free(b);
    ck_assert_double_eq(m->settings->patience, 0);
    ck_assert_uint_eq(m->settings->seed, 0);
    ck_assert_double_eq(m->settings->clip, 0);
    ck_assert_double_eq(m->settings->alarms_per, 2.5);
    ck_assert_str_eq(m->settings->level, "80,95");
    ck_assert_uint_eq(m->n_scales, 2);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_ne(m->scales[i].until, LC_NEVER);
        ck_assert_int_eq(m->scales[i].until, model->scales[i].until);
    }
    lc_model_info x, y;
    lc_model_get_info(model, &x);
    lc_model_get_info(m, &y);
    ck_assert_str_eq(x.arch, y.arch);
    ck_assert_str_eq(x.frequency, y.frequency);
    ck_assert_uint_eq(x.parameters, y.parameters);
    ck_assert_uint_eq(y.parameters, 4 * 5 * (2 + 5 + 2) + 4 * 5 * (5 + 5 + 2) + 3 * 5 + 3);
    ck_assert_uint_eq(y.horizon, 3);
    ck_assert_uint_eq(y.lookback, 8);
    ck_assert_uint_eq(y.season, 12);
    ck_assert_uint_eq(y.series, 2);
    ck_assert_uint_eq(y.epochs, 2);
    ck_assert_uint_eq(x.rows, y.rows);
    ck_assert_uint_eq(x.windows, y.windows);
    ck_assert_uint_eq(x.valid_windows, y.valid_windows);
    ck_assert_double_eq(x.valid_loss, y.valid_loss);
    ck_assert_double_eq(x.against_naive, y.against_naive);
    ck_assert_double_eq(x.against_seasonal_naive, y.against_seasonal_naive);
    lc_model_free(m);
}
END_TEST

START_TEST(an_existing_model_is_kept)
{
    lc_status st = {0};
    ck_assert_int_eq(lc_model_save(model, path, false, &st), LC_E_IO);
    ck_assert_str_eq(st.text, "the file exists");
    ck_assert_int_eq(lc_model_save(model, path, true, NULL), LC_OK);
    ck_assert_uint_eq(folder_entries(folder), 1);
}
END_TEST

START_TEST(the_file_does_not_tell_how_the_work_was_done)
{
    lc_buf more = {0};
    size_t n, k;
    lc_buf_printf(&more, "%s;threads=2", options);
    lc_model *m = fit_model_of(panel, more.data);
    ck_assert_int_eq(lc_model_save(m, again, false, NULL), LC_OK);
    char *a = file_bytes(path, &n), *b = file_bytes(again, &k);
    ck_assert_uint_eq(n, k);
    ck_assert_int_eq(memcmp(a, b, n), 0);
    free(a);
    free(b);
    lc_model_free(m);
    lc_buf_free(&more);
}
END_TEST

START_TEST(tensors_carry_names_and_shapes_of_pytorch)
{
    static const struct {
        const char *name;
        size_t dims, shape[2];
    } want[] = {{"lstm.weight_ih_l0", 2, {20, 2}}, {"lstm.weight_hh_l0", 2, {20, 5}},
                {"lstm.bias_ih_l0", 1, {20}},      {"lstm.bias_hh_l0", 1, {20}},
                {"lstm.weight_ih_l1", 2, {20, 5}}, {"lstm.weight_hh_l1", 2, {20, 5}},
                {"lstm.bias_ih_l1", 1, {20}},      {"lstm.bias_hh_l1", 1, {20}},
                {"head.weight", 2, {3, 5}},        {"head.bias", 1, {3}}};
    lc_safetensors *f = NULL;
    lc_status st = {0};
    ck_assert_msg(lc_safetensors_read(&f, path, &st) == LC_OK, "%s", st.text);
    ck_assert_uint_eq(lc_safetensors_count(f), sizeof want / sizeof want[0]);
    for (size_t i = 0; i < lc_safetensors_count(f); i++) {
        const lc_tensor *t = lc_safetensors_find(f, want[i].name);
        ck_assert_msg(t != NULL, "%s", want[i].name);
        ck_assert_uint_eq(t->dims, want[i].dims);
        for (size_t d = 0; d < t->dims; d++) ck_assert_uint_eq(t->shape[d], want[i].shape[d]);
    }
    ck_assert_str_eq(lc_safetensors_metadata(f, "format"), "loomcast");
    ck_assert_str_eq(lc_safetensors_metadata(f, "version"), "1");
    json_t *root = json_loads(lc_safetensors_metadata(f, "config"), JSON_REJECT_DUPLICATES, NULL);
    ck_assert_str_eq(json_string_value(json_object_get(root, "arch")), "lstm");
    ck_assert_int_eq((int)json_array_size(json_object_get(root, "scalers")), 2);
    ck_assert_ptr_null(json_object_get(json_object_get(root, "settings"), "threads"));
    json_decref(root);
    lc_safetensors_free(f);
}
END_TEST

START_TEST(descriptions_are_text_and_json)
{
    char *text = NULL;
    lc_status st = {0};
    ck_assert_int_eq(lc_model_describe(model, false, &text, &st), LC_OK);
    ck_assert_ptr_nonnull(strstr(text, "model       lstm, 2 layers of 5 hidden units, 2 inputs a step\n"));
    ck_assert_ptr_nonnull(strstr(text, "lookback 8, horizon 3"));
    ck_assert_ptr_nonnull(strstr(text, "covariates  c\n"));
    free(text);
    ck_assert_int_eq(lc_model_describe(model, true, &text, &st), LC_OK);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_int_eq((int)json_integer_value(json_object_get(json_object_get(root, "network"), "outputs")), 3);
    json_decref(root);
    free(text);
}
END_TEST

START_TEST(names_in_any_encoding_and_long_lists_survive)
{
    lc_panel *p = make_panel("Z\xfcrich");
    lc_model *m = fit_model_of(p, options);
    ck_assert_int_eq(lc_model_save(m, again, false, NULL), LC_OK);
    lc_model *read = load(again);
    ck_assert_str_eq(read->scales[1].id, "Z\xc3\xbcrich");
    lc_settings *s = panel_settings("");
    lc_result *r = NULL;
    size_t unknown = 9;
    ck_assert_int_eq(lc_forecast(&r, read, p, s, &unknown, NULL), LC_OK);
    ck_assert_uint_eq(unknown, 0);
    ck_assert_str_eq(lc_result_text(r, 3, 0), "Z\xc3\xbcrich");
    lc_result_free(r);
    ck_assert_int_eq(lc_forecast(&r, read, panel, s, &unknown, NULL), LC_OK);
    ck_assert_uint_eq(unknown, 1);
    lc_result_free(r);
    lc_model_free(read);
    char list[3001];
    for (int i = 0; i < 3000; i++) list[i] = i % 5 == 4 ? ',' : 'x';
    list[3000] = '\0';
    ck_assert_int_eq(lc_settings_set(m->settings, "missing", list, NULL), LC_OK);
    ck_assert_int_eq(lc_model_save(m, again, true, NULL), LC_OK);
    read = load(again);
    ck_assert_str_eq(read->settings->missing, list);
    lc_model_free(read);
    lc_settings_free(s);
    lc_model_free(m);
    lc_panel_free(p);
}
END_TEST

START_TEST(what_a_later_version_adds_is_no_reason_to_refuse)
{
    json_t *root = model_config(model), *settings = json_object_get(root, "settings");
    json_object_set_new(root, "note", json_pack("[i, {s:s}]", 1, "a", "b"));
    json_object_set_new(settings, "attention", json_string("heads=4"));
    json_object_set_new(settings, "boost", json_integer(3));
    json_object_set_new(settings, "threads", json_string("1024"));
    char *text = json_dumps(root, 0);
    model_rewrite(path, again, text, "loomcast", "1", NULL, NULL);
    lc_model *m = load(again);
    ck_assert_uint_eq(m->settings->threads, 0);
    char *a = forecast_text(model, panel), *b = forecast_text(m, panel);
    ck_assert_str_eq(a, b);
    json_t *kept = model_config(m);
    ck_assert(json_equal(kept, root)); /* and what it adds is written again */
    json_decref(kept);
    free(a);
    free(b);
    lc_model_free(m);
    free(text);
    json_decref(root);
}
END_TEST

START_TEST(damaged_files_do_not_crash_the_reader)
{
    size_t n, loaded = 0;
    char *good = file_bytes(path, &n);
    lc_rng r = lc_rng_make(1, LC_STREAM_TEST, 0);
    for (int round = 0; round < 3000; round++) {
        char *bad = malloc(n);
        size_t len = n;
        memcpy(bad, good, n);
        if (round % 5 == 0) len = lc_rng_u64(&r) % n;
        /* Half of the damage goes to the header, which says how to read the rest. */
        for (uint64_t k = 1 + lc_rng_u64(&r) % 4; k && round % 5; k--) {
            uint64_t x = lc_rng_u64(&r);
            size_t at = (size_t)(x >> 16) % (x & 1 ? n : n / 2);
            char byte = "\"{}[]:,0-9e\xff"[(x >> 2) % 12];
            if (x & 2) byte = (char)((unsigned char)bad[at] ^ 1u << (x >> 2 & 7));
            bad[at] = byte;
        }
        file_put(again, bad, len);
        lc_status st = {0};
        lc_model *m = NULL;
        lc_code code = lc_model_load(&m, again, &st);
        if (code == LC_OK) {
            loaded++;
            ck_assert_ptr_nonnull(m);
        } else {
            ck_assert_int_eq(code, LC_E_MODEL);
            ck_assert_int_eq(st.code, LC_E_MODEL);
            ck_assert_ptr_null(m);
            ck_assert_str_eq(st.file, again);
            ck_assert(*st.text);
        }
        lc_model_free(m);
        free(bad);
    }
    ck_assert_uint_gt(loaded, 0); /* a changed weight is a model all the same */
    ck_assert_uint_lt(loaded, 2400);
    free(good);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("model files");
    TCase *t = tcase_create("all");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 300);
    tcase_add_test(t, what_is_read_is_what_was_written);
    tcase_add_test(t, an_existing_model_is_kept);
    tcase_add_test(t, the_file_does_not_tell_how_the_work_was_done);
    tcase_add_test(t, tensors_carry_names_and_shapes_of_pytorch);
    tcase_add_test(t, descriptions_are_text_and_json);
    tcase_add_test(t, names_in_any_encoding_and_long_lists_survive);
    tcase_add_test(t, what_a_later_version_adds_is_no_reason_to_refuse);
    tcase_add_test(t, damaged_files_do_not_crash_the_reader);
    suite_add_tcase(suite, t);
    return suite;
}
