#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/job.h"

int cli_read(lc_panel **out, const cli_options *o)
{
    lc_status st = {0};
    lc_code code = lc_panel_read(out, o->files, o->n_files, o->settings, &st);
    if (code != LC_OK) return cli_fail(&st);
    cli_notices(o, *out);
    return LC_EXIT_OK;
}

int cli_load_model(lc_model **out, const cli_options *o)
{
    lc_status st = {0};
    if (!o->model) return LC_EXIT_OK;
    if (o->loaded) {
        *out = o->loaded;
        return LC_EXIT_OK;
    }
    return lc_model_load(out, o->model, &st) == LC_OK ? LC_EXIT_OK : cli_fail(&st);
}

int cli_fit(lc_model **out, const lc_panel *p, const cli_options *o)
{
    lc_status st = {0};
    cli_progress progress = cli_progress_start(o);
    lc_code code = lc_model_fit(out, p, o->settings, cli_progress_step, &progress, &st);
    cli_progress_clear(&progress);
    return code == LC_OK ? LC_EXIT_OK : cli_fail(&st);
}

/* ---- summary ---- */

void cli_json_put(json_t **object, const char *key, json_t *value)
{
    if (json_object_set_new(*object, key, value) == 0) return;
    json_decref(*object);
    *object = NULL;
}

static void append(json_t **list, json_t *value)
{
    if (json_array_append_new(*list, value) == 0) return;
    json_decref(*list);
    *list = NULL;
}

json_t *cli_json_text(const char *text)
{
    char shown[4096];
    json_t *s = json_string(text);
    return s ? s : json_string(cli_harmless(shown, sizeof shown, text));
}

static json_t *real(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *json_cell(const lc_result *r, size_t row, size_t column)
{
    switch (lc_result_column_type(r, column)) {
    case LC_COLUMN_TEXT: return cli_json_text(lc_result_text(r, row, column));
    case LC_COLUMN_INT: return json_integer((json_int_t)lc_result_real(r, row, column));
    case LC_COLUMN_REAL: break;
    }
    return real(lc_result_real(r, row, column));
}

json_t *cli_json_rows(const lc_result *r)
{
    json_t *list = json_array();
    for (size_t row = 0; row < lc_result_rows(r); row++) {
        json_t *one = json_object();
        for (size_t i = 0; i < lc_result_columns(r); i++)
            cli_json_put(&one, lc_result_column_name(r, i), json_cell(r, row, i));
        append(&list, one);
    }
    return list;
}

static json_t *model_summary(const cli_options *o, const lc_model_info *m)
{
    json_t *model =
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "arch", m->arch, "horizon", (json_int_t)m->horizon,
                  "lookback", (json_int_t)m->lookback, "season", (json_int_t)m->season, "hidden", (json_int_t)m->hidden,
                  "layers", (json_int_t)m->layers, "parameters", (json_int_t)m->parameters, "epochs",
                  (json_int_t)m->epochs, "best_epoch", (json_int_t)m->best_epoch);
    cli_json_put(&model, "valid_loss", real(m->valid_loss));
    cli_json_put(&model, "against_naive", real(m->against_naive));
    cli_json_put(&model, "against_seasonal_naive", real(m->against_seasonal_naive));
    if (o->figures) cli_json_put(&model, "is_baseline", json_boolean(m->is_baseline));
    return model;
}

json_t *cli_summary(const cli_options *o, const lc_panel *p, const lc_model_info *m)
{
    char freq[24];
    json_t *s = json_object(), *files = json_array();
    for (size_t i = 0; i < o->n_files; i++) append(&files, cli_json_text(o->files[i]));
    cli_json_put(&s, "command", json_string(o->command->name));
    cli_json_put(&s, "files", files);
    cli_json_put(&s, "rows", json_integer((json_int_t)lc_panel_row_count(p)));
    cli_json_put(&s, "series", json_integer((json_int_t)lc_panel_series_count(p)));
    cli_json_put(&s, "frequency", json_string(lc_panel_frequency(p, freq)));
    if (m && *m->arch) cli_json_put(&s, "model", model_summary(o, m));
    if (o->model) cli_json_put(&s, "model_file", cli_json_text(o->model));
    if (o->output) cli_json_put(&s, "output", cli_json_text(o->output));
    if (o->plot) cli_json_put(&s, "plot", cli_json_text(o->plot));
    return s;
}

