/* The files that a run writes: whether they are fit to be written, asked before the work starts. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

typedef struct output {
    const char *option, *path;
    bool chart;
    bool kept; /* an existing file is gone on with */
} output;

enum { OUTPUTS = 9, PATH_ROOM = 4096 };

bool cli_goes_on(const cli_options *o)
{
    struct stat info;
    /* One that cannot be looked at is there: reading it says why it cannot be gone on from. */
    return o->state && (stat(o->state, &info) == 0 || errno != ENOENT);
}

/* rejects, checkpoint: room for paths that are settings of the library. */
static void list_outputs(output out[OUTPUTS], char rejects[PATH_ROOM], char checkpoint[PATH_ROOM], const cli_options *o)
{
    char resume[8];
    const char *keeps = lc_settings_get(o->settings, "checkpoint", checkpoint, PATH_ROOM);
    const bool resumes = strcmp(lc_settings_get(o->settings, "resume", resume, sizeof resume), "true") == 0;
    const char *path = lc_settings_get(o->settings, "rejects", rejects, PATH_ROOM);
    const bool kept = o->online && o->state; /* decided where they are opened */
    out[0] = (output){"output", o->output, false, kept};
    out[1] = (output){"plot", o->plot, true, false};
    out[2] = (output){"save-windows", o->save_windows, false, false};
    out[3] = (output){"save-steps", o->save_steps, false, false};
    out[4] = (output){"loss-plot", o->loss_plot, true, false};
    out[5] = (output){"rejects", path && *path ? path : NULL, false, kept};
    out[6] = (output){"state", o->state, false, true};
    out[7] = (output){"events", o->events, false, false};
    out[8] = (output){"checkpoint", keeps && *keeps ? keeps : NULL, false, resumes};
}

/* The folder of a path, or "." */
static void folder_of(char *out, size_t room, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) snprintf(out, room, ".");
    else snprintf(out, room, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

static int check_place(const output *out, bool force)
{
    struct stat info;
    char folder[4096];
    bool there = stat(out->path, &info) == 0;
    if (!there && errno != ENOENT) return cli_cannot(out->path, "written", errno);
    if (there && S_ISDIR(info.st_mode)) return cli_refuse(out->path, "is a folder", "");
    /* Devices and pipes are written to, not replaced. */
    if (there && !S_ISREG(info.st_mode))
        return access(out->path, W_OK) == 0 ? LC_EXIT_OK : cli_cannot(out->path, "written", errno);
    if (!force && lstat(out->path, &info) == 0)
        return cli_refuse(out->path, "the file exists", "give --force to replace it, or another name");
    folder_of(folder, sizeof folder, out->path);
    return access(folder, W_OK | X_OK) == 0 ? LC_EXIT_OK : cli_cannot(out->path, "written", errno);
}

const char *cli_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool same_file(const char *a, const char *b)
{
    struct stat x, y;
    bool there = stat(a, &x) == 0, also = stat(b, &y) == 0;
    if (there && also) return S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
    if (there || also || strcmp(cli_base_name(a), cli_base_name(b)) != 0) return false;
    /* Files to come are the same where they have one name in one folder. */
    char one[4096], other[4096];
    folder_of(one, sizeof one, a);
    folder_of(other, sizeof other, b);
    return stat(one, &x) == 0 && stat(other, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int check_inputs(const output *out, const cli_options *o)
{
    char labels[PATH_ROOM];
    const char *const read[] = {o->model, o->style, o->config, cli_labels_name(o, labels, PATH_ROOM)};
    bool taken = false;
    for (size_t i = 0; i < sizeof read / sizeof read[0]; i++)
        taken = taken || (read[i] && same_file(out->path, read[i]));
    for (size_t i = 0; !taken && i < o->n_files; i++)
        taken = strcmp(o->files[i], "-") != 0 && same_file(out->path, o->files[i]);
    if (!taken) return LC_EXIT_OK;
    return cli_usage("give the output another name", "--%s would replace %s, which is read", out->option, out->path);
}

size_t cli_charts(const cli_options *o)
{
    enum { USUAL = 24 };
    return o->charts ? strtoul(o->charts, NULL, 10) : USUAL;
}

int cli_check_charts(const cli_options *o)
{
    if (!o->charts) return LC_EXIT_OK;
    if (!o->out_dir && o->command->run == cli_evaluate && cli_given(o, "charts"))
        return cli_usage("the report of a single backtest has all its charts",
                         "evaluate takes --charts with --out-dir only");
    const bool is_report = o->out_dir || (o->plot && lc_report_is(o->plot));
    if (!is_report && cli_given(o, "charts"))
        return cli_usage(NULL, "--charts is for a report: --plot FILE.html, or --out-dir");
    const size_t digits = strspn(o->charts, "0123456789");
    if (digits && digits < 7 && !o->charts[digits]) return LC_EXIT_OK;
    return cli_usage("give a whole number from 0 to 999999", "charts: \"%s\" is not a valid value", o->charts);
}

/* A style that cannot be read is told before the work. */
static int check_style(const cli_options *o)
{
    lc_style *style;
    if (o->style && !o->plot && !o->loss_plot) return cli_usage(NULL, "--style is for a chart: --plot FILE");
    const int code = cli_read_style(&style, o);
    lc_style_free(style);
    return code;
}

int cli_check_outputs(const cli_options *o)
{
    if (o->json && cli_plots_here(o))
        return cli_usage("leave one of the two out", "--json and --plot - both take standard output");
    const int charts = cli_check_charts(o), style = charts == LC_EXIT_OK ? check_style(o) : charts;
    if (style != LC_EXIT_OK) return style;
    output out[OUTPUTS];
    char rejects[PATH_ROOM], checkpoint[PATH_ROOM];
    list_outputs(out, rejects, checkpoint, o);
    lc_status st = {0};
    for (size_t i = 0; i < OUTPUTS; i++) {
        if (!out[i].path) continue;
        if (out[i].path == o->plot && cli_plots_here(o)) continue;
        if (!*out[i].path || strcmp(out[i].path, "-") == 0)
            return cli_usage(NULL, "--%s needs the name of a file", out[i].option);
        const bool report = out[i].path == o->plot && lc_report_is(o->plot);
        if (out[i].chart && !report && lc_plot_check(out[i].path, &st) != LC_OK) return cli_fail(&st);
        for (size_t k = 0; k < i; k++)
            if (out[k].path && same_file(out[i].path, out[k].path))
                return cli_usage(NULL, "--%s and --%s name the same file", out[k].option, out[i].option);
        int code = check_inputs(&out[i], o);
        if (code == LC_EXIT_OK) code = check_place(&out[i], o->force || out[i].kept);
        if (code != LC_EXIT_OK) return code;
    }
    return LC_EXIT_OK;
}

int cli_check_json(const cli_options *o)
{
    if (!o->json || o->output || cli_plots_here(o)) return LC_EXIT_OK; /* the last: refused by cli_check_outputs */
    return cli_usage("give -o FILE for the result",
                     "--json puts its summary on standard output, where the result would go");
}
