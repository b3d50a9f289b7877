#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "base/text.h"
#include "unit/support/unit.h"

static void set_to(lc_settings *s, const char *name, const char *value, const char *want)
{
    lc_status st = {0};
    char got[256];
    ck_assert_msg(lc_settings_set(s, name, value, &st) == LC_OK, "%s = %s: %s", name, value, st.text);
    ck_assert_int_eq(st.code, LC_OK);
    ck_assert_ptr_eq(lc_settings_get(s, name, got, sizeof got), got);
    ck_assert_msg(strcmp(got, want) == 0, "%s = %s reads %s", name, value, got);
}

static void refused(const char *name, const char *value, const char *hint)
{
    lc_settings *s = lc_settings_create();
    lc_status st = {0};
    char before[256], after[256], want[256], shown[64];
    lc_settings_get(s, name, before, sizeof before);
    ck_assert_msg(lc_settings_set(s, name, value, &st) == LC_E_USAGE, "%s = \"%s\" is taken", name, value);
    snprintf(want, sizeof want, "%s: \"%s\" is not a valid value", name,
             lc_printable(shown, sizeof shown, value, strlen(value)));
    ck_assert_int_eq(st.code, LC_E_USAGE);
    ck_assert_str_eq(st.text, want);
    ck_assert_str_eq(st.hint, hint);
    lc_settings_get(s, name, after, sizeof after);
    ck_assert_str_eq(before, after);
    ck_assert_int_eq(lc_settings_set(s, name, value, NULL), LC_E_USAGE);
    lc_settings_free(s);
}

static void real_text(char out[LC_NUMBER_TEXT], double x)
{
    lc_format_double(out, x, 0);
}

START_TEST(every_default_is_in_its_range)
{
    lc_settings *s = lc_settings_create();
    ck_assert_ptr_nonnull(s);
    for (size_t i = 0; i < lc_setting_count(); i++) {
        const lc_setting_info *info = lc_setting_at(i);
        char got[256];
        double x;
        ck_assert(info->name && *info->name && info->help && *info->help && info->fallback);
        ck_assert_msg(lc_settings_get(s, info->name, got, sizeof got) != NULL, "%s", info->name);
        switch (info->type) {
        case LC_SETTING_COUNT:
        case LC_SETTING_REAL:
            ck_assert(info->min <= info->max);
            if (!*info->fallback) { /* follows from the data */
                ck_assert_str_eq(got, info->type == LC_SETTING_COUNT ? "0" : "");
                break;
            }
            ck_assert(lc_parse_double(got, strlen(got), &x));
            ck_assert_msg(x >= info->min && x <= info->max, "%s = %s", info->name, got);
            ck_assert_str_eq(got, info->fallback);
            break;
        case LC_SETTING_SWITCH:
            ck_assert_ptr_null(info->metavar);
            ck_assert_str_eq(got, "false");
            break;
        case LC_SETTING_TEXT: ck_assert_str_eq(got, info->fallback); break;
        }
    }
    ck_assert_ptr_null(lc_setting_at(lc_setting_count()));
    ck_assert_ptr_null(lc_setting_at(SIZE_MAX));
    lc_settings_free(s);
}
END_TEST

START_TEST(names_are_distinct_and_groups_in_order)
{
    for (size_t i = 0; i < lc_setting_count(); i++)
        for (size_t k = 0; k < i; k++) {
            ck_assert_str_ne(lc_setting_at(i)->name, lc_setting_at(k)->name);
            ck_assert(lc_setting_at(k)->group <= lc_setting_at(i)->group);
        }
}
END_TEST

START_TEST(every_row_reads_back_what_was_set)
{
    lc_settings *s = lc_settings_create();
    for (size_t i = 0; i < lc_setting_count(); i++) {
        const lc_setting_info *info = lc_setting_at(i);
        char low[64], high[64];
        switch (info->type) {
        case LC_SETTING_COUNT:
            snprintf(low, sizeof low, "%.0f", info->min);
            snprintf(high, sizeof high, "%.0f", info->max);
            set_to(s, info->name, low, low);
            set_to(s, info->name, high, high);
            break;
        case LC_SETTING_REAL:
            real_text(low, info->min);
            real_text(high, info->max);
            set_to(s, info->name, low, low);
            set_to(s, info->name, high, high);
            break;
        case LC_SETTING_SWITCH:
            set_to(s, info->name, "", "true");
            set_to(s, info->name, "0", "false");
            set_to(s, info->name, "1", "true");
            set_to(s, info->name, "false", "false");
            set_to(s, info->name, "true", "true");
            break;
        case LC_SETTING_TEXT: set_to(s, info->name, info->fallback, info->fallback); break;
        }
    }
    set_to(s, "target", "a,b", "a,b");
    set_to(s, "target", "", "");
    set_to(s, "lr", "1e-3", "0.001");
    set_to(s, "dropout", " 0.5 ", "0.5");
    set_to(s, "hidden", "+64", "64");
    set_to(s, "hidden", "0064", "64");
    ck_assert_uint_eq(s->hidden, 64);
    ck_assert_double_eq(s->lr, 0.001);
    lc_settings_free(s);
}
END_TEST

