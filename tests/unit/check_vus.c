#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomaly/vus.h"
#include "ref/ref_measures.h"
#include "unit/support/unit.h"

/* As scripts/make_golden_vus.py draws it. */
struct draw {
    uint64_t x;
};

static double uniform(struct draw *r)
{
    r->x = r->x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(r->x >> 11) / 9007199254740992.0;
}

struct made {
    uint64_t seed;
    size_t n, events, length;
    double quality;
    size_t levels;
};

static void make(uint8_t *label, double *score, const struct made *m)
{
    struct draw r = {m->seed};
    memset(label, 0, m->n);
    for (size_t e = 0; e < m->events; e++) {
        size_t begin = (size_t)(uniform(&r) * (double)m->n), rows = 1 + (size_t)(uniform(&r) * (double)m->length);
        for (size_t i = begin; i < begin + rows && i < m->n; i++) label[i] = 1;
    }
    for (size_t i = 0; i < m->n; i++) {
        score[i] = uniform(&r) + m->quality * label[i];
        if (m->levels) score[i] = floor(score[i] * (double)m->levels) / (double)m->levels;
    }
}

static FILE *golden(void)
{
    char path[512];
    const char *folder = getenv("LC_TEST_DATA");
    snprintf(path, sizeof path, "%s/vus.csv", folder ? folder : "tests/golden");
    FILE *f = fopen(path, "r");
    ck_assert_msg(f != NULL, "%s cannot be opened", path);
    return f;
}

START_TEST(volumes_are_those_of_the_authors_program)
{
    char line[200];
    size_t cases = 0;
    FILE *f = golden();
    while (fgets(line, sizeof line, f)) {
        struct made m;
        unsigned long long seed;
        size_t buffer;
        double roc, pr;
        if (sscanf(line, "vus,%llu,%zu,%zu,%zu,%lf,%zu,%zu,%lf,%lf", &seed, &m.n, &m.events, &m.length, &m.quality,
                   &m.levels, &buffer, &roc, &pr) != 9)
            continue;
        m.seed = seed;
        uint8_t *label = malloc(m.n);
        double *score = malloc(m.n * sizeof *score);
        lc_vus got;
        make(label, score, &m);
        ck_assert_int_eq(lc_vus_score(&got, label, score, m.n, buffer, NULL), LC_OK);
        ck_assert_msg(fabs(got.roc - roc) < 1e-9, "seed %llu: ROC %.12f, not %.12f", seed, got.roc, roc);
        ck_assert_msg(fabs(got.pr - pr) < 1e-9, "seed %llu: PR %.12f, not %.12f", seed, got.pr, pr);
        free(label);
        free(score);
        cases++;
    }
    fclose(f);
    ck_assert_uint_eq(cases, 11);
}
END_TEST

START_TEST(periods_are_those_of_the_benchmark)
{
    char line[200];
    size_t cases = 0;
    FILE *f = golden();
    while (fgets(line, sizeof line, f)) {
        unsigned long long seed;
        size_t n, period, want, got;
        if (sscanf(line, "period,%llu,%zu,0,0,%zu,0,%zu", &seed, &n, &period, &want) != 4) continue;
        struct draw r = {seed};
        double *y = malloc(n * sizeof *y);
        for (size_t i = 0; i < n; i++) y[i] = (double)(i % period) / (double)period + 0.3 * uniform(&r);
        ck_assert_int_eq(lc_vus_buffer(&got, y, n, NULL), LC_OK);
        ck_assert_uint_eq(got, want);
        free(y);
        cases++;
    }
    fclose(f);
    ck_assert_uint_eq(cases, 6);
}
END_TEST

START_TEST(without_a_period_the_buffer_is_the_usual_one)
{
    double y[300];
    size_t got;
    for (size_t i = 0; i < 300; i++) y[i] = 5;
    ck_assert_int_eq(lc_vus_buffer(&got, y, 300, NULL), LC_OK);
    ck_assert_uint_eq(got, LC_VUS_USUAL_BUFFER);
    for (size_t i = 0; i < 300; i++) y[i] = NAN;
    ck_assert_int_eq(lc_vus_buffer(&got, y, 300, NULL), LC_OK);
    ck_assert_uint_eq(got, LC_VUS_USUAL_BUFFER);
    ck_assert_int_eq(lc_vus_buffer(&got, y, 0, NULL), LC_OK);
    ck_assert_uint_eq(got, LC_VUS_USUAL_BUFFER);
    /* Missing values count as those before. */
    for (size_t i = 0; i < 300; i++) y[i] = i % 10 < 2 ? NAN : (double)(i % 10);
    ck_assert_int_eq(lc_vus_buffer(&got, y, 300, NULL), LC_OK);
    ck_assert_uint_eq(got, 10);
}
END_TEST

