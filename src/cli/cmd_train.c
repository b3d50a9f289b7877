#include <string.h>

#include "cli/cli.h"

static int save(const lc_model *m, const cli_options *o)
{
    lc_status st = {0};
    lc_model_info info;
    lc_model_get_info(m, &info);
    if (lc_model_save(m, o->output, o->force, &st) != LC_OK) return cli_fail(&st);
    if (info.best_epoch) cli_line(o, "wrote   %s, the weights of epoch %zu", o->output, info.best_epoch);
    else cli_line(o, "wrote   %s", o->output);
    if (!o->loss_plot) return LC_EXIT_OK;
    lc_style *style;
    int code = cli_read_style(&style, o);
    if (code == LC_EXIT_OK && lc_plot_losses(m, style, o->loss_plot, o->force, &st) != LC_OK) code = cli_fail(&st);
    lc_style_free(style);
    if (code != LC_EXIT_OK) return code;
    cli_line(o, "wrote   %s", o->loss_plot);
    return LC_EXIT_OK;
}

static bool has_checkpoint(const cli_options *o)
{
    char value[2];
    const char *text = lc_settings_get(o->settings, "checkpoint", value, sizeof value);
    return text && *text;
}

static bool resumes(const cli_options *o)
{
    char value[8];
    const char *text = lc_settings_get(o->settings, "resume", value, sizeof value);
    return text && strcmp(text, "true") == 0;
}

int cli_train(const cli_options *o)
{
    if (resumes(o) && !has_checkpoint(o))
        return cli_usage("name the file with --checkpoint FILE", "--resume needs the checkpoint to go on from");
    if (!o->output) return cli_usage(NULL, "train needs -o MODEL, the file to save the model in");
    lc_panel *p = NULL;
    lc_model *m = NULL;
    lc_model_info info;
    int code = cli_check_outputs(o);
    if (code == LC_EXIT_OK) code = cli_read(&p, o);
    if (code == LC_EXIT_OK) code = cli_fit(&m, p, o);
    /* A run that diverged or was interrupted still has the weights of its best epoch. */
    if (!m) goto done;
    if (code != LC_EXIT_OK && cli_interrupted() && has_checkpoint(o)) {
        cli_note(o, "note: nothing is lost: the same line with --resume goes on");
        goto done;
    }
    lc_model_get_info(m, &info);
    cli_print_model(o, p, &info);
    cli_print_error(o, &info);
    int saved = save(m, o);
    if (code == LC_EXIT_OK) code = saved;
    if (code == LC_EXIT_OK) code = cli_print_summary(cli_summary(o, p, &info), o);
done:
    lc_model_free(m);
    lc_panel_free(p);
    return code;
}
