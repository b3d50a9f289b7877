#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

static int refuse_existing(const char *path, const cli_options *o)
{
    if (!path || o->force || access(path, F_OK) != 0) return LC_EXIT_OK;
    /* /dev/null and pipes are written to, not replaced. */
    if (strncmp(path, "/dev/", 5) == 0) return LC_EXIT_OK;
    lc_status st = {.code = LC_E_IO, .text = "the file exists", .hint = "give --force to replace it, or another name"};
    snprintf(st.file, sizeof st.file, "%s", path);
    return cli_fail(&st);
}

int cli_check_outputs(const cli_options *o)
{
    const char *const paths[] = {o->output, o->plot, o->save_windows, o->loss_plot};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        int code = refuse_existing(paths[i], o);
        if (code != LC_EXIT_OK) return code;
    }
    if (o->json && !o->output && strcmp(o->program, "inspect") != 0)
        return cli_usage("--json writes its summary to standard output; give -o FILE for the result");
    return LC_EXIT_OK;
}

int cli_read(lc_panel **out, const cli_options *o)
{
    lc_status st = {0};
    lc_code code = lc_panel_read(out, o->files, o->n_files, o->settings, &st);
    if (code != LC_OK) return cli_fail(&st);
    cli_notices(o, *out);
    return LC_EXIT_OK;
}

int cli_write(const lc_result *r, const cli_options *o)
{
    lc_status st = {0};
    lc_code code = o->output && strcmp(o->output, "-") != 0 ? lc_result_write_file(r, o->output, o->force, &st)
                                                            : lc_result_write_stream(r, stdout, &st);
    return code == LC_OK ? LC_EXIT_OK : cli_fail(&st);
}

int cli_draw(const lc_result *r, const lc_panel *p, const cli_options *o)
{
    if (!o->plot) return LC_EXIT_OK;
    lc_status st = {0};
    size_t drawn = 0, all = 0;
    lc_code code = lc_plot_result(r, p, o->plot, o->force, &drawn, &all, &st);
    if (code != LC_OK) return cli_fail(&st);
    if (drawn < all) cli_note(o, "note: the chart shows the first %zu of %zu series", drawn, all);
    return LC_EXIT_OK;
}

int cli_get_model(lc_model **out, const lc_panel *p, const cli_options *o)
{
    lc_status st = {0};
    lc_code code;
    if (o->model) {
        code = lc_model_load(out, o->model, &st);
        return code == LC_OK ? LC_EXIT_OK : cli_fail(&st);
    }
    cli_progress progress = cli_progress_start(o);
    cli_catch_interrupts();
    code = lc_model_fit(out, p, o->settings, cli_progress_step, &progress, &st);
    cli_progress_clear(&progress);
    if (code == LC_OK) return LC_EXIT_OK;
    lc_model_free(*out);
    *out = NULL;
    return cli_fail(&st);
}

/* ---- summary ---- */

static json_t *real(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

json_t *cli_summary(const cli_options *o, const lc_panel *p, const lc_model_info *m)
{
    char freq[24];
    json_t *s = json_object(), *files = json_array();
    for (size_t i = 0; i < o->n_files; i++) json_array_append_new(files, json_string(o->files[i]));
    json_object_set_new(s, "command", json_string(o->program));
    json_object_set_new(s, "files", files);
    json_object_set_new(s, "rows", json_integer((json_int_t)lc_panel_row_count(p)));
    json_object_set_new(s, "series", json_integer((json_int_t)lc_panel_series_count(p)));
    json_object_set_new(s, "frequency", json_string(lc_panel_frequency(p, freq)));
    if (m) {
        json_t *model = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "arch", m->arch, "horizon",
                                  (json_int_t)m->horizon, "lookback", (json_int_t)m->lookback, "season",
                                  (json_int_t)m->season, "hidden", (json_int_t)m->hidden, "layers",
                                  (json_int_t)m->layers, "parameters", (json_int_t)m->parameters, "epochs",
                                  (json_int_t)m->epochs, "best_epoch", (json_int_t)m->best_epoch);
        json_object_set_new(model, "valid_loss", real(m->valid_loss));
        json_object_set_new(model, "against_naive", real(m->against_naive));
        json_object_set_new(model, "against_seasonal_naive", real(m->against_seasonal_naive));
        json_object_set_new(s, "model", model);
    }
    if (o->output) json_object_set_new(s, "output", json_string(o->output));
    if (o->plot) json_object_set_new(s, "plot", json_string(o->plot));
    return s;
}

int cli_print_summary(json_t *summary, const cli_options *o)
{
    char *text = o->json && summary ? json_dumps(summary, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) : NULL;
    if (text) puts(text);
    bool failed = o->json && !text;
    free(text);
    json_decref(summary);
    if (!failed) return LC_EXIT_OK;
    lc_status st = {.code = LC_E_MEMORY, .text = "out of memory"};
    return cli_fail(&st);
}

void cli_print_model(const cli_options *o, const lc_panel *p, const lc_model_info *m)
{
    char freq[24];
    size_t rows = lc_panel_row_count(p), series = lc_panel_series_count(p);
    cli_note(o, "read    %zu rows, %zu series, step %s%s", rows, series, lc_panel_frequency(p, freq),
             m->season > 1 ? "" : ", no season");
    cli_note(o, "model   %s, %zu hidden units, lookback %zu, horizon %zu, epoch %zu of %zu kept", m->arch, m->hidden,
             m->lookback, m->horizon, m->best_epoch, m->epochs);
    if (isnan(m->against_naive)) return;
    char seasonal[80] = "";
    if (isfinite(m->against_seasonal_naive))
        snprintf(seasonal, sizeof seasonal, ", %.2f x the seasonal naive's (season %zu)", m->against_seasonal_naive,
                 m->season);
    cli_note(o, "error   %.2f x the naive forecast's%s, on %zu validation windows", m->against_naive, seasonal,
             m->valid_windows);
    if (m->against_naive >= 1 || m->against_seasonal_naive >= 1)
        cli_note(o, "warning: a naive forecast was %s here; do not trust the model's more",
                 m->against_naive > 1 || m->against_seasonal_naive > 1 ? "better" : "as good");
}
