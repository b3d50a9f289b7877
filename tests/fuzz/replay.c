/* What a fuzz target once took is taken still: the files of tests/fuzz/corpus/NAME, one after the other, in the
 * ordinary suite and without libFuzzer. NAME is that of the program without "check_". */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "unit/support/unit.h"

enum { INPUT_SECONDS = 60 };

/* Of the sanitizers, where the program is linked with one. */
void __sanitizer_set_death_callback(void (*call)(void)) __attribute__((weak));

static char input[600]; /* the file at hand */
static size_t n_input;

static void name_input(void)
{
    static const char before[] = "this input is not taken: ";
    (void)!write(STDERR_FILENO, before, sizeof before - 1);
    (void)!write(STDERR_FILENO, input, n_input);
    (void)!write(STDERR_FILENO, "\n", 1);
}

static void on_signal(int number)
{
    name_input();
    signal(number, SIG_DFL);
    raise(number);
}

static void take(const char *folder, const char *name)
{
    n_input = (size_t)snprintf(input, sizeof input - 1, "%s/%s", folder, name);
    FILE *f = fopen(input, "rb");
    UNIT_MUST(f && n_input < sizeof input - 1, "%s: %s", input, strerror(errno));
    UNIT_MUST(fseek(f, 0, SEEK_END) == 0, "%s: %s", input, strerror(errno));
    const long size = ftell(f);
    rewind(f);
    /* Of its own size, so that a sanitizer sees who reads behind it. */
    uint8_t *bytes = malloc(size > 0 ? (size_t)size : 1);
    UNIT_MUST(bytes && fread(bytes, 1, (size_t)size, f) == (size_t)size, "%s: %s", input, strerror(errno));
    fclose(f);
    alarm(INPUT_SECONDS);
    LLVMFuzzerTestOneInput(bytes, (size_t)size);
    alarm(0);
    free(bytes);
}

static int is_input(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

START_TEST(kept_inputs_are_taken)
{
    static const int signals[] = {SIGILL, SIGTRAP, SIGABRT, SIGALRM};
    const char *prefix = "check_", *name = program_invocation_short_name, *corpus = getenv("LC_FUZZ_CORPUS");
    char folder[300];
    struct dirent **list;
    ck_assert_msg(strncmp(name, prefix, strlen(prefix)) == 0, "%s is not the name of a target's check", name);
    snprintf(folder, sizeof folder, "%s/%s", corpus ? corpus : "tests/fuzz/corpus", name + strlen(prefix));
    const int n = scandir(folder, &list, is_input, alphasort);
    ck_assert_msg(n > 0, "%s holds no inputs", folder);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) signal(signals[i], on_signal);
    if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(name_input);
    else signal(SIGSEGV, on_signal);
    for (int i = 0; i < n; i++) {
        take(folder, list[i]->d_name);
        free(list[i]);
    }
    free(list);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("replay");
    TCase *t = tcase_create("corpus");
    tcase_set_timeout(t, 300);
    tcase_add_test(t, kept_inputs_are_taken);
    suite_add_tcase(s, t);
    return s;
}
