#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "unit/support/model_edit.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

static char *folder, *path, *bad;
static lc_panel *panel;
static lc_model *model;

static void setup(void)
{
    double y[100];
    folder = folder_create();
    path = path_in(folder, "m.safetensors");
    bad = path_in(folder, "bad.safetensors");
    make_sine(y, 100, 10, 1, 1);
    panel = panel_of_values(y, 100, "");
    model = fit_model_of(panel, "arch=lstm;epochs=2;hidden=4;lookback=8;horizon=3;season=10");
    ck_assert_int_eq(lc_model_save(model, path, false, NULL), LC_OK);
}

static void teardown(void)
{
    lc_model_free(model);
    lc_panel_free(panel);
    free(path);
    free(bad);
    folder_remove(folder);
}

static void refused(const char *text)
{
    lc_status st = {0};
    lc_model *m = NULL;
    ck_assert_msg(lc_model_load(&m, bad, &st) == LC_E_MODEL, "code %d where \"%s\" was expected: %s", st.code, text,
                  st.text);
    ck_assert_msg(strstr(st.text, text) != NULL, "\"%s\" lacks \"%s\"", st.text, text);
    ck_assert_str_eq(st.file, bad);
    ck_assert_ptr_null(m);
    ck_assert_int_eq(lc_model_load(&m, bad, NULL), LC_E_MODEL);
}

static void refuse_config(const char *config, const char *text)
{
    model_rewrite(path, bad, config, "loomcast", "1", NULL, NULL);
    refused(text);
}

static const char network[] = "config: \"network\" is incomplete or contradicts \"settings\"";
static const char columns[] = "config: \"targets\" or a list of covariates does not fit the network";
static const char scalers[] = "config: \"scalers\" is damaged";
static const char calibration[] = "config: \"calibration\" is damaged";
static const char training[] = "config: \"training\" is damaged";
static const char missing[] = "config: \"arch\", \"network\" or \"settings\" is missing";
static const char shape[] = "is missing or does not have the shape that config asks for";

/* Values as JSON; NULL: the place is removed. */
static const struct {
    const char *place, *value, *text;
} edits[] = {
    {"arch", NULL, missing},
    {"arch", "7", missing},
    {"arch", "\"gru\"", "config: \"arch\" is unknown or contradicts \"settings\""},
    {"network", NULL, missing},
    {"network", "[]", missing},
    {"settings", NULL, missing},
    {"settings", "\"--hidden 4\"", missing},
    {"network.inputs", NULL, network},
    {"network.inputs", "0", network},
    {"network.inputs", "-1", network},
    {"network.inputs", "1.0", network},
    {"network.inputs", "2", network},
    {"network.inputs", "1048577", network},
    {"network.inputs", "9223372036854775807", network},
    {"network.lookback", "9", network},
    {"network.outputs", "4", network},
    {"network.layers", "2", network},
    {"network.hidden", "\"4\"", network},
    {"settings.hidden", "\"5\"", network},
    {"settings.hidden", "\"999999999\"", "config: hidden: \"999999999\" is not a valid value"},
    {"settings.hidden", "4", "config: a setting is no text"},
    {"settings.hidden", "\"0\"", network},
    {"settings.horizon", "\"0\"", network},
    {"settings.lookback", NULL, network},
    {"settings.lr", "\"nan\"", "config: lr: \"nan\" is not a valid value"},
    {"settings.dropout", "\"1\"", "config: dropout: \"1\" is not a valid value"},
    {"settings.norm", "\"window|series\"", "config: norm: \"window|series\" is not a valid value"},
    {"settings.arch", "\"transformer\"", "config: arch: \"transformer\" is not a valid value"},
    {"frequency", NULL, "config: \"frequency\" is missing or unknown"},
    {"frequency", "\"3 parsecs\"", "config: \"frequency\" is missing or unknown"},
    {"frequency", "12", "config: \"frequency\" is missing or unknown"},
    {"targets", NULL, columns},
    {"targets", "\"y\"", columns},
    {"targets", "[1]", columns},
    {"past", "[\"a\"]", network},
    {"past", "[null]", network},
    {"past", NULL, columns},
    {"future", "3", columns},
    {"static", "[\"a\"]", network},
    {"calendar", "[7]", network},
    {"scalers", NULL, scalers},
    {"scalers", "{}", scalers},
    {"scalers.0", "[]", scalers},
    {"scalers.0.id", NULL, scalers},
    {"scalers.0.mean", NULL, scalers},
    {"scalers.0.mean", "\"0\"", scalers},
    {"scalers.0.sd", "0", scalers},
    {"scalers.0.sd", "-1", scalers},
    {"scalers.0.sd", "null", scalers},
    {"scalers.0.past", NULL, scalers},
    {"scalers.0.past", "[{\"mean\": 0, \"sd\": 1}]", scalers},
    {"calibration", NULL, calibration},
    {"calibration.windows", "-1", calibration},
    {"calibration.windows", "0", calibration},
    {"calibration.windows", "1", calibration},
    {"calibration.pooled", "false", calibration},
    {"calibration.scores", "[]", calibration},
    {"calibration.scores", "[[]]", calibration},
    {"calibration.scores", "[1]", calibration},
    {"calibration.scores", "[[1], [1]]", calibration},
    {"calibration.scores.0.0", "-0.5", calibration},
    {"calibration.scores.0.0", "null", calibration},
    {"calibration.scores.0.0", "\"1\"", calibration},
    {"calibration.scores.0.0", "1e300", calibration}, /* not ascending */
    {"training", NULL, training},
    {"training.best_epoch", "3", training},
    {"training.best_epoch", "-1", training},
    {"training.epochs", "1", training},
    {"training.epochs", "9223372036854775807", training},
    {"training.train_loss", "[1]", training},
    {"training.valid_loss", "{}", training},
    {"training.rows", "null", training},
};