START_TEST(every_number_outside_its_range_is_refused)
{
    static const char *const garbage[] = {"",    " ",    "-",   "abc", "1x",    "x1",  "1,5", "0x10",
                                          "nan", "NaN ", "inf", "1e",  "1e999", "--1", "1 2", "\xc3\xa9"};
    for (size_t i = 0; i < lc_setting_count(); i++) {
        const lc_setting_info *info = lc_setting_at(i);
        char hint[256], number[64];
        bool is_count = info->type == LC_SETTING_COUNT;
        if (!is_count && info->type != LC_SETTING_REAL) continue;
        if (is_count) snprintf(hint, sizeof hint, "give a whole number from %.0f to %.0f", info->min, info->max);
        else snprintf(hint, sizeof hint, "give a number from %g to %g", info->min, info->max);
        for (size_t k = 0; k < sizeof garbage / sizeof garbage[0]; k++) refused(info->name, garbage[k], hint);
        if (info->min > -1) refused(info->name, "-1", hint);
        if (info->max < 1e23) refused(info->name, "99999999999999999999999", hint);
        if (is_count) {
            refused(info->name, "5.0", hint);
            refused(info->name, "5e3", hint);
            refused(info->name, "9223372036854775807", hint);
            refused(info->name, "18446744073709551617", hint);
            if (info->min > 0) refused(info->name, "0", hint);
            snprintf(number, sizeof number, "%.0f", info->max + 1);
            refused(info->name, number, hint);
        } else {
            real_text(number, nextafter(info->max, INFINITY));
            refused(info->name, number, hint);
            real_text(number, nextafter(info->min, -INFINITY));
            refused(info->name, number, hint);
        }
    }
}
END_TEST

static const lc_setting_info *info_of(const char *name)
{
    size_t i = 0;
    while (i < lc_setting_count() && strcmp(lc_setting_at(i)->name, name) != 0) i++;
    ck_assert_msg(i < lc_setting_count(), "%s", name);
    return lc_setting_at(i);
}

START_TEST(only_whole_choices_are_taken)
{
    static const struct {
        const char *name, *choices;
        const char *good[4];
    } rows[] = {
        {"gaps", "fill|skip|keep|error", {"fill", "skip", "error"}},
        {"arch", "auto|lstm|naive|seasonal-naive|naive2|window-mean|drift|theta|ets|arima", {"auto", "lstm", "theta"}},
        {"transform", "auto|log|none", {"auto", "log", "none"}},
        {"seasonal-base", "auto|on|off", {"auto", "on", "off"}},
        {"final-fit", "auto|on|off", {"auto", "on", "off"}},
        {"skip", "auto|on|mixed|off", {"auto", "mixed", "off"}},
        {"norm", "window|series", {"window", "series"}},
        {"loss", "mse|mae|huber", {"mse", "mae", "huber"}}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char hint[128], near[160], longer[64];
        lc_settings *s = lc_settings_create();
        snprintf(hint, sizeof hint, "choose one of %s", rows[i].choices);
        ck_assert_str_eq(info_of(rows[i].name)->choices, rows[i].choices);
        for (size_t k = 0; rows[i].good[k]; k++) {
            set_to(s, rows[i].name, rows[i].good[k], rows[i].good[k]);
            snprintf(near, sizeof near, "did you mean \"%s\"? Choose one of %s", rows[i].good[k], rows[i].choices);
            snprintf(longer, sizeof longer, "%s|", rows[i].good[k]);
            refused(rows[i].name, longer, near);
            snprintf(longer, sizeof longer, "%.*s", (int)strlen(rows[i].good[k]) - 1, rows[i].good[k]);
            if (strlen(longer) > 2) refused(rows[i].name, longer, near);
        }
        if (strlen(rows[i].choices) > strlen("on|off")) refused(rows[i].name, rows[i].choices, hint);
        refused(rows[i].name, "", hint);
        refused(rows[i].name, "|", hint);
        refused(rows[i].name, "nothing of the kind", hint);
        lc_settings_free(s);
    }
    refused("gaps", "FILL", "did you mean \"fill\"? Choose one of fill|skip|keep|error");
    refused("arch", "lstn",
            "did you mean \"lstm\"? Choose one of auto|lstm|naive|seasonal-naive|naive2|window-mean|drift|"
            "theta|ets|arima");
    refused("gaps", "fill|skip", "choose one of fill|skip|keep|error");
    refused("gaps", "skip|error", "choose one of fill|skip|keep|error");
    ck_assert_ptr_null(info_of("target")->choices);
    ck_assert_ptr_null(info_of("horizon")->choices);
    refused("no-header", "true|1", "give true or false, or no value at all");
    refused("no-header", "yes", "give true or false, or no value at all");
    refused("decimal-comma", "2", "give true or false, or no value at all");
}
END_TEST

