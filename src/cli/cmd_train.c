#include "cli/cli.h"

static int save(const lc_model *m, const cli_options *o)
{
    lc_status st = {0};
    if (lc_model_save(m, o->output, o->force, &st) != LC_OK) return cli_fail(&st);
    if (o->loss_plot && lc_plot_losses(m, o->loss_plot, o->force, &st) != LC_OK) return cli_fail(&st);
    return LC_EXIT_OK;
}

int cli_train(const cli_options *o)
{
    if (!o->output) return cli_usage("train needs -o MODEL, the file to save the model in");
    lc_panel *p = NULL;
    lc_model *m = NULL;
    lc_status st = {0};
    int code = cli_check_outputs(o);
    if (code == LC_EXIT_OK) code = cli_read(&p, o);
    if (code != LC_EXIT_OK) goto done;
    cli_progress progress = cli_progress_start(o);
    cli_catch_interrupts();
    lc_code fitted = lc_model_fit(&m, p, o->settings, cli_progress_step, &progress, &st);
    cli_progress_clear(&progress);
    if (fitted != LC_OK) code = cli_fail(&st);
    if (m) {
        /* A run that diverged or was interrupted still has the weights of its best epoch. */
        int saved = save(m, o);
        lc_model_info info;
        lc_model_get_info(m, &info);
        if (fitted != LC_OK && saved == LC_EXIT_OK)
            cli_note(o, "the weights of epoch %zu were saved to %s", info.best_epoch, o->output);
        if (code == LC_EXIT_OK) code = saved;
        if (!o->json) cli_print_model(o, p, &info);
        if (code == LC_EXIT_OK) code = cli_print_summary(cli_summary(o, p, &info), o);
    }
done:
    lc_model_free(m);
    lc_panel_free(p);
    return code;
}
