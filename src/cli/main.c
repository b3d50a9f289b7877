#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/generate.h"
#include "cli/help.h"
#include "cli/job.h"
#include "cli/options.h"

/* What may stand where a command does. */
static const char *nth_word(void *list, size_t i)
{
    static const char *const others[] = {"help", "version", "--help", "--version", "--generate", NULL};
    (void)list;
    size_t commands = 0;
    while (cli_commands[commands].name) commands++;
    return i < commands ? cli_commands[i].name : others[i - commands];
}

static bool is_option(const char *word)
{
    char name[48];
    if (strncmp(word, "--", 2) != 0) return false;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    return cli_option_find(name) != SIZE_MAX;
}

static int unknown_command(const char *name)
{
    char hint[80] = "\"loomcast --help\" lists the commands";
    const size_t near = is_option(name) ? SIZE_MAX : lc_nearest(name, nth_word, NULL);
    if (near != SIZE_MAX) snprintf(hint, sizeof hint, "did you mean \"%s\"?", nth_word(NULL, near));
    else if (name[0] == '-' && name[1])
        snprintf(hint, sizeof hint, "the command comes first: loomcast COMMAND [OPTIONS] [FILE...]");
    return cli_usage(hint, "there is no command \"%.60s\"", name);
}

static int version(void)
{
    const char *isa = lc_instruction_set();
    printf("loomcast %s (kernels: %s, threads: %zu)\n", lc_version(), isa ? isa : "none", lc_default_threads());
    if (isa) return LC_EXIT_OK;
    char hint[80];
    snprintf(hint, sizeof hint, "use %s", lc_instruction_sets());
    return cli_usage(hint, "LOOMCAST_ISA names no instruction set of this build");
}

static int general_help(void)
{
    cli_stdout_begins();
    cli_help(stdout);
    return LC_EXIT_OK;
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        cli_help(stderr);
        return LC_EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) return general_help();
    if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) return version();
    if (strncmp(name, "--generate", strcspn(name, "=")) == 0 && strcspn(name, "=") == strlen("--generate"))
        return cli_generate(argc, argv);
    bool help = strcmp(name, "help") == 0;
    if (help) {
        if (argc > 3) return cli_usage(NULL, "help takes the name of one command");
        if (argc < 3 || strcmp(argv[2], "help") == 0 || strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0)
            return general_help();
        name = argv[2];
    }
    const cli_command *c = cli_find_command(name);
    if (!c) return unknown_command(name);
    cli_options o = {0};
    int code = help ? LC_EXIT_OK : cli_parse(&o, c, argc - 1, argv + 1);
    if (code == LC_EXIT_OK) {
        if (help || o.help) {
            cli_stdout_begins();
            cli_help_command(stdout, c);
        } else {
            code = o.out_dir ? cli_job(&o) : c->run(&o);
        }
    }
    lc_settings_free(o.settings);
    return code;
}

/* A closed standard stream would be the next file that is opened: nothing can be read from or written to these. */
static void fill_standard_streams(void)
{
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) break;
}

/* Output that could not be written is a failure even when everything else went well. */
static int finish(int code)
{
    errno = 0;
    bool lost = ferror(stdout) != 0;
    if (fclose(stdout) == 0 && !lost) return code;
    if (code == LC_EXIT_FAILED || code == LC_EXIT_USAGE) return code; /* one message is enough */
    fprintf(stderr, "loomcast: standard output cannot be written%s%s\n", errno ? ": " : "",
            errno ? strerror(errno) : "");
    return LC_EXIT_FAILED;
}

int main(int argc, char **argv)
{
    fill_standard_streams();
    cli_ignore_closed_pipes();
    int code = finish(run(argc, argv));
    /* A run that was interrupted ends by that signal, so that a shell's loop around it ends, too. */
    if (code != LC_EXIT_OK && cli_interrupted()) {
        signal(cli_interrupted(), SIG_DFL);
        raise(cli_interrupted());
    }
    return code;
}