START_TEST(unknown_names_are_named)
{
    lc_settings *s = lc_settings_create();
    static const struct {
        const char *name, *text;
    } rows[] = {{"horizn", "there is no setting \"horizn\""},
                {"", "there is no setting \"\""},
                {"Horizon", "there is no setting \"Horizon\""},
                {"a\nb\x1b[31m", "there is no setting \"a?b?[31m\""}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lc_status st = {0};
        char out[8];
        ck_assert_int_eq(lc_settings_set(s, rows[i].name, "1", &st), LC_E_USAGE);
        ck_assert_str_eq(st.text, rows[i].text);
        ck_assert_ptr_null(lc_settings_get(s, rows[i].name, out, sizeof out));
        ck_assert_ptr_null(lc_settings_dup(s, rows[i].name));
    }
    lc_settings_free(s);
}
END_TEST

START_TEST(text_is_kept_at_any_length_and_never_written_past_the_room)
{
    enum { LONG = 100000 };
    lc_settings *s = lc_settings_create();
    char *text = malloc(LONG + 1), out[16], *all;
    memset(text, 'x', LONG);
    text[LONG] = '\0';
    ck_assert_int_eq(lc_settings_set(s, "target", text, NULL), LC_OK);
    memset(out, '#', sizeof out);
    ck_assert_ptr_nonnull(lc_settings_get(s, "target", out, 5));
    ck_assert_str_eq(out, "xxxx");
    ck_assert_int_eq(out[5], '#');
    ck_assert_ptr_null(lc_settings_get(s, "target", out, 0));
    all = lc_settings_dup(s, "target");
    ck_assert_str_eq(all, text);
    free(all);
    all = lc_settings_dup(s, "clip");
    ck_assert_str_eq(all, "1");
    free(all);
    all = lc_settings_dup(s, "lr"); /* open */
    ck_assert_str_eq(all, "");
    free(all);
    free(text);
    lc_settings_free(s);
}
END_TEST

START_TEST(a_copy_is_deep)
{
    lc_settings *s = lc_settings_create();
    char got[64];
    set_to(s, "target", "load", "load");
    set_to(s, "hidden", "7", "7");
    set_to(s, "no-header", "", "true");
    lc_settings *t = lc_settings_copy(s);
    for (size_t i = 0; i < lc_setting_count(); i++) {
        char a[64], b[64];
        const char *name = lc_setting_at(i)->name;
        ck_assert_str_eq(lc_settings_get(s, name, a, sizeof a), lc_settings_get(t, name, b, sizeof b));
    }
    ck_assert_ptr_ne(s->target, t->target);
    set_to(s, "target", "other", "other");
    set_to(s, "hidden", "8", "8");
    ck_assert_str_eq(lc_settings_get(t, "target", got, sizeof got), "load");
    lc_settings_free(s);
    ck_assert_str_eq(t->target, "load");
    ck_assert_str_eq(t->gaps, "fill");
    ck_assert_uint_eq(t->hidden, 7);
    ck_assert(t->no_header);
    lc_settings_free(t);
    lc_settings_free(NULL);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("settings");
    TCase *t = tcase_create("all");
    tcase_add_test(t, every_default_is_in_its_range);
    tcase_add_test(t, names_are_distinct_and_groups_in_order);
    tcase_add_test(t, every_row_reads_back_what_was_set);
    tcase_add_test(t, every_number_outside_its_range_is_refused);
    tcase_add_test(t, only_whole_choices_are_taken);
    tcase_add_test(t, unknown_names_are_named);
    tcase_add_test(t, text_is_kept_at_any_length_and_never_written_past_the_room);
    tcase_add_test(t, a_copy_is_deep);
    suite_add_tcase(suite, t);
    return suite;
}
