#include "cli/cli.h"

int cli_detect(const cli_options *o)
{
    lc_panel *p = NULL;
    lc_model *m = NULL;
    lc_result *r = NULL;
    lc_status st = {0};
    lc_detect_info info;
    int code = cli_check_outputs(o);
    if (code == LC_EXIT_OK) code = cli_read(&p, o);
    if (code == LC_EXIT_OK && o->model) code = cli_get_model(&m, p, o);
    if (code != LC_EXIT_OK) goto done;
    cli_progress progress = cli_progress_start(o);
    cli_catch_interrupts();
    lc_code detected = lc_detect(&r, &info, m, p, o->settings, cli_progress_step, &progress, &st);
    cli_progress_clear(&progress);
    if (detected != LC_OK) {
        code = cli_fail(&st);
        goto done;
    }
    if (!o->json) {
        cli_print_model(o, p, &info.model);
        cli_note(o, "flags   %zu of %zu scored rows; %zu rows were learned from or lack a forecast", info.flagged,
                 info.scored, info.rows - info.scored);
    }
    code = cli_write(r, o);
    if (code == LC_EXIT_OK) code = cli_draw(r, p, o);
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