START_TEST(every_wrong_value_is_refused)
{
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        json_t *root = model_config(model);
        json_t *value = edits[i].value ? json_loads(edits[i].value, JSON_DECODE_ANY, NULL) : NULL;
        ck_assert(!edits[i].value || value);
        config_edit(root, edits[i].place, value);
        char *text = json_dumps(root, 0);
        refuse_config(text, edits[i].text);
        free(text);
        json_decref(root);
    }
}
END_TEST

START_TEST(sizes_are_checked_against_the_tensors_before_memory_is_taken)
{
    static const struct {
        const char *setting, *field, *value;
    } rows[] = {{"hidden", "hidden", "8192"},
                {"horizon", "outputs", "100000"},
                {"layers", "layers", "16"},
                {"hidden", "hidden", "5"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char place[64];
        json_t *root = model_config(model);
        snprintf(place, sizeof place, "settings.%s", rows[i].setting);
        config_edit(root, place, json_string(rows[i].value));
        snprintf(place, sizeof place, "network.%s", rows[i].field);
        config_edit(root, place, json_integer(atoi(rows[i].value)));
        char *text = json_dumps(root, 0);
        refuse_config(text, shape);
        free(text);
        json_decref(root);
    }
    /* Two short texts must not become a table of a hundred thousand rows of as many scores. */
    json_t *root = model_config(model), *scores = json_array(), *first = json_array();
    for (int i = 0; i < 100000; i++) json_array_append_new(first, json_integer(0));
    json_array_append_new(scores, first);
    for (int i = 1; i < 3; i++) json_array_append_new(scores, json_array());
    config_edit(root, "calibration.pooled", json_false());
    config_edit(root, "calibration.windows", json_integer(1 << 30));
    config_edit(root, "calibration.scores", scores);
    char *text = json_dumps(root, 0);
    refuse_config(text, calibration);
    free(text);
    json_decref(root);
}
END_TEST

START_TEST(a_huge_lookback_takes_no_memory_until_it_is_used)
{
    json_t *root = model_config(model);
    config_edit(root, "settings.lookback", json_string("100000"));
    config_edit(root, "network.lookback", json_integer(100000));
    char *text = json_dumps(root, 0);
    model_rewrite(path, bad, text, "loomcast", "1", NULL, NULL);
    lc_model *m = NULL;
    lc_status st = {0};
    ck_assert_msg(lc_model_load(&m, bad, &st) == LC_OK, "%s", st.text);
    lc_model_free(m);
    free(text);
    json_decref(root);
}
END_TEST

START_TEST(text_that_is_no_config_is_refused)
{
    enum { DEEP = 100000 };
    static const char *const texts[] = {"",     "{",      "[]",  "null",    "\"{}\"", "{\"a\": 1, \"a\": 2}",
                                        "{} x", "{\"a\"", "NaN", "{'a': 1}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) refuse_config(texts[i], "config is no JSON object");
    char *deep = malloc(2 * DEEP + 8);
    memset(deep, '[', DEEP);
    memset(deep + DEEP, ']', DEEP);
    deep[2 * DEEP] = '\0';
    refuse_config(deep, "config nests deeper than 8 levels");
    memmove(deep + 5, deep, 2 * DEEP);
    memcpy(deep, "{\"a\":", 5);
    memcpy(deep + 5 + 2 * DEEP, "}", 2);
    refuse_config(deep, "config nests deeper than 8 levels");
    free(deep);
    refuse_config("{}", missing);
}
END_TEST

START_TEST(other_formats_and_versions_are_told_apart)
{
    char *config = lc_model_config(model);
    static const char not_ours[] = "not a loomcast model (a safetensors file of something else)";
    static const struct {
        const char *format, *version, *text;
        bool config;
    } rows[] = {{"loomcast", "2", "has model format version \"2\"; this program reads version 1", true},
                {"loomcast", "", "has model format version \"\"; this program reads version 1", true},
                {"loomcast", NULL, not_ours, true},
                {"pt", "1", not_ours, true},
                {NULL, "1", not_ours, true},
                {NULL, NULL, not_ours, false},
                {"loomcast", "1", not_ours, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        model_rewrite(path, bad, rows[i].config ? config : NULL, rows[i].format, rows[i].version, NULL, NULL);
        refused(rows[i].text);
    }
    model_rewrite(path, bad, config, "loomcast", "123456789012345678901234567890\x1b[31m", NULL, NULL);
    refused("has model format version \"12345678901234567890\"");
    free(config);
}
END_TEST

static float values[64];

static void spoil(void *user, lc_tensor *t, size_t *n)
{
    const float *x = user;
    for (size_t i = 0; i < *n; i++) {
        if (strcmp(t[i].name, "head.weight") != 0) continue;
        memcpy(values, t[i].data, 12 * sizeof *values);
        values[11] = *x;
        t[i].data = values;
    }
}

static void drop_one(void *user, lc_tensor *t, size_t *n)
{
    const char *name = user;
    for (size_t i = 0; i < *n; i++)
        if (strcmp(t[i].name, name) == 0) t[i--] = t[--*n];
}

static void transpose(void *user, lc_tensor *t, size_t *n)
{
    (void)user;
    for (size_t i = 0; i < *n; i++)
        if (strcmp(t[i].name, "head.weight") == 0) t[i].shape[0] = 4, t[i].shape[1] = 3;
}

static void flatten(void *user, lc_tensor *t, size_t *n)
{
    (void)user;
    for (size_t i = 0; i < *n; i++)
        if (strcmp(t[i].name, "head.weight") == 0) t[i].shape[0] = 12, t[i].dims = 1;
}

START_TEST(weights_are_all_there_and_finite)
{
    char *config = lc_model_config(model);
    float wrong[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 3; i++) {
        model_rewrite(path, bad, config, "loomcast", "1", spoil, &wrong[i]);
        refused("tensor \"head.weight\" holds a value that is not finite");
    }
    static const char *const names[] = {"lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0",
                                        "lstm.bias_hh_l0",   "head.weight",       "head.bias"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char text[128];
        model_rewrite(path, bad, config, "loomcast", "1", drop_one, (void *)(uintptr_t)names[i]);
        snprintf(text, sizeof text, "tensor \"%s\" %s", names[i], shape);
        refused(text);
    }
    model_rewrite(path, bad, config, "loomcast", "1", transpose, NULL);
    refused("tensor \"head.weight\" is missing");
    model_rewrite(path, bad, config, "loomcast", "1", flatten, NULL);
    refused("tensor \"head.weight\" is missing");
    free(config);
}
END_TEST

START_TEST(weights_of_any_size_give_numbers_or_an_error)
{
    char *config = lc_model_config(model);
    float huge = 3e38f;
    lc_model *m = NULL;
    lc_result *r = NULL;
    lc_status st = {0};
    lc_settings *s = panel_settings("");
    model_rewrite(path, bad, config, "loomcast", "1", spoil, &huge);
    ck_assert_int_eq(lc_model_load(&m, bad, &st), LC_OK);
    lc_code code = lc_forecast(&r, m, panel, s, NULL, &st);
    if (code == LC_OK) {
        for (size_t i = 0; i < lc_result_rows(r); i++) ck_assert(isfinite(lc_result_real(r, i, 2)));
    } else {
        ck_assert_int_eq(code, LC_E_NUMERIC);
        ck_assert_ptr_null(r);
    }
    lc_result_free(r);
    lc_model_free(m);
    lc_settings_free(s);
    free(config);
}
END_TEST

START_TEST(files_of_other_kinds_are_refused)
{
    lc_status st = {0};
    lc_model *m = NULL;
    static const char csv[] = "time,y\n2020-01-01,1\n";
    file_put(bad, csv, sizeof csv - 1);
    refused("");
    file_put(bad, "", 0);
    refused("");
    char *absent = path_in(folder, "absent");
    ck_assert_int_eq(lc_model_load(&m, absent, &st), LC_E_IO);
    ck_assert_str_eq(st.file, absent);
    memset(&st, 0, sizeof st);
    ck_assert_int_ne(lc_model_load(&m, folder, &st), LC_OK);
    ck_assert_str_eq(st.file, folder);
    ck_assert_ptr_null(m);
    free(absent);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("model files from hostile hands");
    TCase *t = tcase_create("all");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 300);
    tcase_add_test(t, every_wrong_value_is_refused);
    tcase_add_test(t, sizes_are_checked_against_the_tensors_before_memory_is_taken);
    tcase_add_test(t, a_huge_lookback_takes_no_memory_until_it_is_used);
    tcase_add_test(t, text_that_is_no_config_is_refused);
    tcase_add_test(t, other_formats_and_versions_are_told_apart);
    tcase_add_test(t, weights_are_all_there_and_finite);
    tcase_add_test(t, weights_of_any_size_give_numbers_or_an_error);
    tcase_add_test(t, files_of_other_kinds_are_refused);
    suite_add_tcase(suite, t);
    return suite;
}
