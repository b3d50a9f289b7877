#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/measures.h"
#include "unit/support/panel_text.h"
#include "unit/support/unit.h"

/* A result of detect for a panel: blocks of n rows each, a score for every row; flags where it is 0.5 at least. */
static lc_result *result_of(const char *const *ids, const double *score, size_t n)
{
    lc_result *r = lc_result_create();
    ck_assert_ptr_nonnull(r);
    static const char *const names[] = {"unique_id", "y", "score", "anomaly"};
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(lc_result_add_column(r, names[i],
                                              i == 0   ? LC_COLUMN_TEXT
                                              : i == 3 ? LC_COLUMN_INT
                                                       : LC_COLUMN_REAL,
                                              0, NULL),
                         LC_OK);
    for (size_t i = 0; i < n; i++) {
        ck_assert_int_eq(lc_result_add_row(r, NULL), LC_OK);
        ck_assert_int_eq(lc_result_set_text(r, 0, ids[i], NULL), LC_OK);
        lc_result_set_real(r, 1, (double)i);
        lc_result_set_real(r, 2, score[i]);
        lc_result_set_int(r, 3, score[i] >= 0.5);
    }
    return r;
}

struct rig {
    lc_panel *p;
    lc_settings *s;
    lc_labels *l;
    lc_result *r, *table;
};

static struct rig rig_of(const char *data, const char *const *ids, const double *score, size_t n)
{
    struct rig g = {.p = panel_of(data, "labels=label"), .s = panel_settings("labels=label;vus-buffer=2")};
    ck_assert_int_eq(lc_labels_read(&g.l, g.p, g.s, NULL), LC_OK);
    g.r = result_of(ids, score, n);
    ck_assert_int_eq(lc_detection_measures(&g.table, "first", g.r, g.l, g.p, g.s, NULL), LC_OK);
    return g;
}

static void rig_free(struct rig *g)
{
    lc_result_free(g->table);
    lc_result_free(g->r);
    lc_labels_free(g->l);
    lc_settings_free(g->s);
    lc_panel_free(g->p);
}

static double of(const struct rig *g, size_t row, const char *column)
{
    return lc_result_real(g->table, row, lc_result_find(g->table, column));
}

static void expect_ids(const struct rig *g, const char *want)
{
    char got[200] = "";
    for (size_t i = 0; i < lc_result_rows(g->table); i++) {
        strcat(got, i ? " " : "");
        strcat(got, lc_result_text(g->table, i, 0));
    }
    ck_assert_str_eq(got, want);
}

START_TEST(a_series_has_a_row_and_so_has_all)
{
    /* Rows are not in order: the event is that of times 3 and 4, hit once; times 1 and 6 are one false alarm. */
    const char *data = "ds,a,label\n4,1,1\n1,1,0\n2,1,0\n3,1,1\n5,1,0\n6,1,0\n";
    const char *const ids[] = {"a", "a", "a", "a", "a", "a"};
    const double score[] = {0.9, 0.6, 0.1, 0.2, NAN, 0.7};
    struct rig g = rig_of(data, ids, score, 6);
    expect_ids(&g, "a *");
    for (size_t row = 0; row < 2; row++) {
        ck_assert_str_eq(lc_result_text(g.table, row, 1), "first");
        ck_assert_double_eq(of(&g, row, "rows"), 6);
        ck_assert_double_eq(of(&g, row, "events"), 1);
        ck_assert_double_eq(of(&g, row, "hit"), 1);
        ck_assert_double_eq(of(&g, row, "precision-event"), 0.5);
        ck_assert_double_eq(of(&g, row, "recall-event"), 1);
        ck_assert_double_eq_tol(of(&g, row, "f1-event"), 2.0 / 3, 1e-12);
        ck_assert_double_eq_tol(of(&g, row, "precision-row"), 1.0 / 3, 1e-12);
        ck_assert_double_eq(of(&g, row, "recall-row"), 0.5);
        ck_assert_double_eq_tol(of(&g, row, "f1-row"), 0.4, 1e-12);
        ck_assert_double_eq_tol(of(&g, row, "false-alarms-10k"), 1e4 / 6, 1e-9);
        ck_assert_double_eq(of(&g, row, "vus-buffer"), 2);
        ck_assert(of(&g, row, "vus-pr") > 0 && of(&g, row, "vus-pr") < 1);
        ck_assert_double_eq(of(&g, row, "nab-threshold"), 0.9);
    }
    /* The event's second of two rows; before it -1, two behind it at 2 / 1. */
    const double late = (2 / (1 + exp(-2.5)) - 1) / (2 / (1 + exp(-5.0)) - 1), behind = 2 / (1 + exp(10.0)) - 1;
    ck_assert_double_eq_tol(of(&g, 0, "nab-standard"), 100 * (late + 0.11 * (behind - 1) + 1) / 2, 1e-9);
    ck_assert_double_eq_tol(of(&g, 0, "nab-best-standard"), 100 * (late + 1) / 2, 1e-9);
    /* Another method comes behind. */
    ck_assert_int_eq(lc_detection_measures(&g.table, "second", g.r, g.l, g.p, g.s, NULL), LC_OK);
    expect_ids(&g, "a * a *");
    ck_assert_str_eq(lc_result_text(g.table, 3, 1), "second");
    rig_free(&g);
}
END_TEST

