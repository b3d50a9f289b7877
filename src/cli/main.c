#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/options.h"

static const char *nth_command(const void *list, size_t i)
{
    (void)list;
    return cli_commands[i].name;
}

static int unknown_command(const char *name)
{
    const char *near = cli_nearest(name, nth_command, NULL);
    char shown[40];
    snprintf(shown, sizeof shown, "%s", name);
    for (char *p = shown; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f) *p = '?';
    if (near) return cli_usage("there is no command \"%s\"; did you mean \"%s\"?", shown, near);
    return cli_usage("there is no command \"%s\"; \"loomcast --help\" lists them", shown);
}

static int version(void)
{
    const char *isa = lc_instruction_set();
    printf("loomcast %s (kernels: %s, threads: %zu)\n", lc_version(), isa ? isa : "none", lc_default_threads());
    return isa ? LC_EXIT_OK : cli_usage("LOOMCAST_ISA names no instruction set of this build");
}

/* Output that could not be written is a failure even when everything else went well. */
static int finish(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    fprintf(stderr, "loomcast: standard output cannot be written\n");
    return code == LC_EXIT_OK ? LC_EXIT_FAILED : code;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is reported like a full disk, not by silent death */
    if (argc < 2) {
        cli_help(stderr);
        return LC_EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        cli_help(stdout);
        return finish(LC_EXIT_OK);
    }
    if (strcmp(name, "--version") == 0) return finish(version());
    bool help = strcmp(name, "help") == 0;
    if (help && argc == 2) {
        cli_help(stdout);
        return finish(LC_EXIT_OK);
    }
    const cli_command *c = cli_find_command(help ? argv[2] : name);
    if (!c) return unknown_command(help ? argv[2] : name);
    cli_options o = {0};
    int code = help ? LC_EXIT_OK : cli_parse(&o, c, argc - 1, argv + 1);
    if (code == LC_EXIT_OK) {
        if (help || o.help) cli_help_command(stdout, c);
        else code = c->run(&o);
    }
    lc_settings_free(o.settings);
    return finish(code);
}
