#include <math.h>
#include <string.h>

#include "cli/cli.h"

/* The rows over all series, aligned, and a plain word on who was better. */
static void print_table(const lc_result *r, const cli_options *o)
{
    size_t id = lc_result_find(r, "unique_id"), model = lc_result_find(r, "model"), mae = lc_result_find(r, "mae"),
           rmse = lc_result_find(r, "rmse"), smape = lc_result_find(r, "smape"), mase = lc_result_find(r, "mase");
    const char *best = NULL, *mine = NULL;
    double least = INFINITY, my_error = NAN;
    bool first = true;
    cli_note(o, "%-16s %12s %12s %8s %8s", "all series", "MAE", "RMSE", "sMAPE", "MASE");
    for (size_t row = 0; row < lc_result_rows(r); row++) {
        if (strcmp(lc_result_text(r, row, id), "*") != 0) continue;
        const char *name = lc_result_text(r, row, model);
        double error = lc_result_real(r, row, mase);
        if (isnan(error)) error = lc_result_real(r, row, mae);
        cli_note(o, "%-16s %12.5g %12.5g %8.3f %8.3f", name, lc_result_real(r, row, mae), lc_result_real(r, row, rmse),
                 lc_result_real(r, row, smape), lc_result_real(r, row, mase));
        if (first) {
            mine = name;
            my_error = error;
        } else if (error < least) {
            least = error;
            best = name;
        }
        first = false;
    }
    if (!best || isnan(my_error)) return;
    if (my_error < least)
        cli_note(o, "%s is %.1f %% better than the best baseline, %s", mine, 100 * (1 - my_error / least), best);
    else cli_note(o, "warning: %s was better than %s here, by %.1f %%", best, mine, 100 * (1 - least / my_error));
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
    cli_catch_interrupts();
    lc_code done = lc_evaluate(&r, &info, p, o->settings, o->save_windows, o->force, cli_progress_step, &progress, &st);
    cli_progress_clear(&progress);
    if (done != LC_OK) {
        code = cli_fail(&st);
        goto done;
    }
    if (!o->json) {
        cli_print_model(o, p, &info);
        print_table(r, o);
    }
    code = cli_write(r, o);
    if (code == LC_EXIT_OK) code = cli_print_summary(cli_summary(o, p, &info), o);
done:
    lc_result_free(r);
    lc_panel_free(p);
    return code;
}
