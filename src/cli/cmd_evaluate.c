#include <math.h>
#include <string.h>

#include "cli/cli.h"

static void print_row(const cli_options *o, const char *name, double mae, double rmse, double smape, double mase)
{
    const double x[] = {mae, rmse, smape, mase};
    char text[4][32];
    for (size_t i = 0; i < 4; i++) snprintf(text[i], sizeof text[i], isnan(x[i]) ? "-" : i < 2 ? "%.5g" : "%.3f", x[i]);
    cli_line(o, "%-16s %12s %12s %9s %9s", name, text[0], text[1], text[2], text[3]);
}

/* The rows over all series, aligned, and a plain word on who was better. */
static void print_table(const lc_result *r, const cli_options *o)
{
    size_t id = lc_result_find(r, "unique_id"), model = lc_result_find(r, "model"), mae = lc_result_find(r, "mae"),
           rmse = lc_result_find(r, "rmse"), smape = lc_result_find(r, "smape"), mase = lc_result_find(r, "mase");
    const char *best = NULL, *mine = NULL, *measure = "MASE";
    double least = INFINITY, my_error = NAN;
    cli_line(o, "%-16s %12s %12s %9s %9s", "all series", "MAE", "RMSE", "sMAPE %", "MASE");
    for (size_t row = 0; row < lc_result_rows(r); row++) {
        if (strcmp(lc_result_text(r, row, id), "*") != 0) continue;
        const char *name = lc_result_text(r, row, model);
        double error = lc_result_real(r, row, mase);
        if (isnan(error)) {
            error = lc_result_real(r, row, mae);
            measure = "MAE";
        }
        print_row(o, name, lc_result_real(r, row, mae), lc_result_real(r, row, rmse), lc_result_real(r, row, smape),
                  lc_result_real(r, row, mase));
        if (!mine) {
            mine = name;
            my_error = error;
        } else if (error < least) {
            least = error;
            best = name;
        }
    }
    if (!best || isnan(my_error)) return;
    if (my_error < least)
        cli_line(o, "%s is better than %s, the best baseline: its %s is %.1f %% lower", mine, best, measure,
                 100 * (1 - my_error / least));
    else if (my_error > least)
        cli_line(o, "warning: %s was better than %s: its %s is %.1f %% lower", best, mine, measure,
                 100 * (1 - least / my_error));
    else cli_line(o, "warning: %s was as good as %s", best, mine);
}

/* Every row of the table as an object. */
static json_t *results(const lc_result *r)
{
    json_t *list = json_array();
    for (size_t row = 0; row < lc_result_rows(r); row++) {
        json_t *one = json_object();
        for (size_t i = 0; i < lc_result_columns(r); i++) {
            const char *name = lc_result_column_name(r, i);
            double x = lc_result_real(r, row, i);
            bool text = strcmp(name, "unique_id") == 0 || strcmp(name, "model") == 0,
                 whole = strcmp(name, "windows") == 0;
            json_object_set_new(one, name,
                                text           ? cli_json_text(lc_result_text(r, row, i))
                                : !isfinite(x) ? json_null()
                                : whole        ? json_integer((json_int_t)x)
                                               : json_real(x));
        }
        json_array_append_new(list, one);
    }
    return list;
}

int cli_evaluate(const cli_options *o)
{
    lc_panel *p = NULL;
    lc_result *r = NULL;
    lc_status st = {0};
    lc_model_info info;
    int code = cli_check_outputs(o);
    if (code == LC_EXIT_OK) code = cli_read(&p, o);
    if (code != LC_EXIT_OK) goto done;
    cli_progress progress = cli_progress_start(o);
    lc_code done = lc_evaluate(&r, &info, p, o->settings, o->save_windows, o->force, cli_progress_step, &progress, &st);
    cli_progress_clear(&progress);
    if (done != LC_OK) {
        code = cli_fail(&st);
        goto done;
    }
    cli_print_model(o, p, &info);
    print_table(r, o);
    if (o->save_windows) cli_line(o, "wrote   %s", o->save_windows);
    code = cli_deliver(r, NULL, o);
    if (code == LC_EXIT_OK) {
        json_t *s = cli_summary(o, p, &info);
        json_object_set_new(s, "results", results(r));
        code = cli_print_summary(s, o);
    }
done:
    lc_result_free(r);
    lc_panel_free(p);
    return code;
}
