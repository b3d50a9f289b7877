/* A training that is stopped after any of its rounds goes on to the bits of one that was not. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "loomcast.h"
#include "model/model.h"
#include "model/safetensors.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/scratch.h"
#include "unit/support/unit.h"

static const char *const kinds[] = {
    "arch=lstm;horizon=3;lookback=8;hidden=5;epochs=6;patience=2;threads=1;seed=3",
    "arch=auto;horizon=4;season=12;steps=120;members=3;final-fit=on;threads=2;seed=3",
    "arch=auto;horizon=4;season=12;steps=100;members=2;final-fit=off;ema=0;threads=3",
};
enum { KINDS = sizeof kinds / sizeof kinds[0], N = 260 };

static lc_panel *panel_of_waves(double first)
{
    double y[N];
    make_sine(y, N, 12, 1, 9);
    y[0] += first;
    return panel_of_values(y, N, "");
}

typedef struct stop {
    size_t calls, after; /* after so many calls; 0: never */
} stop;

static bool count_calls(void *user, const lc_progress *p)
{
    stop *s = user;
    (void)p;
    return ++s->calls != s->after;
}

/* more: "" or ";name=value" */
static lc_code fit(lc_model **m, const lc_panel *p, int kind, const char *more, stop *s, lc_status *st)
{
    char options[300];
    snprintf(options, sizeof options, "%s%s", kinds[kind], more);
    lc_settings *settings = panel_settings(options);
    const lc_code code = lc_model_fit(m, p, settings, count_calls, s, st);
    lc_settings_free(settings);
    return code;
}

static char *bytes_of(const lc_model *m, size_t *n)
{
    lc_status st = {0};
    ck_assert_msg(lc_model_save(m, "model", true, &st) == LC_OK, "%s", st.text);
    return file_bytes("model", n);
}

START_TEST(stopped_after_any_round_it_ends_alike)
{
    lc_panel *p = panel_of_waves(0);
    lc_model *m;
    lc_status st = {0};
    stop never = {0};
    ck_assert_msg(fit(&m, p, _i, "", &never, &st) == LC_OK, "%s", st.text);
    size_t n, rounds = 0;
    char *whole = bytes_of(m, &n);
    lc_model_free(m);
    ck_assert_uint_ge(never.calls, 4);
    for (;;) {
        /* Each run is stopped at its second round, as long as it has one. */
        stop second = {.after = 2};
        const lc_code code = fit(&m, p, _i, ";checkpoint=kept;resume=true", &second, &st);
        if (code == LC_OK) break;
        ck_assert_int_eq(code, LC_E_CANCELLED);
        ck_assert(access("kept", R_OK) == 0);
        lc_model_free(m);
        ck_assert_uint_lt(rounds++, 2 * never.calls);
        st.code = LC_OK;
    }
    size_t also;
    char *parts = bytes_of(m, &also);
    ck_assert_uint_ge(rounds, 2);
    ck_assert(n == also && memcmp(whole, parts, n) == 0);
    lc_model_free(m);
    /* What has ended is not learned again. */
    stop again = {0};
    ck_assert_int_eq(fit(&m, p, _i, ";checkpoint=kept;resume=true", &again, &st), LC_OK);
    ck_assert_uint_eq(again.calls, 0);
    free(parts);
    parts = bytes_of(m, &also);
    ck_assert(n == also && memcmp(whole, parts, n) == 0);
    lc_model_free(m);
    free(parts);
    free(whole);
    lc_panel_free(p);
}
END_TEST

START_TEST(what_belongs_to_others_is_refused)
{
    lc_panel *p = panel_of_waves(0), *other = panel_of_waves(.5);
    lc_model *m;
    stop third = {.after = 3}, never = {0};
    lc_status st = {0};
    ck_assert_int_eq(fit(&m, p, 0, ";checkpoint=kept", &third, &st), LC_E_CANCELLED);
    lc_model_free(m);
    st.code = LC_OK;
    ck_assert_int_eq(fit(&m, other, 0, ";checkpoint=kept;resume=true", &never, &st), LC_E_USAGE);
    ck_assert(strcmp(st.file, "kept") == 0 && *st.hint && !m);
    st.code = LC_OK;
    ck_assert_int_eq(fit(&m, p, 0, ";checkpoint=kept;resume=true;hidden=6", &never, &st), LC_E_USAGE);
    st.code = LC_OK;
    /* How the work is done does not matter. */
    ck_assert_int_eq(fit(&m, p, 0, ";checkpoint=kept;resume=true;threads=2", &never, &st), LC_OK);
    lc_model_free(m);
    /* Nobody asked to go on: it begins anew. */
    const size_t calls = never.calls;
    ck_assert_int_eq(fit(&m, other, 0, ";checkpoint=kept", &never, &st), LC_OK);
    ck_assert_uint_gt(never.calls - calls, calls);
    lc_model_free(m);
    lc_panel_free(p);
    lc_panel_free(other);
}
END_TEST