START_TEST(volumes_are_those_of_the_naive_twin)
{
    enum { MOST = 400 };
    uint8_t label[MOST];
    double score[MOST];
    struct draw r = {42};
    for (size_t k = 0; k < 60; k++) {
        struct made m = {.seed = k + 100,
                         .n = 2 + (size_t)(uniform(&r) * (MOST - 2)),
                         .events = 1 + (size_t)(uniform(&r) * 20),
                         .length = 1 + (size_t)(uniform(&r) * 20),
                         .quality = uniform(&r) - 0.2,
                         .levels = k % 3 ? 0 : 1 + (size_t)(uniform(&r) * 6)};
        size_t buffer = (size_t)(uniform(&r) * 60), labelled = 0;
        double roc, pr;
        lc_vus got;
        make(label, score, &m);
        for (size_t i = 0; i < m.n; i++) labelled += label[i];
        ck_assert_int_eq(lc_vus_score(&got, label, score, m.n, buffer, NULL), LC_OK);
        if (labelled == m.n) {
            ck_assert_double_nan(got.pr);
            continue;
        }
        ref_vus(&roc, &pr, label, score, m.n, buffer);
        ck_assert_double_eq_tol(got.roc, roc, 1e-12);
        ck_assert_double_eq_tol(got.pr, pr, 1e-12);
    }
}
END_TEST

START_TEST(a_volume_without_buffer_is_an_area_that_can_be_counted)
{
    /* Flags at 0.9, 0.8, 0.7, 0.6: hit, false, hit, false. TPR 1/2, 1/2, 1, 1, each event row found by itself in one
     * event: the share of events is 1 from the first flag on. */
    const uint8_t label[] = {0, 1, 1, 0};
    const double score[] = {0.8, 0.9, 0.7, 0.6};
    lc_vus got;
    ck_assert_int_eq(lc_vus_score(&got, label, score, 4, 0, NULL), LC_OK);
    ck_assert_double_eq_tol(got.pr, 0.5 * 1 + 0.5 * 2 / 3, 1e-12);
    ck_assert_double_eq_tol(got.roc, 0.5 * 0.5 + 0.5 * 1, 1e-12);
    /* Touching events are one region here, whatever their beginnings. */
    const uint8_t two[] = {0, 1, 2, 0};
    lc_vus same;
    ck_assert_int_eq(lc_vus_score(&same, two, score, 4, 3, NULL), LC_OK);
    ck_assert_int_eq(lc_vus_score(&got, label, score, 4, 3, NULL), LC_OK);
    ck_assert_double_eq(same.pr, got.pr);
}
END_TEST

START_TEST(where_there_is_no_volume_there_is_none)
{
    const uint8_t none[] = {0, 0, 0}, all[] = {1, 1, 1}, one[] = {0, 1, 0};
    const double score[] = {0.1, 0.2, 0.3};
    lc_vus got;
    ck_assert_int_eq(lc_vus_score(&got, none, score, 3, 5, NULL), LC_OK);
    ck_assert_double_nan(got.pr);
    ck_assert_int_eq(lc_vus_score(&got, all, score, 3, 5, NULL), LC_OK);
    ck_assert_double_nan(got.roc);
    ck_assert_int_eq(lc_vus_score(&got, none, score, 0, 5, NULL), LC_OK);
    ck_assert_double_nan(got.roc);
    lc_status st = {0};
    ck_assert_int_eq(lc_vus_score(&got, one, score, 3, LC_VUS_MOST_BUFFER + 1, &st), LC_E_USAGE);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("volume under the surface");
    TCase *c = tcase_create("vus");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, volumes_are_those_of_the_authors_program);
    tcase_add_test(c, periods_are_those_of_the_benchmark);
    tcase_add_test(c, without_a_period_the_buffer_is_the_usual_one);
    tcase_add_test(c, volumes_are_those_of_the_naive_twin);
    tcase_add_test(c, a_volume_without_buffer_is_an_area_that_can_be_counted);
    tcase_add_test(c, where_there_is_no_volume_there_is_none);
    suite_add_tcase(s, c);
    return s;
}