START_TEST(series_of_one_column_count_together)
{
    const char *data = "unique_id,ds,y,label\nu,1,1,0\nv,1,1,0\nu,2,1,1\nv,2,1,0\nu,3,1,0\nv,3,1,0\n";
    const char *const ids[] = {"u", "v", "u", "v", "u", "v"};
    const double score[] = {0.1, 0.9, 0.8, 0.2, 0.3, 0.1};
    struct rig g = rig_of(data, ids, score, 6);
    expect_ids(&g, "u v *");
    ck_assert_double_eq(of(&g, 0, "hit"), 1);
    ck_assert_double_eq(of(&g, 0, "false-alarms-10k"), 0);
    ck_assert_double_eq(of(&g, 0, "nab-best-standard"), 100);
    ck_assert_double_eq(of(&g, 1, "events"), 0);
    ck_assert_double_nan(of(&g, 1, "vus-pr"));
    ck_assert_double_nan(of(&g, 1, "nab-standard"));
    ck_assert_double_nan(of(&g, 1, "recall-event"));
    ck_assert_double_eq(of(&g, 2, "rows"), 6);
    ck_assert_double_eq(of(&g, 2, "events"), 1);
    ck_assert_double_eq_tol(of(&g, 2, "false-alarms-10k"), 1e4 / 6, 1e-9);
    ck_assert_double_eq(of(&g, 2, "vus-pr"), of(&g, 0, "vus-pr")); /* of the series that have one */
    ck_assert_double_eq_tol(of(&g, 2, "nab-best-standard"), 100 * (2 - 0.11) / 2, 1e-9); /* one threshold for both */
    rig_free(&g);
}
END_TEST

START_TEST(of_several_columns_the_row_as_a_whole_counts)
{
    const char *data = "ds,a,b,label\n1,1,1,0\n2,1,1,1\n3,1,1,0\n4,1,1,1\n";
    const char *const ids[] = {"a", "a", "a", "a", "b", "b", "b", "b", "row", "row", "row", "row"};
    const double score[] = {0.1, 0.9, 0, 0.2, 0.2, 0.3, 0.4, 0.6, 0.7, 0, 0, 0.8};
    struct rig g = rig_of(data, ids, score, 8);
    expect_ids(&g, "a b *");
    ck_assert_double_eq(of(&g, 0, "hit"), 1);
    ck_assert_double_eq(of(&g, 1, "hit"), 1);
    ck_assert_double_eq(of(&g, 2, "hit"), 2);
    ck_assert_double_eq(of(&g, 2, "rows"), 4);
    ck_assert_double_eq(of(&g, 2, "f1-row"), 1);
    ck_assert_double_eq(of(&g, 2, "nab-best-standard"), 100);
    rig_free(&g);
    /* A score for the row itself takes their place. */
    g = rig_of(data, ids, score, 12);
    expect_ids(&g, "a b *");
    ck_assert_double_eq(of(&g, 2, "hit"), 1);
    ck_assert_double_eq(of(&g, 2, "precision-row"), 0.5);
    rig_free(&g);
}
END_TEST

