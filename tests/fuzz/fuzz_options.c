/* A command line, its words parted by NULs: it is taken or refused, and a setting that was taken can be set again. The
 * first word is the command. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "fuzz/fuzz.h"

enum { WORDS = 24, TEXT = 4096 };

static void set_again(const lc_settings *s)
{
    char value[TEXT];
    lc_settings *other = lc_settings_create();
    FUZZ_MUST(other);
    for (size_t i = 0; i < lc_setting_count(); i++) {
        const lc_setting_info *info = lc_setting_at(i);
        FUZZ_MUST(lc_settings_get(s, info->name, value, sizeof value));
        /* What follows from the data has no text, or 0, which nobody can give. */
        const bool open = !*info->fallback && (!*value || strcmp(value, "0") == 0);
        if (!open && strlen(value) + 1 < sizeof value)
            FUZZ_MUST(lc_settings_set(other, info->name, value, NULL) == LC_OK);
    }
    lc_settings_free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool quiet;
    char text[TEXT], *word[WORDS + 1];
    int n = 0;
    if (!quiet) quiet = (stderr = fopen("/dev/null", "w")) && freopen("/dev/null", "r", stdin);
    FUZZ_MUST(quiet);
    if (!size || size >= sizeof text) return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    for (size_t at = 0; at < size && n < WORDS; at += strlen(text + at) + 1) word[n++] = text + at;
    word[n] = NULL;
    const cli_command *c = cli_find_command(word[0]);
    if (!c) c = &cli_commands[data[0] % 6];
    cli_options o = {0};
    /* A process parses one command line: getopt still has its eye on the last one where that was refused. */
    char *none[] = {text, NULL};
    optind = 0;
    (void)!getopt(1, none, "");
    const int code = cli_parse(&o, c, n, word);
    FUZZ_MUST(code == LC_EXIT_OK || code == LC_EXIT_FAILED || code == LC_EXIT_USAGE);
    if (code == LC_EXIT_OK && !o.help) {
        FUZZ_MUST(o.n_files > 0);
        set_again(o.settings);
        cli_check_outputs(&o);
    }
    lc_settings_free(o.settings);
    return 0;
}
