/* Several models in several threads of one process, and what the library leaves as it found it. */
#define _GNU_SOURCE
#include <locale.h>
#include <omp.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loomcast.h"
#include "unit/support/panel_text.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

enum { JOBS = 4, ROWS = 120 };

typedef struct job {
    int number;
    lc_code code;
    char *forecast, *flags; /* as CSV */
} job;

/* Everything an embedding program does with one series of its own. */
static void *work(void *given)
{
    job *j = given;
    double y[ROWS];
    lc_settings *s = lc_settings_create();
    lc_panel *p = NULL;
    lc_model *m = NULL;
    lc_result *forecast = NULL, *flags = NULL;
    for (int i = 0; i < ROWS; i++) y[i] = 10 * j->number + (i * (3 + j->number)) % 17;
    char number[16];
    snprintf(number, sizeof number, "%d", j->number + 1);
    j->code = s ? lc_settings_set(s, "arch", j->number % 2 ? "auto" : "lstm", NULL) : LC_E_MEMORY;
    if (j->code == LC_OK) j->code = lc_settings_set(s, "epochs", "3", NULL);
    if (j->code == LC_OK) j->code = lc_settings_set(s, "steps", "20", NULL);
    if (j->code == LC_OK) j->code = lc_settings_set(s, "horizon", "4", NULL);
    if (j->code == LC_OK) j->code = lc_settings_set(s, "seed", number, NULL);
    if (j->code == LC_OK) j->code = lc_settings_set(s, "threads", "2", NULL);
    if (j->code == LC_OK) p = panel_of_values(y, ROWS, "");
    if (j->code == LC_OK) j->code = lc_model_fit(&m, p, s, NULL, NULL, NULL);
    if (j->code == LC_OK) j->code = lc_forecast(&forecast, m, p, s, NULL, NULL);
    if (j->code == LC_OK) j->code = lc_detect_events(&flags, NULL, NULL, NULL, p, s, NULL, NULL, NULL);
    j->forecast = forecast ? result_text(forecast) : NULL;
    j->flags = flags ? result_text(flags) : NULL;
    lc_result_free(forecast);
    lc_result_free(flags);
    lc_model_free(m);
    lc_panel_free(p);
    lc_settings_free(s);
    return NULL;
}

START_TEST(models_in_several_threads_do_not_meet)
{
    job alone[JOBS], beside[JOBS];
    pthread_t thread[JOBS];
    for (int i = 0; i < JOBS; i++) {
        alone[i] = beside[i] = (job){.number = i};
        work(&alone[i]);
        ck_assert_int_eq(alone[i].code, LC_OK);
        ck_assert(alone[i].forecast && alone[i].flags);
    }
    for (int i = 0; i < JOBS; i++) ck_assert_int_eq(pthread_create(&thread[i], NULL, work, &beside[i]), 0);
    for (int i = 0; i < JOBS; i++) ck_assert_int_eq(pthread_join(thread[i], NULL), 0);
    for (int i = 0; i < JOBS; i++) {
        ck_assert_int_eq(beside[i].code, LC_OK);
        ck_assert(beside[i].forecast && beside[i].flags);
        ck_assert_str_eq(beside[i].forecast, alone[i].forecast);
        ck_assert_str_eq(beside[i].flags, alone[i].flags);
        for (int k = 0; k < 2; k++) {
            free(k ? alone[i].forecast : beside[i].forecast);
            free(k ? alone[i].flags : beside[i].flags);
        }
    }
}
END_TEST

START_TEST(the_process_stays_as_it_was)
{
    struct sigaction before[NSIG], after;
    for (int i = 1; i < NSIG; i++)
        if (sigaction(i, NULL, &before[i]) != 0) before[i].sa_handler = SIG_DFL;
    char *was = strdup(setlocale(LC_ALL, NULL));
    const int threads = omp_get_max_threads(), dynamic = omp_get_dynamic(), levels = omp_get_max_active_levels();
    FILE *error = tmpfile(), *output = tmpfile();
    ck_assert(was && error && output);
    fflush(NULL);
    const int streams[] = {STDOUT_FILENO, STDERR_FILENO};
    const int kept[] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)};
    dup2(fileno(output), streams[0]);
    dup2(fileno(error), streams[1]);
    job j = {.number = 1};
    work(&j);
    fflush(NULL);
    for (int i = 0; i < 2; i++) {
        dup2(kept[i], streams[i]);
        close(kept[i]);
    }
    ck_assert_int_eq(j.code, LC_OK);
    ck_assert_int_eq(lseek(fileno(output), 0, SEEK_END), 0);
    ck_assert_int_eq(lseek(fileno(error), 0, SEEK_END), 0);
    ck_assert_str_eq(setlocale(LC_ALL, NULL), was);
    ck_assert_int_eq(omp_get_max_threads(), threads);
    ck_assert_int_eq(omp_get_dynamic(), dynamic);
    ck_assert_int_eq(omp_get_max_active_levels(), levels);
    for (int i = 1; i < NSIG; i++)
        if (sigaction(i, NULL, &after) == 0) ck_assert(after.sa_handler == before[i].sa_handler);
    fclose(error);
    fclose(output);
    free(was);
    free(j.forecast);
    free(j.flags);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("side by side");
    TCase *c = tcase_create("process");
    tcase_set_timeout(c, 300);
    tcase_add_test(c, models_in_several_threads_do_not_meet);
    tcase_add_test(c, the_process_stays_as_it_was);
    suite_add_tcase(s, c);
    return s;
}