START_TEST(frames_of_several_columns_have_rows_of_their_own)
{
    const char *data = "unique_id,ds,a,b,label\nu,1,1,1,0\nu,2,1,1,1\nv,1,1,1,0\nv,2,1,1,1\n";
    const char *const ids[] = {"u:a", "u:a", "v:a", "v:a", "u:b", "u:b", "v:b", "v:b"};
    const double score[] = {0, 0.9, 0, 0, 0, 0, 0, 0.7};
    struct rig g = rig_of(data, ids, score, 8);
    expect_ids(&g, "u:a v:a u:b v:b u:* v:* *");
    ck_assert_double_eq(of(&g, 1, "hit"), 0);
    ck_assert_double_eq(of(&g, 5, "hit"), 1);
    ck_assert_double_eq(of(&g, 6, "hit"), 2);
    ck_assert_double_eq(of(&g, 6, "events"), 2);
    rig_free(&g);
}
END_TEST

START_TEST(rows_that_go_on_with_an_event_raise_no_new_alarm)
{
    const char *data = "ds,a,label\n1,1,0\n2,1,0\n3,1,1\n4,1,0\n5,1,0\n";
    const char *const ids[] = {"a", "a", "a", "a", "a"};
    const double score[] = {0, 0, 0.8, 0.2, 0.2};
    struct rig g = rig_of(data, ids, score, 5);
    const double alone = of(&g, 0, "nab-best-low-fp");
    rig_free(&g);
    g = rig_of(data, ids, (double[]){0, 0, 0.8, 0.9, 0.2}, 5);
    ck_assert(of(&g, 0, "nab-best-low-fp") < alone);
    /* The same row, not flagged by the detector. */
    lc_result *r = result_of(ids, score, 4);
    ck_assert_int_eq(lc_result_add_row(r, NULL), LC_OK);
    lc_result_set_real(r, 2, 0.9);
    lc_result_free(g.table);
    g.table = NULL;
    ck_assert_int_eq(lc_detection_measures(&g.table, "again", r, g.l, g.p, g.s, NULL), LC_OK);
    ck_assert_double_eq_tol(of(&g, 0, "nab-best-low-fp"), alone, 1e-12);
    lc_result_free(r);
    rig_free(&g);
}
END_TEST

START_TEST(what_does_not_belong_together_is_refused)
{
    const char *data = "ds,a,label\n1,1,0\n2,1,1\n3,1,0\n";
    const char *const ids[] = {"a", "a", "a"};
    const double score[] = {0, 0.9, 0};
    struct rig g = rig_of(data, ids, score, 3);
    lc_result *few = result_of(ids, score, 2), *table = NULL;
    lc_status st = {0};
    ck_assert_int_eq(lc_detection_measures(&table, "m", few, g.l, g.p, g.s, &st), LC_E_USAGE);
    ck_assert_ptr_null(table);
    ck_assert_ptr_nonnull(strstr(st.text, "do not belong together"));
    lc_panel *other = panel_of("ds,a\n1,1\n2,1\n", "");
    ck_assert_int_eq(lc_detection_measures(&table, "m", few, g.l, other, g.s, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_detection_measures(&table, "m", g.table, g.l, g.p, g.s, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_detection_measures(NULL, "m", g.r, g.l, g.p, g.s, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_detection_measures(&table, "m", g.r, NULL, g.p, g.s, NULL), LC_E_USAGE);
    ck_assert_int_eq(lc_labels_read(NULL, g.p, g.s, NULL), LC_E_USAGE);
    lc_labels *none = NULL;
    lc_settings *plain = panel_settings("");
    ck_assert_int_eq(lc_labels_read(&none, g.p, plain, NULL), LC_E_USAGE);
    lc_labels_free(none);
    lc_settings_free(plain);
    lc_panel_free(other);
    lc_result_free(few);
    rig_free(&g);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("measures of detections");
    TCase *c = tcase_create("measures");
    tcase_add_test(c, a_series_has_a_row_and_so_has_all);
    tcase_add_test(c, series_of_one_column_count_together);
    tcase_add_test(c, of_several_columns_the_row_as_a_whole_counts);
    tcase_add_test(c, frames_of_several_columns_have_rows_of_their_own);
    tcase_add_test(c, rows_that_go_on_with_an_event_raise_no_new_alarm);
    tcase_add_test(c, what_does_not_belong_together_is_refused);
    suite_add_tcase(s, c);
    return s;
}
