#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "loomcast.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

enum { N = 48 };
static const int64_t second = 1000000, from = INT64_C(1704067200); /* 2024-01-01 */

static lc_panel *panel_of_series(const lc_array *a, size_t n, const char *options, lc_status *st)
{
    lc_settings *s = panel_settings(options);
    lc_panel *p = NULL;
    const lc_code code = lc_panel_of_arrays(&p, a, n, s, st);
    ck_assert((code == LC_OK) == (p != NULL));
    lc_settings_free(s);
    return p;
}

/* Arrays and a file of the same rows give the same panel, as what is made of both tells. */
START_TEST(arrays_are_as_their_file)
{
    double y[2][N];
    int64_t stamp[N];
    char text[16384] = "unique_id,ds,y\n";
    for (int s = 0; s < 2; s++)
        for (int i = 0; i < N; i++) {
            y[s][i] = i % 11 == 5 ? NAN : sin(i * .5) / 3 + s;
            stamp[i] = (from + 900 * i) * second;
            char *end = text + strlen(text);
            const int minute = i * 15;
            end += sprintf(end, "%s,2024-01-01 %02d:%02d:00,", s ? "\"b, \"\"x\"\"\"" : "a", minute / 60, minute % 60);
            if (!isnan(y[s][i])) end += sprintf(end, "%.17g", y[s][i]);
            sprintf(end, "\n");
        }
    const lc_array a[] = {{"a", N, y[0], stamp}, {"b, \"x\"", N, y[1], stamp}};
    lc_status st = {0};
    lc_panel *mine = panel_of_series(a, 2, "", &st), *theirs = panel_of(text, "");
    ck_assert_msg(mine != NULL, "%s", st.text);
    char *one, *other, frequency[24];
    lc_settings *s = panel_settings("");
    ck_assert_int_eq(lc_panel_describe(mine, s, true, &one, &st), LC_OK);
    ck_assert_int_eq(lc_panel_describe(theirs, s, true, &other, &st), LC_OK);
    ck_assert_str_eq(strstr(one, "\"rows\""), strstr(other, "\"rows\""));
    ck_assert_str_eq(lc_panel_frequency(mine, frequency), "15min");
    ck_assert_str_eq(lc_panel_series_id(mine, 1), "b, \"x\"");
    free(one);
    free(other);
    lc_settings_free(s);
    lc_panel_free(mine);
    lc_panel_free(theirs);
}
END_TEST

START_TEST(steps_and_fractions_of_seconds)
{
    double y[N];
    int64_t stamp[N];
    char frequency[24];
    for (int i = 0; i < N; i++) {
        y[i] = i;
        stamp[i] = from * second + i * second / 2;
    }
    lc_status st = {0};
    lc_panel *p = panel_of_series(&(lc_array){NULL, N, y, NULL}, 1, "target=other,time=when", &st);
    ck_assert_msg(p != NULL, "%s", st.text);
    ck_assert_str_eq(lc_panel_frequency(p, frequency), "1");
    ck_assert_uint_eq(lc_panel_series_steps(p, 0), N);
    lc_panel_free(p);
    p = panel_of_series(&(lc_array){"half", N, y, stamp}, 1, "gaps=keep", &st);
    ck_assert_msg(p != NULL, "%s", st.text);
    ck_assert_uint_eq(lc_panel_row_count(p), N);
    lc_panel_free(p);
}
END_TEST

START_TEST(what_cannot_be_is_refused)
{
    const double y[] = {1, 2, 3}, far[] = {1, INFINITY, 3};
    const int64_t stamp[] = {0, 1000000, 2000000};
    const lc_array bad[][2] = {{{"a", 3, y, NULL}, {NULL, 3, y, NULL}},
                               {{"a", 3, y, stamp}, {"b", 3, y, NULL}},
                               {{"a", 3, y, NULL}, {"b", 3, far, NULL}},
                               {{"a", 3, NULL, NULL}, {"b", 3, y, NULL}}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        lc_status st = {0};
        ck_assert_ptr_null(panel_of_series(bad[i], 2, "", &st));
        ck_assert(st.code == LC_E_USAGE && *st.text);
    }
    lc_status st = {0};
    ck_assert_ptr_null(panel_of_series(bad[0], 0, "", &st));
    ck_assert_int_eq(st.code, LC_E_DATA);
    ck_assert_int_eq(lc_panel_of_arrays(NULL, NULL, 0, NULL, NULL), LC_E_USAGE);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("arrays");
    TCase *t = tcase_create("all");
    tcase_add_test(t, arrays_are_as_their_file);
    tcase_add_test(t, steps_and_fractions_of_seconds);
    tcase_add_test(t, what_cannot_be_is_refused);
    suite_add_tcase(s, t);
    return s;
}
