/* A training that begins with the weights of another. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "loomcast.h"
#include "model/model.h"
#include "model/safetensors.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/scratch.h"
#include "unit/support/unit.h"

enum { N = 200 };
static const char *const lstm = "arch=lstm;horizon=3;lookback=8;hidden=5;layers=2;epochs=3;threads=1";

static lc_panel *panel_of_waves(void)
{
    double y[N];
    make_sine(y, N, 12, 1, 9);
    return panel_of_values(y, N, "");
}

static lc_code fit(lc_model **m, const lc_panel *p, const char *options, lc_status *st)
{
    lc_settings *s = panel_settings(options);
    const lc_code code = lc_model_fit(m, p, s, NULL, NULL, st);
    lc_settings_free(s);
    return code;
}

static lc_model *fitted(const lc_panel *p, const char *options)
{
    lc_model *m;
    lc_status st = {0};
    ck_assert_msg(fit(&m, p, options, &st) == LC_OK, "%s: %s", options, st.text);
    return m;
}

static double difference(const lc_model *a, const lc_model *b)
{
    double most = 0;
    ck_assert_uint_eq(a->net->params, b->net->params);
    for (size_t i = 0; i < a->settings->members * a->net->params; i++)
        most = fmax(most, fabs((double)a->w[i] - (double)b->w[i]));
    return most;
}

/* The tensors of a model's file without what says that it is one, as another program would write them; `leave` is left
 * out, `spoil` gets a value that is no number. */
static void write_bare(const lc_model *m, const char *leave, const char *spoil)
{
    lc_safetensors *f;
    lc_status st = {0};
    lc_tensor tensor[32];
    size_t n = 0;
    ck_assert_int_eq(lc_model_save(m, "whole", true, &st), LC_OK);
    ck_assert_int_eq(lc_safetensors_read(&f, "whole", &st), LC_OK);
    float bad[4096];
    for (size_t i = 0; i < lc_safetensors_count(f); i++) {
        lc_tensor t = *lc_safetensors_at(f, i);
        if (leave && strcmp(t.name, leave) == 0) continue;
        if (spoil && strcmp(t.name, spoil) == 0) {
            const size_t floats = t.shape[0] * (t.dims == 2 ? t.shape[1] : 1);
            memcpy(bad, t.data, floats * sizeof *bad);
            bad[floats / 2] = NAN;
            t.data = bad;
        }
        tensor[n++] = t;
    }
    ck_assert_int_eq(lc_safetensors_write("bare", true, tensor, n, NULL, 0, &st), LC_OK);
    lc_safetensors_free(f);
}

/* With a rate that moves nothing the weights are those of the file, whichever it is. */
START_TEST(weights_are_taken)
{
    lc_panel *p = panel_of_waves();
    lc_model *first = fitted(p, lstm);
    write_bare(first, NULL, NULL);
    lc_model *from_model = fitted(p, "from=whole;epochs=1;lr=1e-12;seed=7;threads=2");
    ck_assert(difference(first, from_model) < 1e-6);
    char options[200];
    snprintf(options, sizeof options, "%s;from=bare;epochs=1;lr=1e-12;seed=7", lstm);
    lc_model *from_bare = fitted(p, options);
    ck_assert(difference(first, from_bare) < 1e-6);
    /* And learned on from. */
    lc_model *on = fitted(p, "from=whole;epochs=2");
    ck_assert(difference(first, on) > 1e-4);
    ck_assert_uint_eq(on->settings->hidden, 5);
    ck_assert_uint_eq(on->settings->lookback, 8);
    lc_model_free(on);
    lc_model_free(from_bare);
    lc_model_free(from_model);
    lc_model_free(first);
    lc_panel_free(p);
}
END_TEST

START_TEST(several_networks_begin_with_their_own)
{
    lc_panel *p = panel_of_waves();
    lc_status st = {0};
    lc_model *first = fitted(p, "horizon=4;season=12;steps=60;members=2;threads=1");
    ck_assert_int_eq(lc_model_save(first, "two", true, &st), LC_OK);
    lc_model *same = fitted(p, "from=two;steps=10;lr=1e-12;final-fit=off;ema=0");
    ck_assert_uint_eq(same->settings->members, 2);
    ck_assert(difference(first, same) < 1e-6);
    lc_model_free(same);
    lc_model_free(first);
    lc_panel_free(p);
}
END_TEST

START_TEST(what_does_not_fit_is_named)
{
    static const char *const more[] = {";from=bare;hidden=6", ";from=bare;horizon=4", ";from=bare;layers=3",
                                       ";from=nowhere", ";from=bare"};
    lc_panel *p = panel_of_waves();
    lc_model *first = fitted(p, lstm), *m;
    char options[200];
    for (size_t i = 0; i < 7; i++) {
        const bool spoilt = i == 4, missing = i == 5;
        if (i == 6) file_put("bare", "junk", 4);
        else write_bare(first, missing ? "head.weight" : NULL, spoilt ? "lstm.weight_hh_l1" : NULL);
        snprintf(options, sizeof options, "%s%s", lstm, more[i < 4 ? i : 4]);
        lc_status st = {0};
        const lc_code code = fit(&m, p, options, &st);
        ck_assert_msg(code == (i == 3 ? LC_E_IO : LC_E_MODEL) && !m && *st.text, "%zu: %d %s", i, code, st.text);
        ck_assert_str_eq(st.file, i == 3 ? "nowhere" : "bare");
        if (spoilt) ck_assert_ptr_nonnull(strstr(st.text, "lstm.weight_hh_l1"));
        if (missing) ck_assert_ptr_nonnull(strstr(st.text, "head.weight"));
    }
    lc_model_free(first);
    lc_panel_free(p);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("start");
    TCase *t = tcase_create("all");
    tcase_add_checked_fixture(t, scratch_enter, scratch_leave);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, weights_are_taken);
    tcase_add_test(t, several_networks_begin_with_their_own);
    tcase_add_test(t, what_does_not_fit_is_named);
    suite_add_tcase(s, t);
    return s;
}
