/* The text of a loomcast.conf, read for one of the commands, which the first byte chooses. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/options.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    static char path[64], option[] = "--config", file[] = "rows.csv";
    if (fd < 0) {
        fd = memfd_create("config", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        FUZZ_MUST(fd >= 0 && (stderr = fopen("/dev/null", "w")));
    }
    if (!size) return 0;
    FUZZ_MUST(ftruncate(fd, 0) == 0 && pwrite(fd, data + 1, size - 1, 0) == (ssize_t)size - 1);
    const cli_command *c = &cli_commands[data[0] % 6];
    char *words[] = {(char *)c->name, option, path, file, NULL};
    cli_options o = {0};
    const int code = cli_parse(&o, c, 4, words);
    FUZZ_MUST(code == LC_EXIT_OK || code == LC_EXIT_FAILED || code == LC_EXIT_USAGE);
    /* It names no files and replaces none. */
    FUZZ_MUST(!o.output && !o.plot && !o.events && !o.state && !o.model && !o.force);
    FUZZ_MUST(code != LC_EXIT_OK || (o.n_files == 1 && strcmp(o.files[0], file) == 0));
    lc_settings_free(o.settings);
    return 0;
}