int cli_print_summary(json_t *summary, const cli_options *o)
{
    if (o->figures) {
        *o->figures = cli_job_figures(summary);
        return *o->figures ? LC_EXIT_OK : cli_no_memory();
    }
    if (!o->json) {
        json_decref(summary);
        return LC_EXIT_OK;
    }
    char *text = lc_json_text(summary, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    json_decref(summary);
    if (!text) return cli_no_memory();
    cli_stdout_begins();
    puts(text);
    free(text);
    return LC_EXIT_OK;
}

int cli_keep_rows(const cli_options *o)
{
    char ahead[2];
    lc_status st = {0};
    /* Columns that are known ahead, and rows that are gathered, stand on regular steps. */
    const bool regular =
        cli_chosen(o, "aggregate") || (lc_settings_get(o->settings, "future", ahead, sizeof ahead) && *ahead);
    if (regular || cli_chosen(o, "gaps") || lc_settings_set(o->settings, "gaps", "keep", &st) == LC_OK)
        return LC_EXIT_OK;
    return cli_fail(&st);
}

/* ---- lines ---- */

void cli_print_read(const cli_options *o, const lc_panel *p, const lc_model_info *m)
{
    char freq[24], season[40] = "";
    size_t rows = lc_panel_row_count(p), series = lc_panel_series_count(p);
    if (m && m->season > 1) snprintf(season, sizeof season, ", season %zu", m->season);
    else if (m) snprintf(season, sizeof season, ", no season");
    cli_line(o, "read    %zu rows, %zu series, step %s%s", rows, series, lc_panel_frequency(p, freq), season);
}

/* What forecasts: networks, a statistical model, or both. */
static void print_network(const cli_options *o, const char *file, const lc_model_info *m)
{
    char members[40] = "", segments[60] = "", kept[60] = "", blend[100] = "";
    if (!m->members) {
        const bool same = strcmp(m->arch, m->statistical) == 0;
        cli_line(o, "model   %s%s%s%s%s, horizon %zu", file ? file : "", file ? ": " : "", m->arch,
                 same ? "" : ", too few rows for a network: ", same ? "" : m->statistical, m->horizon);
        return;
    }
    if (m->members > 1) snprintf(members, sizeof members, "%zu networks of ", m->members);
    if (m->segment > 1) snprintf(segments, sizeof segments, " in steps of %zu rows", m->segment);
    if (!file && strcmp(m->arch, "lstm") == 0)
        snprintf(kept, sizeof kept, ", epoch %zu of %zu kept", m->best_epoch, m->epochs);
    else if (!file) snprintf(kept, sizeof kept, ", %zu minibatches kept", m->steps);
    if (m->blend >= 1) snprintf(blend, sizeof blend, ", %s", m->statistical);
    else if (m->blend > 0) snprintf(blend, sizeof blend, ", %.0f %% %s", 100 * m->blend, m->statistical);
    cli_line(o, "model   %s%s%s, %s%zu hidden units, lookback %zu%s, horizon %zu%s%s", file ? file : "",
             file ? ": " : "", m->arch, members, m->hidden, m->lookback, segments, m->horizon, kept, blend);
}

void cli_print_model(const cli_options *o, const lc_panel *p, const lc_model_info *m)
{
    cli_print_read(o, p, m);
    print_network(o, o->model, m);
}

static void warn_of_step(const cli_options *o, const lc_model *m, const lc_panel *p)
{
    lc_model_info info;
    char freq[24], season[40] = "";
    lc_model_get_info(m, &info);
    if (strcmp(info.frequency, lc_panel_frequency(p, freq)) == 0) return;
    if (info.season > 1) snprintf(season, sizeof season, " and a season of %zu", info.season);
    cli_note(o, "warning: the model was fitted on rows with step %s, these have step %s", info.frequency, freq);
    cli_note(o, "  to it they are rows with step %s, with a lookback of %zu%s; train a model on rows like these",
             info.frequency, info.lookback, season);
}

int cli_warn_of_misfit(const cli_options *o, const lc_model *m, const lc_panel *p)
{
    lc_reach r;
    lc_status st = {0};
    if (!o->model) return LC_EXIT_OK;
    warn_of_step(o, m, p);
    if (lc_model_reach(&r, m, p, &st) != LC_OK) return cli_fail(&st);
    if (!r.n) return LC_EXIT_OK;
    char more[60] = "";
    if (r.n > 1) snprintf(more, sizeof more, ", and %zu more series", r.n - 1);
    cli_note(o, "warning: series \"%s\" has a mean of %.5g, the model learned one of %.5g and cannot follow%s",
             lc_panel_series_id(p, r.series), r.found, r.learned, more);
    cli_note(o, "  train a model on rows like these");
    return LC_EXIT_OK;
}

void cli_print_error(const cli_options *o, const lc_model_info *m)
{
    double naive = m->against_naive, seasonal = m->against_seasonal_naive;
    char also[60] = "";
    if (isnan(naive)) return;
    if (isfinite(seasonal)) snprintf(also, sizeof also, ", %.3g x seasonal naive", seasonal);
    if (isinf(seasonal)) snprintf(also, sizeof also, ", repeating the last season has none");
    if (isinf(naive))
        cli_line(o,
                 "error   repeating the last value has none, on %zu validation window%s: the series is constant there",
                 m->valid_windows, m->valid_windows == 1 ? "" : "s");
    else
        cli_line(o, "error   %.3g x naive%s, on %zu validation window%s", naive, also, m->valid_windows,
                 m->valid_windows == 1 ? "" : "s");
    const double worst = seasonal > naive ? seasonal : naive;
    if (worst >= 1 && !m->is_baseline)
        cli_line(o, "warning: naive was %s: repeating the last %s %s this model", worst > 1 ? "better" : "as good",
                 worst > naive ? "season" : "value", worst > 1 ? "beats" : "equals");
}
