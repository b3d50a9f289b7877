#include "cli/cli.h"

int cli_forecast(const cli_options *o)
{
    lc_panel *p = NULL;
    lc_model *m = NULL;
    lc_result *r = NULL, *past = NULL;
    lc_model_info info;
    lc_status st = {0};
    size_t unknown = 0;
    int code = cli_check_json(o);
    if (code == LC_EXIT_OK) code = cli_check_outputs(o);
    if (code == LC_EXIT_OK) code = cli_load_model(&m, o);
    if (code == LC_EXIT_OK) code = cli_read(&p, o);
    if (code == LC_EXIT_OK) code = cli_warn_of_misfit(o, m, p);
    /* Before the fit, which takes time. */
    if (code == LC_EXIT_OK && !m && lc_forecast_check(m, p, o->settings, &st) != LC_OK) code = cli_fail(&st);
    if (code == LC_EXIT_OK && !m) code = cli_fit(&m, p, o);
    if (code != LC_EXIT_OK) goto done;
    if (lc_forecast(&r, m, p, o->settings, &unknown, &st) != LC_OK) {
        code = cli_fail(&st);
        goto done;
    }
    if (unknown && o->model)
        cli_note(o, "note: %zu of %zu series are new to the model and scaled by their own rows", unknown,
                 lc_panel_series_count(p));
    lc_model_get_info(m, &info);
    cli_print_model(o, p, &info);
    if (!o->model) cli_print_error(o, &info);
    if (o->plot && !cli_plots_here(o) && lc_forecast_past(&past, m, p, o->settings, &st) != LC_OK) {
        if (st.code == LC_E_MEMORY) {
            code = cli_fail(&st);
            goto done;
        }
        cli_note(o, "note: the chart does not show what the model says of rows that came: %s", st.text);
    }
    code = cli_deliver(&(cli_outcome){.result = r, .past = past, .panel = p, .model = &info}, o);
    if (code == LC_EXIT_OK) code = cli_print_summary(cli_summary(o, p, &info), o);
done:
    lc_result_free(past);
    lc_result_free(r);
    lc_model_free(m);
    lc_panel_free(p);
    return code;
}
