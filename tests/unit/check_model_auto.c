#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "model/safetensors.h"
#include "unit/support/model_edit.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

/* Files of the default architecture's models, of statistical ones, and of the version before both. */

static char *folder, *path, *again;
static lc_panel *panel;
static lc_model *model;

static void setup(void)
{
    double y[150];
    folder = folder_create();
    path = path_in(folder, "m.safetensors");
    again = path_in(folder, "again.safetensors");
    make_sine(y, 150, 12, 1, 1);
    panel = panel_of_values(y, 150, "");
    model = fit_model_of(panel, "horizon=3;season=12;lookback=48;hidden=4;steps=20;members=2");
    ck_assert_int_eq(lc_model_save(model, path, false, NULL), LC_OK);
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
    lc_settings *s = panel_settings("level=50,80,95");
    lc_result *r = NULL;
    lc_status st = {0};
    ck_assert_msg(lc_forecast(&r, m, p, s, NULL, &st) == LC_OK, "%s", st.text);
    char *text = result_text(r);
    lc_result_free(r);
    lc_settings_free(s);
    return text;
}

static void round_trip(const lc_model *m, const lc_panel *p)
{
    size_t n, k;
    char *one = path_in(folder, "one"), *two = path_in(folder, "two");
    ck_assert_int_eq(lc_model_save(m, one, true, NULL), LC_OK);
    lc_model *read = load(one);
    ck_assert_int_eq(lc_model_save(read, two, true, NULL), LC_OK);
    char *a = file_bytes(one, &n), *b = file_bytes(two, &k);
    ck_assert_uint_eq(n, k);
    ck_assert_int_eq(memcmp(a, b, n), 0);
    free(a);
    free(b);
    a = forecast_text(m, p);
    b = forecast_text(read, p);
    ck_assert_str_eq(a, b);
    free(a);
    free(b);
    lc_model_free(read);
    free(one);
    free(two);
}

START_TEST(what_is_read_is_what_was_written)
{
    static const char *const options[] = {
        "horizon=3;season=12;hidden=4;steps=20;members=1;blend=0",
        "horizon=3;season=12;hidden=4;steps=20;members=3;blend=0.3;transform=log",
        "horizon=5;season=1;hidden=4;steps=20;skip=off;seasonal-base=off;min=90",
        "horizon=3;season=4;second-season=12;hidden=4;steps=20;lookback=48;seasonal-base=on;layers=2",
        "horizon=200", /* too few rows for a network */
        "arch=theta;horizon=4;season=12",
        "arch=naive;horizon=1;season=1",
        "arch=seasonal-naive;horizon=30;season=12",
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        lc_model *m = fit_model_of(panel, options[i]);
        round_trip(m, panel);
        lc_model_free(m);
    }
    round_trip(model, panel);
}
END_TEST

START_TEST(networks_are_told_apart_as_pytorch_does)
{
    static const struct {
        const char *name;
        size_t dims, shape[2];
    } want[] = {{"embed.weight", 2, {4, 24}},      {"embed.bias", 1, {4}},       {"lstm.weight_ih_l0", 2, {16, 4}},
                {"lstm.weight_hh_l0", 2, {16, 4}}, {"lstm.bias_ih_l0", 1, {16}}, {"lstm.bias_hh_l0", 1, {16}},
                {"head.weight", 2, {27, 4}},       {"head.bias", 1, {27}},       {"skip.weight", 2, {3, 48}}};
    enum { TENSORS = sizeof want / sizeof want[0] };
    lc_safetensors *f = NULL;
    ck_assert_str_eq(model->settings->seasonal_base, "on");
    ck_assert_int_eq(lc_safetensors_read(&f, path, NULL), LC_OK);
    ck_assert_uint_eq(lc_safetensors_count(f), 2 * TENSORS);
    for (size_t i = 0; i < 2 * TENSORS; i++) {
        char name[64];
        snprintf(name, sizeof name, "nets.%zu.%s", i / TENSORS, want[i % TENSORS].name);
        const lc_tensor *t = lc_safetensors_find(f, name);
        ck_assert_msg(t != NULL, "%s", name);
        ck_assert_uint_eq(t->dims, want[i % TENSORS].dims);
        for (size_t d = 0; d < t->dims; d++) ck_assert_uint_eq(t->shape[d], want[i % TENSORS].shape[d]);
    }
    lc_safetensors_free(f);
    lc_model *one = fit_model_of(panel, "horizon=3;season=12;hidden=4;steps=20;members=1");
    ck_assert_int_eq(lc_model_save(one, again, false, NULL), LC_OK);
    ck_assert_int_eq(lc_safetensors_read(&f, again, NULL), LC_OK);
    ck_assert_ptr_nonnull(lc_safetensors_find(f, "embed.weight"));
    lc_safetensors_free(f);
    lc_model_free(one);
}
END_TEST