/* The name of the file that a training begins with does not tell what is in it. */
START_TEST(other_weights_to_begin_with_are_others)
{
    lc_panel *p = panel_of_waves(0);
    lc_model *m;
    stop never = {0}, second = {.after = 2};
    lc_status st = {0};
    for (int seed = 1; seed <= 2; seed++) {
        ck_assert_int_eq(fit(&m, p, 0, seed == 1 ? "" : ";seed=9", &never, &st), LC_OK);
        ck_assert_int_eq(lc_model_save(m, "begin", true, &st), LC_OK);
        lc_model_free(m);
        const lc_code code = fit(&m, p, 0, ";from=begin;checkpoint=kept;resume=true", &second, &st);
        ck_assert_int_eq(code, seed == 1 ? LC_E_CANCELLED : LC_E_USAGE);
        lc_model_free(m);
        st.code = LC_OK;
    }
    lc_panel_free(p);
}
END_TEST

/* Every cut, and some other bytes: an error with the file's name, or a training as if nothing were there. */
START_TEST(damaged_files_do_no_harm)
{
    lc_panel *p = panel_of_waves(0);
    lc_model *m;
    stop third = {.after = 3};
    lc_status st = {0};
    ck_assert_int_eq(fit(&m, p, 0, ";checkpoint=kept", &third, &st), LC_E_CANCELLED);
    lc_model_free(m);
    size_t n;
    char *good = file_bytes("kept", &n);
    for (size_t cut = 0; cut < n; cut += cut < 700 ? 7 : 301) {
        stop never = {0};
        file_put("kept", good, cut);
        st = (lc_status){0};
        const lc_code code = fit(&m, p, 0, ";checkpoint=kept;resume=true", &never, &st);
        UNIT_MUST(code == LC_E_MODEL && *st.text && strcmp(st.file, "kept") == 0 && !m, "cut at %zu: %d %s", cut, code,
                  st.text);
    }
    for (size_t at = 8; at < n; at += at < 700 ? 11 : 499) {
        stop never = {0};
        char *bad = malloc(n);
        memcpy(bad, good, n);
        bad[at] ^= 0x41;
        file_put("kept", bad, n);
        st = (lc_status){0};
        const lc_code code = fit(&m, p, 0, ";checkpoint=kept;resume=true", &never, &st);
        UNIT_MUST(code == LC_OK || (*st.text && (code == LC_E_MODEL || code == LC_E_USAGE || code == LC_E_NUMERIC)),
                  "byte %zu: %d %s", at, code, st.text);
        lc_model_free(m);
        free(bad);
    }
    free(good);
    lc_panel_free(p);
}
END_TEST

/* Of a file with one network: where its parts lie, one behind the other at the end. */
enum { COUNTS = 7, NUMBERS = 3, BLOCKS = 5, KEPT_ROUNDS = 2 };

typedef struct kept_parts {
    size_t weights, losses, numbers, counts, params;
} kept_parts;

static kept_parts parts_of(const char *file, size_t n)
{
    uint64_t header;
    kept_parts at;
    memcpy(&header, file, sizeof header);
    at.weights = sizeof header + header;
    at.counts = n - COUNTS * sizeof(uint64_t);
    at.numbers = at.counts - NUMBERS * sizeof(double);
    at.losses = at.numbers - 2 * KEPT_ROUNDS * sizeof(double);
    at.params = (at.losses - at.weights) / BLOCKS / sizeof(float);
    return at;
}

static void keep_two_rounds(const lc_panel *p)
{
    lc_model *m;
    stop second = {.after = KEPT_ROUNDS};
    lc_status st = {0};
    ck_assert_int_eq(fit(&m, p, 1, ";members=1;checkpoint=kept", &second, &st), LC_E_CANCELLED);
    lc_model_free(m);
}

