#include "cli/cli.h"

static void print_flags(const cli_options *o, const lc_detect_info *info)
{
    if (info->scored == 0) {
        cli_note(o, "warning: none of %zu rows was scored: too few rows to learn from and compare with", info->rows);
        return;
    }
    cli_line(o, "flags   %zu of %zu scored rows; %zu not scored (learned from, or no forecast)", info->flagged,
             info->scored, info->rows - info->scored);
}

int cli_detect(const cli_options *o)
{
    lc_panel *p = NULL;
    lc_model *m = NULL;
    lc_result *r = NULL;
    lc_status st = {0};
    lc_detect_info info;
    int code = cli_check_json(o);
    if (code == LC_EXIT_OK) code = cli_check_outputs(o);
    if (code == LC_EXIT_OK) code = cli_load_model(&m, o);
    if (code == LC_EXIT_OK) code = cli_read(&p, o);
    if (code == LC_EXIT_OK) code = cli_warn_of_reach(o, m, p);
    if (code != LC_EXIT_OK) goto done;
    cli_progress progress = cli_progress_start(o);
    lc_code detected = lc_detect(&r, &info, m, p, o->settings, cli_progress_step, &progress, &st);
    cli_progress_clear(&progress);
    if (detected != LC_OK) {
        code = cli_fail(&st);
        goto done;
    }
    cli_print_model(o, p, &info.model);
    if (!o->model) cli_print_error(o, &info.model);
    print_flags(o, &info);
    code = cli_deliver(r, p, o);
    if (code == LC_EXIT_OK) {
        json_t *s = cli_summary(o, p, &info.model);
        json_object_set_new(s, "scored", json_integer((json_int_t)info.scored));
        json_object_set_new(s, "flagged", json_integer((json_int_t)info.flagged));
        code = cli_print_summary(s, o);
    }
    if (code == LC_EXIT_OK && o->exit_code && info.flagged) code = LC_EXIT_ANOMALIES;
done:
    lc_result_free(r);
    lc_model_free(m);
    lc_panel_free(p);
    return code;
}
