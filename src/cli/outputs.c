/* What becomes of a run: files that must be fit to be written before the work starts, and their writing. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <signal.h>
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
    return o->state && stat(o->state, &info) == 0;
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

static int refuse(const char *path, const char *text, const char *hint)
{
    lc_status st = {.code = LC_E_IO};
    snprintf(st.file, sizeof st.file, "%s", path);
    snprintf(st.text, sizeof st.text, "%s", text);
    snprintf(st.hint, sizeof st.hint, "%s", hint);
    return cli_fail(&st);
}

static int refuse_unwritable(const char *path)
{
    char text[200];
    snprintf(text, sizeof text, "cannot be written: %s", strerror(errno));
    return refuse(path, text, "");
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
    if (!there && errno != ENOENT) return refuse_unwritable(out->path);
    if (there && S_ISDIR(info.st_mode)) return refuse(out->path, "is a folder", "");
    /* Devices and pipes are written to, not replaced. */
    if (there && !S_ISREG(info.st_mode))
        return access(out->path, W_OK) == 0 ? LC_EXIT_OK : refuse_unwritable(out->path);
    if (!force && lstat(out->path, &info) == 0)
        return refuse(out->path, "the file exists", "give --force to replace it, or another name");
    folder_of(folder, sizeof folder, out->path);
    return access(folder, W_OK | X_OK) == 0 ? LC_EXIT_OK : refuse_unwritable(out->path);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool same_file(const char *a, const char *b)
{
    struct stat x, y;
    bool there = stat(a, &x) == 0, also = stat(b, &y) == 0;
    if (there && also) return S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
    if (there || also || strcmp(base_name(a), base_name(b)) != 0) return false;
    /* Files to come are the same where they have one name in one folder. */
    char one[4096], other[4096];
    folder_of(one, sizeof one, a);
    folder_of(other, sizeof other, b);
    return stat(one, &x) == 0 && stat(other, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int check_inputs(const output *out, const cli_options *o)
{
    char labels[PATH_ROOM];
    bool taken =
        (o->model && same_file(out->path, o->model)) || same_file(out->path, cli_labels_name(o, labels, PATH_ROOM));
    for (size_t i = 0; !taken && i < o->n_files; i++)
        taken = strcmp(o->files[i], "-") != 0 && same_file(out->path, o->files[i]);
    if (!taken) return LC_EXIT_OK;
    return cli_usage("give the output another name", "--%s would replace %s, which is read", out->option, out->path);
}

int cli_check_outputs(const cli_options *o)
{
    output out[OUTPUTS];
    char rejects[PATH_ROOM], checkpoint[PATH_ROOM];
    list_outputs(out, rejects, checkpoint, o);
    lc_status st = {0};
    for (size_t i = 0; i < OUTPUTS; i++) {
        if (!out[i].path) continue;
        if (!*out[i].path || strcmp(out[i].path, "-") == 0)
            return cli_usage(NULL, "--%s needs the name of a file", out[i].option);
        if (out[i].chart && lc_plot_check(out[i].path, &st) != LC_OK) return cli_fail(&st);
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
    if (!o->json || o->output) return LC_EXIT_OK;
    return cli_usage("give -o FILE for the result",
                     "--json puts its summary on standard output, where the result would go");
}

/* ---- writing ---- */

static struct sigaction at_start; /* what whoever started the program wanted of SIGPIPE */

void cli_ignore_closed_pipes(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, &at_start);
}

void cli_stdout_begins(void)
{
    sigaction(SIGPIPE, &at_start, NULL);
}

/* A person reads: names in the table must not command the terminal. */
static lc_code write_terminal(const lc_result *r, lc_status *st)
{
    char *text = NULL;
    size_t n = 0;
    FILE *memory = open_memstream(&text, &n);
    lc_code code = memory ? lc_result_write_stream(r, memory, st) : LC_E_MEMORY;
    if (memory && fclose(memory) != 0) code = LC_E_MEMORY;
    if (code == LC_E_MEMORY) *st = (lc_status){.code = LC_E_MEMORY, .text = "out of memory"};
    for (char *line = text, *end; code == LC_OK && (end = memchr(line, '\n', n - (size_t)(line - text)));
         line = end + 1) {
        *end = '\0';
        puts(cli_harmless(line, (size_t)(end - line) + 1, line));
    }
    free(text);
    return code;
}

static int write_table(const lc_result *r, const cli_options *o)
{
    lc_status st = {0};
    lc_code code;
    if (!o->output) cli_stdout_begins();
    if (o->output) code = lc_result_write_file(r, o->output, o->force, &st);
    else code = isatty(STDOUT_FILENO) ? write_terminal(r, &st) : lc_result_write_stream(r, stdout, &st);
    if (code != LC_OK) return cli_fail(&st);
    size_t n = lc_result_rows(r);
    if (o->output) cli_line(o, "wrote   %s, %zu row%s", o->output, n, n == 1 ? "" : "s");
    return LC_EXIT_OK;
}

/* view: drawn instead of the result; NULL: the result itself. */
static int draw(const lc_result *r, const lc_panel *p, const lc_backtest_view *view, const cli_options *o)
{
    if (!o->plot) return LC_EXIT_OK;
    lc_status st = {0};
    size_t drawn = 0, all = 0;
    const lc_code code = view ? lc_plot_backtest(view, o->plot, o->force, &st)
                              : lc_plot_result(r, p, o->plot, o->force, &drawn, &all, &st);
    if (code != LC_OK) return cli_fail(&st);
    if (drawn < all) cli_line(o, "wrote   %s, the first %zu of %zu series", o->plot, drawn, all);
    else cli_line(o, "wrote   %s", o->plot);
    return LC_EXIT_OK;
}

int cli_draw(const lc_result *r, const lc_panel *p, const cli_options *o)
{
    return draw(r, p, NULL, o);
}

static int deliver(const lc_result *r, const lc_panel *p, const lc_backtest_view *view, const cli_options *o)
{
    /* Whoever reads standard output may close it early: the chart comes first there. A chart that fails keeps
     * nobody from the table. */
    int drawn = o->output ? LC_EXIT_OK : draw(r, p, view, o);
    int code = o->output || !o->json ? write_table(r, o) : LC_EXIT_OK;
    if (code == LC_EXIT_OK && o->output) drawn = draw(r, p, view, o);
    return code == LC_EXIT_OK ? drawn : code;
}

int cli_deliver(const lc_result *r, const lc_panel *p, const cli_options *o)
{
    return deliver(r, p, NULL, o);
}

int cli_deliver_backtest(const lc_result *r, const lc_backtest_view *view, const cli_options *o)
{
    return deliver(r, NULL, view, o);
}