START_TEST(statistical_models_have_no_weights)
{
    lc_model *m = fit_model_of(panel, "arch=theta;horizon=4;season=12");
    lc_safetensors *f = NULL;
    ck_assert_ptr_null(m->net);
    ck_assert_int_eq(lc_model_save(m, again, false, NULL), LC_OK);
    ck_assert_int_eq(lc_safetensors_read(&f, again, NULL), LC_OK);
    ck_assert_uint_eq(lc_safetensors_count(f), 0);
    lc_safetensors_free(f);
    lc_model_info info;
    lc_model_get_info(m, &info);
    ck_assert_uint_eq(info.parameters, 0);
    ck_assert_str_eq(info.arch, "theta");
    lc_model_free(m);
}
END_TEST

/* ---- hostile files ---- */

static const char network[] = "config: \"network\" is incomplete or contradicts \"settings\"";
static const char shape[] = "is missing or does not have the shape that config asks for";
static const char invalid[] = "is not a valid value";

static const struct {
    const char *place, *value, *text; /* text NULL: read all the same, and forecasts are numbers or an error */
} edits[] = {
    {"settings.members", "\"0\"", network}, /* open, and for this architecture nothing that follows */
    {"settings.members", "\"65\"", invalid},
    {"settings.members", "\"18446744073709551616\"", invalid},
    {"settings.members", "\"64\"", shape},
    {"settings.members", "\"3\"", shape},
    {"settings.members", "\"1\"", shape},
    {"settings.members", NULL, network},
    {"settings.segment", "\"0\"", network},
    {"settings.segment", "\"5\"", network},
    {"settings.segment", "\"24\"", network},
    {"settings.segment", "\"48\"", network},
    {"settings.segment", "\"96\"", network},
    {"settings.segment", "\"100001\"", invalid},
    {"settings.segment", NULL, network},
    {"settings.lookback", "\"60\"", network},
    {"settings.season", "\"1\"", network},
    {"settings.season", "\"25\"", network},
    {"settings.season", "\"1000000\"", network},
    {"settings.season", "\"1000001\"", invalid},
    {"settings.season", NULL, network},
    {"settings.second-season", "\"25\"", network},
    {"settings.second-season", "\"1000000\"", network},
    {"settings.second-season", "\"24\"", NULL},
    {"settings.season", "\"24\"", NULL},
    {"settings.seasonal-base", "\"off\"", network},
    {"settings.seasonal-base", "\"auto\"", network},
    {"settings.seasonal-base", "\"maybe\"", invalid},
    {"settings.hidden", "\"0\"", network},
    {"settings.hidden", "\"5\"", network},
    {"settings.layers", "\"2\"", network},
    {"settings.arch", "\"lstm\"", "config: \"arch\" is unknown or contradicts \"settings\""},
    {"arch", "\"lstm\"", "config: \"arch\" is unknown or contradicts \"settings\""},
    {"settings.transform", "\"log\"", NULL},
    {"settings.transform", "\"sqrt\"", invalid},
    {"settings.skip", "\"off\"", NULL},
    {"settings.skip", "\"mixed\"", NULL},
    {"settings.blend", "\"2\"", invalid},
    {"settings.blend", "\"\"", NULL},
    {"settings.blend", "\"1\"", NULL},
    {"settings.min", "\"1e300\"", NULL},
    {"settings.max", "\"-5\"", NULL},
    {"settings.norm", "\"series\"", NULL},
    {"network.inputs", "12", network},
    {"network.inputs", "25", network},
    {"future", "[\"f\"]", network},
    {"static", "[\"s\"]", network},
    {"calendar", "[\"hour sin\", \"hour cos\"]", network},
    {"past", "[\"p\"]", network},
    {"scalers.0.mean", "1e308", NULL},
    {"scalers.0.sd", "1e-308", NULL},
    {"training.steps", "[-1, 3]", NULL},
    {"training.steps", "[\"a\"]", NULL},
    {"training.steps", "7", NULL},
    {"calibration.quantiles", "3", NULL},
};

static void refuse_or_forecast(const char *config, const char *text)
{
    lc_status st = {0};
    lc_model *m = NULL;
    lc_result *r = NULL;
    lc_settings *s = panel_settings("");
    model_rewrite(path, again, config, "loomcast", "1", NULL, NULL);
    lc_code code = lc_model_load(&m, again, &st);
    if (text) {
        UNIT_MUST(code == LC_E_MODEL && strstr(st.text, text), "code %d, \"%s\" where \"%s\" was expected", code,
                  st.text, text);
        ck_assert_ptr_null(m);
    } else {
        UNIT_MUST(code == LC_OK, "%s", st.text);
        for (size_t i = 0; i < m->settings->members; i++) ck_assert_uint_lt(m->training.steps[i], SIZE_MAX / 2);
        code = lc_forecast(&r, m, panel, s, NULL, &st);
        UNIT_MUST(code == LC_OK || (code == LC_E_NUMERIC && st.hint[0]), "code %d", code);
        for (size_t i = 0; r && i < lc_result_rows(r); i++) ck_assert(isfinite(lc_result_real(r, i, 2)));
    }
    lc_result_free(r);
    lc_model_free(m);
    lc_settings_free(s);
}

