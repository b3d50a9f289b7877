#include "cli/cli.h"

int cli_forecast(const cli_options *o)
{
    lc_panel *p = NULL;
    lc_model *m = NULL;
    lc_result *r = NULL;
    lc_model_info info;
    lc_status st = {0};
    size_t unknown = 0;
    int code = cli_check_outputs(o);
    if (code == LC_EXIT_OK) code = cli_read(&p, o);
    if (code == LC_EXIT_OK) code = cli_get_model(&m, p, o);
    if (code != LC_EXIT_OK) goto done;
    if (lc_forecast(&r, m, p, o->settings, &unknown, &st) != LC_OK) {
        code = cli_fail(&st);
        goto done;
    }
    if (unknown && o->model)
        cli_note(o, "note: the model was not trained on %zu of %zu series; they are scaled by their own rows", unknown,
                 lc_panel_series_count(p));
    lc_model_get_info(m, &info);
    if (!o->json) cli_print_model(o, p, &info);
    code = cli_write(r, o);
    if (code == LC_EXIT_OK) code = cli_draw(r, p, o);
    if (code == LC_EXIT_OK) code = cli_print_summary(cli_summary(o, p, &info), o);
done:
    lc_result_free(r);
    lc_model_free(m);
    lc_panel_free(p);
    return code;
}
