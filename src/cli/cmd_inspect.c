#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"

/* A model file starts with the length of its JSON header and then the header's brace. */
static int find_kind(bool *is_model, const char *path)
{
    unsigned char head[9] = {0};
    struct stat info;
    *is_model = false;
    /* What is read from a pipe is gone: pipes hold CSV. */
    if (strcmp(path, "-") == 0) return LC_EXIT_OK;
    if (stat(path, &info) != 0) return cli_cannot(path, "opened", errno);
    if (!S_ISREG(info.st_mode)) return LC_EXIT_OK;
    FILE *f = fopen(path, "rb");
    if (!f) return cli_cannot(path, "opened", errno);
    const size_t n = fread(head, 1, sizeof head, f);
    const int why = ferror(f) ? errno : 0;
    fclose(f);
    if (why) return cli_cannot(path, "read", why);
    *is_model = n == sizeof head && head[6] == 0 && head[7] == 0 && head[8] == '{';
    return LC_EXIT_OK;
}

int cli_inspect(const cli_options *o)
{
    if (o->n_files != 1) return cli_usage(NULL, "inspect takes one file");
    int outputs = cli_check_outputs(o);
    if (outputs != LC_EXIT_OK) return outputs;
    bool is_model;
    const int looked = find_kind(&is_model, o->files[0]);
    if (looked != LC_EXIT_OK) return looked;
    lc_status st = {0};
    char *text = NULL;
    lc_code code;
    if (is_model) {
        lc_model *m = NULL;
        code = lc_model_load(&m, o->files[0], &st);
        if (code == LC_OK) code = lc_model_describe(m, o->json, &text, &st);
        lc_model_free(m);
    } else {
        lc_panel *p = NULL;
        code = lc_panel_read(&p, o->files, 1, o->settings, &st);
        if (code == LC_OK) code = lc_panel_describe(p, o->settings, o->json, &text, &st);
        lc_panel_free(p);
    }
    if (code == LC_OK) {
        cli_stdout_begins();
        fputs(text, stdout);
    }
    free(text);
    return code == LC_OK ? LC_EXIT_OK : cli_fail(&st);
}