START_TEST(contradictions_are_refused)
{
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        json_t *root = model_config(model);
        json_t *value = edits[i].value ? json_loads(edits[i].value, JSON_DECODE_ANY, NULL) : NULL;
        ck_assert(!edits[i].value || value);
        config_edit(root, edits[i].place, value);
        char *text = json_dumps(root, 0);
        refuse_or_forecast(text, edits[i].text);
        free(text);
        json_decref(root);
    }
}
END_TEST

/* Sizes that agree with each other, but not with the tensors: refused before memory is taken. */
START_TEST(sizes_are_checked_against_the_tensors)
{
    static const struct {
        const char *setting, *field, *value;
    } rows[] = {{"hidden", "hidden", "8192"},
                {"horizon", "outputs", "100000"},
                {"lookback", "lookback", "99996"},
                {"lookback", "lookback", "60"},
                {"layers", "layers", "2"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char place[64];
        json_t *root = model_config(model);
        snprintf(place, sizeof place, "settings.%s", rows[i].setting);
        config_edit(root, place, json_string(rows[i].value));
        snprintf(place, sizeof place, "network.%s", rows[i].field);
        config_edit(root, place, json_integer(atoi(rows[i].value)));
        char *text = json_dumps(root, 0);
        refuse_or_forecast(text, shape);
        free(text);
        json_decref(root);
    }
}
END_TEST

START_TEST(damaged_files_do_not_crash_the_reader)
{
    size_t n;
    char *good = file_bytes(path, &n);
    lc_rng r = lc_rng_make(2, LC_STREAM_TEST, 0);
    for (int round = 0; round < 1500; round++) {
        char *bad = malloc(n);
        memcpy(bad, good, n);
        const size_t len = round % 5 ? n : lc_rng_u64(&r) % n;
        for (uint64_t k = 1 + lc_rng_u64(&r) % 4; k && round % 5; k--) {
            const uint64_t x = lc_rng_u64(&r);
            bad[(size_t)(x >> 16) % (x & 1 ? n : n / 3)] = "\"{}[]:,0-9e\xff"[(x >> 2) % 12];
        }
        file_put(again, bad, len);
        lc_status st = {0};
        lc_model *m = NULL;
        const lc_code code = lc_model_load(&m, again, &st);
        UNIT_MUST(code == LC_OK ? m != NULL : code == LC_E_MODEL && !m && st.text[0], "round %d: code %d", round, code);
        if (m) free(forecast_text(m, panel));
        lc_model_free(m);
        free(bad);
    }
    free(good);
}
END_TEST

/* ---- files of earlier versions ---- */

/* Written before the default architecture existed: two series of 60 steps, y = (7 t mod 11) + 3 or + 20, with the
 * covariate x = 5 t mod 8; trained with --past x --horizon 3 --season 11 --lookback 6 --hidden 4 --epochs 20. */
START_TEST(models_of_the_first_version_are_read)
{
    static const double want[6][3] = {{8.06767112, 2.40656824, 13.728774},  {8.68075566, 3.01965277, 14.3418585},
                                      {8.92194679, 3.26084391, 14.5830497}, {25.0676711, 19.4065682, 30.728774},
                                      {25.6807557, 20.0196528, 31.3418585}, {25.9219468, 20.2608439, 31.5830497}};
    const char *golden = getenv("LC_TEST_DATA");
    char *old = path_in(golden && *golden ? golden : "tests/golden", "version-1-lstm.model");
    lc_buf b = {0};
    lc_buf_puts(&b, "unique_id,ds,y,x\n");
    for (size_t i = 0; i < 120; i++)
        lc_buf_printf(&b, "%s,%zu,%zu,%zu\n", i < 60 ? "a" : "b", i % 60 + 1, i % 60 * 7 % 11 + (i < 60 ? 3 : 20),
                      i % 60 * 5 % 8);
    lc_panel *p = panel_of(b.data, "past=x");
    lc_model *m = load(old);
    lc_settings *s = panel_settings("level=80");
    lc_result *r = NULL;
    size_t unknown = 9;
    ck_assert_str_eq(m->settings->arch, "lstm");
    ck_assert_int_eq(lc_forecast(&r, m, p, s, &unknown, NULL), LC_OK);
    ck_assert_uint_eq(unknown, 0);
    ck_assert_uint_eq(lc_result_rows(r), 6);
    for (size_t i = 0; i < 6; i++)
        for (size_t c = 0; c < 3; c++) ck_assert_double_eq_tol(lc_result_real(r, i, 2 + c), want[i][c], 1e-4);
    round_trip(m, p);
    lc_result_free(r);
    lc_settings_free(s);
    lc_model_free(m);
    lc_panel_free(p);
    lc_buf_free(&b);
    free(old);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("model files of the default architecture");
    TCase *t = tcase_create("all");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 300);
    tcase_add_test(t, what_is_read_is_what_was_written);
    tcase_add_test(t, networks_are_told_apart_as_pytorch_does);
    tcase_add_test(t, statistical_models_have_no_weights);
    tcase_add_test(t, contradictions_are_refused);
    tcase_add_test(t, sizes_are_checked_against_the_tensors);
    tcase_add_test(t, damaged_files_do_not_crash_the_reader);
    tcase_add_test(t, models_of_the_first_version_are_read);
    suite_add_tcase(suite, t);
    return suite;
}