static void refuse_with(const lc_panel *p, const char *what)
{
    lc_model *m;
    stop never = {0};
    lc_status st = {0};
    const lc_code code = fit(&m, p, 1, ";members=1;checkpoint=kept;resume=true", &never, &st);
    UNIT_MUST(code == LC_E_MODEL && strcmp(st.file, "kept") == 0 && *st.text && !m, "%s: %d %s", what, code, st.text);
}

/* A training that went on from it would never end, or end without a model or with one that cannot be read. */
START_TEST(what_no_training_keeps_is_refused)
{
    lc_panel *p = panel_of_waves(0);
    size_t n;
    keep_two_rounds(p);
    char *good = file_bytes("kept", &n);
    const kept_parts at = parts_of(good, n);
    const float no_weight = INFINITY;
    const double nan = NAN, infinite = INFINITY, one = 1;
    const uint64_t none = 0, many = 1000000007;
    const size_t word = sizeof(uint64_t), block = at.params * sizeof(float);
    const struct {
        const char *what;
        size_t at;
        const void *value;
        size_t size;
    } wrong[] = {{"no rounds", at.counts, &none, word},
                 {"no best round", at.counts + word, &none, word},
                 {"minibatches of years", at.counts + 2 * word, &many, word},
                 {"no minibatches", at.counts + 2 * word, &none, word},
                 {"rounds since the best", at.counts + 3 * word, &many, word},
                 {"neither ended nor not", at.counts + 6 * word, &many, word},
                 {"best score", at.numbers, &nan, word},
                 {"first power", at.numbers + word, &one, word},
                 {"second power", at.numbers + 2 * word, &nan, word},
                 {"training loss", at.losses, &nan, word},
                 {"validation loss", at.losses + KEPT_ROUNDS * word, &infinite, word},
                 {"weight", at.weights, &no_weight, sizeof no_weight},
                 {"average", at.weights + 2 * block - sizeof no_weight, &no_weight, sizeof no_weight},
                 {"best weight", at.losses - sizeof no_weight, &no_weight, sizeof no_weight}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char *bad = malloc(n);
        memcpy(bad, good, n);
        memcpy(bad + wrong[i].at, wrong[i].value, wrong[i].size);
        file_put("kept", bad, n);
        refuse_with(p, wrong[i].what);
        free(bad);
    }
    free(good);
    lc_panel_free(p);
}
END_TEST

/* What has ended before its first round has no weights to show. */
START_TEST(an_end_without_a_round_is_refused)
{
    lc_panel *p = panel_of_waves(0);
    lc_safetensors *f;
    size_t floats, n;
    keep_two_rounds(p);
    ck_assert_int_eq(lc_safetensors_read_pieces(&f, "kept", NULL), LC_OK);
    const void *weights = lc_safetensors_vector(f, "net.0.weights", LC_SCALAR_F32, &floats),
               *numbers = lc_safetensors_vector(f, "net.0.numbers", LC_SCALAR_F64, &n);
    const uint64_t counts[COUNTS] = {[COUNTS - 1] = 1};
    const char *const metadata[][2] = {{"format", lc_safetensors_metadata(f, "format")},
                                       {"identity", lc_safetensors_metadata(f, "identity")}};
    const lc_piece piece[] = {{weights, floats}, {numbers, 0}, {numbers, n}, {counts, COUNTS}};
    const lc_pieces_tensor tensor[] = {{"net.0.weights", LC_SCALAR_F32, &piece[0], 1},
                                       {"net.0.losses", LC_SCALAR_F64, &piece[1], 1},
                                       {"net.0.numbers", LC_SCALAR_F64, &piece[2], 1},
                                       {"net.0.counts", LC_SCALAR_U64, &piece[3], 1}};
    ck_assert_int_eq(lc_safetensors_write_pieces("kept", true, tensor, 4, metadata, 2, NULL), LC_OK);
    refuse_with(p, "ended before it began");
    lc_safetensors_free(f);
    lc_panel_free(p);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("checkpoint");
    TCase *t = tcase_create("all");
    tcase_add_checked_fixture(t, scratch_enter, scratch_leave);
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, stopped_after_any_round_it_ends_alike, 0, KINDS);
    tcase_add_test(t, what_belongs_to_others_is_refused);
    tcase_add_test(t, other_weights_to_begin_with_are_others);
    tcase_add_test(t, damaged_files_do_no_harm);
    tcase_add_test(t, what_no_training_keeps_is_refused);
    tcase_add_test(t, an_end_without_a_round_is_refused);
    suite_add_tcase(s, t);
    return s;
}
