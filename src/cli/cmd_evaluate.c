#include <math.h>
#include <string.h>

#include "cli/job.h"

/* A number of the table, or "-". */
static const char *cell(char out[32], const lc_result *r, size_t row, const char *column, const char *format)
{
    const double x = lc_result_real(r, row, lc_result_find(r, column));
    if (!isfinite(x)) snprintf(out, 32, "-");
    else if (*format == 'g') snprintf(out, 32, "%.5g", x);
    else snprintf(out, 32, "%.3f", x);
    return out;
}

/* The rows over all series, aligned. */
static void print_table(const lc_result *r, const cli_options *o)
{
    cli_line(o, "%-16s %12s %12s %9s %9s %9s", "all series", "MAE", "RMSE", "sMAPE %", "MASE", "OWA");
    for (size_t row = lc_evaluate_totals(r); row < lc_result_rows(r); row++) {
        char text[5][32];
        cli_line(o, "%-16s %12s %12s %9s %9s %9s", lc_result_text(r, row, lc_result_find(r, "model")),
                 cell(text[0], r, row, "mae", "g"), cell(text[1], r, row, "rmse", "g"),
                 cell(text[2], r, row, "smape", "f"), cell(text[3], r, row, "mase", "f"),
                 cell(text[4], r, row, "owa", "f"));
    }
}

/* How the model's intervals did, level by level. */
static void print_intervals(const lc_result *r, const cli_options *o)
{
    static const char stem[] = "coverage-";
    const size_t row = lc_evaluate_totals(r);
    for (size_t i = 0; i < lc_result_columns(r); i++) {
        const char *name = lc_result_column_name(r, i), *level = name + sizeof stem - 1;
        const double inside = lc_result_real(r, row, i);
        char width[48];
        if (strncmp(name, stem, sizeof stem - 1) != 0 || isnan(inside)) continue;
        snprintf(width, sizeof width, "width-%.32s", level);
        if (!isfinite(lc_result_real(r, row, lc_result_find(r, width)))) continue;
        cli_line(o, "inside  %.1f %% of the values in their %s %% interval, which is %.5g wide", inside, level,
                 lc_result_real(r, row, lc_result_find(r, width)));
    }
}

/* Slow baselines forecast fewer windows, and the table says how many. */
static void print_slow(const lc_result *r, const lc_evaluate_info *info, const cli_options *o)
{
    double most = 0;
    const size_t windows = lc_result_find(r, "windows"), totals = lc_evaluate_totals(r);
    if (info->slow_every < 2) return;
    for (size_t row = totals; row < lc_result_rows(r); row++) most = fmax(most, lc_result_real(r, row, windows));
    for (size_t row = totals; row < lc_result_rows(r); row++) {
        const double own = lc_result_real(r, row, windows);
        if (own < most)
            cli_note(o, "note: %s takes long: it forecast from one origin in %zu, %.0f windows of %.0f",
                     lc_result_text(r, row, lc_result_find(r, "model")), info->slow_every, own, most);
    }
}

static json_t *real_or_null(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *verdict(const lc_verdict *v)
{
    char words[400];
    if (!*v->baseline) return json_null();
    lc_verdict_words(words, sizeof words, v);
    json_t *o = json_pack("{s:s, s:s, s:s}", "model", v->model, "baseline", v->baseline, "measure", v->measure);
    cli_json_put(&o, "error", real_or_null(v->error));
    cli_json_put(&o, "baseline_error", real_or_null(v->baseline_error));
    cli_json_put(&o, "against_naive", real_or_null(v->against_naive));
    cli_json_put(&o, "origins", json_integer((json_int_t)v->origins));
    cli_json_put(&o, "diebold_mariano", real_or_null(v->statistic));
    cli_json_put(&o, "freedom", json_integer((json_int_t)v->freedom));
    cli_json_put(&o, "p", real_or_null(v->p));
    cli_json_put(&o, "words", json_string(words));
    return o;
}

int cli_evaluate(const cli_options *o)
{
    lc_panel *p = NULL;
    lc_result *r = NULL;
    lc_status st = {0};
    lc_evaluate_info info;
    lc_backtest_view *view = NULL;
    const lc_evaluate_files files = {o->save_windows, o->save_steps, o->force, o->plot || o->figures ? &view : NULL};
    char labels[2];
    if (*cli_labels_name(o, labels, sizeof labels)) return cli_evaluate_labels(o);
    int code = cli_check_outputs(o);
    if (code == LC_EXIT_OK) code = cli_read(&p, o);
    if (code != LC_EXIT_OK) goto done;
    cli_progress progress = cli_progress_start(o);
    lc_code done = lc_evaluate(&r, &info, p, o->settings, &files, cli_progress_step, &progress, &st);
    cli_progress_clear(&progress);
    if (done != LC_OK) {
        code = cli_fail(&st);
        goto done;
    }
    cli_print_model(o, p, &info.model);
    if (info.fits > 1) cli_line(o, "fits    %zu, the model above is the last of them", info.fits);
    print_slow(r, &info, o);
    print_table(r, o);
    print_intervals(r, o);
    char words[400];
    const bool warning = lc_verdict_words(words, sizeof words, &info.verdict);
    if (*words) cli_line(o, "%s%s", warning ? "warning: " : "", words);
    if (o->save_windows) cli_line(o, "wrote   %s", o->save_windows);
    if (o->save_steps) cli_line(o, "wrote   %s", o->save_steps);
    code = cli_deliver(
        &(cli_outcome){.result = r, .panel = p, .model = &info.model, .backtest = view, .verdict = &info.verdict}, o);
    if (code == LC_EXIT_OK) {
        json_t *s = cli_summary(o, p, &info.model);
        cli_json_put(&s, "fits", json_integer((json_int_t)info.fits));
        cli_json_put(&s, "results", cli_json_rows(r));
        cli_json_put(&s, "verdict", verdict(&info.verdict));
        if (o->figures) {
            cli_json_put(&s, "mase", real_or_null(lc_result_real(r, lc_evaluate_totals(r), lc_result_find(r, "mase"))));
            cli_job_put_backtest(&s, view);
        }
        code = cli_print_summary(s, o);
    }
done:
    lc_backtest_view_free(view);
    lc_result_free(r);
    lc_panel_free(p);
    return code;
}
